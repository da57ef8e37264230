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
export type { Binding, BindingOptions } from './binding/forms.js'
export { ownChallenge } from './binding/challenge.js'
export type { Challenge } from './binding/challenge.js'
export type { BoundClaims } from './binding/verify-binding.js'
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
export * from './appraisal/index.js'
export * from './report/index.js'
