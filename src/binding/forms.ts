/**
 * The plain forms of binding: all 64 bytes of REPORT_DATA, as they are or as a digest with zeros behind it.
 *
 * A binding is made by the caller from what the caller expects, never from the evidence.
 */
import { type DigestAlgorithm, digest, isDigestAlgorithm } from '../crypto/digests.js'
import { concatBytes, copyBytes, isBytes, lengthOf, requireBytes } from '../encoding/bytes.js'
import type { Unchecked } from '../errors/ledger.js'
import { isUnchecked } from '../errors/ledger.js'
import type { Manifest } from '../manifest/manifest.js'
import { type Acceptance, acceptanceOf } from './acceptance.js'
import { type Binding, type PlainFacts, makeBinding } from './binding.js'
import { type Challenge, bytesOfChallenge } from './challenge.js'

/** Where the freshness of a binding comes from: a challenge inside the commitment, or nowhere, with a reason. */
export interface BindingOptions {
  readonly freshness: Challenge | Unchecked
}

type Freshness = Pick<PlainFacts, 'challenge' | 'challengeBytes' | 'freshnessReason'>

function plainBinding(
  parts: Omit<PlainFacts, 'kind' | keyof Freshness>,
  { freshness }: BindingOptions,
): Binding {
  return makeBinding({ kind: 'plain', ...parts, ...freshnessOf(freshness) })
}

function freshnessOf(freshness: Challenge | Unchecked): Freshness {
  if (!isUnchecked(freshness)) {
    return { challenge: freshness, challengeBytes: bytesOfChallenge(freshness), freshnessReason: null }
  }
  return { challenge: null, challengeBytes: null, freshnessReason: reasonOf(freshness) }
}

/** Read once: a getter could answer differently the next time. */
function reasonOf({ unchecked }: Unchecked): string {
  const reason: unknown = unchecked
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new TypeError('freshness { unchecked } needs a reason')
  return reason
}

/** Callers without types leave it out; there is no default to fall back to. */
function optionsOf(options: unknown): BindingOptions {
  if (typeof options !== 'object' || options === null || !('freshness' in options)) {
    throw new TypeError('freshness is required: a challenge, or { unchecked: reason }')
  }
  return options as BindingOptions
}

/** A commitment to a manifest. */
export interface ManifestBindingOptions {
  /** From `parseManifest`; or JSON of `attested/manifest@1`, whose canonical form (RFC 8785) is committed to. */
  readonly manifest: Manifest | string | Uint8Array
  readonly nonce: Challenge | Unchecked
  readonly accept: Acceptance
  /** Of the manifest's bytes; `sha256` unless told. */
  readonly algorithm?: DigestAlgorithm
  /** `REPORT_DATA` unless told. Nothing in HOST_DATA is fresh. */
  readonly carrier?: 'REPORT_DATA' | 'HOST_DATA'
}

const reportDataBytes = 64

/** The plain forms of binding. */
export const bindings: {
  /**
   * REPORT_DATA is exactly these 64 bytes.
   *
   * With a challenge, the challenge's bytes must be a contiguous part of them.
   *
   * @throws TypeError if there are not 64 bytes.
   */
  readonly reportData: (expected: Uint8Array, options: BindingOptions) => Binding
  /**
   * REPORT_DATA is the digest of these bytes, followed by zeros, all of which are compared.
   *
   * With a challenge, the challenge's bytes must be a contiguous part of `bytes`.
   *
   * @throws TypeError for an unknown algorithm or no bytes.
   */
  readonly digest: (algorithm: DigestAlgorithm, bytes: Uint8Array, options: BindingOptions) => Binding
  /**
   * The report commits to a commitment manifest: with a challenge as profile `manifest-nonce/1`, without one as
   * `manifest/1` (its digest and zeros), at launch in HOST_DATA as `manifest-host/1`.
   *
   * `accept` says why the manifest is right: it has a pinned digest, no rule finds an error in it given expectations,
   * or nobody checks. Only an accepted manifest is in the result as `manifest`.
   *
   * @throws TypeError for missing or wrong options. A manifest that cannot be read fails the verification.
   */
  readonly manifest: (options: ManifestBindingOptions) => Binding
} = Object.freeze({
  reportData: (expected: Uint8Array, options: BindingOptions) => {
    if (lengthOf(requireBytes(expected, 'expected REPORT_DATA')) !== reportDataBytes) {
      throw new TypeError(`expected REPORT_DATA must be ${String(reportDataBytes)} bytes`)
    }
    const bytes = copyBytes(expected)
    return plainBinding(
      {
        profile: 'report-data',
        expected: bytes,
        preimage: bytes,
        claims: { reportData: bytes },
        path: ['REPORT_DATA'],
      },
      optionsOf(options),
    )
  },
  digest: (algorithm: DigestAlgorithm, bytes: Uint8Array, options: BindingOptions) => {
    if (!isDigestAlgorithm(algorithm)) throw new TypeError('algorithm must be sha256, sha384 or sha512')
    const preimage = copyBytes(requireBytes(bytes, 'bytes'))
    const value = digest(algorithm, preimage)
    return plainBinding(
      {
        profile: `digest/${algorithm}`,
        expected: concatBytes(value, new Uint8Array(reportDataBytes - value.length)),
        preimage,
        claims: { [algorithm]: value },
        path: [`REPORT_DATA[0..${String(value.length)}]`],
      },
      optionsOf(options),
    )
  },
  manifest: (options: ManifestBindingOptions) => manifestBinding(options),
})

function manifestBinding(options: unknown): Binding {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object')
  const {
    manifest,
    nonce,
    accept,
    algorithm = 'sha256',
    carrier = 'REPORT_DATA',
  } = options as Partial<ManifestBindingOptions>
  if (typeof manifest !== 'string' && (typeof manifest !== 'object' || (manifest as unknown) === null))
    throw new TypeError('manifest must be JSON or come from parseManifest')
  if (!isDigestAlgorithm(algorithm)) throw new TypeError('algorithm must be sha256, sha384 or sha512')
  if (!['REPORT_DATA', 'HOST_DATA'].includes(carrier))
    throw new TypeError('carrier must be REPORT_DATA or HOST_DATA')
  if (nonce === undefined) throw new TypeError('nonce is required: a challenge, or { unchecked: reason }')
  const { challenge, freshnessReason } = freshnessOf(nonce)
  if (carrier === 'HOST_DATA' && challenge !== null) throw new TypeError('no challenge fits into HOST_DATA')
  const request = {
    manifest: isBytes(manifest) ? copyBytes(manifest) : manifest,
    algorithm,
    carrier,
    challenge,
    freshnessReason,
    acceptance: acceptanceOf(accept, 'manifest', true),
  } as const
  const plain = algorithm === 'sha256' ? 'manifest/1' : `manifest-${algorithm}/1`
  return makeBinding({
    kind: 'profile',
    profile: carrier === 'HOST_DATA' ? 'manifest-host/1' : challenge === null ? plain : 'manifest-nonce/1',
    challenge,
    run: async (context) => (await import('./run-manifest.js')).runManifest(request, context),
  })
}
