import { describe, expect, it } from 'vitest'
import { VerificationError } from '../errors/error.js'
import { parseStrictJson } from './json.js'
import { toUtf8 } from './text.js'

const limits = { code: 'POLICY_INVALID', what: 'sample', maxLength: 4096, maxDepth: 8 } as const

/** Every text goes in as text and as bytes. */
function read(text: string): unknown {
  const value = parseStrictJson(text, limits)
  expect(parseStrictJson(toUtf8(text), limits)).toEqual(value)
  return value
}

function problemOf(input: string | Uint8Array): string {
  try {
    parseStrictJson(input, limits)
  } catch (error) {
    if (error instanceof VerificationError && error.code === 'POLICY_INVALID') return error.message
    throw error
  }
  return 'accepted'
}

const nested = (depth: number, open: string, close: string): string =>
  open.repeat(depth) + '1' + close.repeat(depth)

describe('accepted, with the value that JSON.parse gives', () => {
  it.each([
    [
      'numbers',
      ['0', '1', '-1', '10', '123', '0.5', '-0.5', '1.50', '1e2', '1E+2', '1e-2', '1.5e3', '0e1', '0.0e5'],
    ],
    ['the largest exact integers', ['9007199254740991', '-9007199254740991']],
    ['large and small doubles', ['1e21', '1.7976931348623157e308', '2.2250738585072014e-308', '0.000001']],
    ['literals', ['true', 'false', 'null', '[true,false,null]']],
    [
      'strings',
      ['""', '"a"', '"\\u0061"', '"é€\u{1f512}"', '"\\ud83d\\udd12"', '"\\uD83D\\uDD12"', '"\u007f\u2028"'],
    ],
    ['escapes', [String.raw`"\"\\\/\b\f\n\r\t\u0000\u001f\uffff"`]],
    ['a pair, half raw and half escaped', ['"\ud83d\udd12"']],
    ['arrays', ['[]', '[1]', '[[],[[]],{}]', '[1,"2",null]']],
    ['objects', ['{}', '{"":0}', '{"a":{"a":{"a":1}}}', '{"a":1,"A":2,"á":3,"a\u0301":4}']],
    ['keys that objects have anyway', ['{"constructor":1,"toString":2,"hasOwnProperty":3,"prototype":4}']],
    ['white space', [' \t\r\n1 \t\r\n', '{ "a" : [ 1 , 2 ] }', '[\n]', '{\n}']],
  ])('%s', (_, texts) => {
    for (const text of texts) expect(read(text), text).toEqual(JSON.parse(text))
  })

  it('own keys, whatever their name', () => {
    const value = read('{"constructor":1,"valueOf":2}') as object
    expect(Object.keys(value)).toEqual(['constructor', 'valueOf'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })
})

describe('refused, though JSON.parse takes it', () => {
  it.each([
    ['a key twice', '{"a":1,"a":1}', 'duplicate key "a"'],
    ['a key twice, once escaped', '{"a":1,"\\u0061":2}', 'duplicate key "a"'],
    ['a key twice, deep inside', '[{"b":{"x":[],"y":1,"x":2}}]', 'duplicate key "x"'],
    ['a key of every object twice', '{"constructor":1,"constructor":2}', 'duplicate key "constructor"'],
    ['the empty key twice', '{"":1,"":2}', 'duplicate key ""'],
    ['__proto__', '{"__proto__":{}}', '__proto__'],
    ['__proto__, escaped', '{"\\u005f_proto__":1}', '__proto__'],
    ['__proto__, deep inside', '{"a":[{"__proto__":null}]}', '__proto__'],
    ['a lone high surrogate, escaped', '"\\ud800"', 'surrogate'],
    ['a lone low surrogate, escaped', '"\\udc00"', 'surrogate'],
    ['surrogates in the wrong order', '"\\udd12\\ud83d"', 'surrogate'],
    ['a high surrogate before text', '"\\ud800x"', 'surrogate'],
    ['two high surrogates', '"\\ud83d\\ud83d\\udd12"', 'surrogate'],
    ['a lone surrogate, raw', '"\ud800"', 'surrogate'],
    ['a lone surrogate in a key', '{"\\udfff":1}', 'surrogate'],
    ['2^53', '9007199254740992', 'number'],
    ['-2^53', '-9007199254740992', 'number'],
    ['2^53 + 1', '9007199254740993', 'number'],
    ['a very long integer', '1'.repeat(400), 'number'],
    ['infinity by exponent', '1e999', 'number'],
    ['minus infinity by exponent', '-1e999', 'number'],
    ['minus zero', '-0', 'number'],
    ['minus zero, as a fraction', '-0.0', 'number'],
    ['minus zero, by underflow', '-1e-999', 'number'],
  ])('%s', (_, text, problem) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow()
    expect(problemOf(text)).toContain(problem)
  })

  it('anything nested too deeply or too long', () => {
    expect(problemOf(nested(8, '[', ']'))).toBe('accepted')
    expect(problemOf(nested(9, '[', ']'))).toContain('nested deeper than 8')
    expect(problemOf(nested(8, '{"a":', '}'))).toBe('accepted')
    expect(problemOf(nested(9, '{"a":', '}'))).toContain('nested deeper than 8')
    expect(problemOf(nested(1000, '[', ']'))).toContain('nested deeper')
    expect(problemOf(`"${'x'.repeat(4094)}"`)).toBe('accepted')
    expect(problemOf(`"${'x'.repeat(4095)}"`)).toContain('longer than 4096')
    expect(problemOf(toUtf8(`"${'é'.repeat(2047)}"`))).toBe('accepted')
    expect(problemOf(toUtf8(`"${'é'.repeat(2048)}"`))).toContain('longer than 4096')
  })

  it('a document of many open brackets at once', () => {
    const wide = { ...limits, maxLength: 1 << 20 }
    expect(() => parseStrictJson('['.repeat(1 << 20), wide)).toThrow('nested deeper than 8')
  })
})

describe('refused, as by JSON.parse', () => {
  it.each([
    ['nothing', ['', ' ', '\n']],
    ['two values', ['1 2', 'true false', '{}{}', '[]x', '1,']],
    ['a byte order mark', ['\ufeff1', '\ufeff{}']],
    ['comments', ['/**/1', '1//', '[1/*,2*/]', '#1']],
    ['trailing commas', ['[1,]', '{"a":1,}', '[,]', '[,1]', '{,}']],
    ['missing parts', ['[', ']', '{', '}', '{"a"', '{"a":', '{"a":1', '[1', '"', '"a', '[1,', '{"a":1,']],
    ['missing separators', ['[1 2]', '{"a" 1}', '{"a":1 "b":2}', '["a":1]', '{"a",1}', '[1;2]', '{"a"::1}']],
    ['keys that are no strings', ['{a:1}', "{'a':1}", '{1:1}', '{null:1}', '{[]:1}', '{"a":1,b:2}']],
    ['leading zeros', ['00', '01', '-01', '0123', '-00', '1e1.5']],
    [
      'other numbers',
      ['+1', '.5', '1.', '-', '- 1', '1.e1', '1e', '1e+', '--1', '0x10', '1_0', '1n', '٣', '１'],
    ],
    ['what is no number', ['NaN', 'Infinity', '-Infinity', 'nan', 'inf']],
    ['other literals', ['True', 'TRUE', 'nul', 'nulll', 'undefined', 'truefalse', 'tru', 'falsey']],
    ['other quotes', ["'a'", '`a`', '“a”', '"a\'']],
    [
      'bad escapes',
      [
        '"\\x41"',
        '"\\a"',
        '"\\0"',
        '"\\\'"',
        '"\\u"',
        '"\\u12"',
        '"\\u12G4"',
        '"\\u{41}"',
        '"\\',
        '"\\U0041"',
      ],
    ],
    ['control characters in strings', ['"\u0000"', '"\t"', '"\n"', '"\r\n"', '"\u001f"', '{"\n":1}']],
    ['white space of other kinds', ['\u00a01', '\v1', '\f1', '1\u2028', '[1\u00a0]', '\u30001']],
    ['zero characters', ['1\u0000', '\u0000', '[1\u0000]']],
    ['signs around', ['=1', '(1)', '1;', '&']],
    ['other brackets', ['[1}', '{"a":1]', '[[1]', '[1]]', '<a>']],
  ])('%s', (_, texts) => {
    for (const text of texts) {
      expect(() => JSON.parse(text) as unknown, text).toThrow(SyntaxError)
      expect(problemOf(text), text).not.toBe('accepted')
      expect(problemOf(toUtf8(text)), text).not.toBe('accepted')
    }
  })

  it('bytes that are not UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0xaf, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xfe, 0xff, 0x00, 0x31],
      [0xff, 0xfe, 0x31, 0x00],
    ])
      expect(problemOf(Uint8Array.from(bytes))).toContain('not UTF-8')
    expect(problemOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31))).toContain('a value is expected')
  })
})

describe('refusals', () => {
  it('carry the code of the document, and never much of it', () => {
    const secret = 'k'.repeat(1500)
    const text = `{"${secret}":1,"${secret}":2}`
    const run = (): unknown => parseStrictJson(text, { ...limits, code: 'EVIDENCE_MALFORMED', what: 'tsm' })
    expect(run).toThrow(expect.objectContaining({ code: 'EVIDENCE_MALFORMED', verdict: 'malformed' }))
    expect(run).toThrow(/^tsm is not strict JSON: duplicate key "k{64}"$/)
  })

  it('say where', () => {
    expect(problemOf('[1,\n x]')).toContain('a value is expected at character 5')
    expect(problemOf('{"a":1,}')).toContain('a key is expected at character 7')
  })
})
