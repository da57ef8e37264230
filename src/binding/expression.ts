/**
 * The language in which a profile says what a carrier's bytes are made of. It is closed and total: every expression
 * has bounds on its size, ends, and reads nothing but declared inputs. Nothing in it can be chosen by evidence.
 */
import { copyBytes, isBytes, requireBytes } from '../encoding/bytes.js'
import { toUtf8 } from '../encoding/text.js'
import { type HashAlgorithm, isHashAlgorithm } from '../crypto/more-digests.js'

export type ByteOrder = 'big' | 'little'

interface Of {
  readonly of: Expression
}

/** An expression. Made by the functions of this file alone. */
export type Expression =
  | { readonly kind: 'literal'; readonly bytes: Uint8Array }
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'length'; readonly name: string; readonly size: number; readonly order: ByteOrder }
  | { readonly kind: 'concat'; readonly parts: readonly Expression[] }
  | { readonly kind: 'frame'; readonly inputs: readonly string[] }
  | ({ readonly kind: 'hash'; readonly algorithm: HashAlgorithm } & Of)
  | ({ readonly kind: 'base64url' } & Of)
  | ({ readonly kind: 'pad' | 'truncate'; readonly size: number } & Of)

/** A part of a carrier: an expression, or bytes that nothing constrains, which every result shows. */
export type Segment = Expression | { readonly kind: 'any'; readonly size: number }

const made = new WeakSet<Segment>()

/** A copy of bytes inside a frozen object could still be changed: `bytes` of a literal is never handed out. */
function make<T extends Segment>(segment: T): T {
  made.add(segment)
  return Object.freeze(segment)
}

/** @throws TypeError for anything that this file did not make. */
export function requireSegment(value: Segment): void {
  if (!made.has(value)) throw new TypeError('a layout is made of expressions of this library')
}

function requireExpression(value: Expression): Expression {
  requireSegment(value)
  if ((value as Segment).kind === 'any') throw new TypeError('any(n) stands in a layout only')
  return value
}

const namePattern = /^[a-z][A-Za-z0-9]{0,63}$/

/** @throws TypeError for a name that is no input name: a letter in lower case, then letters and digits. */
export function requireName(value: unknown): string {
  if (typeof value !== 'string' || !namePattern.test(value))
    throw new TypeError('the name of an input is 1 to 64 letters and digits, the first a small letter')
  return value
}

function requireSize(value: unknown, max = 4096): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1 || value > max)
    throw new TypeError(`a size is an integer from 1 to ${String(max)}`)
  return value
}

/** Fixed bytes, or the UTF-8 of a text. */
export function literal(value: Uint8Array | string): Expression {
  const bytes = isBytes(value) ? copyBytes(value) : toUtf8(requireText(value))
  if (bytes.length === 0) throw new TypeError('a literal is not empty')
  return make({ kind: 'literal', bytes })
}

function requireText(value: unknown): string {
  if (typeof value !== 'string') requireBytes(value, 'literal')
  return String(value)
}

/** The bytes of an input, as they are. */
export function input(name: string): Expression {
  return make({ kind: 'input', name: requireName(name) })
}

/** The length of an input in bytes, as an integer of a fixed width. */
export function lengthOfInput(name: string, size: 1 | 2 | 4 | 8, order: ByteOrder): Expression {
  if (![1, 2, 4, 8].includes(size)) throw new TypeError('an integer has 1, 2, 4 or 8 bytes')
  return make({ kind: 'length', name: requireName(name), size, order: requireOrder(order) })
}

/** A constant integer of a fixed width. */
export function integer(value: number | bigint, size: 1 | 2 | 4 | 8, order: ByteOrder): Expression {
  if (![1, 2, 4, 8].includes(size)) throw new TypeError('an integer has 1, 2, 4 or 8 bytes')
  return literal(integerBytes(value, size, requireOrder(order)))
}

function requireOrder(order: unknown): ByteOrder {
  if (order !== 'big' && order !== 'little') throw new TypeError('byte order must be big or little')
  return order
}

/** @throws TypeError if the value does not fit. */
export function integerBytes(value: number | bigint, size: number, order: ByteOrder): Uint8Array {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new TypeError('not a safe integer')
  const whole = BigInt(value)
  if (whole < 0n || whole >= 1n << BigInt(8 * size))
    throw new TypeError(`the integer does not fit ${String(size)} bytes`)
  const big = Uint8Array.from({ length: size }, (_, i) =>
    Number((whole >> BigInt(8 * (size - 1 - i))) & 0xffn),
  )
  return order === 'big' ? big : big.reverse()
}

/** A digest. The algorithm is the profile's, never the evidence's. */
export function hash(algorithm: HashAlgorithm, of: Expression): Expression {
  if (!isHashAlgorithm(algorithm)) throw new TypeError('no such hash algorithm')
  return make({ kind: 'hash', algorithm, of: requireExpression(of) })
}

/** One after the other. `defineProfile` refuses what two different lists of values would make alike. */
export function concat(...parts: readonly Expression[]): Expression {
  if (parts.length === 0) throw new TypeError('nothing to concatenate')
  return make({ kind: 'concat', parts: Object.freeze(parts.map(requireExpression)) })
}

/** Base64url without padding. */
export function base64url(of: Expression): Expression {
  return make({ kind: 'base64url', of: requireExpression(of) })
}

/** Zeros behind, up to a size. All of them are compared. */
export function padRight(size: number, of: Expression): Expression {
  return make({ kind: 'pad', size: requireSize(size), of: requireExpression(of) })
}

/** The first bytes alone. */
export function truncate(size: number, of: Expression): Expression {
  return make({ kind: 'truncate', size: requireSize(size), of: requireExpression(of) })
}

/**
 * The native frame over inputs: injective, and tagged with this library's name, the carrier and the profile, so that
 * it is mistaken for nothing else. Hash it: `hash('sha512', frame('key', 'nonce'))`.
 */
export function frame(...inputs: readonly string[]): Expression {
  const names = inputs.map(requireName)
  if (names.length === 0 || names.length > 255 || new Set(names).size !== names.length)
    throw new TypeError('a frame has 1 to 255 inputs, each once')
  // All names are ASCII, so that the order of UTF-16 units is that of bytes.
  return make({ kind: 'frame', inputs: Object.freeze(names.sort()) })
}

/** Bytes of a carrier that nothing constrains: whoever made the evidence chose them. */
export function any(size: number): Segment {
  return make({ kind: 'any', size: requireSize(size) })
}

/** The names of all inputs of a segment. */
export function inputsOf(segment: Segment): readonly string[] {
  switch (segment.kind) {
    case 'any':
    case 'literal':
      return []
    case 'input':
    case 'length':
      return [segment.name]
    case 'frame':
      return segment.inputs
    case 'concat':
      return segment.parts.flatMap(inputsOf)
    default:
      return inputsOf(segment.of)
  }
}
