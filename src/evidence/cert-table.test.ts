import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Outcome, asyncOutcomeOf, outcomeOf } from '../../test/fuzz/outcome.js'
import {
  TABLE_GUIDS,
  guidBytes,
  makeCertTable,
  mixedEndianGuid,
  pem,
  rawCertTable,
} from '../../test/support/cert-table.js'
import type { RawTableEntry } from '../../test/support/cert-table.js'
import { ascii, concat } from '../../test/support/der.js'
import { labCrl, labEvidence } from '../../test/support/pki.js'
import { repositoryRoot } from '../../test/support/real-folder.js'
import { readCertTable } from './cert-table.js'
import { decodeEvidence } from './evidence.js'

const { report, vek, ask, ark, table } = labEvidence({ line: 'Genoa' })
const crl = labCrl('Genoa')
const cpuidGuid = 'ecae0c0f-9502-43b1-afa2-0ae2e0d565b6'
const unknownGuid = '00112233-4455-6677-8899-aabbccddeeff'

const pemBytes = (...ders: readonly Uint8Array[]): Uint8Array => ascii(ders.map((der) => pem(der)).join(''))
const judge = (bytes: Uint8Array): Outcome => outcomeOf(() => readCertTable(bytes))

describe('a certificate table', () => {
  it('gives leaf, authorities and CRL, each by its GUID', () => {
    const read = readCertTable(
      makeCertTable([
        { guid: 'crl', data: crl },
        { guid: 'vcek', data: vek },
        { guid: 'ark', data: ark },
        { guid: 'ask', data: ask },
      ]),
    )
    expect(read).toEqual({ leaves: [{ kind: 'vcek', der: vek }], authorities: [ark, ask], crls: [crl] })
  })

  it.each([
    ['DER', vek, [vek]],
    ['PEM', pemBytes(vek), [vek]],
    ['PEM with white space around', concat(ascii('\n\n'), pemBytes(vek), ascii('\n')), [vek]],
  ])('takes a leaf as %s', (_, data, expected) => {
    expect(readCertTable(makeCertTable([{ guid: 'vlek', data }])).leaves).toEqual(
      expected.map((der) => ({ kind: 'vlek', der })),
    )
  })

  it('takes several authorities in one PEM text, and CRLs as PEM', () => {
    const data = pemBytes(ask, ark)
    expect(readCertTable(makeCertTable([{ guid: 'ask', data }])).authorities).toEqual([ask, ark])
    const text = ascii(pem(crl, 'X509 CRL'))
    expect(readCertTable(makeCertTable([{ guid: 'crl', data: text }])).crls).toEqual([crl])
  })

  it('may be empty, hold unknown entries, entries that overlap, and bytes that nobody names', () => {
    const nothing = { leaves: [], authorities: [], crls: [] }
    expect(readCertTable(rawCertTable([]))).toEqual(nothing)
    expect(readCertTable(rawCertTable([], new Uint8Array(4000)))).toEqual(nothing)
    const unknown = makeCertTable([
      { guid: cpuidGuid, data: new Uint8Array(8) },
      { guid: unknownGuid, data: ascii('anything') },
    ])
    expect(readCertTable(unknown)).toEqual(nothing)
    const length = vek.length
    const shared = rawCertTable(
      [
        { guid: 'vcek', offset: 72, length },
        { guid: unknownGuid, offset: 72, length },
      ],
      vek,
    )
    expect(readCertTable(shared).leaves).toEqual([{ kind: 'vcek', der: vek }])
  })

  it('has GUIDs in the order they are written, not in the mixed order of other tables', () => {
    const mixed = rawCertTable([{ guid: mixedEndianGuid('vcek'), offset: 48, length: vek.length }], vek)
    expect(readCertTable(mixed).leaves).toEqual([])
    const written = rawCertTable([{ guid: guidBytes(TABLE_GUIDS.vcek), offset: 48, length: vek.length }], vek)
    expect(readCertTable(written).leaves).toHaveLength(1)
  })

  it('is not kept: what comes out are copies', () => {
    const bytes = makeCertTable([
      { guid: 'vcek', data: vek },
      { guid: 'crl', data: crl },
    ])
    const read = readCertTable(bytes)
    bytes.fill(0)
    expect(read.leaves[0]?.der).toEqual(vek)
    expect(read.crls[0]).toEqual(crl)
  })
})

const one = (entry: Partial<RawTableEntry>, tail = vek): Uint8Array =>
  rawCertTable([{ guid: 'vcek', offset: 48, length: vek.length, ...entry }], tail)
const many = (count: number): Uint8Array =>
  rawCertTable(
    Array.from({ length: count }, (_, index) => ({
      guid: concat(new Uint8Array(14), Uint8Array.of(1, index)),
      offset: (count + 1) * 24,
      length: 1,
    })),
    Uint8Array.of(0),
  )

describe('a table that is not well formed', () => {
  it.each([
    ['empty', new Uint8Array(), 'EVIDENCE_TABLE'],
    ['shorter than an entry', new Uint8Array(23), 'EVIDENCE_TABLE'],
    [
      'without an entry of zeros',
      rawCertTable([{ guid: 'vcek', offset: 24, length: vek.length }], vek, { terminated: false }),
      'EVIDENCE_TABLE',
    ],
    ['cut within the entry of zeros', one({}).subarray(0, 47), 'EVIDENCE_TABLE'],
    [
      'with an end that is not quite zero',
      concat(one({}).subarray(0, 47), Uint8Array.of(1)),
      'EVIDENCE_TABLE',
    ],
    ['with an entry whose GUID is zero', one({ guid: new Uint8Array(16) }), 'EVIDENCE_TABLE'],
    [
      'with a GUID of zeros but for its last byte',
      one({ guid: concat(new Uint8Array(15), Uint8Array.of(1)) }),
      'accepted',
    ],
    ['cut within the blob', one({}).subarray(0, -1), 'EVIDENCE_TABLE'],
    ['with an offset of 0', one({ offset: 0 }), 'EVIDENCE_TABLE'],
    ['with an offset into the entries', one({ offset: 24 }), 'EVIDENCE_TABLE'],
    ['with an offset a byte before the end of the header', one({ offset: 47 }), 'EVIDENCE_TABLE'],
    ['with an offset at the end', one({ offset: 48 + vek.length, length: 1 }), 'EVIDENCE_TABLE'],
    ['with a length of 0', one({ length: 0 }), 'EVIDENCE_TABLE'],
    ['with a length of 0 at the end', one({ offset: 48 + vek.length, length: 0 }), 'EVIDENCE_TABLE'],
    ['with a length a byte too long', one({ length: vek.length + 1 }), 'EVIDENCE_TABLE'],
    ['with the largest offset', one({ offset: 0xffffffff }), 'EVIDENCE_TABLE'],
    ['with the largest length', one({ length: 0xffffffff }), 'EVIDENCE_TABLE'],
    [
      'with a sum that overflows 32 bits to the start',
      one({ offset: 0xffffffff, length: 49 }),
      'EVIDENCE_TABLE',
    ],
    [
      'with a sum that overflows 32 bits to the end',
      one({ offset: 0xffffffd0, length: 48 + vek.length }),
      'EVIDENCE_TABLE',
    ],
    ['with both at their largest', one({ offset: 0xffffffff, length: 0xffffffff }), 'EVIDENCE_TABLE'],
    [
      'with an unknown entry outside',
      rawCertTable([{ guid: unknownGuid, offset: 9999, length: 1 }]),
      'EVIDENCE_TABLE',
    ],
    [
      'with an unknown entry of length 0',
      rawCertTable([{ guid: unknownGuid, offset: 48, length: 0 }]),
      'EVIDENCE_TABLE',
    ],
    ['with 64 entries', many(64), 'accepted'],
    ['with 65 entries', many(65), 'EVIDENCE_TABLE'],
    [
      'with a GUID twice',
      makeCertTable([
        { guid: 'vcek', data: vek },
        { guid: 'vcek', data: vek },
      ]),
      'EVIDENCE_DUPLICATE',
    ],
    [
      'with an unknown GUID twice',
      makeCertTable([
        { guid: unknownGuid, data: vek },
        { guid: unknownGuid, data: ark },
      ]),
      'EVIDENCE_DUPLICATE',
    ],
    [
      'with two leaves in one entry',
      makeCertTable([{ guid: 'vcek', data: pemBytes(vek, vek) }]),
      'EVIDENCE_MALFORMED',
    ],
    [
      'with two CRLs in one entry',
      makeCertTable([{ guid: 'crl', data: ascii(pem(crl, 'X509 CRL').repeat(2)) }]),
      'EVIDENCE_MALFORMED',
    ],
    [
      'with PEM of another kind',
      makeCertTable([{ guid: 'vcek', data: ascii(pem(vek, 'PUBLIC KEY')) }]),
      'EVIDENCE_MALFORMED',
    ],
    [
      'with a certificate in place of a CRL',
      makeCertTable([{ guid: 'crl', data: pemBytes(vek) }]),
      'EVIDENCE_MALFORMED',
    ],
    [
      'with text around PEM',
      makeCertTable([{ guid: 'ask', data: concat(pemBytes(ask), ascii('issuer: x\n')) }]),
      'EVIDENCE_MALFORMED',
    ],
    [
      'with cut PEM',
      makeCertTable([{ guid: 'ask', data: pemBytes(ask).subarray(0, -20) }]),
      'EVIDENCE_MALFORMED',
    ],
    [
      'with a leaf of 16 KiB and a byte',
      makeCertTable([{ guid: 'vcek', data: new Uint8Array(16 * 1024 + 1) }]),
      'EVIDENCE_SIZE',
    ],
    [
      'with authorities of 64 KiB and a byte',
      makeCertTable([{ guid: 'ask', data: new Uint8Array(64 * 1024 + 1) }]),
      'EVIDENCE_SIZE',
    ],
    ['of 256 KiB', rawCertTable([], new Uint8Array(256 * 1024 - 24)), 'accepted'],
    ['of 256 KiB and a byte', rawCertTable([], new Uint8Array(256 * 1024 - 23)), 'EVIDENCE_SIZE'],
  ] as const)('%s', (_, bytes, expected) => {
    expect(judge(bytes)).toBe(expected)
  })

  it('is not asked whether its blobs are certificates: that is judged where they are used', () => {
    expect(readCertTable(makeCertTable([{ guid: 'vcek', data: ascii('garbage') }])).leaves).toHaveLength(1)
  })
})

describe('a report with its table', () => {
  it.each(['snp-report+cert-table', 'auto'] as const)('is read as %s', async (format) => {
    const evidence = await decodeEvidence(concat(report, table), format)
    expect(evidence).toMatchObject({ format: 'snp-report+cert-table', endorsementKeys: 1, crls: 0 })
    expect(evidence.report).toEqual(report)
    const genuine = JSON.parse(
      readFileSync(join(repositoryRoot(), 'vectors/real/genoa-v3.tsm.json'), 'utf8'),
    ) as Readonly<Record<'outblob' | 'auxblob', string>>
    const blobs = [genuine.outblob, genuine.auxblob].map((text) => Buffer.from(text, 'base64url'))
    expect(await decodeEvidence(concat(...blobs), format)).toMatchObject({ endorsementKeys: 1, crls: 0 })
  })

  it.each([
    ['no table', report, 'EVIDENCE_TABLE'],
    ['half a report', report.subarray(0, 500), 'EVIDENCE_TABLE'],
    ['nothing', new Uint8Array(), 'EVIDENCE_TABLE'],
    ['a table that does not end', concat(report, table.subarray(0, 24)), 'EVIDENCE_TABLE'],
    ['a table too large', concat(report, rawCertTable([], new Uint8Array(256 * 1024 - 23))), 'EVIDENCE_SIZE'],
    ['an empty table', concat(report, rawCertTable([])), 'accepted'],
  ])('or not: %s', async (_, bytes, expected) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'snp-report+cert-table'))).toBe(expected)
  })

  it('is recognised by the first GUID alone', async () => {
    const unknownFirst = makeCertTable([
      { guid: unknownGuid, data: ark },
      { guid: 'vcek', data: vek },
    ])
    const bytes = concat(report, unknownFirst)
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'auto'))).toBe('EVIDENCE_FORMAT')
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'snp-report+cert-table'))).toBe('accepted')
    expect(await asyncOutcomeOf(() => decodeEvidence(concat(report, rawCertTable([])), 'auto'))).toBe(
      'EVIDENCE_FORMAT',
    )
  })
})
