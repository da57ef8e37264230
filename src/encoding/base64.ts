/**
 * Base64 (RFC 4648), strict: one alphabet, correct padding, unused bits zero.
 *
 * The platform's `atob` takes white space and stray bits, so that many texts mean the same bytes.
 */

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const tableOf = (alphabet: string): ReadonlyMap<string, number> =>
  new Map(Array.from(alphabet, (char, value) => [char, value]))
const standardTable = /* @__PURE__ */ tableOf(standard)
const urlTable = /* @__PURE__ */ tableOf(url)

/**
 * Decodes base64 or base64url, or `null` if it is neither.
 *
 * Padding must be right where it is present; `padding: 'required'` also demands it.
 */
export function fromBase64(
  text: string,
  padding: 'required' | 'optional' = 'required',
): Uint8Array<ArrayBuffer> | null {
  let end = text.length
  while (end > 0 && text.length - end < 2 && text[end - 1] === '=') end -= 1
  const padded = text.length - end
  if (padded > 0 ? text.length % 4 !== 0 : padding === 'required' && end % 4 !== 0) return null
  if (end % 4 === 1) return null
  const table = /[-_]/.test(text) ? urlTable : standardTable
  const out = new Uint8Array(Math.floor((end * 6) / 8))
  let buffer = 0
  let bits = 0
  let at = 0
  for (let i = 0; i < end; i += 1) {
    const value = table.get(text[i] ?? '')
    if (value === undefined) return null
    buffer = ((buffer << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      out[at] = (buffer >> bits) & 0xff
      at += 1
    }
  }
  return (buffer & ((1 << bits) - 1)) === 0 ? out : null
}

export function toBase64(bytes: Uint8Array): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3)
    const word = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    out += (standard[word >> 18] ?? '') + (standard[(word >> 12) & 63] ?? '')
    out += b === undefined ? '=' : (standard[(word >> 6) & 63] ?? '')
    out += c === undefined ? '=' : (standard[word & 63] ?? '')
  }
  return out
}
