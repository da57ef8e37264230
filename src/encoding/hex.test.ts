import { describe, expect, it } from 'vitest'
import { fromHex, toHex, word32Hex, wordHex } from './hex.js'

describe('hex', () => {
  it('writes lower case and reads either case', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const text = Buffer.from(bytes).toString('hex')
    expect(toHex(bytes)).toBe(text)
    expect(fromHex(text)).toEqual(bytes)
    expect(fromHex(text.toUpperCase())).toEqual(bytes)
    expect(fromHex('aAbB')).toEqual(Uint8Array.of(0xaa, 0xbb))
    expect(fromHex('')).toEqual(new Uint8Array())
    expect(toHex(new Uint8Array())).toBe('')
  })

  it.each([
    '0',
    '000',
    '0g',
    'g0',
    ' 00',
    '00 ',
    '0x00',
    '00\n',
    '0\n0',
    '-1',
    '+1',
    '٠٠',
    '００',
    '0.',
    '1_',
  ])('takes nothing else: %j', (text) => {
    expect(fromHex(text)).toBeNull()
  })

  it('writes words with all their digits', () => {
    expect(wordHex(0n)).toBe('0x0000000000000000')
    expect(wordHex(0xdb18_0000_0000_0004n)).toBe('0xdb18000000000004')
    expect(wordHex(2n ** 64n - 1n)).toBe('0xffffffffffffffff')
    expect(word32Hex(0)).toBe('0x00000000')
    expect(word32Hex(0xffff_ffff)).toBe('0xffffffff')
  })
})
