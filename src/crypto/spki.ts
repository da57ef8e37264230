/**
 * SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of the four kinds of keys that sign statements.
 *
 * Each key has one encoding here: rsaEncryption with NULL parameters and e = 65537 (RFC 3279), id-ecPublicKey with a
 * named curve and an uncompressed point (RFC 5480), id-Ed25519 without parameters (RFC 8410). So a key is read by
 * taking out the part that varies, and by requiring that it builds the same bytes again.
 */
import { concatBytes, equalBytes } from '../encoding/bytes.js'
import { fromHex } from '../encoding/hex.js'

export type KeyKind = 'rsa' | 'p256' | 'p384' | 'ed25519'

/** What varies in a key: the modulus (256 to 512 bytes, top bit set), the uncompressed point, or the 32 bytes. */
export interface BareKey {
  readonly kind: KeyKind
  readonly value: Uint8Array
}

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array()
const curvePrefixes: Readonly<Record<Exclude<KeyKind, 'rsa'>, Uint8Array>> = {
  p256: bytesOf('3059301306072a8648ce3d020106082a8648ce3d030107034200'),
  p384: bytesOf('3076301006072a8648ce3d020106052b81040022036200'),
  ed25519: bytesOf('302a300506032b6570032100'),
}
const rsaAlgorithm = bytesOf('300d06092a864886f70d0101010500')
const rsaExponent = bytesOf('0203010001')

/** The size of what varies, in bytes. For RSA a modulus whose bits are a multiple of eight, as all in use are. */
const sizes: Readonly<Record<KeyKind, readonly [least: number, most: number]>> = {
  rsa: [256, 512],
  p256: [65, 65],
  p384: [97, 97],
  ed25519: [32, 32],
}

/** True if the part that varies has a size that its kind has; says nothing about its contents. */
export function hasKeySize({ kind, value }: BareKey): boolean {
  const [least, most] = sizes[kind]
  return value.length >= least && value.length <= most && (kind !== 'rsa' || (value[0] ?? 0) >= 0x80)
}

/** The SubjectPublicKeyInfo of a key that {@link hasKeySize}. */
export function toSpki({ kind, value }: BareKey): Uint8Array<ArrayBuffer> {
  if (kind !== 'rsa') return concatBytes(curvePrefixes[kind], value)
  const modulus = concatBytes(header(0x02, value.length + 1), Uint8Array.of(0), value)
  const key = concatBytes(header(0x30, modulus.length + rsaExponent.length), modulus, rsaExponent)
  const bits = concatBytes(header(0x03, key.length + 1), Uint8Array.of(0), key)
  return concatBytes(header(0x30, rsaAlgorithm.length + bits.length), rsaAlgorithm, bits)
}

/** Tag and length of an element of 256 to 65535 bytes: all of an RSA key of this size have three bytes of length. */
const header = (tag: number, length: number): Uint8Array =>
  Uint8Array.of(tag, 0x82, length >> 8, length & 0xff)

/** Where the modulus stands: behind the headers and the zero that keeps it positive. */
const modulusAt = 33

/** Reads a SubjectPublicKeyInfo; `null` for any other bytes. Points and moduli are not checked. */
export function fromSpki(spki: Uint8Array): BareKey | null {
  const candidates: readonly BareKey[] = [
    { kind: 'rsa', value: spki.slice(modulusAt, -rsaExponent.length) },
    { kind: 'p256', value: spki.slice(curvePrefixes.p256.length) },
    { kind: 'p384', value: spki.slice(curvePrefixes.p384.length) },
    { kind: 'ed25519', value: spki.slice(curvePrefixes.ed25519.length) },
  ]
  return candidates.find((key) => hasKeySize(key) && equalBytes(toSpki(key), spki)) ?? null
}
