// Whole evidence of a 2cVM agent that was made to be slow or large, and manifests of the caller's: one code each, in
// time. Each agent signed what it sends, and its report says so; only size and depth stand between it and a reader.
import { describe, expect, it } from 'vitest'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { bindings } from '../../src/binding/forms.js'
import { ownChallenge } from '../../src/binding/challenge.js'
import { isVerificationError } from '../../src/errors/error.js'
import { twoCvmAgent } from '../../src/profiles/2cvm-agent.js'
import { compactJson } from '../support/agent-body.js'
import { agentEvidence } from '../support/committed-evidence.js'
import { evidenceOf, inputOf, labVerifier } from '../support/lab-verifier.js'
import { agentDocument, attestedDocument, changed, expectationsOf } from '../support/manifest-documents.js'
import { labEvidence } from '../support/pki.js'

const mebi = 1024 * 1024
const nonce = Uint8Array.from({ length: 32 }, (_, at) => at + 1)
const accept = { manifest: { expect: expectationsOf('2cvm-agent/1') } }

/** The code; of this process's own time no more than ten times what is needed. What is quadratic takes minutes. */
async function inTime(run: () => Promise<string>): Promise<string> {
  const start = process.cpuUsage()
  try {
    return await run()
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return error.code
  } finally {
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000)
  }
}

const ofAgent = (manifest: string): Promise<string> => {
  const { body, vek } = agentEvidence(new TextEncoder().encode(manifest), nonce)
  return inTime(async () => {
    const evidence = await decodeEvidence(body, '2cvm-agent', { endorsementKey: vek })
    const binding = twoCvmAgent.with({ nonce: ownChallenge(nonce), accept })
    const answer = await labVerifier.appraiseEvidence(await inputOf(evidence, { binding }))
    return answer.verdict === 'accepted' ? 'accepted' : answer.code
  })
}

const composed = (composition: string): string => compactJson(changed(agentDocument, { composition }))
const head = 'package demo:lab;\n'
const filled = (before: string, part: string, length: number): string =>
  before + part.repeat(Math.floor((length - before.length) / part.length))
const many = <T>(count: number, make: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at))

describe('an agent that signed', () => {
  it('what it should is accepted', async () => {
    expect(await ofAgent(compactJson(agentDocument))).toBe('accepted')
  })

  it.each<[string, string, string]>([
    ['a MiB of brackets', '['.repeat(mebi), 'EVIDENCE_SIZE'],
    ['nearly a MiB of brackets', '['.repeat(mebi - 8192), 'EVIDENCE_MALFORMED'],
    ['brackets within brackets', `{"a":${'['.repeat(33)}${']'.repeat(33)}}`, 'MANIFEST_MALFORMED'],
    ['nearly a MiB of one name', compactJson({ a: 'a'.repeat(mebi - 8192) }), 'MANIFEST_SCHEMA'],
    ['half a MiB of DEL as a name', compactJson({ ['\u007f'.repeat(mebi / 2)]: '' }), 'MANIFEST_SCHEMA'],
    [
      '10 000 participants',
      compactJson(
        changed(agentDocument, {
          participants: many(10_000, (at) => ({ name: `p${at}`, DID: `did:web:${at}` })),
        }),
      ),
      'MANIFEST_SCHEMA',
    ],
    [
      '4096 participants of one name',
      compactJson(
        changed(agentDocument, { participants: many(4096, () => ({ name: 'a', DID: 'did:web:a' })) }),
      ),
      'MANIFEST_PARTICIPANT',
    ],
    [
      '4096 components that nobody permits anything',
      compactJson(
        changed(agentDocument, {
          components: many(4096, (at) => ({ name: `c${at}`, participant: 'pharma' })),
        }),
      ),
      'MANIFEST_PERMISSION',
    ],
    [
      'a composition of brackets',
      composed(filled(`${head}export `, '(', mebi - 8192)),
      'MANIFEST_COMPOSITION',
    ],
    ['a composition of one name', composed(filled(`${head}let a`, 'a', mebi - 8192)), 'MANIFEST_COMPOSITION'],
    ['a composition of open comments', composed(filled(head, '/*', mebi - 8192)), 'MANIFEST_COMPOSITION'],
    [
      'a composition of one string',
      composed(filled(`${head}export new a:b { "`, 'x', mebi - 8192)),
      'MANIFEST_COMPOSITION',
    ],
    [
      'a composition of 30 000 instances',
      composed(filled(head, 'export new hospital:cohort{...};', mebi - 8192)),
      'MANIFEST_COMPOSITION',
    ],
  ])('%s is refused', async (_, manifest, code) => {
    expect(await ofAgent(manifest)).toBe(code)
  })

  it('a composition with half a MiB of comment is accepted, in time', async () => {
    const { composition } = agentDocument
    expect(await ofAgent(composed(filled(`${String(composition)}/*`, 'x', mebi / 2) + '*/'))).toBe('accepted')
  })
})

describe('a manifest of the caller’s', () => {
  it.each<[string, string, string]>([
    ['a MiB of brackets', '['.repeat(mebi), 'MANIFEST_MALFORMED'],
    ['a MiB and a byte', ' '.repeat(mebi + 1), 'MANIFEST_MALFORMED'],
    ['a MiB of objects', '{"a":'.repeat(mebi / 5), 'MANIFEST_MALFORMED'],
    [
      '10 000 participants',
      compactJson(
        changed(attestedDocument, {
          participants: many(10_000, (at) => ({ name: `p${at}`, did: `did:web:${at}` })),
        }),
      ),
      'MANIFEST_SCHEMA',
    ],
  ])('of %s is refused', async (_, manifest, code) => {
    const input = await inputOf(evidenceOf(labEvidence()), {
      binding: bindings.manifest({
        manifest,
        nonce: { unchecked: 'this test is about sizes' },
        accept: { unchecked: 'this test is about sizes' },
      }),
    })
    const answer = await inTime(async () => {
      const { verdict, ...rest } = await labVerifier.appraiseEvidence(input)
      return 'code' in rest ? rest.code : verdict
    })
    expect(answer).toBe(code)
  })
})
