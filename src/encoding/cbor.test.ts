import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cborBytes, cborInt, cborList, cborMap, cborTag, cborText, head } from '../../test/support/cmw.js'
import { concat, hex } from '../../test/support/der.js'
import { isVerificationError } from '../errors/error.js'
import { type CborLimits, type CborValue, readCbor } from './cbor.js'

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const limits: CborLimits = { code: 'EVIDENCE_MALFORMED', what: 'test', maxDepth: 4, maxItems: 16 }
const read = (bytes: Uint8Array): CborValue => readCbor(bytes, limits)
function refusalOf(bytes: Uint8Array): string {
  try {
    read(bytes)
    return 'accepted'
  } catch (error) {
    if (!isVerificationError(error)) throw error
    expect(error.message).toBe(`test is not strict CBOR: ${textOf(error.details['problem'])}`)
    return `${error.code} ${textOf(error.details['problem'])}`
  }
}

// The examples of RFC 8949, appendix A, that are in the deterministic form and no floats.
describe('what is read', () => {
  it.each<[string, unknown]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['18ff', 255],
    ['190100', 256],
    ['19ffff', 65535],
    ['1a00010000', 65536],
    ['1affffffff', 4294967295],
    ['1b0000000100000000', 4294967296],
    ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['1b0020000000000000', 2n ** 53n],
    ['1bffffffffffffffff', 2n ** 64n - 1n],
    ['20', -1],
    ['3863', -100],
    ['3b001ffffffffffffe', Number.MIN_SAFE_INTEGER],
    ['3b001fffffffffffff', -(2n ** 53n)],
    ['3bffffffffffffffff', -(2n ** 64n)],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['40', new Uint8Array()],
    ['4401020304', hex('01020304')],
    ['60', ''],
    ['62c3bc', 'ü'],
    ['6449455446', 'IETF'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['a0', new Map()],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
    ['c11a514b67b0', { tag: 1, content: 1363896240 }],
    ['dbffffffffffffffff00', { tag: 2n ** 64n - 1n, content: 0 }],
  ])('%s', (text, value) => {
    expect(read(hex(text))).toEqual(value)
  })

  it('text as UTF-8', () => {
    expect(read(cborText('水'))).toBe('水')
  })

  it('bytes as a view', () => {
    const document = cborBytes(hex('0102'))
    expect((read(document) as Uint8Array).buffer).toBe(document.buffer)
  })

  it('keys that look alike and are not', () => {
    const keys = [cborText('1'), cborInt(1), cborInt(-1), cborInt(2n ** 60n), cborText('__proto__')]
    const map = read(cborMap(...keys.map((key) => [key, cborInt(0)] as const)))
    expect([...(map as ReadonlyMap<unknown, unknown>).keys()]).toEqual(['1', 1, -1, 2n ** 60n, '__proto__'])
  })

  it('four levels and sixteen items', () => {
    expect(read(cborTag(1, cborList(cborMap([cborInt(1), cborList(cborInt(1))]))))).toEqual({
      tag: 1,
      content: [new Map([[1, [1]]])],
    })
    expect(read(cborList(...Array.from({ length: 15 }, () => cborInt(1))))).toHaveLength(15)
  })
})

describe('what is refused', () => {
  const shortest = 'a number that is not in its shortest form'
  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'it ends inside an item'],
    ['a byte behind it', hex('0000'), 'bytes behind it'],
    ['23 in two bytes', hex('1817'), shortest],
    ['255 in three', hex('1900ff'), shortest],
    ['65535 in five', hex('1a0000ffff'), shortest],
    ['2^32 - 1 in nine', hex('1b00000000ffffffff'), shortest],
    ['-24 in two', hex('3817'), shortest],
    ['a length that is long', hex('580100'), shortest],
    ['a tag that is long', hex('d80100'), shortest],
    ['half a number', hex('19ff'), 'it ends inside an item'],
    ['bytes that end early', hex('4201'), 'it ends inside an item'],
    ['text that ends early', hex('6261'), 'it ends inside an item'],
    ['2^64 - 1 bytes', hex('5bffffffffffffffff'), 'it ends inside an item'],
    ['a list that ends early', hex('8201'), 'it ends inside an item'],
    ['a list of 2^64 - 1', hex('9bffffffffffffffff01'), 'it ends inside an item'],
    ['a map of 2^64 - 1', hex('bbffffffffffffffff0101'), 'it ends inside an item'],
    ['a map without a value', hex('a101'), 'it ends inside an item'],
    ['a tag of nothing', hex('c1'), 'it ends inside an item'],
    ...['1c00', '1d', '1e', '1f', '5f4101ff', '7f6161ff', '9f01ff', 'bf0101ff', 'df00'].map(
      (text): [string, Uint8Array, string] => [text, hex(text), 'a length that is not definite'],
    ),
    ...['f93c00', 'fa47c35000', 'fb3ff199999999999a', 'f7', 'f0', 'f818', 'f8f4', 'ff', 'fc', 'e0', 'f3'].map(
      (text): [string, Uint8Array, string] => [text, hex(text), 'a float or a simple value that is not read'],
    ),
    ['text that is no UTF-8', hex('61ff'), 'text that is not UTF-8'],
    ['half a surrogate', hex('63eda080'), 'text that is not UTF-8'],
    ['a key twice', hex('a201000100'), 'duplicate key "1"'],
    [
      'a long key twice',
      cborMap(...[1, 2].map((n) => [cborText('a'.repeat(70)), cborInt(n)] as const)),
      `duplicate key "${'a'.repeat(64)}"`,
    ],
    [
      'a large key twice',
      cborMap(...[1, 2].map((n) => [cborInt(2n ** 60n), cborInt(n)] as const)),
      `duplicate key "${String(2n ** 60n)}"`,
    ],
    ...['40', '80', 'a0', 'f5', 'f6', 'c101'].map((key): [string, Uint8Array, string] => [
      `a key ${key}`,
      concat(hex('a1'), hex(key), hex('00')),
      'a key that is no number and no text',
    ]),
    ['five levels of lists', hex('818181818101'), 'nested deeper than 4'],
    ['five levels of maps', hex('a100a100a100a100a10000'), 'nested deeper than 4'],
    ['five levels of tags', hex('c1c1c1c1c100'), 'nested deeper than 4'],
    ['17 items', cborList(...Array.from({ length: 16 }, () => cborInt(1))), 'more than 16 items'],
    [
      '17 items of a map',
      cborMap(...Array.from({ length: 8 }, (_, n) => [cborInt(n), cborInt(1)] as const)),
      'more than 16 items',
    ],
  ])('%s', (_, bytes, problem) => {
    expect(refusalOf(bytes)).toBe(`EVIDENCE_MALFORMED ${problem}`)
  })
})

it('any bytes are refused, or have this one form', () => {
  const write = (value: CborValue): Uint8Array => {
    if (typeof value === 'number' || typeof value === 'bigint') return cborInt(value)
    if (typeof value === 'string') return cborText(value)
    if (typeof value === 'boolean') return hex(value ? 'f5' : 'f4')
    if (value === null) return hex('f6')
    if (value instanceof Uint8Array) return cborBytes(value)
    if (value instanceof Map)
      return cborMap(
        ...[...(value as ReadonlyMap<string, CborValue>)].map(
          ([key, one]) => [write(key), write(one)] as const,
        ),
      )
    if ('tag' in value) return concat(head(6, value.tag), write(value.content))
    return cborList(...(value as readonly CborValue[]).map(write))
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
      if (refusalOf(bytes) === 'accepted') expect([...write(read(bytes))]).toEqual([...bytes])
    }),
    { numRuns: 200 },
  )
})
