import { describe, expect, it } from 'vitest'
import { VerificationError } from '../errors/error.js'
import {
  type BytesText,
  type Members,
  byteListMember,
  bytesMember,
  memberOf,
  optionalBytes,
  readJson,
  requireKnown,
  requireMembers,
  textMember,
  wordMember,
} from './json-fields.js'

const what = 'sample'
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const members = (text: string): Members => requireMembers(readJson(utf8(text), what), what)

function problemOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof VerificationError && error.code === 'EVIDENCE_MALFORMED') return error.message
    throw error
  }
  return 'accepted'
}

describe('a document', () => {
  it('is at most 1 MiB, and nests at most 40 levels', () => {
    expect(problemOf(() => readJson(utf8('1'.padEnd(1 << 20)), what))).toBe('accepted')
    expect(problemOf(() => readJson(utf8('1'.padEnd((1 << 20) + 1)), what))).toContain('longer than 1048576')
    const nested = (depth: number): Uint8Array => utf8('['.repeat(depth) + ']'.repeat(depth))
    expect(problemOf(() => readJson(nested(41), what))).toBe('accepted')
    expect(problemOf(() => readJson(nested(42), what))).toContain('nested deeper than 40')
    expect(problemOf(() => readJson(nested(3), what, 1))).toContain('nested deeper than 1')
  })

  it('keeps large integers', () => {
    expect(members('{"a":18446744073709551615}')['a']).toBe(18446744073709551615n)
  })

  it.each(['[]', '"a"', '1', 'null', 'true', '18446744073709551615'])('is an object, not %s', (text) => {
    expect(problemOf(() => members(text))).toBe('sample: not a JSON object')
    expect(problemOf(() => requireMembers(undefined, what))).toBe('sample: not a JSON object')
  })

  it('has known keys only, of which 64 characters are shown', () => {
    const known = new Set(['a', 'b'])
    expect(problemOf(() => requireKnown(members('{"b":1}'), what, known))).toBe('accepted')
    const text = `{"a":1,"${'k'.repeat(65)}":2}`
    expect(problemOf(() => requireKnown(members(text), what, known))).toBe(
      `sample: unknown key "${'k'.repeat(64)}"`,
    )
    expect(problemOf(() => requireKnown(members('{"constructor":1}'), what, known))).toContain('constructor')
  })
})

describe('a member', () => {
  it('is null where it is absent, null or inherited', () => {
    expect(memberOf(members('{"a":null}'), 'a')).toBeNull()
    expect(memberOf(members('{}'), 'a')).toBeNull()
    expect(memberOf(members('{}'), 'toString')).toBeNull()
    expect(memberOf(members('{"a":0}'), 'a')).toBe(0)
  })

  it('is text', () => {
    expect(textMember(members('{"a":""}'), 'a', what)).toBe('')
    for (const text of ['{}', '{"a":1}', '{"a":null}', '{"a":["x"]}'])
      expect(problemOf(() => textMember(members(text), 'a', what))).toBe('sample: a is not text')
  })
})

describe('bytes', () => {
  it.each<[BytesText, string, string]>([
    ['base64', '+/8=', 'accepted'],
    ['base64', '+/8', 'a is not base64'],
    ['base64', '-_8=', 'a is not base64'],
    ['base64', 'QUJD', 'accepted'],
    ['base64', 'QUJD\n', 'a is not base64'],
    ['base64url', '-_8', 'accepted'],
    ['base64url', '-_8=', 'accepted'],
    ['base64url', '+/8', 'a is not base64url'],
    ['any', '+/8', 'accepted'],
    ['any', '-_8=', 'accepted'],
    ['any', '-/8=', 'a is not base64'],
    ['any', '!', 'a is not base64'],
    ['hex', 'fbFF', 'accepted'],
    ['hex', 'fbf', 'a is not hex'],
    ['hex', '0xfb', 'a is not hex'],
  ])('as %s: %s', (form, text, expected) => {
    const problem = problemOf(() => bytesMember({ a: text }, 'a', what, form))
    expect(problem.replace('sample: ', '')).toBe(expected)
  })

  it('are read', () => {
    expect(bytesMember({ a: '+/8=' }, 'a', what, 'base64')).toEqual(Uint8Array.of(0xfb, 0xff))
    expect(bytesMember({ a: '-_8' }, 'a', what, 'base64url')).toEqual(Uint8Array.of(0xfb, 0xff))
    expect(bytesMember({ a: 'fbff' }, 'a', what, 'hex')).toEqual(Uint8Array.of(0xfb, 0xff))
  })

  it('may be absent where they are optional', () => {
    expect(optionalBytes({}, 'a', what, 'hex')).toBeNull()
    expect(optionalBytes({ a: null }, 'a', what, 'hex')).toBeNull()
    expect(optionalBytes({ a: '' }, 'a', what, 'hex')).toEqual(new Uint8Array())
    expect(problemOf(() => optionalBytes({ a: false }, 'a', what, 'hex'))).toBe('sample: a is not text')
  })

  it.each<[string, Members, number | undefined, string]>([
    ['all values', { a: [0, 1, 255] }, undefined, 'accepted'],
    ['the right length', { a: [0, 1, 255] }, 3, 'accepted'],
    ['another length', { a: [0, 1, 255] }, 4, 'a has 3 bytes, not 4'],
    ['256', { a: [256] }, undefined, 'a holds what is no byte'],
    ['-1', { a: [-1] }, undefined, 'a holds what is no byte'],
    ['a fraction', { a: [0.5] }, undefined, 'a holds what is no byte'],
    ['text', { a: ['1'] }, undefined, 'a holds what is no byte'],
    ['null', { a: [null] }, undefined, 'a holds what is no byte'],
    ['a large integer', { a: [1n] }, undefined, 'a holds what is no byte'],
    ['an object', { a: {} }, undefined, 'a is not a list of bytes'],
    ['nothing', {}, undefined, 'a is not a list of bytes'],
  ])('as a list: %s', (_, given, length, expected) => {
    expect(problemOf(() => byteListMember(given, 'a', what, length)).replace('sample: ', '')).toBe(expected)
  })

  it('of a list are read', () => {
    expect(byteListMember({ a: [0, 1, 255] }, 'a', what)).toEqual(Uint8Array.of(0, 1, 255))
  })
})

describe('a word', () => {
  it.each<[string, 8 | 32 | 64, bigint]>([
    ['0', 8, 0n],
    ['255', 8, 255n],
    ['4294967295', 32, 0xffffffffn],
    ['9007199254740991', 64, 9007199254740991n],
    ['18446744073709551615', 64, 0xffffffffffffffffn],
  ])('%s fits in %d bits', (text, bits, value) => {
    expect(wordMember(members(`{"a":${text}}`), 'a', what, bits)).toBe(value)
  })

  it.each<[string, 8 | 32 | 64]>([
    ['256', 8],
    ['-1', 8],
    ['4294967296', 32],
    ['18446744073709551616', 64],
    ['-9007199254740993', 64],
    ['0.5', 64],
    ['"1"', 64],
    ['true', 8],
    ['null', 8],
    ['[1]', 8],
  ])('%s does not in %d', (text, bits) => {
    expect(problemOf(() => wordMember(members(`{"a":${text}}`), 'a', what, bits))).toBe(
      `sample: a is not an integer of ${String(bits)} bits`,
    )
  })

  it('is there', () => {
    expect(problemOf(() => wordMember({}, 'a', what, 8))).toContain('not an integer of 8 bits')
  })
})
