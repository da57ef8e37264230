/**
 * Strict JSON (RFC 8259, I-JSON): what every other parser would read the same way, or nothing.
 *
 * `JSON.parse` keeps the last of two equal keys and hides the first; it lets lone surrogates and integers
 * beyond 2^53 through. A policy or manifest that two readers understand differently is an attack, so this
 * reader refuses all of these, and bounds size and depth.
 */
import { type ErrorCode, type JsonValue, VerificationError } from '../errors/error.js'
import { isBytes, lengthOf } from './bytes.js'
import { fromUtf8 } from './text.js'

export interface JsonLimits {
  /** The code to refuse with: the document decides it. */
  readonly code: ErrorCode
  readonly what: string
  /** Bytes of UTF-8, or UTF-16 units for text that is already decoded. */
  readonly maxLength: number
  readonly maxDepth: number
}

/** A JSON value whose numbers were read as `N`. */
export type JsonOf<N> =
  string | boolean | null | N | readonly JsonOf<N>[] | { readonly [key: string]: JsonOf<N> }

/** Reads one JSON document from text or UTF-8 bytes. */
export function parseStrictJson(input: string | Uint8Array, limits: JsonLimits): JsonValue {
  return parseJsonWith(input, limits, exactNumber)
}

/**
 * The same with another reading of numbers.
 *
 * @param numberOf - The value of a number as it is written, at most 400 characters; `null` refuses it.
 */
export function parseJsonWith<N>(
  input: string | Uint8Array,
  limits: JsonLimits,
  numberOf: (text: string) => N | null,
): JsonOf<N> {
  const refuse = (problem: string): VerificationError =>
    new VerificationError(limits.code, `${limits.what} is not strict JSON: ${problem}`, { problem })
  const length = isBytes(input) ? lengthOf(input) : input.length
  if (length > limits.maxLength) throw refuse(`longer than ${String(limits.maxLength)} bytes`)
  const text = isBytes(input) ? fromUtf8(input) : input
  if (text === null) throw refuse('not UTF-8')
  return new Scanner(text, limits.maxDepth, refuse, numberOf).document()
}

const maxNumberLength = 400
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y
// A run of characters that need no thought: no quote, no backslash, no control, no surrogate.
// eslint-disable-next-line no-control-regex
const plainRun = /[^"\\\u0000-\u001f\ud800-\udfff]*/y
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** A cursor over the text; a class only because the methods share the position. */
class Scanner<N> {
  readonly #text: string
  readonly #maxDepth: number
  readonly #refuse: (problem: string) => VerificationError
  readonly #numberOf: (text: string) => N | null
  #at = 0

  constructor(
    text: string,
    maxDepth: number,
    refuse: (problem: string) => VerificationError,
    numberOf: (text: string) => N | null,
  ) {
    this.#text = text
    this.#maxDepth = maxDepth
    this.#refuse = refuse
    this.#numberOf = numberOf
  }

  document(): JsonOf<N> {
    const value = this.#value(0)
    this.#space()
    if (this.#at !== this.#text.length) throw this.#refuseHere('characters after the value')
    return value
  }

  #value(depth: number): JsonOf<N> {
    if (depth > this.#maxDepth) throw this.#refuse(`nested deeper than ${String(this.#maxDepth)}`)
    this.#space()
    const char = this.#text[this.#at]
    if (char === '{') return this.#object(depth)
    if (char === '[') return this.#array(depth)
    if (char === '"') return this.#string()
    if (this.#skip('true')) return true
    if (this.#skip('false')) return false
    if (this.#skip('null')) return null
    return this.#number()
  }

  #object(depth: number): JsonOf<N> {
    const out: Record<string, JsonOf<N>> = {}
    this.#at += 1
    this.#space()
    if (this.#skip('}')) return out
    for (;;) {
      this.#space()
      if (this.#text[this.#at] !== '"') throw this.#refuseHere('a key is expected')
      const key = this.#string()
      // An own key of this name would vanish into the prototype on assignment.
      if (key === '__proto__') throw this.#refuse('the key "__proto__" is not allowed')
      if (Object.hasOwn(out, key)) throw this.#refuse(`duplicate key ${JSON.stringify(key.slice(0, 64))}`)
      this.#space()
      if (!this.#skip(':')) throw this.#refuseHere('":" is expected')
      out[key] = this.#value(depth + 1)
      this.#space()
      if (this.#skip('}')) return out
      if (!this.#skip(',')) throw this.#refuseHere('"," or "}" is expected')
    }
  }

  #array(depth: number): JsonOf<N> {
    const out: JsonOf<N>[] = []
    this.#at += 1
    this.#space()
    if (this.#skip(']')) return out
    for (;;) {
      out.push(this.#value(depth + 1))
      this.#space()
      if (this.#skip(']')) return out
      if (!this.#skip(',')) throw this.#refuseHere('"," or "]" is expected')
    }
  }

  #string(): string {
    this.#at += 1
    let out = ''
    for (;;) {
      plainRun.lastIndex = this.#at
      out += plainRun.exec(this.#text)?.[0] ?? ''
      this.#at = plainRun.lastIndex
      const char = this.#text[this.#at]
      if (char === undefined) throw this.#refuse('a string does not end')
      this.#at += 1
      if (char === '"') break
      if (char === '\\') out += this.#escape()
      else if (char < ' ') throw this.#refuseHere('a control character in a string')
      else out += char
    }
    if (!isWellFormed(out)) throw this.#refuse('a lone surrogate in a string')
    return out
  }

  #escape(): string {
    const char = this.#text[this.#at] ?? ''
    this.#at += 1
    if (char === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#refuseHere('a bad \\u escape')
      this.#at += 4
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const plain = Object.hasOwn(escapes, char) ? escapes[char] : undefined
    if (plain === undefined) throw this.#refuseHere('a bad escape')
    return plain
  }

  #number(): N {
    numberPattern.lastIndex = this.#at
    const text = numberPattern.exec(this.#text)?.[0]
    if (text === undefined) throw this.#refuseHere('a value is expected')
    this.#at += text.length
    // No value needs more, and what looks at the digits need not be fast.
    const value = text.length > maxNumberLength ? null : this.#numberOf(text)
    if (value === null) throw this.#refuse('a number that not every reader keeps exactly')
    return value
  }

  #space(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at += 1
  }

  #skip(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false
    this.#at += word.length
    return true
  }

  #refuseHere(problem: string): VerificationError {
    return this.#refuse(`${problem} at character ${String(this.#at)}`)
  }
}

/** The double that a number means, `null` unless every reader gets it. */
export function exactNumber(text: string): number | null {
  const value = Number(text)
  // Written as it is printed: nearly all numbers are, and lists of bytes have thousands.
  if (Number.isSafeInteger(value) && String(value) === text) return value
  return isExact(text, value) ? value : null
}

/**
 * True if every reader gets the same value. Fractions of up to 17 digits round to one double everywhere; an
 * integer that doubles do not hold may be written with an exponent if it is the one that they would print.
 */
function isExact(text: string, value: number): boolean {
  if (!Number.isFinite(value) || Object.is(value, -0)) return false
  const digits = digitsOf(text)
  if (value === 0) return digits === ''
  if (!Number.isInteger(value)) return digits.length <= 17 && Math.abs(value) >= smallestNormal
  if (Number.isSafeInteger(value)) return digits === digitsOf(String(value))
  return /[eE]/.test(text) && digits === digitsOf(String(value))
}

// Below it doubles hold fewer digits.
const smallestNormal = 2 ** -1022

/** The significant digits of a number. */
const digitsOf = (text: string): string =>
  text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '')

/** `String.prototype.isWellFormed`, which ES2022 does not have. */
function isWellFormed(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text)
}
