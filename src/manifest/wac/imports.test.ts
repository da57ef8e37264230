import { describe, expect, it } from 'vitest'
import { importFilledBy, importsFrom, isFromComponent } from './imports.js'
import type { WiredArgument } from './wiring.js'

const names = new Set([
  'imec:pdk/lookup@0.1.0',
  'imec:pdk/table@0.1.0',
  'other:pkg/table@0.1.0',
  'wasi:io/streams@0.2.0',
  'wasi:io/poll',
  'wasi:mine/lock@1.0.0',
  'plain',
])
const imports = importsFrom(names, new Set(['imec:pdk', 'wasi:mine']))

describe('what the manifest lists', () => {
  it('is grouped by package, and what is WASI is the host’s', () => {
    expect([...imports.fromComponents]).toEqual([
      ['imec:pdk', ['imec:pdk/lookup@0.1.0', 'imec:pdk/table@0.1.0']],
      ['other:pkg', ['other:pkg/table@0.1.0']],
      ['wasi:mine', ['wasi:mine/lock@1.0.0']],
      ['plain', ['plain']],
    ])
    expect(imports.names).toBe(names)
    expect([...names].filter((name) => isFromComponent(name, imports))).toEqual([
      'imec:pdk/lookup@0.1.0',
      'imec:pdk/table@0.1.0',
      'other:pkg/table@0.1.0',
      'wasi:mine/lock@1.0.0',
      'plain',
    ])
  })

  it('is WASI by its whole first word only', () => {
    const alike = [
      'wasi',
      'wasi-x:io/a@1.0.0',
      'WASI:io/a@1.0.0',
      ' wasi:io/a@1.0.0',
      'x:wasi:io/a',
      'wasi/io',
    ]
    for (const name of alike) {
      expect(isFromComponent(name, importsFrom(new Set([name]), new Set())), name).toBe(true)
    }
  })

  it('ends alike by what follows the last slash, without the version', () => {
    expect([...imports.byLastName]).toEqual([
      ['lookup', 'imec:pdk/lookup@0.1.0'],
      ['table', null],
      ['streams', 'wasi:io/streams@0.2.0'],
      ['poll', 'wasi:io/poll'],
      ['lock', 'wasi:mine/lock@1.0.0'],
    ])
    const odd = importsFrom(
      new Set(['a:b/c/d@1@2\n', '/e', 'f/', 'a:b/c', 'x:y/c@1.0.0', 'z:z/c']),
      new Set(),
    )
    expect([...odd.byLastName]).toEqual([
      ['d', 'a:b/c/d@1@2\n'],
      ['e', '/e'],
      ['', 'f/'],
      ['c', null],
    ])
  })
})

describe('what an argument fills', () => {
  const filled = (
    naming: WiredArgument['naming'],
    name: string,
    access: WiredArgument['from']['access'] = null,
  ) => importFilledBy({ naming, name, from: { instance: 0, access }, at: { line: 1, column: 1 } }, imports)
  const lookup = 'imec:pdk/lookup@0.1.0'
  const yes = (name: string, certain = true) => ({ name, certain })
  const dot = (name: string) => ({ name, exact: false })
  const quotes = (name: string) => ({ name, exact: true })

  it.each([
    ['in quotes: that import', filled('exact', lookup), yes(lookup)],
    ['in quotes, whatever it is given', filled('exact', lookup, dot('table')), yes(lookup)],
    ['in quotes: no other version', filled('exact', 'imec:pdk/lookup@0.1.1'), null],
    ['in quotes: nothing that only ends so', filled('exact', 'lookup'), null],
    ['in quotes: a plain name', filled('exact', 'plain'), yes('plain')],
    ['bare: the import that ends so', filled('name', 'lookup'), yes(lookup)],
    ['bare, whatever it is given', filled('name', 'lookup', dot('streams')), yes(lookup)],
    ['bare: of WASI too', filled('name', 'streams'), yes('wasi:io/streams@0.2.0')],
    ['bare: the import of that name first', filled('name', 'plain'), yes('plain')],
    ['bare: none if two end so', filled('name', 'table'), null],
    ['bare: none if none ends so', filled('name', 'look'), null],
    ['a local instance: the import that ends so', filled('inferred', 'lookup'), yes(lookup)],
    ['a local instance: none if two end so', filled('inferred', 'table'), null],
    ['a local instance: none if none ends so', filled('inferred', 'model'), null],
    ['an export by its exact name', filled('inferred', 'model', quotes(lookup)), yes(lookup)],
    [
      'an export by its exact name, before the local one',
      filled('inferred', 'streams', quotes(lookup)),
      yes(lookup),
    ],
    [
      'another exact export: by the local name',
      filled('inferred', 'lookup', quotes('x:y/z')),
      yes(lookup, false),
    ],
    ['an exact export is no ending', filled('inferred', 'model', quotes('lookup')), null],
    ['an exact export, local name of two', filled('inferred', 'table', quotes('x:y/z')), null],
    ['an export: the import that ends so', filled('inferred', 'model', dot('lookup')), yes(lookup, false)],
    ['an export and a local that agree', filled('inferred', 'lookup', dot('lookup')), yes(lookup, false)],
    [
      'an export that is no import: by the local name',
      filled('inferred', 'lookup', dot('x')),
      yes(lookup, false),
    ],
    ['an export and a local that differ', filled('inferred', 'streams', dot('lookup')), null],
    ['an export that two imports end in', filled('inferred', 'lookup', dot('table')), null],
    ['an export, and a local that two end in', filled('inferred', 'table', dot('lookup')), null],
    ['neither', filled('inferred', 'x', dot('y')), null],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected)
  })
})
