import * as asn1js from 'asn1js'
import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../test/fuzz/outcome.js'
import { concat, hex, integer, nullValue, sequence, utf8 } from '../../test/support/der.js'
import { parseAsn1 } from './general.js'

describe('general ASN.1', () => {
  it('gives a tree of what is strict DER', () => {
    const tree = parseAsn1(sequence(integer(5), utf8('x'), nullValue()))
    if (!(tree instanceof asn1js.Sequence)) throw new Error('expected a sequence')
    const [first, second] = tree.valueBlock.value
    expect((first as asn1js.Integer).toBigInt()).toBe(5n)
    expect((second as asn1js.Utf8String).valueBlock.value).toBe('x')
  })

  it.each([
    ['a byte after it', concat(nullValue(), hex('00')), 'DER_TRAILING_DATA'],
    ['a long length', hex('308103020105'), 'DER_NOT_CANONICAL'],
    ['an indefinite length', hex('30800201050000'), 'DER_NOT_CANONICAL'],
    ['a string in pieces', hex('2c030c0141'), 'DER_NOT_CANONICAL'],
    ['nothing', hex(''), 'DER_TRUNCATED'],
    ['half of it', hex('300302'), 'DER_TRUNCATED'],
  ])('refuses %s before the general parser sees it', (_, bytes, expected) => {
    expect(outcomeOf(() => parseAsn1(bytes))).toBe(expected)
  })

  // The strict walk leaves what strings and times hold to those who read them.
  it.each([
    ['a UTCTime of letters', '170441424344'],
    ['the same, inside', '3006170441424344'],
    ['the same, deeper', 'a008300630041702' + '4142'],
    ['a GeneralizedTime of letters', '180441424344'],
    ['half a character of a BMPString', '30051e03014142'],
    ['a reserved type', '0f00'],
  ])('refuses %s, which the general parser does not understand', (_, bytes) => {
    expect(outcomeOf(() => parseAsn1(hex(bytes)))).toBe('DER_UNEXPECTED')
  })

  it('has limits, which callers may narrow', () => {
    const limits = { maxBytes: 10, maxDepth: 2, maxElements: 3 }
    expect(outcomeOf(() => parseAsn1(sequence(integer(1), integer(2)), limits))).toBe('accepted')
    expect(outcomeOf(() => parseAsn1(sequence(integer(1), integer(2), integer(3)), limits))).toBe('DER_LIMIT')
    expect(outcomeOf(() => parseAsn1(sequence(sequence(sequence(sequence()))), limits))).toBe('DER_LIMIT')
    expect(outcomeOf(() => parseAsn1(new Uint8Array((1 << 20) + 1)))).toBe('DER_LIMIT')
  })

  it('does not keep the caller’s bytes', () => {
    const bytes = sequence(integer(5))
    const tree = parseAsn1(bytes)
    if (!(tree instanceof asn1js.Sequence)) throw new Error('expected a sequence')
    bytes.fill(0)
    expect((tree.valueBlock.value[0] as asn1js.Integer).toBigInt()).toBe(5n)
  })
})
