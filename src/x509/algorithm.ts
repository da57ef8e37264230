/**
 * The one signature algorithm of AMD's certificates and CRLs: RSASSA-PSS with SHA-384, MGF1 with SHA-384, a
 * salt of 48 bytes. It is pinned here; a certificate can only agree with it.
 *
 * Two encodings occur on genuine certificates. AMD wrote the default trailerField out until 2024, which is
 * strictly not DER; since then it leaves it out. Any other byte is another algorithm.
 */
import { type Cursor, enter, rawOf, expectElement, tags } from '../asn1/der.js'
import { equalBytes } from '../encoding/bytes.js'
import { fromHex, toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'

const sha384 = '300d06096086480165030402020500'
const parameters =
  `a00f${sha384}` + // [0] hashAlgorithm: SHA-384, NULL
  `a11c301a06092a864886f70d010108${sha384}` + // [1] maskGenAlgorithm: MGF1 with SHA-384
  'a203020130' // [2] saltLength: 48
const oid = '06092a864886f70d01010a' // id-RSASSA-PSS
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array()

const withoutTrailer: Uint8Array = /* @__PURE__ */ bytesOf(`3041${oid}3034${parameters}`)
const withTrailer: Uint8Array = /* @__PURE__ */ bytesOf(`3046${oid}3039${parameters}a303020101`)

/** Reads an AlgorithmIdentifier as raw bytes; what it says is judged by {@link requireAlgorithm}. */
export function readAlgorithm(cursor: Cursor, what: string): Uint8Array {
  return rawOf(cursor, expectElement(cursor, tags.sequence, what))
}

/**
 * Requires the pinned algorithm, equally encoded in the signed and in the unsigned part.
 *
 * @throws VerificationError `CERTIFICATE_ALGORITHM`, `CERTIFICATE_ALGORITHM_MISMATCH`.
 */
export function requireAlgorithm(inner: Uint8Array, outer: Uint8Array, what: string): void {
  if (!equalBytes(inner, withoutTrailer) && !equalBytes(inner, withTrailer)) {
    throw new VerificationError(
      'CERTIFICATE_ALGORITHM',
      `${what}: not the signature algorithm that AMD uses`,
      {
        algorithm: toHex(inner.subarray(0, 80)),
      },
    )
  }
  if (!equalBytes(inner, outer)) {
    throw new VerificationError(
      'CERTIFICATE_ALGORITHM_MISMATCH',
      `${what}: the signed and the unsigned algorithm identifier differ`,
      { signed: toHex(inner.subarray(0, 80)), unsigned: toHex(outer.subarray(0, 80)) },
    )
  }
}

const ecP384Prefix: Uint8Array = /* @__PURE__ */ bytesOf('3076301006072a8648ce3d020106052b8104002203620004')
const rsaPrefix: Uint8Array = /* @__PURE__ */ bytesOf('300d06092a864886f70d0101010500') // rsaEncryption, NULL

/** The public key of a certificate: the two kinds that AMD's certificates have. */
export type CertificateKey =
  | { readonly kind: 'p384'; /** 97 bytes, uncompressed. */ readonly point: Uint8Array }
  | { readonly kind: 'rsa4096'; readonly modulus: Uint8Array }

/**
 * Reads a SubjectPublicKeyInfo: RSA-4096 with e = 65537 (rsaEncryption), or P-384 uncompressed.
 *
 * @throws VerificationError `CERTIFICATE_MALFORMED` for any other key, `DER_*`.
 */
export function readPublicKey(spki: Uint8Array): CertificateKey {
  const point = spki.subarray(ecP384Prefix.length - 1)
  if (point.length === 97 && equalBytes(spki.subarray(0, ecP384Prefix.length), ecP384Prefix)) {
    return { kind: 'p384', point: Uint8Array.from(point) }
  }
  const cursor = enter({ bytes: spki, at: 0, end: spki.length }, tags.sequence, 'public key')
  const algorithm = readAlgorithm(cursor, 'public key algorithm')
  if (!equalBytes(algorithm, rsaPrefix)) {
    throw new VerificationError('CERTIFICATE_MALFORMED', 'a public key that is neither RSA nor P-384', {
      algorithm: toHex(algorithm.subarray(0, 80)),
    })
  }
  return { kind: 'rsa4096', modulus: readRsaModulus(cursor) }
}

function readRsaModulus(cursor: Cursor): Uint8Array {
  const bits = enter(cursor, tags.bitString, 'RSA key')
  const key = enter({ bytes: bits.bytes, at: bits.at + 1, end: bits.end }, tags.sequence, 'RSA key')
  const modulus = rawOf(key, expectElement(key, tags.integer, 'RSA modulus'))
  const exponent = rawOf(key, expectElement(key, tags.integer, 'RSA exponent'))
  // 02 82 02 01 00 then 512 bytes whose top bit is set; 65537 as 02 03 01 00 01.
  const ok =
    bits.bytes[bits.at] === 0 &&
    key.at === key.end &&
    key.end === bits.end &&
    cursor.at === cursor.end &&
    toHex(modulus.subarray(0, 5)) === '0282020100' &&
    (modulus[5] ?? 0) >= 0x80 &&
    toHex(exponent) === '0203010001'
  if (!ok)
    throw new VerificationError('CERTIFICATE_MALFORMED', 'an RSA key that is not RSA-4096 with e = 65537')
  return Uint8Array.from(modulus.subarray(5))
}
