import { describe, expect, it } from 'vitest'
import { hex, integer, nullValue, octetString, sequence, set, tlv } from '../../test/support/der.js'
import { type Outcome, outcomeOf } from '../../test/fuzz/outcome.js'
import {
  assertDer,
  contentOf,
  contextTag,
  enter,
  expectElement,
  finish,
  isMinimalInteger,
  isMinimalOid,
  nextElement,
  openDer,
  peekTag,
  rawOf,
  tags,
} from './der.js'

const limits = { maxBytes: 1000, maxDepth: 8, maxElements: 50 }
const walk = (bytes: Uint8Array): Outcome => outcomeOf(() => assertDer(bytes, limits))

describe('elements', () => {
  it('are read one after the other', () => {
    const bytes = hex('3007020101040200ff0500')
    const top = openDer(bytes)
    const body = enter(top, tags.sequence, 'x')
    expect(peekTag(body)).toBe(tags.integer)
    expect(nextElement(body)).toEqual({ tag: 0x02, start: 2, content: 4, end: 5 })
    const text = expectElement(body, tags.octetString, 'x')
    expect(contentOf(body, text)).toEqual(hex('00ff'))
    expect(rawOf(body, text)).toEqual(hex('040200ff'))
    expect(peekTag(body)).toBeNull()
    expect(() => finish(body, 'x')).not.toThrow()
    expect(peekTag(top)).toBe(tags.null)
    expect(() => finish(top, 'x')).toThrow(expect.objectContaining({ code: 'DER_TRAILING_DATA' }))
  })
})

describe('headers', () => {
  const read = (text: string): Outcome => outcomeOf(() => nextElement(openDer(hex(text))))

  it.each<[string, Outcome]>([
    ['0400', 'accepted'],
    [`047f${'00'.repeat(0x7f)}`, 'accepted'],
    [`048180${'00'.repeat(0x80)}`, 'accepted'],
    [`0481ff${'00'.repeat(0xff)}`, 'accepted'],
    [`04820100${'00'.repeat(0x100)}`, 'accepted'],
    [`0483010000${'00'.repeat(0x10000)}`, 'accepted'],
    // lengths in a longer form than needed
    ['048100', 'DER_NOT_CANONICAL'],
    [`04817f${'00'.repeat(0x7f)}`, 'DER_NOT_CANONICAL'],
    [`04820001${'00'.repeat(0x01)}`, 'DER_NOT_CANONICAL'],
    [`048200ff${'00'.repeat(0xff)}`, 'DER_NOT_CANONICAL'],
    [`0483000100${'00'.repeat(0x100)}`, 'DER_NOT_CANONICAL'],
    [`048400010000${'00'.repeat(0x10000)}`, 'DER_NOT_CANONICAL'],
    // indefinite and reserved
    ['04800000', 'DER_NOT_CANONICAL'],
    ['30800000', 'DER_NOT_CANONICAL'],
    ['04850000000001', 'DER_LIMIT'],
    ['04ff', 'DER_LIMIT'],
    ['0488ffffffffffffffff', 'DER_LIMIT'],
    // tags of more than one byte
    ['1f00', 'DER_UNEXPECTED'],
    ['3f00', 'DER_UNEXPECTED'],
    ['bf8a0b00', 'DER_UNEXPECTED'],
    // cut anywhere
    ['', 'DER_TRUNCATED'],
    ['04', 'DER_TRUNCATED'],
    ['0401', 'DER_TRUNCATED'],
    ['0481', 'DER_TRUNCATED'],
    ['048201', 'DER_TRUNCATED'],
    ['0482010000', 'DER_TRUNCATED'],
    ['0484ffffffff', 'DER_TRUNCATED'],
    ['04847fffffff00', 'DER_TRUNCATED'],
  ])('%.24s: %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it('that promise more than their parent has are refused, even if the document has it', () => {
    const bytes = hex('30030403aabbcc')
    const body = enter(openDer(bytes), tags.sequence, 'x')
    expect(outcomeOf(() => nextElement(body))).toBe('DER_TRUNCATED')
    expect(walk(bytes)).toBe('DER_TRAILING_DATA')
    expect(walk(hex('30050403aabb'))).toBe('DER_TRUNCATED')
  })

  it('name the tag that was expected', () => {
    expect(() => expectElement(openDer(hex('0500')), tags.sequence, 'validity')).toThrow(
      'validity: expected tag 0x30, got 0x05',
    )
    expect(contextTag(0)).toBe(0xa0)
    expect(contextTag(3, false)).toBe(0x83)
    expect(peekTag(openDer(new Uint8Array()))).toBeNull()
  })
})

describe('a whole document', () => {
  it.each<[string, Outcome]>([
    ['0500', 'accepted'],
    ['3000', 'accepted'],
    ['3100', 'accepted'],
    ['300502010030003100', 'DER_TRAILING_DATA'],
    ['30073003020100a000', 'accepted'],
    ['', 'DER_TRUNCATED'],
    ['00', 'DER_TRUNCATED'],
    ['050000', 'DER_TRAILING_DATA'],
    ['05000500', 'DER_TRAILING_DATA'],
    ['30000000', 'DER_TRAILING_DATA'],
    // end-of-contents exists for indefinite lengths alone
    ['0000', 'DER_NOT_CANONICAL'],
    ['30020000', 'DER_NOT_CANONICAL'],
    // BOOLEAN
    ['0101ff', 'accepted'],
    ['010100', 'accepted'],
    ['010101', 'DER_NOT_CANONICAL'],
    ['0101fe', 'DER_NOT_CANONICAL'],
    ['0100', 'DER_NOT_CANONICAL'],
    ['0102ffff', 'DER_NOT_CANONICAL'],
    // INTEGER and ENUMERATED
    ['020100', 'accepted'],
    ['0201ff', 'accepted'],
    ['02020080', 'accepted'],
    ['0202ff7f', 'accepted'],
    ['0200', 'DER_NOT_CANONICAL'],
    ['02020000', 'DER_NOT_CANONICAL'],
    ['0202007f', 'DER_NOT_CANONICAL'],
    ['0202ff80', 'DER_NOT_CANONICAL'],
    ['0202ffff', 'DER_NOT_CANONICAL'],
    ['0a0101', 'accepted'],
    ['0a00', 'DER_NOT_CANONICAL'],
    ['0a020001', 'DER_NOT_CANONICAL'],
    // NULL
    ['050100', 'DER_NOT_CANONICAL'],
    // OBJECT IDENTIFIER
    ['0603551d0f', 'accepted'],
    ['06028837', 'accepted'],
    ['0600', 'DER_NOT_CANONICAL'],
    ['0603558001', 'DER_NOT_CANONICAL'],
    ['06028001', 'DER_NOT_CANONICAL'],
    ['06025580', 'DER_NOT_CANONICAL'],
    // BIT STRING
    ['030100', 'accepted'],
    ['03020106', 'accepted'],
    ['03020780', 'accepted'],
    ['0300', 'DER_NOT_CANONICAL'],
    ['030101', 'DER_NOT_CANONICAL'],
    ['03020800', 'DER_NOT_CANONICAL'],
    ['03020101', 'DER_NOT_CANONICAL'],
    ['030207c0', 'DER_NOT_CANONICAL'],
    // strings in pieces, and sequences that are not constructed
    ['240404024142', 'DER_NOT_CANONICAL'],
    ['2303030100', 'DER_NOT_CANONICAL'],
    ['2c030c0141', 'DER_NOT_CANONICAL'],
    ['2203020100', 'DER_NOT_CANONICAL'],
    ['1000', 'DER_NOT_CANONICAL'],
    ['1103020100', 'DER_NOT_CANONICAL'],
    // other classes may be either
    ['a003020100', 'accepted'],
    ['8003020100', 'accepted'],
    ['a0020000', 'DER_NOT_CANONICAL'],
    ['a003020200', 'DER_TRUNCATED'],
  ])('%s: %s', (text, expected) => {
    expect(walk(hex(text))).toBe(expected)
  })

  it('is bounded in bytes, depth and elements', () => {
    const nested = (depth: number): Uint8Array => (depth === 0 ? nullValue() : sequence(nested(depth - 1)))
    expect(walk(nested(8))).toBe('accepted')
    expect(walk(nested(9))).toBe('DER_LIMIT')
    const many = (count: number): Uint8Array => set(...Array.from({ length: count }, () => nullValue()))
    expect(walk(many(49))).toBe('accepted')
    expect(walk(many(50))).toBe('DER_LIMIT')
    expect(walk(octetString(new Uint8Array(996)))).toBe('accepted')
    expect(walk(octetString(new Uint8Array(997)))).toBe('DER_LIMIT')
    const deep = { maxBytes: 1 << 20, maxDepth: 32, maxElements: 1 << 20 }
    let layers = nullValue()
    for (let i = 0; i < 500; i += 1) layers = tlv(0x30, layers)
    expect(outcomeOf(() => assertDer(layers, deep))).toBe('DER_LIMIT')
  })

  it('says where', () => {
    expect(() => assertDer(sequence(integer(1), hex('02020001')), limits)).toThrow(
      expect.objectContaining({ code: 'DER_NOT_CANONICAL', details: { offset: 5 } }),
    )
  })
})

describe('minimal forms', () => {
  it('of integers: exactly the shortest two’s complement', () => {
    for (let value = -70_000; value <= 70_000; value += 61) {
      const content = integer(value).subarray(2)
      expect(isMinimalInteger(content)).toBe(true)
      const filler = value < 0 ? 0xff : 0x00
      expect(isMinimalInteger(Uint8Array.of(filler, ...content))).toBe(false)
    }
    expect(isMinimalInteger(new Uint8Array())).toBe(false)
  })

  it('of object identifiers: no arc begins with 80 or is cut', () => {
    expect(isMinimalOid(hex('00'))).toBe(true)
    expect(isMinimalOid(hex('818000'))).toBe(true)
    for (const bad of ['', '80', '8001', '2a8001', '2a80', '2a81'])
      expect(isMinimalOid(hex(bad)), bad).toBe(false)
  })
})
