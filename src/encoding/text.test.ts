import { describe, expect, it } from 'vitest'
import { fromHex } from './hex.js'
import { fromUtf8, isAsciiText, toUtf8 } from './text.js'

describe('UTF-8', () => {
  it.each([
    ['', ''],
    ['a', '61'],
    ['\u0000', '00'],
    ['é', 'c3a9'],
    ['€', 'e282ac'],
    ['\u{1f512}', 'f09f9492'],
    ['\ud7ff\ue000\uffff', 'ed9fbfee8080efbfbf'],
    ['\u{10ffff}', 'f48fbfbf'],
  ])('of %j', (text, bytes) => {
    expect(toUtf8(text)).toEqual(fromHex(bytes))
    expect(fromUtf8(fromHex(bytes) ?? new Uint8Array())).toBe(text)
  })

  it.each([
    ['a lone continuation', '80'],
    ['a lone lead', 'c3'],
    ['a lead without its continuation', 'c361'],
    ['an overlong slash', 'c0af'],
    ['an overlong zero of two bytes', 'c080'],
    ['an overlong zero of three bytes', 'e08080'],
    ['an overlong zero of four bytes', 'f0808080'],
    ['a high surrogate', 'eda080'],
    ['a low surrogate', 'edb080'],
    ['a pair of surrogates', 'eda0bdedb492'],
    ['beyond the last code point', 'f4908080'],
    ['five bytes', 'f888808080'],
    ['FF', 'ff'],
    ['a cut character at the end', '61e282'],
    ['UTF-16', 'fffe6100'],
  ])('refuses %s', (_, bytes) => {
    expect(fromUtf8(fromHex(bytes) ?? new Uint8Array())).toBeNull()
  })

  it('keeps a byte order mark, so that the next reader sees it', () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b))).toBe('\ufeff{')
  })

  it('gives bytes that own their memory', () => {
    const bytes = toUtf8('abc')
    expect(bytes.buffer.byteLength).toBe(3)
  })
})

describe('ASCII text', () => {
  it('is printable characters and white space, byte by byte', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const expected = (byte >= 0x20 && byte <= 0x7e) || [0x09, 0x0a, 0x0d].includes(byte)
      expect(isAsciiText(Uint8Array.of(0x61, byte, 0x61)), String(byte)).toBe(expected)
    }
    expect(isAsciiText(new Uint8Array())).toBe(true)
  })
})
