import { describe, expect, it, test } from 'vitest'
import fc from 'fast-check'
import {
  type Loose,
  agentDocument,
  attestedDocument,
  changed,
  schemaCases,
} from '../../test/support/manifest-documents.js'
import { type ManifestChange, diffManifests } from './diff.js'
import type { Manifest } from './manifest.js'
import { parseManifest } from './parse.js'

const parse = (document: unknown): Manifest => {
  const schema = Object.hasOwn(document as object, 'schema') ? 'attested/manifest@1' : '2cvm-agent/1'
  return parseManifest(JSON.stringify(document), { schema, bytes: 'raw' })
}

type Changes = Readonly<Record<string, unknown>>
type Expected = readonly (readonly [path: string, effect: string, before: unknown, after: unknown])[]

const rows = (changes: readonly ManifestChange[]): Expected =>
  changes.map(({ path, effect, before, after }) => [path, effect, before, after])
const diff = (from: unknown, to: unknown): Expected => rows(diffManifests(parse(from), parse(to)))

const hex = (digit: string): string => `sha256:${digit.repeat(64)}`
const flow = (...names: readonly string[]) => ({ names, more: 0 })
const opposite: Readonly<Record<string, string>> = {
  widened: 'narrowed',
  narrowed: 'widened',
  changed: 'changed',
}

/** What is changed, and the differences; the other way round all of them must be the opposite. */
const attestedCases: readonly (readonly [string, Changes, Expected])[] = [
  ['the title', { title: 'x' }, [['/title', 'changed', 'Training on hospital records', 'x']]],
  [
    'a participant more',
    { 'participants.2': { name: 'clinic', did: 'did:web:c' } },
    [['/participants/clinic', 'widened', null, { did: 'did:web:c' }]],
  ],
  [
    'another DID',
    { 'participants.0.did': 'did:web:c' },
    [['/participants/hospital/did', 'changed', 'did:web:hospital.example', 'did:web:c']],
  ],
  [
    'a component more',
    { 'components.2': { name: 'idle', participant: 'pharma', digest: hex('e') } },
    [['/components/idle', 'widened', null, { participant: 'pharma', digest: hex('e') }]],
  ],
  [
    'a component of another participant',
    { 'components.0.participant': 'pharma' },
    [['/components/cohort/participant', 'changed', 'hospital', 'pharma']],
  ],
  [
    'other code',
    { 'components.0.digest': hex('f') },
    [['/components/cohort/digest', 'changed', hex('a'), hex('f')]],
  ],
  [
    'code that is not pinned',
    { 'components.0.digest': null },
    [['/components/cohort/digest', 'widened', hex('a'), null]],
  ],
  [
    'more data',
    { 'data.2': { name: 'extra', participant: 'pharma', digest: null } },
    [['/data/extra', 'widened', null, { participant: 'pharma', digest: null }]],
  ],
  [
    'data of another participant, not pinned',
    { 'data.0.participant': 'pharma', 'data.0.digest': null },
    [
      ['/data/records/participant', 'changed', 'hospital', 'pharma'],
      ['/data/records/digest', 'widened', hex('c'), null],
    ],
  ],
  [
    'a component reads more',
    { 'permissions.1.reads': ['weights', 'records'] },
    [['/permissions/trainer/reads', 'widened', null, ['records']]],
  ],
  [
    'a component reads something else',
    { 'permissions.1.reads': ['records'] },
    [
      ['/permissions/trainer/reads', 'widened', null, ['records']],
      ['/permissions/trainer/reads', 'narrowed', ['weights'], null],
      ['/flow/weights/receivers', 'narrowed', flow('pharma'), null],
      ['/flow/weights/components', 'narrowed', flow('cohort', 'trainer'), null],
    ],
  ],
  [
    'a capability more',
    { 'permissions.1.capabilities': ['stdio'] },
    [['/permissions/trainer/imports', 'widened', null, ['stdio']]],
  ],
  [
    'the network',
    { 'permissions.1.capabilities': ['network'] },
    [
      ['/permissions/trainer/imports', 'widened', null, ['network']],
      ['/flow/records/network', 'widened', null, flow('trainer')],
      ['/flow/weights/network', 'widened', null, flow('trainer')],
    ],
  ],
  [
    'no channel',
    { channels: [] },
    [
      ['/channels', 'narrowed', [['cohort', 'trainer']], null],
      ['/flow/records/receivers', 'narrowed', flow('pharma'), null],
      ['/flow/records/components', 'narrowed', flow('trainer'), null],
      ['/flow/weights/components', 'narrowed', flow('cohort'), null],
    ],
  ],
  [
    'an output more, to another participant',
    { 'outputs.1': { name: 'log', component: 'cohort', receivers: ['hospital'] } },
    [
      ['/outputs/log', 'widened', null, { component: 'cohort', receivers: ['hospital'] }],
      ['/flow/records/receivers', 'widened', null, flow('hospital')],
      ['/flow/weights/receivers', 'widened', null, flow('hospital')],
    ],
  ],
  [
    'an output of another component',
    { 'outputs.0.component': 'cohort' },
    [['/outputs/model.bin/component', 'changed', 'trainer', 'cohort']],
  ],
  [
    'another receiver',
    { 'outputs.0.receivers': ['hospital'] },
    [
      ['/outputs/model.bin/receivers', 'widened', null, ['hospital']],
      ['/outputs/model.bin/receivers', 'narrowed', ['pharma'], null],
      ['/flow/records/receivers', 'widened', null, flow('hospital')],
      ['/flow/records/receivers', 'narrowed', flow('pharma'), null],
      ['/flow/weights/receivers', 'widened', null, flow('hospital')],
      ['/flow/weights/receivers', 'narrowed', flow('pharma'), null],
    ],
  ],
  [
    'a permission entry for what is no component',
    { 'permissions.2': { component: 'ghost', reads: ['records'], capabilities: ['clock'] } },
    [
      ['/permissions/ghost', 'widened', null, { reads: ['records'], imports: ['clock'] }],
      ['/flow/records/components', 'widened', null, flow('ghost')],
    ],
  ],
]

const wac = agentDocument['composition'] as string
const cut = wac.replace(
  '{ "hospital:cohort/rows@1.2.0": store["hospital:cohort/rows@1.2.0"], ... }',
  '{ ... }',
)
const noRows = { 'permissions.1.wasi_imports': ['wasi:io/streams@0.2.0'] }

const agentCases: readonly (readonly [string, Changes, Expected])[] = [
  [
    'transfer requests',
    { transferRequestIdIMEC: 'a', transferRequestIdFabless: 'b' },
    [
      ['/transferRequestIdIMEC', 'changed', 'request-1', 'a'],
      ['/transferRequestIdFabless', 'changed', 'request-2', 'b'],
    ],
  ],
  [
    'the composition, in a comment',
    { composition: `${wac}// x` },
    [
      [
        '/composition',
        'changed',
        expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        expect.stringMatching(/^sha256:/),
      ],
    ],
  ],
  [
    'the composition, in its wiring, and the import that went with it',
    { composition: cut, ...noRows },
    [
      ['/permissions/trainer/imports', 'narrowed', ['hospital:cohort/rows@1.2.0'], null],
      ['/composition', 'changed', expect.any(String), expect.any(String)],
      ['/composition/channels', 'narrowed', [['cohort', 'trainer']], null],
      ['/flow/records/receivers', 'narrowed', flow('pharma'), null],
      ['/flow/records/components', 'narrowed', flow('trainer'), null],
      ['/flow/weights/components', 'narrowed', flow('cohort'), null],
    ],
  ],
  [
    'a composition that can’t be read: what it wires is not told, and the flow is taken at its worst',
    { composition: 'x' },
    [['/composition', 'changed', expect.any(String), expect.any(String)]],
  ],
  [
    'the type of a permission',
    { 'permissions.0.data_permissions.0.type': 'write' },
    [
      ['/permissions/cohort/reads', 'widened', null, [{ type: 'write', source: 'records' }]],
      ['/permissions/cohort/reads', 'narrowed', ['records'], null],
    ],
  ],
  [
    'type and function of an output',
    { 'permissions.1.output.0.type': 'stream', 'permissions.1.output.0.function': 'run' },
    [
      ['/outputs/model.bin/type', 'changed', 'file', 'stream'],
      ['/outputs/model.bin/function', 'changed', 'train', 'run'],
    ],
  ],
  [
    'an import more',
    { 'permissions.0.wasi_imports': ['wasi:io/streams@0.2.0', 'wasi:filesystem/types@0.2.0'] },
    [['/permissions/cohort/imports', 'widened', null, ['wasi:filesystem/types@0.2.0']]],
  ],
]

describe.each([
  ['attested/manifest@1', attestedDocument, attestedCases],
  ['2cvm-agent/1', agentDocument, agentCases],
] as const)('differences of %s', (_, document, cases) => {
  it.each(cases)('%s', (__, changes, expected) => {
    expect(diff(document, changed(document, changes))).toEqual(expected)
  })

  it.each(cases)('%s, the other way round', (__, changes, expected) => {
    const back = expected.map(([path, effect, before, after]) => [path, opposite[effect], after, before])
    const order = (row: unknown): string => JSON.stringify(row)
    const found = diff(changed(document, changes), document)
    expect(found.map(([path, effect]) => `${path} ${effect}`).sort()).toEqual(
      back.map(([path, effect]) => `${String(path)} ${String(effect)}`).sort(),
    )
    expect(found.map(order)).toHaveLength(back.length)
  })
})

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
  const count = 2000
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
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(15_000)
  expect(changes.filter(({ path }) => path.startsWith('/flow/'))).toHaveLength(2 * count)
  // All of the chain from its end: c1999 is the only one to come to d1999 before, and all come to it after.
  expect(changes.find(({ path }) => path === '/flow/d1999/components')).toEqual({
    path: '/flow/d1999/components',
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
