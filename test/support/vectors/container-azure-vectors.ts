// Stage container: what Azure's paravisor leaves in a virtual TPM, the document of Trustee around it, and certificates
// from the metadata service. Then, end to end, what such evidence commits to.
import {
  type AzureOptions,
  akKey,
  azureEvidence,
  hclBlob,
  jsonBytes,
  jwkOf,
  labNonce,
  labPcrs,
  otherAkKey,
  runtimeClaims,
  thimDocument,
  vtpmDocument,
  vtpmDocumentV0,
} from '../azure.js'
import { pem } from '../cert-table.js'
import { concat, toHex } from '../der.js'
import { labEvidence } from '../pki.js'
import { bad, ok } from './container-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, inputOf, unboundReason } from './inputs.js'

const azure = azureEvidence({ evidence: { line: 'Genoa', version: 3 } })
const { lab, blob } = azure
const claims = runtimeClaims()
const openvmm = 'microsoft/openvmm, IGVM attestation protocol'
const trustee = 'confidential-containers/trustee, az_snp_vtpm'

const hcl = (bytes: Uint8Array, format = 'azure-hcl'): Partial<VectorInput> => ({
  evidence: base64(bytes),
  format,
})
const words = (changed: Readonly<Record<number, number>>): Partial<VectorInput> =>
  hcl(hclBlob(lab.report, claims, changed))
const byteAt = (at: number): Partial<VectorInput> =>
  hcl(blob.map((byte, index) => (index === at ? byte ^ 1 : byte)))
const oneReading = 'nobody signs it, and it says how to read the rest'
const word = (comment: string, changed: Readonly<Record<number, number>>): TestSketch =>
  bad(comment, 'EVIDENCE_MALFORMED', oneReading, words(changed), openvmm)

const end = 0x4d4 + claims.length
const beyond = blob.length - 0x4d4 + 1
const blobs: readonly TestSketch[] = [
  ok('the blob of the NV index', 'as the paravisor leaves it', hcl(blob)),
  ok('the same, recognised', 'as the paravisor leaves it', hcl(blob, 'auto')),
  ok('of version 1', 'older paravisors', words({ 0x04: 1 })),
  ok('without zeros behind the claims', 'a reader may cut them off', hcl(blob.slice(0, end))),
  bad('one byte before the claims', 'EVIDENCE_MALFORMED', 'no claims', hcl(blob.slice(0, 0x4d3)), openvmm),
  word('another signature', { 0x00: 0x414c4349 }),
  word('version 3', { 0x04: 3 }),
  word('request type 3', { 0x0c: 3 }),
  word('status 1', { 0x10: 1 }),
  word('request data of version 2', { 0x4c4: 2 }),
  word('a report of TDX', { 0x4c8: 4 }),
  word('hash type 2', { 0x4cc: 2 }),
  bad('a reserved byte', 'EVIDENCE_MALFORMED', oneReading, byteAt(0x1f), openvmm),
  word('claims that end behind the blob', { 0x4d0: beyond, 0x4c0: 20 + beyond, 0x08: 0x4d4 + beyond }),
  word('another size of the whole', { 0x08: end - 1 }),
  word('another size of the request', { 0x4c0: claims.length }),
  bad('a byte behind the claims', 'EVIDENCE_MALFORMED', 'nothing is read past', byteAt(end), openvmm),
]

const documented = (value: unknown, format = 'az-snp-vtpm'): Partial<VectorInput> => ({
  evidence: base64(jsonBytes(value)),
  format,
  endorsementKey: null,
})
const v0 = vtpmDocumentV0(azure)
const v1 = vtpmDocument(azure)
const pcrs = (values: readonly string[]): Partial<VectorInput> =>
  documented({ ...v1, tpm_quote: { ...v1.tpm_quote, pcrs: values } })
const [first = ''] = v1.tpm_quote.pcrs

const documents: readonly TestSketch[] = [
  ok('without a version', 'as it began', documented(v0)),
  ok('the same, recognised', 'as it began', documented(v0, 'auto')),
  ok('version 1', 'hex and base64url', documented(v1)),
  ok('version 2', 'the same form', documented(vtpmDocument(azure, 2))),
  ok('version 1, recognised', 'hex and base64url', documented(v1, 'auto')),
  ok('in an envelope', 'of attestation-rs', documented({ platform: 'az-snp', evidence: v1 }, 'attestation-rs')),
  ok('in an envelope, recognised', 'of attestation-rs', documented({ platform: 'az-snp', evidence: v1 }, 'auto')),
  bad(
    'in an envelope for another platform',
    'EVIDENCE_MALFORMED',
    'what is inside is read by what the envelope says',
    documented({ platform: 'snp', evidence: v1 }, 'attestation-rs'),
    'confidential-dot-ai/attestation-rs',
  ),
  bad('version 3', 'EVIDENCE_MALFORMED', 'another format', documented({ ...v1, version: 3 }), trustee),
  bad('an unknown key', 'EVIDENCE_MALFORMED', 'nothing is read past', documented({ ...v1, a: 1 }), trustee),
  bad('no PCR', 'EVIDENCE_MALFORMED', 'a quote is over some', pcrs([]), trustee),
  bad('25 PCRs', 'EVIDENCE_MALFORMED', 'there are 24', pcrs([...v1.tpm_quote.pcrs, first]), trustee),
  bad(
    'PCRs of 31 and 33 bytes',
    'EVIDENCE_MALFORMED',
    'one after the other they would be two others',
    pcrs([first.slice(2), `${first}00`]),
    trustee,
  ),
  bad(
    'a byte of 256',
    'EVIDENCE_MALFORMED',
    'a reader could take it for 0',
    documented({ ...v0, quote: { ...v0.quote, message: [256] } }),
    trustee,
  ),
  bad(
    'a blob in hex',
    'EVIDENCE_MALFORMED',
    'one text, one reading',
    documented({ ...v0, report: toHex(blob) }),
    trustee,
  ),
  bad(
    'two certificates',
    'EVIDENCE_MALFORMED',
    'one key signed',
    documented({ ...v0, vcek: pem(lab.vek) + pem(lab.ask) }),
    trustee,
  ),
]

const thim = thimDocument(lab)
const beside = (value: unknown): Partial<VectorInput> => ({ endorsementKey: base64(jsonBytes(value)) })
const attacker = labEvidence({ line: 'Genoa', version: 3, chain: 'attacker' })
const certificates: readonly TestSketch[] = [
  ok('the answer of the metadata service as endorsement key', 'it holds the VCEK', beside(thim)),
  ok('with another TCB', 'the certificate says which it is', beside({ ...thim, tcbm: 'FFFFFFFFFFFFFFFF' })),
  bad('an unknown key', 'EVIDENCE_MALFORMED', 'nothing is read past', beside({ ...thim, VcekCert: 'x' })),
  bad('no chain', 'EVIDENCE_MALFORMED', 'another document', beside({ ...thim, certificateChain: null })),
  bad('in the place of evidence', 'EVIDENCE_MALFORMED', 'it holds no report', hcl(jsonBytes(thim), 'thim')),
  {
    comment: 'with another root in its chain',
    why: 'what comes with evidence is compared, never trusted',
    source: 'attested evidence formats',
    flags: ['container', 'bypass'],
    input: beside({ ...thim, certificateChain: pem(attacker.ark) }),
    code: 'CHAIN_ANCHOR_UNKNOWN',
    failed: ['chain.anchors'],
  },
]

const unbound: VectorInput = {
  ...inputOf(lab),
  binding: { form: 'unchecked', reason: unboundReason },
}

export const azureContainerGroups = (): readonly VectorGroup[] => [
  group('container/azure-hcl', 'The blob of Azure’s paravisor', { ...unbound, ...hcl(blob) }, blobs),
  group('container/az-snp-vtpm', 'The document of Trustee for Azure', unbound, documents),
  group('container/thim', 'Certificates of Azure’s metadata service', unbound, certificates),
]

const expected = { nonce: toHex(labNonce), pcrSelection: 'ffffff', pcrs: toHex(labPcrs) }

/** Evidence of a VM with a quote, and what the caller expects of it. */
function vm(options: AzureOptions, stated: Partial<typeof expected> = {}): Partial<VectorInput> {
  const made = azureEvidence({ evidence: { line: 'Genoa', version: 3 }, ...options })
  return {
    evidence: base64(made.blob),
    format: 'azure-hcl',
    endorsementKey: base64(made.lab.vek),
    binding: {
      form: 'profile',
      profile: 'azure-hcl/1',
      inputs: {
        ...expected,
        tpmQuote: toHex(made.quote),
        tpmSignature: toHex(made.signature),
        ...stated,
      },
    },
  }
}

const tpm = 'TCG, TPM 2.0 Library, Part 2'
const tail = (bytes: Uint8Array): Uint8Array => concat(lab.report.slice(0x50, 0x70), bytes)
const refused = (
  comment: string,
  why: string,
  [code, failed]: readonly [code: string, failed: string],
  input: Partial<VectorInput>,
  source = tpm,
): TestSketch => ({
  comment,
  why,
  source,
  flags: ['bypass'],
  input,
  code,
  failed: [failed],
  ...(code.endsWith('_MALFORMED') ? { verdict: 'malformed' as const } : {}),
})
const mismatch = ['BINDING_MISMATCH', 'binding'] as const
const document = ['BINDING_DOCUMENT_MALFORMED', 'binding.decode'] as const
const keyList = (keys: string): AzureOptions => ({ claims: runtimeClaims(keys) })
const bank = (algorithm: number, selected: string) =>
  [algorithm, new Uint8Array(Buffer.from(selected, 'hex'))] as const

const quotes: readonly TestSketch[] = [
  {
    comment: 'a quote over all PCRs',
    why: 'report, runtime claims, key, quote, challenge and PCRs belong together',
    source: tpm,
    flags: ['valid'],
    input: vm({}),
  },
  refused(
    'by an unrelated key',
    'anybody’s TPM quotes',
    ['BINDING_SIGNATURE_INVALID', 'binding.signature'],
    vm({ key: otherAkKey }),
  ),
  refused(
    'with another challenge',
    'an old quote',
    ['FRESHNESS_MISMATCH', 'binding.challenge'],
    vm({ quote: { extraData: labNonce.map((byte) => byte ^ 1) } }),
  ),
  refused(
    'over the beginning of the challenge',
    'a challenge is all of its bytes',
    ['FRESHNESS_MISMATCH', 'binding.challenge'],
    vm({ quote: { extraData: labNonce.slice(0, 16) } }),
  ),
  refused(
    'over no challenge',
    'an old quote',
    ['FRESHNESS_MISMATCH', 'binding.challenge'],
    vm({ quote: { extraData: new Uint8Array() } }),
  ),
  refused(
    'over fewer PCRs',
    'the others could be anything',
    mismatch,
    vm({ quote: { banks: [bank(0x0b, 'ffff7f')] } }),
  ),
  refused(
    'with another value of a PCR',
    'another system was booted',
    mismatch,
    vm({}, { pcrs: toHex(labPcrs.map((byte, at) => (at === 100 ? byte ^ 1 : byte))) }),
  ),
  refused(
    'that certifies a key',
    'the key signs more than quotes',
    document,
    vm({ quote: { type: 0x8017 } }),
  ),
  refused(
    'that no TPM made',
    'the key signs what a guest hands in',
    document,
    vm({ quote: { magic: 0xff544348 } }),
  ),
  refused('cut short', 'a part of a quote', document, vm({ quote: { cut: 1 } })),
  refused('with a byte behind it', 'one reading', document, vm({ quote: { tail: new Uint8Array(1) } })),
  refused(
    'with a name of 67 bytes',
    'lengths are bounded',
    document,
    vm({ quote: { signer: new Uint8Array(67) } }),
  ),
  refused('with a digest of 20 bytes', 'SHA-1', document, vm({ quote: { digest: new Uint8Array(20) } })),
  refused('over the bank of SHA-1', 'SHA-1', document, vm({ quote: { banks: [bank(0x04, 'ffffff')] } })),
  refused(
    'over two banks',
    'the digest would be over both',
    document,
    vm({ quote: { banks: [bank(0x0b, 'ffffff'), bank(0x04, 'ffffff')] } }),
  ),
  refused(
    'over 17 banks',
    'the count is bounded',
    document,
    vm({ quote: { banks: Array.from({ length: 17 }, () => bank(0x0b, 'ffffff')) } }),
  ),
  refused(
    'over no PCR',
    'it says nothing',
    document,
    vm({ quote: { banks: [bank(0x0b, '000000')] } }, { pcrSelection: '000000' }),
  ),
  refused(
    'with two attestation keys',
    'two readers could take different ones',
    document,
    vm(keyList(`[${jwkOf(akKey)},${jwkOf(otherAkKey)}]`)),
    openvmm,
  ),
  refused('with a key in the place of the list', 'one form', document, vm(keyList(jwkOf(akKey))), openvmm),
  refused(
    'with a tail in REPORT_DATA',
    'all 64 bytes are compared',
    mismatch,
    vm({ reportData: tail(new Uint8Array(32).fill(1, 31)) }),
    openvmm,
  ),
  refused(
    'with one byte of the claims changed',
    'the report commits to every byte',
    mismatch,
    {
      ...vm({}),
      evidence: base64(
        hclBlob(
          lab.report,
          claims.map((byte, at) => (at === claims.length - 4 ? byte ^ 1 : byte)),
        ),
      ),
    },
    openvmm,
  ),
  {
    comment: 'without a quote',
    why: 'the report alone is as old as the start of the VM',
    source: tpm,
    input: {
      ...hcl(blob),
      binding: { form: 'profile', profile: 'azure-hcl/1', inputs: expected },
    },
    code: 'BINDING_INPUT_MISSING',
    verdict: 'unverifiable',
    failed: ['binding.inputs'],
  },
  {
    comment: 'without a quote, and none expected',
    why: 'the report commits to the attestation key',
    source: openvmm,
    flags: ['valid'],
    input: { ...hcl(blob), binding: { form: 'profile', profile: 'azure-hcl-report/1', inputs: {} } },
  },
]

export const azureBindingGroup = (): VectorGroup =>
  group('end-to-end/azure-hcl', 'Quotes by the virtual TPM of a VM of Azure', unbound, quotes)
