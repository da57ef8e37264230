// Stage container: evidence in the containers of other projects. Some hold the fields of a report in the place of its
// bytes, so that a reader writes them again: what comes out must be the very bytes that were signed.
import { jsonBytes } from '../azure.js'
import { pem } from '../cert-table.js'
import {
  attestationRsDocument,
  bytesField,
  contrastCrl,
  extra,
  goAttestation,
  goChain,
  goEvidence,
  goReport,
  gzip,
  keyOf,
  oldSerdeReport,
  serdeEntry,
  serdeReport,
  teekitDocument,
  tinfoilBundleText,
  tinfoilDocument,
  trusteeEvidence,
  varint,
  wordField,
} from '../containers.js'
import { concat } from '../der.js'
import { type LabEvidence, labEvidence } from '../pki.js'
import { bad, ok, utf8 } from './container-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, inputOf, policyWith } from './inputs.js'

const own = labEvidence({ line: 'Genoa', version: 3 })
const vlek = labEvidence({ line: 'Genoa', version: 3, signer: 'vlek' })
const turin = labEvidence({ line: 'Turin', version: 5 })
const milan = labEvidence({ line: 'Milan', version: 2 })
const other = labEvidence({ line: 'Genoa', version: 3, report: { guestSvn: 1 } })
const attacker = labEvidence({ line: 'Genoa', version: 3, chain: 'attacker' })
const hidden = 'nothing is read past'
const oneForm = 'one value, one form'
const twoReaders = 'two readers could take different ones'

/** Evidence without a key beside it, unless one is given. */
const reader =
  (format: string) =>
  (evidence: Uint8Array, key: Uint8Array | null = null): Partial<VectorInput> => ({
    evidence: base64(evidence),
    format,
    endorsementKey: key === null ? null : base64(key),
  })
const auto = (input: Partial<VectorInput>): Partial<VectorInput> => ({ ...input, format: 'auto' })

/** Fields that are no longer those that were signed. */
const unsigned = (comment: string, why: string, input: Partial<VectorInput>, source: string): TestSketch => ({
  comment,
  why,
  source,
  flags: ['container', 'bypass'],
  input,
  code: 'SIGNATURE_INVALID',
  failed: ['signature'],
})
const foreignRoot = (input: Partial<VectorInput>, source: string): TestSketch => ({
  comment: 'with another root in its chain',
  why: 'what comes with evidence is compared, never trusted',
  source,
  flags: ['container', 'bypass'],
  input,
  code: 'CHAIN_ANCHOR_UNKNOWN',
  failed: ['chain.anchors'],
})

const go = reader('go-sev-guest')
const proto = 'google/go-sev-guest, proto/sevsnp.proto'
const message = goReport(own.report)
const chain = goChain(own)
const goField = (number: number, field: Uint8Array): Partial<VectorInput> =>
  go(goAttestation(goReport(own.report, { [number]: field }), chain))
const goTail = (...tail: readonly Uint8Array[]): Partial<VectorInput> =>
  go(goAttestation(message, chain, concat(...tail)))
const goExtras = (...extras: readonly Uint8Array[]): Partial<VectorInput> =>
  go(goAttestation(message, concat(chain, ...extras)))
const noGo = (comment: string, why: string, input: Partial<VectorInput>, code = 'EVIDENCE_MALFORMED') =>
  bad(comment, code, why, input, proto)

const goTests: readonly TestSketch[] = [
  ok('report, chain and product', 'as the library writes it', go(goEvidence(own))),
  ok('the same, recognised', 'as the library writes it', auto(go(goEvidence(own)))),
  ok('of version 2', 'without CPUID', go(goEvidence(milan))),
  ok('of Turin, version 5', 'with mitigation vectors', go(goEvidence(turin))),
  ok('with a VLEK', 'in a field of its own', go(goEvidence(vlek))),
  ok('without a chain', 'the key may be given beside it', go(goAttestation(message, null), own.vek)),
  ok('zero, where it need not be written', 'readers take it as absent', goField(6, wordField(6, 0n))),
  ok('with a CRL among the extras', 'as Contrast adds it', {
    ...goExtras(extra(contrastCrl, own.crl)),
    policy: policyWith('revocation', {
      crl: 'required',
      graceDays: 0,
      minNumbers: { Genoa: 7 },
      maxFetchAgeDays: 30,
    }),
  }),
  noGo('a report that ends inside a number', hidden, goField(31, keyOf(31, 0))),
  noGo('a word of 65 bits', oneForm, goField(9, wordField(9, 2n ** 64n + 0x25n))),
  noGo('a version in two bytes', oneForm, goField(1, concat(keyOf(1, 0), varint(3n, 1)))),
  noGo('a field that ends behind the message', hidden, goTail(keyOf(3, 2), varint(5n))),
  noGo(
    '129 extras',
    'the count is bounded',
    goExtras(...Array.from({ length: 129 }, (_, at) => extra(String(at), new Uint8Array()))),
  ),
  noGo('field 0', 'there is none', goTail(keyOf(0, 2), varint(0n))),
  noGo('a group', 'nobody writes them', goTail(keyOf(3, 3))),
  noGo('a fourth field', hidden, goTail(bytesField(4, own.vek))),
  noGo('field 32 of the report', hidden, goField(32, wordField(32, 1n))),
  noGo('a product that is a number', 'another type', goTail(wordField(3, 1n))),
  noGo(
    'two products',
    twoReaders,
    goTail(bytesField(3, new Uint8Array()), bytesField(3, new Uint8Array())),
    'EVIDENCE_DUPLICATE',
  ),
  noGo(
    'two reports',
    twoReaders,
    goTail(bytesField(1, goReport(other.report))),
    'EVIDENCE_DUPLICATE',
  ),
  noGo('two VCEKs', twoReaders, goExtras(bytesField(1, own.vek)), 'EVIDENCE_DUPLICATE'),
  noGo('host data of 31 bytes', 'the last one is not said', goField(13, bytesField(13, new Uint8Array(31)))),
  noGo('a VMPL of 33 bits', 'the upper one would be lost', goField(6, wordField(6, 2n ** 32n))),
  noGo('CPUID with a reserved bit', oneForm, goField(29, wordField(29, 0x00a1_1f11n))),
  noGo('an extra whose name is no text', oneForm, goExtras(extra(Uint8Array.of(0xff), new Uint8Array()))),
  noGo(
    'an extra twice',
    twoReaders,
    goExtras(extra('x', new Uint8Array()), extra('x', new Uint8Array())),
    'EVIDENCE_DUPLICATE',
  ),
  unsigned(
    'another guest SVN',
    'fields are written again, and signed as they were',
    goField(2, wordField(2, 1n)),
    proto,
  ),
  foreignRoot(go(goAttestation(message, concat(bytesField(1, own.vek), bytesField(3, attacker.ark)))), proto),
]

const trustee = reader('trustee-snp')
const serde = 'confidential-containers/trustee, snp; virtee/sev'
const fields = serdeReport(own.report)
const vcek = serdeEntry('VCEK', own.vek)
const chained = (list: unknown): Partial<VectorInput> => trustee(trusteeEvidence(fields, list))
const noTrustee = (comment: string, why: string, input: Partial<VectorInput>, code = 'EVIDENCE_MALFORMED') =>
  bad(comment, code, why, input, serde)
const serdeOf = ({ report, vek }: LabEvidence): Partial<VectorInput> =>
  trustee(trusteeEvidence(serdeReport(report), [serdeEntry('VCEK', vek)]))

const trusteeTests: readonly TestSketch[] = [
  ok('report and VCEK', 'as guests write it', chained([vcek])),
  ok('the same, recognised', 'as guests write it', auto(chained([vcek]))),
  ok('of version 2', 'without CPUID', serdeOf(milan)),
  ok('of Turin, version 5', 'with an FMC and mitigation vectors', serdeOf(turin)),
  ok(
    'of the older structure',
    'with its reserved bytes',
    trustee(trusteeEvidence(oldSerdeReport(own.report), [vcek])),
  ),
  ok('without a chain', 'the key may be given beside it', trustee(trusteeEvidence(fields, null), own.vek)),
  ok(
    'with the whole chain and what hosts add',
    'the rest is compared or ignored',
    chained([
      vcek,
      serdeEntry('ASK', own.ask),
      serdeEntry('ARK', own.ark),
      serdeEntry({ OTHER: 'ecae0c0f-9502-43b1-afa2-0ae2e0d565b6' }, Uint8Array.of(1)),
    ]),
  ),
  noTrustee('an unknown field', hidden, trustee(trusteeEvidence({ ...fields, x: 1 }, [vcek]))),
  noTrustee(
    'a policy that is rounded',
    'no integer',
    trustee(trusteeEvidence({ ...fields, policy: 196608.5 }, [vcek])),
  ),
  noTrustee(
    'host data of 31 bytes',
    'the last one is not said',
    trustee(trusteeEvidence({ ...fields, host_data: new Array<number>(31).fill(0) }, [vcek])),
  ),
  noTrustee('a chain that is one entry', 'no list', chained(vcek)),
  noTrustee('a kind of certificate in lower case', 'another kind', chained([vcek, serdeEntry('ask', own.ask)])),
  noTrustee('two ASKs', twoReaders, chained([vcek, serdeEntry('ASK', own.ask), serdeEntry('ASK', own.ask)]), 'EVIDENCE_DUPLICATE'),
  noTrustee('two VCEKs', twoReaders, chained([vcek, vcek]), 'EVIDENCE_DUPLICATE'),
  noTrustee(
    '17 entries',
    'the count is bounded',
    chained([vcek, ...Array.from({ length: 16 }, () => serdeEntry({ OTHER: 'x' }, new Uint8Array()))]),
    'EVIDENCE_SIZE',
  ),
  unsigned(
    'another guest SVN',
    'fields are written again, and signed as they were',
    trustee(trusteeEvidence({ ...fields, guest_svn: 1 }, [vcek])),
    serde,
  ),
  foreignRoot(chained([vcek, serdeEntry('ARK', attacker.ark)]), serde),
]

const tinfoilJs = 'tinfoilsh/tinfoil-js, packages/verifier'
const tinfoil = (value: unknown): Partial<VectorInput> => reader('tinfoil')(jsonBytes(value), own.vek)
const document = tinfoilDocument(own.report)
const packed = gzip(own.report)
const bodied = (bytes: Uint8Array): Partial<VectorInput> => tinfoil({ ...document, body: base64(bytes) })
const packedWith = (at: number, value: number): Partial<VectorInput> =>
  bodied(packed.map((byte, index) => (index === at ? byte ^ value : byte)))
const trailer = packed.length - 8
const noTinfoil = (comment: string, why: string, input: Partial<VectorInput>) =>
  bad(comment, 'EVIDENCE_MALFORMED', why, input, tinfoilJs)

const tinfoilTests: readonly TestSketch[] = [
  ok('version 2', 'as an enclave answers', tinfoil(document)),
  ok('version 1', 'without gzip', tinfoil(tinfoilDocument(own.report, 1))),
  ok('the same, recognised', 'as an enclave answers', auto(tinfoil(document))),
  noTinfoil('version 3', 'another format', tinfoil(tinfoilDocument(own.report, 3))),
  noTinfoil('an unknown member', hidden, tinfoil({ ...document, vcek: base64(own.vek) })),
  noTinfoil('gzip that begins otherwise', 'no gzip', packedWith(0, 1)),
  noTinfoil('gzip with a flag', 'the plain header is enough', packedWith(3, 1)),
  noTinfoil('gzip of more than a report', 'what comes out is bounded', bodied(gzip(concat(own.report, own.vek)))),
  noTinfoil('gzip whose data are none', 'no deflate', bodied(concat(packed.slice(0, 10), new Uint8Array(40).fill(0xff)))),
  noTinfoil(
    'gzip with a byte behind its data',
    hidden,
    bodied(concat(packed.slice(0, trailer), Uint8Array.of(0), packed.slice(trailer))),
  ),
  noTinfoil('gzip with another checksum', 'the data are others', packedWith(trailer, 1)),
  noTinfoil('gzip with another length', 'the data are others', packedWith(trailer + 4, 1)),
]

const bundle = (changed: Readonly<Record<string, unknown>> = {}): Partial<VectorInput> =>
  reader('tinfoil-bundle')(utf8(tinfoilBundleText(own, changed)))
const bundleTests: readonly TestSketch[] = [
  ok('a bundle', 'as a client fetches it', bundle()),
  ok('the same, recognised', 'as a client fetches it', auto(bundle())),
  ok('without a tag', 'it may be unknown', bundle({ releaseTag: null })),
  noTinfoil('an unknown member', hidden, bundle({ crl: base64(own.crl) })),
  noTinfoil('a digest of 31 bytes', 'no SHA-256', bundle({ digest: 'ab'.repeat(31) })),
  noTinfoil('two VCEKs', twoReaders, bundle({ vcek: base64(utf8(pem(own.vek) + pem(vlek.vek))) })),
]

const rust = 'confidential-dot-ai/attestation-rs'
const rs = (value: unknown, key: Uint8Array | null = null): Partial<VectorInput> =>
  reader('attestation-rs')(jsonBytes(value), key)
const inner = attestationRsDocument(own)
const noRs = (comment: string, why: string, input: Partial<VectorInput>) =>
  bad(comment, 'EVIDENCE_MALFORMED', why, input, rust)
const rsTests: readonly TestSketch[] = [
  ok('in its envelope', 'as the library writes it', rs({ platform: 'snp', evidence: inner })),
  ok('the same, recognised', 'as the library writes it', auto(rs({ platform: 'snp', evidence: inner }))),
  ok('without its envelope', 'some hand on the inner part', rs(inner)),
  ok('with a VLEK in the place of the VCEK', 'it says what it is', rs(attestationRsDocument(vlek))),
  ok(
    'without a chain',
    'the key may be given beside it',
    rs({ attestation_report: inner.attestation_report }, own.vek),
  ),
  noRs('another platform', 'another format', rs({ platform: 'tdx', evidence: inner })),
  noRs('an unknown member', hidden, rs({ ...inner, x: 1 })),
  foreignRoot(rs({ ...inner, cert_chain: { ...inner.cert_chain, ark: base64(attacker.ark) } }), rust),
]

const kettle = 'canvasxyz/teekit, packages/kettle'
const quoted = teekitDocument(own)
const teekit = (value: unknown): Partial<VectorInput> => reader('teekit')(jsonBytes(value))
const noKit = (comment: string, why: string, input: Partial<VectorInput>) =>
  bad(comment, 'EVIDENCE_MALFORMED', why, input, kettle)
const teekitTests: readonly TestSketch[] = [
  ok('the answer of the quote service', 'with its certificates', teekit(quoted)),
  ok('the same, recognised', 'with its certificates', auto(teekit(quoted))),
  noKit('of TDX', 'another technology', teekit({ ...quoted, tee_type: 'tdx' })),
  noKit('an unknown member', hidden, teekit({ ...quoted, x: 1 })),
  foreignRoot(teekit({ ...quoted, ark_cert: pem(attacker.ark) }), kettle),
]

export const foreignContainerGroups = (): readonly VectorGroup[] => [
  group('container/go-sev-guest', 'The message of go-sev-guest', inputOf(own), goTests),
  group('container/trustee-snp', 'The document of Trustee for SEV-SNP', inputOf(own), trusteeTests),
  group('container/tinfoil', 'The document of a Tinfoil enclave', inputOf(own), tinfoilTests),
  group('container/tinfoil-bundle', 'The bundle of a Tinfoil client', inputOf(own), bundleTests),
  group('container/attestation-rs', 'The document of attestation-rs', inputOf(own), rsTests),
  group('container/teekit', 'The answer of teekit', inputOf(own), teekitTests),
]
