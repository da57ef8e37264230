/** Typed readers on the DER cursor: each reads one element, requires its one DER form, and moves on. */
import { VerificationError } from '../errors/error.js'
import { copyBytes } from '../encoding/bytes.js'
import { type Cursor, contentOf, expectElement, isMinimalInteger, isMinimalOid, tags } from './der.js'

const notCanonical = (what: string, cursor: Cursor): VerificationError =>
  new VerificationError('DER_NOT_CANONICAL', `${what}: a value that is not in its DER form`, {
    offset: cursor.at,
  })

const limit = (what: string, cursor: Cursor): VerificationError =>
  new VerificationError('DER_LIMIT', `${what}: larger than allowed`, { offset: cursor.at })

/** INTEGER as content bytes: minimal, two's complement, at most `maxBytes` long. */
export function readIntegerBytes(cursor: Cursor, what: string, maxBytes: number): Uint8Array {
  const content = contentOf(cursor, expectElement(cursor, tags.integer, what))
  if (!isMinimalInteger(content)) throw notCanonical(what, cursor)
  if (content.length > maxBytes) throw limit(what, cursor)
  return copyBytes(content)
}

/** INTEGER from 0 to 2^31 − 1; a negative or larger one is `DER_LIMIT`. */
export function readSmallInteger(cursor: Cursor, what: string): number {
  const content = readIntegerBytes(cursor, what, 5)
  let value = 0
  for (const byte of content) value = value * 256 + byte
  if ((content[0] ?? 0) >= 0x80 || value > 0x7fffffff) throw limit(what, cursor)
  return value
}

/** OBJECT IDENTIFIER as dotted decimal, arcs below 2^32. */
export function readOid(cursor: Cursor, what: string): string {
  const content = contentOf(cursor, expectElement(cursor, tags.oid, what))
  if (!isMinimalOid(content)) throw notCanonical(what, cursor)
  if (content.length > 64) throw limit(what, cursor)
  const arcs: number[] = []
  let arc = 0
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f)
    if (arc > 0xffffffff) throw limit(what, cursor)
    if (byte < 0x80) {
      if (arcs.length === 0) {
        const root = Math.min(2, Math.floor(arc / 40))
        arcs.push(root, arc - 40 * root)
      } else arcs.push(arc)
      arc = 0
    }
  }
  return arcs.join('.')
}

/** BOOLEAN: 00 or FF, nothing else. */
export function readBoolean(cursor: Cursor, what: string): boolean {
  const content = contentOf(cursor, expectElement(cursor, tags.boolean, what))
  const [value] = content
  if (content.length !== 1 || (value !== 0 && value !== 0xff)) throw notCanonical(what, cursor)
  return value === 0xff
}

/** OCTET STRING, as a view. */
export function readOctetString(cursor: Cursor, what: string): Uint8Array {
  return contentOf(cursor, expectElement(cursor, tags.octetString, what))
}

/** BIT STRING of whole bytes, as a view. */
export function readBitString(cursor: Cursor, what: string): Uint8Array {
  const content = contentOf(cursor, expectElement(cursor, tags.bitString, what))
  if (content[0] !== 0) throw notCanonical(what, cursor)
  return content.subarray(1)
}

/** IA5String: ASCII, printable here because every use is a name or an identifier. */
export function readIa5String(cursor: Cursor, what: string): string {
  return asciiOf(contentOf(cursor, expectElement(cursor, tags.ia5String, what)), what, cursor)
}

/** Printable ASCII text of the given content. */
export function asciiOf(content: Uint8Array, what: string, cursor: Cursor): string {
  let text = ''
  for (const byte of content) {
    if (byte < 0x20 || byte > 0x7e) throw notCanonical(what, cursor)
    text += String.fromCharCode(byte)
  }
  return text
}

const utcTime = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
const generalizedTime = /^(\d\d\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/

/**
 * Time as RFC 5280 §4.1.2.5 requires: UTCTime up to 2049, GeneralizedTime from 2050, whole seconds, `Z`.
 *
 * @returns Milliseconds since the epoch.
 */
export function readTime(cursor: Cursor, what: string): number {
  const isGeneralized = cursor.bytes[cursor.at] === tags.generalizedTime
  const tag = isGeneralized ? tags.generalizedTime : tags.utcTime
  const content = contentOf(cursor, expectElement(cursor, tag, what))
  const fields = (isGeneralized ? generalizedTime : utcTime).exec(asciiOf(content, what, cursor))
  if (fields === null) throw notCanonical(what, cursor)
  const [yearField = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.slice(1).map(Number)
  const year = isGeneralized ? yearField : yearField + (yearField < 50 ? 2000 : 1900)
  const time = Date.UTC(year, month - 1, day, hour, minute, second)
  // Date.UTC rolls 31 February over to March, and 24:00 to the next day. A month, hour or minute that does not exist
  // comes back as another one; a day that does not exist moves the month, a second the minute.
  const back = new Date(time)
  const exact =
    back.getUTCMonth() === month - 1 && back.getUTCHours() === hour && back.getUTCMinutes() === minute
  if (!exact || (isGeneralized && year < 2050)) throw notCanonical(what, cursor)
  return time
}
