// What a refusal says, and where: codes alone do not tell one guard from the next.
import { describe, expect, it } from 'vitest'
import { hex, oid, sequence, tlv } from '../../test/support/der.js'
import { isVerificationError } from '../errors/error.js'
import { assertDer, contentOf, enter, expectElement, finish, nextElement, openDer, tags } from './der.js'
import { parseAsn1 } from './general.js'
import {
  readBitString,
  readBoolean,
  readIa5String,
  readIntegerBytes,
  readOid,
  readSmallInteger,
  readTime,
} from './values.js'

const limits = { maxBytes: 40, maxDepth: 3, maxElements: 5 }

function refusalOf(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (!isVerificationError(error)) throw error
    const { code, message, details, cause } = error
    return { code, message, details, cause }
  }
  throw new Error('nothing was refused')
}

describe('a header', () => {
  it.each<readonly [der: string, code: string, message: string, offset: number]>([
    ['05001f00', 'DER_UNEXPECTED', 'a tag of more than one byte', 2],
    ['050030800000', 'DER_NOT_CANONICAL', 'an indefinite length', 2],
    ['05000485', 'DER_LIMIT', 'a length of more than four bytes', 2],
    ['0500048100', 'DER_NOT_CANONICAL', 'a length that is not minimal', 2],
    ['0500040100', 'accepted', '', 0],
    // The offset is that of the byte that is not there, or of the element that is too long.
    ['0500', 'DER_TRUNCATED', 'an element runs past the end', 2],
    ['050004', 'DER_TRUNCATED', 'an element runs past the end', 3],
    ['05000482', 'DER_TRUNCATED', 'an element runs past the end', 4],
    ['0500048201', 'DER_TRUNCATED', 'an element runs past the end', 5],
    ['05000402ff', 'DER_TRUNCATED', 'an element runs past the end', 2],
  ])('%s: %s, %s', (der, code, message, offset) => {
    const cursor = openDer(hex(der))
    nextElement(cursor)
    if (code === 'accepted') expect(nextElement(cursor).end).toBe(5)
    else expect(refusalOf(() => nextElement(cursor))).toMatchObject({ code, message, details: { offset } })
  })

  it.each([
    ['30000500', 2],
    ['3001050500', 3],
    ['300204820500', 4],
  ])('ends where its parent ends, whatever follows: %s', (der, offset) => {
    const inner = enter(openDer(hex(der)), tags.sequence, 'x')
    expect(refusalOf(() => nextElement(inner))).toMatchObject({ code: 'DER_TRUNCATED', details: { offset } })
  })
})

describe('a whole document', () => {
  const refused = (der: string) => refusalOf(() => assertDer(hex(der), limits))

  it.each<readonly [der: string, code: string, message: string, details: object]>([
    ['04' + '27' + '00'.repeat(39), 'DER_LIMIT', 'more than 40 bytes', { bytes: 41 }],
    ['30083006300430023000', 'DER_LIMIT', 'nested too deeply', { depth: 4 }],
    ['300a05000500050005000500', 'DER_LIMIT', 'too many elements', {}],
    ['300424020400', 'DER_NOT_CANONICAL', 'tag 0x24 in the wrong form', { offset: 2 }],
    ['3003010107', 'DER_NOT_CANONICAL', 'a value of tag 0x01', { offset: 2 }],
    ['0500aabbcc', 'DER_TRAILING_DATA', 'document: bytes after the last element', { offset: 2, bytes: 3 }],
    ['', 'DER_TRUNCATED', 'an element runs past the end', { offset: 0 }],
  ])('%s', (der, code, message, details) => {
    expect(refused(der)).toEqual({ code, message, details, cause: undefined })
  })

  it('may be of another class, in either form', () => {
    for (const der of ['4000', '6000', '4003aabbcc', '60020500', '8000', 'a000', 'c000', 'e000'])
      expect(() => {
        assertDer(hex(der), limits)
      }).not.toThrow()
  })

  it.each(['03020700', '030206c0', '030306ffc0', '030301fffe', '0303000101'])(
    'may have unused bits that are clear: %s',
    (der) => {
      expect(() => {
        assertDer(hex(der), limits)
      }).not.toThrow()
    },
  )

  it.each(['030101', '030102', '030104', '030107', '030301fe01', '030306ffe0', '030307fe40'])(
    'has no unused bit that is set, and none of no bytes: %s',
    (der) => {
      expect(refused(der)).toMatchObject({ code: 'DER_NOT_CANONICAL', message: 'a value of tag 0x03' })
    },
  )
})

describe('a typed reader', () => {
  const after = (reader: (cursor: ReturnType<typeof openDer>, what: string) => unknown) => (der: string) => {
    const cursor = openDer(hex(`0500${der}`))
    nextElement(cursor)
    return refusalOf(() => reader(cursor, 'field'))
  }
  const notDer = (offset: number) => ({
    code: 'DER_NOT_CANONICAL',
    message: 'field: a value that is not in its DER form',
    details: { offset },
    cause: undefined,
  })
  const tooLarge = (offset: number) => ({
    code: 'DER_LIMIT',
    message: 'field: larger than allowed',
    details: { offset },
    cause: undefined,
  })

  it('names the field, and the end of the value', () => {
    expect(after((cursor, what) => readIntegerBytes(cursor, what, 2))('0203010203')).toEqual(tooLarge(7))
    expect(after((cursor, what) => readIntegerBytes(cursor, what, 2))('02020001')).toEqual(notDer(6))
    expect(after(readSmallInteger)('0201ff')).toEqual(tooLarge(5))
    expect(after(readSmallInteger)('02050080000000')).toEqual(tooLarge(9))
    expect(after(readOid)('06025580')).toEqual(notDer(6))
    expect(after(readBoolean)('010107')).toEqual(notDer(5))
    expect(after(readBitString)('03020100')).toEqual(notDer(6))
    expect(after(readIa5String)('16011f')).toEqual(notDer(5))
    expect(after(readTime)('170100')).toEqual(notDer(5))
    expect(after(readBoolean)('0500')).toEqual({
      code: 'DER_UNEXPECTED',
      message: 'field: expected tag 0x01, got 0x05',
      details: { offset: 2 },
      cause: undefined,
    })
  })

  it('takes the first and the last printable character', () => {
    expect(readIa5String(openDer(hex('1602207e')), 'x')).toBe(' ~')
    for (const bad of ['16011f', '16017f']) expect(after(readIa5String)(bad)).toEqual(notDer(5))
  })

  it('takes no time that is as long as a document can be, and reads it in no time', () => {
    const time = openDer(tlv(0x17, new Uint8Array(1 << 20).fill(0x30)))
    expect(refusalOf(() => readTime(time, 'field'))).toMatchObject({ code: 'DER_NOT_CANONICAL' })
    const longest = openDer(tlv(0x18, new TextEncoder().encode('20500101000000Z')))
    expect(readTime(longest, 'x')).toBe(Date.UTC(2050, 0, 1))
  })

  it('leaves what it has not read', () => {
    const cursor = openDer(hex('0500aabb'))
    expect(contentOf(cursor, expectElement(cursor, tags.null, 'x'))).toHaveLength(0)
    expect(
      refusalOf(() => {
        finish(cursor, 'field')
      }),
    ).toMatchObject({
      message: 'field: bytes after the last element',
      details: { offset: 2, bytes: 2 },
    })
  })
})

describe('general ASN.1', () => {
  it('takes identifiers, which hold numbers and no elements', () => {
    expect(parseAsn1(sequence(oid('1.2.3.4'), hex('0500'))).valueBlock).toBeDefined()
  })

  const letters = hex('170441424344')
  it('says what the general parser did not understand', () => {
    expect(refusalOf(() => parseAsn1(letters))).toEqual({
      code: 'DER_UNEXPECTED',
      message: 'not understood as ASN.1',
      details: { problem: expect.stringMatching(/./) },
      cause: undefined,
    })
  })

  it.each(['180441424344', '1e0141', '1c03000102'])('says what it threw: %s', (der) => {
    expect(refusalOf(() => parseAsn1(hex(der)))).toEqual({
      code: 'DER_UNEXPECTED',
      message: 'not understood as ASN.1',
      details: {},
      cause: expect.any(Error),
    })
  })

  it('looks at every element, not at the first alone', () => {
    for (const der of [sequence(hex('0500'), letters), sequence(sequence(), hex('0500'), sequence(letters))])
      expect(refusalOf(() => parseAsn1(der))).toMatchObject({ code: 'DER_UNEXPECTED' })
  })
})
