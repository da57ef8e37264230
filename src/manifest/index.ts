/** Commitment manifests: read one, judge it, see where data can flow, compare two. */
export { manifestSchemas, parseManifest, readManifest } from './parse.js'
export type { ManifestOptions, ManifestReading } from './parse.js'
export type { Manifest, ManifestBytes } from './manifest.js'
export { checkManifest, checkManifestText, requireSoundManifest } from './check.js'
export type { ManifestCheck } from './check.js'
export { manifestRules } from './rules.js'
export type { ManifestRule } from './rules.js'
export type { Finding, RuleId } from './finding.js'
export { parseExpectations } from './expectations.js'
export type { AgentExpectations, AttestedExpectations, Expectations } from './expectations.js'
export { expectFor } from './expect-for.js'
export { flowOf } from './flow.js'
export type { Flow, Reached } from './flow.js'
export type {
  Channel,
  Component,
  CompositionText,
  DataItem,
  Located,
  ManifestModel,
  ManifestSchema,
  Output,
  Participant,
  Permission,
  Reference,
} from './model.js'
export type { AttestedManifestDocument, Capability } from './attested-document.js'
export type { AgentDataPermission, AgentManifestDocument, AgentPermission } from './agent-document.js'
export { explainManifest } from './explain.js'
export type { ExplanationTopic, ManifestExplanation, ManifestStatement } from './explain.js'
export { diffManifests } from './diff.js'
export type { ManifestChange, ManifestEffect } from './diff-change.js'
export { droppedMembers, requireNothingDropped } from './dropped.js'
