/**
 * What an appraised report commits to. Source of the field: AMD 56860, REPORT_DATA.
 *
 * All 64 bytes are compared: a verifier that compares a prefix lets the guest's neighbour choose the rest. An
 * all-zero REPORT_DATA is never a commitment, because reports that the host requests have it.
 */
import { type AppraisedReport, requireAppraised } from '../appraisal/appraise.js'
import type { FreshnessLevel } from '../appraisal/document.js'
import { containsBytes, equalBytes, isFilledWith } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import type { CheckEntry, Ledger, Unchecked } from '../errors/ledger.js'
import { isUnchecked } from '../errors/ledger.js'
import { type Binding, factsOfBinding } from './forms.js'

export const bindingChecks: readonly CheckEntry[] = [
  { id: 'binding.empty', source: 'AMD 56860, SNP_HV_REPORT_REQ' },
  { id: 'binding', source: 'AMD 56860, REPORT_DATA' },
  { id: 'binding.challenge', source: 'RFC 9334 §10' },
  { id: 'freshness', source: 'attested policy, freshness' },
]

/** What the report commits to, and how fresh that makes it. Made by {@link verifyBinding} alone. */
export interface BoundClaims {
  readonly profile: string
  /** Claims that REPORT_DATA commits to and that the caller pinned, by name, hex. */
  readonly verified: Readonly<Record<string, string>>
  /** Byte ranges of REPORT_DATA that nothing constrains. The plain forms constrain all. */
  readonly unbound: readonly string[]
  /** From the claim to the root, one step per arrow. */
  readonly provenance: string
  readonly freshness: FreshnessLevel | 'none'
  /** Who vouches that the challenge is fresh; `null` without one. */
  readonly freshnessBasis: 'asserted' | 'store' | null
}

const order: readonly (FreshnessLevel | 'none')[] = ['challenge', 'session', 'monotonic', 'ledger', 'none']

/**
 * Verifies what an appraised report commits to, and that it is fresh enough for the policy.
 *
 * @returns The claims; `null` where the caller left the binding unchecked.
 * @throws VerificationError `BINDING_EMPTY`, `BINDING_MISMATCH`, `BINDING_CHALLENGE_ABSENT`,
 *   `APPRAISAL_FRESHNESS`.
 */
export function verifyBinding(
  appraised: AppraisedReport,
  binding: Binding | Unchecked,
  ledger: Ledger,
): BoundClaims | null {
  const { authentic, policy } = requireAppraised(appraised)
  const claims = isUnchecked(binding) ? leaveUnbound(binding, ledger) : compare(authentic, binding, ledger)
  const { freshness: least } = policy
  if (isUnchecked(least)) {
    ledger.leaveUnchecked('freshness', least.unchecked)
    return claims
  }
  const actual = claims?.freshness ?? 'none'
  if (order.indexOf(actual) > order.indexOf(least)) {
    ledger.fail('freshness', { expected: least, actual })
    throw new VerificationError('APPRAISAL_FRESHNESS', 'the evidence is less fresh than the policy demands', {
      check: 'freshness',
      expected: least,
      actual,
    })
  }
  ledger.pass('freshness', { expected: least, actual })
  return claims
}

function leaveUnbound({ unchecked }: Unchecked, ledger: Ledger): null {
  for (const id of ['binding.empty', 'binding', 'binding.challenge']) ledger.leaveUnchecked(id, unchecked)
  return null
}

function compare(
  { report, path }: AppraisedReport['authentic'],
  binding: Binding,
  ledger: Ledger,
): BoundClaims {
  const facts = factsOfBinding(binding)
  const { reportData } = report
  if (isFilledWith(reportData, 0)) {
    ledger.fail('binding.empty')
    throw new VerificationError('BINDING_EMPTY', 'REPORT_DATA is all zero and so commits to nothing')
  }
  ledger.pass('binding.empty')
  const [expected, actual] = [toHex(facts.expected), toHex(reportData)]
  if (!equalBytes(reportData, facts.expected)) {
    ledger.fail('binding', { expected, actual })
    throw new VerificationError('BINDING_MISMATCH', 'REPORT_DATA is not the expected commitment', {
      profile: facts.profile,
      expected,
      actual,
    })
  }
  ledger.pass('binding', { expected, actual })
  if (facts.challenge === null) ledger.leaveUnchecked('binding.challenge', facts.freshnessReason ?? '')
  else if (containsBytes(facts.preimage, facts.challenge)) ledger.pass('binding.challenge')
  else {
    ledger.fail('binding.challenge')
    throw new VerificationError(
      'BINDING_CHALLENGE_ABSENT',
      'the challenge is not part of what REPORT_DATA commits to',
      {
        profile: facts.profile,
      },
    )
  }
  return Object.freeze({
    profile: facts.profile,
    verified: Object.freeze(
      Object.fromEntries(Object.entries(facts.claims).map(([name, bytes]) => [name, toHex(bytes)])),
    ),
    unbound: Object.freeze([]),
    provenance: [facts.derivation, ...path.names].join(' ← '),
    freshness: facts.challenge === null ? 'none' : 'challenge',
    freshnessBasis: facts.basis,
  })
}
