/** A binding: what a verification expects the report to commit to. Made by `bindings` and by profiles alone. */
import type { SoftwareIdentity } from '../appraisal/appraise.js'
import type { AuthenticReport } from '../endorsement/authenticate.js'
import type { Ledger } from '../errors/ledger.js'
import type { Challenge } from './challenge.js'
import type { BoundClaims } from './claims.js'

declare const bindingBrand: unique symbol

/** What the report must commit to. Made by `bindings` and by profiles alone. */
export interface Binding {
  readonly [bindingBrand]: true
  /** The name of the form or profile, as in results. */
  readonly profile: string
}

/** All 64 bytes of REPORT_DATA, known beforehand. */
export interface PlainFacts {
  readonly kind: 'plain'
  readonly profile: string
  readonly expected: Uint8Array
  /** The bytes in which the challenge must occur: what the commitment is made of. */
  readonly preimage: Uint8Array
  /** What is committed, by name, as results show it. */
  readonly claims: Readonly<Record<string, Uint8Array>>
  /** How the claims are made of REPORT_DATA, from the claim on. */
  readonly path: readonly string[]
  readonly challenge: Challenge | null
  readonly challengeBytes: Uint8Array | null
  readonly freshnessReason: string | null
}

/** What a profile sees of a verification: an authentic report that the policy accepts, and untrusted attachments. */
export interface BindingContext {
  readonly authentic: AuthenticReport
  readonly softwareIdentity: SoftwareIdentity
  /** What came with the report. Untrusted. */
  readonly attachments: ReadonlyMap<string, Uint8Array>
  readonly ledger: Ledger
  /** The name of the engine that verified the report; signatures by committed keys are checked by the same. */
  readonly engine: string | undefined
}

/** A binding that has to be worked out. */
export interface ProfileFacts {
  readonly kind: 'profile'
  readonly profile: string
  readonly challenge: Challenge | null
  /** Verifies it. Rejects with VerificationErrors. */
  readonly run: (context: BindingContext) => Promise<BoundClaims>
}

export type BindingFacts = PlainFacts | ProfileFacts

const factsOf = new WeakMap<Binding, BindingFacts>()

export function makeBinding(facts: BindingFacts): Binding {
  const binding = Object.freeze({ profile: facts.profile }) as Binding
  factsOf.set(binding, facts)
  return binding
}

/** @throws TypeError for anything that is no binding. */
export function factsOfBinding(binding: Binding): BindingFacts {
  const facts = typeof binding === 'object' ? factsOf.get(binding) : undefined
  if (facts === undefined)
    throw new TypeError('binding must come from bindings or a profile, or be { unchecked: reason }')
  return facts
}
