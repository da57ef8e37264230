// What every store owes, whoever wrote it. `describeStore` runs it against one, over and over with an empty store.
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Store, StoreFullError } from '../../src/store/store.js'

/** An empty store, and its clock. */
export interface StoreUnderTest {
  readonly store: Store
  /** The time that the store goes by. */
  readonly now: () => number
  /** Lets that time pass: by setting a clock, or by waiting. */
  readonly advance: (ms: number) => Promise<void> | void
}

export interface StoreContractOptions {
  /** Makes an empty store with room for so many entries; `null` for as many as it likes. */
  readonly setUp: (maxEntries: number | null) => Promise<StoreUnderTest> | StoreUnderTest
  /** Whether `setUp` can limit the number of entries; otherwise what a full store does is not tested. */
  readonly bounded: boolean
}

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)
const text = (value: Uint8Array | null): string => (value === null ? 'none' : value.join(' '))
const hour = 3_600_000

export function describeStore(name: string, { setUp, bounded }: StoreContractOptions): void {
  describe(`${name}, as a store`, () => {
    let test: StoreUnderTest
    let store: Store
    const later = (ms = hour) => ({ expiresAt: test.now() + ms })

    beforeEach(async () => {
      test = await setUp(null)
      store = test.store
    })

    it('holds nothing at first', async () => {
      expect(await store.get('a')).toBeNull()
      expect(await store.take('a')).toBeNull()
    })

    it('keeps bytes under a name, as they are', async () => {
      const all = Uint8Array.from({ length: 256 }, (_, index) => index)
      expect(await store.setIfAbsent('a', all, later())).toBe(true)
      expect(await store.setIfAbsent('b', bytes(), later())).toBe(true)
      expect(text(await store.get('a'))).toBe(text(all))
      expect(text(await store.get('a'))).toBe(text(all))
      expect(text(await store.get('b'))).toBe('')
      expect(await store.get('c')).toBeNull()
    })

    it('takes names as they are', async () => {
      const names = ['a', 'A', ' a', 'a ', 'a\0', 'é', 'e\u0301', '__proto__', 'constructor', 'a'.repeat(512)]
      for (const [index, key] of names.entries())
        expect(await store.setIfAbsent(key, bytes(index), later())).toBe(true)
      for (const [index, key] of names.entries()) expect(text(await store.take(key))).toBe(String(index))
      expect(await store.get('toString')).toBeNull()
    })

    it('sets where there is nothing, and changes nothing elsewhere', async () => {
      expect(await store.setIfAbsent('a', bytes(1), later())).toBe(true)
      expect(await store.setIfAbsent('a', bytes(2), later(2 * hour))).toBe(false)
      expect(await store.setIfAbsent('a', bytes(1), later(2 * hour))).toBe(false)
      expect(text(await store.get('a'))).toBe('1')
      await test.advance(hour)
      expect(await store.get('a')).toBeNull()
    })

    it('gives a value away once', async () => {
      await store.setIfAbsent('a', bytes(1), later())
      await store.setIfAbsent('b', bytes(2), later())
      expect(text(await store.take('a'))).toBe('1')
      expect(await store.take('a')).toBeNull()
      expect(await store.get('a')).toBeNull()
      expect(text(await store.get('b'))).toBe('2')
      expect(await store.setIfAbsent('a', bytes(3), later())).toBe(true)
      expect(text(await store.take('a'))).toBe('3')
    })

    it('replaces the value that is expected, and no other', async () => {
      expect(await store.compareAndSet('a', bytes(1), bytes(2))).toBe(false)
      expect(await store.get('a')).toBeNull()
      expect(await store.compareAndSet('a', null, bytes(1))).toBe(true)
      for (const expected of [null, bytes(), bytes(2), bytes(1, 0), bytes(0, 1)])
        expect(await store.compareAndSet('a', expected, bytes(9))).toBe(false)
      expect(text(await store.get('a'))).toBe('1')
      expect(await store.compareAndSet('a', bytes(1), bytes(2))).toBe(true)
      expect(text(await store.get('a'))).toBe('2')
      expect(await store.compareAndSet('a', bytes(2), bytes())).toBe(true)
      expect(await store.compareAndSet('a', null, bytes(3))).toBe(false)
      expect(await store.compareAndSet('a', bytes(), bytes(3))).toBe(true)
      expect(text(await store.take('a'))).toBe('3')
      expect(await store.compareAndSet('a', bytes(3), bytes(4))).toBe(false)
    })

    it('lets entries go at the millisecond that was named, for every member', async () => {
      const live = async () => {
        const values = [await store.get('a'), await store.get('b')]
        return values.map(text).join(', ')
      }
      await store.setIfAbsent('a', bytes(1), later(1000))
      await store.compareAndSet('b', null, bytes(2), later(1000))
      await store.setIfAbsent('c', bytes(3), later(1000))
      await store.compareAndSet('d', null, bytes(4), later(1000))
      await test.advance(999)
      expect(await live()).toBe('1, 2')
      expect(await store.setIfAbsent('a', bytes(9), later())).toBe(false)
      expect(await store.compareAndSet('b', null, bytes(9), later())).toBe(false)
      await test.advance(1)
      expect(await live()).toBe('none, none')
      expect(await store.take('a')).toBeNull()
      expect(await store.compareAndSet('b', bytes(2), bytes(9), later())).toBe(false)
      expect(await store.setIfAbsent('c', bytes(5), later())).toBe(true)
      expect(await store.compareAndSet('d', null, bytes(6), later())).toBe(true)
      expect([text(await store.get('c')), text(await store.get('d'))]).toEqual(['5', '6'])
    })

    it('never shows what had expired when it was set', async () => {
      expect(await store.setIfAbsent('a', bytes(1), { expiresAt: test.now() })).toBe(true)
      expect(await store.get('a')).toBeNull()
      expect(await store.setIfAbsent('a', bytes(2), { expiresAt: 0 })).toBe(true)
      expect(await store.take('a')).toBeNull()
      expect(await store.compareAndSet('a', null, bytes(3))).toBe(true)
      expect(await store.compareAndSet('a', bytes(3), bytes(4), { expiresAt: test.now() })).toBe(true)
      expect(await store.get('a')).toBeNull()
    })

    it('gives a replaced entry the new expiry, or none', async () => {
      await store.setIfAbsent('longer', bytes(1), later(1000))
      await store.setIfAbsent('shorter', bytes(1), later(5000))
      await store.setIfAbsent('for good', bytes(1), later(1000))
      await store.compareAndSet('longer', bytes(1), bytes(2), later(3000))
      await store.compareAndSet('shorter', bytes(1), bytes(2), later(1000))
      await store.compareAndSet('for good', bytes(1), bytes(2))
      await test.advance(2000)
      expect(text(await store.get('longer'))).toBe('2')
      expect(await store.get('shorter')).toBeNull()
      await test.advance(1000)
      expect(await store.get('longer')).toBeNull()
      await test.advance(100 * 24 * hour)
      expect(text(await store.get('for good'))).toBe('2')
    })

    it('shares no array with its callers', async () => {
      const given = bytes(1, 2)
      await store.setIfAbsent('a', given, later())
      await store.compareAndSet('b', null, given)
      given.fill(9)
      expect([text(await store.get('a')), text(await store.get('b'))]).toEqual(['1 2', '1 2'])
      const read = await store.get('a')
      read?.fill(9)
      expect(text(await store.get('a'))).toBe('1 2')
      expect(text(await store.take('a'))).toBe('1 2')
    })

    it('is not moved by what its callers change while it works', async () => {
      const [given, expected, expiry] = [bytes(1), bytes(1), { expiresAt: test.now() + hour }]
      const setting = store.setIfAbsent('a', given, expiry)
      given.fill(9)
      expiry.expiresAt = 0
      expect(await setting).toBe(true)
      const replacing = store.compareAndSet('a', expected, bytes(2))
      expected.fill(9)
      expect(await replacing).toBe(true)
      expect(text(await store.get('a'))).toBe('2')
    })

    it('lets one of many through', async () => {
      const hundred = Array.from({ length: 100 }, (_, index) => index)
      const won = <T>(answers: readonly T[], no: T): readonly T[] => answers.filter((answer) => answer !== no)
      const set = await Promise.all(hundred.map((n) => store.setIfAbsent('a', bytes(n), later())))
      expect(won(set, false)).toEqual([true])
      const stands = await store.get('a')
      expect(text(stands)).toBe(String(set.indexOf(true)))
      const swapped = await Promise.all(hundred.map((n) => store.compareAndSet('a', stands, bytes(n, n))))
      expect(won(swapped, false)).toEqual([true])
      const taken = await Promise.all(hundred.map(() => store.take('a')))
      const winner = swapped.indexOf(true)
      expect(won(taken, null).map(text)).toEqual([`${winner} ${winner}`])
      const made = await Promise.all(hundred.map((n) => store.compareAndSet('a', null, bytes(n))))
      expect(won(made, false)).toEqual([true])
    })

    it.each(['', 'a'.repeat(513), undefined, null, 7, {}])('has no key %j', async (key) => {
      const wrong = key as never
      await expect(store.get(wrong)).rejects.toThrow(TypeError)
      await expect(store.take(wrong)).rejects.toThrow(TypeError)
      await expect(store.setIfAbsent(wrong, bytes(1), later())).rejects.toThrow(TypeError)
      await expect(store.compareAndSet(wrong, null, bytes(1))).rejects.toThrow(TypeError)
    })

    it.each([undefined, 'text', [1], new ArrayBuffer(1), new Uint8Array(1024 * 1024 + 1)])(
      'keeps no value but bytes, and not too many (%#)',
      async (value) => {
        const wrong = value as never
        await expect(store.setIfAbsent('a', wrong, later())).rejects.toThrow(TypeError)
        await expect(store.compareAndSet('a', null, wrong)).rejects.toThrow(TypeError)
        await expect(store.compareAndSet('a', wrong, bytes(1))).rejects.toThrow(TypeError)
        expect(await store.get('a')).toBeNull()
      },
    )

    it('keeps a value of 1 MiB', async () => {
      const large = new Uint8Array(1024 * 1024).fill(7)
      expect(await store.setIfAbsent('a', large, later())).toBe(true)
      expect((await store.get('a'))?.length).toBe(1024 * 1024)
    })

    it.each([undefined, null, 0, {}, { expiresAt: undefined }, { expiresAt: NaN }, { expiresAt: 1.5 }])(
      'takes no expiry %j, nor -1, Infinity or text',
      async (expiry) => {
        for (const wrong of [expiry, { expiresAt: -1 }, { expiresAt: Infinity }, { expiresAt: '9' }]) {
          await expect(store.setIfAbsent('a', bytes(1), wrong as never)).rejects.toThrow(TypeError)
          if (wrong !== undefined)
            await expect(store.compareAndSet('a', null, bytes(1), wrong as never)).rejects.toThrow(TypeError)
        }
        expect(await store.get('a')).toBeNull()
      },
    )

    it('does as a map with dates would, whatever is asked of it', async () => {
      const key = fc.constantFrom('a', 'b', 'c')
      const value = fc.constantFrom(0, 1, 2)
      const life = fc.constantFrom(0, 1, 10, 100)
      const step = fc.oneof(
        fc.record({ do: fc.constant('get' as const), key }),
        fc.record({ do: fc.constant('take' as const), key }),
        fc.record({ do: fc.constant('set' as const), key, value, life }),
        fc.record({
          do: fc.constant('swap' as const),
          key,
          expected: fc.option(value),
          value,
          life: fc.option(life),
        }),
        fc.record({ do: fc.constant('wait' as const), life }),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const fresh = await setUp(null)
          const model = new Map<string, { readonly value: number; readonly until: number }>()
          const read = (name: string): number | null => {
            const entry = model.get(name)
            return entry !== undefined && fresh.now() < entry.until ? entry.value : null
          }
          for (const one of steps) {
            if (one.do === 'wait') await fresh.advance(one.life)
            else if (one.do === 'get') {
              const there = read(one.key)
              expect(text(await fresh.store.get(one.key))).toBe(text(there === null ? null : bytes(there)))
            } else if (one.do === 'take') {
              const there = read(one.key)
              model.delete(one.key)
              expect(text(await fresh.store.take(one.key))).toBe(text(there === null ? null : bytes(there)))
            } else {
              const until = one.life === null ? Infinity : fresh.now() + one.life
              const expected = one.do === 'set' ? null : one.expected
              const fits = read(one.key) === expected
              if (fits) model.set(one.key, { value: one.value, until })
              const answer =
                one.do === 'set'
                  ? fresh.store.setIfAbsent(one.key, bytes(one.value), { expiresAt: until })
                  : fresh.store.compareAndSet(
                      one.key,
                      expected === null ? null : bytes(expected),
                      bytes(one.value),
                      ...(one.life === null ? [] : [{ expiresAt: until }]),
                    )
              expect(await answer).toBe(fits)
            }
          }
        }),
        { numRuns: 60 },
      )
    })
  })

  describe.runIf(bounded)(`${name}, as a full store`, () => {
    const fill = async () => {
      const test = await setUp(2)
      const expiry = { expiresAt: test.now() + 1000 }
      expect(await test.store.setIfAbsent('a', bytes(1), expiry)).toBe(true)
      expect(await test.store.compareAndSet('b', null, bytes(2))).toBe(true)
      return { ...test, expiry }
    }

    it('refuses one more, and keeps what it has', async () => {
      const { store, expiry } = await fill()
      for (let time = 0; time < 3; time += 1) {
        await expect(store.setIfAbsent('c', bytes(3), expiry)).rejects.toThrow(StoreFullError)
        await expect(store.compareAndSet('c', null, bytes(3))).rejects.toThrow(StoreFullError)
      }
      expect(await store.get('c')).toBeNull()
      expect([text(await store.get('a')), text(await store.get('b'))]).toEqual(['1', '2'])
    })

    it('still answers, and replaces', async () => {
      const { store, expiry } = await fill()
      expect(await store.setIfAbsent('a', bytes(9), expiry)).toBe(false)
      expect(await store.compareAndSet('c', bytes(3), bytes(9))).toBe(false)
      expect(await store.compareAndSet('a', bytes(1), bytes(5), expiry)).toBe(true)
      expect(text(await store.get('a'))).toBe('5')
      await expect(store.setIfAbsent('c', bytes(3), expiry)).rejects.toThrow(StoreFullError)
    })

    it('has room again for what was taken', async () => {
      const { store, expiry } = await fill()
      await store.take('b')
      expect(await store.setIfAbsent('c', bytes(3), expiry)).toBe(true)
      await expect(store.setIfAbsent('d', bytes(4), expiry)).rejects.toThrow(StoreFullError)
    })

    it('has room again for what expired, and not a millisecond before', async () => {
      const { store, now, advance } = await fill()
      await advance(999)
      const expiry = { expiresAt: now() + 1000 }
      await expect(store.setIfAbsent('c', bytes(3), expiry)).rejects.toThrow(StoreFullError)
      await advance(1)
      expect(await store.setIfAbsent('c', bytes(3), expiry)).toBe(true)
      await expect(store.setIfAbsent('d', bytes(4), expiry)).rejects.toThrow(StoreFullError)
      expect([text(await store.get('b')), text(await store.get('c'))]).toEqual(['2', '3'])
    })
  })
}
