/** What changes between the TCB floors of two policies, floor by floor and part by part. */
import type { JsonValue } from '../errors/error.js'
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import { type Tcb, componentOf, componentsBelow, componentsOf } from '../product/tcb.js'
import { type PolicyChange, effectFrom } from './diff-effect.js'
import { siliconText } from './floor-text.js'
import type { FloorRule, TcbName } from './floors.js'

const selectors = ['product', 'family', 'model', 'stepping'] as const
const parts: readonly TcbName[] = ['reported', 'committed', 'current', 'launch']

const isSameSilicon = (a: FloorRule, b: FloorRule): boolean => selectors.every((key) => a[key] === b[key])

/** Floors that can both match some silicon. */
const overlap = (a: FloorRule, b: FloorRule): boolean =>
  selectors.every((key) => a[key] === b[key] || a[key] === 'any' || b[key] === 'any')

/**
 * Compares floors.
 *
 * @param version2 - One of the policies takes reports of version 2, which must meet every floor of their product.
 */
export function diffFloors(
  before: readonly FloorRule[],
  after: readonly FloorRule[],
  version2: boolean,
): readonly PolicyChange[] {
  const removed = before.filter((rule) => !after.some((other) => isSameSilicon(rule, other)))
  const added = after.filter((rule) => !before.some((other) => isSameSilicon(rule, other)))
  return [
    ...after.flatMap((now) => {
      const old = before.find((rule) => isSameSilicon(rule, now))
      return old === undefined ? [] : diffParts(old, now)
    }),
    ...removed.map((rule) => wholeFloor(rule, 'before', after, version2)),
    ...added.map((rule) => wholeFloor(rule, 'after', before, version2)),
  ]
}

const siliconOf = (rule: FloorRule): string => `${rule.product}, ${siliconText(rule)}`

function diffParts(old: FloorRule, now: FloorRule): readonly PolicyChange[] {
  const silicon = siliconOf(now)
  const changes = parts.map((name): PolicyChange => {
    const [before, after] = [old.tcbs[name], now.tcbs[name]]
    const effect = effectFrom(isBelow(after, before), isBelow(before, after))
    return { path: `tcb.${name}`, silicon, effect, before: partJson(before), after: partJson(after) }
  })
  const [before, after] = [old.mitigations, now.mitigations]
  const effect = effectFrom(lacksBits(after, before), lacksBits(before, after))
  return [
    ...changes,
    { path: 'tcb.mitigations', silicon, effect, before: partJson(before), after: partJson(after) },
  ].filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))
}

/** True if something at `a` is below `b`. A part that is unchecked is below everything but zero. */
function isBelow(a: Tcb | Unchecked, b: Tcb | Unchecked): boolean {
  if (isUnchecked(b)) return false
  return isUnchecked(a) ? b.raw !== 0n : componentsBelow(a, b).length > 0
}

/** True if `a` demands less than `b`: even no bit at all demands a report that has the vectors. */
function lacksBits(a: bigint | Unchecked, b: bigint | Unchecked): boolean {
  if (isUnchecked(b)) return false
  return isUnchecked(a) || (b & ~a) !== 0n
}

/**
 * A floor that one policy has alone. It lets silicon in that no floor matched, but a floor that matches some of
 * the same silicon, or a report of version 2 beside other floors of the product, is judged by both or by the other.
 */
function wholeFloor(
  rule: FloorRule,
  side: 'before' | 'after',
  others: readonly FloorRule[],
  version2: boolean,
): PolicyChange {
  // No Turin part makes reports of version 2.
  const meets = (other: FloorRule): boolean =>
    version2 && rule.product !== 'Turin' ? other.product === rule.product : overlap(rule, other)
  const effect = others.some(meets) ? 'other' : side === 'before' ? 'narrower' : 'wider'
  const none = { path: 'tcb', silicon: siliconOf(rule), effect, before: null, after: null } as const
  return { ...none, [side]: floorJson(rule) }
}

const floorJson = ({ tcbs, mitigations }: FloorRule): JsonValue => ({
  reported: partJson(tcbs.reported),
  committed: partJson(tcbs.committed),
  current: partJson(tcbs.current),
  launch: partJson(tcbs.launch),
  mitigations: partJson(mitigations),
})

function partJson(part: Tcb | bigint | Unchecked): JsonValue {
  if (isUnchecked(part)) return { unchecked: part.unchecked }
  if (typeof part === 'bigint') return part.toString(16).padStart(16, '0')
  return Object.fromEntries(componentsOf(part.layout).map((name) => [name, componentOf(part, name)]))
}
