/** Public P-256 points: encoding and membership of the curve (NIST SP 800-186 §3.2.1.3). */
import { bigEndianInteger } from '../encoding/bytes.js'

const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn

/** True for an uncompressed point (65 bytes, first byte 04) on the curve. The order is prime: every point will do. */
export function isP256Point(point: Uint8Array): boolean {
  if (point.length !== 65 || point[0] !== 0x04) return false
  const x = bigEndianInteger(point.subarray(1, 33))
  const y = bigEndianInteger(point.subarray(33))
  if (x >= p || y >= p) return false
  return (y * y - (x * x * x - 3n * x + b)) % p === 0n
}
