import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bytesField,
  contrastCrl,
  extra,
  goAttestation,
  goChain,
  goEvidence,
  goReport,
  keyOf,
  varint,
  wordField,
} from '../../test/support/containers.js'
import { pem } from '../../test/support/cert-table.js'
import { concat } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { realItems } from '../../test/support/real-folder.js'
import { isVerificationError } from '../errors/error.js'
import { decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa', version: 5 })
const vlek = labEvidence({ line: 'Genoa', version: 3, signer: 'vlek' })
const chain = goChain(lab)
const report = goReport(lab.report)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

async function refusalOf(bytes: Uint8Array): Promise<unknown> {
  try {
    await decodeEvidence(bytes, 'go-sev-guest')
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}
const malformed = (rest: string): string => `EVIDENCE_MALFORMED go-sev-guest${rest}`

describe.each(['go-sev-guest', 'auto'] as const)('an attestation, as %s', (format) => {
  it.each([
    ['Milan', 2],
    ['Milan', 3],
    ['Genoa', 4],
    ['Turin', 5],
  ] as const)('of %s, version %i, is the very report', async (line, version) => {
    const one = labEvidence({ line, version })
    const evidence = await decodeEvidence(goEvidence(one), format)
    expect(evidence).toMatchObject({
      format: 'go-sev-guest',
      reconstructed: true,
      endorsementKeys: 1,
      crls: 0,
      attachments: [],
    })
    expect(evidence.report).toEqual(one.report)
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect(leaves).toEqual([{ kind: 'vcek', der: one.vek }])
    expect([intermediates, roots]).toEqual([[one.ask], [one.ark]])
  })

  it('without a chain has a report alone', async () => {
    const evidence = await decodeEvidence(goAttestation(report, null, new Uint8Array()), format)
    expect(evidence.report).toEqual(lab.report)
    expect(evidence.endorsementKeys).toBe(0)
  })
})

describe('a chain', () => {
  const decode = async (...parts: readonly Uint8Array[]) =>
    partsOfEvidence(await decodeEvidence(goAttestation(report, concat(...parts)), 'go-sev-guest'))

  it('with a VLEK', async () => {
    expect((await decode(goChain(vlek))).leaves).toEqual([{ kind: 'vlek', der: vlek.vek }])
  })

  it('with both keys', async () => {
    expect((await decode(bytesField(6, vlek.vek), bytesField(1, lab.vek))).leaves).toEqual([
      { kind: 'vcek', der: lab.vek },
      { kind: 'vlek', der: vlek.vek },
    ])
  })

  it('as PEM', async () => {
    const { leaves, intermediates } = await decode(
      bytesField(1, utf8(pem(lab.vek))),
      bytesField(2, utf8(pem(lab.ask))),
    )
    expect(leaves).toEqual([{ kind: 'vcek', der: lab.vek }])
    expect(intermediates).toEqual([lab.ask])
  })

  it('whose fields are empty holds nothing', async () => {
    const none = await decode(...[1, 2, 3, 4, 6].map((number) => bytesField(number, new Uint8Array())))
    expect([none.leaves, none.intermediates, none.roots, none.crls]).toEqual([[], [], [], []])
  })

  it('with a certificate for firmware, that is not read', async () => {
    expect((await decode(chain, bytesField(4, utf8('?')))).leaves).toHaveLength(1)
  })

  it('with CRLs among its extras', async () => {
    const other = labEvidence({ line: 'Milan' }).crl
    const { crls } = await decode(
      chain,
      extra('ecae0c0f-9502-43b1-afa2-0ae2e0d565b6', utf8('?')),
      extra(contrastCrl, lab.crl),
      extra('92f81bc3-5811-4d3d-97ff-d19f88dc67ea', utf8(pem(other, 'X509 CRL'))),
    )
    expect(crls.map(({ der }) => der)).toEqual([lab.crl, other])
  })
})

const changed = (number: number, field: Uint8Array | null): Uint8Array =>
  goAttestation(goReport(lab.report, { [number]: field }), chain)
const chained = (...parts: readonly Uint8Array[]): Uint8Array => goAttestation(report, concat(...parts))
const fms = (value: bigint): Uint8Array => changed(29, wordField(29, value))
const noFms = malformed(': report: cpuid1eax_fms is no family, model and stepping')
const sizes: readonly (readonly [number: number, name: string, length: number])[] = [
  [4, 'family_id', 16],
  [5, 'image_id', 16],
  [11, 'report_data', 64],
  [12, 'measurement', 48],
  [13, 'host_data', 32],
  [14, 'id_key_digest', 48],
  [15, 'author_key_digest', 48],
  [16, 'report_id', 32],
  [17, 'report_id_ma', 32],
  [19, 'chip_id', 64],
  [28, 'signature', 512],
]
const bits: readonly (readonly [number: number, name: string, bits: number])[] = [
  [1, 'version', 32],
  [2, 'guest_svn', 32],
  [6, 'vmpl', 32],
  [7, 'signature_algo', 32],
  [10, 'signer_info', 32],
  [21, 'current_build', 8],
  [22, 'current_minor', 8],
  [23, 'current_major', 8],
  [24, 'committed_build', 8],
  [25, 'committed_minor', 8],
  [26, 'committed_major', 8],
]

describe('what is no attestation', () => {
  it.each(sizes)('one whose field %i, %s, has not %i bytes', async (number, name, length) => {
    for (const actual of [0, length - 1, length + 1])
      expect(await refusalOf(changed(number, bytesField(number, new Uint8Array(actual))))).toBe(
        malformed(`: report: ${name} has ${String(actual)} bytes, not ${String(length)}`),
      )
    expect(await refusalOf(changed(number, null))).toBe(
      malformed(`: report: ${name} has 0 bytes, not ${String(length)}`),
    )
  })

  it.each(bits)('one whose field %i, %s, does not fit %i bits', async (number, name, size) => {
    const most = (1n << BigInt(size)) - 1n
    expect(await refusalOf(changed(number, wordField(number, most)))).toBe('accepted')
    expect(await refusalOf(changed(number, wordField(number, most + 1n)))).toBe(
      malformed(`: report: ${name} does not fit ${String(size)} bits`),
    )
  })

  it.each<[string, unknown, Uint8Array]>([
    ['nothing', malformed(': report: family_id has 0 bytes, not 16'), new Uint8Array()],
    ['a fourth field', malformed(': unknown field 4'), concat(goEvidence(lab), bytesField(4, lab.vek))],
    ['a report that is a number', malformed(': report is a varint'), wordField(1, 5n)],
    [
      'two reports',
      'EVIDENCE_DUPLICATE go-sev-guest: report twice',
      concat(bytesField(1, report), goEvidence(lab)),
    ],
    [
      'two chains',
      'EVIDENCE_DUPLICATE go-sev-guest: certificate_chain twice',
      concat(goEvidence(lab), bytesField(2, chain)),
    ],
    ['field 32 of the report', malformed(': report: unknown field 32'), changed(32, wordField(32, 1n))],
    [
      'a version in bytes',
      malformed(': report: version is a bytes'),
      changed(1, bytesField(1, new Uint8Array(4))),
    ],
    [
      'a version in four bytes',
      malformed(': report: version is a fixed32'),
      changed(1, concat(keyOf(1, 5), new Uint8Array(4))),
    ],
    ['chip_id as a number', malformed(': report: chip_id is a varint'), changed(19, wordField(19, 1n))],
    ['two versions', 'EVIDENCE_DUPLICATE go-sev-guest: report: version twice', changed(32, wordField(1, 5n))],
    [
      'a version in two bytes',
      malformed(': report is not strict protobuf: a number that is not in its shortest form'),
      changed(1, concat(keyOf(1, 0), varint(5n, 1))),
    ],
    [
      'a report cut short',
      malformed(': report is not strict protobuf: it ends inside a field'),
      goAttestation(report.slice(0, -30), chain),
    ],
    [
      'field 5 of the chain',
      malformed(': certificate_chain: unknown field 5'),
      chained(chain, bytesField(5, lab.vek)),
    ],
    [
      'two VCEKs',
      'EVIDENCE_DUPLICATE go-sev-guest: certificate_chain: vcek_cert twice',
      chained(chain, bytesField(1, lab.vek)),
    ],
    [
      'two VCEKs as PEM',
      malformed(': vcek_cert: more than one certificate'),
      chained(bytesField(1, utf8(pem(lab.vek) + pem(lab.vek)))),
    ],
    [
      'an extra twice',
      `EVIDENCE_DUPLICATE go-sev-guest: extras: "${contrastCrl}" twice`,
      chained(chain, extra(contrastCrl, lab.crl), extra(contrastCrl, lab.crl)),
    ],
    [
      'a long extra twice',
      `EVIDENCE_DUPLICATE go-sev-guest: extras: "${'k'.repeat(64)}" twice`,
      chained(extra('k'.repeat(70), lab.crl), extra('k'.repeat(70), lab.crl)),
    ],
    [
      'an extra whose name is no text',
      malformed(': extras: a key is not UTF-8'),
      chained(chain, extra(Uint8Array.of(0xff), lab.crl)),
    ],
    [
      'an extra with a third field',
      malformed(': extras: unknown field 3'),
      chained(bytesField(7, wordField(3, 1n))),
    ],
    [
      'an extra with two values',
      'EVIDENCE_DUPLICATE go-sev-guest: extras: value twice',
      chained(bytesField(7, concat(bytesField(2, lab.crl), bytesField(2, lab.crl)))),
    ],
    [
      'two CRLs in one',
      malformed(': CRL in extras: more than one CRL'),
      chained(extra(contrastCrl, utf8(pem(lab.crl, 'X509 CRL').repeat(2)))),
    ],
    [
      '129 extras',
      malformed(': certificate_chain is not strict protobuf: more than 128 fields'),
      chained(...Array.from({ length: 129 }, (_, at) => extra(String(at), new Uint8Array()))),
    ],
    ['bits of EAX that are reserved', noFms, fms(0x00a1_1f11n | 0x1000n)],
    ['bits of EAX above', noFms, fms(0x1000_0000n)],
    ['bits of EAX beyond', noFms, fms(1n << 32n)],
    ['an extended family below 15', noFms, fms(0x0010_0e00n)],
    ['a family of 256', noFms, fms(0x0f10_0f00n)],
  ])('%s', async (_, refusal, bytes) => {
    expect(await refusalOf(bytes)).toBe(refusal)
  })

  it('one with 128 extras is one', async () => {
    const extras = Array.from({ length: 128 }, (_, at) => extra(String(at), new Uint8Array()))
    expect(await refusalOf(chained(...extras))).toBe('accepted')
  })

  it('one larger than 256 KiB', async () => {
    const size = 256 * 1024
    const filled = (length: number): Uint8Array =>
      goAttestation(report, null, bytesField(3, new Uint8Array(length)))
    const most = size - filled(size).length + size
    expect(await refusalOf(filled(most))).toBe('accepted')
    expect(await refusalOf(filled(most + 1))).toContain('EVIDENCE_SIZE')
  })
})

describe('CPUID', () => {
  it.each<[bigint, readonly number[]]>([
    [0n, [0, 0, 0]],
    [0x00a0_0f11n, [0x19, 0x01, 1]],
    [0x00a1_0f11n, [0x19, 0x11, 1]],
    [0x00b0_0f21n, [0x1a, 0x02, 1]],
    [0x0000_0e00n, [0x0e, 0, 0]],
    [0x0000_0f00n, [0x0f, 0, 0]],
    [0x0f0f_0fffn, [0xff, 0xff, 0x0f]],
  ])('%s', async (word, bytes) => {
    const evidence = await decodeEvidence(fms(word), 'go-sev-guest')
    expect([...evidence.report.slice(0x188, 0x18b)]).toEqual(bytes)
  })
})

describe('recognition', () => {
  it.each<[string, Uint8Array]>([
    ['a line end and hex', utf8(`\n${Buffer.from(lab.report).toString('hex')}`)],
    ['an unknown field', concat(goEvidence(lab), bytesField(4, lab.vek))],
    ['no signature', goAttestation(goReport(lab.report, { 28: null }), chain)],
    ['an empty report', bytesField(1, new Uint8Array())],
    ['a report in another field', bytesField(2, report)],
    ['the chain first', concat(bytesField(2, chain), bytesField(1, report))],
  ])('not of %s', async (_, bytes) => {
    const format = await decodeEvidence(bytes, 'auto').then(
      (evidence) => evidence.format,
      () => 'none',
    )
    expect(format).not.toBe('go-sev-guest')
  })
})

describe('any report', () => {
  it('whose reserved bytes are zero comes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1184, maxLength: 1184 }), async (bytes) => {
        const one = bytes.slice()
        for (const [from, to] of [
          [0x4c, 0x50],
          [0x18b, 0x1a0],
          [0x1eb, 0x1ec],
          [0x1ef, 0x1f0],
          [0x208, 0x2a0],
        ] as const)
          one.fill(0, from, to)
        one[0x18a] = (one[0x18a] ?? 0) & 15
        const evidence = await decodeEvidence(goAttestation(goReport(one), null), 'go-sev-guest')
        expect(evidence.report).toEqual(one)
      }),
      { numRuns: 50 },
    )
  })

  it.each(realItems().map(({ slug, folder, meta }) => [slug, folder, meta] as const))(
    'of %s comes back',
    async (_, folder, meta) => {
      const bytes = new Uint8Array(readFileSync(`${folder}/${meta.files['report'] ?? ''}`))
      const evidence = await decodeEvidence(goAttestation(goReport(bytes), null), 'auto')
      expect(evidence.report).toEqual(bytes)
    },
  )
})
