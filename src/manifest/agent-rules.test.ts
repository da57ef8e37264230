// Rules on manifests of 2cvm-agent/1: for each at least one document that it alone refuses.
import { describe, expect, it, test } from 'vitest'
import { agentDocument, check, errorsOf } from '../../test/support/manifest-documents.js'
import { manifestRules } from './rules.js'

const schema = '2cvm-agent/1'
type Changes = Readonly<Record<string, unknown>>
const longDid = `did:web:${'a'.repeat(2040)}`
const imports = 'permissions.0.wasi_imports'
const wac = agentDocument['composition'] as string

/** Rule, what is wrong, changes to the document, changes to the expectations, paths of the errors, a message. */
const cases: readonly (readonly [string, string, Changes, Changes, readonly string[], string])[] = [
  ['M1', 'a member is missing', { composition: undefined }, {}, ['/composition'], 'is missing'],
  [
    'M1',
    'source beside sources',
    { 'permissions.1.data_permissions.0.source': 'weights' },
    {},
    ['/permissions/1/data_permissions/0'],
    'has both "source" and "sources", of which the agent drops one',
  ],
  [
    'M1',
    'wasi_imports left out, which the agent fills in',
    { [imports]: undefined },
    {},
    [`/permissions/0/wasi_imports`],
    'is missing',
  ],
  [
    'M2',
    'a name twice',
    { 'participants.2': { name: 'hospital', DID: 'did:web:x' } },
    {},
    ['/participants/2', '/participants/2'],
    'the name "hospital" is that of /participants/0 too',
  ],
  [
    'M2',
    'a DID twice',
    { 'participants.2': { name: 'x', DID: 'did:web:pharma.example' } },
    {},
    ['/participants/2'],
    'the DID "did:web:pharma.example" is that of /participants/1 too',
  ],
  [
    'M2',
    'no DID',
    { 'participants.1.DID': 'https://pharma.example' },
    {},
    ['/participants/1'],
    '"https://pharma.example" is no DID',
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
    'M2',
    'I am listed with another DID',
    {},
    { selfDid: 'did:web:me' },
    ['/participants/0'],
    'I, "hospital", am listed with "did:web:hospital.example", not "did:web:me"',
  ],
  [
    'M3',
    'a component twice',
    { 'components.2': { name: 'trainer', participant: 'pharma' } },
    {},
    ['/components/2'],
    'the name "trainer" is that of /components/1 too',
  ],
  [
    'M3',
    'a component and data',
    { 'data.2': { name: 'trainer', participant: 'pharma' } },
    {},
    ['/data/2'],
    'the name "trainer" is that of /components/1 too',
  ],
  ['M4', 'data of nobody', { 'data.1.participant': 'nobody' }, {}, ['/data/1'], '"nobody" is no participant'],
  [
    'M4',
    'an output to nobody',
    { 'permissions.1.output.0.participant': 'nobody' },
    { receivers: ['nobody'], 'receiversOf.records': ['nobody'] },
    ['/permissions/1/output/0/participant'],
    '"nobody" is no participant',
  ],
  [
    'M5',
    'no entry',
    {
      components: [
        { name: 'cohort', participant: 'hospital' },
        { name: 'trainer', participant: 'pharma' },
        { name: 'idle', participant: 'pharma' },
      ],
    },
    {},
    ['/components/2'],
    '"idle" has no permission entry',
  ],
  [
    'M5',
    'two entries',
    { 'permissions.2': { component: 'cohort', data_permissions: [], output: [], wasi_imports: [] } },
    {},
    ['/permissions/2'],
    '"cohort" has an entry at /permissions/0 too',
  ],
  [
    'M5',
    'an entry of no component',
    { 'permissions.2': { component: 'ghost', data_permissions: [], output: [], wasi_imports: [] } },
    {},
    ['/permissions/2'],
    '"ghost" is no component',
  ],
  [
    'M6',
    'undeclared data',
    { 'permissions.0.data_permissions.0.source': 'ghost' },
    {},
    ['/permissions/0/data_permissions/0/source'],
    '"ghost" is neither data nor an output',
  ],
  [
    'M6',
    'one of several',
    { 'permissions.1.data_permissions.0.sources': ['weights', 'ghost'] },
    {},
    ['/permissions/1/data_permissions/0/sources/1'],
    '"ghost" is neither data nor an output',
  ],
  [
    'M7',
    'a name with NUL',
    { 'data.1.name': 'wei\0ghts', 'permissions.1.data_permissions.0.sources': ['wei\0ghts'] },
    {},
    ['/data/1'],
    'the data item name "wei\\u0000ghts" has other characters than ASCII letters, digits, ".", "_" and "-"',
  ],
  [
    'M8',
    'an output twice',
    { 'permissions.0.output': [{ type: 'file', function: 'f', name: 'model.bin', participant: 'pharma' }] },
    {},
    ['/permissions/1/output/0'],
    'the name "model.bin" is that of /permissions/0/output/0 too',
  ],
  [
    'M8',
    'a receiver who is not accepted',
    {},
    { receivers: ['hospital'] },
    ['/permissions/1/output/0/participant'],
    '"pharma" is no accepted receiver',
  ],
  [
    'M9',
    'a final line feed',
    { [`${imports}.0`]: 'wasi:cli/stdin@0.2.0\n' },
    {},
    ['/permissions/0/wasi_imports/0'],
    '"wasi:cli/stdin@0.2.0\\n" is not of the form namespace:package/interface@1.2.3',
  ],
  [
    'M9',
    'twice',
    { [`${imports}.1`]: 'wasi:io/streams@0.2.0' },
    {},
    ['/permissions/0/wasi_imports/1'],
    '"wasi:io/streams@0.2.0" stands at /permissions/0/wasi_imports/0 too',
  ],
  [
    'M10',
    'the file system',
    { [`${imports}.0`]: 'wasi:filesystem/types@0.2.0' },
    {},
    ['/permissions/0/wasi_imports/0'],
    '"cohort" can reach the data and outputs of all by "wasi:filesystem/types@0.2.0"',
  ],
  [
    'M10',
    'the network',
    { [`${imports}.0`]: 'wasi:sockets/tcp@0.2.0' },
    {},
    ['/permissions/0/wasi_imports/0'],
    '"cohort" can reach the network by "wasi:sockets/tcp@0.2.0"',
  ],
  [
    'M11',
    'my data comes to another',
    {},
    { 'receiversOf.records': ['hospital'] },
    ['/data/0'],
    '"records" can come to "pharma"',
  ],
  [
    'M11',
    'my data that I forgot comes to anybody',
    {},
    { receiversOf: {} },
    ['/data/0'],
    '"records" can come to "pharma"',
  ],
  [
    'M11',
    'data that I named, though it is another’s',
    {},
    { 'receiversOf.weights': ['hospital'] },
    ['/data/1'],
    '"weights" can come to "pharma"',
  ],
  ['M12', 'no WAC', { composition: 'package demo:lab; let x = import y;' }, {}, ['/composition'], ''],
  [
    'M12',
    'a foreign package',
    { composition: `${wac}let f = new pharma:cohort-quarantine {};` },
    {},
    ['/composition'],
    '',
  ],
  [
    'M13',
    'left to the host',
    {
      composition:
        'package demo:lab;\nlet a = new hospital:cohort { ... };\nlet b = new pharma:trainer { ... };\n',
    },
    {},
    ['/composition'],
    '',
  ],
  [
    'M16',
    'another transfer request',
    { transferRequestIdFabless: 'x' },
    {},
    ['/transferRequestIdFabless'],
    '"x" is not the expected "request-2"',
  ],
  [
    'M16',
    'another on the other side',
    {},
    { transferRequestIdIMEC: 'y' },
    ['/transferRequestIdIMEC'],
    '"request-1" is not the expected "y"',
  ],
]

describe('refused by one rule alone', () => {
  test.each(cases)('%s: %s', (rule, _, changes, expected, paths, message) => {
    const result = check(schema, changes, expected)
    expect(errorsOf(result)).toEqual(paths.map((path) => `${rule} ${path}`))
    const messages = result.findings
      .filter((finding) => finding.rule === rule)
      .map((finding) => finding.message)
    if (message !== '') expect(messages).toContain(message)
  })

  it('every rule of severity error has a case', () => {
    const rules = manifestRules.filter(({ severity }) => severity === 'error').map(({ id }) => id)
    expect([...new Set(cases.map(([rule]) => rule))]).toEqual(rules)
  })
})

describe('accepted, close to what is refused', () => {
  test.each<readonly [string, Changes, Changes]>([
    ['a long DID with all its characters', { 'participants.1.DID': 'did:k1:a%2F_.-::Z9' }, {}],
    ['a DID of the greatest length', { 'participants.1.DID': longDid }, {}],
    ['reading an output', { 'permissions.0.data_permissions.0.source': 'model.bin' }, {}],
    ['a receiver among several', {}, { receivers: ['hospital', 'pharma'] }],
    [
      'an allowed capability',
      { [`${imports}.0`]: 'wasi:filesystem/types@0.2.0' },
      { capabilities: ['wasi:filesystem/types'] },
    ],
    [
      'data of mine that goes nowhere',
      {
        composition: 'package demo:lab;\nlet a = new hospital:cohort { ... };\n',
        'permissions.1.wasi_imports': [],
      },
      { receiversOf: {} },
    ],
  ])('%s', (_, changes, expected) => {
    expect(errorsOf(check(schema, changes, expected))).toEqual([])
  })
})

describe('M2: DIDs', () => {
  test.each([
    '',
    'did',
    'did:',
    'did:web',
    'did:web:',
    'did:web:a:',
    'DID:web:a',
    'did:Web:a',
    'did::a',
    'did:web:a b',
    'did:web:a%2',
    'did:web:a%2g',
    'did:web:é',
    'did:web:a\n',
    ' did:web:a',
    'did:web:a/b',
    'did:web:a#b',
  ])('%j is none', (did) => {
    expect(errorsOf(check(schema, { 'participants.1.DID': did }))).toEqual(['M2 /participants/1'])
  })
})

describe('M9: imports', () => {
  test.each([
    '',
    'wasi:io/streams',
    'wasi:io/streams@0.2',
    'wasi:io/streams@0.2.0.0',
    'wasi:io/streams@00.2.0',
    'wasi:io/streams@0.2.01',
    'wasi:io/streams@0.2.0-rc',
    'wasi:io/streams@٠.2.0',
    'wasi:io/streams@0.2.0 ',
    ' wasi:io/streams@0.2.0',
    'wasi:io@0.2.0',
    'io/streams@0.2.0',
    'wasi:io/a/streams@0.2.0',
    'wasi:io/1a@0.2.0',
    'wasi:io/a--b@0.2.0',
    'wasi:io/a-1@0.2.0',
    'wasi:io/aB@0.2.0',
    'wasi:io/а@0.2.0',
    'wasi:io/a_b@0.2.0',
    '-wasi:io/a@0.2.0',
  ])('%j is none', (name) => {
    const errors = errorsOf(check(schema, { [`${imports}.0`]: name }))
    expect(errors.filter((error) => !error.startsWith('M13'))).toEqual(['M9 /permissions/0/wasi_imports/0'])
  })
  test.each(['wasi:io/streams@10.20.30', 'wasi:io/API-v2@0.0.0', 'wasi:a1-b2/c3@1.0.0'])(
    '%j is one',
    (name) => {
      expect(errorsOf(check(schema, { [`${imports}.0`]: name }))).toEqual([])
    },
  )
})

describe('warnings', () => {
  it('M14: a component that the composition never makes', () => {
    const { findings } = check(schema, {
      composition: 'package demo:lab;\nlet a = new hospital:cohort { ... };\n',
    })
    expect(
      findings.filter(({ rule }) => rule === 'M14').map(({ severity, path }) => [severity, path]),
    ).toEqual([['warning', '/components/1']])
  })

  it('M11 leaves open what goes over the network, and data that does not exist', () => {
    const { unchecked, findings } = check(
      schema,
      { [`${imports}.0`]: 'wasi:http/outgoing-handler@0.2.0' },
      { capabilities: ['wasi:http'], 'receiversOf.ghost': [] },
    )
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(unchecked).toEqual([
      { rule: 'M11', reason: 'what "cohort" may send over the network of "records" is not followed' },
      { rule: 'M11', reason: 'receiversOf names "ghost", which the manifest has not as data' },
    ])
  })

  it('M11, M13 and M14 are unchecked if the composition can’t be read', () => {
    const { unchecked } = check(schema, { composition: '' })
    expect(unchecked).toEqual([
      { rule: 'M11', reason: 'the composition can’t be read, so the flow is not known' },
      { rule: 'M13', reason: 'the composition can’t be read' },
      { rule: 'M14', reason: 'the composition can’t be read' },
    ])
  })
})
