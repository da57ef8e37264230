/** One run of a profile: what the caller filled in, and what the edges have led to so far. */
import type { Manifest } from '../manifest/manifest.js'
import type { CheckedAcceptance } from './acceptance.js'
import type { BindingContext } from './binding.js'
import type { Challenge } from './challenge.js'
import type { ProfileDefinition } from './definition.js'

/** What the caller filled in. */
export interface RunInputs {
  readonly inputs: ReadonlyMap<string, Uint8Array>
  readonly challenge: Challenge | null
  readonly acceptances: ReadonlyMap<string, CheckedAcceptance>
  /** Inputs that the caller knows and does not vouch for. */
  readonly unaccepted?: ReadonlySet<string>
  /** Why the caller has no challenge, where the profile takes none. */
  readonly freshnessReason?: string | null
  /** A manifest that an input stands for. */
  readonly manifest?: Manifest
}

/** Who says what a claim is: the guest in its report, the host at launch, or the holder of a proven key. */
export interface Statement {
  readonly by: 'guest' | 'host' | 'key'
  fresh: boolean
  readonly enforced: boolean
}

/** A claim that an edge has led to. */
export interface Found {
  readonly bytes: Uint8Array
  readonly path: readonly string[]
  readonly statement: Statement
  /** The claim that it was found in. */
  readonly parent: string | null
}

export interface Run {
  readonly definition: ProfileDefinition
  readonly given: RunInputs
  readonly context: BindingContext
  readonly found: Map<string, Found>
  readonly report: Statement
  readonly unbound: string[]
  readonly assumptions: string[]
  readonly commitments: { readonly expected: string; readonly actual: string }[]
  manifest: Manifest | null
}
