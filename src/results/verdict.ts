/** The verdict as JSON, schema `attested/verdict@1`: every key is always there, `null` where nothing is known. */
import type { FreshnessLevel } from '../appraisal/document.js'
import type { SoftwareIdentity } from '../appraisal/appraise.js'
import type { CheckResult, ErrorCode, RefusalVerdict, VerificationError } from '../errors/error.js'
import type { ProductLine } from '../product/line.js'
import { toHex } from '../encoding/hex.js'
import { type ReportJson, reportToJson } from '../report/to-json.js'
import type { AcceptedEvidence, CrlSummary, RefusedEvidence, UncheckedItem } from '../verify/result.js'
import type { BoundClaims, Claim, CommittedKey, ManifestRules } from '../binding/claims.js'
import { appraisedOf } from '../verify/accepted.js'
import { libraryVersion } from '../verify/version.js'

/** What the report commits to. Values are hex, or `sha256:` and the digest of what is over 1024 bytes. */
export interface BindingJson {
  readonly profile: string
  /** Everything that the report commits to. */
  readonly committed: Readonly<Record<string, string>>
  /** What of it the caller pinned or accepted. */
  readonly verified: Readonly<Record<string, string>>
  /** What the host chose at launch. */
  readonly launchedWith: Readonly<Record<string, string>>
  readonly unbound: readonly string[]
  readonly provenance: string
  readonly claims: readonly Claim[]
  readonly keys: readonly CommittedKey[]
  readonly manifest: { readonly schema: string; readonly digest: string } | null
  /** Of a manifest that is accepted by its rules: their warnings, and what of them was not applied. */
  readonly manifestRules: ManifestRules | null
  readonly assumptions: readonly string[]
  readonly weak: readonly string[]
  readonly experimental: string | null
}

function bindingToJson(claims: BoundClaims): BindingJson {
  const { manifest } = claims
  return {
    profile: claims.profile,
    committed: claims.committed,
    verified: claims.verified,
    launchedWith: claims.launchedWith,
    unbound: claims.unbound,
    provenance: claims.provenance,
    claims: claims.claims,
    keys: claims.keys,
    manifest:
      manifest === null
        ? null
        : { schema: manifest.schema, digest: `sha256:${toHex(manifest.digest('sha256'))}` },
    manifestRules: claims.manifestRules,
    assumptions: claims.assumptions,
    weak: claims.weak,
    experimental: claims.experimental,
  }
}

export interface VerdictJson {
  readonly schema: 'attested/verdict@1'
  readonly libraryVersion: string
  readonly verdict: 'accepted' | RefusalVerdict
  readonly kind: 'verified' | 'unidentified' | 'unbound' | 'debug' | null
  readonly code: ErrorCode | null
  readonly message: string | null
  readonly at: string
  readonly validUntil: string | null
  readonly policyDigest: string | null
  readonly evidenceDigest: string | null
  readonly product: ProductLine | null
  readonly signer: 'vcek' | 'vlek' | null
  readonly chipId: string | null
  readonly cspId: string | null
  readonly endorsementKey: string | null
  readonly softwareIdentity: SoftwareIdentity
  readonly measurementLabel: string | null
  readonly freshness: FreshnessLevel | 'none'
  readonly freshnessBasis: 'asserted' | 'store' | null
  readonly channel: 'bound' | 'unbound'
  readonly crl: CrlSummary | null
  readonly crlScope: CrlSummary['scope'] | null
  /** Verified. `null` unless accepted. */
  readonly report: ReportJson | null
  /** What a refused report says: a claim. `null` if accepted or malformed. */
  readonly claimed: ReportJson | null
  readonly checks: readonly CheckResult[]
  readonly binding: BindingJson | null
  readonly unchecked: readonly UncheckedItem[]
}

type AcceptedResult = AcceptedEvidence & {
  readonly kind: VerdictJson['kind']
  readonly binding: BoundClaims | null
}

/**
 * The verdict of an accepted result.
 *
 * @throws TypeError for an object that no verification returned.
 */
export function acceptedToJson(result: AcceptedResult): VerdictJson {
  // A copy of a result is not one: its members could be anything.
  appraisedOf(result)
  const { binding, crl } = result
  return {
    schema: 'attested/verdict@1',
    libraryVersion: result.libraryVersion,
    verdict: 'accepted',
    kind: result.kind,
    code: null,
    message: null,
    at: result.at,
    validUntil: result.validUntil,
    policyDigest: result.policyDigest,
    evidenceDigest: result.evidenceDigest,
    product: result.product,
    signer: result.signer,
    chipId: result.chipId,
    cspId: result.cspId,
    endorsementKey: result.endorsementKey,
    softwareIdentity: result.softwareIdentity,
    measurementLabel: result.measurementLabel,
    freshness: result.freshness,
    freshnessBasis: result.freshnessBasis,
    channel: result.channel,
    crl,
    crlScope: crl?.scope ?? null,
    report: reportToJson(result.report),
    claimed: null,
    checks: result.checks,
    binding: binding === null ? null : bindingToJson(binding),
    unchecked: result.unchecked,
  }
}

/** The verdict of a refusal. */
export function refusedToJson(refused: RefusedEvidence): VerdictJson {
  const { error, at, policyDigest, claimed, checks, unchecked } = refused
  return {
    ...errorToJson(error, at),
    policyDigest,
    claimed: claimed === null ? null : reportToJson(claimed),
    checks,
    unchecked,
  }
}

/** The verdict of an error from before a verification: a container or policy that cannot be read. */
export function errorToJson(error: VerificationError, at: string): VerdictJson {
  return {
    schema: 'attested/verdict@1',
    libraryVersion,
    verdict: error.verdict,
    kind: null,
    code: error.code,
    message: error.message,
    at,
    validUntil: null,
    policyDigest: null,
    evidenceDigest: null,
    product: null,
    signer: null,
    chipId: null,
    cspId: null,
    endorsementKey: null,
    softwareIdentity: 'none',
    measurementLabel: null,
    freshness: 'none',
    freshnessBasis: null,
    channel: 'unbound',
    crl: null,
    crlScope: null,
    report: null,
    claimed: null,
    checks: error.checks,
    binding: null,
    unchecked: [],
  }
}
