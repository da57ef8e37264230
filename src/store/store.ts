/**
 * What the library asks of a place that keeps things between calls: challenges, and whatever else has to outlive one
 * verification. `memory.ts` is the one that comes with it; a shared one lets several processes act as one verifier.
 *
 * A store is trusted to be atomic and to forget nothing before its time. It is not trusted with verdicts: what is read
 * from a store is checked again, and nothing in it is ever taken as verified.
 *
 * Those who write another implementation owe what each member says, and these:
 * - Each call is atomic, also between processes. A read followed by a write is not; use what the back end has for it.
 * - An entry is there while the time is below `expiresAt`, and absent from that millisecond on, for every member.
 * - A live entry is never evicted to make room. A store without room throws {@link StoreFullError} and keeps nothing.
 * - Values are bytes, and come back exactly as they were given; neither side sees later changes of the other's array.
 * - Any other failure (a connection that broke) is thrown as it is. The library never takes it for an answer.
 *
 * Several users share one store: each begins its keys with a prefix of its own.
 */
import { copyBytes, lengthOf, requireBytes } from '../encoding/bytes.js'

/** Until when an entry is kept. */
export interface Expiry {
  /** Milliseconds since 1970-01-01 UTC: the first at which the entry is no longer there. */
  readonly expiresAt: number
}

/** A store of bytes under names. Keys have 1 to 512 UTF-16 units, values at most 1 MiB. */
export interface Store {
  /** The value, or `null` if there is no live entry. */
  readonly get: (key: string) => Promise<Uint8Array | null>
  /**
   * Keeps a value where there is none.
   *
   * @returns True if it was kept; false, and nothing changed, if there is a live entry already.
   * @throws StoreFullError if there is no room.
   */
  readonly setIfAbsent: (key: string, value: Uint8Array, expiry: Expiry) => Promise<boolean>
  /** Reads and deletes at once: of any number of callers one gets the value, the others `null`. */
  readonly take: (key: string) => Promise<Uint8Array | null>
  /**
   * Replaces a value if it is still the expected one; `null` expects that there is no live entry.
   *
   * The new entry has the expiry that is given here, or none: that of the old one does not carry over.
   *
   * @returns True if it was replaced; false, and nothing changed, if something else stands there.
   * @throws StoreFullError if there is no room for a new entry. Replacing never needs room.
   */
  readonly compareAndSet: (
    key: string,
    expected: Uint8Array | null,
    next: Uint8Array,
    expiry?: Expiry,
  ) => Promise<boolean>
}

/** The store has no room, and keeps what it has. No verdict on any evidence: try again when entries have expired. */
export class StoreFullError extends RangeError {
  override readonly name = 'StoreFullError'

  constructor(message = 'the store is full') {
    super(message)
  }
}

const maxKeyLength = 512
const maxValueBytes = 1024 * 1024
/** The last millisecond that a `Date` can hold. */
const maxTime = 8.64e15

/** @throws TypeError if it is no text of 1 to 512 UTF-16 units. */
export function requireKey(key: unknown): string {
  if (typeof key !== 'string' || key === '' || key.length > maxKeyLength)
    throw new TypeError(`key must be text of 1 to ${String(maxKeyLength)} characters`)
  return key
}

/** A copy of the value. @throws TypeError if it is no bytes, or too many. */
export function copyValue(value: unknown): Uint8Array {
  const bytes = requireBytes(value, 'value')
  if (lengthOf(bytes) > maxValueBytes)
    throw new TypeError(`value must have at most ${String(maxValueBytes)} bytes`)
  return copyBytes(bytes)
}

/** @throws TypeError if it is no whole number of milliseconds since 1970 that a `Date` can hold. */
export function requireTime(time: unknown, name: string): number {
  if (typeof time !== 'number' || !Number.isInteger(time) || time < 0 || time > maxTime)
    throw new TypeError(`${name} must be whole milliseconds since 1970`)
  return time
}

/** @throws TypeError if there is no expiry, or no time in it. */
export function requireExpiry(expiry: unknown): number {
  if (typeof expiry !== 'object' || expiry === null) throw new TypeError('expiry must be { expiresAt }')
  return requireTime((expiry as { readonly expiresAt?: unknown }).expiresAt, 'expiresAt')
}
