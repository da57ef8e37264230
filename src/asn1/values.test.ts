import { describe, expect, it } from 'vitest'
import {
  ascii,
  bitString,
  boolean,
  hex,
  ia5,
  integer,
  integerBytes,
  nullValue,
  octetString,
  oid,
  tlv,
  utf8,
} from '../../test/support/der.js'
import { type Outcome, outcomeOf } from '../../test/fuzz/outcome.js'
import { openDer } from './der.js'
import {
  readBitString,
  readBoolean,
  readIa5String,
  readIntegerBytes,
  readOctetString,
  readOid,
  readSmallInteger,
  readTime,
} from './values.js'

type Reader<T> = (cursor: ReturnType<typeof openDer>, what: string) => T

/** The value, or the code of the refusal. */
function read<T>(reader: Reader<T>, bytes: Uint8Array): T | Outcome {
  let value: T | undefined
  const outcome = outcomeOf(() => {
    value = reader(openDer(bytes), 'x')
  })
  return outcome === 'accepted' ? (value as T) : outcome
}

describe('integers', () => {
  it.each<[number | Uint8Array, number | Outcome]>([
    [0, 0],
    [1, 1],
    [127, 127],
    [128, 128],
    [255, 255],
    [0x7fffffff, 0x7fffffff],
    [0x80000000, 'DER_LIMIT'],
    [0xffffffff, 'DER_LIMIT'],
    [-1, 'DER_LIMIT'],
    [-128, 'DER_LIMIT'],
    [-0x80000000, 'DER_LIMIT'],
    [hex('0000000001'), 'DER_NOT_CANONICAL'],
    [hex(''), 'DER_NOT_CANONICAL'],
    [hex('010203040506'), 'DER_LIMIT'],
    [hex('ff01020304'), 'DER_LIMIT'],
  ])('small: %s is %s', (value, expected) => {
    const bytes = typeof value === 'number' ? integer(value) : integerBytes(value)
    expect(read(readSmallInteger, bytes)).toEqual(expected)
  })

  it('as bytes are copies, at most as long as told', () => {
    const reader: Reader<Uint8Array> = (cursor, what) => readIntegerBytes(cursor, what, 3)
    const bytes = integer(0x7f0102)
    const content = read(reader, bytes)
    expect(content).toEqual(hex('7f0102'))
    bytes.fill(0)
    expect(content).toEqual(hex('7f0102'))
    expect(read(reader, integer(0x7f010203))).toBe('DER_LIMIT')
    expect(read(reader, integer(0x800000))).toBe('DER_LIMIT')
    expect(read(reader, integerBytes(hex('000001')))).toBe('DER_NOT_CANONICAL')
  })
})

describe('object identifiers', () => {
  it.each([
    '0.0',
    '0.39',
    '1.0',
    '1.39',
    '2.0',
    '2.39',
    '2.40',
    '2.999.3',
    '2.5.29.15',
    '1.3.6.1.4.1.3704.1.3.8',
    '1.2.840.113549.1.1.10',
    '1.3.4294967295',
  ])('%s', (dotted) => {
    expect(read(readOid, oid(dotted))).toBe(dotted)
  })

  it('with arcs of 2^32 and more, or too many bytes, are refused', () => {
    expect(read(readOid, oid('1.3.4294967296'))).toBe('DER_LIMIT')
    expect(read(readOid, oid('2.25.329800735698586629295641978511506172918'))).toBe('DER_LIMIT')
    expect(read(readOid, tlv(0x06, new Uint8Array(64).fill(1)))).toMatch(/^0\.1\.1/)
    expect(read(readOid, tlv(0x06, new Uint8Array(65).fill(1)))).toBe('DER_LIMIT')
    expect(read(readOid, tlv(0x06))).toBe('DER_NOT_CANONICAL')
    expect(read(readOid, hex('06022a80'))).toBe('DER_NOT_CANONICAL')
  })
})

describe('booleans and strings', () => {
  it('have one form', () => {
    expect(read(readBoolean, boolean(true))).toBe(true)
    expect(read(readBoolean, boolean(false))).toBe(false)
    for (const bad of ['010101', '0101fe', '0100', '0102ffff'])
      expect(read(readBoolean, hex(bad)), bad).toBe('DER_NOT_CANONICAL')
    expect(read(readBitString, bitString(hex('abcd')))).toEqual(hex('abcd'))
    expect(read(readBitString, bitString(hex('')))).toEqual(hex(''))
    for (const bad of ['0300', '03020180', '030109'])
      expect(read(readBitString, hex(bad)), bad).toBe('DER_NOT_CANONICAL')
    expect(read(readOctetString, octetString(hex('00')))).toEqual(hex('00'))
    expect(read(readOctetString, hex('2403040100'))).toBe('DER_UNEXPECTED')
    expect(read(readIa5String, ia5('CN=a.b'))).toBe('CN=a.b')
    expect(read(readIa5String, ia5(''))).toBe('')
    for (const bad of ['\0', '\n', '\x1f', '\x7f', '\x80', 'a\0b', 'é'])
      expect(read(readIa5String, ia5(bad)), bad).toBe('DER_NOT_CANONICAL')
    expect(read(readIa5String, utf8('Milan'))).toBe('DER_UNEXPECTED')
  })

  it('are refused under another tag', () => {
    const wrong = nullValue()
    for (const reader of [
      readBoolean,
      readBitString,
      readOctetString,
      readIa5String,
      readOid,
      readSmallInteger,
      readTime,
    ])
      expect(read<unknown>(reader, wrong)).toBe('DER_UNEXPECTED')
    for (const reader of [
      readBoolean,
      readBitString,
      readOctetString,
      readIa5String,
      readOid,
      readSmallInteger,
      readTime,
    ])
      expect(read<unknown>(reader, new Uint8Array())).toBe('DER_TRUNCATED')
  })
})

const utc = (text: string): Uint8Array => tlv(0x17, ascii(text))
const generalized = (text: string): Uint8Array => tlv(0x18, ascii(text))

describe('times', () => {
  it.each<[Uint8Array, string]>([
    [utc('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    [utc('991231235959Z'), '1999-12-31T23:59:59.000Z'],
    [utc('000101000000Z'), '2000-01-01T00:00:00.000Z'],
    [utc('491231235959Z'), '2049-12-31T23:59:59.000Z'],
    [utc('240229120000Z'), '2024-02-29T12:00:00.000Z'],
    [utc('000229000000Z'), '2000-02-29T00:00:00.000Z'],
    [generalized('20500101000000Z'), '2050-01-01T00:00:00.000Z'],
    [generalized('21000228235959Z'), '2100-02-28T23:59:59.000Z'],
    [generalized('99991231235959Z'), '9999-12-31T23:59:59.000Z'],
  ])('of %o is %s', (bytes, expected) => {
    expect(read(readTime, bytes)).toBe(Date.parse(expected))
  })

  it.each([
    ['no seconds', utc('2601010000Z')],
    ['a digit before it', utc('0260101000000Z')],
    ['a digit after it', utc('260101000000Z0')],
    ['two digits after it', utc('260101000000Z00')],
    ['a digit before it, in GeneralizedTime', generalized('020500101000000Z')],
    ['a digit after it, in GeneralizedTime', generalized('20500101000000Z0')],
    ['no Z', utc('260101000000')],
    ['an offset', utc('260101000000+0000')],
    ['an offset without seconds', utc('2601010000-0100')],
    ['a small z', utc('260101000000z')],
    ['fractions in UTCTime', utc('260101000000.0Z')],
    ['a space', utc('26010100000 Z')],
    ['a sign', utc('-60101000000Z')],
    ['letters', utc('26O101000000Z')],
    ['nothing', utc('')],
    ['four digits of the year in UTCTime', utc('20260101000000Z')],
    ['month 0', utc('260001000000Z')],
    ['month 13', utc('261301000000Z')],
    ['day 0', utc('260100000000Z')],
    ['31 February', utc('260231000000Z')],
    ['29 February of a common year', utc('250229000000Z')],
    ['31 April', utc('260431000000Z')],
    ['24:00', utc('260101240000Z')],
    ['minute 60', utc('260101006000Z')],
    ['a leap second', utc('161231235960Z')],
    ['GeneralizedTime for 2049', generalized('20491231235959Z')],
    ['GeneralizedTime for 1949', generalized('19491231235959Z')],
    ['GeneralizedTime for the year 0', generalized('00000101000000Z')],
    ['two digits of the year in GeneralizedTime', generalized('500101000000Z')],
    ['fractions', generalized('20500101000000.5Z')],
    ['a fraction of zero', generalized('20500101000000.0Z')],
    ['an offset in GeneralizedTime', generalized('20500101000000+0100')],
    ['no Z in GeneralizedTime', generalized('20500101000000')],
    ['29 February 2100', generalized('21000229000000Z')],
    [
      'bytes beyond ASCII',
      tlv(
        0x17,
        Uint8Array.from({ length: 13 }, () => 0xb2),
      ),
    ],
    ['a line end', utc('260101000000Z\n')],
    ['much too long', utc('2'.repeat(500))],
  ])('refuses %s', (_, bytes) => {
    expect(read(readTime, bytes)).toBe('DER_NOT_CANONICAL')
  })

  it('takes no other type', () => {
    expect(read(readTime, utf8('260101000000Z'))).toBe('DER_UNEXPECTED')
    expect(read(readTime, tlv(0x37, utc('260101000000Z')))).toBe('DER_UNEXPECTED')
  })
})
