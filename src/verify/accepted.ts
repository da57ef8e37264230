/** Accepted results, made of what the stages proved. */
import type { AppraisedReport } from '../appraisal/appraise.js'
import { type Policy, policyDigest } from '../appraisal/policy.js'
import type { BoundClaims } from '../binding/claims.js'
import type { Manifest } from '../manifest/manifest.js'
import type { CheckResult } from '../errors/error.js'
import { isUnchecked } from '../errors/ledger.js'
import type {
  AcceptedEvidence,
  CrlSummary,
  DebugEvidence,
  UnboundEvidence,
  UncheckedItem,
  UnidentifiedEvidence,
  VerifiedEvidence,
} from './result.js'
import { libraryVersion } from './version.js'

export interface AcceptedParts {
  readonly appraised: AppraisedReport
  readonly claims: BoundClaims | null
  readonly checks: readonly CheckResult[]
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly maxValidityMs: number
}

const accepted = new WeakMap<object, AppraisedReport>()

/** The appraised report behind an accepted result, for this package only. @throws TypeError for a look-alike. */
export function appraisedOf(result: AcceptedEvidence): AppraisedReport {
  const appraised = accepted.get(result)
  if (appraised === undefined) throw new TypeError('the result must come from a verification')
  return appraised
}

export function makeAccepted(
  parts: AcceptedParts,
): VerifiedEvidence | UnidentifiedEvidence | UnboundEvidence {
  const { softwareIdentity } = parts.appraised
  if (parts.claims === null) return brand<UnboundEvidence>(parts, { kind: 'unbound', binding: null })
  const binding = parts.claims
  return softwareIdentity === 'none'
    ? brand<UnidentifiedEvidence>(parts, { kind: 'unidentified', binding })
    : brand<VerifiedEvidence>(parts, { kind: 'verified', binding })
}

export function makeDebug(parts: AcceptedParts): DebugEvidence {
  return brand<DebugEvidence>(parts, { kind: 'debug', binding: parts.claims })
}

function brand<T extends AcceptedEvidence>(parts: AcceptedParts, own: Omit<T, keyof AcceptedEvidence>): T {
  // The brand exists in types only; the WeakMap is the one at run time.
  const result = Object.freeze({ ...common(parts), ...own }) as unknown as T
  accepted.set(result, parts.appraised)
  return result
}

function common({ appraised, claims, checks, at, maxValidityMs }: AcceptedParts) {
  const { authentic, policy, softwareIdentity, measurementLabel } = appraised
  const { report, path, endorsement, chipId, evidenceDigest } = authentic
  // A certificate is valid to the end of its last second, in which `at` may be.
  const validUntil = Math.max(at, Math.min(path.validUntil, appraised.acceptedUntil, at + maxValidityMs))
  return {
    schema: 'attested/verdict@1',
    verdict: 'accepted',
    libraryVersion,
    policyDigest: policyDigest(policy),
    evidenceDigest,
    at: new Date(at).toISOString(),
    validUntil: new Date(validUntil).toISOString(),
    product: endorsement.productLine,
    signer: endorsement.kind,
    chipId,
    cspId: endorsement.cspId,
    endorsementKey: endorsement.spkiSha256,
    softwareIdentity,
    measurementLabel,
    freshness: claims?.freshness ?? 'none',
    freshnessBasis: claims?.freshnessBasis ?? null,
    channel: claims?.channel ?? 'unbound',
    crl: path.crl === null ? null : summaryOf(path.crl),
    manifest: acceptedManifest(claims),
    report,
    checks,
    unchecked: Object.freeze([...uncheckedItems(checks, policy), ...uncheckedRules(claims)]),
  } as const
}

/** A manifest that nobody accepted is in the claims alone. */
function acceptedManifest(claims: BoundClaims | null): Manifest['document'] | null {
  if (claims === null || !Object.hasOwn(claims.verified, 'manifest')) return null
  return claims.manifest?.document ?? null
}

function summaryOf({
  issuer,
  number,
  thisUpdate,
  nextUpdate,
  fetchedAt,
  sha256,
  scope,
}: CrlSummary): CrlSummary {
  return Object.freeze({ issuer, number, thisUpdate, nextUpdate, fetchedAt, sha256, scope })
}

/** Rules on manifests that were not applied, or not wholly, one item each: `binding.manifestRules` has every reason. */
function uncheckedRules(claims: BoundClaims | null): readonly UncheckedItem[] {
  const rules = claims?.manifestRules?.unchecked ?? []
  return [...new Set(rules.map(({ rule }) => rule))].map((name) => {
    const [first, ...more] = rules.filter(({ rule }) => rule === name).map(({ reason }) => reason)
    const rest = more.length === 0 ? [] : [`and ${String(more.length)} more`]
    return Object.freeze({ id: `manifest.${name}`, reason: [first, ...rest].join(', ') })
  })
}

/** Everything that was not checked. `identity` is a statement of the policy about itself, so no check carries it. */
export function uncheckedItems(
  checks: readonly CheckResult[],
  { identity }: Policy,
): readonly UncheckedItem[] {
  const items = checks
    .filter(({ outcome }) => outcome === 'unchecked')
    .map(({ id, reason = '' }): UncheckedItem => Object.freeze({ id, reason }))
  if (isUnchecked(identity)) items.push(Object.freeze({ id: 'identity', reason: identity.unchecked }))
  return Object.freeze(items)
}
