/**
 * The whole story on one screen: evidence, structure, ties, chain, signature, appraisal, binding, freshness.
 *
 * `makeVerifier` takes the trust anchors. The package exports only what it makes with AMD's.
 */
import { type AppraisedReport, appraise } from '../appraisal/appraise.js'
import { policyDigest } from '../appraisal/policy.js'
import type { BoundClaims } from '../binding/claims.js'
import { verifyBinding } from '../binding/verify-binding.js'
import { defaultEngine } from '../crypto/default-engine.js'
import type { CryptoEngine } from '../crypto/engine.js'
import type { TrustAnchors } from '../endorsement/anchors.js'
import { authenticateReport } from '../endorsement/authenticate.js'
import { lookUpLeaf } from '../endorsement/cache.js'
import type { EndorsementKey } from '../endorsement/endorsement-key.js'
import { verifyChain } from '../endorsement/chain.js'
import { readCrls } from '../endorsement/revocation.js'
import { VerificationError, withChecks } from '../errors/error.js'
import { type Ledger, type Unchecked, guard, openLedger } from '../errors/ledger.js'
import { type Report, parseReport } from '../report/report.js'
import { requireVerifiable } from '../report/verifiable.js'
import { type AcceptedParts, makeAccepted, makeDebug, uncheckedItems } from './accepted.js'
import { type CheckedInput, type VerificationInput, checkInput } from './input.js'
import { readEndorsementKey } from './leaf.js'
import { checkRegistry } from './registry.js'
import type {
  Appraisal,
  DebugEvidence,
  RefusedEvidence,
  UnboundEvidence,
  UnidentifiedEvidence,
  VerifiedEvidence,
} from './result.js'
import type { Binding } from '../binding/binding.js'

/** The functions of a verifier over one set of trust anchors. */
export interface Verifier {
  /**
   * Verifies evidence against a policy and what it must commit to.
   *
   * @returns What was verified. Its type says what was left open: the software (policy `identity`), or the
   *   commitment (`binding: { unchecked }`).
   * @throws VerificationError with code, verdict, stage and all checks. Nothing half-verified is in it.
   * @throws TypeError for missing or wrong input.
   */
  readonly verifyEvidence: {
    (
      input: VerificationInput & { readonly binding: Binding },
    ): Promise<VerifiedEvidence | UnidentifiedEvidence>
    (input: VerificationInput & { readonly binding: Unchecked }): Promise<UnboundEvidence>
    (input: VerificationInput): Promise<VerifiedEvidence | UnidentifiedEvidence | UnboundEvidence>
  }
  /** As `verifyEvidence`, but a refusal is returned, with what the report claims. Still throws `TypeError`. */
  readonly appraiseEvidence: (input: VerificationInput) => Promise<Appraisal>
  /**
   * As `verifyEvidence`, for guests whose memory the host may read and change. Development only: its result is
   * of another type, which nothing that wants verified evidence takes.
   */
  readonly verifyDebugEvidence: (input: VerificationInput) => Promise<DebugEvidence>
}

export interface VerifierSettings {
  /** The engine to use; the runtime's own unless told. */
  readonly engine?: CryptoEngine
}

/** Makes a verifier over the given trust anchors. Not exported from the package: its roots are AMD's. */
export function makeVerifier(anchors: TrustAnchors, settings: VerifierSettings = {}): Verifier {
  const run = async <Accepted>(
    input: VerificationInput,
    allowDebug: boolean,
    make: (parts: AcceptedParts) => Accepted,
  ): Promise<{ readonly verdict: 'accepted'; readonly verified: Accepted } | RefusedEvidence> => {
    const checked = checkInput(input)
    const ledger = openLedger(checkRegistry)
    const seen: { report: Report | null } = { report: null }
    try {
      const { appraised, claims } = await verifySteps(checked, ledger, seen, anchors, settings, allowDebug)
      if (!ledger.complete()) throw new TypeError('a check of the registry did not run')
      const parts: AcceptedParts = {
        appraised,
        claims,
        checks: ledger.results(),
        at: checked.at,
        maxValidityMs: checked.maxValidityMs,
      }
      return { verdict: 'accepted', verified: make(parts) }
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error
      return refusal(error, checked, ledger, seen.report)
    }
  }
  const orThrow = async <Accepted>(
    running: Promise<{ readonly verdict: 'accepted'; readonly verified: Accepted } | RefusedEvidence>,
  ): Promise<Accepted> => {
    const outcome = await running
    if (outcome.verdict !== 'accepted') throw outcome.error
    return outcome.verified
  }
  return Object.freeze({
    // The overloads say what makeAccepted does: a stated binding gives a bound result.
    verifyEvidence: ((input: VerificationInput) =>
      orThrow(run(input, false, makeAccepted))) as Verifier['verifyEvidence'],
    appraiseEvidence: (input: VerificationInput) => run(input, false, makeAccepted),
    verifyDebugEvidence: (input: VerificationInput) => orThrow(run(input, true, makeDebug)),
  })
}

async function verifySteps(
  { parts, policy, binding, at, cache }: CheckedInput,
  ledger: Ledger,
  seen: { report: Report | null },
  anchors: TrustAnchors,
  settings: VerifierSettings,
  allowDebug: boolean,
): Promise<{ readonly appraised: AppraisedReport; readonly claims: BoundClaims | null }> {
  const report = guard(ledger, 'report.structure', () => parseReport(parts.report))
  seen.report = report
  requireVerifiable(report, ledger)
  const engine = settings.engine ?? (await defaultEngine())
  const known = (der: Uint8Array): EndorsementKey | null =>
    cache === null ? null : (lookUpLeaf(cache, der, engine)?.key ?? null)
  const key = guard(ledger, 'endorsement.certificate', () => readEndorsementKey(parts.leaves, report, known))
  const crls = guard(ledger, 'revocation.structure', () => readCrls(parts.crls, anchors(key.productLine).ark))
  const authentic = await authenticateReport({
    report,
    key,
    engine,
    ledger,
    startChain: () =>
      verifyChain({
        key,
        anchors,
        intermediates: parts.intermediates,
        roots: parts.roots,
        crls,
        intermediateRule: policy.intermediates,
        revocationRule: policy.revocation,
        at,
        engine,
        cache,
        ledger,
      }),
  })
  const appraised = appraise(authentic, policy, ledger, { allowDebug })
  const supplies = { attachments: parts.attachments, engine: engine.name }
  return { appraised, claims: await verifyBinding(appraised, binding, ledger, supplies) }
}

function refusal(
  error: VerificationError,
  { policy, at }: CheckedInput,
  ledger: Ledger,
  report: Report | null,
): RefusedEvidence {
  const checks = ledger.results()
  const { code, verdict } = error
  return Object.freeze({
    verdict,
    code,
    at: new Date(at).toISOString(),
    policyDigest: policyDigest(policy),
    error: withChecks(error, checks),
    checks,
    unchecked: uncheckedItems(checks, policy),
    claimed: verdict === 'malformed' ? null : report,
  })
}
