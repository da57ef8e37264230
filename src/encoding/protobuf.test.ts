import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesField, keyOf, varint, wordField } from '../../test/support/containers.js'
import { concat } from '../../test/support/der.js'
import { isVerificationError } from '../errors/error.js'
import { type ProtobufField, readProtobuf } from './protobuf.js'

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const limits = { code: 'EVIDENCE_MALFORMED', what: 'sample', maxFields: 4 } as const
const read = (...parts: readonly Uint8Array[]): readonly ProtobufField[] =>
  readProtobuf(concat(...parts), limits)
const of = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes)

function problemOf(...parts: readonly Uint8Array[]): unknown {
  try {
    read(...parts)
  } catch (error) {
    if (!isVerificationError(error) || error.code !== 'EVIDENCE_MALFORMED') throw error
    expect(error.message).toBe(`sample is not strict protobuf: ${textOf(error.details['problem'])}`)
    return error.details['problem']
  }
  return 'accepted'
}

const most = 0xffff_ffff_ffff_ffffn
const ends = { number: 'it ends inside a number', field: 'it ends inside a field' }
const form = 'a number that is not in its shortest form'
const wide = 'a number of more than 64 bits'
const noNumber = 'a field number that is none'
const noType = 'a wire type that is not read'

describe('fields', () => {
  it('are none in nothing', () => {
    expect(read()).toEqual([])
  })

  it.each([0n, 1n, 127n, 128n, 300n, 2n ** 63n - 1n, 2n ** 63n, most])('of a number: %s', (value) => {
    expect(read(wordField(1, value))).toEqual([{ number: 1, type: 'varint', value }])
  })

  it('of all kinds, in their order, as often as they stand', () => {
    expect(
      read(
        bytesField(7, of(1, 2)),
        keyOf(1, 1),
        of(1, 2, 3, 4, 5, 6, 7, 8),
        keyOf(1, 5),
        of(1, 2, 3, 4),
        wordField(7, 9n),
      ),
    ).toEqual([
      { number: 7, type: 'bytes', value: of(1, 2) },
      { number: 1, type: 'fixed64', value: of(1, 2, 3, 4, 5, 6, 7, 8) },
      { number: 1, type: 'fixed32', value: of(1, 2, 3, 4) },
      { number: 7, type: 'varint', value: 9n },
    ])
    expect(read(bytesField(1, of()), bytesField(1, of()))).toHaveLength(2)
  })

  it('have numbers up to 2^29 - 1', () => {
    expect(read(wordField(2 ** 29 - 1, 5n))).toEqual([{ number: 2 ** 29 - 1, type: 'varint', value: 5n }])
  })

  it('are what was written', () => {
    const field = fc.oneof(
      fc.record({
        number: fc.integer({ min: 1, max: 2 ** 29 - 1 }),
        type: fc.constant('varint'),
        value: fc.bigInt({ min: 0n, max: most }),
      }),
      fc.record({
        number: fc.integer({ min: 1, max: 2 ** 29 - 1 }),
        type: fc.constant('bytes'),
        value: fc.uint8Array({ maxLength: 300 }),
      }),
    )
    fc.assert(
      fc.property(fc.array(field, { maxLength: 4 }), (fields) => {
        const bytes = fields.map(({ number, value }) =>
          typeof value === 'bigint' ? wordField(number, value) : bytesField(number, value),
        )
        expect(read(...bytes)).toEqual(fields)
      }),
      { numRuns: 100 },
    )
  })
})

describe('what is refused', () => {
  it.each<[string, unknown, readonly Uint8Array[]]>([
    ['a key that does not end', ends.number, [of(0x88)]],
    ['a number that is missing', ends.number, [of(0x08)]],
    ['a number that does not end', ends.number, [of(0x08, 0x80, 0x80)]],
    ['a length that is missing', ends.number, [of(0x0a)]],
    ['zero in two bytes', form, [keyOf(1, 0), varint(0n, 1)]],
    ['one in two bytes', form, [keyOf(1, 0), varint(1n, 1)]],
    ['one in ten bytes', form, [keyOf(1, 0), varint(1n, 9)]],
    ['a key in two bytes', form, [of(0x88, 0x00), varint(1n)]],
    ['a length in two bytes', form, [of(0x0a, 0x81, 0x00, 0x55)]],
    ['2^64', wide, [keyOf(1, 0), varint(2n ** 64n)]],
    ['2^64 + 1', wide, [keyOf(1, 0), varint(2n ** 64n + 1n)]],
    ['a number of eleven bytes', wide, [keyOf(1, 0), varint(2n ** 70n)]],
    ['many bytes that go on', wide, [keyOf(1, 0), new Uint8Array(5000).fill(0x80)]],
    ['bytes that are missing', ends.field, [of(0x0a, 0x01)]],
    ['a byte that is missing', ends.field, [of(0x0a, 0x03, 1, 2)]],
    ['a length of 2^64 - 1', ends.field, [keyOf(1, 2), varint(most)]],
    ['seven bytes of eight', ends.field, [keyOf(1, 1), new Uint8Array(7)]],
    ['three bytes of four', ends.field, [keyOf(1, 5), new Uint8Array(3)]],
    ['field 0', noNumber, [of(0x00, 0x01)]],
    ['field 0 of bytes', noNumber, [of(0x02, 0x00)]],
    ['field 2^29', noNumber, [wordField(2 ** 29, 1n)]],
    ['a group', noType, [of(0x0b, 0x0c)]],
    ['the end of a group', noType, [of(0x0c)]],
    ['wire type 6', noType, [of(0x0e)]],
    ['wire type 7', noType, [of(0x0f)]],
    ['five fields', 'more than 4 fields', Array.from({ length: 5 }, () => wordField(1, 1n))],
  ])('%s', (_, problem, parts) => {
    expect(problemOf(...parts)).toBe(problem)
  })

  it('is refused in no time', () => {
    const start = performance.now()
    expect(problemOf(keyOf(1, 2), new Uint8Array(1 << 20).fill(0xff))).toBe(wide)
    expect(problemOf(new Uint8Array(1 << 20).fill(0x08))).toBe('more than 4 fields')
    expect(performance.now() - start).toBeLessThan(2000)
  })

  it('never throws another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        problemOf(bytes)
      }),
      { numRuns: 200 },
    )
  })
})
