// Stage container: the answer of the guest's device, and the documents of services of Google and Microsoft.
import { jsonBytes, thimDocument } from '../azure.js'
import { makeCertTable } from '../cert-table.js'
import {
  type ResponseParts,
  gcpDocument,
  guestResponse,
  maaReport,
  maaRequest,
  nodeQuote,
  pemChain,
  quoteInfo,
  skrCombined,
  skrRaw,
  url,
  uvmEndorsement,
  uvmList,
} from '../containers-c.js'
import { concat } from '../der.js'
import { labEvidence } from '../pki.js'
import { bad, ok } from './container-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, inputOf } from './inputs.js'

const own = labEvidence({ line: 'Genoa', version: 3 })
const vlek = labEvidence({ line: 'Genoa', version: 3, signer: 'vlek' })
const other = labEvidence({ line: 'Genoa', version: 3, report: { guestSvn: 1 } })
const attacker = labEvidence({ line: 'Genoa', version: 3, chain: 'attacker' })
const otherChain = { vek: own.vek, ask: own.ask, ark: attacker.ark }
const otherTable = makeCertTable([
  { guid: 'vcek', data: own.vek },
  { guid: 'ark', data: attacker.ark },
])
const past = 'nothing is read past'
const twice = 'two readers could take different ones'

/** Evidence without a key beside it, unless one is given. */
const reader =
  (format: string) =>
  (evidence: Uint8Array, key: Uint8Array | null = null): Partial<VectorInput> => ({
    evidence: base64(evidence),
    format,
    endorsementKey: key === null ? null : base64(key),
  })
const auto = (input: Partial<VectorInput>): Partial<VectorInput> => ({ ...input, format: 'auto' })
const foreignRoot = (input: Partial<VectorInput>): TestSketch => ({
  comment: 'with another root in its chain',
  why: 'what comes with evidence is compared, never trusted',
  source: 'attested evidence formats',
  flags: ['container', 'bypass'],
  input,
  code: 'CHAIN_ANCHOR_UNKNOWN',
  failed: ['chain.anchors'],
})
/** A document with a member twice: the second report is another one. */
const doubled = (document: object, key: string, value: string): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(document).replace(/\}$/, `,"${key}":"${value}"}`))

const answer = (parts: ResponseParts = {}): Partial<VectorInput> =>
  reader('sev-guest-response')(guestResponse(own.report, parts), own.vek)
const noAnswer = (comment: string, why: string, parts: ResponseParts): TestSketch =>
  bad(comment, 'EVIDENCE_MALFORMED', why, answer(parts), 'AMD 56860, MSG_REPORT_RSP')
const guest: readonly TestSketch[] = [
  ok('the buffer of the device', 'as the driver fills it', answer()),
  ok('the same, recognised', 'as the driver fills it', auto(answer())),
  ok('the message alone', 'without the rest of the buffer', answer({ length: 1216 })),
  ok('the message alone, recognised', 'without the rest of the buffer', auto(answer({ length: 1216 }))),
  ok('the message and 64 bytes', 'as older drivers had it', answer({ length: 1280 })),
  noAnswer('status 0x16', 'the firmware wrote no report', { status: 0x16 }),
  noAnswer('a size of 1183', 'a report has 1184 bytes', { size: 1183 }),
  noAnswer('a size of 1185', 'a report has 1184 bytes', { size: 1185 }),
  noAnswer('a reserved byte', 'it has no meaning', { bytes: { 0x08: 1 } }),
  noAnswer('a byte behind the report', past, { bytes: { 1216: 1 } }),
  noAnswer('a byte at the end of the buffer', past, { bytes: { 3999: 1 } }),
  noAnswer('a buffer of 1281 bytes', 'of no driver', { length: 1281 }),
  noAnswer('a buffer of 4001 bytes', 'of no driver', { length: 4001 }),
]

const gcp = (value: unknown, key: Uint8Array | null = null): Partial<VectorInput> =>
  reader('gcp-snp')(jsonBytes(value), key)
const google = gcpDocument(own)
const noGcp = (comment: string, why: string, input: Partial<VectorInput>, code = 'EVIDENCE_MALFORMED') =>
  bad(comment, code, why, input, 'Confidential Computing API, version 1')
const gcpTests: readonly TestSketch[] = [
  ok('report and certificate table', 'as a client sends it', gcp(google)),
  ok('the same, recognised', 'as a client sends it', auto(gcp(google))),
  ok(
    'base64url without padding',
    'protobuf takes both alphabets',
    gcp({ report: url(own.report).replace(/=+$/, ''), auxBlob: url(own.table).replace(/=+$/, '') }),
  ),
  ok('without a table', 'the key may be given beside it', gcp({ report: google.report }, own.vek)),
  ok('with an empty table', 'hosts need not fill it', gcp({ ...google, auxBlob: '' }, own.vek)),
  noGcp('an unknown member', past, gcp({ ...google, vcek: base64(own.vek) })),
  noGcp('a report twice', twice, reader('gcp-snp')(doubled(google, 'report', base64(other.report)))),
  noGcp(
    'a report of 1183 bytes',
    'it has 1184',
    gcp({ ...google, report: base64(own.report.slice(1)) }),
    'REPORT_LENGTH',
  ),
  noGcp(
    'half a table',
    'it does not end',
    gcp({ ...google, auxBlob: base64(own.table.slice(0, 23)) }),
    'EVIDENCE_TABLE',
  ),
  foreignRoot(gcp(gcpDocument({ report: own.report, table: otherTable }))),
]

const inner = maaReport(own)
const maa = (report: unknown, changed: Readonly<Record<string, unknown>> = {}): Partial<VectorInput> =>
  reader('maa-request')(maaRequest(report, changed))
const noMaa = (comment: string, why: string, input: Partial<VectorInput>, code = 'EVIDENCE_MALFORMED') =>
  bad(comment, code, why, input, 'microsoft/confidential-sidecar-containers, pkg/common/maa.go')
const maaTests: readonly TestSketch[] = [
  ok('report, chain, endorsement and data', 'as the sidecar sends it', maa(inner)),
  ok('the same, recognised', 'as the sidecar sends it', auto(maa(inner))),
  ok('with a VLEK', 'it says what it is', maa(maaReport(vlek))),
  ok(
    'without an endorsement and data',
    'they may be absent',
    maa({ ...inner, Endorsements: undefined }, { runtimeData: null, initTimeData: null, nonce: null }),
  ),
  ok('with a nonce that is text', 'as the reference says', maa(inner, { nonce: '1' })),
  ok(
    'with the answer of the metadata service as its chain',
    'it says which one is the VCEK',
    maa({ ...inner, VcekCertChain: url(jsonBytes(thimDocument(own))) }),
  ),
  ok(
    'without certificates',
    'the key may be given beside it',
    reader('maa-request')(maaRequest({ ...inner, VcekCertChain: '' }), own.vek),
  ),
  noMaa('an unknown member', past, maa(inner, { quote: '' })),
  noMaa('an unknown member beside the report', past, maa({ ...inner, VlekCertChain: inner.VcekCertChain })),
  noMaa(
    'an unknown member beside the data',
    past,
    maa(inner, { runtimeData: { data: '', dataType: '', x: 1 } }),
  ),
  noMaa('an unknown endorsement', past, maa({ ...inner, Endorsements: url(jsonBytes({ Uvm: [''], x: 1 })) })),
  noMaa(
    'two endorsements',
    'nothing says which one counts',
    maa({ ...inner, Endorsements: uvmList(url(uvmEndorsement), url(uvmEndorsement)) }),
  ),
  noMaa('a nonce of 65 bits', 'the upper one would be lost', maa(inner, { nonce: 2n ** 64n })),
  noMaa(
    'a report in plain base64',
    'one alphabet',
    maa({ ...inner, SnpReport: `++${inner.SnpReport.slice(2)}` }),
  ),
  noMaa(
    'a report of 1183 bytes',
    'it has 1184',
    maa({ ...inner, SnpReport: url(own.report.slice(1)) }),
    'REPORT_LENGTH',
  ),
  foreignRoot(maa({ ...inner, VcekCertChain: url(pemChain(otherChain)) })),
]

const skr = (value: unknown, key: Uint8Array | null = null): Partial<VectorInput> =>
  reader('aci-skr')(jsonBytes(value), key)
const combined = skrCombined(own)
const noSkr = (comment: string, why: string, input: Partial<VectorInput>, code = 'EVIDENCE_MALFORMED') =>
  bad(comment, code, why, input, 'microsoft/confidential-sidecar-containers, cmd/skr')
const skrTests: readonly TestSketch[] = [
  ok('the raw answer', 'the key is given beside it', skr(skrRaw(own), own.vek)),
  ok('the same, recognised', 'the key is given beside it', auto(skr(skrRaw(own), own.vek))),
  ok('the combined answer', 'with its certificates', skr(combined)),
  ok('the combined answer, recognised', 'with its certificates', auto(skr(combined))),
  ok(
    'without certificates',
    'the key may be given beside it',
    skr({ ...combined, endorsements: '' }, own.vek),
  ),
  noSkr('an unknown member of the raw answer', past, skr({ ...skrRaw(own), x: 1 }, own.vek)),
  noSkr('an unknown member', past, skr({ ...combined, x: 1 })),
  noSkr('both answers in one', twice, skr({ ...combined, ...skrRaw(other) })),
  noSkr('a raw report in base64', 'it is hex', skr({ report: base64(own.report) }, own.vek)),
  noSkr(
    'a report of 1183 bytes',
    'it has 1184',
    skr(skrRaw({ report: own.report.slice(1) }), own.vek),
    'REPORT_LENGTH',
  ),
  foreignRoot(skr({ ...combined, endorsements: base64(pemChain(otherChain)) })),
]

const ccf = (value: unknown, key: Uint8Array | null = null): Partial<VectorInput> =>
  reader('ccf-quote')(jsonBytes(value), key)
const quote = nodeQuote(own)
const info = quoteInfo(own)
const noCcf = (comment: string, why: string, input: Partial<VectorInput>, code = 'EVIDENCE_MALFORMED') =>
  bad(comment, code, why, input, 'microsoft/CCF, include/ccf/ds/quote_info.h')
const ccfTests: readonly TestSketch[] = [
  ok('the quote of a node', 'as it answers', ccf(quote)),
  ok('the same, recognised', 'as it answers', auto(ccf(quote))),
  ok('QuoteInfo', 'as a node joins', ccf(info)),
  ok('QuoteInfo, recognised', 'as a node joins', auto(ccf(info))),
  ok(
    'with the answer of the metadata service as its endorsements',
    'it says which one is the VCEK',
    ccf({ ...quote, endorsements: base64(jsonBytes(thimDocument(own))) }),
  ),
  ok('without certificates', 'the key may be given beside it', ccf({ ...info, endorsements: '' }, own.vek)),
  noCcf('of SGX', 'another technology', ccf({ ...quote, format: 'OE_SGX_v1' })),
  noCcf(
    'without hardware, recognised',
    'nothing is claimed',
    auto(ccf({ ...quote, format: 'Insecure_Virtual' })),
  ),
  noCcf('a node of 31 bytes', 'no SHA-256', ccf({ ...quote, node_id: 'ab'.repeat(31) })),
  noCcf('an unknown member', past, ccf({ ...quote, x: 1 })),
  noCcf('a quote beside it', twice, ccf({ ...quote, quote: base64(other.report) })),
  noCcf('two quotes in a list', 'one report', ccf({ quotes: [quote, quote] })),
  noCcf(
    'a report of 1185 bytes',
    'it has 1184',
    ccf({ ...quote, raw: base64(concat(own.report, Uint8Array.of(0))) }),
    'REPORT_LENGTH',
  ),
  foreignRoot(ccf({ ...quote, endorsements: base64(pemChain(otherChain)) })),
]

export const containerCGroups = (): readonly VectorGroup[] => [
  group('container/sev-guest-response', 'The answer of the guest device', inputOf(own), guest),
  group('container/gcp-snp', "Evidence for Google's Confidential Computing API", inputOf(own), gcpTests),
  group('container/maa-request', 'Requests to Microsoft Azure Attestation', inputOf(own), maaTests),
  group('container/aci-skr', 'Answers of the sidecar for secure key release', inputOf(own), skrTests),
  group('container/ccf-quote', 'Quotes of nodes of CCF', inputOf(own), ccfTests),
]
