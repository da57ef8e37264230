/** Appraisal: an authentic report against a policy. All checks run; the first failure in order gives the code. */
import { type AuthenticReport, requireAuthentic } from '../endorsement/authenticate.js'
import { secretsOfPath } from '../endorsement/chain.js'
import { VerificationError } from '../errors/error.js'
import type { CheckEntry, Ledger } from '../errors/ledger.js'
import { isUnchecked } from '../errors/ledger.js'
import { toHex } from '../encoding/hex.js'
import type { CheckContext, PolicyCheck } from './check.js'
import { policyChecks } from './checks.js'
import { floorsFor } from './floors.js'
import { acceptedRule, acceptedUntil } from './measurements.js'
import { type Policy, type SoftwareIdentity, factsOfPolicy } from './policy.js'

export type { SoftwareIdentity } from './policy.js'

/** A report of a guest that the policy accepts. Made by {@link appraise} alone. */
export interface AppraisedReport {
  readonly authentic: AuthenticReport
  readonly policy: Policy
  readonly softwareIdentity: SoftwareIdentity
  /** The label of the measurement that matched. */
  readonly measurementLabel: string | null
  /** Milliseconds since the epoch until which the measurement is accepted. */
  readonly acceptedUntil: number
}

const appraised = new WeakSet<AppraisedReport>()

/** @throws TypeError for an object that {@link appraise} did not make. */
export function requireAppraised(report: AppraisedReport): AppraisedReport {
  if (!appraised.has(report)) throw new TypeError('report must come from appraise')
  return report
}

/** The ids of the policy checks. */
export const appraisalChecks: readonly CheckEntry[] = policyChecks.map(({ id, source }) => ({ id, source }))

/**
 * Appraises an authentic report.
 *
 * @throws VerificationError `APPRAISAL_*`: the code of the first failed check; the ledger has them all.
 */
export function appraise(
  authentic: AuthenticReport,
  policy: Policy,
  ledger: Ledger,
  options: { readonly allowDebug: boolean },
): AppraisedReport {
  const { report, endorsement, path } = requireAuthentic(authentic)
  const { at } = secretsOfPath(path)
  const { softwareIdentity, floors: allFloors } = factsOfPolicy(policy)
  const floors = floorsFor(allFloors, endorsement.productLine, report.cpuid)
  const context: CheckContext = { report, endorsement, policy, floors, at, allowDebug: options.allowDebug }
  let first: { readonly check: PolicyCheck; readonly error: VerificationError } | null = null
  for (const check of policyChecks) {
    const finding = check.run(context)
    if (finding.outcome === 'unchecked') {
      ledger.leaveUnchecked(check.id, finding.reason)
      continue
    }
    const { outcome, ...note } = finding
    if (outcome === 'passed') ledger.pass(check.id, note)
    else {
      ledger.fail(check.id, note)
      first ??= {
        check,
        error: new VerificationError(check.code, `policy check ${check.id} failed`, {
          check: check.id,
          ...note,
        }),
      }
    }
  }
  if (first !== null) throw first.error
  const rule = matchedMeasurement(policy, toHex(report.measurement), at)
  const result: AppraisedReport = Object.freeze({
    authentic,
    policy,
    softwareIdentity,
    measurementLabel: rule?.label ?? null,
    acceptedUntil: rule === null ? Infinity : acceptedUntil(rule),
  })
  appraised.add(result)
  return result
}

function matchedMeasurement({ measurements }: Policy, actual: string, at: number) {
  if (isUnchecked(measurements)) return null
  return acceptedRule(measurements, actual, at)
}
