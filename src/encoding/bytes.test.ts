import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  bigEndianInteger,
  concatBytes,
  containsBytes,
  copyBytes,
  equalBytes,
  isBytes,
  isFilledWith,
  lengthOf,
  requireBytes,
  u32le,
  u64le,
  u8,
} from './bytes.js'

/** Says that it is short, and hands out other bytes when iterated. */
class LyingBytes extends Uint8Array {
  override get length(): number {
    return 0
  }
  override get byteLength(): number {
    return 0
  }
  override get [Symbol.toStringTag](): 'Uint8Array' {
    return 'Uint8Array'
  }
  override [Symbol.iterator](): ArrayIterator<number> {
    return [9, 9, 9][Symbol.iterator]()
  }
}

describe('what counts as bytes', () => {
  it.each([
    ['a Uint8Array', new Uint8Array(3)],
    ['a Buffer', Buffer.from([1, 2, 3])],
    ['a subclass', new LyingBytes(3)],
    ['a Uint8Array of another realm', runInNewContext('new Uint8Array(3)')],
  ])('%s', (_, value) => {
    expect(isBytes(value)).toBe(true)
    expect(lengthOf(value)).toBe(3)
    expect(requireBytes(value, 'x')).toBe(value)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'abc'],
    ['an array', [1, 2, 3]],
    ['an ArrayBuffer', new ArrayBuffer(3)],
    ['a DataView', new DataView(new ArrayBuffer(3))],
    ['clamped bytes', new Uint8ClampedArray(3)],
    ['signed bytes', new Int8Array(3)],
    ['words', new Uint16Array(3)],
    ['a look-alike', { length: 3, byteLength: 3, [Symbol.toStringTag]: 'Uint8Array' }],
    ['an object with the prototype', Object.create(Uint8Array.prototype)],
  ])('not %s', (_, value) => {
    expect(isBytes(value)).toBe(false)
    expect(() => requireBytes(value, 'evidence')).toThrow(new TypeError('evidence must be a Uint8Array'))
  })

  it('copies what is there, not what members say', () => {
    const lying = new LyingBytes([1, 2, 3])
    const copy = copyBytes(lying)
    expect([...copy]).toEqual([1, 2, 3])
    expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype)
    lying.fill(0)
    expect([...copy]).toEqual([1, 2, 3])
    const pooled = Buffer.from('abc')
    expect(copyBytes(pooled).buffer.byteLength).toBe(3)
  })
})

describe('bytes', () => {
  const bytes = Uint8Array.of(1, 2, 3)

  it('compare as a whole', () => {
    expect(equalBytes(bytes, Uint8Array.of(1, 2, 3))).toBe(true)
    expect(equalBytes(new Uint8Array(), new Uint8Array())).toBe(true)
    for (const other of [[], [1, 2], [1, 2, 3, 0], [0, 2, 3], [1, 0, 3], [1, 2, 0]])
      expect(equalBytes(bytes, Uint8Array.from(other))).toBe(false)
  })

  it('are found filled in a half-open range', () => {
    const mixed = Uint8Array.of(1, 0, 0, 1)
    expect(isFilledWith(mixed, 0)).toBe(false)
    expect(isFilledWith(mixed, 0, 1, 3)).toBe(true)
    expect(isFilledWith(mixed, 0, 0, 3)).toBe(false)
    expect(isFilledWith(mixed, 0, 1, 4)).toBe(false)
    expect(isFilledWith(mixed, 0, 2, 2)).toBe(true)
    // A range beyond the end is not filled with anything.
    expect(isFilledWith(mixed, 0, 2, 5)).toBe(false)
    expect(isFilledWith(new Uint8Array(2), 0, 1, 3)).toBe(false)
  })

  it('join, and give big-endian integers', () => {
    expect(concatBytes()).toEqual(new Uint8Array())
    expect(concatBytes(bytes, new Uint8Array(), Uint8Array.of(9))).toEqual(Uint8Array.of(1, 2, 3, 9))
    expect(bigEndianInteger(new Uint8Array())).toBe(0n)
    expect(bigEndianInteger(bytes)).toBe(0x010203n)
    expect(bigEndianInteger(new Uint8Array(48).fill(0xff))).toBe(2n ** 384n - 1n)
  })

  it('are found as one contiguous run', () => {
    const whole = Uint8Array.of(1, 2, 1, 2, 3)
    for (const part of [[], [1], [3], [1, 2, 3], [1, 2, 1, 2, 3]])
      expect(containsBytes(whole, Uint8Array.from(part))).toBe(true)
    for (const part of [[4], [2, 2], [3, 1], [1, 2, 1, 2, 3, 0]])
      expect(containsBytes(whole, Uint8Array.from(part))).toBe(false)
  })

  it('hold little-endian integers, also as a view into something larger', () => {
    const view = Uint8Array.of(9, 9, 0xff, 2, 3, 4, 5, 6, 7, 0x88, 9).subarray(2, 10)
    expect(u8(view, 0)).toBe(0xff)
    expect(u32le(view, 0)).toBe(0x040302ff)
    expect(u64le(view, 0)).toBe(0x88070605040302ffn)
    expect(() => u8(view, 8)).toThrow(RangeError)
    expect(() => u32le(view, 5)).toThrow(RangeError)
    expect(() => u64le(view, 1)).toThrow(RangeError)
  })
})
