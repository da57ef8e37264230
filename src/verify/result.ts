/** What a verification returns. Accepted results are made by the pipeline alone. */
import type { SoftwareIdentity } from '../appraisal/appraise.js'
import type { FreshnessLevel } from '../appraisal/document.js'
import type { BoundClaims } from '../binding/claims.js'
import type { AuthenticatedFields } from '../endorsement/authenticate.js'
import type { CrlUse } from '../endorsement/revocation.js'
import type { SignerKind } from '../endorsement/endorsement-key.js'
import type { CheckResult, ErrorCode, RefusalVerdict, VerificationError } from '../errors/error.js'
import type { Manifest } from '../manifest/manifest.js'
import type { ProductLine } from '../product/line.js'
import type { Report } from '../report/report.js'

declare const acceptedBrand: unique symbol

/** Something that was not checked, and why. */
export interface UncheckedItem {
  /** Of a check; `identity`; or a rule on manifests, such as `manifest.M9`. */
  readonly id: string
  readonly reason: string
}

/** The CRL that satisfied the policy. Times are RFC 3339. */
export type CrlSummary = Omit<CrlUse, 'satisfiesUntil'>

/** What every accepted result says. All of it is verified, except what `unchecked` lists. */
export interface AcceptedEvidence {
  readonly [acceptedBrand]: true
  readonly schema: 'attested/verdict@1'
  readonly verdict: 'accepted'
  readonly libraryVersion: string
  /** SHA-256 of the policy's canonical JSON, hex. */
  readonly policyDigest: string
  /** SHA-256 of the signed 672 bytes of the report, hex. */
  readonly evidenceDigest: string
  /** The time of verification, RFC 3339. Nothing proves that the report existed then unless it is fresh. */
  readonly at: string
  /** Until when the same evidence satisfies the same policy, RFC 3339. */
  readonly validUntil: string
  readonly product: ProductLine
  readonly signer: SignerKind
  /** Hex; `null` where CHIP_ID is zero. */
  readonly chipId: string | null
  /** The provider that a VLEK belongs to. */
  readonly cspId: string | null
  /** SHA-256 of the endorsement key's SubjectPublicKeyInfo, hex. */
  readonly endorsementKey: string
  readonly softwareIdentity: SoftwareIdentity
  /** The label of the measurement that matched. */
  readonly measurementLabel: string | null
  readonly freshness: FreshnessLevel | 'none'
  readonly freshnessBasis: 'asserted' | 'store' | null
  /** `unbound`: the guest may be reached through somebody else; encrypt to a key that it commits to. */
  readonly channel: 'bound' | 'unbound'
  readonly crl: CrlSummary | null
  /** The commitment manifest that the report commits to and the caller accepts; `null` unless both hold. */
  readonly manifest: Manifest['document'] | null
  /** The report's fields: AMD's word. */
  readonly report: AuthenticatedFields
  readonly checks: readonly CheckResult[]
  readonly unchecked: readonly UncheckedItem[]
}

/** Accepted: a guest whose software the policy identifies, committed to what the caller expects. */
export interface VerifiedEvidence extends AcceptedEvidence {
  readonly kind: 'verified'
  readonly softwareIdentity: Exclude<SoftwareIdentity, 'none'>
  readonly binding: BoundClaims
}

/** Accepted, but the policy left open which software runs. */
export interface UnidentifiedEvidence extends AcceptedEvidence {
  readonly kind: 'unidentified'
  readonly softwareIdentity: 'none'
  readonly binding: BoundClaims
}

/** Accepted, but the caller left open what the report commits to. */
export interface UnboundEvidence extends AcceptedEvidence {
  readonly kind: 'unbound'
  readonly binding: null
}

/** Accepted by `verifyDebugEvidence`: the host may read and change the guest's memory. */
export interface DebugEvidence extends AcceptedEvidence {
  readonly kind: 'debug'
  readonly binding: BoundClaims | null
}

/** Evidence that was refused. Nothing in it is verified. */
export interface RefusedEvidence {
  readonly verdict: RefusalVerdict
  readonly code: ErrorCode
  /** The time of verification, RFC 3339. */
  readonly at: string
  /** SHA-256 of the policy's canonical JSON, hex. */
  readonly policyDigest: string
  readonly error: VerificationError
  readonly checks: readonly CheckResult[]
  readonly unchecked: readonly UncheckedItem[]
  /** What the report says; `null` where it could not be read. Somebody's claim, not more. */
  readonly claimed: Report | null
}

/** Accepted, with what was verified, or refused, with what is merely claimed. */
export type Appraisal<
  Accepted extends AcceptedEvidence = VerifiedEvidence | UnidentifiedEvidence | UnboundEvidence,
> = { readonly verdict: 'accepted'; readonly verified: Accepted } | RefusedEvidence
