/**
 * A manifest as its comparison sees it: things under their names, facts about each, and sets of what each may do. No
 * order is left, except between things of one name: systems take the first of them.
 */
import { canonicalJson } from '../encoding/canonical-json.js'
import type { JsonValue } from '../errors/error.js'
import type { Manifest } from './manifest.js'

/** What only one of two documents has in a set is more, or less. */
export type ViewSet = ReadonlyMap<string, JsonValue>

/** One thing, such as a component. */
export interface ViewItem {
  /** A fact is another one, or the same. */
  readonly facts: Readonly<Record<string, JsonValue>>
  readonly sets: Readonly<Record<string, ViewSet>>
}

/** The kinds of things, in the order in which differences are told. */
export const sectionNames = ['participants', 'components', 'data', 'permissions', 'outputs'] as const
export type SectionName = (typeof sectionNames)[number]

/** Things of one kind, by name. */
export type ViewSection = ReadonlyMap<string, readonly ViewItem[]>

export interface ManifestView {
  /** Facts about the agreement as a whole. */
  readonly facts: Readonly<Record<string, JsonValue>>
  readonly channels: ViewSet
  readonly composition: string | null
  readonly sections: Readonly<Record<SectionName, ViewSection>>
}

/** The view of a manifest. Everything that its document says is in it. */
export function viewOf(manifest: Manifest): ManifestView {
  const { document, model } = manifest
  const sections = {
    participants: section(model.participants, ({ name, did }) => [name, item({ did })]),
    components: section(model.components, placed),
    data: section(model.data, placed),
    permissions: section(permissionsOf(manifest), ({ component, reads, imports }) => [
      component,
      item({}, { reads: setOf(reads), imports: setOf(imports) }),
    ]),
    outputs: section(outputsOf(manifest), ({ name, receivers, ...facts }) => [
      name,
      item(facts, { receivers: setOf(receivers) }),
    ]),
  }
  // Both ways, so the pair has no order either.
  const pairs = model.channels.map(({ from, to }) => [from, to].sort())
  return {
    facts: 'title' in document ? { title: document.title } : { ...model.references },
    channels: setOf(pairs),
    composition: model.composition?.text ?? null,
    sections,
  }
}

/** A set of JSON values; equal ones are one. */
export function setOf(values: readonly JsonValue[]): ViewSet {
  return new Map(values.map((value) => [canonicalJson(value), value]))
}

/** The values of a set, in an order of their own. */
export function valuesOf(set: ViewSet): readonly JsonValue[] {
  return [...set].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}

/** An item as plain JSON. */
export function jsonOf({ facts, sets }: ViewItem): JsonValue {
  return {
    ...facts,
    ...Object.fromEntries(Object.entries(sets).map(([key, set]) => [key, valuesOf(set)])),
  }
}

const item = (facts: ViewItem['facts'], sets: ViewItem['sets'] = {}): ViewItem => ({ facts, sets })

type Placed = { readonly name: string; readonly participant: string; readonly digest: string | null }
const placed = ({ name, participant, digest }: Placed): readonly [string, ViewItem] => [
  name,
  item({ participant, digest }),
]

function section<T>(
  things: readonly T[],
  named: (thing: T) => readonly [name: string, item: ViewItem],
): ViewSection {
  const items = new Map<string, ViewItem[]>()
  for (const thing of things) {
    const [key, one] = named(thing)
    const before = items.get(key)
    if (before === undefined) items.set(key, [one])
    else before.push(one)
  }
  return items
}

interface ViewPermission {
  readonly component: string
  readonly reads: readonly JsonValue[]
  readonly imports: readonly string[]
}

/** Both schemas; the agent's have a type beside each name, which is a part of what is permitted. */
function permissionsOf({ schema, document }: Manifest): readonly ViewPermission[] {
  if (schema === 'attested/manifest@1') {
    return document.permissions.map(({ component, reads, capabilities }) => ({
      component,
      reads,
      imports: capabilities,
    }))
  }
  return document.permissions.map(({ component, data_permissions: reads, wasi_imports: imports }) => ({
    component,
    reads: reads.flatMap((read) =>
      // One source, and a list of one, mean the same.
      ('source' in read ? [read.source] : read.sources).map((source) =>
        read.type === 'read' ? source : { type: read.type, source },
      ),
    ),
    imports,
  }))
}

interface ViewOutput {
  readonly name: string
  readonly receivers: readonly string[]
  readonly [fact: string]: JsonValue
}

function outputsOf({ schema, document }: Manifest): readonly ViewOutput[] {
  if (schema === 'attested/manifest@1') return document.outputs.map((output) => ({ ...output }))
  return document.permissions.flatMap(({ component, output }) =>
    output.map(({ name, type, function: called, participant }) => ({
      name,
      component,
      type,
      function: called,
      receivers: [participant],
    })),
  )
}
