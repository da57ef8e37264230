/**
 * Challenges that the library issues itself, so that freshness is more than the caller's word: random, for one purpose,
 * for a short time, redeemed once. RFC 9334 (RATS) §10.2, nonces.
 *
 * Redeeming with another purpose is refused and does not use a challenge up. It travels in the open, so whoever saw
 * it could otherwise spoil it from a session of their own; and guessing purposes wins nothing, because only the one
 * of the conversation it was issued in is ever accepted.
 *
 * The one place of the library that asks for randomness.
 */
import { copyBytes, equalBytes, isBytes, isFilledWith, lengthOf, requireBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import { type Store, requireTime } from '../store/store.js'
import { type Challenge, redeemedChallenge } from './challenge.js'
import { type ChallengeEntry, decodeEntry, encodeEntry } from './challenge-entry.js'
import { type ChallengePurpose, copyPurpose, digestOfPurpose } from './challenge-purpose.js'

export interface ChallengeStoreOptions {
  /** Where issued challenges wait. Its keys begin with `attested/challenge/1/`. */
  readonly store: Store
  /** How long a challenge can be redeemed, in milliseconds: up to a day. */
  readonly ttlMs: number
  /** The time, in milliseconds since 1970: `Date.now`, unless a test tells it. Must not run backwards. */
  readonly now: () => number
  /** So many unpredictable bytes; the runtime's `crypto.getRandomValues` unless told. */
  readonly random?: (length: number) => Uint8Array
}

/** A challenge for the attester, to commit to. */
export interface IssuedChallenge {
  /** 32 random bytes; no secret. */
  readonly bytes: Uint8Array
  /** The first millisecond since 1970 at which it can no longer be redeemed. */
  readonly expiresAt: number
}

export interface ChallengeStore {
  /**
   * Issues a challenge for a purpose.
   *
   * @throws StoreFullError if the store has no room: nothing is issued, and nothing evicted.
   * @throws VerificationError `CRYPTO_UNSUPPORTED` if the runtime has no source of randomness.
   * @throws TypeError for a wrong purpose, or a clock, source of randomness or store that breaks its contract.
   *   What else the store throws passes through.
   */
  readonly issue: (purpose: ChallengePurpose) => Promise<IssuedChallenge>
  /**
   * Redeems a challenge: once, for the purpose that it was issued for, before it expires. Do so when the evidence has
   * arrived, and verify with the result.
   *
   * @returns The challenge, which counts for one acceptance and only for this policy and profile.
   * @throws VerificationError `FRESHNESS_UNKNOWN` if it was never issued, was redeemed before, is gone since it
   *   expired, or its entry is damaged; `FRESHNESS_PURPOSE` for another purpose; `FRESHNESS_EXPIRED`.
   * @throws TypeError for a wrong purpose, what is no bytes, or a clock or store that breaks its contract. What else
   *   the store throws passes through: it says nothing about the evidence.
   */
  readonly take: (bytes: Uint8Array, purpose: ChallengePurpose) => Promise<Challenge>
}

const challengeBytes = 32
const maxTtlMs = 24 * 60 * 60 * 1000
const keyPrefix = 'attested/challenge/1/'

/**
 * How much longer the store keeps an entry than the challenge counts: late answers are told that they are late, and a
 * store whose own clock is a little ahead drops nothing that still counts.
 */
const lateMs = 60 * 1000

/**
 * Issues and redeems challenges.
 *
 * @throws TypeError if `store` lacks a function, `ttlMs` is no whole number from 1 to 86400000, or `now` or `random` is
 *   no function.
 */
export function createChallengeStore(options: ChallengeStoreOptions): ChallengeStore {
  const { store, ttlMs, now, random = runtimeRandom } = options
  for (const name of ['get', 'setIfAbsent', 'take'] as const)
    if (typeof store[name] !== 'function') throw new TypeError(`store.${name} must be a function`)
  if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > maxTtlMs)
    throw new TypeError(`ttlMs must be a whole number from 1 to ${String(maxTtlMs)}`)
  if (typeof now !== 'function') throw new TypeError('now must be a function that tells the time')
  if (typeof random !== 'function') throw new TypeError('random must be a function that gives bytes')
  const time = (): number => requireTime(now(), 'now()')

  return Object.freeze({
    issue: async (purpose: ChallengePurpose) => {
      const purposeDigest = digestOfPurpose(copyPurpose(purpose))
      const bytes = randomChallenge(random)
      const expiresAt = time() + ttlMs
      const entry = encodeEntry(bytes, { purposeDigest, expiresAt })
      const kept: unknown = await store.setIfAbsent(keyOf(bytes), entry, { expiresAt: expiresAt + lateMs })
      if (kept === false) throw new TypeError('random gave bytes that were issued before')
      if (kept !== true) throw new TypeError('store.setIfAbsent answered neither true nor false')
      return Object.freeze({ bytes, expiresAt })
    },
    take: async (bytes: Uint8Array, purpose: ChallengePurpose) => {
      const wanted = copyPurpose(purpose)
      // These may be what the peer sent, so another length is no mistake of the caller's.
      if (lengthOf(requireBytes(bytes, 'challenge')) !== challengeBytes) throw unknown()
      const challenge = copyBytes(bytes)
      const key = keyOf(challenge)

      const seen = requireAnswer(await store.get(key), 'get')
      if (seen === null) throw unknown()
      const entry = decodeEntry(challenge, seen)
      if (entry === null) throw damaged()
      if (!equalBytes(entry.purposeDigest, digestOfPurpose(wanted)))
        throw new VerificationError('FRESHNESS_PURPOSE', 'the challenge was issued for another purpose')
      requireLive(entry, time())

      // Of all that came so far with the same challenge, the store lets one through.
      const taken = requireAnswer(await store.take(key), 'take')
      if (taken === null) throw unknown()
      if (!equalBytes(taken, seen)) throw damaged()
      // A slow store may have answered after the end.
      requireLive(entry, time())
      return redeemedChallenge(challenge, wanted)
    },
  })
}

const keyOf = (challenge: Uint8Array): string => keyPrefix + toHex(challenge)

const unknown = (): VerificationError =>
  new VerificationError(
    'FRESHNESS_UNKNOWN',
    'no such challenge waits: never issued, redeemed before, or expired long ago',
  )

const damaged = (): VerificationError =>
  new VerificationError('FRESHNESS_UNKNOWN', 'the entry of the challenge in the store is damaged')

/** A copy of what the store answered. @throws TypeError for an answer that its contract does not know. */
function requireAnswer(answer: unknown, name: 'get' | 'take'): Uint8Array | null {
  if (answer === null) return null
  if (!isBytes(answer)) throw new TypeError(`store.${name} answered neither bytes nor null`)
  return copyBytes(answer)
}

function requireLive({ expiresAt }: ChallengeEntry, time: number): void {
  if (time < expiresAt) return
  throw new VerificationError('FRESHNESS_EXPIRED', 'the challenge expired before it was redeemed', {
    expiresAt: new Date(expiresAt).toISOString(),
    now: new Date(time).toISOString(),
  })
}

function randomChallenge(random: (length: number) => Uint8Array): Uint8Array {
  const given = requireBytes(random(challengeBytes), 'what random gives')
  if (lengthOf(given) !== challengeBytes)
    throw new TypeError(`random must give ${String(challengeBytes)} bytes`)
  const bytes = copyBytes(given)
  // A source that did nothing leaves zeros, and zeros are padding in many layouts.
  if (isFilledWith(bytes, 0)) throw new TypeError('random gave only zeros')
  return bytes
}

function runtimeRandom(length: number): Uint8Array {
  const { crypto } = globalThis as { readonly crypto?: Partial<Crypto> }
  if (typeof crypto?.getRandomValues !== 'function')
    throw new VerificationError('CRYPTO_UNSUPPORTED', 'this runtime has no crypto.getRandomValues')
  return crypto.getRandomValues(new Uint8Array(length))
}
