/**
 * What changes between two policies, and whether it lets more in.
 *
 * `wider`: the second accepts something there that the first does not. A change that is neither clearly wider
 * nor narrower is `other`, and to be read as possibly wider.
 */
import type { JsonValue } from '../errors/error.js'
import { isUnchecked } from '../errors/ledger.js'
import type { Policy } from './policy.js'

export type ChangeEffect = 'wider' | 'narrower' | 'same' | 'other'

export interface PolicyChange {
  /** The key in the policy document. */
  readonly path: string
  readonly effect: ChangeEffect
  readonly before: JsonValue
  readonly after: JsonValue
}

/** Strictness of single words, strictest first; words that cannot be ordered are not here. */
const ladders: readonly (readonly string[])[] = [
  ['challenge', 'session', 'monotonic', 'ledger'],
  ['forbid', 'microcodeOnly', 'allow'],
  ['require', 'allow'],
  ['pinned', 'arkSigned'],
]

/** Paths at which a larger number lets more in; everywhere else it lets less in. */
const widerWhenLarger = /(?:^|\.)(?:graceDays|maxFetchAgeDays)$/

/** Compares two policies, key by key; labels of measurements are not a difference of what is accepted. */
export function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  const changes: PolicyChange[] = []
  compare(before as unknown as JsonValue, after as unknown as JsonValue, '', changes)
  return changes
}

const isObject = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function compare(before: JsonValue, after: JsonValue, path: string, changes: PolicyChange[]): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return
  const isLeaf =
    isUnchecked(before) ||
    isUnchecked(after) ||
    path === 'tcb' ||
    path === 'idBlock' ||
    path.endsWith('minNumbers')
  if (!isLeaf && isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(before[key] ?? null, after[key] ?? null, path === '' ? key : `${path}.${key}`, changes)
    }
    return
  }
  changes.push({ path, effect: effectOf(before, after, path), before, after })
}

function effectOf(before: JsonValue, after: JsonValue, path: string): ChangeEffect {
  if (isUnchecked(before) && isUnchecked(after)) return 'same'
  if (isUnchecked(after)) return 'wider'
  if (isUnchecked(before)) return 'narrower'
  if (Array.isArray(before) && Array.isArray(after))
    return effectOfLists(
      before as readonly JsonValue[],
      after as readonly JsonValue[],
      path.startsWith('denied.'),
    )
  if (typeof before === 'number' && typeof after === 'number') {
    return after > before === widerWhenLarger.test(path) ? 'wider' : 'narrower'
  }
  if (before === 'any' || after === 'any') return after === 'any' ? 'wider' : 'narrower'
  if (typeof before !== 'string' || typeof after !== 'string') return 'other'
  const ladder = ladders.find((words) => words.includes(before) && words.includes(after))
  if (ladder !== undefined) return ladder.indexOf(after) > ladder.indexOf(before) ? 'wider' : 'narrower'
  const versions = /(?:minAbi|minCommitted)$/.test(path)
  if (versions) return compareDotted(after, before) < 0 ? 'wider' : 'narrower'
  return 'other'
}

function effectOfLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  denied: boolean,
): ChangeEffect {
  const keyOf = (item: JsonValue): string => {
    if (!isObject(item)) return JSON.stringify(item)
    const { value = null, notAfter = null } = item
    return JSON.stringify([value, notAfter])
  }
  const [old, now] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))]
  const added = [...now].some((item) => !old.has(item))
  const removed = [...old].some((item) => !now.has(item))
  if (!added && !removed) return 'same'
  if (added && removed) return 'other'
  return added === denied ? 'narrower' : 'wider'
}

function compareDotted(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (const [index, part] of left.entries()) {
    const difference = part - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
