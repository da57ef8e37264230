// Every rule on manifests. Rules report what they find; one that is knocked out finds nothing. The shape of documents
// and compositions have tables of their own.
import { type Edit, becomes, of, pointsOf, refuses } from './point.js'

const own = (...comments: readonly string[]): readonly string[] => of('manifest/rules', ...comments)
const agent = (...comments: readonly string[]): readonly string[] => of('manifest/agent-rules', ...comments)
const agentNames = (...comments: readonly string[]): readonly string[] =>
  of('manifest/agent-names', ...comments)
const outputs = (...names: readonly string[]): readonly string[] =>
  of('manifest/names', ...names.map((name) => `an output called ${JSON.stringify(name)}`))

const M9 = [
  'a line feed behind it',
  'an Arabic digit',
  'a wide digit',
  'a leading zero',
  'two numbers',
  'no version',
  'a release candidate',
  'a control of the writing direction',
].map((what) => `an import with ${what}`)

/** A rule as a whole. M14 only warns, so it can be the reason of no refusal. */
const rules: readonly (readonly [rule: string, cases: readonly string[]])[] = [
  ['M2', [...own('a participant twice', 'I am not listed'), ...agent('a DID twice')]],
  ['M3', [...own('two data items of one name'), ...agent('a component twice')]],
  ['M4', [...own('an output to nobody'), ...agent('data of nobody')]],
  ['M5', [...own('two entries for a component'), ...agent('no entry for a component')]],
  ['M6', [...own('undeclared data is read'), ...agent('undeclared data among several')]],
  ['M7', [...outputs('../keys/private_key.pem'), ...agentNames('a component called model-2')]],
  ['M8', [...own('two outputs of one name'), ...agent('a receiver who is not accepted')]],
  ['M9', agent('an import twice', ...M9)],
  ['M10', [...own('files', 'the network'), ...agent('wasi:sockets/tcp@0.2.0 without leave')]],
  ['M11', [...own('my data that I forgot to list'), ...agent('my data along the composition')]],
  ['M12', of('manifest/agent-composition', 'a package that nobody declared', 'a package with a version')],
  ['M13', [...own('a channel to itself'), ...agent('what a component exports left to the host')]],
  ['M15', own('code without a digest')],
  ['M16', agent('another transfer request of one side', 'another transfer request than I expect')],
]

const participants: readonly Edit[] = [
  ...pointsOf('manifest/participant-rules.ts', [
    refuses('did', '!didPattern.test(did)', own('a DID that is none', 'a DID that ends with a line feed')),
    becomes(
      'name',
      'repeats(participants, ({ name }) => name)',
      "repeats(on('.name') ? participants : [], ({ name }) => name)",
      [...own('a participant twice'), ...agent('a participant twice')],
    ),
    becomes(
      'didTwice',
      'repeats(participants, ({ did }) => did)',
      "repeats(on('.didTwice') ? participants : [], ({ did }) => did)",
      [...own('a DID twice'), ...agent('a DID twice')],
    ),
    refuses('self', 'mine.length === 0', own('I am not listed')),
    refuses('selfDid', 'did !== selfDid', own('I am listed with another DID')),
    refuses('known', '!known.has(name)', [
      ...own('a component of nobody', 'an output to nobody'),
      ...agent('data of nobody'),
    ]),
    refuses(
      'reference',
      'expected.get(key) !== value',
      agent('another transfer request of one side', 'another transfer request than I expect'),
    ),
  ]),
  ...pointsOf('manifest/name-rules.ts', [
    becomes(
      'twice',
      'repeats([...model.components, ...model.data], ({ name }) => name)',
      "repeats(on('.twice') ? [...model.components, ...model.data] : [], ({ name }) => name)",
      [
        ...own('two data items of one name', 'a component and data of one name'),
        ...agent('a component twice', 'a component and data of one name'),
      ],
    ),
    refuses('plain', '!plainName.test(name)', [
      ...outputs('/etc/hostname', '', 'model\0.bin', 'model\\bin', 'C:model', 'model.bin\n', 'model bin'),
      ...outputs('.', '-model', '\u202emodel', 'model\u200b', 'm\u043edel', 'model\u0665', '__proto__'),
      ...of('manifest/names', 'a participant with a Unicode digit', 'a component with a slash'),
      ...agentNames('an output called /etc/hostname', 'data with NUL in its name'),
      ...agentNames('data with a control of the writing direction'),
    ]),
    refuses('dots', "name.includes('..')", [
      ...outputs('model..bin'),
      ...agentNames('data with two dots in its name'),
    ]),
    refuses('quarantine', "name.endsWith('-quarantine')", agentNames('data called weights-quarantine')),
    refuses('reserved', 'reserved.has(name)', agentNames('data called root', 'data called self')),
    refuses(
      'wac',
      "kind !== 'data item' && !wacName.test(name)",
      agentNames('a component called model-2', 'a participant called pharma.eu'),
    ),
  ]),
]

const permissions: readonly Edit[] = [
  ...pointsOf('manifest/permission-rules.ts', [
    refuses('noEntry', '!permitted.has(name)', [
      ...own('a component without an entry'),
      ...agent('no entry for a component'),
    ]),
    refuses('noComponent', '!declared.has(component)', own('an entry for no component')),
    becomes(
      'twice',
      'repeats(model.permissions, ({ component }) => component)',
      "repeats(on('.twice') ? model.permissions : [], ({ component }) => component)",
      [...own('two entries for a component'), ...agent('two entries for a component')],
    ),
    refuses('source', '!declared.has(name)', [
      ...own('undeclared data is read'),
      ...agent('undeclared data among several'),
    ]),
    refuses('import', '!importPattern.test(name)', agent(...M9)),
    becomes(
      'importTwice',
      'repeats(imports, ({ name }) => name)',
      "repeats(on('.importTwice') ? imports : [], ({ name }) => name)",
      agent('an import twice'),
    ),
    becomes('leave', 'reach === null || isAllowed(', "!on('.leave') || reach === null || isAllowed(", [
      ...own('files', 'the network', 'HTTP, where the network is allowed'),
      ...agent('wasi:http/outgoing-handler, where wasi:filesystem is allowed'),
    ]),
  ]),
  ...pointsOf('manifest/capability.ts', [
    refuses(
      'files',
      "plain.startsWith('wasi:filesystem')",
      agent('wasi:filesystem/types@0.2.0 without leave', 'wasi:filesystem/preopens@9.9.9 without leave'),
    ),
    refuses(
      'network',
      '/^wasi:(?:sockets|keyvalue|blobstore|messaging)/.test(plain)',
      agent(
        'wasi:sockets/tcp@0.2.0 without leave',
        'wasi:keyvalue/store@0.2.0 without leave',
        'wasi:messaging/producer@0.2.0 without leave',
      ),
    ),
    refuses('http', "plain.startsWith('wasi:http')", agent('wasi:http/outgoing-handler@0.2.0 without leave')),
  ]),
]

const flow: readonly Edit[] = [
  ...pointsOf('manifest/output-rules.ts', [
    becomes(
      'twice',
      'repeats(model.outputs, ({ name }) => name)',
      "repeats(on('.twice') ? model.outputs : [], ({ name }) => name)",
      [...own('two outputs of one name'), ...agent('two outputs of one name')],
    ),
    refuses('component', '!declared.has(component)', own('an output of no component')),
    refuses('receiver', '!accepted.has(name)', [
      ...own('a receiver who is not accepted'),
      ...agent('a receiver who is not accepted'),
    ]),
    refuses('flow', 'others !== null', [
      ...own(
        'my data by a channel to a component that delivers it',
        'my data that I forgot to list',
        'my data straight to an output',
        'data of another party that I list',
      ),
      ...agent('my data that I forgot to list'),
    ]),
  ]),
  // What data can flow along; each way is followed.
  ...pointsOf('manifest/flow.ts', [
    becomes(
      'channels',
      'of [...model.channels, ...(wired ?? [])])',
      "of [...(on('.channels') ? model.channels : []), ...(on('.composition') ? (wired ?? []) : [])])",
      own('my data by a channel to a component that delivers it'),
    ),
    {
      find: 'if (owner !== undefined)',
      replace: "if (owner !== undefined && on('.imports'))",
      points: [
        {
          id: 'imports',
          cases: agent('my data along the composition'),
          behind: ['manifest/flow.composition'],
        },
        {
          id: 'composition',
          cases: agent('my data along the composition'),
          behind: ['manifest/flow.imports'],
        },
      ],
    },
    refuses('files', "reach === 'files'", [
      ...own('my data by files that all share'),
      ...agent('my data by files that all share'),
    ]),
    refuses('data', 'data.has(name)', own('my data straight to an output')),
    refuses('outputs', 'outputs.has(name)', own('my data by an output that another component reads')),
  ]),
  ...pointsOf('manifest/component-rules.ts', [
    refuses(
      'channel',
      '!declared.has(name)',
      own('a channel to no component', 'a channel from no component'),
    ),
    refuses('loop', 'from === to', own('a channel to itself')),
    becomes(
      'channelTwice',
      'repeats(model.channels, pair)',
      "repeats(on('.channelTwice') ? model.channels : [], pair)",
      own('a channel twice, the other way'),
    ),
    refuses('pin', 'digest === null', own('code without a digest')),
  ]),
]

export const manifestEdits: readonly Edit[] = [
  ...pointsOf('manifest/check.ts', [
    {
      find: 'const outcome = judge(subject)',
      replace: 'const outcome = on(`.${id}`) ? judge(subject) : { notes: [], unchecked: [] }',
      points: rules.map(([id, cases]) => ({ id, cases })),
    },
  ]),
  ...participants,
  ...permissions,
  ...flow,
]
