/**
 * Challenges: bytes that the relying party chose for one conversation. Evidence that commits to one was made
 * after it was chosen.
 *
 * A challenge is a branded value. Plain bytes are refused, so that a digest or a constant is not taken for one
 * by accident. One made by {@link ownChallenge} is the caller's word: nothing here knows that it is random, or
 * that it was used once, and results say so (`freshnessBasis: "asserted"`).
 */
import { copyBytes, isFilledWith, lengthOf, requireBytes } from '../encoding/bytes.js'

declare const challengeBrand: unique symbol

/** A challenge. Made by {@link ownChallenge} alone, for now. */
export interface Challenge {
  readonly [challengeBrand]: true
  /** Who says that it is fresh: the caller. */
  readonly basis: 'asserted'
}

const bytesOf = new WeakMap<Challenge, Uint8Array>()

/**
 * Declares bytes to be a challenge of the caller's own: random, chosen for this conversation, used once.
 *
 * @param bytes - 16 to 1024 bytes, copied.
 * @throws TypeError if they are fewer, all zero, or no bytes.
 */
export function ownChallenge(bytes: Uint8Array): Challenge {
  const length = lengthOf(requireBytes(bytes, 'challenge'))
  if (length < 16) throw new TypeError('a challenge has at least 16 bytes')
  if (length > 1024) throw new TypeError('a challenge has at most 1024 bytes')
  // Zeros are padding in many layouts: they would be found where nobody put a challenge.
  const copy = copyBytes(bytes)
  if (isFilledWith(copy, 0)) throw new TypeError('a challenge of zeros is no challenge')
  const challenge = Object.freeze({ basis: 'asserted' }) as Challenge
  bytesOf.set(challenge, copy)
  return challenge
}

/** The bytes of a challenge, for this package only. @throws TypeError for anything that is not one. */
export function bytesOfChallenge(challenge: Challenge): Uint8Array {
  const bytes = typeof challenge === 'object' ? bytesOf.get(challenge) : undefined
  if (bytes === undefined)
    throw new TypeError('freshness must be a challenge from ownChallenge, or { unchecked }')
  return bytes
}
