// Stage manifest, schema `attested/manifest@1`: its shape, the rules on it, and what a participant expects of it.
import { attestedExpectations, changed } from '../manifest-documents.js'
import {
  type Changes,
  attestedText,
  canonical,
  digestOf,
  expecting,
  fine,
  refused,
  reportInput,
  utf8,
  withReportData,
} from './commitment-sketch.js'
import { type Json, type TestSketch, type VectorFile, type VectorInput, group, vectorFile } from './format.js'
import { agentManifestGroups } from './manifest-agent-vectors.js'

const schema = 'attested/manifest@1'
const source = 'attested/manifest@1, docs/manifest.md'

/** A report that commits to this text, in canonical form already, and a participant who judges it by the rules. */
function judged(manifest: string, expectations: Changes = {}): Pick<VectorInput, 'evidence' | 'binding'> {
  const { evidence = '' } = withReportData(digestOf('sha256', utf8(manifest)))
  const accept = expecting(changed(attestedExpectations, expectations), schema)
  return { evidence, binding: { form: 'manifest', manifest, accept } }
}

const ok = (comment: string, why: string, document: Changes, expectations: Changes = {}): TestSketch =>
  fine(comment, why, source, judged(attestedText(document), expectations))

const bad = (
  code: string,
  comment: string,
  why: string,
  document: Changes,
  expectations: Changes = {},
): TestSketch =>
  refused(comment, why, source, [code, 'binding.accept'], judged(attestedText(document), expectations))

const shape = (comment: string, why: string, document: Changes | string): TestSketch =>
  refused(
    comment,
    why,
    source,
    ['MANIFEST_SCHEMA', 'binding.decode'],
    judged(typeof document === 'string' ? document : attestedText(document)),
  )

const exact = 'two readers must not differ over what it says'
const shapes: readonly TestSketch[] = [
  shape('an array of one manifest', exact, `[${attestedText()}]`),
  shape('a title that is a number', exact, { title: 5 }),
  shape('a title of 257 characters', 'texts have a bound', { title: 'x'.repeat(257) }),
  shape('no title', 'every member is required', { title: undefined }),
  shape('an unknown member', 'what is agreed to is known', { expires: '2027-01-01' }),
  shape('an unknown member of a component', 'what is agreed to is known', { 'components.0.args': 'x' }),
  shape('a member called constructor', 'names of others mean nothing', { constructor: 'x' }),
  shape('the schema of a later version', 'its rules are not known', { schema: 'attested/manifest@2' }),
  shape('capabilities that are no list', exact, { 'permissions.0.capabilities': 'clock' }),
  shape('eight capabilities', 'there are seven', { 'permissions.0.capabilities': Array(8).fill('clock') }),
  shape('an unknown capability', 'nobody knows what it opens', { 'permissions.0.capabilities': ['gpu'] }),
  shape('a digest in capitals', 'one digest has one text', { 'components.0.digest': `sha256:${'A'.repeat(64)}` }),
  shape('a digest of another length', 'it is none', { 'components.0.digest': `sha384:${'a'.repeat(64)}` }),
  shape('a digest with a line feed behind it', 'it is none', { 'data.0.digest': `sha256:${'a'.repeat(64)}\n` }),
  shape('a participant that is null', exact, { 'participants.1': null }),
]

const digest = `sha256:${'e'.repeat(64)}`
const third = { name: 'lab', did: 'did:web:lab.example' }
const otherReceivers = { outputs: [{ name: 'model.bin', component: 'trainer', receivers: ['pharma', 'lab'] }] }
const withThird = { 'participants.2': third }
const M2 = 'MANIFEST_PARTICIPANT'
const M7 = 'MANIFEST_NAME_INVALID'
const M11 = 'MANIFEST_FLOW'
const M13 = 'MANIFEST_WIRING'
const oneWho = 'who is found first would act as both'
const filesOf = (name: string): Changes => ({ 'outputs.0.name': name })

const rules: readonly TestSketch[] = [
  ok('the manifest of two parties', 'both agree', {}),
  ok('a component that nothing uses', 'M14 is for a person to read', {
    'components.2': { name: 'idle', participant: 'pharma', digest },
    'permissions.2': { component: 'idle', reads: [], capabilities: [] },
  }),
  ok('data without a digest', 'M15: data may be unknown in advance', { 'data.1.digest': null }),
  ok('an output that another component reads', 'M6: outputs are declared too', {
    'permissions.0.reads': ['records', 'model.bin'],
  }),
  bad(M2, 'a participant twice', oneWho, { 'participants.2': { name: 'pharma', did: 'did:web:x' } }),
  bad(M2, 'a DID twice', oneWho, { 'participants.2': { name: 'lab', did: 'did:web:pharma.example' } }),
  bad(M2, 'a DID that is none', 'nobody can be found by it', { 'participants.1.did': 'https://pharma.example' }),
  bad(M2, 'a DID that ends with a line feed', 'nobody can be found by it', {
    'participants.1.did': 'did:web:pharma.example\n',
  }),
  bad(M2, 'I am not listed', 'it is no agreement of mine', {}, { self: 'clinic' }),
  bad(M2, 'I am listed with another DID', 'somebody else acts as me', {}, { selfDid: 'did:web:clinic.example' }),
  bad('MANIFEST_NAME_DUPLICATE', 'two data items of one name', 'one name, one thing', {
    'data.2': { name: 'records', participant: 'pharma', digest },
  }),
  bad('MANIFEST_NAME_DUPLICATE', 'a component and data of one name', 'one name, one thing', {
    'data.2': { name: 'trainer', participant: 'pharma', digest },
  }),
  bad('MANIFEST_PARTICIPANT_UNKNOWN', 'a component of nobody', 'nobody answers for it', {
    'components.1.participant': 'clinic',
  }),
  bad(
    'MANIFEST_PARTICIPANT_UNKNOWN',
    'an output to nobody',
    'nobody knows who that is',
    { 'outputs.0.receivers': ['pharma', 'clinic'] },
    { receivers: ['pharma', 'clinic'], 'receiversOf.records': ['pharma', 'clinic'] },
  ),
  bad('MANIFEST_PERMISSION', 'a component without an entry', 'nothing bounds what it does', {
    'components.2': { name: 'idle', participant: 'pharma', digest },
  }),
  bad('MANIFEST_PERMISSION', 'an entry for no component', 'it may fit one that is added', {
    'permissions.2': { component: 'ghost', reads: [], capabilities: [] },
  }),
  bad('MANIFEST_PERMISSION', 'two entries for a component', 'the first is checked, and both are obeyed', {
    'permissions.2': { component: 'cohort', reads: [], capabilities: [] },
  }),
  bad('MANIFEST_SOURCE_UNKNOWN', 'undeclared data is read', 'it would be read from wherever it is found', {
    'permissions.0.reads': ['records', 'ghost'],
  }),
  bad('MANIFEST_OUTPUT', 'two outputs of one name', 'one replaces the other, receivers and all', {
    'outputs.1': { name: 'model.bin', component: 'cohort', receivers: ['pharma'] },
  }),
  bad('MANIFEST_OUTPUT', 'an output of no component', 'nobody says what it holds', {
    'outputs.1': { name: 'x', component: 'ghost', receivers: [] },
  }),
  bad(
    'MANIFEST_OUTPUT',
    'a receiver who is not accepted',
    'I deliver to no strangers',
    { ...withThird, ...otherReceivers },
    { 'receiversOf.records': ['pharma', 'lab'] },
  ),
  bad('MANIFEST_CAPABILITY', 'files', 'whoever has files has all of them', {
    'permissions.0.capabilities': ['clock', 'filesystem'],
  }),
  bad('MANIFEST_CAPABILITY', 'the network', 'it can take data anywhere', { 'permissions.0.capabilities': ['network'] }),
  bad(
    'MANIFEST_CAPABILITY',
    'HTTP, where the network is allowed',
    'leave is by name',
    { 'permissions.0.capabilities': ['http'] },
    { capabilities: ['network'] },
  ),
  bad(M11, 'my data by a channel to a component that delivers it', 'data flows on', {}, { 'receiversOf.records': [] }),
  bad(M11, 'my data that I forgot to list', 'forgetting must not open it', {}, { receiversOf: {} }),
  bad(
    M11,
    'my data straight to an output',
    'who reads it can deliver it',
    { channels: [], 'permissions.1.reads': ['weights', 'records'] },
    { 'receiversOf.records': [] },
  ),
  bad(
    M11,
    'my data by files that all share',
    'whoever has files has all of them',
    { channels: [], 'permissions.1.capabilities': ['filesystem'] },
    { 'receiversOf.records': [], capabilities: ['filesystem'] },
  ),
  bad(
    M11,
    'my data by an output that another component reads',
    'what is derived from it counts',
    {
      channels: [],
      'outputs.1': { name: 'table', component: 'cohort', receivers: [] },
      'permissions.1.reads': ['weights', 'table'],
    },
    { 'receiversOf.records': [] },
  ),
  bad(
    M11,
    'data of another party that I list',
    'what I list is judged whoever owns it',
    {},
    { 'receiversOf.weights': [] },
  ),
  bad(M13, 'a channel to no component', 'nobody knows what stands there', {
    'channels.1': { from: 'cohort', to: 'ghost' },
  }),
  bad(M13, 'a channel from no component', 'nobody knows what stands there', {
    'channels.1': { from: 'ghost', to: 'cohort' },
  }),
  bad(M13, 'a channel to itself', 'it says nothing', { 'channels.1': { from: 'cohort', to: 'cohort' } }),
  bad(M13, 'a channel twice, the other way', 'both ways are one channel', {
    'channels.1': { from: 'trainer', to: 'cohort' },
  }),
  bad('MANIFEST_COMPONENT_UNPINNED', 'code without a digest', 'a name stands for whatever is submitted under it', {
    'components.0.digest': null,
  }),
]

const path = 'names become parts of paths'
const look = 'names that look alike are not the same to a program'
const names: readonly TestSketch[] = [
  ...[
    ['../keys/private_key.pem', path],
    ['/etc/hostname', path],
    ['model/../../x', path],
    ['..', path],
    ['.', path],
    ['', path],
    ['model\0.bin', path],
    ['model\\bin', path],
    ['C:model', path],
    ['model.bin\n', path],
    ['model bin', path],
    ['-model', 'it would be an option'],
    ['\u202emodel', look],
    ['model\u200b', look],
    ['m\u043edel', look],
    ['model\u0665', look],
    ['model\uff0ebin', look],
    ['__proto__', 'objects have members of this name'],
  ].map(([name = '', why = '']) => bad(M7, `an output called ${JSON.stringify(name)}`, why, filesOf(name))),
  bad(M7, 'an output called "model..bin"', path, filesOf('model..bin')),
  bad(M7, 'a participant with a Unicode digit', look, { 'participants.2': { name: 'lab\u0663', did: third.did } }),
  bad(M7, 'a component with a slash', path, {
    'components.2': { name: 'a/b', participant: 'pharma', digest },
    'permissions.2': { component: 'a/b', reads: [], capabilities: [] },
  }),
  bad(M7, 'data that begins with a dot', path, { 'data.2': { name: '.ssh', participant: 'pharma', digest } }),
  ok('an output called "constructor"', 'it is a name like any other', filesOf('constructor')),
  ok('an output of 128 characters', 'the longest', filesOf('x'.repeat(128))),
]

/** Expectations as they stand, for those that are not of their own shape. */
const expecter = (comment: string, why: string, document: Json, more: Changes = {}): TestSketch => {
  const { evidence, binding } = judged(attestedText(more))
  return refused(comment, why, 'attested expectations, docs/manifest.md', ['MANIFEST_EXPECTATIONS_MALFORMED', null], {
    evidence,
    binding: { ...binding, accept: { expect: document, schema } } as VectorInput['binding'],
  })
}
const expectations = (changes: Changes): Json => JSON.parse(canonical(changed(attestedExpectations, changes))) as Json
const careful = 'who misreads what I expect agrees for me'

const expected: readonly TestSketch[] = [
  expecter('an unknown member', careful, expectations({ senders: ['hospital'] })),
  expecter('no receivers', careful, expectations({ receivers: undefined })),
  expecter('a receiver that is no text', careful, expectations({ 'receivers.1': 5 })),
  expecter('a list in the place of receiversOf', careful, expectations({ receiversOf: [] }), { outputs: [] }),
  expecter(
    'receiversOf with a name of 129 characters',
    'names have a bound',
    expectations({ [`receiversOf.${'x'.repeat(129)}`]: [] }),
  ),
  expecter('an unknown capability', careful, expectations({ capabilities: ['gpu'] })),
  expecter('the members of another schema', careful, expectations({ transferRequestIdIMEC: 'request-1' })),
]

export function manifestVectors(): VectorFile {
  const input: VectorInput = { ...reportInput, ...judged(attestedText()) }
  return vectorFile('manifest', [
    group('manifest/shape', 'Documents that do not follow their schema (M1)', input, shapes),
    group('manifest/rules', 'Manifests that one rule refuses, and some that none does', input, rules),
    group('manifest/names', 'Names that could be read as something else (M7)', input, names),
    group('manifest/expectations', 'Expectations that do not follow their schema', input, expected),
    ...agentManifestGroups(),
  ])
}
