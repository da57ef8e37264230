// Stage container: certificates and requests with evidence in an extension, and evidence of Oak.
import { pem } from '../cert-table.js'
import { type Extensions, extensionDer } from '../certificates.js'
import { bytesField, goEvidence, wordField } from '../containers.js'
import { ascii, concat, integer, nullValue, octetString, sequence, set, oid, utf8 } from '../der.js'
import {
  c8sValue,
  challengePassword,
  enarx,
  enarxValue,
  evidenceOids,
  makeKeyCertificate,
  makeRequest,
  oakDocument,
  oakLayer,
  oldEnarxValue,
  requestFor,
} from '../key-documents.js'
import { labEvidence } from '../pki.js'
import { bad, ok } from './container-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, inputOf } from './inputs.js'

const lab = labEvidence({ line: 'Genoa', version: 3 })
const { report, vek, ask, crl } = lab
const as =
  (format: string) =>
  (bytes: Uint8Array, name = format): Partial<VectorInput> => ({ evidence: base64(bytes), format: name })
const twice = 'two readers could take different ones'
const past = 'nothing is read past'
const steward = 'enarx/steward, crates/attestation'
const other = { oid: '2.5.29.15', value: octetString(report) }
const sgx = { oid: '1.3.6.1.4.1.58270.1.2', value: report }

const csr = as('pkcs10-csr')
const asked = enarx(enarxValue(lab))
const request = makeRequest(asked)
const requestLabel = 'CERTIFICATE REQUEST'
const requests: readonly TestSketch[] = [
  ok('a request with VCEK, CRL and report', 'as Steward reads it', csr(request)),
  ok('the same, recognised', 'as Steward reads it', csr(request, 'auto')),
  ok('the same, PEM', 'a text form of it', csr(ascii(pem(request, requestLabel)))),
  ok('of an older shim', 'VCEK and report alone', csr(makeRequest(enarx(oldEnarxValue(lab))))),
  ok('without a CRL in it', 'the list may be empty', csr(makeRequest(enarx(enarxValue(lab, []))))),
  ok(
    'beside other attributes and extensions',
    'they say nothing about the report',
    csr(makeRequest([], { attributes: [challengePassword, requestFor([other, ...asked])] })),
  ),
  bad('of version 2', 'EVIDENCE_MALFORMED', 'there is none', csr(makeRequest(asked, { version: 1 })), 'RFC 2986'),
  bad(
    'that asks for no extensions',
    'EVIDENCE_MALFORMED',
    'no evidence',
    csr(makeRequest([], { attributes: [challengePassword] })),
  ),
  bad(
    'that asks for extensions twice',
    'EVIDENCE_DUPLICATE',
    twice,
    csr(makeRequest([], { attributes: [requestFor(asked), requestFor(asked)] })),
  ),
  bad('with other extensions alone', 'EVIDENCE_MALFORMED', 'no evidence', csr(makeRequest([other]))),
  bad('with evidence twice', 'EVIDENCE_DUPLICATE', twice, csr(makeRequest([...asked, ...asked]))),
  bad('with evidence of two kinds', 'EVIDENCE_DUPLICATE', twice, csr(makeRequest([...asked, sgx]))),
  bad('with evidence of SGX', 'EVIDENCE_MALFORMED', 'it is not of SEV-SNP', csr(makeRequest([sgx])), steward),
  bad(
    'with a part behind its signature',
    'EVIDENCE_MALFORMED',
    past,
    csr(makeRequest(asked, { behind: nullValue() })),
  ),
  bad(
    'with a part behind its attributes',
    'EVIDENCE_MALFORMED',
    past,
    csr(makeRequest(asked, { afterInfo: nullValue() })),
  ),
  bad(
    'with two values of an attribute',
    'EVIDENCE_MALFORMED',
    twice,
    csr(
      makeRequest([], {
        attributes: [
          sequence(oid('1.2.840.113549.1.9.14'), set(sequence(...asked.map(extensionDer)), nullValue())),
        ],
      }),
    ),
  ),
  bad(
    'with a part behind the report',
    'EVIDENCE_MALFORMED',
    past,
    csr(makeRequest(enarx(sequence(vek, octetString(report), octetString(report))))),
    steward,
  ),
  bad(
    'with a part behind a CRL',
    'EVIDENCE_MALFORMED',
    past,
    csr(makeRequest(enarx(enarxValue(lab, [sequence(utf8('https://kds.example/crl'), crl, nullValue())])))),
    steward,
  ),
  bad('with a byte behind it', 'EVIDENCE_MALFORMED', past, csr(concat(request, Uint8Array.of(0)))),
  bad(
    'two requests as PEM',
    'EVIDENCE_MALFORMED',
    twice,
    csr(ascii(pem(request, requestLabel) + pem(request, requestLabel))),
  ),
  bad('a request in the PEM of a certificate', 'EVIDENCE_MALFORMED', 'one label', csr(ascii(pem(request)))),
]

const tls = as('ra-tls')
const c8s = (value: Uint8Array): Extensions => [{ oid: evidenceOids.c8s, value }]
const ofC8s = (chain?: Uint8Array, tee?: number): Uint8Array =>
  makeKeyCertificate(c8s(c8sValue(lab, chain, tee)))
const contrast: Extensions = [{ oid: evidenceOids.contrast, value: goEvidence(lab) }]
const server = makeKeyCertificate(asked)
const certificates: readonly TestSketch[] = [
  ok('a certificate of Enarx', 'VCEK, CRL and report', tls(server)),
  ok('the same, recognised', 'VCEK, CRL and report', tls(server, 'auto')),
  ok('the same, PEM', 'a text form of it', tls(ascii(pem(server)))),
  ok('of c8s', 'report and chain', tls(ofC8s())),
  ok('of c8s without a chain', 'the caller gives the key', tls(ofC8s(new Uint8Array()))),
  ok('of Contrast', 'evidence of go-sev-guest', tls(makeKeyCertificate(contrast))),
  bad('of version 2', 'EVIDENCE_MALFORMED', 'it has no extensions', tls(makeKeyCertificate(asked, { version: 2 }))),
  bad('without evidence', 'EVIDENCE_MALFORMED', 'no evidence', tls(makeKeyCertificate([other]))),
  bad('a VCEK', 'EVIDENCE_MALFORMED', 'no evidence', tls(vek)),
  bad('with evidence twice', 'EVIDENCE_DUPLICATE', twice, tls(makeKeyCertificate([...asked, ...asked]))),
  bad('with evidence of two kinds', 'EVIDENCE_DUPLICATE', twice, tls(makeKeyCertificate([...asked, ...contrast]))),
  bad('of c8s, of TDX', 'EVIDENCE_MALFORMED', 'it is not of SEV-SNP', tls(ofC8s(undefined, 2))),
  bad('of c8s, with a number in its chain', 'EVIDENCE_MALFORMED', past, tls(ofC8s(concat(vek, integer(1))))),
  bad(
    'with a unique identifier',
    'EVIDENCE_MALFORMED',
    past,
    tls(makeKeyCertificate(asked, { extraTbs: integer(1) })),
  ),
  bad('with a byte behind it', 'EVIDENCE_MALFORMED', past, tls(concat(server, Uint8Array.of(0)))),
  bad('two certificates as PEM', 'EVIDENCE_MALFORMED', twice, tls(ascii(pem(server) + pem(server)))),
  {
    comment: 'of c8s, with another root in its chain',
    why: 'what comes with evidence is compared, never trusted',
    source: 'attested evidence formats',
    flags: ['container', 'bypass'],
    input: tls(ofC8s(concat(vek, ask, labEvidence({ line: 'Genoa', chain: 'attacker' }).ark))),
    code: 'CHAIN_ANCHOR_UNKNOWN',
    failed: ['chain.anchors'],
  },
]

const oak = as('oak-evidence')
const document = oakDocument(lab)
const layers = (count: number): readonly Uint8Array[] => Array.from({ length: count }, (_, at) => oakLayer(at))
const root = concat(wordField(1, 1n), bytesField(2, report))
const proto = 'project-oak/oak, proto/attestation/evidence.proto'
const none = new Uint8Array()
const oaks: readonly TestSketch[] = [
  ok('report, key, layers, keys and event log', 'as Oak sends it', oak(document)),
  ok('the same, recognised', 'as Oak sends it', oak(document, 'auto')),
  ok('a report alone', 'all else may be absent', oak(oakDocument(lab, { root, layers: [], rest: none }))),
  ok('eight layers', 'as many as are read', oak(oakDocument(lab, { layers: layers(8) }))),
  bad('nine layers', 'EVIDENCE_SIZE', 'the count is bounded', oak(oakDocument(lab, { layers: layers(9) }))),
  bad('of another platform', 'EVIDENCE_MALFORMED', 'TDX', oak(oakDocument(lab, { platform: 2 })), proto),
  bad(
    'a layer without a certificate',
    'EVIDENCE_MALFORMED',
    'the layers behind it would hang on nothing',
    oak(oakDocument(lab, { layers: [oakLayer(1), bytesField(2, none)] })),
    proto,
  ),
  bad(
    'two reports',
    'EVIDENCE_DUPLICATE',
    twice,
    oak(oakDocument(lab, { root: concat(root, bytesField(2, report)) })),
    proto,
  ),
  bad('an unknown field', 'EVIDENCE_MALFORMED', past, oak(concat(document, bytesField(9, none))), proto),
  bad('cut short', 'EVIDENCE_MALFORMED', 'a part of a message', oak(document.subarray(0, -1)), proto),
  bad('a report of 1183 bytes', 'REPORT_LENGTH', 'a report has 1184 bytes', oak(oakDocument({ report: report.subarray(1) }))),
]

export const containerBGroups = (): readonly VectorGroup[] => [
  group('container/pkcs10-csr', 'Certificate requests with evidence', inputOf(lab), requests),
  group('container/ra-tls', 'Certificates with evidence', inputOf(lab), certificates),
  group('container/oak-evidence', 'Evidence of Project Oak', inputOf(lab), oaks),
]
