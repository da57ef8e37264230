/**
 * What a challenge is issued for. Evidence that answers a challenge of one conversation is no answer in another: a
 * challenge counts only for the policy, the profile and the context that it was issued for.
 */
import { digest } from '../crypto/digests.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import { toUtf8 } from '../encoding/text.js'

/** What a challenge is issued for, and must be redeemed for. */
export interface ChallengePurpose {
  /** The policy, as `policyDigest` names it: 64 lower-case hex digits. */
  readonly policyDigest: string
  /** The profile of the binding, such as `digest/sha256`: 1 to 128 characters. */
  readonly profile: string
  /** What tells this conversation from others, such as a session's name: the caller's, at most 1024 characters. */
  readonly context: string
}

const members: readonly string[] = ['policyDigest', 'profile', 'context']

/** A frozen copy, each member read once. @throws TypeError for anything else than the three. */
export function copyPurpose(purpose: ChallengePurpose): ChallengePurpose {
  const given: unknown = purpose
  if (typeof given !== 'object' || given === null) throw new TypeError('purpose must be an object')
  // Who states a fourth would believe that it is compared.
  if (!Object.keys(given).every((key) => members.includes(key)))
    throw new TypeError('purpose is { policyDigest, profile, context }, and no more')
  const { policyDigest, profile, context } = given as Readonly<Partial<Record<string, unknown>>>
  if (typeof policyDigest !== 'string' || !/^[0-9a-f]{64}$/.test(policyDigest))
    throw new TypeError('purpose.policyDigest must be 64 lower-case hex digits, as policyDigest tells them')
  if (typeof profile !== 'string' || profile === '' || profile.length > 128)
    throw new TypeError('purpose.profile must be text of 1 to 128 characters')
  if (typeof context !== 'string' || context.length > 1024)
    throw new TypeError('purpose.context must be text of at most 1024 characters')
  return Object.freeze({ policyDigest, profile, context })
}

/**
 * SHA-256 of the purpose as canonical JSON, with a `schema` of its own. Lone surrogates are written as escapes, so that
 * two purposes never have the same bytes.
 */
export function digestOfPurpose({ policyDigest, profile, context }: ChallengePurpose): Uint8Array {
  const schema = 'attested/challenge-purpose@1'
  return digest('sha256', toUtf8(canonicalJson({ schema, policyDigest, profile, context })))
}
