/**
 * Strict DER (X.690): a cursor over elements, and a walk over a whole document.
 *
 * Subset: single-byte tags, definite minimal lengths of at most four bytes. Everything that BER allows and
 * DER does not is refused, because two parsers that read one certificate differently are an attack.
 *
 * Not checked here: the order of SET OF members (no SET in AMD's profile has more than one member).
 */
import { VerificationError } from '../errors/error.js'

export const tags = {
  endOfContents: 0x00,
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** `[n]` as DER writes it: constructed for explicit tags, primitive for implicit ones of primitive types. */
export const contextTag = (number: number, constructed = true): number => (constructed ? 0xa0 : 0x80) | number

/** A place in a DER document. Moves forward only; `end` is exclusive. */
export interface Cursor {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
}

export interface Element {
  readonly tag: number
  /** Offset of the first tag byte. */
  readonly start: number
  /** Offset of the first content byte. */
  readonly content: number
  /** Offset after the last content byte. */
  readonly end: number
}

export function openDer(bytes: Uint8Array): Cursor {
  return { bytes, at: 0, end: bytes.length }
}

/** Reads the next element's header and steps over the element. */
export function nextElement(cursor: Cursor): Element {
  const { bytes, end } = cursor
  const start = cursor.at
  const tag = byteAt(bytes, start, end)
  if ((tag & 0x1f) === 0x1f) throw unexpected('a tag of more than one byte', start)
  const first = byteAt(bytes, start + 1, end)
  let content = start + 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0) throw notCanonical('an indefinite length', start)
    if (count > 4)
      throw new VerificationError('DER_LIMIT', 'a length of more than four bytes', { offset: start })
    length = 0
    for (let i = 0; i < count; i += 1) length = length * 256 + byteAt(bytes, content + i, end)
    content += count
    if (length < 0x80 || length < 256 ** (count - 1))
      throw notCanonical('a length that is not minimal', start)
  }
  if (length > end - content) throw truncated(start)
  cursor.at = content + length
  return { tag, start, content, end: content + length }
}

/** Reads the next element, which must have this tag. */
export function expectElement(cursor: Cursor, tag: number, what: string): Element {
  const start = cursor.at
  const element = nextElement(cursor)
  if (element.tag !== tag) {
    throw unexpected(`${what}: expected tag ${hexTag(tag)}, got ${hexTag(element.tag)}`, start)
  }
  return element
}

/** Steps into the next element, which must have this tag. */
export function enter(cursor: Cursor, tag: number, what: string): Cursor {
  return inside(cursor, expectElement(cursor, tag, what))
}

/** A cursor over the content of an element. */
export function inside(cursor: Cursor, element: Element): Cursor {
  return { bytes: cursor.bytes, at: element.content, end: element.end }
}

/** The tag of the next element, or `null` at the end. */
export function peekTag(cursor: Cursor): number | null {
  return cursor.at < cursor.end ? byteAt(cursor.bytes, cursor.at, cursor.end) : null
}

/** Requires that nothing is left. */
export function finish(cursor: Cursor, what: string): void {
  if (cursor.at !== cursor.end) {
    throw new VerificationError('DER_TRAILING_DATA', `${what}: bytes after the last element`, {
      offset: cursor.at,
      bytes: cursor.end - cursor.at,
    })
  }
}

/** The content bytes of an element, as a view: copy what is kept. */
export function contentOf(cursor: Cursor, element: Element): Uint8Array {
  return cursor.bytes.subarray(element.content, element.end)
}

/** The whole element, header included, as a view. */
export function rawOf(cursor: Cursor, element: Element): Uint8Array {
  return cursor.bytes.subarray(element.start, element.end)
}

export interface DerLimits {
  readonly maxBytes: number
  readonly maxDepth: number
  readonly maxElements: number
}

const constructedBit = 0x20
const classBits = 0xc0
const constructedUniversal: ReadonlySet<number> = new Set([tags.sequence, tags.set])

/**
 * Walks a whole document and requires strict DER all the way down: the gate in front of every general parser.
 *
 * @throws VerificationError `DER_*`.
 */
export function assertDer(bytes: Uint8Array, limits: DerLimits): void {
  if (bytes.length > limits.maxBytes) {
    throw new VerificationError('DER_LIMIT', `more than ${String(limits.maxBytes)} bytes`, {
      bytes: bytes.length,
    })
  }
  let elements = 0
  const walk = (cursor: Cursor, depth: number): void => {
    if (depth > limits.maxDepth) throw new VerificationError('DER_LIMIT', 'nested too deeply', { depth })
    while (cursor.at < cursor.end) {
      elements += 1
      if (elements > limits.maxElements) throw new VerificationError('DER_LIMIT', 'too many elements')
      const element = nextElement(cursor)
      const constructed = (element.tag & constructedBit) !== 0
      const universal = (element.tag & classBits) === 0
      if (universal && constructed !== constructedUniversal.has(element.tag | constructedBit)) {
        throw notCanonical(`tag ${hexTag(element.tag)} in the wrong form`, element.start)
      }
      if (constructed) walk(inside(cursor, element), depth + 1)
      else checkPrimitive(contentOf(cursor, element), element)
    }
  }
  const top = openDer(bytes)
  const only = nextElement(top)
  finish(top, 'document')
  walk({ bytes, at: only.start, end: only.end }, 0)
}

function checkPrimitive(content: Uint8Array, element: Element): void {
  const [first] = content
  const bad =
    (element.tag === tags.boolean && !(content.length === 1 && (first === 0 || first === 0xff))) ||
    ((element.tag === tags.integer || element.tag === tags.enumerated) && !isMinimalInteger(content)) ||
    // End-of-contents: it closes indefinite lengths, which DER does not have.
    element.tag === tags.endOfContents ||
    (element.tag === tags.null && content.length !== 0) ||
    (element.tag === tags.oid && !isMinimalOid(content)) ||
    (element.tag === tags.bitString && (first === undefined || first > 7 || strayBits(content, first)))
  if (bad) throw notCanonical(`a value of tag ${hexTag(element.tag)}`, element.start)
}

/** Unused bits that are set. Of no bytes none are unused: then the count is the last byte, and a stray itself. */
function strayBits(content: Uint8Array, unused: number): boolean {
  return ((content.at(-1) ?? 0) & ((1 << unused) - 1)) !== 0
}

/** No superfluous leading byte: 00 before a clear top bit, or FF before a set one. */
export function isMinimalInteger(content: Uint8Array): boolean {
  const [first, second] = content
  if (first === undefined) return false
  return second === undefined || first !== (second < 0x80 ? 0 : 0xff)
}

/** Every arc ends within the content and has no leading 80. */
export function isMinimalOid(content: Uint8Array): boolean {
  let startOfArc = true
  for (const byte of content) {
    if (startOfArc && byte === 0x80) return false
    startOfArc = byte < 0x80
  }
  return content.length > 0 && startOfArc
}

const byteAt = (bytes: Uint8Array, at: number, end: number): number => {
  const byte = at < end ? bytes[at] : undefined
  if (byte === undefined) throw truncated(at)
  return byte
}

const truncated = (offset: number): VerificationError =>
  new VerificationError('DER_TRUNCATED', 'an element runs past the end', { offset })

const notCanonical = (problem: string, offset: number): VerificationError =>
  new VerificationError('DER_NOT_CANONICAL', problem, { offset })

const unexpected = (problem: string, offset: number): VerificationError =>
  new VerificationError('DER_UNEXPECTED', problem, { offset })

const hexTag = (tag: number): string => '0x' + tag.toString(16).padStart(2, '0')
