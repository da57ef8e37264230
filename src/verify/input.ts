/** The input of a verification: everything is required, and wrong use is a `TypeError` before anything runs. */
import { type Policy, factsOfPolicy } from '../appraisal/policy.js'
import { type Binding, factsOfBinding } from '../binding/binding.js'
import { type EndorsementCache, requireCache } from '../endorsement/cache.js'
import { requireKnownMembers } from '../encoding/members.js'
import { timeOf } from '../encoding/time.js'
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import { type Evidence, partsOfEvidence } from '../evidence/evidence.js'

/** What a verification needs. */
export interface VerificationInput {
  /** From `decodeEvidence`. */
  readonly evidence: Evidence
  /** From `parsePolicy`. */
  readonly policy: Policy
  /** From `bindings`, or the reason why nobody checks what the report commits to. */
  readonly binding: Binding | Unchecked
  /** The time at which certificates are judged: the caller's, never out of evidence. */
  readonly at: Date
  /** The longest that a result may say it is valid, in milliseconds. */
  readonly maxValidityMs?: number
  /** From `createEndorsementCache`. */
  readonly cache?: EndorsementCache
}

/** The input, copied: what the caller changes later does not matter. */
export interface CheckedInput {
  readonly parts: ReturnType<typeof partsOfEvidence>
  readonly policy: Policy
  readonly binding: Binding | Unchecked
  readonly at: number
  readonly maxValidityMs: number
  readonly cache: EndorsementCache | null
}

const members: readonly (keyof VerificationInput)[] = [
  'evidence',
  'policy',
  'binding',
  'at',
  'maxValidityMs',
  'cache',
]

/** @throws TypeError for anything that is missing, unknown or of the wrong kind. */
export function checkInput(input: VerificationInput): CheckedInput {
  requireObject(input)
  requireKnownMembers(input, members, 'input')
  const { evidence, policy, binding, at, maxValidityMs = Infinity, cache } = input
  const parts = partsOfEvidence(evidence)
  factsOfPolicy(policy)
  const time = timeOf(at)
  if (time === null) throw new TypeError('at must be a valid Date')
  if (typeof maxValidityMs !== 'number' || !(maxValidityMs > 0))
    throw new TypeError('maxValidityMs must be above 0')
  return {
    parts,
    policy,
    binding: checkBinding(binding),
    at: time,
    maxValidityMs,
    cache: cache === undefined ? null : requireCache(cache),
  }
}

function checkBinding(binding: Binding | Unchecked): Binding | Unchecked {
  if (!isUnchecked(binding)) {
    factsOfBinding(binding)
    return binding
  }
  const { unchecked } = binding
  if (typeof unchecked !== 'string' || unchecked.trim() === '')
    throw new TypeError('binding { unchecked } needs a reason')
  return Object.freeze({ unchecked })
}

function requireObject(value: unknown): void {
  if (typeof value !== 'object' || value === null) throw new TypeError('input must be an object')
}
