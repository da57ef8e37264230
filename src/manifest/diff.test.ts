import { describe, expect, it } from 'vitest'
import { agentDocument, attestedDocument, changed } from '../../test/support/manifest-documents.js'
import type { ManifestChange } from './diff-change.js'
import { diffManifests } from './diff.js'
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
