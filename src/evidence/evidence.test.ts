import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { makeCertTable, pem } from '../../test/support/cert-table.js'
import { ascii, concat } from '../../test/support/der.js'
import { labCrl, labEvidence } from '../../test/support/pki.js'
import { parseReport } from '../report/report.js'
import { parseCertificate } from '../x509/certificate.js'
import { parseCrl } from '../x509/crl.js'
import { type Evidence, type EvidenceExtras, decodeEvidence, partsOfEvidence } from './evidence.js'
import { evidenceFormats } from './registry.js'

const lab = labEvidence({ line: 'Genoa' })
const { report, vek, ask, ark, table } = lab
const other = labEvidence({ line: 'Genoa', signer: 'vlek' })
const crl = labCrl('Genoa')
const withTable = concat(report, table)
const tsm = ascii(JSON.stringify({ outblob: Buffer.from(report).toString('base64') }))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const decode = (extras: EvidenceExtras, bytes = report): Promise<Evidence> =>
  decodeEvidence(bytes, 'auto', extras)

describe('the format', () => {
  it('is recognised, each from its own bytes', async () => {
    for (const [bytes, format] of [
      [report, 'snp-report'],
      [withTable, 'snp-report+cert-table'],
      [tsm, 'tsm'],
    ] as const) {
      expect((await decodeEvidence(bytes, 'auto')).format).toBe(format)
      for (const named of evidenceFormats) {
        const outcome = await asyncOutcomeOf(() => decodeEvidence(bytes, named))
        expect(outcome === 'accepted', `${format} as ${named}`).toBe(named === format)
      }
    }
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['zeros', new Uint8Array(1183)],
    ['random bytes', Uint8Array.from({ length: 2000 }, (_, index) => (index * 73 + 41) & 0xff)],
    ['prose', utf8('this is a report')],
    ['a certificate', vek],
    ['PEM', ascii(pem(vek))],
    ['a CRL', crl],
    ['JSON of another kind', utf8('{"vcek":"x"}')],
    ['a JSON list', utf8('[]')],
    ['JSON that is not strict', utf8('{"outblob":"x","outblob":"y"}')],
    ['a report within a message', concat(new Uint8Array(32), report)],
    ['two reports', concat(report, report)],
    [
      'a report in which bytes 2 and 3 are set',
      concat(report.subarray(0, 2), Uint8Array.of(1), report.subarray(3)),
    ],
    ['a whole MiB of nothing', new Uint8Array(1 << 20)],
  ])('is not guessed: %s', async (_, bytes) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'auto'))).toBe('EVIDENCE_FORMAT')
  })

  it('is one of the known names', async () => {
    for (const name of ['', 'SNP-REPORT', 'snp', 'constructor', '__proto__', null, undefined, 5, ['tsm']])
      await expect(decodeEvidence(report, name as 'tsm')).rejects.toThrow(TypeError)
    for (const input of [undefined, null, 'text', [...report], report.buffer, new DataView(report.buffer)])
      await expect(decodeEvidence(input as unknown as Uint8Array, 'auto')).rejects.toThrow(TypeError)
  })
})

describe('what the caller adds', () => {
  it('may be DER or PEM', async () => {
    const evidence = await decode({
      endorsementKey: ascii(pem(vek)),
      certificates: [ascii(pem(ask) + pem(ark)), other.ask],
      crls: [{ crl: ascii(pem(crl, 'X509 CRL')) }, { crl, fetchedAt: new Date(5000), scope: 'vcek' }],
    })
    expect(evidence).toMatchObject({ endorsementKeys: 1, crls: 2 })
    expect(partsOfEvidence(evidence)).toEqual({
      report,
      reconstructed: false,
      leaves: [{ kind: null, der: vek }],
      intermediates: [ask, other.ask],
      roots: [ark],
      crls: [
        { der: crl, fetchedAt: null, scope: null },
        { der: crl, fetchedAt: 5000, scope: 'vcek' },
      ],
      attachments: new Map(),
    })
  })

  it('is the same key as in the container, or refused', async () => {
    const same = await decode({ endorsementKey: vek }, withTable)
    expect(partsOfEvidence(same).leaves).toEqual([{ kind: 'vcek', der: vek }])
    expect((await decode({ endorsementKey: ascii(pem(vek)) }, withTable)).endorsementKeys).toBe(1)
    // Another of the same kind, or one that nobody can name.
    for (const endorsementKey of [labEvidence({ line: 'Milan' }).vek, new Uint8Array(500)])
      expect(await asyncOutcomeOf(() => decode({ endorsementKey }, withTable))).toBe('EVIDENCE_DUPLICATE')
  })

  it('may be a key of the other kind: the report says which of them signed it', async () => {
    const both = await decode({ endorsementKey: other.vek }, withTable)
    expect(partsOfEvidence(both).leaves).toEqual([
      { kind: 'vcek', der: vek },
      { kind: 'vlek', der: other.vek },
    ])
  })

  it('tells more of the same CRL than the container does', async () => {
    const held = concat(report, makeCertTable([{ guid: 'crl', data: crl }]))
    const parts = partsOfEvidence(await decode({ crls: [{ crl, fetchedAt: new Date(5000) }] }, held))
    expect(parts.crls).toEqual([{ der: crl, fetchedAt: 5000, scope: null }])
  })

  it('comes after what the container holds', async () => {
    const held = concat(
      report,
      makeCertTable([
        { guid: 'ark', data: ark },
        { guid: 'crl', data: crl },
      ]),
    )
    const parts = partsOfEvidence(
      await decode(
        { certificates: [other.ark, other.ask], crls: [{ crl: labCrl('Milan'), scope: 'vlek' }] },
        held,
      ),
    )
    expect(parts.roots).toEqual([ark, other.ark])
    expect(parts.intermediates).toEqual([other.ask])
    expect(parts.crls.map(({ fetchedAt, scope }) => [fetchedAt, scope])).toEqual([
      [null, null],
      [null, 'vlek'],
    ])
  })

  it.each<[string, EvidenceExtras, string]>([
    [
      'an endorsement key of 16 KiB and a byte',
      { endorsementKey: new Uint8Array(16 * 1024 + 1) },
      'EVIDENCE_SIZE',
    ],
    ['two endorsement keys', { endorsementKey: ascii(pem(vek) + pem(vek)) }, 'EVIDENCE_MALFORMED'],
    [
      'an endorsement key with text before it',
      { endorsementKey: ascii(`subject: x\n${pem(vek)}`) },
      'EVIDENCE_MALFORMED',
    ],
    [
      'an endorsement key with text after it',
      { endorsementKey: ascii(`${pem(vek)}x`) },
      'EVIDENCE_MALFORMED',
    ],
    ['a CRL as endorsement key', { endorsementKey: ascii(pem(crl, 'X509 CRL')) }, 'EVIDENCE_MALFORMED'],
    ['a certificate as CRL', { crls: [{ crl: ascii(pem(vek)) }] }, 'EVIDENCE_MALFORMED'],
    ['two CRLs in one PEM', { crls: [{ crl: ascii(pem(crl, 'X509 CRL').repeat(2)) }] }, 'EVIDENCE_MALFORMED'],
    ['a CRL of 1 MiB and a byte', { crls: [{ crl: new Uint8Array((1 << 20) + 1) }] }, 'EVIDENCE_SIZE'],
    ['8 CRLs', { crls: Array.from({ length: 8 }, () => ({ crl })) }, 'accepted'],
    ['9 CRLs', { crls: Array.from({ length: 9 }, () => ({ crl })) }, 'EVIDENCE_SIZE'],
    ['16 certificates', { certificates: Array.from({ length: 16 }, () => ask) }, 'accepted'],
    ['17 certificates', { certificates: Array.from({ length: 17 }, () => ask) }, 'EVIDENCE_SIZE'],
    [
      '17 certificates in two PEM texts',
      { certificates: [ascii(pem(ask).repeat(16)), ask] },
      'EVIDENCE_SIZE',
    ],
    ['17 certificates in one PEM text', { certificates: [ascii(pem(ask).repeat(17))] }, 'EVIDENCE_MALFORMED'],
    ['certificates of 64 KiB and a byte', { certificates: [new Uint8Array(64 * 1024 + 1)] }, 'EVIDENCE_SIZE'],
  ])('%s', async (_, extras, expected) => {
    expect(await asyncOutcomeOf(() => decode(extras))).toBe(expected)
  })

  it('counts together with what the container holds', async () => {
    const held = concat(
      report,
      makeCertTable([
        { guid: 'ark', data: ark },
        { guid: 'crl', data: crl },
      ]),
    )
    const certificates = Array.from({ length: 16 }, () => ask)
    expect(await asyncOutcomeOf(() => decode({ certificates }, held))).toBe('EVIDENCE_SIZE')
    expect(await asyncOutcomeOf(() => decode({ certificates: certificates.slice(1) }, held))).toBe('accepted')
    const crls = Array.from({ length: 8 }, () => ({ crl: labCrl('Milan') }))
    expect(await asyncOutcomeOf(() => decode({ crls }, held))).toBe('EVIDENCE_SIZE')
    expect(await asyncOutcomeOf(() => decode({ crls: crls.slice(1) }, held))).toBe('accepted')
  })

  it.each<[string, unknown]>([
    ['text as endorsement key', { endorsementKey: pem(vek) }],
    ['null as endorsement key', { endorsementKey: null }],
    ['text as certificate', { certificates: [pem(ask)] }],
    ['text as CRL', { crls: [{ crl: 'x' }] }],
    ['bytes as CRL entry', { crls: [crl] }],
    ['an invalid date', { crls: [{ crl, fetchedAt: new Date(Number.NaN) }] }],
    ['a text as date', { crls: [{ crl, fetchedAt: '2026-01-01T00:00:00Z' }] }],
    ['a number as date', { crls: [{ crl, fetchedAt: 0 }] }],
    ['null as date', { crls: [{ crl, fetchedAt: null }] }],
    ['a look-alike of a date', { crls: [{ crl, fetchedAt: Object.create(Date.prototype) }] }],
    ['another scope', { crls: [{ crl, scope: 'VLEK' }] }],
  ])('of the wrong kind is a mistake of the caller: %s', async (_, extras) => {
    await expect(decode(extras as EvidenceExtras)).rejects.toThrow(TypeError)
  })
})

describe('copies', () => {
  it.each(['snp-report', 'snp-report+cert-table', 'tsm'] as const)(
    'are made on entry, before any wait: %s',
    async (format) => {
      const bytes = { 'snp-report': report, 'snp-report+cert-table': withTable, tsm }[format].slice()
      const [key, authority, list] = [vek.slice(), ark.slice(), crl.slice()]
      const fetchedAt = new Date(5000)
      const certificates: Uint8Array[] = [authority]
      const crls = [{ crl: list, fetchedAt }]
      const extras = { endorsementKey: key, certificates, crls }
      const decoding = decodeEvidence(bytes, format, extras)
      for (const each of [bytes, key, authority, list]) each.fill(0)
      fetchedAt.setTime(0)
      certificates.push(other.ask)
      crls.length = 0
      const parts = partsOfEvidence(await decoding)
      expect(parts.report).toEqual(report)
      expect(parts.leaves.map(({ der }) => der)).toEqual([vek])
      expect(parts.roots.at(-1)).toEqual(ark)
      expect(parts.intermediates).toHaveLength(format === 'snp-report+cert-table' ? 1 : 0)
      expect(parts.crls).toEqual([{ der: crl, fetchedAt: 5000, scope: null }])
    },
  )

  it('are handed out', async () => {
    const evidence = await decode({})
    evidence.report.fill(0)
    expect(evidence.report).toEqual(report)
    expect(partsOfEvidence(evidence).report).toEqual(report)
    expect(Object.isFrozen(evidence)).toBe(true)
  })

  it('of views into larger memory hold nothing but the view', async () => {
    const larger = concat(new Uint8Array(100).fill(1), report, new Uint8Array(100).fill(2))
    const evidence = await decode({}, larger.subarray(100, 100 + report.length))
    expect(evidence.report.buffer.byteLength).toBe(report.length)
  })
})

describe('what is too large', () => {
  it('is refused before it is copied', async () => {
    const huge = new Uint8Array(256 << 20)
    const before = process.memoryUsage().arrayBuffers
    for (const format of ['auto', ...evidenceFormats] as const)
      expect(await asyncOutcomeOf(() => decodeEvidence(huge, format))).toBe('EVIDENCE_SIZE')
    for (const extras of [{ endorsementKey: huge }, { certificates: [huge] }, { crls: [{ crl: huge }] }])
      expect(await asyncOutcomeOf(() => decode(extras))).toBe('EVIDENCE_SIZE')
    for (const parse of [parseCertificate, parseCrl])
      expect(await asyncOutcomeOf(async () => parse(huge))).toBe('DER_LIMIT')
    expect(await asyncOutcomeOf(async () => parseReport(huge))).toBe('REPORT_LENGTH')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20)
  })
})

describe('evidence', () => {
  it('is made here alone', async () => {
    const evidence = await decode({})
    for (const fake of [
      { ...evidence },
      { format: 'snp-report', report },
      Object.create(evidence),
      null,
      undefined,
      5,
    ])
      expect(() => partsOfEvidence(fake as Evidence)).toThrow(TypeError)
  })
})
