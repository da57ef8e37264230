import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { azureEvidence, hclBlob, runtimeClaims } from '../../test/support/azure.js'
import { realItems } from '../../test/support/real-folder.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence } from './evidence.js'

const { lab, blob } = azureEvidence()
const claims = runtimeClaims()
const end = 0x4d4 + claims.length
const withWords = (words: Readonly<Record<number, number>>): Uint8Array => hclBlob(lab.report, claims, words)
const withByte = (at: number, value: number): Uint8Array =>
  blob.map((byte, index) => (index === at ? value : byte))

const messageOf = (bytes: Uint8Array): Promise<string | null> =>
  decodeEvidence(bytes, 'azure-hcl').then(
    () => null,
    (error: unknown) => (isVerificationError(error) ? `${error.code} ${error.message}` : 'another error'),
  )

describe.each(['azure-hcl', 'auto'] as const)('the blob of the paravisor, as %s', (format) => {
  it('is a report and the runtime claims', async () => {
    const evidence = await decodeEvidence(blob, format)
    expect(evidence).toMatchObject({
      format: 'azure-hcl',
      reconstructed: false,
      endorsementKeys: 0,
      crls: 0,
      attachments: ['runtimeData'],
    })
    expect(evidence.report).toEqual(lab.report)
    expect(attachmentsOf(evidence).get('runtimeData')).toEqual(claims)
  })

  it('has the size of the NV index or ends with the claims', async () => {
    for (const bytes of [blob.slice(0, end), new Uint8Array([...blob, ...new Uint8Array(1000)])])
      expect(attachmentsOf(await decodeEvidence(bytes, format)).get('runtimeData')).toEqual(claims)
  })

  it('may be of version 1', async () => {
    expect((await decodeEvidence(withWords({ 0x04: 1 }), format)).report).toEqual(lab.report)
  })
})

describe('what is no such blob', () => {
  it.each<[string, Uint8Array, string]>([
    ['the report alone', lab.report, 'fewer than 1236 bytes'],
    ['no room for claims', blob.slice(0, 0x4d3), 'fewer than 1236 bytes'],
    ['another signature', withWords({ 0: 0x414c4349 }), 'the signature 0x414c4349 is not known'],
    ['version 0', withWords({ 0x04: 0 }), 'the version 0x00000000 is not known'],
    ['version 3', withWords({ 0x04: 3 }), 'the version 0x00000003 is not known'],
    ['a key release', withWords({ 0x0c: 1 }), 'the request type 0x00000001 is not known'],
    ['a wrapped key', withWords({ 0x0c: 3 }), 'the request type 0x00000003 is not known'],
    ['a status', withWords({ 0x10: 1 }), 'the status 0x00000001 is not known'],
    [
      'request data of version 2',
      withWords({ 0x4c4: 2 }),
      'the version of the request data 0x00000002 is not known',
    ],
    ['a report of TDX', withWords({ 0x4c8: 4 }), 'the report type 0x00000004 is not known'],
    ['SHA-384', withWords({ 0x4cc: 2 }), 'the hash type 0x00000002 is not known'],
    ['SHA-512', withWords({ 0x4cc: 3 }), 'the hash type 0x00000003 is not known'],
    ['no hash', withWords({ 0x4cc: 0 }), 'the hash type 0x00000000 is not known'],
    ['the first reserved byte', withByte(0x14, 1), 'reserved bytes are not zero'],
    ['the last reserved byte', withByte(0x1f, 1), 'reserved bytes are not zero'],
    [
      'claims that end behind it',
      withWords({ 0x4d0: 2600 - 0x4d4 + 1 }),
      'the claims are longer than the blob',
    ],
    ['claims of 4 GiB', withWords({ 0x4d0: 0xffffffff }), 'the claims are longer than the blob'],
    ['claims that are a byte longer', withWords({ 0x4d0: claims.length + 1 }), 'the sizes do not agree'],
    ['another size of the request', withWords({ 0x4c0: 19 + claims.length }), 'the sizes do not agree'],
    ['another size of the whole', withWords({ 0x08: end + 1 }), 'the sizes do not agree'],
    ['a byte behind the claims', withByte(end, 1), 'bytes behind the claims are not zero'],
    ['a last byte', withByte(blob.length - 1, 0x20), 'bytes behind the claims are not zero'],
  ])('%s', async (_, bytes, problem) => {
    expect(await messageOf(bytes)).toBe(`EVIDENCE_MALFORMED azure-hcl: ${problem}`)
  })

  it('is not recognised', async () => {
    for (const bytes of [withWords({ 0: 0 }), blob.slice(0, 0x4d3)])
      expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'auto'))).toBe('EVIDENCE_FORMAT')
    expect(await asyncOutcomeOf(() => decodeEvidence(blob.slice(0, 0x4d4), 'auto'))).toBe(
      'EVIDENCE_MALFORMED',
    )
  })

  it('is bounded', async () => {
    const large = (size: number): Uint8Array => {
      const bytes = new Uint8Array(size)
      bytes.set(blob)
      return bytes
    }
    expect(await asyncOutcomeOf(() => decodeEvidence(large(16 * 1024), 'azure-hcl'))).toBe('accepted')
    expect(await asyncOutcomeOf(() => decodeEvidence(large(16 * 1024 + 1), 'azure-hcl'))).toBe(
      'EVIDENCE_SIZE',
    )
  })

  it('may hold no claims at all: that is for the binding to refuse', async () => {
    const evidence = await decodeEvidence(hclBlob(lab.report, new Uint8Array()), 'azure-hcl')
    expect(attachmentsOf(evidence).get('runtimeData')).toEqual(new Uint8Array())
  })
})

it('a changed bit is refused, or stands in the report or the claims', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(blob.length - 1), fc.nat(7), async (at, bit) => {
      const inParts = (at >= 0x20 && at < 0x4c0) || (at >= 0x4d4 && at < end)
      // Version 2 without its bit 1 is 0, and with bit 0 it is 3: both are unknown.
      const bytes = withByte(at, (blob[at] ?? 0) ^ (1 << bit))
      const outcome = await asyncOutcomeOf(() => decodeEvidence(bytes, 'azure-hcl'))
      expect([at, bit, outcome]).toEqual([at, bit, inParts ? 'accepted' : 'EVIDENCE_MALFORMED'])
    }),
    { numRuns: 200 },
  )
})

const real = realItems().filter(({ meta }) => meta.files['hcl'] !== undefined)
describe.skipIf(real.length === 0)('real blobs', () => {
  it.each(real.map((item) => [item.slug, item] as const))('%s', async (_, { folder, meta }) => {
    const file = (role: string): Uint8Array =>
      new Uint8Array(readFileSync(join(folder, meta.files[role] ?? '')))
    const evidence = await decodeEvidence(file('hcl'), 'auto')
    expect(evidence.format).toBe('azure-hcl')
    expect(evidence.report).toEqual(file('report'))
    const { azure } = meta as unknown as { readonly azure: Readonly<Record<string, unknown>> }
    const data = attachmentsOf(evidence).get('runtimeData') ?? new Uint8Array()
    expect(data.length).toBe(azure['runtimeClaimsLength'])
    const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(data))
    expect(Buffer.from(digest).toString('hex')).toBe(azure['runtimeClaimsSha256'])
  })
})
