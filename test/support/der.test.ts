import { describe, expect, it } from 'vitest'
import {
  bitString,
  generalizedTime,
  integer,
  integerBytes,
  longFormTlv,
  oid,
  octetString,
  time,
  tlv,
  toHex,
  utcTime,
} from './der.js'

describe('DER writer', () => {
  it.each([
    [0, '020100'],
    [1, '020101'],
    [127, '02017f'],
    [128, '02020080'],
    [255, '020200ff'],
    [256, '02020100'],
    [-1, '0201ff'],
    [-128, '020180'],
    [-129, '0202ff7f'],
    [0x20002, '0203020002'],
    [65537, '0203010001'],
  ])('writes INTEGER %i with the fewest octets', (value, expected) => {
    expect(toHex(integer(value))).toBe(expected)
    expect(toHex(integer(BigInt(value)))).toBe(expected)
  })

  it.each([
    ['2.5.29.15', '0603551d0f'],
    ['1.2.840.113549.1.1.10', '06092a864886f70d01010a'],
    ['1.3.6.1.4.1.3704.1.3.1', '060a2b060104019c78010301'],
    ['2.999.3', '0603883703'],
  ])('writes OBJECT IDENTIFIER %s', (dotted, expected) => {
    expect(toHex(oid(dotted))).toBe(expected)
  })

  it('writes lengths in the shortest form, or longer on request', () => {
    expect(toHex(octetString(new Uint8Array(127)).slice(0, 2))).toBe('047f')
    expect(toHex(octetString(new Uint8Array(128)).slice(0, 3))).toBe('048180')
    expect(toHex(octetString(new Uint8Array(256)).slice(0, 4))).toBe('04820100')
    expect(toHex(longFormTlv(0x04, 0, Uint8Array.of(1)))).toBe('04810101')
    expect(toHex(longFormTlv(0x04, 1, Uint8Array.of(1)))).toBe('0482000101')
  })

  it('writes raw integers, bit strings and times as told', () => {
    expect(toHex(integerBytes(Uint8Array.of(0, 0)))).toBe('02020000')
    expect(toHex(bitString(Uint8Array.of(6), 1))).toBe('03020106')
    const date = new Date('2026-06-01T02:03:04Z')
    expect(utcTime(date)).toEqual(tlv(0x17, new TextEncoder().encode('260601020304Z')))
    expect(generalizedTime(date)).toEqual(tlv(0x18, new TextEncoder().encode('20260601020304Z')))
    expect(time(new Date('2049-12-31T23:59:59Z'))[0]).toBe(0x17)
    expect(time(new Date('2050-01-01T00:00:00Z'))[0]).toBe(0x18)
  })
})
