// Comparing manifests by name: what is no difference, names that stand for several things, and strange or large input.
import { describe, expect, it, test } from 'vitest'
import fc from 'fast-check'
import {
  type Loose,
  agentDocument,
  attestedDocument,
  changed,
  schemaCases,
} from '../../test/support/manifest-documents.js'
import { diffManifests } from './diff.js'
import type { Manifest } from './manifest.js'
import { parseManifest } from './parse.js'

const parse = (document: unknown): Manifest => {
  const schema = Object.hasOwn(document as object, 'schema') ? 'attested/manifest@1' : '2cvm-agent/1'
  return parseManifest(JSON.stringify(document), { schema, bytes: 'raw' })
}
const diff = (from: unknown, to: unknown) =>
  diffManifests(parse(from), parse(to)).map(
    ({ path, effect, before, after }) => [path, effect, before, after] as const,
  )
const hex = (digit: string): string => `sha256:${digit.repeat(64)}`

describe('what is no difference', () => {
  it.each(schemaCases)('the same document, $schema', ({ document }) => {
    expect(diff(document, structuredClone(document))).toEqual([])
  })

  it.each(schemaCases)('order of members and items, at every level: $schema', ({ document }) => {
    const turned = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(turned).reverse()
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(
        Object.entries(value)
          .map(([key, member]) => [key, turned(member)] as const)
          .reverse(),
      )
    }
    const more = changed(document, {
      [document['schema'] === undefined ? 'permissions.1.wasi_imports.2' : 'permissions.0.capabilities.1']:
        document['schema'] === undefined ? 'wasi:cli/stdout@0.2.0' : 'random',
    })
    expect(diff(more, turned(more))).toEqual([])
  })

  test('which end of a channel stands first', () => {
    const back = changed(attestedDocument, { channels: [{ from: 'trainer', to: 'cohort' }] })
    expect(diff(attestedDocument, back)).toEqual([])
  })

  test('one source, and a list of one', () => {
    const list = { 'permissions.0.data_permissions.0': { type: 'read', sources: ['records'] } }
    expect(diff(agentDocument, changed(agentDocument, list))).toEqual([])
  })

  test('the same thing permitted twice', () => {
    const twice = {
      'permissions.0.reads': ['records', 'records'],
      'outputs.0.receivers': ['pharma', 'pharma'],
    }
    expect(diff(attestedDocument, changed(attestedDocument, twice))).toEqual([])
  })
})

describe('several things of one name', () => {
  const cohort = { name: 'cohort', participant: 'hospital', digest: hex('a') }
  const shown = { participant: 'hospital', digest: hex('a') }
  const evil = { name: 'cohort', participant: 'pharma', digest: hex('e') }
  const shownEvil = { participant: 'pharma', digest: hex('e') }
  const withBoth = (...both: readonly Loose[]) =>
    changed(attestedDocument, { components: [...both, (attestedDocument['components'] as Loose[])[1]] })

  test('are told as a whole, even if they are alike', () => {
    expect(diff(attestedDocument, withBoth(cohort, cohort))).toEqual([
      ['/components/cohort', 'changed', shown, [shown, shown]],
    ])
    expect(diff(withBoth(cohort, cohort), attestedDocument)).toEqual([
      ['/components/cohort', 'changed', [shown, shown], shown],
    ])
  })

  test('their order counts, as systems take the first', () => {
    expect(diff(withBoth(cohort, evil), withBoth(cohort, evil))).toEqual([])
    expect(diff(withBoth(cohort, evil), withBoth(evil, cohort))).toEqual([
      ['/components/cohort', 'changed', [shown, shownEvil], [shownEvil, shown]],
    ])
  })

  test('are added and taken away as a whole', () => {
    const twice = {
      'data.2': { name: 'x', participant: 'a', digest: null },
      'data.3': { name: 'x', participant: 'b', digest: null },
    }
    const both = [
      { participant: 'a', digest: null },
      { participant: 'b', digest: null },
    ]
    expect(diff(attestedDocument, changed(attestedDocument, twice))).toEqual([
      ['/data/x', 'widened', null, both],
    ])
    expect(diff(changed(attestedDocument, twice), attestedDocument)).toEqual([
      ['/data/x', 'narrowed', both, null],
    ])
  })
})

test('a permission entry that goes and leaves its component behind is no narrowing', () => {
  const [entry] = attestedDocument['permissions'] as readonly Loose[]
  const without = changed(attestedDocument, { permissions: [entry] })
  expect(diff(attestedDocument, without)[0]).toEqual([
    '/permissions/trainer',
    'changed',
    { reads: ['weights'], imports: [] },
    null,
  ])
  const [component] = attestedDocument['components'] as readonly Loose[]
  const gone = changed(attestedDocument, { permissions: [entry], components: [component] })
  expect(diff(attestedDocument, gone).slice(0, 2)).toEqual([
    ['/components/trainer', 'narrowed', { participant: 'pharma', digest: hex('b') }, null],
    ['/permissions/trainer', 'narrowed', { reads: ['weights'], imports: [] }, null],
  ])
})

describe('names of others', () => {
  it.each(['__proto__', 'constructor', 'toString', 'a/b~c', ''])('%j is a name like any other', (name) => {
    const path = `/participants/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const more = changed(attestedDocument, { 'participants.2': { name, did: 'd' } })
    expect(diff(attestedDocument, more)).toEqual([[path, 'widened', null, { did: 'd' }]])
    expect(diff(more, attestedDocument)).toEqual([[path, 'narrowed', { did: 'd' }, null]])
    const output = changed(attestedDocument, { 'outputs.0.name': name })
    expect(
      diff(attestedDocument, output)
        .map(([at]) => at)
        .sort(),
    ).toEqual([path.replace('participants', 'outputs'), '/outputs/model.bin'].sort())
  })

  test('a name that looks like a typed permission is not one', () => {
    const typed = { 'permissions.0.data_permissions.0': { type: 'x', source: 'records' } }
    const named = { 'permissions.0.data_permissions.0.source': '{"source":"records","type":"x"}' }
    expect(diff(changed(agentDocument, typed), changed(agentDocument, named)).length).toBeGreaterThan(0)
  })
})

test('of a flow that changes much, the first 32 names are told', () => {
  const receivers = (count: number) => ({
    'outputs.0.receivers': [
      'pharma',
      ...Array.from({ length: count }, (_, index) => `r${String(index + 10)}`),
    ],
  })
  const names = (count: number) => Array.from({ length: count }, (_, index) => `r${String(index + 10)}`)
  const of = (count: number) =>
    diff(attestedDocument, changed(attestedDocument, receivers(count))).find(
      ([path]) => path === '/flow/records/receivers',
    )
  expect(of(32)).toEqual(['/flow/records/receivers', 'widened', null, { names: names(32), more: 0 }])
  expect(of(40)).toEqual(['/flow/records/receivers', 'widened', null, { names: names(32), more: 8 }])
})

test('a manifest in which all flow is another is compared in time', () => {
  const count = 1000
  const make = <T>(item: (index: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, index) => item(index))
  // A chain, so that each data item can come to another set of components.
  const chain = (data: (index: number) => number) =>
    changed(attestedDocument, {
      components: make((index) => ({ name: `c${index}`, participant: 'p', digest: null })),
      data: make((index) => ({ name: `d${index}`, participant: 'p', digest: null })),
      permissions: make((index) => ({
        component: `c${index}`,
        reads: [`d${data(index)}`, `o${index - 1}`],
        capabilities: [],
      })),
      channels: [],
      outputs: make((index) => ({ name: `o${index}`, component: `c${index}`, receivers: [`p${index}`] })),
    })
  const [one, other] = [parse(chain((index) => index)), parse(chain((index) => count - 1 - index))]
  const start = process.cpuUsage()
  const changes = diffManifests(one, other)
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000)
  expect(changes.filter(({ path }) => path.startsWith('/flow/'))).toHaveLength(2 * count)
  // All of the chain from its end: c999 is the only one to come to d999 before, and all come to it after.
  expect(changes.find(({ path }) => path === '/flow/d999/components')).toEqual({
    path: '/flow/d999/components',
    effect: 'widened',
    before: null,
    after: {
      names: make((index) => `c${index}`)
        .slice(0, -1)
        .sort()
        .slice(0, 32),
      more: count - 1 - 32,
    },
  })
})

test('a component that is no receiver of the same name: kinds do not meet', () => {
  const named = changed(attestedDocument, { 'outputs.0.receivers': ['cohort'] })
  expect(diff(attestedDocument, named).filter(([path]) => path.endsWith('/components'))).toEqual([])
})

describe('arguments', () => {
  it('must be manifests, of one schema', () => {
    const [own, agent] = [parse(attestedDocument), parse(agentDocument)]
    expect(() => diffManifests({ ...own }, own)).toThrow(TypeError)
    expect(() => diffManifests(own, { ...own })).toThrow(TypeError)
    expect(() => diffManifests(own, agent)).toThrow(
      'manifests must be of one schema, not attested/manifest@1 and 2cvm-agent/1',
    )
  })
})

test('any two manifests: no difference from itself, and as many one way as the other', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const names = fc.uniqueArray(name)
  const document = fc.record({
    schema: fc.constant('attested/manifest@1'),
    title: fc.constant('t'),
    participants: fc.array(fc.record({ name, did: name }), { maxLength: 3 }),
    components: fc.array(fc.record({ name, participant: name, digest: fc.constantFrom(null, hex('a')) }), {
      maxLength: 3,
    }),
    data: fc.array(fc.record({ name, participant: name, digest: fc.constant(null) }), { maxLength: 3 }),
    permissions: fc.array(
      fc.record({
        component: name,
        reads: names,
        capabilities: fc.uniqueArray(fc.constantFrom('clock', 'filesystem')),
      }),
      { maxLength: 3 },
    ),
    channels: fc.array(fc.record({ from: name, to: name }), { maxLength: 2 }),
    outputs: fc.array(fc.record({ name, component: name, receivers: names }), { maxLength: 3 }),
  })
  fc.assert(
    fc.property(document, document, (one, other) => {
      expect(diff(one, one)).toEqual([])
      const there = diff(one, other).map(([path]) => path)
      const back = diff(other, one).map(([path]) => path)
      expect([...there].sort()).toEqual([...back].sort())
    }),
    { numRuns: 100 },
  )
})
