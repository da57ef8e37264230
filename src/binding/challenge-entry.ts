/**
 * What a store keeps of a challenge until it is redeemed: 73 bytes.
 *
 *     1   format, 1
 *     32  digest of the purpose
 *     8   the first millisecond at which it has expired, big-endian
 *     32  SHA-256 of the challenge and the 41 bytes before
 *
 * The last part finds damage, and an entry that stands under another challenge's key. It is no seal: whoever writes to
 * the store can issue challenges, which is why the store has to be the relying party's own.
 */
import { digest } from '../crypto/digests.js'
import { bigEndianInteger, concatBytes, copyBytes, equalBytes } from '../encoding/bytes.js'

export interface ChallengeEntry {
  readonly purposeDigest: Uint8Array
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

const format = 1
const sealedBytes = 41

export function encodeEntry(challenge: Uint8Array, { purposeDigest, expiresAt }: ChallengeEntry): Uint8Array {
  const time = new Uint8Array(8)
  new DataView(time.buffer).setBigUint64(0, BigInt(expiresAt))
  const sealed = concatBytes(Uint8Array.of(format), purposeDigest, time)
  return concatBytes(sealed, digest('sha256', concatBytes(challenge, sealed)))
}

/** The entry of this challenge, or `null` for anything that {@link encodeEntry} did not make for it. */
export function decodeEntry(challenge: Uint8Array, stored: Uint8Array): ChallengeEntry | null {
  const bytes = copyBytes(stored)
  const sealed = bytes.subarray(0, sealedBytes)
  if (sealed[0] !== format) return null
  // Of another length than that of a digest, the rest is not equal either.
  if (!equalBytes(bytes.subarray(sealedBytes), digest('sha256', concatBytes(challenge, sealed)))) return null
  return { purposeDigest: sealed.subarray(1, 33), expiresAt: Number(bigEndianInteger(sealed.subarray(33))) }
}
