/** The endorsement key: a VCEK (one chip at one TCB) or VLEK (one provider at one TCB). Source: AMD 57230. */
import { sha256Hex } from '../crypto/digests.js'
import { type CryptoEngine, type EngineKey, importOnce } from '../crypto/engine.js'
import { isP384Point } from '../crypto/p384-point.js'
import { VerificationError } from '../errors/error.js'
import { type ProductLine, isProductLine } from '../product/line.js'
import type { Tcb } from '../product/tcb.js'
import { type Certificate, parseCertificate } from '../x509/certificate.js'
import { readAmdExtensions } from './amd-extensions.js'

export type SignerKind = 'vcek' | 'vlek'

/** A parsed VCEK or VLEK certificate. Structure only: what it says is not verified. */
export interface EndorsementKey {
  readonly kind: SignerKind
  /** From the issuer's name. */
  readonly productLine: ProductLine
  readonly productName: string
  readonly certificate: Certificate
  /** 97 bytes, uncompressed, on the curve. */
  readonly point: Uint8Array
  readonly tcb: Tcb
  readonly hwId: Uint8Array | null
  readonly cspId: string | null
  /** SHA-256 of the SubjectPublicKeyInfo, hex: the key whatever certificate it came in. */
  readonly spkiSha256: string
}

const kinds: Readonly<Record<SignerKind, { readonly commonName: string; readonly issuerPrefix: string }>> = {
  vcek: { commonName: 'SEV-VCEK', issuerPrefix: 'SEV-' },
  vlek: { commonName: 'SEV-VLEK', issuerPrefix: 'SEV-VLEK-' },
}

/**
 * Parses a VCEK or VLEK certificate. Structure only: nothing in the result is authenticated.
 *
 * @throws VerificationError `DER_*`, `CERTIFICATE_MALFORMED`, `CERTIFICATE_ALGORITHM`,
 *   `CERTIFICATE_ALGORITHM_MISMATCH`, `CERTIFICATE_PROFILE`, `CERTIFICATE_UNSUPPORTED`.
 */
export function parseEndorsementKey(der: Uint8Array): EndorsementKey {
  const certificate = parseCertificate(der)
  const kind = kindOf(certificate)
  const productLine = certificate.issuer.commonName.slice(kinds[kind].issuerPrefix.length)
  if (!certificate.issuer.commonName.startsWith(kinds[kind].issuerPrefix) || !isProductLine(productLine)) {
    throw profile("the issuer is none of AMD's known intermediates", certificate.issuer.commonName)
  }
  if (certificate.key.kind !== 'p384') throw profile('the key is not a P-384 key', certificate.key.kind)
  const { point } = certificate.key
  if (!isP384Point(point)) {
    throw new VerificationError(
      'CERTIFICATE_MALFORMED',
      'endorsement key: the public key is not on the curve P-384',
    )
  }
  return {
    kind,
    productLine,
    certificate,
    point,
    spkiSha256: sha256Hex(certificate.spki),
    ...readAmdExtensions(certificate.extensions, productLine, kind),
  }
}

function kindOf(certificate: Certificate): SignerKind {
  for (const kind of ['vcek', 'vlek'] as const) {
    if (certificate.subject.commonName === kinds[kind].commonName) return kind
  }
  throw profile('the subject is neither SEV-VCEK nor SEV-VLEK', certificate.subject.commonName)
}

const profile = (problem: string, actual: string): VerificationError =>
  new VerificationError('CERTIFICATE_PROFILE', `endorsement key: ${problem}`, { actual: actual.slice(0, 64) })

/** The endorsement key in an engine. */
export function endorsementEngineKey(engine: CryptoEngine, key: EndorsementKey): Promise<EngineKey> {
  return importOnce(engine, key, () => engine.importP384Key(key.point))
}
