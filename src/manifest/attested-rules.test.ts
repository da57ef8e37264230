// Rules on manifests of attested/manifest@1: for each that has a meaning there, a document that it alone refuses.
import { describe, expect, it, test } from 'vitest'
import { check, errorsOf } from '../../test/support/manifest-documents.js'
import { manifestRules } from './rules.js'

const schema = 'attested/manifest@1'
type Changes = Readonly<Record<string, unknown>>
const digest = `sha256:${'e'.repeat(64)}`
const idle = { name: 'idle', participant: 'pharma', digest }

const cases: readonly (readonly [string, string, Changes, Changes, readonly string[], string])[] = [
  [
    'M1',
    'an unknown capability',
    { 'permissions.0.capabilities': ['gpu'] },
    {},
    ['/permissions/0/capabilities/0'],
    'must be "filesystem" or "network" or "http" or "clock" or "random" or "environment" or "stdio"',
  ],
  [
    'M2',
    'a name twice',
    { 'participants.2': { name: 'pharma', did: 'did:web:x' } },
    {},
    ['/participants/2'],
    'the name "pharma" is that of /participants/1 too',
  ],
  [
    'M2',
    'I am not listed',
    {},
    { self: 'other', receiversOf: {} },
    ['/participants'],
    'I, "other", am not listed',
  ],
  [
    'M3',
    'two data items',
    { 'data.2': { name: 'records', participant: 'pharma', digest } },
    {},
    ['/data/2'],
    'the name "records" is that of /data/0 too',
  ],
  [
    'M4',
    'a component of nobody',
    { 'components.1.participant': 'nobody' },
    {},
    ['/components/1'],
    '"nobody" is no participant',
  ],
  ['M5', 'no entry', { 'components.2': idle }, {}, ['/components/2'], '"idle" has no permission entry'],
  [
    'M6',
    'undeclared data',
    { 'permissions.0.reads': ['records', 'ghost'] },
    {},
    ['/permissions/0/reads/1'],
    '"ghost" is neither data nor an output',
  ],
  [
    'M7',
    'a name that is a path',
    { 'outputs.0.name': '../keys/private_key.pem' },
    {},
    ['/outputs/0'],
    'the output name "../keys/private_key.pem" has other characters than ASCII letters, digits, ".", "_" and "-"',
  ],
  [
    'M8',
    'an output twice',
    { 'outputs.1': { name: 'model.bin', component: 'cohort', receivers: ['pharma'] } },
    {},
    ['/outputs/1'],
    'the name "model.bin" is that of /outputs/0 too',
  ],
  [
    'M8',
    'an output of no component',
    { 'outputs.1': { name: 'x', component: 'ghost', receivers: [] } },
    {},
    ['/outputs/1'],
    '"ghost" is no component',
  ],
  [
    'M8',
    'a receiver who is not accepted',
    {},
    { receivers: [] },
    ['/outputs/0/receivers/0'],
    '"pharma" is no accepted receiver',
  ],
  [
    'M10',
    'files',
    { 'permissions.0.capabilities': ['clock', 'filesystem'] },
    {},
    ['/permissions/0/capabilities/1'],
    '"cohort" can reach the data and outputs of all by "filesystem"',
  ],
  [
    'M10',
    'the network',
    { 'permissions.0.capabilities': ['network'] },
    { capabilities: ['http'] },
    ['/permissions/0/capabilities/0'],
    '"cohort" can reach the network by "network"',
  ],
  [
    'M10',
    'HTTP',
    { 'permissions.0.capabilities': ['http'] },
    { capabilities: ['network'] },
    ['/permissions/0/capabilities/0'],
    '"cohort" can reach the network by "http"',
  ],
  [
    'M11',
    'my data comes to another',
    {},
    { 'receiversOf.records': [] },
    ['/data/0'],
    '"records" can come to "pharma"',
  ],
  [
    'M13',
    'a channel to no component',
    { 'channels.1': { from: 'cohort', to: 'ghost' } },
    {},
    ['/channels/1'],
    '"ghost" is no component',
  ],
  [
    'M13',
    'a channel from no component',
    { 'channels.1': { from: 'ghost', to: 'cohort' } },
    {},
    ['/channels/1'],
    '"ghost" is no component',
  ],
  [
    'M13',
    'a channel to itself',
    { 'channels.1': { from: 'cohort', to: 'cohort' } },
    {},
    ['/channels/1'],
    'leads from "cohort" to itself',
  ],
  [
    'M13',
    'a channel twice, the other way',
    { 'channels.1': { from: 'trainer', to: 'cohort' } },
    {},
    ['/channels/1'],
    'joins the same two components as /channels/0',
  ],
  [
    'M13',
    'a channel twice',
    { 'channels.1': { from: 'cohort', to: 'trainer' } },
    {},
    ['/channels/1'],
    'joins the same two components as /channels/0',
  ],
  [
    'M15',
    'code without a digest',
    { 'components.1.digest': null },
    {},
    ['/components/1'],
    'no digest says which code "trainer" is',
  ],
]

describe('refused by one rule alone', () => {
  test.each(cases)('%s: %s', (rule, _, changes, expected, paths, message) => {
    const result = check(schema, changes, expected)
    expect(errorsOf(result)).toEqual(paths.map((path) => `${rule} ${path}`))
    expect(result.findings.map((finding) => finding.message)).toContain(message)
  })

  it('every rule that has a meaning and can be an error has a case', () => {
    const rules = manifestRules.filter(({ id, appliesTo }) => appliesTo.includes(schema) && id !== 'M14')
    expect([...new Set(cases.map(([rule]) => rule))]).toEqual(rules.map(({ id }) => id))
  })
})

describe('names of the agent alone', () => {
  test.each(['root', 'self', 'a-quarantine', 'model-2', 'pdk_model'])('%s is a name here', (name) => {
    expect(
      errorsOf(check(schema, { 'outputs.0.name': name, 'data.1.name': name, 'permissions.1.reads': [name] })),
    ).toEqual([])
  })
})

describe('warnings', () => {
  it('M14: a component that reads nothing, writes nothing and has no channel', () => {
    const entry = { component: 'idle', reads: [] as string[], capabilities: [] }
    const unused = (changes: Changes): readonly unknown[] =>
      check(schema, { 'components.2': idle, 'permissions.2': entry, ...changes })
        .findings.filter(({ rule }) => rule === 'M14')
        .map(({ severity, path, message }) => [severity, path, message])
    expect(unused({})).toEqual([
      ['warning', '/components/2', '"idle" reads nothing, writes nothing and has no channel'],
    ])
    expect(unused({ 'permissions.2': { ...entry, reads: ['weights'] } })).toEqual([])
    expect(unused({ 'channels.1': { from: 'idle', to: 'trainer' } })).toEqual([])
    expect(unused({ 'channels.1': { from: 'trainer', to: 'idle' } })).toEqual([])
    expect(unused({ 'outputs.1': { name: 'x', component: 'idle', receivers: [] } })).toEqual([])
  })

  it('M15: data without a digest', () => {
    const { findings } = check(schema, { 'data.1.digest': null })
    expect(findings).toEqual([
      {
        rule: 'M15',
        severity: 'warning',
        path: '/data/1',
        message: 'no digest says which data "weights" is',
      },
    ])
  })
})
