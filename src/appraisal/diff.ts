/**
 * What changes between two policies, and whether it lets more in.
 *
 * `wider`: with everything else alike, the second accepts something that the first does not, and refuses nothing
 * that the first accepts. `narrower` is the reverse. `same` accepts the same. Whatever is not clearly one of
 * these is `other`, and to be read as possibly wider.
 */
import { canonicalJson } from '../encoding/canonical-json.js'
import type { JsonValue } from '../errors/error.js'
import { isUnchecked } from '../errors/ledger.js'
import { type PolicyChange, effectOf } from './diff-effect.js'
import { diffFloors } from './diff-floors.js'
import { type Policy, factsOfPolicy } from './policy.js'

/** Compares two policies, key by key. Empty: the documents are equal, but for the order of keys. */
export function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  const [left, right] = [factsOfPolicy(before), factsOfPolicy(after)]
  const changes: PolicyChange[] = []
  for (const [path, old, now] of differingLeaves(asJson(before), asJson(after), '')) {
    const isFloors = path === 'tcb' && !isUnchecked(old) && !isUnchecked(now)
    const inside = isFloors
      ? diffFloors(left.floors, right.floors, takesVersion2(before) || takesVersion2(after))
      : []
    if (inside.length > 0) changes.push(...inside)
    else {
      const effect = isFloors ? 'same' : effectOf(path, old, now, { before, after })
      changes.push({ path, silicon: null, effect, before: old, after: now })
    }
  }
  return changes
}

const asJson = (policy: Policy): JsonValue => policy as unknown as JsonValue
const takesVersion2 = ({ reportVersions }: Policy): boolean => reportVersions.includes(2)

const isObject = (value: JsonValue): value is { readonly [key: string]: JsonValue } =>
  value instanceof Object && !Array.isArray(value)

type Leaf = readonly [path: string, before: JsonValue, after: JsonValue]

/** The deepest keys whose values differ. Floors and CRL numbers are compared as a whole. */
function differingLeaves(before: JsonValue, after: JsonValue, path: string): readonly Leaf[] {
  if (equalJson(before, after)) return []
  const isWhole =
    isUnchecked(before) || isUnchecked(after) || path === 'tcb' || path === 'revocation.minNumbers'
  if (isWhole || !isObject(before) || !isObject(after)) return [[path, before, after]]
  // Every key is in every policy, so the keys of one are those of the other.
  return Object.keys(before).flatMap((key) =>
    differingLeaves(before[key] ?? null, after[key] ?? null, path === '' ? key : `${path}.${key}`),
  )
}

const equalJson = (a: JsonValue, b: JsonValue): boolean => canonicalJson(a) === canonicalJson(b)
