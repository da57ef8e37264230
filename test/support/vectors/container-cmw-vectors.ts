// Stage container: conceptual message wrappers, in JSON, in CBOR and in an extension of X.509.
import { bundleType, bundleTypes } from '../../../src/evidence/bundle-document.js'
import { jsonBytes } from '../azure.js'
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
  head,
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
} from '../cmw.js'
import { ascii, concat, octetString, tlv } from '../der.js'
import { evidenceOids, makeKeyCertificate } from '../key-documents.js'
import { labEvidence } from '../pki.js'
import { bad, ok } from './container-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, inputOf } from './inputs.js'

const lab = labEvidence({ line: 'Genoa', version: 3 })
const { report, table } = lab
const rfc = 'RFC 9999'
const rfc8949 = 'RFC 8949 §4.2.1'
const twice = 'two readers could take different ones'
const past = 'nothing is read past'

const bytes = (evidence: Uint8Array, format = 'cmw'): Partial<VectorInput> => ({
  evidence: base64(evidence),
  format,
})
const json = (value: unknown, format?: string): Partial<VectorInput> => bytes(jsonBytes(value), format)
const inExtension = (value: Uint8Array): Partial<VectorInput> =>
  bytes(makeKeyCertificate([{ oid: evidenceOids.cmw, value }]), 'ra-tls')

const record = jsonRecord(reportType, report, 4)
const tableRecord = jsonRecord(tableType, table, 2)
const cbor = cborRecord(reportType, report, 4)
const refused = (comment: string, why: string, input: Partial<VectorInput>, source = rfc): TestSketch =>
  bad(comment, 'EVIDENCE_MALFORMED', why, input, source)

const jsons: readonly TestSketch[] = [
  ok('a record in JSON', 'type, value and indicator', json(record)),
  ok('the same, recognised', 'a type that is known', json(record, 'auto')),
  ok('without an indicator', 'it may be absent', json(jsonRecord(reportType, report))),
  ok('a collection in JSON', 'report and table', json(jsonCollection(lab))),
  ok('the same collection, recognised', 'a record in it holds a report', json(jsonCollection(lab), 'auto')),
  ok('four collections, one in the other', 'as deep as is read', json(nestedJson(4, record))),
  ok('a TSM report in JSON', 'its type says so', json(jsonRecord(tsmJsonType, tsmJson(lab), 4))),
  ok('a type that is an OID', 'the other of two ways', json({ __cmwc_t: '1.2.840', a: record })),
  refused('a record of four', past, json([...record, 4])),
  refused('base64 with padding', 'it has one form', json([reportType, `${base64url(report)}=`])),
  refused('an indicator of an unknown bit', 'it could mean anything', json(jsonRecord(reportType, report, 36))),
  refused('a report that is endorsements', 'type and indicator differ', json(jsonRecord(reportType, report, 2))),
  refused('an aside without an indicator', 'it could be evidence', json({ a: record, b: aside() })),
  refused('an aside that is evidence', 'it is not read', json({ a: record, b: aside(5) })),
  refused('a table alone', 'there is no report', json(tableRecord)),
  refused('five collections, one in the other', 'depth is bounded', json(nestedJson(5, record))),
  refused('an empty collection', 'it holds at least one', json({ a: record, b: {} })),
  refused('a type that is no URI', 'it is one, or an OID', json({ __cmwc_t: 'lab', a: record })),
  refused('the type of a bundle', 'a bundle has a form of its own', json({ __cmwc_t: bundleType, a: record })),
  refused('the type of its next version', 'so will that', json({ __cmwc_t: `${bundleTypes}2`, a: record })),
  bad(
    '65 records',
    'EVIDENCE_SIZE',
    'the count is bounded',
    json(Object.fromEntries([record, ...Array.from({ length: 64 }, () => aside(1))].entries())),
    rfc,
  ),
  bad('two reports', 'EVIDENCE_DUPLICATE', twice, json({ a: record, b: record }), rfc),
  bad(
    'two tables',
    'EVIDENCE_DUPLICATE',
    twice,
    json({ a: record, b: tableRecord, c: tableRecord }),
    rfc,
  ),
  bad(
    'a table beside a TSM report with one',
    'EVIDENCE_DUPLICATE',
    twice,
    json({ a: jsonRecord(tsmJsonType, tsmJson(lab)), b: tableRecord }),
    rfc,
  ),
]

const text = cborText(reportType)
const tsm = (value: Uint8Array): Partial<VectorInput> => bytes(cborRecord(tsmCborType, value, 4))
const withMember = (name: string, value: Uint8Array): Partial<VectorInput> =>
  tsm(cborCollection({ outblob: cborBytes(report), [name]: value }))
const cbors: readonly TestSketch[] = [
  ok('a record in CBOR', 'type, value and indicator', bytes(cbor)),
  ok('the same record, recognised', 'a type that is known', bytes(cbor, 'auto')),
  ok('by its number of CoAP', 'a shorter type', bytes(cborRecord(10572, report))),
  ok('by its tag', 'the shortest type', bytes(cborTag(reportTag, cborBytes(report)))),
  ok(
    'a collection in CBOR',
    'report and table, by tag and by number',
    bytes(
      cborMap(
        [cborInt(1), cborTag(tableTag, cborBytes(table))],
        [cborText('b'), cborRecord(10572, report)],
        [cborText('c'), cborRecord(7, report, 1)],
      ),
    ),
  ),
  ok('a TSM report in CBOR', 'its type says so', tsm(tsmCbor(lab))),
  refused('a byte behind it', past, bytes(concat(cbor, Uint8Array.of(0))), rfc8949),
  refused(
    'a value that ends behind it',
    'a part of a record',
    bytes(concat(head(4, 2), text, head(2, report.length + 1), report)),
    rfc8949,
  ),
  refused(
    'a length of four bytes for two',
    'numbers have one form',
    bytes(concat(head(4, 2), text, head(2, report.length, 4), report)),
    rfc8949,
  ),
  refused(
    'a length of 16 bytes',
    'there is none',
    bytes(concat(head(4, 2), text, head(2, report.length, 16), report)),
    rfc8949,
  ),
  refused(
    'a label that is no UTF-8',
    'text is',
    bytes(cborMap([concat(head(3, 1), Uint8Array.of(0xff)), cbor])),
    rfc8949,
  ),
  refused('a label of bytes', 'labels are text or numbers', bytes(cborMap([cborBytes(report), cbor]))),
  refused('a label twice', twice, bytes(cborMap([cborText('a'), cbor], [cborText('a'), cbor])), rfc8949),
  refused('nine collections, one in the other', 'depth is bounded', bytes(nestedCbor(9, cbor))),
  refused(
    'a tag around a number',
    'it is around bytes',
    bytes(cborTag(reportTag, cborInt(1))),
  ),
  refused(
    'an aside of a negative number',
    'there is no such type',
    bytes(cborCollection({ a: cbor, b: cborRecord(-1, report, 1) })),
  ),
  refused('a TSM report that is a list', 'it is a map', tsm(cborList())),
  refused('a TSM report with an unknown name', past, withMember('evidence', cborInt(1))),
  refused('a TSM report whose report is text', 'it is bytes', tsm(cborCollection({ outblob: cborText('') }))),
  refused('a TSM report whose table is text', 'it is bytes', withMember('auxblob', cborText(''))),
  refused('a TSM report with what is undefined', past, withMember('generation', Uint8Array.of(0xf7))),
  refused(
    'a TSM report with a list of 512',
    'the count is bounded',
    withMember('generation', cborList(...Array.from({ length: 512 }, () => cborInt(1)))),
  ),
  bad(
    'a TSM report of another provider',
    'EVIDENCE_PROVIDER',
    'it is not of SEV-SNP',
    withMember('provider', cborText('tdx_guest')),
    rfc,
  ),
  refused('a record of another type', 'it is not read', bytes(cborRecord(asideType, report, 1))),
]

const extensions: readonly TestSketch[] = [
  ok('JSON in an extension', 'a UTF8String', inExtension(tlv(0x0c, jsonBytes(record)))),
  ok('CBOR in an extension', 'an OCTET STRING', inExtension(octetString(cbor))),
  refused('JSON as bytes in an extension', 'bytes are CBOR', inExtension(octetString(jsonBytes(record)))),
  refused('CBOR as text in an extension', 'text is JSON', inExtension(tlv(0x0c, cbor))),
  refused('an extension that is text of another kind', 'there are two', inExtension(tlv(0x16, ascii('[]')))),
]

export const cmwGroups = (): readonly VectorGroup[] => [
  group('container/cmw', 'Conceptual message wrappers', inputOf(lab), [...jsons, ...cbors, ...extensions]),
]
