import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64 } from './base64.js'
import { toUtf8 } from './text.js'

describe('base64', () => {
  // RFC 4648 §10.
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('of %j is %j', (text, base64) => {
    expect(toBase64(toUtf8(text))).toBe(base64)
    expect(fromBase64(base64)).toEqual(toUtf8(text))
    expect(fromBase64(base64, 'optional')).toEqual(toUtf8(text))
    const bare = base64.replace(/=+$/, '')
    expect(fromBase64(bare, 'optional')).toEqual(toUtf8(text))
    expect(fromBase64(bare)).toEqual(bare === base64 ? toUtf8(text) : null)
  })

  it('reads both alphabets to the same bytes', () => {
    const bytes = Uint8Array.from({ length: 257 }, (_, index) => (index * 167) & 0xff)
    const standard = Buffer.from(bytes).toString('base64')
    const url = Buffer.from(bytes).toString('base64url')
    expect(standard).toMatch(/[+/]/)
    expect(toBase64(bytes)).toBe(standard)
    expect(fromBase64(standard)).toEqual(bytes)
    expect(fromBase64(url, 'optional')).toEqual(bytes)
    expect(fromBase64(standard.replaceAll('+', '-').replaceAll('/', '_'))).toEqual(bytes)
  })

  it.each([
    ['stray bits in two characters', 'Zh=='],
    ['stray bits in three characters', 'Zm9='],
    ['stray bits, no padding', 'Zh'],
    ['one character', 'Z'],
    ['one character, padded', 'Z==='],
    ['five characters', 'Zm9vZ'],
    ['padding alone', '='],
    ['padding alone, a whole group', '===='],
    ['too much padding', 'Zg==='],
    ['a group of padding too many', 'Zm9v===='],
    ['too little padding', 'Zg='],
    ['padding where none belongs', 'Zm9v='],
    ['padding inside', 'Zg==Zg=='],
    ['padding at the start', '=Zg='],
    ['both alphabets', '+_+_'],
    ['both alphabets, other order', '/-/-'],
    ['a space', 'Zm 9v'],
    ['a space at the end', 'Zm9v '],
    ['a line end', 'Zm9v\n'],
    ['a line end inside', 'Zm9\nvYmFy'],
    ['a zero character', 'Zm9\0'],
    ['a letter beyond ASCII', 'Zm9é'],
    ['full-width letters', 'Ｚｍ９ｖ'],
    ['a surrogate pair', 'Zm\u{1f512}'],
    ['other characters', 'Zm9!'],
    ['commas, as one variant has', 'Zm9,'],
  ])('refuses %s', (_, text) => {
    expect(fromBase64(text)).toBeNull()
    expect(fromBase64(text, 'optional')).toBeNull()
  })
})
