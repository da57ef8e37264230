/**
 * Public Ed25519 keys that every implementation reads alike (RFC 8032 §5.1.3), and the check of a signature.
 *
 * The curve has eight points of small order. A key that is one of them verifies signatures that nobody made, and a key
 * that contains one is where implementations differ, because some multiply the equation by eight. No key made as the
 * RFC says is of either kind, so both are refused, and with them the encodings that some readers reduce.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { bigEndianInteger, concatBytes, equalBytes } from '../encoding/bytes.js'
import { digest } from './digests.js'

const { BASE, Fn } = ed25519.Point

/** True for the one encoding, 32 bytes, of a point of the large prime order. */
export function isEd25519Key(bytes: Uint8Array): boolean {
  const point = pointOf(bytes)
  return point !== null && !point.is0() && point.isTorsionFree()
}

function pointOf(bytes: Uint8Array): typeof BASE | null {
  try {
    return ed25519.Point.fromBytes(bytes)
  } catch {
    return null
  }
}

/**
 * Verifies a signature whose form was checked before: 64 bytes, S below the order.
 *
 * Recomputes R and compares bytes: without the factor eight, as the platforms do. The library's own function has it,
 * and so says yes where they say no.
 */
export function verifyEd25519(key: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean {
  const point = pointOf(key)
  if (point === null) throw new TypeError('not an Ed25519 key')
  const r = signature.subarray(0, 32)
  const s = littleEndianInteger(signature.subarray(32))
  const k = Fn.create(littleEndianInteger(digest('sha512', concatBytes(r, key, message))))
  return equalBytes(BASE.multiplyUnsafe(s).subtract(point.multiplyUnsafe(k)).toBytes(), r)
}

const littleEndianInteger = (bytes: Uint8Array): bigint => bigEndianInteger(bytes.slice().reverse())
