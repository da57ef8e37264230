import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VerificationError } from '../errors/error.js'
import { parseStrictJsonWithSpans } from './json-spans.js'
import { parseStrictJson } from './json.js'
import { fromUtf8, toUtf8 } from './text.js'

const limits = { code: 'EVIDENCE_MALFORMED', what: 'sample', maxLength: 1 << 20, maxDepth: 40 } as const

function sliceAt(text: string, ...path: readonly string[]): string | null {
  const bytes = toUtf8(text)
  const [span = null] = parseStrictJsonWithSpans(bytes, limits, [path]).spans
  return span === null ? null : fromUtf8(bytes.subarray(...span))
}

describe('the bytes of a value', () => {
  it.each([
    ['an object', '{"a":{"b":1}}', ['a'], '{"b":1}'],
    ['the whole document', ' [1] ', [], '[1]'],
    ['a number at the end', '12', [], '12'],
    ['white space left around', '{ "a" :\t[ 1 , 2 ]\r\n, "b":0}', ['a'], '[ 1 , 2 ]'],
    ['white space kept inside', '{"a": { "x" :\n1 } }', ['a'], '{ "x" :\n1 }'],
    ['deep inside', '{"a":{"b":{"c":"d"}}}', ['a', 'b', 'c'], '"d"'],
    ['after others', '{"x":[{"a":1},"}"],"y":"a","z":null,"a":true}', ['a'], 'true'],
    ['the key as a value before', '{"x":"a","a":2}', ['a'], '2'],
    ['the key deeper before', '{"x":{"a":1},"a":2}', ['a'], '2'],
    ['quotes in strings', String.raw`{"x":"\"a\":1","a":"\\"}`, ['a'], String.raw`"\\"`],
    ['brackets in strings', '{"x":"]}","a":["[{"]}', ['a'], '["[{"]'],
    ['an escaped key', String.raw`{"\u0061":7}`, ['a'], '7'],
    ['a key that must be escaped', String.raw`{"a\"b":7}`, ['a"b'], '7'],
    ['bytes beyond ASCII before and inside', '{"é\u{1f512}":"é","a":"€\u{1f512}"}', ['a'], '"€\u{1f512}"'],
    ['the empty key', '{"x":1,"":2}', [''], '2'],
    ['a key that objects have anyway', '{"constructor":3}', ['constructor'], '3'],
    ['null', '{"a":null}', ['a'], 'null'],
    ['a number before a brace', '{"a":-1.5e3}', ['a'], '-1.5e3'],
    ['a number before space', '{"a":5 }', ['a'], '5'],
    ['a number before a bracket, all of it', '[5]', [], '[5]'],
    ['an empty object', '{"a":{},"b":[]}', ['b'], '[]'],
  ])('%s', (_, text, path, expected) => {
    expect(sliceAt(text, ...path)).toBe(expected)
  })

  it.each([
    ['an absent key', '{"a":1}', ['b']],
    ['an absent key of an empty object', '{ }', ['b']],
    ['a key of a list', '[{"a":1}]', ['a']],
    ['a key of a text', '{"a":"b"}', ['a', 'b']],
    ['an inherited key', '{"a":1}', ['toString']],
    ['an index', '{"a":[1]}', ['a', '0']],
  ])('is nowhere for %s', (_, text, path) => {
    expect(sliceAt(text, ...path)).toBeNull()
  })

  it('is found for several paths at once, with the value', () => {
    const bytes = toUtf8('{"a":1,"b":[2]}')
    expect(parseStrictJsonWithSpans(bytes, limits, [['b'], ['c'], ['a']])).toEqual({
      value: { a: 1, b: [2] },
      spans: [[11, 14], null, [5, 6]],
    })
  })

  it('is the value that the document has there', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 4 })),
        fc.nat(),
        fc.constantFrom(undefined, 1, '\t'),
        (object, index, space) => {
          const text = JSON.stringify(object, null, space)
          let value: unknown
          try {
            value = parseStrictJson(text, limits)
          } catch {
            // Minus zero, or __proto__.
            return
          }
          const keys = Object.keys(value as object)
          const key = keys[index % Math.max(keys.length, 1)]
          if (key === undefined) return
          const slice = sliceAt(text, key)
          expect(parseStrictJson(slice ?? '', limits)).toEqual((value as Record<string, unknown>)[key])
        },
      ),
    )
  })
})

describe('what is no strict JSON', () => {
  it.each([
    ['a duplicate key', '{"a":1,"a":2}'],
    ['a duplicate key in what nobody asks for', '{"a":1,"b":{"c":1,"c":1}}'],
    ['bytes after it', '{"a":1}x'],
    ['a lone surrogate', String.raw`{"a":"\ud800"}`],
    ['half of it', '{"a":'],
  ])('has no spans: %s', (_, text) => {
    expect(() => sliceAt(text, 'a')).toThrow(VerificationError)
  })

  it('bytes that are not UTF-8', () => {
    const bytes = Uint8Array.from([...toUtf8('{"a":"'), 0xff, ...toUtf8('"}')])
    expect(() => parseStrictJsonWithSpans(bytes, limits, [['a']])).toThrow('not UTF-8')
  })
})

it('takes time in proportion to the document', () => {
  const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`k${String(index)}`, '\\"']))
  const start = performance.now()
  expect(sliceAt(JSON.stringify({ many, last: 1 }), 'last')).toBe('1')
  expect(sliceAt(JSON.stringify(many), 'k59999')).toBe(String.raw`"\\\""`)
  expect(performance.now() - start).toBeLessThan(20_000)
})
