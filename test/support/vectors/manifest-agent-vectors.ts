// Stage manifest, schema `2cvm-agent/1`: manifests that an agent signed, and that one rule refuses.
import { agentDocument, agentExpectations, changed } from '../manifest-documents.js'
import {
  type Changes,
  agentBinding,
  agentEvidence,
  agentInput,
  agentText,
  expecting,
  fine,
  refused,
} from './commitment-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'

const schema = '2cvm-agent/1'
const source = 'idlab-discover/2cVM-attestation-agent a75c58d'
const language = 'bytecodealliance/wac, LANGUAGE.md'

/** An agent that is locked on this manifest, and a participant who judges it by the rules. */
export const judged = (document: Changes, expectations: Changes = {}): Partial<VectorInput> => ({
  ...agentEvidence({ manifest: agentText(document) }),
  binding: agentBinding(expecting(changed(agentExpectations, expectations), schema)),
})

const ok = (comment: string, why: string, document: Changes, expectations: Changes = {}): TestSketch =>
  fine(comment, why, source, judged(document, expectations))

const bad = (
  code: string,
  comment: string,
  why: string,
  document: Changes,
  expectations: Changes = {},
  from = source,
): TestSketch => refused(comment, why, from, [code, 'binding.accept'], judged(document, expectations))

const entry = (component: string, imports: readonly string[] = []): object => ({
  component,
  data_permissions: [],
  output: [],
  wasi_imports: imports,
})
const model = (type: string, participant = 'pharma'): object => ({
  type: 'file',
  function: type,
  name: 'model.bin',
  participant,
})
const imports = 'permissions.0.wasi_imports'
const M7 = 'MANIFEST_NAME_INVALID'
const M9 = 'MANIFEST_IMPORT_INVALID'
const M10 = 'MANIFEST_CAPABILITY'
const M11 = 'MANIFEST_FLOW'
const loose = 'the agent’s own pattern takes it'
const denied = 'it can take data past every declared way'
const dataNamed = (name: string): Changes => ({
  'data.1.name': name,
  'permissions.1.data_permissions.0.sources': [name],
})
const componentNamed = (name: string): Changes => ({
  'components.2': { name, participant: 'pharma' },
  'permissions.2': entry(name),
})
const alone = `package demo:lab;
let store = new hospital:cohort { ... };
let model = new pharma:trainer { ... };
export model...;
`

const rules: readonly TestSketch[] = [
  ok('the manifest of two parties', 'both agree', {}),
  ok('a component that is not instantiated', 'M14 is for a person to read', componentNamed('idle')),
  bad('MANIFEST_PARTICIPANT', 'a participant twice', 'the agent takes the first', {
    'participants.2': { name: 'pharma', DID: 'did:web:x' },
  }),
  bad('MANIFEST_PARTICIPANT', 'a DID twice', 'the agent takes the first', {
    'participants.2': { name: 'lab', DID: 'did:web:pharma.example' },
  }),
  bad('MANIFEST_NAME_DUPLICATE', 'a component twice', 'one submission would count as both', {
    'components.2': { name: 'trainer', participant: 'pharma' },
  }),
  bad('MANIFEST_NAME_DUPLICATE', 'a component and data of one name', 'one submission would count as both', {
    'data.2': { name: 'trainer', participant: 'pharma' },
  }),
  bad('MANIFEST_PARTICIPANT_UNKNOWN', 'data of nobody', 'nobody answers for it', { 'data.1.participant': 'clinic' }),
  bad('MANIFEST_PERMISSION', 'two entries for a component', 'the agent checks the first and obeys both', {
    'permissions.2': entry('cohort'),
  }),
  bad('MANIFEST_PERMISSION', 'no entry for a component', 'the agent checks nothing', {
    'components.2': { name: 'idle', participant: 'pharma' },
  }),
  bad('MANIFEST_SOURCE_UNKNOWN', 'undeclared data among several', 'it is read from wherever it is found', {
    'permissions.1.data_permissions.0.sources': ['weights', 'ghost'],
  }),
  bad('MANIFEST_OUTPUT', 'two outputs of one name', 'all outputs share a folder', {
    'permissions.0.output': [model('leak')],
  }),
  bad('MANIFEST_OUTPUT', 'a receiver who is not accepted', 'I deliver to no strangers', {}, { receivers: ['hospital'] }),
  ...[
    ['wasi:cli/stdin@0.2.0\n', 'a line feed behind it'],
    ['wasi:cli/stdin@0.2.\u0660', 'an Arabic digit'],
    ['wasi:cli/stdin@0.2.\uff10', 'a wide digit'],
    ['wasi:cli/stdin@0.02.0', 'a leading zero'],
    ['wasi:cli/stdin@0.2', 'two numbers'],
    ['wasi:cli/stdin', 'no version'],
    ['wasi:cli/stdin@0.2.0-rc', 'a release candidate'],
    ['wasi:cli/\u202estdin@0.2.0', 'a control of the writing direction'],
    [' wasi:cli/stdin@0.2.0', 'a space before it'],
  ].map(([name, what = '']) => bad(M9, `an import with ${what}`, loose, { [`${imports}.0`]: name })),
  bad(M9, 'an import twice', 'it says nothing', { [`${imports}.1`]: 'wasi:io/streams@0.2.0' }),
  ...[
    'wasi:filesystem/types@0.2.0',
    'wasi:filesystem/preopens@9.9.9',
    'wasi:sockets/tcp@0.2.0',
    'wasi:http/outgoing-handler@0.2.0',
    'wasi:keyvalue/store@0.2.0',
    'wasi:messaging/producer@0.2.0',
  ].map((name) => bad(M10, `${name} without leave`, denied, { [`${imports}.0`]: name })),
  bad(
    M10,
    'wasi:http/outgoing-handler, where wasi:filesystem is allowed',
    'leave is by name',
    { [`${imports}.0`]: 'wasi:http/outgoing-handler@0.2.0' },
    { capabilities: ['wasi:filesystem'] },
  ),
  ok(
    'wasi:http/types, which sends nothing by itself',
    'M10 is about what reaches out',
    { [`${imports}.0`]: 'wasi:http/types@0.2.0' },
  ),
  ok(
    'the file system with leave, where its readers may have all',
    'I said so',
    { [`${imports}.0`]: 'wasi:filesystem/types@0.2.0' },
    { capabilities: ['wasi:filesystem/types'] },
  ),
  bad(M11, 'my data along the composition', 'data flows on', {}, { 'receiversOf.records': ['hospital'] }),
  bad(M11, 'my data that I forgot to list', 'forgetting must not open it', {}, { receiversOf: {} }),
  bad(
    M11,
    'my data by files that all share',
    'the agent gives whoever has files all of them',
    {
      composition: 'package demo:lab;\nexport new hospital:cohort { ... };\nexport new pharma:trainer { ... };\n',
      'permissions.1.wasi_imports': ['wasi:filesystem/types@0.2.0'],
    },
    { 'receiversOf.records': [], capabilities: ['wasi:filesystem/*'] },
  ),
  bad('MANIFEST_WIRING', 'what a component exports left to the host', 'the host would answer in its place', {
    composition: alone,
  }),
  bad('MANIFEST_REFERENCE', 'another transfer request of one side', 'it is another agreement', {
    transferRequestIdFabless: 'request-3',
  }),
  bad(
    'MANIFEST_REFERENCE',
    'another transfer request than I expect',
    'it is another agreement',
    {},
    { transferRequestIdIMEC: 'request-0' },
  ),
]

const names: readonly TestSketch[] = [
  bad(M7, 'an output called ../keys/private_key.pem', 'the agent would serve the key of the machine', {
    'permissions.1.output.0.name': '../keys/private_key.pem',
  }),
  bad(M7, 'an output called /etc/hostname', 'the agent would serve that file', {
    'permissions.1.output.0.name': '/etc/hostname',
  }),
  bad(M7, 'data with NUL in its name', 'names become parts of paths', dataNamed('wei\0ghts')),
  bad(M7, 'data with two dots in its name', 'names become parts of paths', dataNamed('weights..old')),
  bad(M7, 'data with a control of the writing direction', 'it shows as another', dataNamed('\u202ethgiew')),
  bad(M7, 'data called root', 'the agent fails on it, and is locked all the same', dataNamed('root')),
  bad(M7, 'data called self', 'the agent fails on it, and is locked all the same', dataNamed('self')),
  bad(
    M7,
    'data called weights-quarantine',
    'what fails the agent’s check stays on its disk under such a name',
    dataNamed('weights-quarantine'),
  ),
  bad(M7, 'a component called model-2', 'WAC has no such name', componentNamed('model-2')),
  bad(M7, 'a participant called pharma.eu', 'WAC has no such name', {
    'participants.2': { name: 'pharma.eu', DID: 'did:web:pharma.eu' },
  }),
  ok('data called weights_2.bin', 'data need not be a name in WAC', dataNamed('weights_2.bin')),
]

const store = 'let store = new hospital:cohort { ... };'
const rows = '"hospital:cohort/rows@1.2.0": store["hospital:cohort/rows@1.2.0"]'
/** The composition of the lab with something in it. */
const wac = (parts: {
  readonly head?: string
  readonly store?: string
  readonly items?: string
  readonly before?: string
  readonly end?: string
}): Changes => ({
  composition: [
    parts.head ?? 'package demo:lab;',
    parts.store ?? store,
    `let model = new pharma:trainer { ${parts.items ?? `${rows}, ...`} };`,
    `${parts.before ?? ''}${parts.end ?? 'export model...;'}`,
  ].join('\n'),
})
const shown = 'what people read must be what runs'
const M12 = (comment: string, why: string, parts: Parameters<typeof wac>[0]): TestSketch =>
  bad('MANIFEST_COMPOSITION', comment, why, wac(parts), {}, language)
const strict = 'wac reads it otherwise, or not at all'
const grammar = 'it is no WAC'
const foreign = 'it would be code that nobody agreed to'

const compositions: readonly TestSketch[] = [
  fine('comments, and an instance without a name', 'WAC has them', language, {
    ...judged(wac({ before: '/* a /* nested */ one */ // and a line\nexport new hospital:cohort { ... } as extra;\n' })),
  }),
  M12('a package that nobody declared', foreign, { before: 'export new pharma:tracer { ... };' }),
  M12('a package that the agent put aside', foreign, { before: 'export new pharma:trainer-quarantine { ... };' }),
  M12('a component under the name of another party', foreign, { before: 'export new pharma:cohort { ... };' }),
  M12('a package with a version', 'it would come from a registry', {
    store: 'let store = new hospital:cohort@1.0.0 { ... };',
  }),
  M12('an import of its own', 'the host would fill it', { before: 'import clock: wasi:clocks/wall-clock@0.2.0;' }),
  M12('the name of a component for itself', 'it would instantiate itself', { head: 'package hospital:cohort;' }),
  M12('a control of the writing direction in a comment', shown, { before: '/* \u202e */' }),
  M12('a control character in a comment', shown, { before: '/* \u001b[2K */' }),
  M12('a carriage return alone in a comment', shown, { before: '// agreed\rexport store...;\n' }),
  M12('a character that WAC has not', grammar, { before: '#' }),
  M12('a comment that does not end', grammar, { end: 'export model...; /* agreed /* twice */' }),
  M12('a string that does not end', grammar, { end: 'export model as "result;' }),
  M12('a string over two lines', strict, { end: 'export model as "re\nsult";' }),
  M12('two words without a space', strict, {
    before: 'let MODEL = model;\n',
    end: 'export MODELas answer;',
  }),
  M12('a semicolon too many', strict, { before: ';' }),
  M12('no semicolon at the end', strict, { end: 'export model...' }),
  M12('another keyword than package', grammar, { head: 'world demo:lab;' }),
  M12('a package without a namespace', grammar, { head: 'package demo;' }),
  M12('a package with a version of one number', grammar, { head: 'package demo:lab@1;' }),
  M12('a name that is declared twice', 'it would mean two things', { before: 'let store = model;\n' }),
  M12('a name that is not declared', 'it means nothing', { before: 'export mode;' }),
  M12('a name in quotes after let', grammar, { store: 'let "store" = new hospital:cohort { ... };' }),
  M12('a string where a value is expected', grammar, { end: 'export "model"...;' }),
  M12('an access without quotes', grammar, { items: '"hospital:cohort/rows@1.2.0": store[rows], ...' }),
  M12('a keyword as an argument', grammar, { items: `${rows}, use: store, ...` }),
  M12('a string as an argument without a value', grammar, { items: `${rows}, "store", ...` }),
  M12('a spread twice', 'it says nothing', { items: `${rows}, ...store, ...store, ...` }),
  M12('65 parentheses', 'no reader has to follow', { end: `export ${'('.repeat(65)}model${')'.repeat(65)}...;` }),
  M12('an argument behind "..."', strict, { items: `..., ${rows}` }),
]

const M13 = (comment: string, why: string, items: string, document: Changes = {}): TestSketch =>
  bad('MANIFEST_WIRING', comment, why, { ...wac({ items }), ...document }, {}, language)
const wiring: readonly TestSketch[] = [
  fine('an import by its short name', 'WAC finds it', language, judged(wac({ items: 'rows: store.rows, ...' }))),
  fine('a spread and nothing of the host', 'WAC stops if it leaves anything', language, judged(wac({ items: '...store' }))),
  M13('an import left to "..."', 'the host would fill it', '...'),
  M13('an import that is not given', 'WAC would stop', ''),
  M13('an import that is given twice', 'WAC would take one', `${rows}, rows: store.rows, ...`),
  M13('an argument that is no listed import', 'the list is not what it imports', `${rows}, "hospital:cohort/keys@1.2.0": store, ...`),
  bad(
    'MANIFEST_PERMISSION',
    'an instance without a permission entry that takes all from the host',
    'nothing is known about its imports',
    {
      ...wac({ before: 'export new pharma:idle { ... };' }),
      'components.2': { name: 'idle', participant: 'pharma' },
    },
  ),
]

const data = (agentDocument['permissions'] as readonly object[])[1]
const documents: readonly TestSketch[] = [
  refused(
    'source beside sources',
    'the agent drops one of them',
    source,
    ['MANIFEST_SCHEMA', 'binding.decode'],
    judged({ 'permissions.1': { ...data, data_permissions: [{ type: 'read', sources: ['weights'], source: 'records' }] } }),
  ),
  refused(
    'no wasi_imports',
    'the agent fills them in',
    source,
    ['MANIFEST_SCHEMA', 'binding.decode'],
    judged({ 'permissions.1.wasi_imports': undefined }),
  ),
]

export const agentManifestGroups = (): readonly VectorGroup[] => {
  const of = (name: string, comment: string, tests: readonly TestSketch[]): VectorGroup =>
    group(`manifest/agent-${name}`, comment, { ...agentInput, ...judged({}) }, tests)
  return [
    of('shape', 'Manifests of the 2cVM agent that do not follow its model (M1)', documents),
    of('rules', 'Manifests of the 2cVM agent that one rule refuses', rules),
    of('names', 'Names that the 2cVM agent takes for something else (M7)', names),
    of('composition', 'Compositions that are none, or bring foreign code (M12)', compositions),
    of('wiring', 'Compositions that leave something to the host (M13)', wiring),
  ]
}
