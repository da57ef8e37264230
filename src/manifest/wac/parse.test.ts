import { describe, expect, it } from 'vitest'
import { VerificationError } from '../../errors/error.js'
import type { WacExpression } from './document.js'
import { parseWac } from './parse.js'

const head = 'package demo:flow;\n'

function refusalOf(text: string): string {
  try {
    parseWac(text)
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    expect(error.code).toBe('MANIFEST_COMPOSITION')
    const { line, column, problem } = error.details
    return `${JSON.stringify(line)}:${JSON.stringify(column)} ${problem as string}`
  }
  return 'accepted'
}

/** Statements after the header, so they begin on line 2. */
const bodyRefusal = (text: string): string => refusalOf(head + text)

/** An expression as text, each access with its brackets. */
function written({ primary, accesses }: WacExpression): string {
  const first =
    primary.kind === 'local'
      ? primary.name
      : `new ${primary.package}{${[
          ...primary.arguments.map((item) =>
            item.kind === 'named'
              ? `${item.exact ? `"${item.name}"` : item.name}:${written(item.value)}`
              : item.kind === 'spread'
                ? `...${item.name}`
                : item.name,
          ),
          ...(primary.fill ? ['...'] : []),
        ].join()}}`
  return first + accesses.map(({ name, exact }) => (exact ? `["${name}"]` : `.${name}`)).join('')
}

/** The last statement, as text. */
function lastOf(text: string): string {
  const statement = parseWac(head + text).statements.at(-1)
  if (statement === undefined) return 'nothing'
  if (statement.kind === 'let') return `let ${statement.name} = ${written(statement.value)}`
  const name = statement.name === null ? '' : ` as ${statement.name}`
  return `export ${written(statement.value)}${statement.spread ? '...' : ''}${name}`
}

describe('the example of two parties', () => {
  const text =
    'package demo:flow;\n\nlet model = new imec:pdk-model { ... };\nlet opt = new fabless:optimizer { ' +
    '"imec:pdk-model/lookup@0.1.0": model["imec:pdk-model/lookup@0.1.0"], ... };\n\nexport opt...;\n'

  it('is read with every place', () => {
    expect(parseWac(text)).toEqual({
      package: 'demo:flow',
      version: null,
      statements: [
        {
          kind: 'let',
          name: 'model',
          at: { line: 3, column: 1 },
          value: {
            primary: {
              kind: 'new',
              package: 'imec:pdk-model',
              arguments: [],
              fill: true,
              at: { line: 3, column: 13 },
            },
            accesses: [],
          },
        },
        {
          kind: 'let',
          name: 'opt',
          at: { line: 4, column: 1 },
          value: {
            primary: {
              kind: 'new',
              package: 'fabless:optimizer',
              arguments: [
                {
                  kind: 'named',
                  name: 'imec:pdk-model/lookup@0.1.0',
                  exact: true,
                  value: {
                    primary: { kind: 'local', name: 'model', at: { line: 4, column: 66 } },
                    accesses: [{ name: 'imec:pdk-model/lookup@0.1.0', exact: true }],
                  },
                  at: { line: 4, column: 35 },
                },
              ],
              fill: true,
              at: { line: 4, column: 11 },
            },
            accesses: [],
          },
        },
        {
          kind: 'export',
          value: { primary: { kind: 'local', name: 'opt', at: { line: 6, column: 8 } }, accesses: [] },
          name: null,
          spread: true,
          at: { line: 6, column: 1 },
        },
      ],
    })
  })

  it('loses nothing to white space and comments', () => {
    const spaced = text.replace(/[;{},=]/g, ' /* a /* b */ */ $& // c\n ')
    const bare = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === 'at' ? undefined : item)))
    expect(bare(parseWac(spaced))).toEqual(bare(parseWac(text)))
  })

  it('every text that stops early is refused', () => {
    const whole = text.trimEnd()
    for (let end = 0; end < whole.length; end += 1) {
      const cut = whole.slice(0, end)
      const ends = cut.endsWith('};') || cut.trim().endsWith(';')
      expect(refusalOf(cut) === 'accepted', JSON.stringify(cut)).toBe(ends)
    }
  })
})

describe('the header', () => {
  it.each([
    ['package a:b;', 'a:b', null],
    ['/* c */ package a-b:C-D ;', 'a-b:C-D', null],
    ['package a:b@0.1.20;', 'a:b', '0.1.20'],
    ['package a:b@123456789.0.0;', 'a:b', '123456789.0.0'],
    ['package package:let;', 'package:let', null],
  ])('%j', (text, name, version) => {
    expect(parseWac(text)).toEqual({ package: name, version, statements: [] })
  })

  const noName = (text: string): string =>
    `1:9 "${text}" is no package name: ns:pkg, and a version is three plain numbers`
  it.each([
    ['', '1:1 expected "package", the text ends'],
    ['let a = new a:b {};', '1:1 expected "package", found the keyword "let"'],
    ['%package a:b;', '1:1 expected "package", found the name "package"'],
    ['package', '1:8 expected a package name, the text ends'],
    ['package a;', '1:9 expected a package name, found the name "a"'],
    ['package a: b;', '1:9 expected a package name, found the name "a"'],
    ['package "a:b";', '1:9 expected a package name, found the string "a:b"'],
    ['package a:b/c;', '1:9 expected a package name, found the path "a:b/c"'],
    ['package a:b', '1:12 expected ";", the text ends'],
    ['package a:b targets c:d/e;', '1:13 expected ";", found the keyword "targets"'],
    ['package a:b; package a:b;', '1:14 expected a "let" or "export" statement, found the keyword "package"'],
    ['package a:b:c;', noName('a:b:c')],
    ['package a:%b;', noName('a:%b')],
    ['package %a:b;', noName('%a:b')],
    ['package a:b@;', noName('a:b@')],
    ['package a:b@1;', noName('a:b@1')],
    ['package a:b@1.0;', noName('a:b@1.0')],
    ['package a:b@1.0.0.0;', noName('a:b@1.0.0.0')],
    ['package a:b@01.0.0;', noName('a:b@01.0.0')],
    ['package a:b@1.00.0;', noName('a:b@1.00.0')],
    ['package a:b@1.0.0-rc;', noName('a:b@1.0.0-rc')],
    ['package a:b@1.0.0+b;', noName('a:b@1.0.0+b')],
    ['package a:b@v1.0.0;', noName('a:b@v1.0.0')],
    ['package a:b@1234567890.0.0;', noName('a:b@1234567890.0.0')],
  ])('refused: %j', (text, problem) => {
    expect(refusalOf(text)).toBe(problem)
  })
})

describe('statements', () => {
  it.each([
    ['let a = new c:d {};', 'let a = new c:d{}'],
    ['let %let = new c:d {};', 'let let = new c:d{}'],
    ['let a = new c:d {}; let b = a;', 'let b = a'],
    ['let a = new c:d {}; let A = a;', 'let A = a'],
    ['let %constructor = new c:d {}; let valueof = %constructor;', 'let valueof = constructor'],
    ['export new c:d {};', 'export new c:d{}'],
    ['export new c:d {}...;', 'export new c:d{}...'],
    ['export new c:d {} as e;', 'export new c:d{} as e'],
    ['export new c:d {} as "e:f/g@1.0.0";', 'export new c:d{} as e:f/g@1.0.0'],
    ['export new c:d {} as %as;', 'export new c:d{} as as'],
    ['', 'nothing'],
  ])('%j', (text, expected) => {
    expect(lastOf(text)).toBe(expected)
  })

  const notA = (found: string): string => `2:1 expected a "let" or "export" statement, found ${found}`
  it.each([
    ['import a: c:d/e;', notA('the keyword "import"')],
    ['include c:d/e;', notA('the keyword "include"')],
    ['use c:d/e.{f};', notA('the keyword "use"')],
    ['type a = u8;', notA('the keyword "type"')],
    ['interface a {}', notA('the keyword "interface"')],
    ['world a {}', notA('the keyword "world"')],
    ['resource a {}', notA('the keyword "resource"')],
    ['record a { b: u8 }', notA('the keyword "record"')],
    ['variant a { b }', notA('the keyword "variant"')],
    ['flags a { b }', notA('the keyword "flags"')],
    ['enum a { b }', notA('the keyword "enum"')],
    ['new c:d {};', notA('the keyword "new"')],
    ['a;', notA('the name "a"')],
    ['"a";', notA('the string "a"')],
    [';', notA('";"')],
    ['%export a;', notA('the name "export"')],
    ['let = new c:d {};', '2:5 expected a name, found "="'],
    ['let let = new c:d {};', '2:5 expected a name, found the keyword "let"'],
    ['let "a" = new c:d {};', '2:5 expected a name, found the string "a"'],
    ['let a:b = new c:d {};', '2:5 expected a name, found the package "a:b"'],
    ['let a new c:d {};', '2:7 expected "=", found the keyword "new"'],
    ['let a = ;', '2:9 expected a name, "new" or "(", found ";"'],
    ['let a = "b";', '2:9 expected a name, "new" or "(", found the string "b"'],
    ['let a = new c:d {}', '2:19 expected ";", the text ends'],
    ['let a = new c:d {} as b;', '2:20 expected ";", found the keyword "as"'],
    ['let a = new c:d {}...;', '2:19 expected ";", found "..."'],
    ['let a = new c:d {};;', '2:20 expected a "let" or "export" statement, found ";"'],
    ['let a = new c:d {}; let a = new c:d {};', '2:25 "a" is declared twice'],
    ['let a = new c:d {}; let %a = a;', '2:25 "a" is declared twice'],
    ['let a = a;', '2:9 "a" is not declared before it is used'],
    ['let a = b; let b = new c:d {};', '2:9 "b" is not declared before it is used'],
    ['export toString;', '2:10 a name goes on with "S" after "to"'],
    ['export %constructor;', '2:8 "constructor" is not declared before it is used'],
    ['export constructor;', '2:8 expected a name, "new" or "(", found the keyword "constructor"'],
    ['export valueof;', '2:8 "valueof" is not declared before it is used'],
    ['export;', '2:7 expected a name, "new" or "(", found ";"'],
    ['export new c:d {} as;', '2:21 expected a name or a string, found ";"'],
    ['export new c:d {} as new;', '2:22 expected a name or a string, found the keyword "new"'],
    ['export new c:d {} as e:f;', '2:22 expected a name or a string, found the package "e:f"'],
    ['export new c:d {} as e f;', '2:24 expected ";", found the name "f"'],
    ['export new c:d {}... as e;', '2:22 expected ";", found the keyword "as"'],
    ['export new c:d {} ... ...;', '2:23 expected ";", found "..."'],
    ['export new c:d {} %as e;', '2:19 expected ";", found the name "as"'],
  ])('refused: %j', (text, problem) => {
    expect(bodyRefusal(text)).toBe(problem)
  })
})

describe('expressions', () => {
  const a = 'let a = new c:d {}; export '
  it.each([
    ['a', 'a'],
    ['a.b', 'a.b'],
    ['a.b-c.%let.D', 'a.b-c.let.D'],
    ['a["b"]', 'a["b"]'],
    ['a[""]', 'a[""]'],
    ['a [ "b:c/d@1.0.0" ] . e["f"]', 'a["b:c/d@1.0.0"].e["f"]'],
    ['(a)', 'a'],
    ['((a).b)["c"]', 'a.b["c"]'],
    ['(new c:d {}).b', 'new c:d{}.b'],
    ['new c:d {}.b["c"]', 'new c:d{}.b["c"]'],
  ])('%j', (text, expected) => {
    expect(lastOf(`${a}${text};`)).toBe(`export ${expected}`)
  })

  it.each([
    ['a.', '2:30 expected a name, found ";"'],
    ['a."b"', '2:30 expected a name, found the string "b"'],
    ['a.new', '2:30 expected a name, found the keyword "new"'],
    ['a..b', '2:30 expected a name, found "."'],
    ['a[b]', '2:30 expected a string, found the name "b"'],
    ['a["b"', '2:33 expected "]", found ";"'],
    ['a[]', '2:30 expected a string, found "]"'],
    ['a["b"]c', '2:34 expected ";", found the name "c"'],
    ['(a', '2:30 expected ")", found ";"'],
    ['a)', '2:29 expected ";", found ")"'],
    ['()', '2:29 expected a name, "new" or "(", found ")"'],
    ['(a b)', '2:31 expected ")", found the name "b"'],
    ['a b', '2:30 expected ";", found the name "b"'],
    ['b.a', '2:28 "b" is not declared before it is used'],
    ['"a"', '2:28 expected a name, "new" or "(", found the string "a"'],
    ['a(b)', '2:29 expected ";", found "("'],
  ])('refused: %j', (text, problem) => {
    expect(bodyRefusal(`${a}${text};`)).toBe(problem)
  })
})

describe('new', () => {
  const ab = 'let a = new c:d {}; let b = a; export '
  it.each([
    ['new c:d { a }', 'new c:d{a}'],
    ['new c:d { a, }', 'new c:d{a}'],
    ['new c:d { a, b }', 'new c:d{a,b}'],
    ['new c:d { x: a }', 'new c:d{x:a}'],
    ['new c:d { %x : a }', 'new c:d{x:a}'],
    ['new c:d { "x": a.y, "z:z/z@1.0.0": b["q"], }', 'new c:d{"x":a.y,"z:z/z@1.0.0":b["q"]}'],
    ['new c:d { ...a }', 'new c:d{...a}'],
    ['new c:d { ... a, ...b, }', 'new c:d{...a,...b}'],
    ['new c:d { ... }', 'new c:d{...}'],
    ['new c:d { ..., }', 'new c:d{...}'],
    ['new c:d { a, ...b, x: a, ... }', 'new c:d{a,...b,x:a,...}'],
    ['new c:d { a, ...a }', 'new c:d{a,...a}'],
    ['new c:d { a: a, b: a }', 'new c:d{a:a,b:a}'],
    ['new c:d { x: new e:f { y: (new g:h { ... }).z }, ... }', 'new c:d{x:new e:f{y:new g:h{...}.z},...}'],
    ['new let:new {}', 'new let:new{}'],
  ])('%j', (text, expected) => {
    expect(lastOf(`${ab}${text};`)).toBe(`export ${expected}`)
  })

  const registry = (name: string): string => `2:43 "${name}" has a version, so it would come from a registry`
  it.each([
    ['new c:d@1.0.0 {}', registry('c:d')],
    ['new c:d@1.0 {}', '2:43 "c:d@1.0" is no package name: ns:pkg, and a version is three plain numbers'],
    ['new c:d:e {}', '2:43 "c:d:e" is no package name: ns:pkg, and a version is three plain numbers'],
    ['new demo:flow {}', '2:43 "demo:flow" is this composition itself'],
    ['new c:d/e {}', '2:43 expected a package name, found the path "c:d/e"'],
    ['new a {}', '2:43 expected a package name, found the name "a"'],
    ['new "c:d" {}', '2:43 expected a package name, found the string "c:d"'],
    ['new {}', '2:43 expected a package name, found "{"'],
    ['new c:d', '2:46 expected "{", found ";"'],
    ['new c:d ()', '2:47 expected "{", found "("'],
    ['new c:d {', '2:48 expected an argument or "}", found ";"'],
    ['new c:d { a', '2:50 expected "}", found ";"'],
    ['new c:d { a b }', '2:51 expected "}", found the name "b"'],
    ['new c:d { a; }', '2:50 expected "}", found ";"'],
    ['new c:d { , }', '2:49 expected an argument or "}", found ","'],
    ['new c:d { a,, b }', '2:51 expected an argument or "}", found ","'],
    ['new c:d { a.b }', '2:50 expected "}", found "."'],
    ['new c:d { "a" }', '2:53 expected ":", found "}"'],
    ['new c:d { "a", b }', '2:52 expected ":", found ","'],
    ['new c:d { x:a }', '2:49 expected an argument or "}", found the package "x:a"'],
    ['new c:d { x: }', '2:52 expected a name, "new" or "(", found "}"'],
    ['new c:d { x: z }', '2:52 "z" is not declared before it is used'],
    ['new c:d { z }', '2:49 "z" is not declared before it is used'],
    ['new c:d { ...z }', '2:52 "z" is not declared before it is used'],
    ['new c:d { new }', '2:49 expected an argument or "}", found the keyword "new"'],
    ['new c:d { new: a }', '2:49 expected an argument or "}", found the keyword "new"'],
    ['new c:d { (a) }', '2:49 expected an argument or "}", found "("'],
    ['new c:d { ..., a }', '2:54 expected "}", as "..." ends the arguments, found the name "a"'],
    ['new c:d { ..., ... }', '2:54 expected "}", as "..." ends the arguments, found "..."'],
    ['new c:d { ...,, }', '2:53 expected "}", as "..." ends the arguments, found ","'],
    ['new c:d { ...(a) }', '2:52 expected "}", as "..." ends the arguments, found "("'],
    ['new c:d { ...new e:f {} }', '2:52 expected "}", as "..." ends the arguments, found the keyword "new"'],
    ['new c:d { ...a.b }', '2:53 expected "}", found "."'],
    ['new c:d { ...a...b }', '2:53 expected "}", found "..."'],
    ['new c:d { .. }', '2:49 expected an argument or "}", found "."'],
    ['new c:d { a, a }', '2:52 the argument "a" is given twice'],
    ['new c:d { a, a: b }', '2:52 the argument "a" is given twice'],
    ['new c:d { x: a, "x": b }', '2:55 the argument "x" is given twice'],
    ['new c:d { x: a, ...b, x: b }', '2:61 the argument "x" is given twice'],
    ['new c:d { ...a, ...a }', '2:58 the argument "...a" is given twice'],
    ['new c:d { x: new e:f@1.0.0 {} }', '2:56 "e:f" has a version, so it would come from a registry'],
  ])('refused: %j', (text, problem) => {
    expect(bodyRefusal(`${ab}${text};`)).toBe(problem)
  })
})

it('arguments without a value keep what they are and where', () => {
  const statement = parseWac(`${head}let a = new c:d {}; export new c:d { a, ... a };`).statements[1]
  expect(statement?.value.primary).toMatchObject({
    arguments: [
      { kind: 'inferred', name: 'a', at: { line: 2, column: 38 } },
      { kind: 'spread', name: 'a', at: { line: 2, column: 45 } },
    ],
  })
})

describe('limits', () => {
  const parens = (depth: number): string => `let a = ${'('.repeat(depth)}new c:d {}${')'.repeat(depth)};`
  const news = (depth: number): string =>
    `export ${'new c:d { x: '.repeat(depth - 1)}new c:d {}${' }'.repeat(depth - 1)};`

  it('of depth: 64 for new and parentheses together', () => {
    expect(bodyRefusal(parens(63))).toBe('accepted')
    expect(bodyRefusal(parens(64))).toBe('2:73 nested deeper than 64')
    expect(bodyRefusal(parens(65))).toBe('2:73 nested deeper than 64')
    expect(bodyRefusal(news(64))).toBe('accepted')
    expect(bodyRefusal(news(65))).toBe(`2:${String(8 + 64 * 13)} nested deeper than 64`)
    expect(bodyRefusal('let a = new c:d {}; let b = ' + '('.repeat(64) + 'a' + ')'.repeat(64) + ';')).toBe(
      'accepted',
    )
    expect(bodyRefusal('let a = new c:d {}; let b = ' + '('.repeat(65) + 'a' + ')'.repeat(65) + ';')).toBe(
      '2:93 nested deeper than 64',
    )
  })

  it('but not of what stands side by side', () => {
    expect(bodyRefusal(parens(63) + `export (a)${'.b["c"]'.repeat(5000)};`)).toBe('accepted')
  })

  it('of instances: 4096, nested ones too', () => {
    expect(bodyRefusal('export new c:d {};'.repeat(4096))).toBe('accepted')
    expect(bodyRefusal('export new c:d {};'.repeat(4095) + 'export new c:d { x: new c:d {} };')).toBe(
      `2:${String(4095 * 18 + 21)} more than 4096 instances`,
    )
  })

  it('of what is handed in: text', () => {
    for (const value of [undefined, null, 1, {}, [], new String(head), new Uint8Array()]) {
      expect(() => parseWac(value as string)).toThrow(new TypeError('a composition must be a string'))
    }
  })
})
