// Mutations of bytes: small ones, as bit errors and careless edits make them, and those that parsers trip over.
import { concat } from '../support/der.js'
import type { Random } from './random.js'

type Mutation = (random: Random, bytes: Uint8Array, seeds: readonly Uint8Array[]) => Uint8Array

const changed = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const out = bytes.slice()
  out[at] = value
  return out
}

function slice(random: Random, bytes: Uint8Array, longest = 64): readonly [start: number, end: number] {
  const start = random.below(bytes.length + 1)
  return [start, Math.min(bytes.length, start + 1 + random.below(longest))]
}

/** Values that lengths, counts and tags take at their edges. */
const edges = [0x00, 0x01, 0x02, 0x1f, 0x20, 0x30, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xfe, 0xff]

const mutations: Readonly<Record<string, Mutation>> = {
  flipBit: (random, bytes) => {
    const at = random.below(bytes.length)
    return changed(bytes, at, (bytes[at] ?? 0) ^ (1 << random.below(8)))
  },
  setByte: (random, bytes) => changed(bytes, random.below(bytes.length), random.below(256)),
  setEdge: (random, bytes) => changed(bytes, random.below(bytes.length), random.pick(edges)),
  addOne: (random, bytes) => {
    const at = random.below(bytes.length)
    return changed(bytes, at, ((bytes[at] ?? 0) + random.pick([1, 255, 2, 254])) & 0xff)
  },
  setWord: (random, bytes) => {
    const out = bytes.slice()
    const value = random.pick([
      0,
      1,
      0xff,
      0x100,
      0x7fffffff,
      0x80000000,
      0xffffffff,
      bytes.length,
      bytes.length + 1,
    ])
    const at = random.below(bytes.length)
    for (let i = 0; i < 4 && at + i < out.length; i += 1) out[at + i] = (value >>> (8 * i)) & 0xff
    return out
  },
  fill: (random, bytes) => {
    const [start, end] = slice(random, bytes)
    return bytes.slice().fill(random.pick(edges), start, end)
  },
  remove: (random, bytes) => {
    const [start, end] = slice(random, bytes)
    return concat(bytes.subarray(0, start), bytes.subarray(end))
  },
  insert: (random, bytes) => {
    const at = random.below(bytes.length + 1)
    return concat(bytes.subarray(0, at), random.bytes(1 + random.below(8)), bytes.subarray(at))
  },
  repeat: (random, bytes) => {
    const [start, end] = slice(random, bytes)
    return concat(bytes.subarray(0, end), bytes.subarray(start, end), bytes.subarray(end))
  },
  move: (random, bytes) => {
    const [start, end] = slice(random, bytes)
    const rest = concat(bytes.subarray(0, start), bytes.subarray(end))
    const at = random.below(rest.length + 1)
    return concat(rest.subarray(0, at), bytes.subarray(start, end), rest.subarray(at))
  },
  cut: (random, bytes) => bytes.slice(0, random.below(bytes.length)),
  extend: (random, bytes) => concat(bytes, random.bytes(1 + random.below(40))),
  splice: (random, bytes, seeds) => {
    const other = random.pick(seeds)
    const at = random.below(bytes.length + 1)
    return concat(bytes.subarray(0, at), other.subarray(Math.min(other.length, at)))
  },
  graft: (random, bytes, seeds) => {
    const other = random.pick(seeds)
    const [start, end] = slice(random, other, 200)
    const out = bytes.slice()
    const room = Math.max(0, out.length - (end - start))
    out.set(other.subarray(start, end).subarray(0, out.length), random.below(room + 1))
    return out
  },
  /** Lengthens or shortens one element, without mending what stands around it. */
  length: (random, bytes) => {
    const lengths = [...bytes.keys()].filter((at) => (bytes[at] ?? 0) >= 0x80 && (bytes[at] ?? 0) <= 0x84)
    if (lengths.length === 0) return changed(bytes, Math.min(1, bytes.length - 1), random.pick(edges))
    const at = random.pick(lengths)
    return changed(bytes, Math.min(at + random.below(3), bytes.length - 1), random.below(256))
  },
}
const all = Object.values(mutations)

/** One of the seeds with one to four mutations. Bytes may come out as they were; callers compare. */
export function mutate(random: Random, seeds: readonly Uint8Array[]): Uint8Array {
  let bytes = random.pick(seeds)
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    bytes = bytes.length === 0 ? random.bytes(4) : random.pick(all)(random, bytes, seeds)
  }
  return bytes
}

/** Bytes without any structure, mostly short. */
export function noise(random: Random): Uint8Array {
  return random.bytes(random.below(random.pick([4, 40, 400, 1400])))
}
