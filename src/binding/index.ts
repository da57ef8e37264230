/** What a report commits to: profiles, challenges, claims. */
export { bindings } from './forms.js'
export type { BindingOptions, ManifestBindingOptions } from './forms.js'
export type { Binding } from './binding.js'
export { committedBytes } from './claims.js'
export type { BoundClaims, Claim, ClaimStatus, CommittedKey, ManifestRules } from './claims.js'
export type { Acceptance } from './acceptance.js'
export { ownChallenge } from './challenge.js'
export type { Challenge } from './challenge.js'
export { createChallengeStore } from './challenge-store.js'
export { ownSession } from './session.js'
export type { Session } from './session.js'
export { defineProfile } from './profile.js'
export type { InputSources, Profile, ProfileInputs } from './profile.js'
export type {
  Carrier,
  CommitEdge,
  DecodeEdge,
  Edge,
  FreshnessDefinition,
  InputDefinition,
  InputSource,
  KeyDefinition,
  ProfileDefinition,
  SignEdge,
  SignatureAlgorithm,
  WeakDefinition,
  WeakRule,
} from './definition.js'
export type { Codec } from './codec.js'
export { agentManifest } from './manifest-codec.js'
export {
  any,
  base64url,
  concat,
  frame,
  hash,
  input,
  integer,
  lengthOfInput,
  literal,
  padRight,
  truncate,
} from './expression.js'
export type { ByteOrder, Expression, Segment } from './expression.js'
export type { HashAlgorithm } from '../crypto/more-digests.js'
export { separationOf } from './separation.js'
export type { Separation, SeparationKind } from './separation.js'
export type { ChallengeStore, ChallengeStoreOptions, IssuedChallenge } from './challenge-store.js'
export type { ChallengePurpose } from './challenge-purpose.js'
export { createMemoryStore } from '../store/memory.js'
export type { MemoryStore, MemoryStoreOptions } from '../store/memory.js'
export { StoreFullError } from '../store/store.js'
export type { Expiry, Store } from '../store/store.js'
