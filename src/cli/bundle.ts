/** Files of certificates and CRLs without a report: PEM bundles and single DER documents, for `inspect`. */
import { fromPem, looksLikePem } from '../encoding/pem.js'
import { fromUtf8, isAsciiText } from '../encoding/text.js'
import { VerificationError } from '../errors/index.js'
import { type DerKind, kindOfDer } from './certificates.js'
import { maxInputBytes } from './files.js'

export interface BundleDocument {
  readonly kind: 'certificate' | 'crl'
  readonly der: Uint8Array
}

const maxDocuments = 64

function pemText(bytes: Uint8Array): string | null {
  const text = isAsciiText(bytes) ? fromUtf8(bytes) : null
  return text !== null && looksLikePem(text) ? text : null
}

/**
 * True for PEM, and for bytes that are one DER SEQUENCE of two length bytes: no evidence format begins so, since
 * a report's second and third bytes are small and zero.
 */
export function looksLikeBundle(bytes: Uint8Array): boolean {
  const [tag, form, high = 0, low = 0] = bytes
  return pemText(bytes) !== null || (tag === 0x30 && form === 0x82 && bytes.length === 4 + 256 * high + low)
}

/**
 * Takes a bundle apart.
 *
 * @throws VerificationError `EVIDENCE_SIZE`, `EVIDENCE_MALFORMED`.
 */
export function readBundle(bytes: Uint8Array): readonly BundleDocument[] {
  if (bytes.length > maxInputBytes)
    throw new VerificationError('EVIDENCE_SIZE', `certificates: more than ${String(maxInputBytes)} bytes`)
  const text = pemText(bytes)
  if (text === null) return [{ kind: requireKind(kindOfDer(bytes)), der: bytes }]
  const blocks = fromPem(text, maxDocuments)
  if (blocks === null) throw malformed('not PEM alone, or too many blocks')
  return blocks.map(({ label, bytes: der }): BundleDocument => {
    if (label === 'CERTIFICATE') return { kind: 'certificate', der }
    if (label === 'X509 CRL') return { kind: 'crl', der }
    if (label === 'CERTIFICATE REQUEST') return { kind: requireKind('request'), der }
    throw malformed(`a PEM block of ${label.slice(0, 40)}`)
  })
}

/** Of a request for a certificate nothing is shown: it has neither issuer nor dates. */
function requireKind(kind: DerKind): BundleDocument['kind'] {
  if (kind === 'request') throw malformed('a request for a certificate, with no evidence that is known')
  return kind
}

const malformed = (problem: string): VerificationError =>
  new VerificationError('EVIDENCE_MALFORMED', `certificates: ${problem}`, { problem })
