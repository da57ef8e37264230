/**
 * The store that comes with the library: in the memory of this process, bounded, gone when the process ends.
 *
 * Behind several processes, a challenge can then be redeemed only where it was issued.
 */
import { copyBytes, equalBytes } from '../encoding/bytes.js'
import { createExpiryQueue } from './expiry-queue.js'
import {
  type Expiry,
  type Store,
  StoreFullError,
  copyValue,
  requireExpiry,
  requireKey,
  requireTime,
} from './store.js'

export interface MemoryStoreOptions {
  /** How many live entries there may be. One more is refused; none is evicted for it. */
  readonly maxEntries: number
  /** The time, in milliseconds since 1970: `Date.now`, unless a test or a recording tells it. */
  readonly now: () => number
}

export interface MemoryStore extends Store {
  /** How many live entries there are. */
  readonly size: number
}

interface Entry {
  readonly key: string
  readonly value: Uint8Array
  readonly expiresAt: number
}

/**
 * Makes an empty store.
 *
 * Expired entries are let go on each call, before anything else, so that they take no room. The clock should not run
 * backwards; if it does, what has expired stays gone.
 *
 * @throws TypeError if `maxEntries` is not a positive integer, or `now` no function. Members reject with a `TypeError`
 *   for wrong keys, values and times.
 */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { maxEntries, now } = options
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1)
    throw new TypeError('maxEntries must be a positive integer')
  if (typeof now !== 'function') throw new TypeError('now must be a function that tells the time')
  const entries = new Map<string, Entry>()
  const queue = createExpiryQueue<Entry>()

  const drop = (entry: Entry): void => {
    entries.delete(entry.key)
    queue.remove(entry)
  }
  const sweep = (): void => {
    const time = requireTime(now(), 'now()')
    for (let first = queue.first(); first !== undefined && first.expiresAt <= time; first = queue.first())
      drop(first)
  }
  const find = (key: string): Entry | undefined => {
    sweep()
    return entries.get(key)
  }
  const keep = (entry: Entry, replaced?: Entry): true => {
    if (replaced !== undefined) drop(replaced)
    else if (entries.size >= maxEntries)
      throw new StoreFullError(`the store is full: it holds ${String(maxEntries)} entries`)
    entries.set(entry.key, entry)
    queue.add(entry)
    return true
  }

  return Object.freeze({
    get size() {
      sweep()
      return entries.size
    },
    get: (key: string) =>
      atOnce(() => {
        const present = find(requireKey(key))
        return present === undefined ? null : copyBytes(present.value)
      }),
    setIfAbsent: (key: string, value: Uint8Array, expiry: Expiry) =>
      atOnce(() => {
        const entry = { key: requireKey(key), value: copyValue(value), expiresAt: requireExpiry(expiry) }
        return find(entry.key) === undefined && keep(entry)
      }),
    take: (key: string) =>
      atOnce(() => {
        const present = find(requireKey(key))
        if (present === undefined) return null
        drop(present)
        // Nobody else holds it any more.
        return present.value
      }),
    compareAndSet: (key: string, expected: Uint8Array | null, next: Uint8Array, expiry?: Expiry) =>
      atOnce(() => {
        const before = expected === null ? null : copyValue(expected)
        const expiresAt = expiry === undefined ? Infinity : requireExpiry(expiry)
        const entry = { key: requireKey(key), value: copyValue(next), expiresAt }
        const present = find(entry.key)
        if (present === undefined) return before === null && keep(entry)
        return before !== null && equalBytes(before, present.value) && keep(entry, present)
      }),
  })
}

/** Runs now and without a pause, so that each call is one step for all others; a failure is a rejection. */
function atOnce<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(run())
  })
}
