/** Policies: parse one, draft one, name one, explain one, compare two. */
export { parsePolicy, policyDigest } from './policy.js'
export type { Policy } from './policy.js'
export { policyFromReport } from './from-report.js'
export type { PolicyDraft } from './from-report.js'
export { recommendedPolicy } from './recommended.js'
export { explainPolicy } from './explain.js'
export type { OpenItem, PolicyExplanation, PolicyStatement } from './explain.js'
export type { BulletinStanding } from './bulletins.js'
export type { FloorExplanation, LevelText } from './floor-text.js'
export { diffPolicies } from './diff.js'
export type { ChangeEffect, PolicyChange } from './diff-effect.js'
export type { Environment, RecommendedPolicyOptions } from './recommended.js'
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
} from './document.js'
export type { RevocationRule } from '../endorsement/revocation.js'
export type { IntermediateRule } from '../endorsement/intermediate.js'
export type { SignerKind } from '../endorsement/endorsement-key.js'
export type { Unchecked } from '../errors/ledger.js'
export type { SoftwareIdentity } from './appraise.js'
