import { describe, expect, it } from 'vitest'
import { describeStore } from '../../test/support/store-contract.js'
import { createMemoryStore } from './memory.js'
import { StoreFullError } from './store.js'

const start = 1_790_000_000_000

function memory(maxEntries = 1000) {
  let time = start
  const store = createMemoryStore({ maxEntries, now: () => time })
  return {
    store,
    now: () => time,
    advance: (ms: number) => {
      time += ms
    },
  }
}

describeStore('the memory store', { bounded: true, setUp: (maxEntries) => memory(maxEntries ?? 1000) })

const one = Uint8Array.of(1)

describe('a memory store', () => {
  it('says how many live entries it has', async () => {
    const { store, advance } = memory()
    expect(store.size).toBe(0)
    await store.setIfAbsent('a', one, { expiresAt: start + 10 })
    await store.setIfAbsent('b', one, { expiresAt: start + 20 })
    await store.compareAndSet('c', null, one)
    expect(store.size).toBe(3)
    await store.compareAndSet('c', one, Uint8Array.of(2), { expiresAt: start + 30 })
    expect(store.size).toBe(3)
    advance(9)
    expect(store.size).toBe(3)
    advance(1)
    expect(store.size).toBe(2)
    await store.take('b')
    expect(store.size).toBe(1)
    advance(20)
    expect(store.size).toBe(0)
  })

  it('lets go of all that expired, in whatever order it came', async () => {
    const { store, advance } = memory(100)
    for (let index = 0; index < 100; index += 1)
      await store.setIfAbsent(String(index), one, { expiresAt: start + 1 + ((37 * index) % 100) })
    for (let left = 100; left > 0; left -= 1) {
      expect(store.size).toBe(left)
      advance(1)
    }
    expect(store.size).toBe(0)
  })

  it('names its size when it is full', async () => {
    const { store } = memory(1)
    await store.compareAndSet('a', null, one)
    const refused = store.compareAndSet('b', null, one)
    await expect(refused).rejects.toThrow(StoreFullError)
    await expect(refused).rejects.toThrow(RangeError)
    await expect(refused).rejects.toMatchObject({
      name: 'StoreFullError',
      message: 'the store is full: it holds 1 entries',
    })
  })

  it('does not bring back what expired when its clock runs backwards', async () => {
    const { store, advance } = memory()
    await store.setIfAbsent('a', one, { expiresAt: start + 10 })
    advance(10)
    expect(store.size).toBe(0)
    advance(-10)
    expect(await store.get('a')).toBeNull()
  })

  it('reads bytes from the bytes themselves, whatever a subclass says of them', async () => {
    class Short extends Uint8Array {
      override get length(): number {
        return 1
      }
      override get byteLength(): number {
        return 1
      }
    }
    const { store } = memory()
    await expect(
      store.setIfAbsent('a', new Short(1024 * 1024 + 1), { expiresAt: start + 1 }),
    ).rejects.toThrow(TypeError)
    await store.setIfAbsent('a', new Short(3), { expiresAt: start + 1 })
    const read = await store.get('a')
    expect([read?.constructor, read?.length]).toEqual([Uint8Array, 3])
  })

  it('stays quick when it is full and entries expire one by one', async () => {
    const count = 30_000
    const { store, now, advance } = memory(count)
    const began = process.cpuUsage()
    for (let index = 0; index < count; index += 1)
      await store.setIfAbsent(`old ${index}`, one, { expiresAt: start + 1 + index })
    for (let index = 0; index < count; index += 1) {
      advance(1)
      await store.setIfAbsent(`new ${index}`, one, { expiresAt: now() + count })
    }
    expect(store.size).toBe(count)
    await expect(store.compareAndSet('x', null, one)).rejects.toThrow(StoreFullError)
    // A fraction of a second, whatever else the machine does. Looking through all entries on each call would be 9e8 steps.
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(4000)
  })

  it.each([0, -1, 1.5, NaN, Infinity, '10', undefined, null])('has no size %j', (maxEntries) => {
    expect(() => createMemoryStore({ maxEntries: maxEntries as never, now: () => start })).toThrow(
      /^maxEntries must be a positive integer$/,
    )
  })

  it.each([undefined, null, start, {}])('needs a clock, not %j', (now) => {
    expect(() => createMemoryStore({ maxEntries: 1, now: now as never })).toThrow(/^now must be a function/)
    expect(() => createMemoryStore({ maxEntries: 1, now: now as never })).toThrow(TypeError)
  })

  it('needs options', () => {
    expect(() => createMemoryStore(undefined as never)).toThrow(TypeError)
  })

  it.each([NaN, Infinity, -1, 0.5, 8.64e15 + 2, '1', undefined, new Date(0)])(
    'answers nothing while the clock says %s',
    async (time) => {
      let told: unknown = start
      const store = createMemoryStore({ maxEntries: 1, now: () => told as number })
      await store.compareAndSet('a', null, one)
      told = time
      for (const asked of [
        store.get('a'),
        store.take('a'),
        store.setIfAbsent('b', one, { expiresAt: start }),
        store.compareAndSet('a', one, one),
      ])
        await expect(asked).rejects.toThrow(/^now\(\) must be whole milliseconds since 1970$/)
      told = start
      expect(await store.get('a')).toEqual(one)
    },
  )

  it('takes every time that a date can hold', async () => {
    for (const time of [0, 8.64e15]) {
      const store = createMemoryStore({ maxEntries: 1, now: () => time })
      expect(await store.compareAndSet('a', null, one)).toBe(true)
      expect(store.size).toBe(1)
    }
    const store = createMemoryStore({ maxEntries: 1, now: () => 8.64e15 - 1 })
    expect(await store.setIfAbsent('a', one, { expiresAt: 8.64e15 })).toBe(true)
    expect(await store.get('a')).toEqual(one)
  })

  it('is frozen', () => {
    expect(Object.isFrozen(memory().store)).toBe(true)
  })
})

describe('the error of a full store', () => {
  it('has a message of its own for other stores', () => {
    expect(new StoreFullError().message).toBe('the store is full')
    expect(new StoreFullError('no room').message).toBe('no room')
  })
})
