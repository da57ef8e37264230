// A challenge is made by its makers alone, and a purpose is stated in full.
import { bindings } from '../../src/index.js'
import type { Challenge } from '../../src/index.js'
import type { ChallengePurpose } from '../../src/binding/challenge-purpose.js'
import type {
  ChallengeStore,
  ChallengeStoreOptions,
  IssuedChallenge,
} from '../../src/binding/challenge-store.js'
import { createChallengeStore } from '../../src/binding/challenge-store.js'
import { createMemoryStore } from '../../src/store/memory.js'
import type { MemoryStore } from '../../src/store/memory.js'
import type { Store } from '../../src/store/store.js'
import { type Equals, expectType } from './equals.js'

type Assignable<From, To> = [From] extends [To] ? true : false

// Files of this kind are compiled and never run.
declare const challenges: ChallengeStore
declare const options: ChallengeStoreOptions
declare const purpose: ChallengePurpose
declare const issued: IssuedChallenge
declare const store: Store

expectType<Equals<Challenge['basis'], 'asserted' | 'store'>>()
expectType<Equals<Awaited<ReturnType<ChallengeStore['take']>>, Challenge>>()
expectType<Equals<Awaited<ReturnType<ChallengeStore['issue']>>, IssuedChallenge>>()
expectType<Equals<ReturnType<typeof createMemoryStore>, MemoryStore>>()
expectType<Equals<Assignable<MemoryStore, Store>, true>>()

// What was issued is not redeemed, and nothing of the right shape is either.
expectType<Equals<Assignable<IssuedChallenge, Challenge>, false>>()
expectType<Equals<Assignable<{ readonly basis: 'store' }, Challenge>, false>>()
expectType<Equals<Assignable<{ readonly basis: 'store'; readonly bytes: Uint8Array }, Challenge>, false>>()
expectType<Equals<Assignable<Omit<Challenge, never>, Challenge>, true>>()
expectType<Equals<Assignable<Pick<Challenge, 'basis'>, Challenge>, false>>()
// @ts-expect-error the bytes that were issued are no challenge yet
void bindings.reportData(new Uint8Array(64), { freshness: issued.bytes })
// @ts-expect-error nor is what was issued
void bindings.reportData(new Uint8Array(64), { freshness: issued })
// @ts-expect-error redeeming takes time
void bindings.reportData(new Uint8Array(64), { freshness: challenges.take(issued.bytes, purpose) })

// A purpose has three members.
// @ts-expect-error the context is missing
void challenges.issue({ policyDigest: '', profile: '' })
// @ts-expect-error a fourth would not be compared
void challenges.issue({ ...purpose, audience: '' })
// @ts-expect-error the purpose is missing
void challenges.take(issued.bytes)
// @ts-expect-error text is no challenge
void challenges.take('', purpose)

// The clock and the size are stated.
// @ts-expect-error the clock is missing
createMemoryStore({ maxEntries: 1 })
// @ts-expect-error the size is missing
createMemoryStore({ now: () => 0 })
// @ts-expect-error the clock is missing
createChallengeStore({ store, ttlMs: 1 })
// @ts-expect-error a clock tells milliseconds
createChallengeStore({ ...options, now: () => new Date(0) })
// @ts-expect-error an expiry is stated
void store.setIfAbsent('', new Uint8Array())
