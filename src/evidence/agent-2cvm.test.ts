import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { type AgentAnswer, agentBody, agentKeyPem, agentManifest } from '../../test/support/agent-2cvm.js'
import { ascii, concat } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { realFolder } from '../../test/support/real-folder.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence } from './evidence.js'

const { report, vek } = labEvidence({ line: 'Genoa' })
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const body = (parts: Partial<AgentAnswer> = {}): Uint8Array => agentBody(report, parts)
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
const edited = (from: string, to: string): Uint8Array => {
  const text = textOf(body())
  if (text.split(from).length !== 2) throw new Error(`not once: ${from}`)
  return utf8(text.replace(from, () => to))
}

describe.each(['2cvm-agent', 'auto'] as const)('the answer of an agent, as %s', (format) => {
  it('is a report, the key, and the manifest with its signature', async () => {
    const evidence = await decodeEvidence(body(), format)
    expect(evidence).toMatchObject({
      format: '2cvm-agent',
      reconstructed: false,
      endorsementKeys: 0,
      crls: 0,
      attachments: ['teeKeyPem', 'manifest', 'manifestSignature'],
    })
    expect(evidence.report).toEqual(report)
    const attachments = attachmentsOf(evidence)
    expect(textOf(attachments.get('teeKeyPem'))).toBe(agentKeyPem)
    expect(textOf(attachments.get('manifest'))).toBe(agentManifest)
    expect(attachments.get('manifestSignature')).toEqual(new Uint8Array(256).fill(0x5a))
  })

  it('takes an endorsement key beside it', async () => {
    expect(await decodeEvidence(body(), format, { endorsementKey: vek })).toMatchObject({
      endorsementKeys: 1,
    })
  })

  it.each<[string, Partial<AgentAnswer>]>([
    ['neither manifest nor signature', { manifest: 'null', signature: 'null' }],
    ['no manifest', { manifest: 'null' }],
    ['no signature', { signature: 'null' }],
  ])('of a guest that is not locked has no manifest: %s', async (_, parts) => {
    const evidence = await decodeEvidence(body(parts), format)
    expect(evidence.attachments).toEqual(['teeKeyPem'])
  })
})

describe('the bytes of the manifest', () => {
  it.each([
    ['white space', '{ "a" :\n[ 1 ] }'],
    ['escapes that could be written otherwise', String.raw`{"\u0061":"\u00e9\/"}`],
    ['keys in any order, numbers as keys', '{"2":1,"1":2,"b":{},"a":[]}'],
    ['the names of the outer document', '{"commitment_manifest":{"commitment_manifest":null}}'],
    ['nothing', '{}'],
  ])('are as they came: %s', async (_, manifest) => {
    const evidence = await decodeEvidence(body({ manifest }), '2cvm-agent')
    expect(textOf(attachmentsOf(evidence).get('manifest'))).toBe(manifest)
  })

  it('are found wherever the member stands', async () => {
    const signature = '"commitment_manifest_signature":"QUJD"'
    const manifest = '{"x":"commitment_manifest"}'
    const members = [
      `"tee_pub_key":"QUJD"`,
      `"commitment_attestation" : { ${signature} , "commitment_manifest" : ${manifest} }`,
      `"platform_attestation":"${base64(report)}"`,
    ]
    const evidence = await decodeEvidence(utf8(` {${members.join(' , ')} }\n`), '2cvm-agent')
    expect(textOf(attachmentsOf(evidence).get('manifest'))).toBe(manifest)
  })

  it('may nest 32 levels, and 38 in all', async () => {
    const nested = (depth: number): string => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1)
    const outcome = (depth: number): Promise<string> =>
      asyncOutcomeOf(() => decodeEvidence(body({ manifest: nested(depth) }), '2cvm-agent'))
    expect(await outcome(33)).toBe('accepted')
    expect(await outcome(39)).toBe('accepted')
    expect(await outcome(40)).toBe('EVIDENCE_MALFORMED')
  })

  it('are those that any document has there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string()), async (object) => {
        if (Object.hasOwn(object, '__proto__')) return
        const manifest = JSON.stringify(object, null, 1)
        const evidence = await decodeEvidence(body({ manifest }), '2cvm-agent')
        expect(textOf(attachmentsOf(evidence).get('manifest'))).toBe(manifest)
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is no such answer', () => {
  it.each<[string, Uint8Array, string]>([
    ['the mock of an agent without SEV-SNP', body({ report: '"abcdef"' }), 'EVIDENCE_MALFORMED'],
    ['a report that is null', body({ report: 'null' }), 'EVIDENCE_MALFORMED'],
    ['a report of other text', body({ report: '"abcde!"' }), 'EVIDENCE_MALFORMED'],
    ['a report in base64url', body({ report: `"-_${base64(report).slice(2)}"` }), 'EVIDENCE_MALFORMED'],
    [
      'a report without padding',
      body({ report: `"${base64(report).replace('=', '')}"` }),
      'EVIDENCE_MALFORMED',
    ],
    ['a report with a line end', body({ report: `"${base64(report)}\\n"` }), 'EVIDENCE_MALFORMED'],
    ['a short report', body({ report: `"${base64(report.subarray(1))}"` }), 'REPORT_LENGTH'],
    ['an empty report', body({ report: '""' }), 'REPORT_LENGTH'],
    ['no key', edited('"tee_pub_key"', '"tee_pub_kex"'), 'EVIDENCE_MALFORMED'],
    ['a key that is null', body({ key: 'null' }), 'EVIDENCE_MALFORMED'],
    ['a key that is PEM', body({ key: JSON.stringify(agentKeyPem) }), 'EVIDENCE_MALFORMED'],
    ['a manifest that is text', body({ manifest: '"{}"' }), 'EVIDENCE_MALFORMED'],
    ['a manifest that is a list', body({ manifest: '[]' }), 'EVIDENCE_MALFORMED'],
    ['a manifest that is false', body({ manifest: 'false' }), 'EVIDENCE_MALFORMED'],
    ['a signature that is no base64', body({ signature: '"!"' }), 'EVIDENCE_MALFORMED'],
    ['a signature that is a number', body({ signature: '1' }), 'EVIDENCE_MALFORMED'],
    ['a bad signature and no manifest', body({ manifest: 'null', signature: '"!"' }), 'EVIDENCE_MALFORMED'],
    ['a duplicate key', edited('{"platform', '{"tee_pub_key":"QUJD","platform'), 'EVIDENCE_MALFORMED'],
    [
      'two manifests',
      edited('"commitment_manifest":', '"commitment_manifest":{},"commitment_manifest":'),
      'EVIDENCE_MALFORMED',
    ],
    [
      'two manifests, one key escaped',
      edited('"commitment_manifest":', String.raw`"commitment\u005fmanifest":{},"commitment_manifest":`),
      'EVIDENCE_MALFORMED',
    ],
    ['a duplicate key in the manifest', body({ manifest: '{"a":1,"a":2}' }), 'EVIDENCE_MALFORMED'],
    ['an unknown key', edited('{"platform', '{"extra":1,"platform'), 'EVIDENCE_MALFORMED'],
    [
      'an unknown key beside the manifest',
      edited('{"commitment_manifest"', '{"extra":1,"commitment_manifest"'),
      'EVIDENCE_MALFORMED',
    ],
    ['an object after it', concat(body(), ascii('{}')), 'EVIDENCE_MALFORMED'],
    ['bytes after it', concat(body(), Uint8Array.of(0)), 'EVIDENCE_MALFORMED'],
    [
      'bytes that are not UTF-8',
      body({ manifest: '{"a":"~"}' }).map((byte) => (byte === 0x7e ? 0xff : byte)),
      'EVIDENCE_MALFORMED',
    ],
    ['a lone surrogate', body({ manifest: String.raw`{"a":"\udc00"}` }), 'EVIDENCE_MALFORMED'],
    ['a commitment that is null', utf8(nulled('commitment_attestation')), 'EVIDENCE_MALFORMED'],
    ['a list', utf8(`[${textOf(body())}]`), 'EVIDENCE_MALFORMED'],
    ['nothing', new Uint8Array(), 'EVIDENCE_MALFORMED'],
    ['1 MiB and a byte', utf8(textOf(body()).padEnd((1 << 20) + 10)), 'EVIDENCE_SIZE'],
  ])('%s', async (_, bytes, expected) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, '2cvm-agent'))).toBe(expected)
  })

  it('1 MiB is read', async () => {
    const padded = concat(body(), new Uint8Array((1 << 20) - body().length).fill(0x20))
    expect(await asyncOutcomeOf(() => decodeEvidence(padded, '2cvm-agent'))).toBe('accepted')
  })

  it('is called by its name where that helps', async () => {
    const message = await decodeEvidence(body({ report: '"abcdef"' }), '2cvm-agent').catch(
      (error: unknown) => (isVerificationError(error) ? error.message : null),
    )
    expect(message).toBe('2cvm-agent: platform_attestation is the mock of an agent that runs without SEV-SNP')
  })

  it.each(['platform_attestation', 'commitment_attestation', 'tee_pub_key'])(
    'is not recognised without %s',
    async (key) => {
      const bytes = edited(`"${key}"`, `"${key}s"`)
      expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'auto'))).toBe('EVIDENCE_FORMAT')
      expect(await asyncOutcomeOf(() => decodeEvidence(bytes, '2cvm-agent'))).toBe('EVIDENCE_MALFORMED')
    },
  )
})

function nulled(key: string): string {
  return JSON.stringify({ ...(JSON.parse(textOf(body())) as object), [key]: null })
}

interface Case {
  readonly id: string
  readonly responseBody: string
  readonly signedBytes: string
  readonly signature: string
}

const casesFile = join(realFolder() ?? '', '../reference/2cvm-vectors.json')
describe.skipIf(realFolder() === null || !existsSync(casesFile))('answers of the agent itself', () => {
  it('have the signed bytes in them', async () => {
    const { cases } = JSON.parse(readFileSync(casesFile, 'utf8')) as { readonly cases: readonly Case[] }
    expect(cases.length).toBeGreaterThan(0)
    for (const { id, responseBody, signedBytes, signature } of cases) {
      const evidence = await decodeEvidence(new Uint8Array(Buffer.from(responseBody, 'base64')), 'auto')
      const attachments = attachmentsOf(evidence)
      expect([id, evidence.format]).toEqual([id, '2cvm-agent'])
      expect(Buffer.from(attachments.get('manifest') ?? []).toString('hex'), id).toBe(signedBytes)
      expect(base64(attachments.get('manifestSignature') ?? new Uint8Array()), id).toBe(signature)
      expect(textOf(attachments.get('teeKeyPem')), id).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^]*-\n$/)
    }
  })
})
