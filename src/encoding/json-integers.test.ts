import { describe, expect, it } from 'vitest'
import { VerificationError } from '../errors/error.js'
import { parseWideJson } from './json-integers.js'
import { parseStrictJson } from './json.js'

const limits = { code: 'EVIDENCE_MALFORMED', what: 'sample', maxLength: 1 << 20, maxDepth: 8 } as const
const refuses = (text: string): boolean => {
  try {
    parseWideJson(text, limits)
    return false
  } catch (error) {
    return error instanceof VerificationError && error.code === 'EVIDENCE_MALFORMED'
  }
}

describe('integers', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740992', -9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['18446744073709551615', 0xffffffffffffffffn],
    ['9'.repeat(39), BigInt('9'.repeat(39))],
    [`-${'9'.repeat(39)}`, -BigInt('9'.repeat(39))],
    ['0', 0],
    ['1.5', 1.5],
    ['1e21', 1e21],
  ])('%s', (text, value) => {
    expect(parseWideJson(text, limits)).toBe(value)
    expect(parseWideJson(`{"a":[${text}]}`, limits)).toEqual({ a: [value] })
  })

  it.each([
    ['40 digits', '9'.repeat(40)],
    ['minus and 40 digits', `-${'9'.repeat(40)}`],
    ['minus zero', '-0'],
    ['a fraction that doubles do not hold', '9007199254740992.5'],
    ['an exponent in the place of digits', '9007199254740993e0'],
    ['infinity', '1e999'],
    ['a leading zero', '09007199254740993'],
    ['a duplicate key', '{"a":1,"a":9007199254740993}'],
  ])('not %s', (_, text) => {
    expect(refuses(text)).toBe(true)
  })

  it('are alone in what is read otherwise', () => {
    const text = '{"a":[true,false,null,"x",{},[]],"b":{"c":-1}}'
    expect(parseWideJson(text, limits)).toEqual(parseStrictJson(text, limits))
    expect(() => parseStrictJson('9007199254740993', limits)).toThrow(VerificationError)
  })
})

describe('numbers of many characters', () => {
  it('are refused beyond 400, in no time', () => {
    const of = (length: number): string => `1.${'0'.repeat(length - 2)}`
    for (const parse of [parseStrictJson, parseWideJson]) {
      expect(parse(of(400), limits)).toBe(1)
      expect(() => parse(of(401), limits)).toThrow('a number that not every reader keeps exactly')
      const start = performance.now()
      expect(() => parse(`1.${'0'.repeat(500_000)}1`, limits)).toThrow(VerificationError)
      expect(() => parse('9'.repeat(1 << 20), limits)).toThrow(VerificationError)
      expect(performance.now() - start).toBeLessThan(10_000)
    }
  })
})
