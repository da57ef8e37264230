/**
 * The policy document, version 1: what a relying party accepts. JSON of exactly this shape.
 *
 * Every key and sub-key is there. It states an expectation or `{ "unchecked": "why" }`; there is no default
 * and no key whose absence means "not checked". Version 1 is frozen: what it cannot express is judged at its
 * strictest.
 */
import type { IntermediateRule } from '../endorsement/intermediate.js'
import type { RevocationRule } from '../endorsement/revocation.js'
import type { SignerKind } from '../endorsement/endorsement-key.js'
import type { Unchecked } from '../errors/ledger.js'
import type { ProductLine } from '../product/line.js'
import type { TcbLevels } from '../product/tcb.js'

export type OrUnchecked<T> = T | Unchecked

/** How a bit must be. */
export type Requirement = 'require' | 'forbid' | 'allow'

/** A launch digest that is accepted. The label that matched is in the result. */
export interface MeasurementRule {
  readonly label: string
  /** 96 hex digits. */
  readonly value: string
  /** A day (its end, UTC) or an RFC 3339 time after which it is no longer accepted. */
  readonly notAfter?: string
}

/** Acceptance of whatever carries the signature of an ID key. At least one digest list is stated. */
export interface IdBlockRule {
  readonly idKeyDigests: OrUnchecked<readonly string[]>
  /** Also needs AUTHOR_KEY_EN. */
  readonly authorKeyDigests: OrUnchecked<readonly string[]>
  readonly minGuestSvn: OrUnchecked<number>
  readonly familyIds: OrUnchecked<readonly string[]>
  readonly imageIds: OrUnchecked<readonly string[]>
}

/** Refused whatever else says yes. Lists may be empty. */
export interface DenyRule {
  readonly chips: readonly string[]
  readonly endorsementKeys: readonly string[]
  readonly measurements: readonly string[]
  readonly cspIds: readonly string[]
}

export type GuestPolicyBit =
  | 'smt'
  | 'singleSocket'
  | 'cxl'
  | 'memAes256Xts'
  | 'raplDisabled'
  | 'ciphertextHidingDram'
  | 'pageSwapDisabled'

export type GuestPolicyRule = { readonly [bit in GuestPolicyBit]: OrUnchecked<Requirement> } & {
  /** `MAJOR.MINOR`, decimal: what the guest's owner must have demanded of the firmware. */
  readonly minAbi: OrUnchecked<string>
}

export type PlatformBit =
  | 'smtEnabled'
  | 'tsmeEnabled'
  | 'eccEnabled'
  | 'raplDisabled'
  | 'ciphertextHidingDramEnabled'
  | 'aliasCheckComplete'
  | 'iommuWriteSafe'
  | 'tioEnabled'

export type PlatformRule = { readonly [bit in PlatformBit]: OrUnchecked<Requirement> } & {
  readonly unknownBits: OrUnchecked<'forbid' | 'allow'>
}

/** The least TCB of some silicon. `reported` alone is proven by the endorsement key, so it is always stated. */
export interface TcbFloor {
  readonly product: ProductLine
  readonly family: number | 'any'
  readonly model: number | 'any'
  readonly stepping: number | 'any'
  readonly reported: TcbLevels
  readonly committed: OrUnchecked<TcbLevels>
  readonly current: OrUnchecked<TcbLevels>
  readonly launch: OrUnchecked<TcbLevels>
  /** 16 hex digits: bits that must be set in both mitigation vectors. Reports below version 5 have none. */
  readonly mitigations: OrUnchecked<string>
}

export type TcbRule =
  | { readonly floors: readonly TcbFloor[] }
  | { readonly recommended: { /** `YYYY-MM-DD`. */ readonly asOf: string } }

export interface FirmwareRule {
  /** `MAJOR.MINOR.BUILD`, decimal. */
  readonly minCommitted: OrUnchecked<string>
}

/** Freshness, strongest first; `none` can only be had by leaving it unchecked. */
export type FreshnessLevel = 'challenge' | 'session' | 'monotonic' | 'ledger'

export interface PolicyDocument {
  readonly version: 1
  readonly products: readonly ProductLine[]
  readonly signers: readonly SignerKind[]
  readonly reportVersions: readonly number[]
  readonly measurements: OrUnchecked<readonly MeasurementRule[]>
  readonly idBlock: OrUnchecked<IdBlockRule | 'none'>
  /** `required`: measurements or a key digest of the ID block must be stated. */
  readonly identity: OrUnchecked<'required'>
  readonly hostData: OrUnchecked<readonly string[]>
  readonly vmpl: OrUnchecked<readonly number[]>
  readonly chips: OrUnchecked<readonly string[] | 'any'>
  readonly cspIds: OrUnchecked<readonly string[]>
  /** SHA-256 of SubjectPublicKeyInfo, hex. */
  readonly endorsementKeys: OrUnchecked<readonly string[]>
  readonly reportIds: OrUnchecked<readonly string[]>
  readonly denied: DenyRule
  readonly guestPolicy: OrUnchecked<GuestPolicyRule>
  readonly platform: OrUnchecked<PlatformRule>
  readonly tcb: OrUnchecked<TcbRule>
  readonly firmware: OrUnchecked<FirmwareRule>
  readonly provisionalFirmware: OrUnchecked<'forbid' | 'microcodeOnly' | 'allow'>
  readonly revocation: OrUnchecked<RevocationRule>
  readonly intermediates: IntermediateRule
  readonly freshness: OrUnchecked<FreshnessLevel>
}
