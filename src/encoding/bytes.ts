/**
 * Bytes: safe copies of what callers hand in, little-endian integers, comparison.
 *
 * Callers may hand in a `Buffer`, a subclass with overridden members, or bytes that another thread changes.
 * Lengths are therefore read through the intrinsic getters, and everything is copied once on entry.
 */

const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object

const intrinsic = (name: 'byteLength' | typeof Symbol.toStringTag): ((value: unknown) => unknown) => {
  const descriptor = Object.getOwnPropertyDescriptor(typedArrayPrototype, name)
  return (value) => descriptor?.get?.call(value) as unknown
}
const byteLengthOf = intrinsic('byteLength')
const tagOf = intrinsic(Symbol.toStringTag)

/** True for a `Uint8Array` (a Node `Buffer` is one), of any realm. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && tagOf(value) === 'Uint8Array'
}

/** The length of bytes, without trusting members that a subclass could override. */
export function lengthOf(bytes: Uint8Array): number {
  return byteLengthOf(bytes) as number
}

/**
 * Requires bytes from a caller.
 *
 * @throws TypeError if it is not a `Uint8Array`.
 */
export function requireBytes(value: unknown, name: string): Uint8Array {
  if (!isBytes(value)) throw new TypeError(`${name} must be a Uint8Array`)
  return value
}

/** A plain copy that nobody else holds. */
export function copyBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}

/** True if every byte of `[from, to)` is `value`. */
export function isFilledWith(bytes: Uint8Array, value: number, from = 0, to: number = bytes.length): boolean {
  for (let i = from; i < to; i += 1) if (bytes[i] !== value) return false
  return true
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}

/** Big-endian bytes as an unsigned integer. */
export function bigEndianInteger(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

/** True if `part` occurs in `whole` as one contiguous run. */
export function containsBytes(whole: Uint8Array, part: Uint8Array): boolean {
  for (let i = 0; i + part.length <= whole.length; i += 1) {
    if (equalBytes(whole.subarray(i, i + part.length), part)) return true
  }
  return false
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export function u8(bytes: Uint8Array, offset: number): number {
  return view(bytes).getUint8(offset)
}

export function u32le(bytes: Uint8Array, offset: number): number {
  return view(bytes).getUint32(offset, true)
}

export function u64le(bytes: Uint8Array, offset: number): bigint {
  return view(bytes).getBigUint64(offset, true)
}
