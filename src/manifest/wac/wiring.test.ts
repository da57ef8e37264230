import { describe, expect, it } from 'vitest'
import { parseWac } from './parse.js'
import { wiringOf } from './wiring.js'

const wiring = (text: string) => wiringOf(parseWac(`package demo:flow;\n${text}`))

describe('instances', () => {
  it('stand in the order in which they come to be, with their places', () => {
    expect(wiring('let a = new c:d { x: new e:f {}, ... };\nexport new g:h {};').instances).toEqual([
      { package: 'e:f', arguments: [], spreads: [], fill: false, at: { line: 2, column: 22 } },
      {
        package: 'c:d',
        arguments: [
          { naming: 'name', name: 'x', from: { instance: 0, access: null }, at: { line: 2, column: 19 } },
        ],
        spreads: [],
        fill: true,
        at: { line: 2, column: 9 },
      },
      { package: 'g:h', arguments: [], spreads: [], fill: false, at: { line: 3, column: 8 } },
    ])
  })

  it('are several for several `new` of one package', () => {
    expect(wiring('let a = new c:d {}; let b = new c:d {};').instances).toHaveLength(2)
  })

  it('are none in an empty composition', () => {
    expect(wiring('')).toEqual({ instances: [], exports: [] })
  })
})

describe('sources', () => {
  const before = 'let a = new c:d {}; let b = new e:f {}; let p = a.x; let q = p["y"]; let r = q; '
  const whole = { instance: 0, access: null }
  it.each([
    ['a', whole],
    ['(a)', whole],
    ['b', { instance: 1, access: null }],
    ['a.x', { instance: 0, access: { name: 'x', exact: false } }],
    ['a["x"]', { instance: 0, access: { name: 'x', exact: true } }],
    ['b.x["y"].z', { instance: 1, access: { name: 'z', exact: false } }],
    ['p', { instance: 0, access: { name: 'x', exact: false } }],
    ['q', { instance: 0, access: { name: 'y', exact: true } }],
    ['r', { instance: 0, access: { name: 'y', exact: true } }],
    ['(r).z', { instance: 0, access: { name: 'z', exact: false } }],
    ['new i:j {}', { instance: 2, access: null }],
    ['new i:j {}.z', { instance: 2, access: { name: 'z', exact: false } }],
    ['new i:j { k: new l:m {}.n }.z', { instance: 3, access: { name: 'z', exact: false } }],
  ])('of %s', (text, from) => {
    expect(wiring(`${before}export new g:h { k: ${text} };`).instances.at(-1)?.arguments[0]?.from).toEqual(
      from,
    )
    expect(wiring(`${before}export ${text};`).exports[0]?.from).toEqual(from)
  })

  it('of arguments of every form', () => {
    const { instances } = wiring(`${before}export new g:h { a, ...b, k: p, ...q, "i:j/k": b.l };`)
    expect(instances[2]).toEqual({
      package: 'g:h',
      arguments: [
        { naming: 'inferred', name: 'a', from: whole, at: { line: 2, column: 98 } },
        {
          naming: 'name',
          name: 'k',
          from: { instance: 0, access: { name: 'x', exact: false } },
          at: { line: 2, column: 107 },
        },
        {
          naming: 'exact',
          name: 'i:j/k',
          from: { instance: 1, access: { name: 'l', exact: false } },
          at: { line: 2, column: 119 },
        },
      ],
      spreads: [
        { instance: 1, access: null },
        { instance: 0, access: { name: 'y', exact: true } },
      ],
      fill: false,
      at: { line: 2, column: 88 },
    })
  })
})

describe('exports', () => {
  it('keep their form', () => {
    const from = { instance: 0, access: null }
    expect(
      wiring('let a = new c:d {};\nexport a; export a...; export a as b; export a as "c:d/e";').exports,
    ).toEqual([
      { from, name: null, spread: false, at: { line: 3, column: 1 } },
      { from, name: null, spread: true, at: { line: 3, column: 11 } },
      { from, name: 'b', spread: false, at: { line: 3, column: 24 } },
      { from, name: 'c:d/e', spread: false, at: { line: 3, column: 39 } },
    ])
  })
})

it('a document that no text gave is misuse', () => {
  const at = { line: 1, column: 1 }
  const value = { primary: { kind: 'local', name: 'a', at }, accesses: [] } as const
  const statements = [{ kind: 'export', value, name: null, spread: false, at }] as const
  expect(() => wiringOf({ package: 'a:b', version: null, statements })).toThrow(
    new TypeError('the document was not made by parseWac'),
  )
})
