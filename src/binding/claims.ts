/** What a report commits to, as results show it. Made by this folder alone. */
import type { FreshnessLevel } from '../appraisal/document.js'
import { copyBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { sha256Hex } from '../crypto/digests.js'
import type { ManifestCheck } from '../manifest/check.js'
import type { Manifest } from '../manifest/manifest.js'

/**
 * `verified`: the report commits to it, and the caller pinned or accepted it. `committed`: the report commits to it,
 * and nobody accepted it. `launchedWith`: the host chose it at launch, and the report only repeats it.
 */
export type ClaimStatus = 'verified' | 'committed' | 'launchedWith'

/** One named input or part of it, and how the report leads to it. */
export interface Claim {
  readonly name: string
  readonly status: ClaimStatus
  readonly freshness: FreshnessLevel | 'none'
  /** From the claim to the root, one step each: `["SHA-256", "REPORT_DATA[32..64]", "VCEK", …]`. */
  readonly path: readonly string[]
}

/** A key that the report commits to. */
export interface CommittedKey {
  readonly claim: string
  /** What shows that the guest holds the private key. */
  readonly possession: 'handshake' | 'signedChallenge' | 'none'
  /** SHA-256 of the committed bytes, hex. */
  readonly sha256: string
}

/** What the rules say of a manifest that is accepted by them: warnings, and what of the rules was not applied. */
export type ManifestRules = Pick<ManifestCheck, 'findings' | 'unchecked'>

/** What the report commits to, and how fresh that makes it. Made by a verification alone. */
export interface BoundClaims {
  readonly profile: string
  /** Everything that is bound to the report, by name: hex, or `sha256:` and the digest of what is over 1024 bytes. */
  readonly committed: Readonly<Record<string, string>>
  /** What of it the caller pinned or accepted. */
  readonly verified: Readonly<Record<string, string>>
  /** What the host chose at launch. Also under `verified` only if pinned and enforced by the measured guest. */
  readonly launchedWith: Readonly<Record<string, string>>
  readonly claims: readonly Claim[]
  readonly keys: readonly CommittedKey[]
  /** The manifest, if the binding has one. Committed; accepted only if it is under `verified` as well. */
  readonly manifest: Manifest | null
  /**
   * Of a manifest that is accepted by `expect`: what the rules warn of, and which of them, or parts, were not applied.
   * `null` where no rule was asked, as with a pinned digest.
   */
  readonly manifestRules: ManifestRules | null
  /** Bytes that nothing constrains: `REPORT_DATA[32..64]`, or `REPORT_DATA` where the profile looks elsewhere. */
  readonly unbound: readonly string[]
  /** From the last claim to the root, on one line. */
  readonly provenance: string
  readonly freshness: FreshnessLevel | 'none'
  /** Who vouches that the challenge or session is fresh; `null` without one. */
  readonly freshnessBasis: 'asserted' | 'store' | null
  /** `bound`: the report names the caller's own connection. */
  readonly channel: 'bound' | 'unbound'
  /** What was taken for granted, as the profile states it. */
  readonly assumptions: readonly string[]
  /** Rules that the format breaks, and why. */
  readonly weak: readonly string[]
  /** Why results of this profile should not be relied upon yet. */
  readonly experimental: string | null
}

/** A claim with its bytes. */
export interface ClaimWithBytes extends Claim {
  readonly bytes: Uint8Array
}

export type ClaimParts = Omit<
  BoundClaims,
  'committed' | 'verified' | 'launchedWith' | 'claims' | 'provenance'
> & {
  readonly claims: readonly ClaimWithBytes[]
}

const bytesOf = new WeakMap<BoundClaims, ReadonlyMap<string, Uint8Array>>()

/** The longest value that results show whole. */
const maxShown = 1024

export function makeClaims(parts: ClaimParts): BoundClaims {
  const { claims, ...rest } = parts
  const show = (wanted: (claim: Claim) => boolean): Readonly<Record<string, string>> =>
    Object.freeze(Object.fromEntries(claims.filter(wanted).map(({ name, bytes }) => [name, shown(bytes)])))
  const made: BoundClaims = Object.freeze({
    ...rest,
    keys: Object.freeze(rest.keys.map((key) => Object.freeze({ ...key }))),
    manifestRules: rest.manifestRules === null ? null : frozenRules(rest.manifestRules),
    unbound: Object.freeze([...rest.unbound]),
    assumptions: Object.freeze([...rest.assumptions]),
    weak: Object.freeze([...rest.weak]),
    committed: show(({ status, path }) => status !== 'launchedWith' && !isHostPath(path)),
    verified: show(({ status }) => status === 'verified'),
    launchedWith: show(({ path }) => isHostPath(path)),
    claims: Object.freeze(
      claims.map(({ name, status, freshness, path }) =>
        Object.freeze({ name, status, freshness, path: Object.freeze([...path]) }),
      ),
    ),
    provenance: lineOf(claims.at(-1)),
  })
  bytesOf.set(made, new Map(claims.map(({ name, bytes }) => [name, copyBytes(bytes)])))
  return made
}

const frozenRules = ({ findings, unchecked }: ManifestRules): ManifestRules =>
  Object.freeze({
    findings: Object.freeze(findings.map((one) => Object.freeze({ ...one }))),
    unchecked: Object.freeze(unchecked.map((one) => Object.freeze({ ...one }))),
  })

const hostFields = /^(HOST_DATA|FAMILY_ID|IMAGE_ID)(\[|$)/

const isHostPath = (path: readonly string[]): boolean => path.some((step) => hostFields.test(step))

const shown = (bytes: Uint8Array): string =>
  bytes.length > maxShown ? `sha256:${sha256Hex(bytes)}` : toHex(bytes)

const lineOf = (claim: Claim | undefined): string =>
  claim === undefined ? '' : [claim.name, ...claim.path].join(' ← ')

/**
 * The bytes of a claim, a copy: of a key to encrypt to, or of a document. Bound to the report whatever its status.
 *
 * @returns `null` for a name that the binding does not have.
 * @throws TypeError for claims that no verification returned.
 */
export function committedBytes(claims: BoundClaims, name: string): Uint8Array | null {
  const all = typeof claims === 'object' ? bytesOf.get(claims) : undefined
  if (all === undefined) throw new TypeError('claims must come from a verification')
  const bytes = all.get(name)
  return bytes === undefined ? null : copyBytes(bytes)
}
