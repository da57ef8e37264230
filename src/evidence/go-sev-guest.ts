/**
 * Evidence of go-sev-guest and of what is built on it: `sevsnp.Attestation` as binary protobuf.
 * Source: google/go-sev-guest, `proto/sevsnp.proto` and `abi/abi.go`.
 *
 *   Attestation      { 1: Report, 2: CertificateChain, 3: SevProduct }
 *   CertificateChain { 1: VCEK, 2: ASK or ASVK, 3: ARK, 4: a certificate for firmware, 6: VLEK, 7: extras by GUID }
 *
 * The report comes as fields, and its bytes are written again. The product is a hint about the certificate, and that
 * for firmware is of no use here: neither is read. Of the extras, the point where hosts may add things, CRLs are
 * taken and others ignored. All other fields that are not named here are refused.
 */
import { fromUtf8 } from '../encoding/text.js'
import { type FieldPlace, cpuidField, fields as places, mitigationFields } from '../report/layout.js'
import {
  type ContainerParts,
  type LeafCandidate,
  duplicate,
  malformed,
  readCertificates,
  readCrl,
  readLeaf,
  readOr,
} from './container.js'
import type { BytesFormat } from './format.js'
import {
  type Fields,
  type MessageShape,
  bytesField,
  manyBytes,
  readFields,
  wordField,
} from './protobuf-fields.js'
import { type ReportPart, reportOfParts } from './report-parts.js'

const what = 'go-sev-guest'

const attestationShape: MessageShape = new Map([
  [1, ['report', 'bytes']],
  [2, ['certificate_chain', 'bytes']],
  [3, ['product', 'bytes']],
])
const chainShape: MessageShape = new Map([
  [1, ['vcek_cert', 'bytes']],
  [2, ['ask_cert', 'bytes']],
  [3, ['ark_cert', 'bytes']],
  [4, ['firmware_cert', 'bytes']],
  [6, ['vlek_cert', 'bytes']],
  [7, ['extras', 'bytes', 'many']],
])
const extraShape: MessageShape = new Map([
  [1, ['key', 'bytes']],
  [2, ['value', 'bytes']],
])

/** The CRL's entry of the host's table (AMD 56421), and the one that Contrast adds. */
const crlExtras: ReadonlySet<string> = new Set([
  '92f81bc3-5811-4d3d-97ff-d19f88dc67ea',
  '00569ee4-e480-4fba-bbf4-45b629901180',
])

const byte = (offset: number): FieldPlace => ({ offset, length: 1 })
const current = places.currentVersion.offset
const committed = places.committedVersion.offset

/** The fields of Report, by number. */
const reportFields: readonly (readonly [
  number: number,
  name: string,
  type: 'varint' | 'bytes',
  place: FieldPlace,
])[] = [
  [1, 'version', 'varint', places.version],
  [2, 'guest_svn', 'varint', places.guestSvn],
  [3, 'policy', 'varint', places.policy],
  [4, 'family_id', 'bytes', places.familyId],
  [5, 'image_id', 'bytes', places.imageId],
  [6, 'vmpl', 'varint', places.vmpl],
  [7, 'signature_algo', 'varint', places.signatureAlgo],
  [8, 'current_tcb', 'varint', places.currentTcb],
  [9, 'platform_info', 'varint', places.platformInfo],
  [10, 'signer_info', 'varint', places.keyInfo],
  [11, 'report_data', 'bytes', places.reportData],
  [12, 'measurement', 'bytes', places.measurement],
  [13, 'host_data', 'bytes', places.hostData],
  [14, 'id_key_digest', 'bytes', places.idKeyDigest],
  [15, 'author_key_digest', 'bytes', places.authorKeyDigest],
  [16, 'report_id', 'bytes', places.reportId],
  [17, 'report_id_ma', 'bytes', places.reportIdMa],
  [18, 'reported_tcb', 'varint', places.reportedTcb],
  [19, 'chip_id', 'bytes', places.chipId],
  [20, 'committed_tcb', 'varint', places.committedTcb],
  [21, 'current_build', 'varint', byte(current)],
  [22, 'current_minor', 'varint', byte(current + 1)],
  [23, 'current_major', 'varint', byte(current + 2)],
  [24, 'committed_build', 'varint', byte(committed)],
  [25, 'committed_minor', 'varint', byte(committed + 1)],
  [26, 'committed_major', 'varint', byte(committed + 2)],
  [27, 'launch_tcb', 'varint', places.launchTcb],
  // R, S and the bytes behind them.
  [28, 'signature', 'bytes', { offset: places.signatureR.offset, length: 512 }],
  [30, 'launch_mit_vector', 'varint', mitigationFields.launchMitVector],
  [31, 'current_mit_vector', 'varint', mitigationFields.currentMitVector],
]
const reportShape: MessageShape = new Map([
  ...reportFields.map(([number, name, type]) => [number, [name, type]] as const),
  [29, ['cpuid1eax_fms', 'varint']],
])

/**
 * Family, model and stepping out of EAX of CPUID leaf 1, where a family from 15 on is split in two.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED` for a word that go-sev-guest would not write.
 */
function cpuidPart(word: bigint): ReportPart {
  const bits = (from: bigint, mask: bigint): bigint => (word >> from) & mask
  const base = bits(8n, 0xfn)
  const family = base + bits(20n, 0xffn)
  const isOnlyForm = (word & ~0x0fff0fffn) === 0n && (base === 0xfn || family === base) && family <= 0xffn
  if (!isOnlyForm) throw malformed(what, 'report: cpuid1eax_fms is no family, model and stepping')
  const model = (bits(16n, 0xfn) << 4n) | bits(4n, 0xfn)
  return ['cpuid1eax_fms', cpuidField, family | (model << 8n) | (bits(0n, 0xfn) << 16n)]
}

const readAttestation = (bytes: Uint8Array): Fields => readFields(bytes, what, attestationShape)

function readReport(bytes: Uint8Array): Uint8Array {
  const read = readFields(bytes, `${what}: report`, reportShape)
  const parts = reportFields.map(([, name, type, place]): ReportPart => [
    name,
    place,
    type === 'varint' ? wordField(read, name) : bytesField(read, name),
  ])
  return reportOfParts([...parts, cpuidPart(wordField(read, 'cpuid1eax_fms'))], `${what}: report`)
}

function readChain(bytes: Uint8Array): Omit<ContainerParts, 'report'> {
  const read = readFields(bytes, `${what}: certificate_chain`, chainShape)
  const leaf = (kind: 'vcek' | 'vlek'): readonly LeafCandidate[] => {
    const certificate = bytesField(read, `${kind}_cert`)
    return certificate.length === 0 ? [] : [{ kind, der: readLeaf(certificate, `${what}: ${kind}_cert`) }]
  }
  const authorities = (name: string): readonly Uint8Array[] => {
    const certificate = bytesField(read, name)
    return certificate.length === 0 ? [] : readCertificates(certificate, `${what}: ${name}`)
  }
  return {
    leaves: [...leaf('vcek'), ...leaf('vlek')],
    authorities: [...authorities('ask_cert'), ...authorities('ark_cert')],
    crls: readExtras(manyBytes(read, 'extras')),
  }
}

function readExtras(extras: readonly Uint8Array[]): readonly Uint8Array[] {
  const values = new Map<string, Uint8Array>()
  for (const extra of extras) {
    const read = readFields(extra, `${what}: extras`, extraShape)
    const key = fromUtf8(bytesField(read, 'key'))
    if (key === null) throw malformed(what, 'extras: a key is not UTF-8')
    if (values.has(key)) throw duplicate(what, `extras: ${JSON.stringify(key.slice(0, 64))} twice`)
    values.set(key, bytesField(read, 'value'))
  }
  return [...values].flatMap(([key, value]) =>
    crlExtras.has(key) ? [readCrl(value, `${what}: CRL in extras`)] : [],
  )
}

/** True for a message with a report whose fields are all known: no text and no other format reads so. */
function isAttestation(bytes: Uint8Array): boolean {
  const report = readFields(bytesField(readAttestation(bytes), 'report'), what, reportShape)
  return bytesField(report, 'signature').length > 0
}

export const goSevGuest: BytesFormat = {
  name: what,
  takes: 'bytes',
  // The first field's key, to a reader who looks at one byte.
  recognises: ({ bytes }) => bytes[0] === 0x0a && readOr(false, () => isAttestation(bytes)),
  decode: (bytes) => {
    const read = readAttestation(bytes)
    return {
      report: readReport(bytesField(read, 'report')),
      ...readChain(bytesField(read, 'certificate_chain')),
      reconstructed: true,
    }
  },
}
