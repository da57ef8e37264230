/** A manifest in words: who takes part, what runs, what it reads and reaches, and who can end up with what. */
import { isAllowed, reachOf } from './capability.js'
import { checkManifest } from './check.js'
import { channelsOfComposition } from './composition.js'
import type { AgentExpectations, AttestedExpectations, Expectations } from './expectations.js'
import { flowSentences } from './explain-flow.js'
import { grouped, perName, shownName, shownNames } from './explain-words.js'
import { type Manifest, requireManifest } from './manifest.js'
import type { Channel, ManifestModel, ManifestSchema } from './model.js'

export type ExplanationTopic =
  'agreement' | 'participants' | 'components' | 'data' | 'channels' | 'outputs' | 'flow' | 'pins'

/** One sentence. */
export interface ManifestStatement {
  readonly topic: ExplanationTopic
  /** JSON pointer (RFC 6901) of the place in the document. */
  readonly path: string
  /** What it is about, such as `data pdk-params of imec`. */
  readonly subject: string
  readonly text: string
  /** `warning`: to be read before anything is agreed to. It refuses nothing; the rules do. */
  readonly severity: 'note' | 'warning'
}

/** A manifest in words. Names that are not plain stand in quotes, cut after 64 characters; all text is on one line. */
export interface ManifestExplanation {
  readonly schema: ManifestSchema
  /** SHA-256 of the bytes that are committed to, hex. */
  readonly digest: string
  readonly statements: readonly ManifestStatement[]
  /** How many findings the rules have, and how many rules were left open. `checkManifest` has them. */
  readonly rules: { readonly errors: number; readonly warnings: number; readonly unchecked: number }
}

type Stated = Omit<ManifestStatement, 'topic'>
type Expected = AttestedExpectations | AgentExpectations

/**
 * Explains a manifest. That judges nothing, and says nothing about whether anybody agreed to it: words about a
 * manifest that breaks rules may be wrong where a name means two things, so look at `rules` first.
 *
 * @param expectations - With them the explanation speaks to that participant, and warns of what they do not name.
 * @throws TypeError for arguments that `parseManifest` and `parseExpectations` did not make, or of two schemas.
 */
export function explainManifest(
  manifest: Manifest,
  expectations: Expectations | null = null,
): ManifestExplanation {
  const { model, document } = requireManifest(manifest)
  const { schema, digest, findings, unchecked } = checkManifest(manifest, expectations)
  const expected = expectations?.document ?? null
  const title = 'title' in document ? document.title : null
  const under = (topic: ExplanationTopic, items: readonly Stated[]): readonly ManifestStatement[] =>
    items.map((item) => ({ topic, ...item }))
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return {
    schema,
    digest,
    statements: [
      ...under('agreement', agreement(model, title, expected)),
      ...under('participants', participants(model, expected)),
      ...under('components', components(model, expected)),
      ...under('data', data(model)),
      ...under('channels', channels(model)),
      ...under('outputs', outputs(model, expected)),
      ...under('flow', flow(model, expected)),
      ...under('pins', pins(model)),
    ],
    rules: {
      errors,
      warnings: findings.length - errors,
      unchecked: new Set(unchecked.map(({ rule }) => rule)).size,
    },
  }
}

/** A sentence of parts; those that are `null` have nothing to say. */
function stated(path: string, subject: string, parts: readonly (string | null)[], warning: boolean): Stated {
  const text = parts.filter((part) => part !== null).join('; ')
  return { path, subject, text, severity: warning ? 'warning' : 'note' }
}

/** `verb names`, or `null` where there are none. */
const some = (verb: string, names: readonly string[]): string | null =>
  names.length === 0 ? null : `${verb} ${shownNames(names)}`

function agreement(model: ManifestModel, title: string | null, expected: Expected | null): readonly Stated[] {
  const wanted = new Map<string, unknown>(Object.entries(expected ?? {}))
  return [
    ...(title === null ? [] : [stated('/title', 'title', [shownName(title)], false)]),
    ...Object.entries(model.references ?? {}).map(([key, value]) => {
      const other = expected !== null && wanted.get(key) !== value
      const remark = other ? `you expect ${shownName(String(wanted.get(key)))}` : null
      return stated(`/${key}`, key, [`is ${shownName(value)}`, remark], other)
    }),
  ]
}

function participants(model: ManifestModel, expected: Expected | null): readonly Stated[] {
  const names = (items: readonly { readonly name: string }[] = []): readonly string[] =>
    items.map(({ name }) => name)
  const code = grouped(model.components, ({ participant }) => participant)
  const inputs = grouped(model.data, ({ participant }) => participant)
  const received = grouped(
    model.outputs.flatMap(({ name, receivers }) => receivers.map((to) => ({ name, to: to.name }))),
    ({ to }) => to,
  )
  const parts = perName((name) => [
    some('brings code', names(code.get(name))),
    some('brings data', names(inputs.get(name))),
    some('receives', names(received.get(name))),
  ])
  const absent = expected !== null && !model.participants.some(({ name }) => name === expected.self)
  return [
    ...model.participants.map(({ path, name, did }) => {
      const isMe = name === expected?.self
      const misnamed = isMe && did !== expected.selfDid
      return stated(
        path,
        `participant ${shownName(name)}`,
        [
          isMe ? (misnamed ? `you, but your DID is ${shownName(expected.selfDid)}` : 'you') : null,
          shownName(did),
          ...parts(name),
        ],
        misnamed,
      )
    }),
    ...(absent
      ? [stated('/participants', `participant ${shownName(expected.self)}`, ['you are not listed'], true)]
      : []),
  ]
}

function components(model: ManifestModel, expected: Expected | null): readonly Stated[] {
  const permissions = grouped(model.permissions, ({ component }) => component)
  const allowed = new Set(expected?.capabilities ?? [])
  const words = { files: 'all data and outputs by', network: 'the network by' } as const
  const facts = perName((name) => {
    const entries = permissions.get(name) ?? []
    const imports = entries.flatMap((entry) => entry.imports.map((item) => item.name))
    const reads = entries.flatMap((entry) => entry.reads.map((item) => item.name))
    const reached = (what: 'files' | 'network'): readonly string[] =>
      imports.filter((item) => reachOf(model.schema, item) === what)
    const denied = [...reached('files'), ...reached('network')]
    const unwanted = denied.filter((item) => !isAllowed(model.schema, item, allowed))
    const parts = [
      entries.length === 0 ? 'has no permission entry' : null,
      some('reads', reads) ?? 'reads no data',
      some(model.schema === '2cvm-agent/1' ? 'imports' : 'may use', imports),
      some(`CAN REACH ${words.files}`, reached('files')),
      some(`CAN REACH ${words.network}`, reached('network')),
      expected === null ? null : some('you do not allow', unwanted),
    ]
    return { parts, warning: entries.length === 0 || unwanted.length > 0 }
  })
  return model.components.map(({ path, name, participant, digest }) => {
    const { parts, warning } = facts(name)
    const pin = digest === null ? 'no digest pins its code' : `its code is ${digest}`
    const subject = `component ${shownName(name)} of ${shownName(participant)}`
    return stated(path, subject, [pin, ...parts], warning || digest === null)
  })
}

function data(model: ManifestModel): readonly Stated[] {
  const reads = model.permissions.flatMap(({ component, reads }) =>
    reads.map(({ name }) => ({ name, component })),
  )
  const grantees = grouped(reads, ({ name }) => name)
  const readers = perName((name) => [...new Set(grantees.get(name)?.map(({ component }) => component))])
  return model.data.map(({ path, name, participant, digest }) =>
    stated(
      path,
      `data ${shownName(name)} of ${shownName(participant)}`,
      [
        digest === null ? 'no digest pins it' : `is ${digest}`,
        some('may be read by', readers(name)) ?? 'no permission reads it',
      ],
      digest === null,
    ),
  )
}

function channels(model: ManifestModel): readonly Stated[] {
  const wired = channelsOfComposition(model)
  const exchange = ({ path, from, to }: Channel): Stated =>
    stated(path, `${shownName(from)} and ${shownName(to)}`, ['exchange data, both ways'], false)
  if (wired !== null) return [...model.channels, ...wired].map(exchange)
  const text = 'cannot be read: every component is taken to exchange data with every other'
  return [stated('/composition', 'composition', [text], true)]
}

function outputs(model: ManifestModel, expected: Expected | null): readonly Stated[] {
  const accepted = new Set(expected?.receivers ?? [])
  return model.outputs.map(({ path, name, component, receivers }) => {
    const names = receivers.map((receiver) => receiver.name)
    const unwanted = expected === null ? [] : names.filter((receiver) => !accepted.has(receiver))
    return stated(
      path,
      `output ${shownName(name)} of ${shownName(component)}`,
      [some('goes to', names) ?? 'goes to nobody', some('you do not accept', unwanted)],
      unwanted.length > 0,
    )
  })
}

function flow(model: ManifestModel, expected: Expected | null): readonly Stated[] {
  return flowSentences(model, expected).map(({ item, text, warning }) =>
    stated(item.path, `data ${shownName(item.name)} of ${shownName(item.participant)}`, [text], warning),
  )
}

function pins(model: ManifestModel): readonly Stated[] {
  const loose = (items: ManifestModel['data']): readonly string[] =>
    items.filter(({ digest }) => digest === null).map(({ name }) => name)
  const [code, inputs] = [loose(model.components), loose(model.data)]
  if (code.length + inputs.length === 0) return []
  const remark = model.schema === '2cvm-agent/1' ? 'this schema has no place for digests' : null
  const parts = [some('the code of', code), some('the data', inputs), remark]
  return [stated('', 'no digest pins', parts, true)]
}
