/**
 * How a profile is written: named inputs, and edges that lead from fields of the report to them. Data only.
 *
 * Source of the idea: RFC 9334 leaves to each system what its evidence commits to; a profile writes that down.
 */
import type { ErrorCode } from '../errors/error.js'
import type { Codec } from './codec.js'
import type { Expression, Segment } from './expression.js'

/**
 * Where an input comes from. `expected`: the caller pins it. `verifier`: a challenge of the relying party. `session`:
 * the key or exporter of the caller's own live connection. `evidence`: whoever made the evidence; after an edge it is
 * bound to the report, and accepted only if the caller says so. `reference`: a reference value for something that the
 * evidence says, which the caller pins or leaves `{ unchecked: reason }`; then what came with the evidence is bound and
 * not accepted, and if nothing came, nothing is compared.
 */
export type InputSource = 'expected' | 'verifier' | 'session' | 'evidence' | 'reference'

export interface InputDefinition {
  readonly source: InputSource
  /** Bytes: all of one length, or both ends included. */
  readonly length: number | { readonly min: number; readonly max: number }
  /** For `evidence`: the code for evidence without it. */
  readonly missing?: ErrorCode
}

/** Fields of the report that a commitment can be in, with their sizes in bytes. */
export const carrierSizes = { REPORT_DATA: 64, HOST_DATA: 32, FAMILY_ID: 16, IMAGE_ID: 16 } as const

export type Carrier = keyof typeof carrierSizes

/** Every byte of a field, or of a claim that is already proven, is what the layout says. */
export interface CommitEdge {
  readonly kind: 'commit'
  readonly carrier: Carrier | { readonly claim: string }
  readonly layout: readonly Segment[]
  /** For fields that the host chooses: how the measured guest makes sure that it acts on what the field commits to. */
  readonly enforcement?: string
}

export type SignatureAlgorithm = 'RSA-PSS-SHA256' | 'RSA-PKCS1-SHA256' | 'ECDSA-P256-SHA256' | 'ED25519'

/** A proven key signed a message. */
export interface SignEdge {
  readonly kind: 'sign'
  readonly algorithm: SignatureAlgorithm
  /** For RSASSA-PSS: `max` is the largest that the key allows. */
  readonly saltLength?: number | 'max'
  /** The claim that is the key. */
  readonly key: string
  readonly keyForm: 'spki-der' | 'spki-pem' | 'jwk'
  readonly message: Expression
  /** The input that is the signature. */
  readonly signature: string
  /** The code for a signature that does not verify; `BINDING_SIGNATURE_INVALID` unless told. */
  readonly code?: ErrorCode
  /**
   * Why what was signed counts as no older than the key although no challenge is in it. Listed in every result, and
   * taken only where the policy states which software runs.
   */
  readonly assumption?: string
}

/** Proven bytes are read strictly. */
export interface DecodeEdge {
  readonly kind: 'decode'
  readonly of: string
  readonly codec: Codec
}

export type Edge = CommitEdge | SignEdge | DecodeEdge

/** A committed key that the relying party may encrypt to, or expect at the other end. */
export interface KeyDefinition {
  /** What shows that the guest holds the private key: a live handshake, a signature over the challenge, or nothing. */
  readonly possession: 'handshake' | 'signedChallenge' | 'none'
}

/** Where the freshness of everything in REPORT_DATA comes from. */
export type FreshnessDefinition =
  { readonly challenge: string } | { readonly session: string } | { readonly none: string }

/** Rules that a wire format out there may break, if the profile says so and why. */
export type WeakRule = 'any' | 'concatenation' | 'padding' | 'digest' | 'tag'

export interface WeakDefinition {
  readonly rule: WeakRule
  readonly reason: string
}

export interface ProfileDefinition {
  /** `name/version`, printable ASCII. */
  readonly id: string
  readonly title: string
  /** Where the format is written down. */
  readonly source: string
  readonly inputs: Readonly<Record<string, InputDefinition>>
  /** In the order in which they are followed. */
  readonly edges: readonly Edge[]
  readonly keys?: Readonly<Record<string, KeyDefinition>>
  readonly freshness: FreshnessDefinition
  /**
   * Levels (VMPL) at which the software runs that writes the commitment; any unless told. MEASUREMENT is that of the
   * whole guest, and whatever runs at another level of it can have a report over bytes of its own.
   */
  readonly vmpl?: readonly number[]
  /** What is taken for granted of the system, one sentence each: listed in every result. */
  readonly assumptions?: readonly string[]
  readonly weak?: readonly WeakDefinition[]
  /** No bytes of a running system have been seen, or no producer can be run. */
  readonly experimental?: string
}
