/**
 * Challenges: bytes that the relying party chose for one conversation. Evidence that commits to one was made
 * after it was chosen.
 *
 * A challenge is a branded value. Plain bytes are refused, so that a digest or a constant is not taken for one
 * by accident. One made by {@link ownChallenge} is the caller's word: nothing here knows that it is random, or
 * that it was used once, and results say so (`freshnessBasis: "asserted"`). One from a challenge store is random,
 * was redeemed once for a stated purpose before it expired, and counts for one acceptance (`"store"`).
 */
import { copyBytes, isFilledWith, lengthOf, requireBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import type { ChallengePurpose } from './challenge-purpose.js'

declare const challengeBrand: unique symbol

/** A challenge. Made by {@link ownChallenge} and by a challenge store's `take` alone. */
export interface Challenge {
  readonly [challengeBrand]: true
  /** Who says that it is fresh: the caller, or a challenge store. */
  readonly basis: 'asserted' | 'store'
}

interface ChallengeFacts {
  readonly bytes: Uint8Array
  /** What it was redeemed for; `null` if the caller asserts it. */
  readonly purpose: ChallengePurpose | null
}

const factsOf = new WeakMap<Challenge, ChallengeFacts>()
const spent = new WeakSet<Challenge>()

function makeChallenge(basis: Challenge['basis'], facts: ChallengeFacts): Challenge {
  const challenge = Object.freeze({ basis }) as Challenge
  factsOf.set(challenge, facts)
  return challenge
}

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
  return makeChallenge('asserted', { bytes: copy, purpose: null })
}

/** For `challenge-store.ts` only, which has just redeemed these bytes for this purpose. Keeps both as they are. */
export function redeemedChallenge(bytes: Uint8Array, purpose: ChallengePurpose): Challenge {
  return makeChallenge('store', { bytes, purpose })
}

function factsOfChallenge(challenge: Challenge): ChallengeFacts {
  const facts = typeof challenge === 'object' ? factsOf.get(challenge) : undefined
  if (facts === undefined)
    throw new TypeError(
      'freshness must be a challenge from ownChallenge or a challenge store, or { unchecked }',
    )
  return facts
}

/** The bytes of a challenge, for this package only. @throws TypeError for anything that is not one. */
export function bytesOfChallenge(challenge: Challenge): Uint8Array {
  return factsOfChallenge(challenge).bytes
}

/**
 * What a challenge was redeemed for, for this package only; `null` if the caller asserts it.
 *
 * @throws TypeError for anything that is no challenge.
 */
export function purposeOfChallenge(challenge: Challenge): ChallengePurpose | null {
  return factsOfChallenge(challenge).purpose
}

/**
 * Requires that a challenge was redeemed for the policy and profile that are verified now. The context was compared
 * when it was redeemed; verification does not know it. An asserted challenge has no purpose, and passes.
 *
 * @param policyDigest - As `policyDigest` tells it: 64 lower-case hex digits.
 * @throws VerificationError `FRESHNESS_PURPOSE`.
 * @throws TypeError for anything that is no challenge.
 */
export function requirePurpose(challenge: Challenge, policyDigest: string, profile: string): void {
  const purpose = purposeOfChallenge(challenge)
  if (purpose === null) return
  const actual = { policyDigest, profile }
  for (const part of ['policyDigest', 'profile'] as const) {
    if (purpose[part] === actual[part]) continue
    throw new VerificationError('FRESHNESS_PURPOSE', `the challenge was issued for another ${part}`, {
      expected: purpose[part],
      actual: actual[part],
    })
  }
}

/**
 * Uses up a challenge from a store: the last step before acceptance, so that of any number of verifications with it one
 * at most says yes, and one that fails for want of a CRL can be tried again. Does not wait, so nothing runs in between.
 * Asserted challenges are not tracked: their single use is the caller's word.
 *
 * @throws VerificationError `FRESHNESS_REPLAYED` if it was used up before.
 * @throws TypeError for anything that is no challenge.
 */
export function spendChallenge(challenge: Challenge): void {
  if (purposeOfChallenge(challenge) === null) return
  if (spent.has(challenge))
    throw new VerificationError('FRESHNESS_REPLAYED', 'the challenge was used for an acceptance before')
  spent.add(challenge)
}
