// Many callers at once, slow stores, and stores that answer what they should not.
import { describe, expect, it } from 'vitest'
import { describeStore } from '../../test/support/store-contract.js'
import { createMemoryStore } from '../store/memory.js'
import type { Store } from '../store/store.js'
import { type Challenge, bytesOfChallenge } from './challenge.js'
import { encodeEntry } from './challenge-entry.js'
import { type ChallengePurpose, digestOfPurpose } from './challenge-purpose.js'
import { createChallengeStore } from './challenge-store.js'

const start = 1_790_000_000_000
const ttlMs = 1000
const purpose: ChallengePurpose = { policyDigest: 'ab'.repeat(32), profile: 'report-data', context: 'one' }

/** A store that answers late, each time by another number of turns: calls overtake each other. */
function slowly(store: Store): Store {
  let calls = 0
  const late = async <T>(run: () => Promise<T>): Promise<T> => {
    calls += 1
    const [before, after] = [(7 * calls) % 5, (11 * calls) % 7]
    for (let turn = 0; turn < before; turn += 1) await new Promise(setImmediate)
    const answer = await run()
    for (let turn = 0; turn < after; turn += 1) await new Promise(setImmediate)
    return answer
  }
  const copy = (bytes: Uint8Array): Uint8Array => (bytes instanceof Uint8Array ? bytes.slice() : bytes)
  return {
    get: (key) => late(() => store.get(key)),
    take: (key) => late(() => store.take(key)),
    setIfAbsent: (key, value, expiry) => {
      const [kept, until] = [
        copy(value),
        typeof expiry === 'object' && expiry !== null ? { ...expiry } : expiry,
      ]
      return late(() => store.setIfAbsent(key, kept, until))
    },
    compareAndSet: (key, expected, next, expiry) => {
      const [before, after] = [expected === null ? null : copy(expected), copy(next)]
      return late(() => store.compareAndSet(key, before, after, expiry))
    },
  }
}

function slowMemory(maxEntries: number | null) {
  let time = start
  return {
    store: slowly(createMemoryStore({ maxEntries: maxEntries ?? 1000, now: () => time })),
    now: () => time,
    advance: (ms: number) => {
      time += ms
    },
  }
}

describeStore('a slow store', { bounded: true, setUp: slowMemory })

const codesOf = async (taking: readonly Promise<Challenge>[]): Promise<readonly unknown[]> => {
  const settled = await Promise.allSettled(taking)
  return settled.map((one) => (one.status === 'fulfilled' ? 'redeemed' : (one.reason.code ?? one.reason)))
}
const count = (codes: readonly unknown[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const code of codes) counts[String(code)] = (counts[String(code)] ?? 0) + 1
  return counts
}

describe.each([
  ['the memory store', (): Store => createMemoryStore({ maxEntries: 1000, now: () => start })],
  ['a slow store', (): Store => slowMemory(1000).store],
])('of a hundred at once, over %s,', (_, make) => {
  it('one redeems a challenge', async () => {
    const challenges = createChallengeStore({ store: make(), ttlMs, now: () => start })
    const { bytes } = await challenges.issue(purpose)
    const codes = await codesOf(Array.from({ length: 100 }, () => challenges.take(bytes, purpose)))
    expect(count(codes)).toEqual({ redeemed: 1, FRESHNESS_UNKNOWN: 99 })
  })

  it('one redeems a challenge, among many that want it for something else', async () => {
    const store = make()
    const [one, two] = [1, 2].map(() => createChallengeStore({ store, ttlMs, now: () => start }))
    const { bytes } = await one!.issue(purpose)
    const codes = await codesOf(
      Array.from({ length: 100 }, (__, n) =>
        (n % 2 === 0 ? one! : two!).take(bytes, n % 4 === 0 ? purpose : { ...purpose, context: 'two' }),
      ),
    )
    const { redeemed, ...others } = count(codes)
    expect(redeemed).toBe(1)
    // Those that come after the redemption find nothing, whatever they wanted it for.
    expect((others['FRESHNESS_UNKNOWN'] ?? 0) + (others['FRESHNESS_PURPOSE'] ?? 0)).toBe(99)
  })

  it('each redeems its own', async () => {
    const challenges = createChallengeStore({ store: make(), ttlMs, now: () => start })
    const issued = await Promise.all(Array.from({ length: 100 }, () => challenges.issue(purpose)))
    const taken = await Promise.all(issued.map(({ bytes }) => challenges.take(bytes, purpose)))
    expect(taken.map(bytesOfChallenge)).toEqual(issued.map(({ bytes }) => bytes))
  })
})

/** A challenge store over a memory store of which some members answer otherwise. */
async function over(change: (real: Store) => Partial<Record<keyof Store, unknown>>, clock = () => start) {
  const real = createMemoryStore({ maxEntries: 10, now: () => start })
  const store = { ...real, ...change(real) } as Store
  const { bytes } = await createChallengeStore({ store: real, ttlMs, now: () => start }).issue(purpose)
  const challenges = createChallengeStore({ store, ttlMs, now: clock })
  const [code] = await codesOf([challenges.take(bytes, purpose)])
  return { code, bytes, real, challenges }
}

describe('a store that answers', () => {
  it('late redeems nothing that expired meanwhile', async () => {
    for (const [end, code] of [
      [ttlMs - 1, 'redeemed'],
      [ttlMs, 'FRESHNESS_EXPIRED'],
    ] as const) {
      let time = start
      const slow = (real: Store) => ({
        take: async (key: string) => {
          const taken = await real.take(key)
          time = start + end
          return taken
        },
      })
      expect((await over(slow, () => time)).code).toBe(code)
    }
  })

  it('late, when it looks, does not use the challenge up', async () => {
    let time = start
    const { code, real } = await over(
      (store) => ({
        get: async (key: string) => {
          time = start + ttlMs
          return store.get(key)
        },
      }),
      () => time,
    )
    expect(code).toBe('FRESHNESS_EXPIRED')
    expect((real as unknown as { readonly size: number }).size).toBe(1)
  })

  it('with another entry when it gives it away redeems nothing', async () => {
    for (const index of [0, 1, 40, 41, 72]) {
      const { code } = await over((real) => ({
        take: async (key: string) => {
          const taken = await real.take(key)
          if (taken !== null) taken[index] = (taken[index] ?? 0) ^ 1
          return taken
        },
      }))
      expect(code).toBe('FRESHNESS_UNKNOWN')
    }
    const { code } = await over(() => ({ take: async () => new Uint8Array(0) }))
    expect(code).toBe('FRESHNESS_UNKNOWN')
  })

  it('with nothing when it gives it away redeems nothing', async () => {
    expect((await over(() => ({ take: async () => null }))).code).toBe('FRESHNESS_UNKNOWN')
  })

  it('with a damaged entry redeems nothing, and says so', async () => {
    const { challenges, bytes } = await over((real) => ({
      get: async (key: string) => (await real.get(key))?.fill(1, 40, 41) ?? null,
    }))
    await expect(challenges.take(bytes, purpose)).rejects.toMatchObject({
      code: 'FRESHNESS_UNKNOWN',
      message: 'the entry of the challenge in the store is damaged',
    })
  })

  it('with the entry of another challenge redeems nothing', async () => {
    const entry = encodeEntry(new Uint8Array(32).fill(7), {
      purposeDigest: digestOfPurpose(purpose),
      expiresAt: start + ttlMs,
    })
    const answer = async () => entry
    expect((await over(() => ({ get: answer, take: answer }))).code).toBe('FRESHNESS_UNKNOWN')
  })

  it.each([[new Uint8Array(0)], [new Uint8Array(73)], [new Uint8Array(10_000_000)]])(
    'with any bytes redeems nothing (%#)',
    async (bytes) => {
      const answer = async () => bytes
      expect((await over(() => ({ get: answer, take: answer }))).code).toBe('FRESHNESS_UNKNOWN')
    },
  )

  const noBytes = [undefined, true, 0, '', 'a'.repeat(73), {}, [], new Array(73).fill(1), new ArrayBuffer(73)]
  it.each([...noBytes, { length: 73 }, new Proxy(new Uint8Array(73), {}), new DataView(new ArrayBuffer(73))])(
    'with what is no bytes breaks its contract (%#)',
    async (answer) => {
      for (const name of ['get', 'take'] as const) {
        const { code } = await over(() => ({ [name]: async () => answer }))
        expect(code).toBeInstanceOf(TypeError)
        expect((code as TypeError).message).toBe(`store.${name} answered neither bytes nor null`)
      }
    },
  )

  it('with an array that it changes later is read once', async () => {
    let shared: Uint8Array | null = null
    const { code } = await over((real) => ({
      get: async (key: string) => {
        shared = await real.get(key)
        return shared
      },
      take: async (key: string) => {
        const taken = await real.take(key)
        // As if the array that was looked at were the one that is given away, with other content.
        shared?.fill(0)
        return taken
      },
    }))
    expect(code).toBe('redeemed')
  })

  it('with a failure says nothing about the challenge: the failure passes through', async () => {
    const failure = new Error('connection lost')
    const fail = async () => {
      throw failure
    }
    expect((await over(() => ({ get: fail }))).code).toBe(failure)
    expect((await over(() => ({ take: fail }))).code).toBe(failure)
    const { challenges } = await over(() => ({ setIfAbsent: fail }))
    await expect(challenges.issue(purpose)).rejects.toBe(failure)
  })

  it.each([undefined, null, 1, 'OK', {}, []])(
    '%o when it is to keep something issues nothing',
    async (answer) => {
      const { challenges } = await over(() => ({ setIfAbsent: async () => answer }))
      const issuing = challenges.issue(purpose)
      await expect(issuing).rejects.toThrow(TypeError)
      await expect(issuing).rejects.toThrow(/^store\.setIfAbsent answered neither true nor false$/)
    },
  )

  it('as an object of a class is called as one', async () => {
    class Kept implements Store {
      readonly #real = createMemoryStore({ maxEntries: 1, now: () => start })
      get(key: string) {
        return this.#real.get(key)
      }
      take(key: string) {
        return this.#real.take(key)
      }
      setIfAbsent(...args: Parameters<Store['setIfAbsent']>) {
        return this.#real.setIfAbsent(...args)
      }
      compareAndSet(...args: Parameters<Store['compareAndSet']>) {
        return this.#real.compareAndSet(...args)
      }
    }
    const challenges = createChallengeStore({ store: new Kept(), ttlMs, now: () => start })
    const { bytes } = await challenges.issue(purpose)
    expect(bytesOfChallenge(await challenges.take(bytes, purpose))).toEqual(bytes)
  })
})
