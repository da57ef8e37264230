/** Hexadecimal text. Lower case out; either case in, because people paste both. */

const pairs: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

export function toHex(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += pairs[byte] ?? ''
  return out
}

/** Decodes hex, or `null` for an odd number of digits or any other character. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return null
  const out = new Uint8Array(text.length / 2)
  for (let i = 0; i < out.length; i += 1) out[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return out
}

/** A 64-bit word as `0x` and 16 digits. */
export function wordHex(word: bigint): string {
  return '0x' + word.toString(16).padStart(16, '0')
}

/** A 32-bit word as `0x` and 8 digits. */
export function word32Hex(word: number): string {
  return '0x' + word.toString(16).padStart(8, '0')
}
