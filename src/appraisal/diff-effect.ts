/** Whether a changed value of a policy lets more in. Everything that is not certain is `other`. */
import type { JsonValue } from '../errors/error.js'
import { isUnchecked } from '../errors/ledger.js'
import type { MeasurementRule, PolicyDocument } from './document.js'
import { acceptedUntil } from './measurements.js'

export type ChangeEffect = 'wider' | 'narrower' | 'same' | 'other'

/** One difference between two policies. */
export interface PolicyChange {
  /** The key in the policy document; of a TCB floor `tcb.reported` and so on. */
  readonly path: string
  /** The silicon of a TCB floor; `null` for all else. */
  readonly silicon: string | null
  readonly effect: ChangeEffect
  readonly before: JsonValue
  readonly after: JsonValue
}

/** The effect of two one-sided facts: does it let something more in, does it keep something out. */
export function effectFrom(letsIn: boolean, keepsOut: boolean): ChangeEffect {
  if (letsIn && keepsOut) return 'other'
  if (letsIn) return 'wider'
  return keepsOut ? 'narrower' : 'same'
}

/** Strictness of words, strictest first. Words that demand nothing, and those that cannot be ordered, are not here. */
const ladders: readonly (readonly JsonValue[])[] = [
  ['challenge', 'session', 'monotonic', 'ledger'],
  ['forbid', 'microcodeOnly'],
  ['pinned', 'arkSigned'],
]

/** Numbers of which a larger one lets more in; of all others a larger one keeps more out. */
const isCeiling = (path: string): boolean => path.endsWith('Days')

/** The effect of a value at a path that is not `tcb` (stated on both sides). */
export function effectOf(
  path: string,
  before: JsonValue,
  after: JsonValue,
  policies: { readonly before: PolicyDocument; readonly after: PolicyDocument },
): ChangeEffect {
  // It decides the type of the result and what the policy has to state, not what is accepted.
  if (path === 'identity') return isUnchecked(before) && isUnchecked(after) ? 'same' : 'other'
  if (path === 'revocation.minNumbers')
    return effectOfNumbers(before, after, requiresCrl(policies.before) || requiresCrl(policies.after))
  const [wasOpen, isOpen] = [demandsNothing(path, before), demandsNothing(path, after)]
  if (wasOpen || isOpen) return effectFrom(isOpen && !wasOpen, wasOpen && !isOpen)
  // A list, a number or a version is one on both sides: there is no other way to state something at its key.
  if (Array.isArray(before))
    return effectOfLists(path, before as readonly JsonValue[], after as readonly JsonValue[])
  if (typeof before === 'number') {
    const isHigher = Math.max(before, Number(after)) === after
    return isHigher === isCeiling(path) ? 'wider' : 'narrower'
  }
  const ladder = ladders.find((words) => words.includes(before) && words.includes(after))
  if (ladder !== undefined)
    return ladder.find((word) => word === before || word === after) === before ? 'wider' : 'narrower'
  if (/\.min[A-Z]/.test(path)) {
    const [old, now] = [sortable(before as string), sortable(after as string)]
    return [old, now].sort()[0] === now ? 'wider' : 'narrower'
  }
  return 'other'
}

/** True for a value that every report satisfies. */
function demandsNothing(path: string, value: JsonValue): boolean {
  if (isUnchecked(value) || value === 'allow' || value === 'any') return true
  if (value === 0 || value === '0.0') return !isCeiling(path)
  if (typeof value !== 'object' || Array.isArray(value)) return false
  return Object.entries(value ?? {}).every(([key, member]) => demandsNothing(`${path}.${key}`, member))
}

/** What a list accepts, and until when. Labels are a name, not a difference. */
function entriesOf(path: string, list: readonly JsonValue[]): ReadonlyMap<string, number> {
  const entries = new Map<string, number>()
  for (const item of list) {
    const rule = path === 'measurements' ? (item as unknown as MeasurementRule) : null
    // A chip of Turin has 8 bytes, or the same and zeros.
    const name = path.endsWith('chips') ? (item as string).padEnd(128, '0') : JSON.stringify(item)
    const [key, until] = rule === null ? [name, Infinity] : [rule.value, acceptedUntil(rule)]
    entries.set(key, Math.max(entries.get(key) ?? -Infinity, until))
  }
  return entries
}

function effectOfLists(
  path: string,
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): ChangeEffect {
  const [old, now] = [entriesOf(path, before), entriesOf(path, after)]
  const hasMore = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
    [...a].some(([key, until]) => until > (b.get(key) ?? -Infinity))
  const [more, less] = [hasMore(now, old), hasMore(old, now)]
  return path.startsWith('denied.') ? effectFrom(less, more) : effectFrom(more, less)
}

const requiresCrl = ({ revocation }: PolicyDocument): boolean =>
  !isUnchecked(revocation) && !isUnchecked(revocation.crl)

/**
 * Numbers of CRLs, per product. Where a CRL is required, a floor is also what lets one count of which nobody says
 * when it was fetched; to add or remove a floor then does both.
 */
function effectOfNumbers(before: JsonValue, after: JsonValue, required: boolean): ChangeEffect {
  const [old, now] = [numbersOf(before), numbersOf(after)]
  const products = [...new Set([...old.keys(), ...now.keys()])]
  const comesOrGoes = products.some((product) => old.has(product) !== now.has(product))
  if (required && comesOrGoes) return 'other'
  const hasLess = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
    products.some((product) => (a.get(product) ?? 0) < (b.get(product) ?? 0))
  return effectFrom(hasLess(now, old), hasLess(old, now))
}

const numbersOf = (value: JsonValue): ReadonlyMap<string, number> =>
  new Map(isUnchecked(value) ? [] : Object.entries(value as Readonly<Record<string, number>>))

/** A version whose parts have at most three digits, as text that sorts. */
const sortable = (version: string): string =>
  version
    .split('.')
    .map((part) => part.padStart(3, '0'))
    .join()
