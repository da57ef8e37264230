/**
 * CBOR (RFC 8949), strict: what every other reader would read the same way, or nothing.
 *
 * Of the deterministic form (§4.2.1) all is demanded but the order of keys: definite lengths, shortest numbers, no
 * key twice, nothing behind the document. Floats, `undefined` and other simple values are not read: no container of
 * evidence has any. Size is the caller's to bound; depth and the number of items are bounded here.
 */
import { type ErrorCode, VerificationError } from '../errors/error.js'
import { fromUtf8 } from './text.js'

export interface CborLimits {
  /** The code to refuse with: the document decides it. */
  readonly code: ErrorCode
  readonly what: string
  /** Levels below the document: of 0, it is one number or string. */
  readonly maxDepth: number
  /** Items in all, keys and tags among them. */
  readonly maxItems: number
}

/** Integers are `number`; beyond 2^53 − 1 they are `bigint`. */
export type CborKey = string | number | bigint

export interface CborTagged {
  readonly tag: number | bigint
  readonly content: CborValue
}

/** One item. Byte strings are views into the document. */
export type CborValue =
  CborKey | boolean | null | Uint8Array | readonly CborValue[] | ReadonlyMap<CborKey, CborValue> | CborTagged

/** The simple values that are read, by their byte. */
const simple: ReadonlyMap<number, boolean | null> = new Map([
  [0xf4, false],
  [0xf5, true],
  [0xf6, null],
])

const isKey = (value: CborValue): value is CborKey =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'

/** A number where doubles hold it, so that a value has one form. */
const narrow = (value: bigint): number | bigint => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/**
 * Reads one document.
 *
 * @throws VerificationError with the given code.
 */
export function readCbor(bytes: Uint8Array, limits: CborLimits): CborValue {
  const refuse = (problem: string): VerificationError =>
    new VerificationError(limits.code, `${limits.what} is not strict CBOR: ${problem}`, { problem })
  let at = 0
  let items = 0

  const take = (length: bigint): Uint8Array => {
    if (length > BigInt(bytes.length - at)) throw refuse('it ends inside an item')
    const part = bytes.subarray(at, at + Number(length))
    at += Number(length)
    return part
  }
  /** The number in the head of an item: a value, a length or a count. */
  const argument = (info: number): bigint => {
    if (info < 24) return BigInt(info)
    // 31 is an item without a length; 28 to 30 mean nothing yet.
    if (info > 27) throw refuse('a length that is not definite')
    const size = 2 ** (info - 24)
    let value = 0n
    for (const byte of take(BigInt(size))) value = (value << 8n) | BigInt(byte)
    const least = size === 1 ? 24n : 1n << BigInt(4 * size)
    if (value < least) throw refuse('a number that is not in its shortest form')
    return value
  }
  const text = (length: bigint): string => {
    const value = fromUtf8(take(length))
    if (value === null) throw refuse('text that is not UTF-8')
    return value
  }
  const list = (count: bigint, depth: number): readonly CborValue[] => {
    const out: CborValue[] = []
    // A count that lies ends with the bytes, or at the limit.
    for (let left = count; left > 0n; left -= 1n) out.push(item(depth))
    return out
  }
  const map = (count: bigint, depth: number): ReadonlyMap<CborKey, CborValue> => {
    const out = new Map<CborKey, CborValue>()
    for (let left = count; left > 0n; left -= 1n) {
      const key = item(depth)
      if (!isKey(key)) throw refuse('a key that is no number and no text')
      if (out.has(key)) throw refuse(`duplicate key ${JSON.stringify(String(key).slice(0, 64))}`)
      out.set(key, item(depth))
    }
    return out
  }
  const item = (depth: number): CborValue => {
    if (depth > limits.maxDepth) throw refuse(`nested deeper than ${String(limits.maxDepth)}`)
    if (items === limits.maxItems) throw refuse(`more than ${String(limits.maxItems)} items`)
    items += 1
    const [head = 0] = take(1n)
    const major = head >> 5
    if (major === 7) {
      const value = simple.get(head)
      if (value === undefined) throw refuse('a float or a simple value that is not read')
      return value
    }
    const value = argument(head & 31)
    if (major === 0) return narrow(value)
    if (major === 1) return narrow(-1n - value)
    if (major === 2) return take(value)
    if (major === 3) return text(value)
    if (major === 4) return list(value, depth + 1)
    if (major === 5) return map(value, depth + 1)
    return { tag: narrow(value), content: item(depth + 1) }
  }

  const value = item(0)
  if (at !== bytes.length) throw refuse('bytes behind it')
  return value
}
