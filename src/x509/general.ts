/**
 * General X.509 through @peculiar/x509, for certificates that are not AMD's. Loaded on first use.
 *
 * It is lenient (BER, trailing bytes, no comparison of algorithms), so everything goes through our strict
 * walk first, and nothing of AMD's chain is ever judged by it: it shows what a certificate says.
 * `reflect-metadata` must run before it, in this very file, or bundlers drop it.
 */
import 'reflect-metadata'
import { X509Certificate } from '@peculiar/x509'
import { assertDer } from '../asn1/der.js'
import { copyBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import { maxCertificateBytes } from './certificate.js'

/** What any certificate says, unverified. Times are RFC 3339. */
export interface CertificateSummary {
  readonly subject: string
  readonly issuer: string
  readonly serialNumber: string
  readonly notBefore: string
  readonly notAfter: string
  readonly signatureAlgorithm: string
  readonly extensions: readonly { readonly oid: string; readonly critical: boolean }[]
}

/**
 * Summarises a DER certificate of any profile. Nothing is verified.
 *
 * @throws VerificationError `DER_*`, `CERTIFICATE_MALFORMED`.
 */
export function summarizeCertificate(der: Uint8Array): CertificateSummary {
  assertDer(der, { maxBytes: maxCertificateBytes, maxDepth: 24, maxElements: 4000 })
  try {
    const certificate = new X509Certificate(copyBytes(der))
    const algorithm = certificate.signatureAlgorithm as {
      readonly name: string
      readonly hash?: { readonly name: string }
    }
    return {
      subject: certificate.subject,
      issuer: certificate.issuer,
      serialNumber: certificate.serialNumber,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
      signatureAlgorithm: [algorithm.name, algorithm.hash?.name].filter(Boolean).join(' '),
      extensions: certificate.extensions.map(({ type, critical }) => ({ oid: type, critical })),
    }
  } catch (cause) {
    throw new VerificationError('CERTIFICATE_MALFORMED', 'not understood as a certificate', {}, { cause })
  }
}
