import { describe, expect, it, vi } from 'vitest'
import { createMemoryStore } from '../store/memory.js'
import { StoreFullError } from '../store/store.js'
import { bytesOfChallenge, purposeOfChallenge, requirePurpose, spendChallenge } from './challenge.js'
import type { ChallengePurpose } from './challenge-purpose.js'
import { type ChallengeStoreOptions, createChallengeStore } from './challenge-store.js'

const start = 1_790_000_000_000
const ttlMs = 300_000
const purpose: ChallengePurpose = { policyDigest: 'ab'.repeat(32), profile: 'digest/sha256', context: 'one' }

function setUp(options: Partial<ChallengeStoreOptions> & { readonly maxEntries?: number } = {}) {
  let time = start
  const { maxEntries = 100, ...stated } = options
  const store = createMemoryStore({ maxEntries, now: () => time })
  const challenges = createChallengeStore({ store, ttlMs, now: () => time, ...stated })
  const codeOfTake = (bytes: Uint8Array, wanted: ChallengePurpose = purpose): Promise<string | null> =>
    challenges.take(bytes, wanted).then(
      () => null,
      (error: unknown) => (error as { readonly code?: string }).code ?? String(error),
    )
  return {
    store,
    challenges,
    codeOfTake,
    set: (at: number) => {
      time = at
    },
  }
}

describe('an issued challenge', () => {
  it('is 32 random bytes and the time at which it expires', async () => {
    const { challenges, store } = setUp()
    const issued = await Promise.all(Array.from({ length: 50 }, () => challenges.issue(purpose)))
    for (const { bytes, expiresAt } of issued) {
      expect(bytes.constructor).toBe(Uint8Array)
      expect(bytes).toHaveLength(32)
      expect(expiresAt).toBe(start + ttlMs)
    }
    expect(new Set(issued.map(({ bytes }) => bytes.join())).size).toBe(50)
    expect(store.size).toBe(50)
  })

  it('has no byte that is always the same', async () => {
    const { challenges } = setUp()
    const issued = await Promise.all(Array.from({ length: 50 }, () => challenges.issue(purpose)))
    for (let index = 0; index < 32; index += 1)
      expect(new Set(issued.map(({ bytes }) => bytes[index])).size).toBeGreaterThan(20)
  })

  it('waits under its hex, behind a prefix, for a minute longer than it counts', async () => {
    const { challenges, store, set } = setUp()
    const { bytes, expiresAt } = await challenges.issue(purpose)
    const key = `attested/challenge/1/${Buffer.from(bytes).toString('hex')}`
    expect(await store.get(key)).toHaveLength(73)
    set(expiresAt + 59_999)
    expect(await store.get(key)).toHaveLength(73)
    set(expiresAt + 60_000)
    expect(await store.get(key)).toBeNull()
  })

  it('can be changed by whoever got it, which does not change what waits', async () => {
    const { challenges, codeOfTake } = setUp()
    const { bytes } = await challenges.issue(purpose)
    const copy = bytes.slice()
    bytes.fill(1)
    expect(await codeOfTake(bytes)).toBe('FRESHNESS_UNKNOWN')
    expect(await codeOfTake(copy)).toBeNull()
  })
})

describe('a redeemed challenge', () => {
  it('has the bytes, the purpose and its basis', async () => {
    const { challenges } = setUp()
    const { bytes } = await challenges.issue(purpose)
    const challenge = await challenges.take(bytes, purpose)
    expect(challenge.basis).toBe('store')
    expect(Object.isFrozen(challenge)).toBe(true)
    expect(bytesOfChallenge(challenge)).toEqual(bytes)
    expect(purposeOfChallenge(challenge)).toEqual(purpose)
    requirePurpose(challenge, purpose.policyDigest, purpose.profile)
    spendChallenge(challenge)
    expect(() => {
      spendChallenge(challenge)
    }).toThrow(expect.objectContaining({ code: 'FRESHNESS_REPLAYED' }))
  })

  it('does not change with what it was redeemed with, also while the store works', async () => {
    const { challenges } = setUp()
    const { bytes } = await challenges.issue(purpose)
    const [given, wanted] = [bytes.slice(), { ...purpose }]
    const taking = challenges.take(given, wanted)
    given.fill(1)
    wanted.context = 'two'
    wanted.profile = 'report-data'
    const challenge = await taking
    expect(bytesOfChallenge(challenge)).toEqual(bytes)
    expect(purposeOfChallenge(challenge)).toEqual(purpose)
  })

  it('is read from the bytes themselves: a Buffer, or a subclass that says otherwise', async () => {
    class Other extends Uint8Array {
      override get length(): number {
        return 31
      }
      override get byteLength(): number {
        return 31
      }
    }
    const { challenges } = setUp()
    for (const form of [Other, Buffer]) {
      const { bytes } = await challenges.issue(purpose)
      const challenge = await challenges.take(form.from(bytes), purpose)
      expect(bytesOfChallenge(challenge)).toEqual(bytes)
    }
  })
})

describe('a challenge is redeemed', () => {
  it('once', async () => {
    const { challenges, codeOfTake, store } = setUp()
    const { bytes } = await challenges.issue(purpose)
    expect(await codeOfTake(bytes)).toBeNull()
    expect(store.size).toBe(0)
    for (let time = 0; time < 3; time += 1) expect(await codeOfTake(bytes)).toBe('FRESHNESS_UNKNOWN')
  })

  it('only if it was issued', async () => {
    const { challenges, codeOfTake } = setUp()
    const { bytes } = await challenges.issue(purpose)
    for (const one of [
      new Uint8Array(32),
      bytes.map((byte, index) => (index === 31 ? byte ^ 1 : byte)),
      bytes.subarray(0, 31),
      Uint8Array.from([...bytes, 0]),
      new Uint8Array(0),
      new Uint8Array(10_000_000),
    ])
      expect(await codeOfTake(one)).toBe('FRESHNESS_UNKNOWN')
    await expect(challenges.take(bytes.subarray(1), purpose)).rejects.toThrow(
      /^no such challenge waits: never issued, redeemed before, or expired long ago$/,
    )
    expect(await codeOfTake(bytes)).toBeNull()
  })

  it('before the millisecond at which it expires', async () => {
    for (const [late, code] of [
      [-ttlMs, null],
      [-1, null],
      [0, 'FRESHNESS_EXPIRED'],
      [1, 'FRESHNESS_EXPIRED'],
      [59_999, 'FRESHNESS_EXPIRED'],
      [60_000, 'FRESHNESS_UNKNOWN'],
    ] as const) {
      const { challenges, codeOfTake, set } = setUp()
      const { bytes, expiresAt } = await challenges.issue(purpose)
      set(expiresAt + late)
      expect([late, await codeOfTake(bytes)]).toEqual([late, code])
      // Late is late, however often one asks.
      if (code !== null) expect(await codeOfTake(bytes)).toBe(code)
    }
  })

  it('or it is told when it expired', async () => {
    const { challenges, set } = setUp()
    const { bytes } = await challenges.issue(purpose)
    set(start + ttlMs + 1500)
    await expect(challenges.take(bytes, purpose)).rejects.toMatchObject({
      code: 'FRESHNESS_EXPIRED',
      verdict: 'rejected',
      message: 'the challenge expired before it was redeemed',
      details: { expiresAt: '2026-09-21T14:18:20.000Z', now: '2026-09-21T14:18:21.500Z' },
    })
  })

  it('for the purpose that it was issued for, out of all', async () => {
    const purposes: readonly ChallengePurpose[] = ['ab', 'cd'].flatMap((digest) =>
      ['digest/sha256', 'report-data'].flatMap((profile) =>
        ['one', 'two', ''].map((context) => ({ policyDigest: digest.repeat(32), profile, context })),
      ),
    )
    const { challenges, codeOfTake } = setUp()
    for (const issuedFor of purposes) {
      const { bytes } = await challenges.issue(issuedFor)
      const others = purposes.filter((other) => other !== issuedFor)
      expect(others).toHaveLength(11)
      // All the others are refused, which spoils nothing.
      for (const other of others) expect(await codeOfTake(bytes, other)).toBe('FRESHNESS_PURPOSE')
      expect(await codeOfTake(bytes, { ...issuedFor })).toBeNull()
      expect(await codeOfTake(bytes, issuedFor)).toBe('FRESHNESS_UNKNOWN')
    }
  })

  it('and another purpose is named as such, also when it is late', async () => {
    const { challenges, set } = setUp()
    const { bytes, expiresAt } = await challenges.issue(purpose)
    set(expiresAt)
    await expect(challenges.take(bytes, { ...purpose, context: 'two' })).rejects.toMatchObject({
      code: 'FRESHNESS_PURPOSE',
      message: 'the challenge was issued for another purpose',
      details: {},
    })
  })

  it('by any challenge store over the same store', async () => {
    const { challenges, store } = setUp()
    const other = createChallengeStore({ store, ttlMs: 1, now: () => start })
    const { bytes } = await challenges.issue(purpose)
    expect(bytesOfChallenge(await other.take(bytes, purpose))).toEqual(bytes)
    await expect(challenges.take(bytes, purpose)).rejects.toMatchObject({ code: 'FRESHNESS_UNKNOWN' })
  })
})

describe('a full store', () => {
  it('issues nothing, and what waits still counts', async () => {
    const { challenges, codeOfTake, set } = setUp({ maxEntries: 2 })
    const [first, second] = [await challenges.issue(purpose), await challenges.issue(purpose)]
    for (let time = 0; time < 3; time += 1)
      await expect(challenges.issue(purpose)).rejects.toThrow(StoreFullError)
    expect(await codeOfTake(first.bytes)).toBeNull()
    const third = await challenges.issue(purpose)
    await expect(challenges.issue(purpose)).rejects.toThrow(StoreFullError)
    expect(await codeOfTake(second.bytes)).toBeNull()
    set(start + ttlMs - 1)
    expect(await codeOfTake(third.bytes)).toBeNull()
  })

  it('has room again when entries are gone', async () => {
    const { challenges, set } = setUp({ maxEntries: 1 })
    await challenges.issue(purpose)
    set(start + ttlMs + 59_999)
    await expect(challenges.issue(purpose)).rejects.toThrow(StoreFullError)
    set(start + ttlMs + 60_000)
    expect((await challenges.issue(purpose)).expiresAt).toBe(start + 2 * ttlMs + 60_000)
  })
})

describe('randomness', () => {
  it('can be the caller’s, and is copied', async () => {
    const own = Uint8Array.from({ length: 32 }, (_, index) => index)
    const asked: number[] = []
    const { challenges, codeOfTake } = setUp({
      random: (length) => {
        asked.push(length)
        return own
      },
    })
    const { bytes } = await challenges.issue(purpose)
    expect(asked).toEqual([32])
    expect(bytes).toEqual(own)
    own.fill(9)
    expect(bytes[1]).toBe(1)
    expect(await codeOfTake(bytes)).toBeNull()
  })

  it.each([
    ['too few', new Uint8Array(31).fill(1), /^random must give 32 bytes$/],
    ['too many', new Uint8Array(33).fill(1), /^random must give 32 bytes$/],
    ['none', new Uint8Array(32), /^random gave only zeros$/],
    ['no bytes', 'x'.repeat(32), /^what random gives must be a Uint8Array$/],
    ['a promise', Promise.resolve(new Uint8Array(32).fill(1)), /^what random gives must be a Uint8Array$/],
    ['nothing', undefined, /^what random gives must be a Uint8Array$/],
  ])('is refused if there is %s of it', async (_, given, message) => {
    const { challenges, store } = setUp({ random: () => given as never })
    const issuing = challenges.issue(purpose)
    await expect(issuing).rejects.toThrow(TypeError)
    await expect(issuing).rejects.toThrow(message)
    expect(store.size).toBe(0)
  })

  it('is refused if it repeats itself', async () => {
    const { challenges, codeOfTake } = setUp({ random: () => new Uint8Array(32).fill(1) })
    const { bytes } = await challenges.issue(purpose)
    const again = challenges.issue({ ...purpose, context: 'two' })
    await expect(again).rejects.toThrow(TypeError)
    await expect(again).rejects.toThrow(/^random gave bytes that were issued before$/)
    expect(await codeOfTake(bytes)).toBeNull()
  })

  it.each([undefined, null, {}, { getRandomValues: true }])(
    'is what the runtime must have (%o), but only to issue',
    async (crypto) => {
      const { challenges, codeOfTake } = setUp()
      const { bytes } = await challenges.issue(purpose)
      vi.stubGlobal('crypto', crypto)
      const issuing = challenges.issue(purpose)
      await expect(issuing).rejects.toMatchObject({
        name: 'VerificationError',
        code: 'CRYPTO_UNSUPPORTED',
        message: 'this runtime has no crypto.getRandomValues',
      })
      expect(await codeOfTake(bytes)).toBeNull()
    },
  )
})

describe('wrong use', () => {
  const { store } = setUp()
  const options: ChallengeStoreOptions = { store, ttlMs, now: () => start }
  const create = (wrong: object) => () => createChallengeStore({ ...options, ...wrong })

  it.each([0, -1, 1.5, NaN, Infinity, 86_400_001, '300000', undefined, null])('is a ttlMs of %o', (value) => {
    expect(create({ ttlMs: value })).toThrow(TypeError)
    expect(create({ ttlMs: value })).toThrow(/^ttlMs must be a whole number from 1 to 86400000$/)
  })

  it('is not a ttlMs of a millisecond or a day', async () => {
    for (const ttl of [1, 86_400_000]) {
      const challenges = createChallengeStore({ ...options, ttlMs: ttl })
      expect((await challenges.issue(purpose)).expiresAt).toBe(start + ttl)
    }
  })

  it.each(['get', 'setIfAbsent', 'take'])('is a store without %s', (name) => {
    for (const value of [undefined, null, true, {}]) {
      expect(create({ store: { ...store, [name]: value } })).toThrow(TypeError)
      expect(create({ store: { ...store, [name]: value } })).toThrow(`store.${name} must be a function`)
    }
  })

  it('is no store, no clock, no randomness, or nothing at all', () => {
    expect(create({ store: undefined })).toThrow(TypeError)
    expect(create({ store: null })).toThrow(TypeError)
    expect(create({ now: undefined })).toThrow(/^now must be a function/)
    expect(create({ now: start })).toThrow(TypeError)
    expect(create({ random: null })).toThrow(/^random must be a function/)
    expect(create({ random: new Uint8Array(32) })).toThrow(TypeError)
    expect(() => createChallengeStore(undefined as never)).toThrow(TypeError)
  })

  it.each([NaN, Infinity, -1, 0.5, '1', undefined, new Date(0)])('is a clock that says %o', async (told) => {
    const { challenges } = setUp()
    const { bytes } = await challenges.issue(purpose)
    const broken = createChallengeStore({ ...options, now: () => told as never })
    const message = /^now\(\) must be whole milliseconds since 1970$/
    await expect(broken.issue(purpose)).rejects.toThrow(message)
    await expect(broken.take(bytes, purpose)).rejects.toMatchObject({ code: 'FRESHNESS_UNKNOWN' })
    const issued = await createChallengeStore(options).issue(purpose)
    await expect(broken.take(issued.bytes, purpose)).rejects.toThrow(message)
  })

  it.each([undefined, null, 'text', 32, [1], new ArrayBuffer(32), {}])(
    'is to redeem %o, which is no bytes',
    async (value) => {
      await expect(setUp().challenges.take(value as never, purpose)).rejects.toThrow(
        /^challenge must be a Uint8Array$/,
      )
    },
  )

  it('is a purpose that is none', async () => {
    const { challenges, store: own } = setUp()
    const { bytes } = await challenges.issue(purpose)
    const before = own.size
    for (const wrong of [undefined, null, 'text', {}, { ...purpose, policyDigest: 'ab' }]) {
      await expect(challenges.issue(wrong as never)).rejects.toThrow(TypeError)
      await expect(challenges.take(bytes, wrong as never)).rejects.toThrow(TypeError)
      // Also where the bytes would be refused: the caller's own mistake comes first.
      await expect(challenges.take(new Uint8Array(1), wrong as never)).rejects.toThrow(TypeError)
    }
    expect(own.size).toBe(before)
  })

  it('does not change a challenge store, which is frozen', async () => {
    const { challenges } = setUp()
    expect(Object.isFrozen(challenges)).toBe(true)
    expect(Object.isFrozen(await challenges.issue(purpose))).toBe(true)
  })
})
