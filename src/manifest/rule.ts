/** What one rule looks at, and what it says. */
import type { AgentExpectations, AttestedExpectations } from './expectations.js'
import type { ModelFlow } from './flow.js'
import type { CompositionFinding } from './composition.js'
import type { ManifestModel } from './model.js'
import { quoted } from './shape.js'

/** The subject of all rules. What several of them need is computed once, on first use. */
export interface RuleSubject {
  readonly model: ManifestModel
  readonly expectations: AttestedExpectations | AgentExpectations | null
  readonly flow: () => ModelFlow
  readonly composition: () => readonly CompositionFinding[]
}

/** A finding before the rule's name and severity are on it. */
export interface Note {
  readonly path: string
  readonly message: string
  /** Only where it is not the rule's own. */
  readonly severity?: 'error' | 'warning'
}

export interface RuleOutcome {
  readonly notes: readonly Note[]
  /** Why the rule, or a part of it, was not applied. */
  readonly unchecked: readonly string[]
}

/** Nothing was left open. */
export function found(notes: readonly Note[]): RuleOutcome {
  return { notes, unchecked: [] }
}

/** How many names a message shows. */
export const shownNames = 3

/** The first few of many names, quoted. `count` is how many there are, where only the first are given. */
export function some(names: readonly string[], count: number = names.length): string {
  const shown = names.slice(0, shownNames).map(quoted).join(', ')
  return count > shownNames ? `${shown} and ${count - shownNames} more` : shown
}

/** The second and later items under one key, with the first of them. */
export function repeats<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly { readonly item: T; readonly first: T }[] {
  const firsts = new Map<string, T>()
  const out: { item: T; first: T }[] = []
  for (const item of items) {
    const first = firsts.get(keyOf(item))
    if (first === undefined) firsts.set(keyOf(item), item)
    else out.push({ item, first })
  }
  return out
}
