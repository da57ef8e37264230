/**
 * What a container holds, before anything of it is believed. One file per format makes it from bytes or files.
 *
 * A new format: one file with a `BytesFormat` or `FilesFormat`, its name here, and one line in `registry.ts`.
 */
import { copyBytes, equalBytes } from '../encoding/bytes.js'
import { fromPem } from '../encoding/pem.js'
import { fromUtf8, isAsciiText } from '../encoding/text.js'
import { VerificationError, isVerificationError } from '../errors/error.js'
import { type Certificate, maxCertificateBytes, parseCertificate } from '../x509/certificate.js'
import { maxCrlBytes } from '../x509/crl.js'
import { requireSize } from './limits.js'

/** Names of evidence formats. */
export type EvidenceFormat =
  | 'snp-report'
  | 'snp-report+cert-table'
  | 'tsm'
  | 'tsm-dir'
  | 'snpguest-dir'
  | 'az-snp-vtpm'
  | 'azure-hcl'
  | 'thim'
  | '2cvm-agent'
  | 'go-sev-guest'
  | 'trustee-snp'
  | 'tinfoil'
  | 'attestation-rs'
  | 'teekit'
  | 'tinfoil-bundle'
  | 'pkcs10-csr'
  | 'ra-tls'
  | 'oak-evidence'
  | 'sev-guest-response'
  | 'gcp-snp'
  | 'maa-request'
  | 'aci-skr'
  | 'ccf-quote'
  | 'cmw'
  | 'attested-bundle'

/** A certificate that may be the endorsement key. */
export interface LeafCandidate {
  /** What the container says it is; `null` where it says nothing. */
  readonly kind: 'vcek' | 'vlek' | null
  readonly der: Uint8Array
}

/** The parts of a container. All untrusted. The report and attachments may be views into it: they are copied. */
export interface ContainerParts {
  readonly report: Uint8Array
  readonly leaves: readonly LeafCandidate[]
  /** DER of other certificates: hints. */
  readonly authorities: readonly Uint8Array[]
  /** DER. */
  readonly crls: readonly Uint8Array[]
  /**
   * What came beside the report for a binding to consume, by the name of its input; `null` for what is absent.
   * Names are the format's, never the container's.
   */
  readonly attachments?: Readonly<Record<string, Uint8Array | null>>
  /** True if the report was written from decoded fields: its bytes are ours, and the signature must tell. */
  readonly reconstructed?: boolean
}

/** A report alone: what most formats add to. */
export const reportAlone = (report: Uint8Array): ContainerParts => ({
  report,
  leaves: [],
  authorities: [],
  crls: [],
})

export const malformed = (what: string, problem: string): VerificationError =>
  new VerificationError('EVIDENCE_MALFORMED', `${what}: ${problem}`, { what, problem })

/** Refuses a member, a file or an entry that a format does not have: nothing is read past. */
export const unknownName = (what: string, kind: 'key' | 'file', name: string): VerificationError =>
  malformed(what, `unknown ${kind} ${JSON.stringify(name.slice(0, 64))}`)

/** @throws VerificationError `EVIDENCE_DUPLICATE`. */
export const duplicate = (what: string, problem: string): VerificationError =>
  new VerificationError('EVIDENCE_DUPLICATE', `${what}: ${problem}`, { what, problem })

/** The DER documents in bytes that are DER or PEM with the given label. */
function documentsOf(bytes: Uint8Array, label: string, what: string, max: number): readonly Uint8Array[] {
  requireSize(bytes, max, what)
  const own = copyBytes(bytes)
  const text = isAsciiText(own) ? fromUtf8(own) : null
  // Wherever a block begins: PEM with text before it is refused as PEM, not read as DER.
  if (text === null || !text.includes('-----BEGIN ')) return [own]
  const blocks = fromPem(text)
  if (blocks === null || blocks.some((block) => block.label !== label))
    throw malformed(what, `not PEM of ${label} alone`)
  return blocks.map((block) => block.bytes)
}

/**
 * The one document in bytes that are DER or PEM with the given label.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`, `EVIDENCE_SIZE`.
 */
export function oneDocument(
  bytes: Uint8Array,
  label: string,
  what: string,
  max: number,
  name: string = label,
): Uint8Array {
  const [der, ...more] = documentsOf(bytes, label, what, max)
  if (der === undefined || more.length > 0) throw malformed(what, `more than one ${name}`)
  return der
}

/** One certificate, DER or PEM, to DER. */
export function readLeaf(bytes: Uint8Array, what: string): Uint8Array {
  return oneDocument(bytes, 'CERTIFICATE', what, maxCertificateBytes, 'certificate')
}

/** Certificates, DER or PEM, to DER. */
export function readCertificates(bytes: Uint8Array, what: string): readonly Uint8Array[] {
  return documentsOf(bytes, 'CERTIFICATE', what, 4 * maxCertificateBytes)
}

/** One CRL, DER or PEM, to DER. */
export function readCrl(bytes: Uint8Array, what: string): Uint8Array {
  return oneDocument(bytes, 'X509 CRL', what, maxCrlBytes, 'CRL')
}

/** What a certificate's subject calls it: a hint, to tell a VCEK from a VLEK beside it. */
export function kindOfLeaf(der: Uint8Array): LeafCandidate['kind'] {
  const name = nameOf(der, ({ subject }) => subject.commonName)
  return name === 'SEV-VCEK' ? 'vcek' : name === 'SEV-VLEK' ? 'vlek' : null
}

/**
 * True for a certificate that names itself as its issuer: compared with the pinned root, the others with the
 * pinned intermediates. A wrong answer can only refuse, since both are compared byte for byte.
 */
export function isRoot(der: Uint8Array): boolean {
  return nameOf(der, ({ issuer, subject }) => equalBytes(issuer.raw, subject.raw)) ?? false
}

/** Something about a certificate, or `null` for bytes that are none: they will be refused where they are used. */
function nameOf<T>(der: Uint8Array, read: (certificate: Certificate) => T): T | null {
  return readOr<T | null>(null, () => read(parseCertificate(der)))
}

/** What is read, or `otherwise` where it is refused. All else that is thrown goes on. */
export function readOr<T>(otherwise: T, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (isVerificationError(error)) return otherwise
    throw error
  }
}

/** What is empty was not there: protobuf knows no difference, and serialisers write both. */
export const orNull = (bytes: Uint8Array | null): Uint8Array | null =>
  bytes === null || bytes.length === 0 ? null : bytes
