import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { HashAlgorithm } from '../crypto/more-digests.js'
import { evaluate } from './evaluate.js'
import {
  type Expression,
  any,
  base64url,
  concat,
  frame,
  hash,
  input,
  inputsOf,
  integer,
  lengthOfInput,
  literal,
  padRight,
  requireSegment,
  truncate,
} from './expression.js'
import { type Bounds, ambiguityOf, boundsOf, weaklyProven } from './sizes.js'

const values: Readonly<Record<string, Uint8Array>> = {
  a: Uint8Array.of(1, 2, 3),
  b: Uint8Array.of(0xfb, 0xff),
  long: new Uint8Array(300).fill(5),
}
const of = (expression: Expression): string =>
  Buffer.from(
    evaluate(expression, {
      valueOf: (name) => values[name] ?? new Uint8Array(),
      profile: 'x/1',
      carrier: 'REPORT_DATA',
    }),
  ).toString('hex')

const bounds: Readonly<Record<string, Bounds>> = {
  fixed: { min: 32, max: 32 },
  loose: { min: 1, max: 9 },
  other: { min: 2, max: 5 },
}
const boundsIn = (name: string): Bounds => bounds[name] ?? { min: 0, max: 0 }
const sizeOf = (expression: Parameters<typeof boundsOf>[0]): readonly [number, number] => {
  const { min, max } = boundsOf(expression, boundsIn, 'x/1')
  return [min, max]
}
const ambiguity = (expression: Expression) => ambiguityOf(expression, boundsIn, 'x/1')

describe('an expression', () => {
  it.each<readonly [string, Expression, string]>([
    ['a literal', literal('hi'), '6869'],
    ['literal bytes', literal(Uint8Array.of(0, 255)), '00ff'],
    ['an input', input('a'), '010203'],
    ['a length, big-endian', lengthOfInput('long', 4, 'big'), '0000012c'],
    ['a length, little-endian', lengthOfInput('long', 2, 'little'), '2c01'],
    ['an integer of 8 bytes', integer(2n ** 64n - 2n, 8, 'little'), 'feffffffffffffff'],
    ['an integer of 1 byte', integer(255, 1, 'big'), 'ff'],
    ['zero', integer(0, 2, 'big'), '0000'],
    ['a concatenation', concat(input('a'), literal('-'), input('b')), '0102032dfbff'],
    ['base64url', base64url(input('b')), Buffer.from('-_8').toString('hex')],
    ['padding', padRight(5, input('a')), '0102030000'],
    ['a full field', padRight(3, input('a')), '010203'],
    ['a truncation', truncate(2, input('a')), '0102'],
  ])('%s', (_, expression, expected) => {
    expect(of(expression)).toBe(expected)
  })

  it.each<HashAlgorithm>(['sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-384', 'sha3-512'])(
    'hashes with %s as node:crypto does',
    (algorithm) => {
      expect(of(hash(algorithm, concat(input('a'), input('b'))))).toBe(
        createHash(algorithm)
          .update(Uint8Array.of(1, 2, 3, 0xfb, 0xff))
          .digest('hex'),
      )
    },
  )

  it('does not change with what it was made of', () => {
    const bytes = Uint8Array.of(1)
    const expression = literal(bytes)
    bytes[0] = 2
    expect(of(expression)).toBe('01')
    expect(Object.isFrozen(expression)).toBe(true)
    expect(Object.isFrozen(frame('b', 'a'))).toBe(true)
  })

  it('knows its inputs', () => {
    expect(
      inputsOf(concat(input('a'), hash('sha256', frame('c', 'b')), lengthOfInput('a', 1, 'big'))),
    ).toEqual(['a', 'b', 'c', 'a'])
    expect(inputsOf(any(3))).toEqual([])
    expect(inputsOf(literal('x'))).toEqual([])
    for (const wrap of [padRight, truncate]) expect(inputsOf(wrap(9, input('a')))).toEqual(['a'])
    expect(inputsOf(base64url(input('a')))).toEqual(['a'])
  })
})

describe('what is no expression', () => {
  it.each<readonly [string, () => unknown]>([
    ['an empty literal', () => literal('')],
    ['a literal number', () => literal(3 as never)],
    ['a name that begins with a capital', () => input('A')],
    ['an empty name', () => input('')],
    ['a name of 65 letters', () => input('a'.repeat(65))],
    ['a name with a dot', () => input('a.b')],
    ['a name that is no text', () => input(1 as never)],
    ['an integer of 3 bytes', () => integer(1, 3 as never, 'big')],
    ['an integer that does not fit', () => integer(256, 1, 'big')],
    ['a negative integer', () => integer(-1, 1, 'big')],
    ['half an integer', () => integer(0.5, 1, 'big')],
    ['an unsafe integer', () => integer(2 ** 53, 8, 'big')],
    ['no byte order', () => integer(1, 1, 'middle' as never)],
    ['a length of 3 bytes', () => lengthOfInput('a', 3 as never, 'big')],
    ['a length of no byte order', () => lengthOfInput('a', 1, '' as never)],
    ['sha1', () => hash('sha1' as never, input('a'))],
    ['a hash of nothing', () => hash('sha256', undefined as never)],
    ['a hash of a look-alike', () => hash('sha256', { kind: 'input', name: 'a' })],
    ['a hash of free bytes', () => hash('sha256', any(32) as never)],
    ['no parts', () => concat()],
    ['a look-alike among parts', () => concat(input('a'), { ...input('a') })],
    ['a frame of nothing', () => frame()],
    ['a frame with an input twice', () => frame('a', 'b', 'a')],
    ['a frame of 256', () => frame(...Array.from({ length: 256 }, (_, at) => `a${String(at)}`))],
    ['padding to 0', () => padRight(0, input('a'))],
    ['padding to 4097', () => padRight(4097, input('a'))],
    ['padding to half a byte', () => padRight(1.5, input('a'))],
    ['truncation to text', () => truncate('3' as never, input('a'))],
    ['no free bytes', () => any(0)],
    ['a look-alike', () => requireSegment({ kind: 'any', size: 3 })],
  ])('%s', (_, make) => {
    expect(make).toThrow(TypeError)
  })

  it('is not refused at its bounds', () => {
    expect(() => input('a'.repeat(64))).not.toThrow()
    expect(() => padRight(4096, input('a'))).not.toThrow()
    expect(() => frame(...Array.from({ length: 255 }, (_, at) => `a${String(at)}`))).not.toThrow()
    expect(() => integer(2 ** 53 - 1, 8, 'big')).not.toThrow()
  })
})

describe('the size of an expression', () => {
  it.each<readonly [string, Parameters<typeof boundsOf>[0], readonly [number, number]]>([
    ['free bytes', any(7), [7, 7]],
    ['a literal', literal('abc'), [3, 3]],
    ['a fixed input', input('fixed'), [32, 32]],
    ['a loose input', input('loose'), [1, 9]],
    ['a length', lengthOfInput('loose', 1, 'big'), [1, 1]],
    ['a digest of 48', hash('sha384', input('loose')), [48, 48]],
    ['a concatenation', concat(input('fixed'), input('loose'), literal('-')), [34, 42]],
    ['base64url', base64url(input('loose')), [2, 12]],
    ['padding', padRight(9, input('loose')), [9, 9]],
    ['truncation', truncate(1, input('loose')), [1, 1]],
    [
      'a frame',
      frame('loose', 'fixed'),
      [8 + 2 + 1 + 3 + 1 + 10 + 10 + 33, 8 + 2 + 1 + 3 + 1 + 10 + 10 + 41],
    ],
  ])('%s', (_, expression, expected) => {
    expect(sizeOf(expression)).toEqual(expected)
  })

  it.each<readonly [string, Expression]>([
    ['padding that is too short', padRight(8, input('loose'))],
    ['truncation of what may be shorter', truncate(2, input('loose'))],
    ['truncation of what may be shorter, hashed', hash('sha256', truncate(2, input('loose')))],
  ])('cannot be that of %s', (_, expression) => {
    expect(() => sizeOf(expression)).toThrow(TypeError)
  })

  it('holds the length of its input', () => {
    const many = (max: number) => () => boundsOf(lengthOfInput('x', 1, 'big'), () => ({ min: 0, max }), 'x/1')
    expect(many(255)).not.toThrow()
    expect(many(256)).toThrow(TypeError)
  })
})

describe('two lists of inputs with the same bytes', () => {
  const told = lengthOfInput('loose', 4, 'big')
  it.each<readonly [string, Expression, ReturnType<typeof ambiguity>]>([
    ['one loose part', concat(input('fixed'), input('loose'), input('fixed')), null],
    ['two loose parts', concat(input('loose'), input('other')), 'concatenation'],
    [
      'two loose parts, nested',
      concat(input('loose'), concat(literal('x'), input('other'))),
      'concatenation',
    ],
    ['two loose parts, hashed', hash('sha256', concat(input('loose'), input('other'))), 'concatenation'],
    ['a length before the first', concat(told, input('loose'), input('other')), null],
    ['a length before another', concat(told, input('other'), input('loose')), 'concatenation'],
    [
      'a length that does not stand directly before',
      concat(told, input('fixed'), input('loose'), input('other')),
      'concatenation',
    ],
    ['a loose part padded', padRight(9, input('loose')), 'padding'],
    [
      'a loose part padded inside',
      hash('sha256', concat(padRight(9, input('loose')), literal('x'))),
      'padding',
    ],
    ['a fixed part padded', padRight(64, input('fixed')), null],
    [
      'a padded digest of two loose parts',
      padRight(64, hash('sha256', concat(input('loose'), input('other')))),
      'concatenation',
    ],
    [
      'a truncated digest of two',
      truncate(16, hash('sha256', concat(input('loose'), input('other')))),
      'concatenation',
    ],
    ['base64url of two', base64url(concat(input('loose'), input('other'))), 'concatenation'],
    ['a frame', frame('loose', 'other'), null],
    ['two base64url', concat(base64url(input('loose')), base64url(input('other'))), 'concatenation'],
  ])('%s: %s', (_, expression, expected) => {
    expect(ambiguity(expression)).toBe(expected)
  })
})

describe('how much vouches for an input', () => {
  it.each<readonly [string, Expression, readonly string[]]>([
    ['all of it', input('a'), []],
    ['a digest', hash('sha256', input('a')), []],
    ['a length alone', lengthOfInput('a', 4, 'big'), ['a']],
    ['32 bytes of a digest', truncate(32, hash('sha512', input('a'))), []],
    ['31 bytes of a digest', truncate(31, hash('sha512', input('a'))), ['a']],
    ['a part of it', truncate(64, input('a')), ['a']],
    ['a digest of 16 bytes of a digest', hash('sha256', truncate(16, hash('sha256', input('a')))), ['a']],
    ['a padded digest', padRight(64, hash('sha256', input('a'))), []],
    ['base64url', base64url(input('a')), []],
    ['a frame', frame('a', 'b'), []],
    ['a literal beside it', concat(literal('x'), input('a')), []],
  ])('%s', (_, expression, expected) => {
    expect(weaklyProven([expression])).toEqual(expected)
  })

  it('is counted over the whole layout', () => {
    expect(weaklyProven([truncate(16, input('a')), hash('sha256', input('a'))])).toEqual([])
    expect(weaklyProven([truncate(16, input('a')), hash('sha256', input('b'))])).toEqual(['a'])
  })
})
