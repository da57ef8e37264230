import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { jsonBytes } from '../../test/support/azure.js'
import {
  aside,
  asideType,
  base64url,
  cborBytes,
  cborCollection,
  cborInt,
  cborList,
  cborMap,
  cborRecord,
  cborTag,
  cborText,
  jsonCollection,
  jsonRecord,
  nestedCbor,
  nestedJson,
  reportTag,
  reportType,
  tableTag,
  tableType,
  tsmCbor,
  tsmCborType,
  tsmJson,
  tsmJsonType,
} from '../../test/support/cmw.js'
import { octetString, tlv } from '../../test/support/der.js'
import {
  documentKey,
  evidenceOids,
  makeKeyCertificate,
  makeRequest,
} from '../../test/support/key-documents.js'
import { labEvidence } from '../../test/support/pki.js'
import { bundleBytes } from '../../test/support/vectors/container-bundle-vectors.js'
import { isVerificationError } from '../errors/error.js'
import { bundleType } from './bundle-document.js'
import { cmw } from './cmw.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'
import { evidenceFormats, formatNamed } from './registry.js'
import { sniffOf } from './sniff.js'

const lab = labEvidence({ line: 'Genoa', version: 3 })
const { report, table, vek } = lab
const record = jsonRecord(reportType, report, 4)
const tableRecord = jsonRecord(tableType, table, 2)
const cbor = cborRecord(reportType, report, 4)
const cborTable = cborTag(tableTag, cborBytes(table))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

async function refusalOf(bytes: Uint8Array, format: 'cmw' | 'ra-tls' = 'cmw'): Promise<string> {
  try {
    await decodeEvidence(bytes, format)
    return 'accepted'
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

const samples: readonly (readonly [string, Uint8Array, keys: number])[] = [
  ['a record in JSON', jsonBytes(record), 0],
  ['the same, with white space around it', utf8(`\n ${JSON.stringify(record)}\n`), 0],
  ['without an indicator', jsonBytes(jsonRecord(reportType, report)), 0],
  ['as evidence and endorsements', jsonBytes(jsonRecord(tsmJsonType, tsmJson(lab), 6)), 1],
  ['of every kind', jsonBytes(jsonRecord(reportType, report, 31)), 0],
  ['a collection in JSON', jsonBytes(jsonCollection(lab)), 1],
  ['with the table first', jsonBytes({ a: tableRecord, b: record }), 1],
  ['a table without an indicator', jsonBytes({ a: jsonRecord(tableType, table), b: record }), 1],
  ['a TSM report beside nothing', jsonBytes({ a: jsonRecord(tsmJsonType, tsmJson(lab)) }), 1],
  [
    'a TSM report without a table, and a table',
    jsonBytes({ a: jsonRecord(tsmJsonType, jsonBytes({ outblob: base64url(report) })), b: tableRecord }),
    1,
  ],
  ['four collections, one in the other', jsonBytes(nestedJson(4, record)), 0],
  [
    '64 records',
    jsonBytes({
      ...Object.fromEntries(Array.from({ length: 63 }, (_, at) => [String(at), aside(1)])),
      report: record,
    }),
    0,
  ],
  ...['tag:example.org,2026:lab', 'https://example.org/a?b#c', '2.999.0.1', 'x:y'].map(
    (type) => [`of type ${type}`, jsonBytes({ __cmwc_t: type, a: record }), 0] as const,
  ),
  ...[1, 2, 8, 16, 27].map(
    (indicator) =>
      [`beside an aside, ${String(indicator)}`, jsonBytes({ a: record, b: aside(indicator) }), 0] as const,
  ),
  ['a record in CBOR', cbor, 0],
  ['by number', cborRecord(10572, report), 0],
  ['by tag', cborTag(reportTag, cborBytes(report)), 0],
  ['a TSM report in CBOR', cborRecord(tsmCborType, tsmCbor(lab), 4), 1],
  [
    'a TSM report in CBOR without a table',
    cborRecord(tsmCborType, cborCollection({ outblob: cborBytes(report) })),
    0,
  ],
  ['labels that are numbers', cborMap([cborInt(0), cborTable], [cborInt(-1), cbor]), 1],
  ['a table by number', cborCollection({ a: cborRecord(10573, table, 2), b: cbor }), 1],
  ['an aside by number', cborCollection({ a: cborRecord(0, table, 2), b: cbor }), 0],
  ['with a type', cborCollection({ a: cbor, __cmwc_t: cborText('tag:example.org,2026:lab') }), 0],
  ['four collections in CBOR', nestedCbor(4, cborTag(reportTag, cborBytes(report))), 0],
]

describe('a wrapper', () => {
  it.each(samples)('%s', async (_, bytes, keys) => {
    for (const format of ['cmw', 'auto'] as const) {
      const evidence = await decodeEvidence(bytes, format)
      expect(evidence).toMatchObject({ format: 'cmw', endorsementKeys: keys, reconstructed: false })
      expect(evidence.report).toEqual(report)
      expect(attachmentsOf(evidence).size).toBe(0)
      if (keys === 1) expect(partsOfEvidence(evidence).leaves).toEqual([{ kind: 'vcek', der: vek }])
    }
  })

  it.each(samples)('is recognised by no other: %s', async (_, bytes) => {
    const sniff = sniffOf(bytes)
    const formats = await Promise.all(evidenceFormats.map(formatNamed))
    const names = formats.flatMap((one) => (one.takes === 'bytes' && one.recognises(sniff) ? [one.name] : []))
    expect(names).toEqual(['cmw'])
  })

  it.each([
    ['JSON', tlv(0x0c, jsonBytes(jsonCollection(lab)))],
    ['CBOR', octetString(cborCollection({ a: cbor, b: cborTable }))],
  ])('in an extension, as %s', async (_, value) => {
    const extensions = [{ oid: evidenceOids.cmw, value }]
    for (const [name, bytes] of [
      ['ra-tls', makeKeyCertificate(extensions)],
      ['pkcs10-csr', makeRequest(extensions)],
    ] as const) {
      const evidence = await decodeEvidence(bytes, 'auto')
      expect(evidence).toMatchObject({ format: name, endorsementKeys: 1 })
      expect(evidence.report).toEqual(report)
      expect(attachmentsOf(evidence).get('spki')).toEqual(documentKey)
    }
  })
})

const none = 'cmw: neither a record nor a collection'
const unread = (type: string): string => `cmw: the type ${type} is not read`
const tsm = (members: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  cborRecord(tsmCborType, cborCollection(members))
const outblob = cborBytes(report)

describe('what is no wrapper', () => {
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'MALFORMED cmw is not strict JSON'],
    ['a report', report, 'MALFORMED cmw is not strict JSON'],
    ['text', jsonBytes('a'), `MALFORMED ${none}`],
    ['null in a collection', jsonBytes({ a: null }), `MALFORMED ${none}`],
    ['a list of none', jsonBytes([]), `MALFORMED ${none}`],
    ['a list of one', jsonBytes([reportType]), `MALFORMED ${none}`],
    ['a list of four', jsonBytes([...record, 4]), `MALFORMED ${none}`],
    ['a type that is a number', jsonBytes([10572, base64url(report)]), `MALFORMED ${none}`],
    ['a value that is none', jsonBytes([reportType, null]), `MALFORMED ${none}`],
    ['an empty value', jsonBytes([reportType, '']), `MALFORMED ${none}`],
    ['a value with padding', jsonBytes([reportType, `${base64url(report)}=`]), `MALFORMED ${none}`],
    ['a value of the other alphabet', jsonBytes([reportType, '+/+/']), `MALFORMED ${none}`],
    ['a value with a line end', jsonBytes([reportType, 'AAAA\n']), `MALFORMED ${none}`],
    ['a value with stray bits', jsonBytes([reportType, 'AB']), `MALFORMED ${none}`],
    ...[0, 32, -1, 4.5, '4', null, 2 ** 40].map((indicator): [string, Uint8Array, string] => [
      `the indicator ${JSON.stringify(indicator)}`,
      jsonBytes([reportType, base64url(report), indicator]),
      'MALFORMED cmw: an indicator that is none',
    ]),
    ['five collections', jsonBytes(nestedJson(5, record)), 'MALFORMED cmw: collections nest deeper than 4'],
    ['five in CBOR', nestedCbor(5, cbor), 'MALFORMED cmw: collections nest deeper than 4'],
    ['a thousand', utf8('{"a":'.repeat(1000)), 'MALFORMED cmw is not strict JSON: nested deeper than 8'],
    ['nine in CBOR', nestedCbor(9, cbor), 'MALFORMED cmw is not strict CBOR: nested deeper than 8'],
    [
      '65 records',
      jsonBytes({
        ...Object.fromEntries(Array.from({ length: 64 }, (_, at) => [String(at), aside(1)])),
        a: record,
      }),
      'SIZE more than 64 records',
    ],
    ['an empty collection', jsonBytes({}), 'MALFORMED cmw: a collection of nothing'],
    ['a type alone', jsonBytes({ __cmwc_t: 'x:y' }), 'MALFORMED cmw: a collection of nothing'],
    [
      'an empty one in CBOR',
      cborCollection({ a: cbor, b: cborMap() }),
      'MALFORMED cmw: a collection of nothing',
    ],
    ...['', 'lab', '1', '1.02', '3.1', ':a', 'a:', 'a:b c', 'a:b\n', `a:${'b'.repeat(241)}`, 1, record].map(
      (type): [string, Uint8Array, string] => [
        `of type ${JSON.stringify(type).slice(0, 20)}`,
        jsonBytes({ __cmwc_t: type, a: record }),
        'MALFORMED cmw: __cmwc_t is no URI and no OID',
      ],
    ),
    ['a bundle', bundleBytes(), 'MALFORMED cmw: __cmwc_t is that of a bundle'],
    [
      'a bundle in CBOR',
      cborCollection({ __cmwc_t: cborText(bundleType), a: cbor }),
      'MALFORMED cmw: __cmwc_t is that of a bundle',
    ],
    [
      'a bundle inside',
      jsonBytes({ a: { __cmwc_t: bundleType, a: record } }),
      'MALFORMED cmw: __cmwc_t is that of a bundle',
    ],
    [
      'a bundle of a later version',
      jsonBytes({ __cmwc_t: 'tag:attested,2026:bundle/2', a: record }),
      'MALFORMED cmw: __cmwc_t is that of a bundle',
    ],
    ['another type alone', jsonBytes(aside(1)), `MALFORMED ${unread(`"${asideType}"`)}`],
    [
      'an aside without an indicator',
      jsonBytes({ a: record, b: aside() }),
      `MALFORMED ${unread(`"${asideType}"`)}`,
    ],
    [
      'an aside that is evidence',
      jsonBytes({ a: record, b: aside(4) }),
      `MALFORMED ${unread(`"${asideType}"`)}`,
    ],
    ['an aside that is all', jsonBytes({ a: record, b: aside(31) }), `MALFORMED ${unread(`"${asideType}"`)}`],
    [
      'a long type',
      jsonBytes(jsonRecord('a'.repeat(65), report)),
      `MALFORMED ${unread(`"${'a'.repeat(64)}"`)}`,
    ],
    [
      'a type of another case',
      jsonBytes(jsonRecord(reportType.toUpperCase(), report)),
      'MALFORMED cmw: the type "APPL',
    ],
    [
      'a property of objects as a type',
      jsonBytes(jsonRecord('constructor', report)),
      `MALFORMED ${unread('"constructor"')}`,
    ],
    ['another number', cborRecord(10574, report), `MALFORMED ${unread('of that number')}`],
    ['another tag', cborTag(reportTag + 2, outblob), `MALFORMED ${unread('of that number')}`],
    [
      'another tag beside it',
      cborCollection({ a: cbor, b: cborTag(1, outblob) }),
      `MALFORMED ${unread('of that number')}`,
    ],
    [
      'a report that is endorsements',
      jsonBytes(jsonRecord(reportType, report, 27)),
      `MALFORMED cmw: the indicator 27 is not one of "${reportType}"`,
    ],
    [
      'a table that is evidence',
      jsonBytes({ a: record, b: jsonRecord(tableType, table, 4) }),
      `MALFORMED cmw: the indicator 4 is not one of "${tableType}"`,
    ],
    ['a table alone', jsonBytes(tableRecord), 'MALFORMED cmw: no record holds a report'],
    ['asides alone', jsonBytes({ a: aside(1) }), 'MALFORMED cmw: no record holds a report'],
    [
      'two reports',
      jsonBytes({ a: record, b: { c: record } }),
      'DUPLICATE cmw: more than one record holds a report',
    ],
    [
      'a report and a TSM report',
      cborCollection({ a: cbor, b: tsm({ outblob }) }),
      'DUPLICATE cmw: more than one record holds a report',
    ],
    [
      'two tables',
      cborCollection({ a: cbor, b: cborTable, c: cborTable }),
      'DUPLICATE cmw: more than one certificate table',
    ],
    [
      'a table beside that of a TSM report',
      jsonBytes({ a: jsonRecord(tsmJsonType, tsmJson(lab)), b: tableRecord }),
      'DUPLICATE cmw: more than one certificate table',
    ],
    ['a list of one in CBOR', cborList(cborText(reportType)), `MALFORMED ${none}`],
    ['text in CBOR', cborCollection({ a: cborText('a') }), `MALFORMED ${none}`],
    ['null in CBOR', cborCollection({ a: Uint8Array.of(0xf6) }), `MALFORMED ${none}`],
    ['bytes in CBOR', cborCollection({ a: outblob }), `MALFORMED ${none}`],
    ['a type of bytes', cborList(outblob, outblob), `MALFORMED ${none}`],
    ['a negative type', cborRecord(-1, report), `MALFORMED ${none}`],
    ['a value of text', cborList(cborText(reportType), cborText('a')), `MALFORMED ${none}`],
    ['a tag around a record', cborTag(reportTag, cbor), `MALFORMED ${none}`],
    [
      'a large indicator',
      cborList(cborText(reportType), outblob, cborInt(2n ** 60n)),
      'MALFORMED cmw: an indicator that is none',
    ],
    [
      'a TSM report that is no map',
      cborRecord(tsmCborType, cborList()),
      'MALFORMED cmw: TSM report: not a map',
    ],
    [
      'a TSM report that is no CBOR',
      cborRecord(tsmCborType, tsmJson(lab)),
      'MALFORMED cmw: TSM report is not strict CBOR',
    ],
    [
      'a TSM report in CBOR as JSON',
      cborRecord(tsmJsonType, tsmCbor(lab)),
      'MALFORMED tsm is not strict JSON',
    ],
    [
      'an unknown name',
      tsm({ outblob, evidence: outblob }),
      'MALFORMED cmw: TSM report: unknown key "evidence"',
    ],
    [
      'a name that is a number',
      cborRecord(tsmCborType, cborMap([cborText('outblob'), outblob], [cborInt(1), outblob])),
      'MALFORMED cmw: TSM report: unknown key "1"',
    ],
    ['no outblob', tsm({ auxblob: cborBytes(table) }), 'MALFORMED cmw: TSM report: outblob is not bytes'],
    [
      'an outblob of text',
      tsm({ outblob: cborText('a') }),
      'MALFORMED cmw: TSM report: outblob is not bytes',
    ],
    [
      'an auxblob of text',
      tsm({ outblob, auxblob: cborText('') }),
      'MALFORMED cmw: TSM report: auxblob is not bytes',
    ],
    [
      'another provider',
      tsm({ outblob, provider: cborText('tdx_guest') }),
      'PROVIDER cmw: TSM report: provider is not sev_guest',
    ],
    [
      'a provider that is null',
      tsm({ outblob, provider: Uint8Array.of(0xf6) }),
      'PROVIDER cmw: TSM report: provider is not sev_guest',
    ],
    ['a table that is none', cborCollection({ a: cbor, b: cborRecord(tableType, report) }), ''],
  ])('%s', async (_, bytes, expected) => {
    const refusal = await refusalOf(bytes)
    expect(refusal.startsWith(`EVIDENCE_${expected}`), refusal).toBe(true)
  })

  it('a report of 1183 bytes', async () => {
    expect(await refusalOf(cborRecord(reportType, report.subarray(1)))).toMatch(/^REPORT_LENGTH /)
  })

  it.each([
    ['JSON as bytes', octetString(jsonBytes(record)), 'MALFORMED cmw is not strict CBOR'],
    ['CBOR as text', tlv(0x0c, cbor), 'MALFORMED cmw is not strict JSON'],
    [
      'text of another kind',
      tlv(0x16, jsonBytes(record)),
      'MALFORMED ra-tls: extension 1.3.6.1.5.5.7.1.35: document: expected tag 0x04, got 0x16',
    ],
    ['a wrapper without any', cbor, 'MALFORMED ra-tls: extension 1.3.6.1.5.5.7.1.35: '],
  ])('an extension with %s', async (_, value, expected) => {
    const refusal = await refusalOf(makeKeyCertificate([{ oid: evidenceOids.cmw, value }]), 'ra-tls')
    expect(refusal.startsWith(`EVIDENCE_${expected}`), refusal).toBe(true)
  })

  it.each<[string, Uint8Array, boolean]>([
    // Refused by name, rather than as nothing that is known.
    ['two reports', jsonBytes({ a: record, b: record }), true],
    ['an aside without an indicator', jsonBytes({ a: record, b: aside() }), true],
    ['a table alone', jsonBytes(tableRecord), false],
    ['asides alone', jsonBytes({ a: aside(1) }), false],
    ['a list of numbers', jsonBytes([1, 2]), false],
    ['a TSM report', tsmJson(lab), false],
    ['a TSM report in CBOR', tsmCbor(lab), false],
    ['a bundle', bundleBytes(), false],
    ['a bundle’s type around a record', jsonBytes({ __cmwc_t: bundleType, a: record }), false],
    ['CBOR with a byte behind it', new Uint8Array([...cbor, 0]), false],
    ['CBOR of another tag', cborTag(1, outblob), false],
  ])('recognised or not: %s', (_, bytes, expected) => {
    expect(cmw.takes === 'bytes' && cmw.recognises(sniffOf(bytes))).toBe(expected)
  })
})

it('a changed byte is refused with a code, or read as one report', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(jsonBytes(jsonCollection(lab)), cborCollection({ a: cbor, b: cborTable })),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (document, at, change) => {
        const bytes = document.slice()
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ change
        expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'cmw'))).toMatch(
          /^(accepted|EVIDENCE_(MALFORMED|DUPLICATE|TABLE|SIZE)|REPORT_LENGTH)$/,
        )
      },
    ),
    { numRuns: 200 },
  )
})
