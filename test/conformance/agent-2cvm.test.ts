// Evidence of the 2cVM agent, as the agent's own code wrote it: the bodies are read from a file beside the real
// evidence, and the reports in them are signed anew by the lab. Skipped, loudly, where the file is absent.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownChallenge } from '../../src/binding/challenge.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { checkManifest } from '../../src/manifest/check.js'
import { parseExpectations } from '../../src/manifest/expectations.js'
import { parseManifest } from '../../src/manifest/parse.js'
import { twoCvmAgent } from '../../src/profiles/2cvm-agent.js'
import type { VerifiedEvidence } from '../../src/verify/result.js'
import { inputOf, labVerifier, policyOf } from '../support/lab-verifier.js'
import { labEvidence } from '../support/pki.js'
import { realFolder } from '../support/real-folder.js'

interface Case {
  readonly id: string
  readonly signedBytes: string
  readonly manifestSha256: string
  readonly nonce: string
  readonly reportData: string
  readonly responseBody: string
  readonly context: object
  readonly expectSignatureLevel: string
  readonly expectSemantic: 'accept' | readonly string[]
  readonly expectFindings: readonly string[]
}

const file = join(realFolder() ?? '/nowhere', '../reference/2cvm-vectors.json')
const present = existsSync(file)
if (!present) console.warn(`SKIPPED: no vectors of the 2cVM agent beside the real evidence`)
const cases: readonly Case[] = present
  ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }).cases
  : []

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
const schema = '2cvm-agent/1' as const

/** The body with a report that the lab signed in the place of the agent's unsigned one. */
function signedBody({ responseBody, reportData }: Case): {
  readonly body: Uint8Array
  readonly vek: Uint8Array
  readonly measurement: string
} {
  const lab = labEvidence({ report: { reportData: hex(reportData) } })
  const unsigned = new Uint8Array(1184)
  unsigned.set(hex(reportData), 0x50)
  const text = Buffer.from(responseBody, 'base64').toString('latin1')
  const parts = text.split(Buffer.from(unsigned).toString('base64'))
  expect(parts).toHaveLength(2)
  return {
    body: new Uint8Array(Buffer.from(parts.join(Buffer.from(lab.report).toString('base64')), 'latin1')),
    vek: lab.vek,
    measurement: Buffer.from(lab.report.subarray(0x90, 0xc0)).toString('hex'),
  }
}

async function verify(
  one: Case,
  accept: object,
  edit: (body: Uint8Array) => Uint8Array = (body) => body,
  nonce = hex(one.nonce),
): Promise<VerifiedEvidence | string> {
  const { body, vek, measurement } = signedBody(one)
  const evidence = await decodeEvidence(edit(body), '2cvm-agent', { endorsementKey: vek })
  const input = await inputOf(evidence, {
    policy: await policyOf({ freshness: 'challenge', measurements: [{ label: 'any', value: measurement }] }),
    binding: twoCvmAgent.with({ nonce: ownChallenge(nonce), accept: { manifest: accept as never } }),
  })
  const appraisal = await labVerifier.appraiseEvidence(input)
  return appraisal.verdict === 'accepted' ? (appraisal.verified as VerifiedEvidence) : appraisal.code
}

describe.skipIf(!present)('a case that the 2cVM agent wrote', () => {
  it.each(cases.map((one) => [one.id, one] as const))('%s: at the level of signatures', async (_, one) => {
    const pinned = await verify(one, { digest: one.manifestSha256 })
    if (typeof pinned === 'string') throw new Error(`refused: ${pinned}`)
    const { binding, manifest, freshness, channel } = pinned
    expect({ freshness, channel, assumptions: binding.assumptions.length }).toEqual({
      freshness: 'challenge',
      channel: 'unbound',
      assumptions: 1,
    })
    expect(binding.verified['manifest']).toBeDefined()
    expect(binding.verified['teeKeyPem']).toBeUndefined()
    expect(binding.provenance).toBe(
      'manifest ← RSA-PSS-SHA256 ← teeKeyPem ← SHA-256 ← REPORT_DATA[32..64] ← VCEK ← SEV-Milan ← ARK-Milan',
    )
    expect(manifest).not.toBeNull()
    expect(await verify(one, { unchecked: 'an open question' })).toMatchObject({ manifest: null })
    const expected = { expect: parseExpectations(JSON.stringify(one.context), schema) }
    const judged = await verify(one, expected)
    expect(typeof judged === 'string').toBe(one.expectSemantic !== 'accept')
  })

  it.each(cases.map((one) => [one.id, one] as const))('%s: by its rules', (_, one) => {
    const manifest = parseManifest(hex(one.signedBytes), { schema, bytes: 'raw', requireExact: true })
    const { findings } = checkManifest(manifest, parseExpectations(JSON.stringify(one.context), schema))
    const rules = (severity: string): readonly string[] => [
      ...new Set(findings.filter((item) => item.severity === severity).map(({ rule }) => rule)),
    ]
    expect(rules('error')).toEqual(one.expectSemantic === 'accept' ? [] : one.expectSemantic)
    expect(rules('warning')).toEqual(one.expectFindings)
  })
})
