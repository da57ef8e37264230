// A minimal DER writer. It writes whatever it is told to, well-formed or not: the negative tests need both.
// It shares no code with the reader under test, so one misreading of DER cannot hide in both.

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.length, 0))
  let offset = 0
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function base256(value: number): number[] {
  const out: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) out.unshift(rest % 256)
  return out
}

export function derLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const digits = base256(length)
  return Uint8Array.of(0x80 | digits.length, ...digits)
}

export function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concat(...contents)
  return concat(Uint8Array.of(tag), derLength(content.length), content)
}

/** The same element with its length in a longer form than DER allows (`extra` superfluous zero octets). */
export function longFormTlv(tag: number, extra: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concat(...contents)
  const digits = [...new Array<number>(extra).fill(0), ...base256(content.length)]
  return concat(Uint8Array.of(tag, 0x80 | digits.length, ...digits), content)
}

/** INTEGER with the given content octets, minimal or not. */
export function integerBytes(content: Uint8Array): Uint8Array {
  return tlv(0x02, content)
}

export function integer(value: bigint | number): Uint8Array {
  // Two's complement, fewest octets: grow until the value fits the signed range.
  let rest = BigInt(value)
  let bits = 8n
  while (rest < -(1n << (bits - 1n)) || rest >= 1n << (bits - 1n)) bits += 8n
  rest = BigInt.asUintN(Number(bits), rest)
  return integerBytes(hex(rest.toString(16).padStart(Number(bits / 4n), '0')))
}

export function boolean(value: boolean): Uint8Array {
  return tlv(0x01, Uint8Array.of(value ? 0xff : 0x00))
}

export function nullValue(): Uint8Array {
  return tlv(0x05)
}

export function oid(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...arcs] = dotted.split('.').map(BigInt)
  const octets: number[] = []
  for (const arc of [first * 40n + second, ...arcs]) {
    const digits = [Number(arc & 0x7fn)]
    for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) digits.unshift(Number(rest & 0x7fn) | 0x80)
    octets.push(...digits)
  }
  return tlv(0x06, Uint8Array.from(octets))
}

export function sequence(...elements: readonly Uint8Array[]): Uint8Array {
  return tlv(0x30, ...elements)
}

/** SET in the order given; no sorting, since every set here has one element unless a test wants otherwise. */
export function set(...elements: readonly Uint8Array[]): Uint8Array {
  return tlv(0x31, ...elements)
}

export function octetString(content: Uint8Array): Uint8Array {
  return tlv(0x04, content)
}

export function bitString(content: Uint8Array, unusedBits = 0): Uint8Array {
  return tlv(0x03, Uint8Array.of(unusedBits), content)
}

export function utf8(text: string): Uint8Array {
  return tlv(0x0c, new TextEncoder().encode(text))
}

export function printable(text: string): Uint8Array {
  return tlv(0x13, ascii(text))
}

export function ia5(text: string): Uint8Array {
  return tlv(0x16, ascii(text))
}

function timeDigits(date: Date): string {
  return date.toISOString().slice(0, 19).replace(/[-:T]/g, '')
}

export function utcTime(date: Date): Uint8Array {
  return tlv(0x17, ascii(`${timeDigits(date).slice(2)}Z`))
}

export function generalizedTime(date: Date): Uint8Array {
  return tlv(0x18, ascii(`${timeDigits(date)}Z`))
}

/** The form RFC 5280 prescribes: UTCTime through 2049, GeneralizedTime from 2050. */
export function time(date: Date): Uint8Array {
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050 ? utcTime(date) : generalizedTime(date)
}

/** Constructed context-specific tag [n]. */
export function explicit(n: number, ...contents: readonly Uint8Array[]): Uint8Array {
  return tlv(0xa0 | n, ...contents)
}

/** Primitive context-specific tag [n] over the content octets. */
export function implicit(n: number, content: Uint8Array): Uint8Array {
  return tlv(0x80 | n, content)
}
