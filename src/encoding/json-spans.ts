/**
 * Where values stand in a JSON document: a signature over a part of it is over those bytes, and writing the value
 * again could give others.
 */
import type { JsonValue } from '../errors/error.js'
import { type JsonLimits, parseStrictJson } from './json.js'

/** A range of bytes, the end not included. */
export type Span = readonly [from: number, to: number]

export interface JsonWithSpans {
  readonly value: JsonValue
  /** For each path the bytes of its value, without white space around it; `null` where nothing is there. */
  readonly spans: readonly (Span | null)[]
}

/** Reads one document as `parseStrictJson` does, and finds the values at paths of object keys. */
export function parseStrictJsonWithSpans(
  bytes: Uint8Array,
  limits: JsonLimits,
  paths: readonly (readonly string[])[],
): JsonWithSpans {
  const value = parseStrictJson(bytes, limits)
  // From here on the document is known to be well formed, with each key once: what follows only has to find its way.
  return { value, spans: paths.map((path) => spanOf(bytes, path, limits)) }
}

function spanOf(bytes: Uint8Array, path: readonly string[], limits: JsonLimits): Span | null {
  let at: number | null = afterSpace(bytes, 0)
  for (const key of path) {
    at = memberOf(bytes, at, key, limits)
    if (at === null) return null
  }
  return [at, endOfValue(bytes, at)]
}

/** Where the value of a key of the object at `start` begins; `null` if that is no object, or has no such key. */
function memberOf(bytes: Uint8Array, start: number, key: string, limits: JsonLimits): number | null {
  if (bytes[start] !== openBrace) return null
  let at = afterSpace(bytes, start + 1)
  while (bytes[at] === quote) {
    const end = endOfString(bytes, at)
    const name = parseStrictJson(bytes.subarray(at, end), limits)
    // White space, a colon, white space.
    at = afterSpace(bytes, afterSpace(bytes, end) + 1)
    if (name === key) return at
    // White space, a comma or the end, white space.
    at = afterSpace(bytes, afterSpace(bytes, endOfValue(bytes, at)) + 1)
  }
  return null
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d

function afterSpace(bytes: Uint8Array, start: number): number {
  let at = start
  while (isSpace(bytes[at])) at += 1
  return at
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at + 1
}

function endOfValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start]
  if (first === quote) return endOfString(bytes, start)
  if (first === openBrace || first === openBracket) return endOfNest(bytes, start)
  // A number, or one of three words: it ends where something else begins.
  let at = start
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (isSpace(byte) || byte === comma || byte === closeBrace || byte === closeBracket) break
  }
  return at
}

function endOfNest(bytes: Uint8Array, start: number): number {
  let depth = 0
  let at = start
  do {
    const byte = bytes[at]
    if (byte === quote) {
      at = endOfString(bytes, at)
      continue
    }
    if (byte === openBrace || byte === openBracket) depth += 1
    else if (byte === closeBrace || byte === closeBracket) depth -= 1
    at += 1
  } while (depth > 0)
  return at
}
