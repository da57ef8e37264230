/**
 * Protocol Buffers: the wire format alone, numbered fields in the order in which they stand.
 * Source: protobuf.dev, Encoding.
 *
 * Stricter than most readers: a number has one form, there are no groups, and every byte belongs to a field.
 */
import { type ErrorCode, VerificationError } from '../errors/error.js'

export interface ProtobufLimits {
  /** The code to refuse with: the document decides it. */
  readonly code: ErrorCode
  readonly what: string
  readonly maxFields: number
}

/** One field. Its bytes are a view into the message. */
export type ProtobufField =
  | { readonly number: number; readonly type: 'varint'; readonly value: bigint }
  | { readonly number: number; readonly type: 'bytes' | 'fixed32' | 'fixed64'; readonly value: Uint8Array }

const maxNumber = 2n ** 29n - 1n
/** Wire types that hold bytes, by their number; `null` where the length stands before them. */
const holders: ReadonlyMap<bigint, readonly ['bytes' | 'fixed32' | 'fixed64', size: bigint | null]> = new Map(
  [
    [1n, ['fixed64', 8n]],
    [2n, ['bytes', null]],
    [5n, ['fixed32', 4n]],
  ],
)

/**
 * The fields of a message. What is inside another message is bytes: it is read by another call, so nothing here
 * recurses. Fields may repeat and come in any order; the caller knows which may.
 *
 * @throws VerificationError with the given code.
 */
export function readProtobuf(bytes: Uint8Array, limits: ProtobufLimits): readonly ProtobufField[] {
  const refuse = (problem: string): VerificationError =>
    new VerificationError(limits.code, `${limits.what} is not strict protobuf: ${problem}`, { problem })
  let at = 0

  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw refuse('it ends inside a number')
      const byte = bytes[at] ?? 0
      at += 1
      if (shift === 63n && byte > 1) throw refuse('a number of more than 64 bits')
      value |= BigInt(byte & 0x7f) << shift
      if (byte >= 0x80 && shift < 63n) continue
      if (byte === 0 && shift > 0n) throw refuse('a number that is not in its shortest form')
      return value
    }
  }
  const take = (length: bigint): Uint8Array => {
    if (length > BigInt(bytes.length - at)) throw refuse('it ends inside a field')
    const part = bytes.subarray(at, at + Number(length))
    at += Number(length)
    return part
  }

  const fields: ProtobufField[] = []
  while (at < bytes.length) {
    if (fields.length === limits.maxFields) throw refuse(`more than ${String(limits.maxFields)} fields`)
    const key = varint()
    if (key >> 3n === 0n || key >> 3n > maxNumber) throw refuse('a field number that is none')
    const number = Number(key >> 3n)
    if ((key & 7n) === 0n) {
      fields.push({ number, type: 'varint', value: varint() })
      continue
    }
    const holder = holders.get(key & 7n)
    if (holder === undefined) throw refuse('a wire type that is not read')
    const [type, size] = holder
    fields.push({ number, type, value: take(size ?? varint()) })
  }
  return fields
}
