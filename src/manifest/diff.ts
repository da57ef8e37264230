/** What changes between two manifests, by name and never by order. */
import { sha256Hex } from '../crypto/digests.js'
import { toUtf8 } from '../encoding/text.js'
import type { JsonValue } from '../errors/error.js'
import type { ManifestChange, ManifestEffect } from './diff-change.js'
import { flowChanges, wiredPairs } from './diff-flow.js'
import {
  type ManifestView,
  type ViewItem,
  type SectionName,
  type ViewSet,
  jsonOf,
  sectionNames,
  valuesOf,
  viewOf,
} from './diff-view.js'
import { type Manifest, requireManifest } from './manifest.js'
import { pointer } from './shape.js'

/**
 * Compares two manifests of one schema. A set that gains and loses has two entries. Compositions are compared as texts
 * (SHA-256) and by what they wire.
 *
 * Empty means that both say the same. Their bytes may differ all the same, in order or spacing: compare digests.
 *
 * @throws TypeError for what `parseManifest` did not make, and for manifests of two schemas.
 */
export function diffManifests(before: Manifest, after: Manifest): readonly ManifestChange[] {
  const [old, now] = [requireManifest(before), requireManifest(after)]
  if (old.schema !== now.schema) {
    throw new TypeError(`manifests must be of one schema, not ${old.schema} and ${now.schema}`)
  }
  const [left, right] = [viewOf(old), viewOf(now)]
  return [
    ...factChanges('', left.facts, right.facts),
    ...sectionNames.flatMap((name) => sectionChanges(left, right, name)),
    ...setChanges('/channels', left.channels, right.channels),
    ...compositionChanges(left, right, wiredPairs(old.model), wiredPairs(now.model)),
    ...flowChanges(old.model, now.model),
  ]
}

function factChanges(
  path: string,
  before: ViewItem['facts'],
  after: ViewItem['facts'],
): readonly ManifestChange[] {
  // The schema is the same, and so are the keys.
  return Object.keys(before).flatMap((key): readonly ManifestChange[] => {
    const [old = null, now = null] = [before[key], after[key]]
    if (old === now) return []
    // A pin that goes lets any code in, one that comes keeps all other code out. All else is never null.
    const effect = now === null ? 'widened' : old === null ? 'narrowed' : 'changed'
    return [{ path: pointer(path, key), effect, before: old, after: now }]
  })
}

function setChanges(path: string, before: ViewSet, after: ViewSet): readonly ManifestChange[] {
  const onlyIn = (set: ViewSet, other: ViewSet): readonly JsonValue[] =>
    valuesOf(new Map([...set].filter(([key]) => !other.has(key))))
  const [more, less] = [onlyIn(after, before), onlyIn(before, after)]
  return [
    ...(more.length === 0 ? [] : [{ path, effect: 'widened' as const, before: null, after: more }]),
    ...(less.length === 0 ? [] : [{ path, effect: 'narrowed' as const, before: less, after: null }]),
  ]
}

function sectionChanges(
  before: ManifestView,
  after: ManifestView,
  name: SectionName,
): readonly ManifestChange[] {
  const [items, others] = [before.sections[name], after.sections[name]]
  return [...new Set([...items.keys(), ...others.keys()])].sort().flatMap((key) => {
    // A component without an entry is not one that may do nothing: it is one of which nobody says what it may do.
    const isLeftOpen = name === 'permissions' && after.sections.components.has(key)
    const path = pointer(`/${name}`, key)
    return itemChanges(path, items.get(key) ?? [], others.get(key) ?? [], isLeftOpen ? 'changed' : 'narrowed')
  })
}

function itemChanges(
  path: string,
  before: readonly ViewItem[],
  after: readonly ViewItem[],
  effectIfGone: ManifestEffect,
): readonly ManifestChange[] {
  const [old, now] = [before[0], after[0]]
  if (old === undefined || now === undefined) {
    const effect = old === undefined ? 'widened' : effectIfGone
    return [{ path, effect, before: together(before), after: together(after) }]
  }
  // Several things of one name, which the rules refuse: which of them counts is not known, so nothing inside is told.
  if (before.length > 1 || after.length > 1) {
    const [all, others] = [together(before), together(after)]
    const isSame = JSON.stringify(all) === JSON.stringify(others)
    return isSame ? [] : [{ path, effect: 'changed', before: all, after: others }]
  }
  return [
    ...factChanges(path, old.facts, now.facts),
    ...Object.entries(old.sets).flatMap(([key, set]) =>
      setChanges(pointer(path, key), set, now.sets[key] ?? new Map()),
    ),
  ]
}

/** Nothing, the one thing, or all of them. */
function together(items: readonly ViewItem[]): JsonValue {
  const [first, ...others] = items
  if (first === undefined) return null
  return others.length === 0 ? jsonOf(first) : items.map(jsonOf)
}

function compositionChanges(
  { composition: old }: ManifestView,
  { composition: now }: ManifestView,
  before: ViewSet | null,
  after: ViewSet | null,
): readonly ManifestChange[] {
  if (old === null || now === null || old === now) return []
  const text = (composition: string): string => `sha256:${sha256Hex(toUtf8(composition))}`
  const path = '/composition'
  return [
    { path, effect: 'changed', before: text(old), after: text(now) },
    // Where one cannot be read, what it wires is not known; the flow then assumes the worst.
    ...(before === null || after === null ? [] : setChanges(`${path}/channels`, before, after)),
  ]
}
