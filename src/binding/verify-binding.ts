/**
 * What an appraised report commits to. Source of the field: AMD 56860, REPORT_DATA.
 *
 * All 64 bytes are compared: a verifier that compares a prefix lets the guest's neighbour choose the rest. An
 * all-zero REPORT_DATA is never a commitment, because reports that the host requests have it.
 */
import { type AppraisedReport, requireAppraised } from '../appraisal/appraise.js'
import type { FreshnessLevel } from '../appraisal/document.js'
import { policyDigest } from '../appraisal/policy.js'
import { containsBytes, equalBytes, isFilledWith } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import type { CheckEntry, Ledger, Unchecked } from '../errors/ledger.js'
import { guard, isUnchecked } from '../errors/ledger.js'
import { type Binding, type PlainFacts, factsOfBinding } from './binding.js'
import { requirePurpose, spendChallenge } from './challenge.js'
import { type BoundClaims, makeClaims } from './claims.js'

export const bindingChecks: readonly CheckEntry[] = [
  { id: 'binding.vmpl', source: 'AMD 56860, VMPL; attested, profile of the binding' },
  { id: 'binding.inputs', source: 'attested, profile of the binding' },
  { id: 'binding.empty', source: 'AMD 56860, SNP_HV_REPORT_REQ' },
  { id: 'binding', source: 'AMD 56860, REPORT_DATA' },
  { id: 'binding.challenge', source: 'RFC 9334 §10' },
  { id: 'binding.decode', source: 'attested, profile of the binding' },
  { id: 'binding.signature', source: 'attested, profile of the binding' },
  { id: 'binding.accept', source: 'attested, what the caller accepts' },
  { id: 'freshness', source: 'attested policy, freshness' },
  { id: 'freshness.purpose', source: 'RFC 9334 §10' },
]

const order: readonly (FreshnessLevel | 'none')[] = ['challenge', 'session', 'monotonic', 'ledger', 'none']

/** What came with the report, for profiles that read it, and the engine. */
export interface BindingSupplies {
  /** Untrusted. */
  readonly attachments?: ReadonlyMap<string, Uint8Array>
  /** The name of the engine that verified the report; the platform's unless told. */
  readonly engine?: string
}

/**
 * Verifies what an appraised report commits to, and that it is fresh enough for the policy.
 *
 * @returns The claims; `null` where the caller left the binding unchecked.
 * @throws VerificationError `BINDING_*`, `FRESHNESS_*`, `MANIFEST_*`, `APPRAISAL_FRESHNESS`, and what a profile's own
 *   documents are refused with.
 */
export async function verifyBinding(
  appraised: AppraisedReport,
  binding: Binding | Unchecked,
  ledger: Ledger,
  supplies: BindingSupplies = {},
): Promise<BoundClaims | null> {
  const { policy } = requireAppraised(appraised)
  const claims = isUnchecked(binding)
    ? leaveUnbound(binding, ledger)
    : await bind(appraised, binding, ledger, supplies)
  const { freshness: least } = policy
  if (isUnchecked(least)) ledger.leaveUnchecked('freshness', least.unchecked)
  else {
    const actual = claims?.freshness ?? 'none'
    if (order.indexOf(actual) > order.indexOf(least)) {
      ledger.fail('freshness', { expected: least, actual })
      throw new VerificationError(
        'APPRAISAL_FRESHNESS',
        'the evidence is less fresh than the policy demands',
        {
          check: 'freshness',
          expected: least,
          actual,
        },
      )
    }
    ledger.pass('freshness', { expected: least, actual })
  }
  redeem(appraised, binding, ledger)
  return claims
}

/** Last of all: only an acceptance uses a challenge up. */
function redeem({ policy }: AppraisedReport, binding: Binding | Unchecked, ledger: Ledger): void {
  const challenge = isUnchecked(binding) ? null : factsOfBinding(binding).challenge
  if (isUnchecked(binding) || challenge === null) {
    ledger.pass('freshness.purpose', { reason: 'no challenge' })
    return
  }
  const check = (): void => {
    requirePurpose(challenge, policyDigest(policy), binding.profile)
    spendChallenge(challenge)
  }
  if (challenge.basis === 'store') guard(ledger, 'freshness.purpose', check)
  // Purpose and single use are then the caller's word.
  else ledger.pass('freshness.purpose', { reason: 'asserted by the caller' })
}

function leaveUnbound({ unchecked }: Unchecked, ledger: Ledger): null {
  const ids = bindingChecks.map(({ id }) => id).filter((id) => id.startsWith('binding'))
  for (const id of ids) ledger.leaveUnchecked(id, unchecked)
  return null
}

function bind(
  appraised: AppraisedReport,
  binding: Binding,
  ledger: Ledger,
  { attachments = new Map(), engine }: BindingSupplies,
): BoundClaims | Promise<BoundClaims> {
  const { authentic, softwareIdentity } = appraised
  const facts = factsOfBinding(binding)
  return facts.kind === 'plain'
    ? compare(authentic, facts, ledger)
    : facts.run({ authentic, softwareIdentity, ledger, attachments, engine })
}

const plain = { reason: 'all 64 bytes are the caller’s' }

function compare(
  { report, path }: AppraisedReport['authentic'],
  facts: PlainFacts,
  ledger: Ledger,
): BoundClaims {
  const { reportData } = report
  for (const id of ['binding.vmpl', 'binding.inputs']) ledger.pass(id, plain)
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
  if (facts.challengeBytes === null) ledger.leaveUnchecked('binding.challenge', facts.freshnessReason ?? '')
  else if (containsBytes(facts.preimage, facts.challengeBytes)) ledger.pass('binding.challenge')
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
  for (const id of ['binding.decode', 'binding.signature', 'binding.accept']) ledger.pass(id, plain)
  const freshness = facts.challengeBytes === null ? 'none' : 'challenge'
  return makeClaims({
    profile: facts.profile,
    claims: Object.entries(facts.claims).map(([name, bytes]) => ({
      name,
      bytes,
      status: 'verified' as const,
      freshness,
      path: [...facts.path, ...path.names],
    })),
    keys: [],
    manifest: null,
    manifestRules: null,
    unbound: [],
    freshness,
    freshnessBasis: facts.challenge?.basis ?? null,
    // The plain forms name no key of the caller's own connection.
    channel: 'unbound',
    assumptions: [],
    weak: [],
    experimental: null,
  })
}
