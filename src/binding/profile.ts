/**
 * Profiles: what the evidence of one system commits to. `defineProfile` makes one of a definition, or refuses it;
 * `with` fills in what the caller knows and makes a {@link Binding} for a verification.
 */
import { copyBytes, lengthOf, requireBytes } from '../encoding/bytes.js'
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import { type Acceptance, type CheckedAcceptance, acceptanceOf } from './acceptance.js'
import { type Binding, makeBinding } from './binding.js'
import { type Challenge, bytesOfChallenge } from './challenge.js'
import { readerOf } from './codec.js'
import type { Edge, InputDefinition, InputSource, ProfileDefinition } from './definition.js'
import { checkDefinition, levelsRule } from './profile-rules.js'
import { runProfile } from './run-profile.js'
import { type Session, bytesOfSession } from './session.js'

declare const profileBrand: unique symbol

/** Inputs by name, and where each comes from. */
export type InputSources = Readonly<Record<string, InputSource>>

type Named<S extends InputSources, Source> = { [K in keyof S]: S[K] extends Source ? K : never }[keyof S]

/**
 * What the caller fills in: every pin, challenge and session; a reference value or why there is none; evidence only where
 * the container does not hold it.
 */
export type ProfileInputs<S extends InputSources> = {
  readonly [K in Named<S, 'expected'>]: Uint8Array
} & { readonly [K in Named<S, 'verifier'>]: Challenge } & {
  readonly [K in Named<S, 'session'>]: Session
} & { readonly [K in Named<S, 'reference'>]: Uint8Array | Unchecked } & {
  readonly [K in Named<S, 'evidence'>]?: Uint8Array
} & {
  /** By name: which document, or which other evidence, the caller accepts. */
  readonly accept?: Readonly<Record<string, Acceptance>>
}

/** What evidence of one system commits to. Made by {@link defineProfile} alone. */
export interface Profile<S extends InputSources = InputSources> {
  readonly [profileBrand]: true
  readonly id: string
  readonly title: string
  readonly source: string
  /** Why results of it should not be relied upon yet. */
  readonly experimental: string | null
  /**
   * A binding for one verification.
   *
   * @throws TypeError for inputs that are missing, unknown, of a wrong length or kind, and for a document of which
   *   `accept` does not say whether it is accepted.
   */
  readonly with: (inputs: ProfileInputs<S>) => Binding
}

type SourcesOf<D extends ProfileDefinition> = {
  readonly [K in keyof D['inputs']]: D['inputs'][K]['source']
}

const definitions = new WeakMap<object, ProfileDefinition>()

/** The definition of a profile. @throws TypeError for a look-alike. */
export function definitionOf(profile: object): ProfileDefinition {
  const definition = definitions.get(profile)
  if (definition === undefined) throw new TypeError('a profile must come from defineProfile')
  return definition
}

/**
 * Makes a profile.
 *
 * @throws TypeError for a definition that could prove less than it seems to; the message names the rule.
 */
export function defineProfile<const D extends ProfileDefinition>(definition: D): Profile<SourcesOf<D>> {
  const own = frozenCopy(definition)
  checkDefinition(own)
  const { id, title, source, experimental } = own
  const profile = Object.freeze({
    id,
    title,
    source,
    experimental: experimental ?? null,
    with: (inputs: ProfileInputs<SourcesOf<D>>) => bind(own, inputs),
  }) as unknown as Profile<SourcesOf<D>>
  definitions.set(profile, own)
  return profile
}

/** The caller cannot change the rules later. Expressions and codecs are frozen already. */
function frozenCopy(definition: ProfileDefinition): ProfileDefinition {
  const { inputs, edges, keys, freshness, vmpl, assumptions, weak } = definition
  const copyAll = <T extends object>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.freeze(
      Object.fromEntries(Object.entries(record).map(([name, item]) => [name, Object.freeze({ ...item })])),
    )
  return Object.freeze({
    ...definition,
    inputs: Object.freeze(
      Object.fromEntries(Object.entries(inputs).map(([name, item]) => [name, copyOfInput(item)])),
    ),
    edges: Object.freeze(listOf(edges, 'a profile has edges').map(copyOfEdge)),
    freshness: Object.freeze({ ...freshness }),
    ...(keys === undefined ? {} : { keys: copyAll(keys) }),
    ...(vmpl === undefined ? {} : { vmpl: Object.freeze([...listOf(vmpl, levelsRule)]) }),
    ...(assumptions === undefined ? {} : { assumptions: Object.freeze([...assumptions]) }),
    ...(weak === undefined ? {} : { weak: Object.freeze(weak.map((item) => Object.freeze({ ...item }))) }),
  })
}

/** Callers without types. */
function listOf<T>(value: readonly T[], message: string): readonly T[] {
  const isList: boolean = Array.isArray(value)
  if (!isList || value.length === 0) throw new TypeError(message)
  return value
}

function copyOfInput(item: InputDefinition): InputDefinition {
  const copy = { ...item }
  const { length } = copy
  return Object.freeze({
    ...copy,
    length: typeof length === 'object' ? Object.freeze({ ...length }) : length,
  })
}

function copyOfEdge(edge: Edge): Edge {
  const copy = { ...edge }
  if (copy.kind !== 'commit') return Object.freeze(copy)
  const { carrier, layout } = copy
  return Object.freeze({
    ...copy,
    carrier: typeof carrier === 'object' ? Object.freeze({ ...carrier }) : carrier,
    layout: Object.freeze([...listOf(layout, 'a layout has segments')]),
  })
}

function bind(definition: ProfileDefinition, given: unknown): Binding {
  if (typeof given !== 'object' || given === null) throw new TypeError('inputs must be an object')
  const { accept = {}, ...values } = { ...given } as Record<string, unknown>
  const inputs = new Map<string, Uint8Array>()
  const open = new Map<string, string>()
  let challenge: Challenge | null = null
  for (const name of Object.keys(values))
    if (!Object.hasOwn(definition.inputs, name))
      throw new TypeError(`${definition.id} has no input ${name.slice(0, 64)}`)
  for (const [name, item] of Object.entries(definition.inputs)) {
    // A name like `constructor` finds something in every object.
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined && item.source === 'evidence') continue
    if (value === undefined) throw new TypeError(`input ${name} is required`)
    if (item.source === 'reference' && isUnchecked(value)) {
      open.set(name, reasonOf(value, name))
      continue
    }
    if (item.source === 'verifier') challenge = value as Challenge
    const bytes = bytesOfInput(value, item, name)
    requireLength(bytes, item, name)
    inputs.set(name, bytes)
  }
  const acceptances = new Map(readAcceptances(definition, accept))
  for (const [name, reason] of open) acceptances.set(name, { kind: 'unchecked', reason })
  const unaccepted = new Set(open.keys())
  return makeBinding({
    kind: 'profile',
    profile: definition.id,
    challenge,
    run: (context) => runProfile(definition, { inputs, challenge, acceptances, unaccepted }, context),
  })
}

function reasonOf(value: Unchecked, name: string): string {
  // Read once: it may be a getter of the caller's.
  const reason: unknown = value.unchecked
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new TypeError(`input ${name} { unchecked } needs a reason`)
  return reason
}

function bytesOfInput(value: unknown, { source }: InputDefinition, name: string): Uint8Array {
  if (source === 'verifier') return copyBytes(bytesOfChallenge(value as Challenge))
  if (source === 'session') return copyBytes(bytesOfSession(value as Session))
  return copyBytes(requireBytes(value, `input ${name}`))
}

function requireLength(bytes: Uint8Array, { length }: InputDefinition, name: string): void {
  const { min, max } = typeof length === 'number' ? { min: length, max: length } : length
  const actual = lengthOf(bytes)
  const expected = min === max ? String(min) : `${String(min)} to ${String(max)}`
  if (actual < min || actual > max)
    throw new TypeError(`input ${name} has ${expected} bytes, not ${String(actual)}`)
}

function readAcceptances(
  definition: ProfileDefinition,
  accept: unknown,
): ReadonlyMap<string, CheckedAcceptance> {
  if (typeof accept !== 'object' || accept === null) throw new TypeError('accept must be an object')
  const documents = new Set(
    definition.edges.flatMap((edge) => {
      if (edge.kind !== 'decode') return []
      readerOf(edge.codec)
      return edge.codec.mustAccept ? [edge.of] : []
    }),
  )
  const out = new Map<string, CheckedAcceptance>()
  for (const [name, value] of Object.entries(accept)) {
    if (definition.inputs[name]?.source !== 'evidence' && !documents.has(name))
      throw new TypeError(`accept: ${name.slice(0, 64)} is nothing that comes with the evidence`)
    out.set(name, acceptanceOf(value, name, documents.has(name)))
  }
  for (const name of documents)
    if (!out.has(name))
      throw new TypeError(`accept.${name} is required: a digest, expectations, or { unchecked: reason }`)
  return out
}
