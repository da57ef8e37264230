/** Public P-384 points: encoding and membership of the curve (NIST SP 800-186 §3.2.1.4). */
import { bigEndianInteger } from '../encoding/bytes.js'

const p = 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n
const b = 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn

/**
 * True for an uncompressed point (97 bytes, first byte 04) on the curve.
 *
 * Engines report a bad point with different errors, or only when the key is used; this makes it one.
 */
export function isP384Point(point: Uint8Array): boolean {
  if (point.length !== 97 || point[0] !== 0x04) return false
  const x = bigEndianInteger(point.subarray(1, 49))
  const y = bigEndianInteger(point.subarray(49))
  if (x >= p || y >= p) return false
  return (y * y - (x * x * x - 3n * x + b)) % p === 0n
}
