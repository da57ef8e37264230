/** Strict JSON with whole numbers beyond 2^53: serialisers of other languages write 64-bit words so. */
import { type JsonLimits, type JsonOf, exactNumber, parseJsonWith } from './json.js'

/** A JSON value; an integer is a `bigint` where a `number` would not hold it. */
export type WideJson = JsonOf<number | bigint>

/** Digits of the largest integer that is kept: 128 bits have 39. */
const maxDigits = 39
const integer = /^-?[0-9]+$/

const wideNumber = (text: string): number | bigint | null =>
  exactNumber(text) ??
  (integer.test(text) && text !== '-0' && text.replace('-', '').length <= maxDigits ? BigInt(text) : null)

/**
 * Reads one JSON document, and keeps integers of up to 39 digits exactly. Else as strict as `parseStrictJson`.
 *
 * An integer that a double holds is a `number`, every other one a `bigint`, so each value has one form.
 */
export function parseWideJson(input: string | Uint8Array, limits: JsonLimits): WideJson {
  return parseJsonWith(input, limits, wideNumber)
}
