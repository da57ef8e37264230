/**
 * Certificates of the one profile that AMD issues (RFC 5280, and AMD 57230), read strictly.
 *
 * Structure only: nothing in the result is verified. Accepted: X.509 version 3, the pinned signature
 * algorithm, AMD's form of names, RSA-4096 or P-384 keys, no unique identifiers, no trailing bytes.
 *
 * Not checked here: signature, dates, names of issuers, and what the extensions mean.
 */
import {
  contextTag,
  enter,
  expectElement,
  finish,
  inside,
  nextElement,
  openDer,
  peekTag,
  rawOf,
  tags,
} from '../asn1/der.js'
import { readBitString, readIntegerBytes, readSmallInteger, readTime } from '../asn1/values.js'
import { copyBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import { type CertificateKey, readAlgorithm, readPublicKey, requireAlgorithm } from './algorithm.js'
import { type Extension, readExtensions } from './extension.js'
import { type Name, readName } from './name.js'

/** The largest certificate that is read at all. AMD's are below 1700 bytes. */
export const maxCertificateBytes: number = 16 * 1024

export interface Certificate {
  readonly der: Uint8Array
  /** The signed bytes. */
  readonly tbs: Uint8Array
  /** Serial number as content bytes of its INTEGER, in hex: AMD's leaves all have `00`. */
  readonly serial: string
  readonly issuer: Name
  readonly subject: Name
  /** Milliseconds since the epoch, first and last second of validity. */
  readonly notBefore: number
  readonly notAfter: number
  readonly spki: Uint8Array
  readonly key: CertificateKey
  readonly extensions: ReadonlyMap<string, Extension>
  /** RSASSA-PSS signature, 512 bytes. */
  readonly signature: Uint8Array
}

/**
 * Parses a certificate of AMD's profile. Structure only: nothing in the result is authenticated.
 *
 * @param input - DER, copied.
 * @throws VerificationError `DER_*`, `CERTIFICATE_MALFORMED`, `CERTIFICATE_ALGORITHM`,
 *   `CERTIFICATE_ALGORITHM_MISMATCH`.
 */
export function parseCertificate(input: Uint8Array): Certificate {
  if (input.length > maxCertificateBytes) {
    throw new VerificationError(
      'DER_LIMIT',
      `a certificate of more than ${String(maxCertificateBytes)} bytes`,
      {
        bytes: input.length,
      },
    )
  }
  const der = copyBytes(input)
  const document = openDer(der)
  const certificate = enter(document, tags.sequence, 'certificate')
  finish(document, 'certificate')
  const tbsElement = expectElement(certificate, tags.sequence, 'TBSCertificate')
  const tbs = { bytes: der, at: tbsElement.content, end: tbsElement.end }

  const version = enter(tbs, contextTag(0), 'version')
  if (readSmallInteger(version, 'version') !== 2) throw malformed('not X.509 version 3')
  finish(version, 'version')
  const serial = readIntegerBytes(tbs, 'serial number', 20)
  if ((serial[0] ?? 0) >= 0x80) throw malformed('a negative serial number')
  const inner = readAlgorithm(tbs, 'signature')
  const issuer = readName(tbs, 'issuer')
  const validity = enter(tbs, tags.sequence, 'validity')
  const notBefore = readTime(validity, 'notBefore')
  const notAfter = readTime(validity, 'notAfter')
  finish(validity, 'validity')
  const subject = readName(tbs, 'subject')
  const spki = rawOf(tbs, expectElement(tbs, tags.sequence, 'public key'))
  if (peekTag(tbs) !== contextTag(3)) throw malformed('no extensions, or a unique identifier')
  const wrapper = inside(tbs, nextElement(tbs))
  const extensions = readExtensions(wrapper, 'certificate')
  finish(wrapper, 'extensions')
  finish(tbs, 'TBSCertificate')

  const outer = readAlgorithm(certificate, 'signatureAlgorithm')
  const signature = readBitString(certificate, 'signature')
  finish(certificate, 'certificate')
  requireAlgorithm(inner, outer, 'certificate')
  if (signature.length !== 512) throw malformed('a signature that is not 512 bytes')
  return {
    der,
    tbs: rawOf(certificate, tbsElement),
    serial: toHex(serial),
    issuer,
    subject,
    notBefore,
    notAfter,
    spki,
    key: readPublicKey(spki),
    extensions,
    signature,
  }
}

const malformed = (problem: string): VerificationError =>
  new VerificationError('CERTIFICATE_MALFORMED', `certificate: ${problem}`, { problem })
