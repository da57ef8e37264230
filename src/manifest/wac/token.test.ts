import { describe, expect, it } from 'vitest'
import { VerificationError } from '../../errors/error.js'
import { type Token, compositionError, maxCompositionLength, nextToken, openText, quoted } from './token.js'

function tokensOf(text: string): readonly Token[] {
  const cursor = openText(text)
  const out: Token[] = []
  for (;;) {
    const token = nextToken(cursor)
    if (token.kind === 'end') return out
    out.push(token)
  }
}

const shown = (text: string): readonly string[] => tokensOf(text).map(({ kind, text }) => `${kind} ${text}`)

function refusalOf(text: string): readonly unknown[] {
  try {
    tokensOf(text)
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    const { code, message, details } = error
    const { line, column, problem } = details
    expect(Object.keys(details)).toEqual(['line', 'column', 'problem'])
    expect(code).toBe('MANIFEST_COMPOSITION')
    expect(message).toMatch(/^composition, line \d+, column \d+: ./)
    return [line, column, problem]
  }
  return ['accepted']
}

describe('words', () => {
  it.each([
    ['a', ['name a']],
    ['z', ['name z']],
    ['abc-d1-e22', ['name abc-d1-e22']],
    ['ABC', ['name ABC']],
    ['AZ-az-A9-a0', ['name AZ-az-A9-a0']],
    ['%let', ['name let']],
    ['%a', ['name a']],
    ['let', ['keyword let']],
    ['lets', ['name lets']],
    ['let-new', ['name let-new']],
    ['LET', ['name LET']],
    ['a:b', ['package a:b']],
    ['a:new', ['package a:new']],
    ['let:new', ['package let:new']],
    ['a:b:c-d', ['package a:b:c-d']],
    ['%a:%b', ['package %a:%b']],
    ['a:b@1.0.0', ['package a:b@1.0.0']],
    ['a:b@1.0.0-rc+Z9', ['package a:b@1.0.0-rc+Z9']],
    ['a:b@1...', ['package a:b@1...']],
    ['a:b@', ['package a:b@']],
    ['a:b/c', ['path a:b/c']],
    ['a:b/c-d/e@1.0', ['path a:b/c-d/e@1.0']],
    ['a:b/%c', ['path a:b/%c']],
    ['a: b', ['name a', 'symbol :', 'name b']],
    ['a :b', ['name a', 'symbol :', 'name b']],
    ['a::b', ['name a', 'symbol :', 'symbol :', 'name b']],
    ['a:b:', ['package a:b', 'symbol :']],
    ['a:;', ['name a', 'symbol :', 'symbol ;']],
    [';{}:=()[].,', [';', '{', '}', ':', '=', '(', ')', '[', ']', '.', ','].map((item) => `symbol ${item}`)],
    ['...', ['symbol ...']],
    ['..', ['symbol .', 'symbol .']],
    ['....', ['symbol ...', 'symbol .']],
    ['a...b', ['name a', 'symbol ...', 'name b']],
    ['a.b', ['name a', 'symbol .', 'name b']],
    ['"a"', ['string a']],
    ['""', ['string ']],
    ['"a:b/c@1.0"b', ['string a:b/c@1.0', 'name b']],
    ['"\\"', ['string \\']],
    ['"// no /* comment é €"', ['string // no /* comment é €']],
    ['"\t"', ['string \t']],
    ['', []],
    [' \t\n\r\n ', []],
  ])('%j', (text, expected) => {
    expect(shown(text)).toEqual(expected)
  })

  it('keeps the words of WAC and no other', () => {
    const words =
      'as bool borrow char constructor enum export f32 f64 flags func import include interface let list new option ' +
      'package record resource result s16 s32 s64 s8 static string targets tuple type u16 u32 u64 u8 use variant with world'
    for (const word of words.split(' ')) expect(shown(word)).toEqual([`keyword ${word}`])
    for (const word of ['in', 'instance', 'from', 'constructors', 'u128', 'proto', 'to-string']) {
      expect(shown(word)).toEqual([`name ${word}`])
    }
  })
})

describe('comments', () => {
  it.each([
    ['a // b\nc', ['name a', 'name c']],
    ['// b', []],
    ['a//\r\nb', ['name a', 'name b']],
    ['// /* \nb', ['name b']],
    ['//\u2028 b \u2029 c\nd', ['name d']],
    ['/**/a', ['name a']],
    ['a/* b */c', ['name a', 'name c']],
    ['/***/a', ['name a']],
    ['/* // */a', ['name a']],
    ['/* " */a', ['name a']],
    ['/* /* b */ c */d', ['name d']],
    ['/*/*/**/*/*/d', ['name d']],
    ['/*/ */d', ['name d']],
    ['/* 設計 🧪 \ufeff \u200d */d', ['name d']],
  ])('%j', (text, expected) => {
    expect(shown(text)).toEqual(expected)
  })

  it.each([
    ['/*', 1, 1],
    ['/*/', 1, 1],
    ['a\n  /* /* */', 2, 3],
    ['/* */ /*\n\n', 1, 7],
  ])('without an end: %j', (text, line, column) => {
    expect(refusalOf(text)).toEqual([line, column, 'a comment does not end'])
  })
})

describe('refused', () => {
  it.each([
    ['a_b', 1, 2, 'a name goes on with "_" after "a"'],
    ['a-', 1, 2, 'a name goes on with "-" after "a"'],
    ['a--b', 1, 2, 'a name goes on with "-" after "a"'],
    ['model-2', 1, 6, 'a name goes on with "-" after "model"'],
    ['aB', 1, 2, 'a name goes on with "B" after "a"'],
    ['Ab', 1, 2, 'a name goes on with "b" after "A"'],
    ['a-bC', 1, 4, 'a name goes on with "C" after "a-b"'],
    ['a%b', 1, 2, 'a name goes on with "%" after "a"'],
    ['a:b-1', 1, 4, 'a name goes on with "-" after "a:b"'],
    ['a:b@1_', 1, 6, 'a name goes on with "_" after "a:b@1"'],
    ['a:b/c%', 1, 6, 'a name goes on with "%" after "a:b/c"'],
    ['a@1.0', 1, 2, 'unexpected character "@"'],
    ['a/b', 1, 2, 'unexpected character "/"'],
    ['a:b/', 1, 4, 'unexpected character "/"'],
    ['a:b/1', 1, 4, 'unexpected character "/"'],
    ['a:b@1.0/c', 1, 8, 'unexpected character "/"'],
    ['%', 1, 1, 'unexpected character "%"'],
    ['%%a', 1, 1, 'unexpected character "%"'],
    ['%1', 1, 1, 'unexpected character "%"'],
    ['1', 1, 1, 'unexpected character "1"'],
    ['_', 1, 1, 'unexpected character "_"'],
    ['\n -a', 2, 2, 'unexpected character "-"'],
    ['a ->b', 1, 3, 'unexpected character "-"'],
    ['<', 1, 1, 'unexpected character "<"'],
    ["'a'", 1, 1, 'unexpected character "\'"'],
    ['*/', 1, 1, 'unexpected character "*"'],
    ['/ *', 1, 1, 'unexpected character "/"'],
    ['é', 1, 1, 'unexpected character "é"'],
    ['aé', 1, 2, 'unexpected character "é"'],
    ['\u0430', 1, 1, 'unexpected character "\u0430"'],
    ['a:\u0430', 1, 3, 'unexpected character "\u0430"'],
    ['🧪', 1, 1, 'unexpected character "🧪"'],
    ['a\u00a0b', 1, 2, 'unexpected character "\u00a0"'],
    ['\ufeffa', 1, 1, 'unexpected character "\\u{feff}"'],
    ['a\u2028b', 1, 2, 'unexpected character "\\u{2028}"'],
    ['`', 1, 1, 'unexpected character "`"'],
    ['@', 1, 1, 'unexpected character "@"'],
    ['"a', 1, 1, 'a string does not end'],
    [' "a\n', 1, 2, 'a string does not end'],
    ['"a\nb"', 1, 1, 'a string goes over the end of its line'],
  ])('%j', (text, line, column, problem) => {
    expect(refusalOf(text)).toEqual([line, column, problem])
  })
})

describe('characters that no composition may hold, wherever they stand', () => {
  const places = [
    (char: string) => `a\n${char}`,
    (char: string) => `\n"${char}"`,
    (char: string) => `\n/*${char}*/`,
  ]
  const direction = [
    0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
  ]
  const discouraged = [0x149, 0x673, 0xf77, 0xf79, 0x17a3, 0x17a4, 0x17b4, 0x17b5]
  const controls = [0, 1, 8, 0xb, 0xc, 0xe, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f]
  it.each([
    [direction, 'a control of the writing direction'],
    [discouraged, 'a character that Unicode discourages'],
    [controls, 'a control character'],
    [[0xd800, 0xdbff, 0xdc00, 0xdfff], 'a lone surrogate'],
    [[0xd], 'a carriage return without a line feed'],
  ])('%j', (codes, why) => {
    for (const code of codes) {
      for (const [index, place] of places.entries()) {
        const name = code.toString(16).toUpperCase().padStart(4, '0')
        expect(refusalOf(place(String.fromCharCode(code)))).toEqual([
          2,
          [1, 2, 3][index],
          `${why} (U+${name}) is not allowed`,
        ])
      }
    }
  })

  it('their neighbours may', () => {
    for (const code of [
      0x9, 0x20, 0x7e, 0xa0, 0x148, 0x14a, 0x61b, 0x61d, 0x200d, 0x2010, 0x2029, 0x202f, 0x2065,
    ]) {
      expect(refusalOf(`"${String.fromCodePoint(code)}"`)).toEqual(['accepted'])
    }
    expect(refusalOf('"\ud83e\uddea" \r\n')).toEqual(['accepted'])
  })

  it('the first one is named, even behind another mistake', () => {
    expect(refusalOf('@\n \u202e\u0000')).toEqual([
      2,
      2,
      'a control of the writing direction (U+202E) is not allowed',
    ])
  })
})

describe('places', () => {
  it('count lines and UTF-16 units from 1', () => {
    const at = tokensOf('a "🧪" b\n/* \n\n */ c // x\r\n\td').map(({ at }) => [at.line, at.column])
    expect(at).toEqual([
      [1, 1],
      [1, 3],
      [1, 8],
      [4, 5],
      [5, 2],
    ])
  })

  it('of the end: behind the last character', () => {
    const cursor = openText('\n a ')
    nextToken(cursor)
    const end = { kind: 'end', text: '', at: { line: 2, column: 4 } }
    expect(nextToken(cursor)).toEqual(end)
    expect(nextToken(cursor)).toEqual(end)
  })
})

describe('size', () => {
  it('has a limit', () => {
    expect(maxCompositionLength).toBe(1024 * 1024)
    expect(refusalOf(' '.repeat(maxCompositionLength))).toEqual(['accepted'])
    expect(refusalOf(' '.repeat(maxCompositionLength + 1))).toEqual([1, 1, 'longer than 1048576 characters'])
  })
})

describe('messages', () => {
  it('quote at most 64 characters, as JSON', () => {
    expect(quoted('"\n')).toBe(String.raw`"\"\n"`)
    expect(quoted('a\u202eb\u2028')).toBe(String.raw`"a\u{202e}b\u{2028}"`)
    expect(quoted('x'.repeat(64))).toBe(`"${'x'.repeat(64)}"`)
    expect(quoted('x'.repeat(65))).toBe(`"${'x'.repeat(63)}…"`)
  })

  it('say the place, and keep it in the details', () => {
    const error = compositionError('why', { line: 3, column: 5 })
    expect(error.code).toBe('MANIFEST_COMPOSITION')
    expect(error.verdict).toBe('rejected')
    expect(error.message).toBe('composition, line 3, column 5: why')
    expect(error.details).toEqual({ line: 3, column: 5, problem: 'why' })
  })
})
