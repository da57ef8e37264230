/**
 * attested: verifies AMD SEV-SNP attestation evidence and what it commits to.
 *
 * One call: decode evidence, parse a policy, say what the report must commit to, verify at a time.
 */
export { appraiseEvidence, verifyDebugEvidence, verifyEvidence } from './verify/amd.js'
export type { VerificationInput } from './verify/input.js'
export type {
  AcceptedEvidence,
  Appraisal,
  CrlSummary,
  DebugEvidence,
  RefusedEvidence,
  UnboundEvidence,
  UncheckedItem,
  UnidentifiedEvidence,
  VerifiedEvidence,
} from './verify/result.js'
export { bindings } from './binding/forms.js'
export type { Binding } from './binding/binding.js'
export type { BindingOptions } from './binding/forms.js'
export { ownChallenge } from './binding/challenge.js'
export type { Challenge } from './binding/challenge.js'
export type { BoundClaims } from './binding/claims.js'
export type { DigestAlgorithm } from './crypto/digests.js'
export type { AuthenticatedFields } from './endorsement/authenticate.js'
export { createEndorsementCache } from './endorsement/cache.js'
export type { EndorsementCache } from './endorsement/cache.js'
// Explanations of codes are in ./errors: their text is as large as the rest of the report stage.
export { VerificationError, isVerificationError } from './errors/error.js'
export type {
  CheckOutcome,
  CheckResult,
  ErrorCode,
  ErrorDetails,
  JsonValue,
  RefusalVerdict,
  Stage,
  VerificationErrorOptions,
} from './errors/error.js'
export * from './evidence/index.js'
// explainPolicy and diffPolicies are in ./policy: they serve authors, and would be a tenth of what a verification loads.
export { parsePolicy, policyDigest } from './appraisal/policy.js'
export type { Policy } from './appraisal/policy.js'
export { policyFromReport } from './appraisal/from-report.js'
export type { PolicyDraft } from './appraisal/from-report.js'
export { recommendedPolicy } from './appraisal/recommended.js'
export type { Environment, RecommendedPolicyOptions } from './appraisal/recommended.js'
export type {
  DenyRule,
  FirmwareRule,
  FreshnessLevel,
  GuestPolicyBit,
  GuestPolicyRule,
  IdBlockRule,
  MeasurementRule,
  OrUnchecked,
  PlatformBit,
  PlatformRule,
  PolicyDocument,
  Requirement,
  TcbFloor,
  TcbRule,
} from './appraisal/document.js'
export type { RevocationRule } from './endorsement/revocation.js'
export type { IntermediateRule } from './endorsement/intermediate.js'
export type { SignerKind } from './endorsement/endorsement-key.js'
export type { Unchecked } from './errors/ledger.js'
export type { SoftwareIdentity } from './appraisal/appraise.js'
export * from './report/index.js'
