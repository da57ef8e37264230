import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../test/fuzz/outcome.js'
import { copyExtras, copyInput } from './input.js'

const kiB = 1024
const one = Uint8Array.of(1)
const files = (count: number, bytes = one): ReadonlyMap<string, Uint8Array> =>
  new Map(Array.from({ length: count }, (_, index) => [`file ${String(index)}`, bytes]))
const outcome = (input: unknown, max = kiB): string => outcomeOf(() => copyInput(input, max))

describe('a directory', () => {
  it('is copied, in its order', () => {
    const bytes = Uint8Array.of(1, 2)
    const given = new Map([
      ['b', bytes],
      ['a', new Uint8Array()],
    ])
    const copy = copyInput(given, kiB)
    bytes.fill(0)
    given.clear()
    expect([...(copy as ReadonlyMap<string, Uint8Array>)]).toEqual([
      ['b', Uint8Array.of(1, 2)],
      ['a', new Uint8Array()],
    ])
  })

  it.each([
    ['nothing', files(0), 'accepted'],
    ['64 files', files(64), 'accepted'],
    ['65 files', files(65), 'EVIDENCE_SIZE'],
    ['1 KiB in two files', files(2, new Uint8Array(512)), 'accepted'],
    ['1 KiB and a byte', new Map([...files(2, new Uint8Array(512)), ['last', one]]), 'EVIDENCE_SIZE'],
    ['one file of more than 1 KiB', files(1, new Uint8Array(kiB + 1)), 'EVIDENCE_SIZE'],
  ])('%s', (_, input, expected) => {
    expect(outcome(input)).toBe(expected)
  })

  it('is read through the intrinsic members, once', () => {
    class Hostile extends Map<string, Uint8Array> {
      override get size(): number {
        return 0
      }
      override forEach(): never {
        throw new Error('asked')
      }
      override [Symbol.iterator](): never {
        throw new Error('asked')
      }
      override entries(): never {
        throw new Error('asked')
      }
    }
    expect(outcome(new Hostile(files(65)))).toBe('EVIDENCE_SIZE')
    expect(copyInput(new Hostile(files(2)), kiB)).toEqual(files(2))
  })

  it.each<[string, unknown, string]>([
    ['an object', { report: one }, 'evidence must be a Uint8Array, or a Map of file names to Uint8Array'],
    ['null', null, 'evidence must be a Uint8Array, or a Map'],
    ['undefined', undefined, 'evidence must be a Uint8Array, or a Map'],
    ['a text', 'report', 'evidence must be a Uint8Array, or a Map'],
    ['a list', [['a', one]], 'evidence must be a Uint8Array, or a Map'],
    ['a set', new Set([one]), 'evidence must be a Uint8Array, or a Map'],
    ['a look-alike', Object.create(Map.prototype), 'evidence must be a Uint8Array, or a Map'],
    ['a proxy', new Proxy(new Map(files(1)), {}), 'evidence must be a Uint8Array, or a Map'],
    ['a number as name', new Map([[1, one]]), 'a file name must be a string'],
    ['text as content', new Map([['a', 'text']]), 'the content of a file must be a Uint8Array'],
    ['null as content', new Map([['a', null]]), 'the content of a file must be a Uint8Array'],
  ])('is a Map of names to bytes, not %s', (_, input, message) => {
    expect(() => copyInput(input, kiB)).toThrow(TypeError)
    expect(() => copyInput(input, kiB)).toThrow(message)
  })
})

it('bytes are copied, up to the limit', () => {
  const bytes = new Uint8Array(kiB)
  const copy = copyInput(bytes, kiB)
  expect(copy).toEqual(bytes)
  expect(copy).not.toBe(bytes)
  expect(outcome(new Uint8Array(kiB + 1))).toBe('EVIDENCE_SIZE')
})

describe('what is added to evidence', () => {
  it('has members that are looked at, and no others', () => {
    expect(copyExtras({})).toEqual({ leaf: null, authorities: [], crls: [] })
    const crl = { crl: one, fetchedAt: new Date(5), scope: 'vcek' as const }
    const whole = { endorsementKey: one, certificates: [one], crls: [crl] }
    expect(copyExtras(whole)).toMatchObject({ leaf: one, crls: [{ der: one, fetchedAt: 5, scope: 'vcek' }] })
    expect(() => copyExtras({ ...whole, crl: one } as object)).toThrow(
      new TypeError('what is added to evidence has no member "crl"'),
    )
    expect(() => copyExtras({ crls: [{ ...crl, fetched: new Date() }] } as object)).toThrow(
      new TypeError('a CRL has no member "fetched"'),
    )
    expect(() => copyExtras({ ['x'.repeat(100)]: 1 })).toThrow(`"${'x'.repeat(64)}"`)
  })
})
