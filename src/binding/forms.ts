/**
 * The plain forms of binding: all 64 bytes of REPORT_DATA, as they are or as a digest with zeros behind it.
 *
 * A binding is made by the caller from what the caller expects, never from the evidence.
 */
import { type DigestAlgorithm, digest, isDigestAlgorithm } from '../crypto/digests.js'
import { concatBytes, copyBytes, lengthOf, requireBytes } from '../encoding/bytes.js'
import type { Unchecked } from '../errors/ledger.js'
import { isUnchecked } from '../errors/ledger.js'
import { type Challenge, bytesOfChallenge } from './challenge.js'

declare const bindingBrand: unique symbol

/** What REPORT_DATA must be. Made by {@link bindings} alone. */
export interface Binding {
  readonly [bindingBrand]: true
  /** The name of the form, as in results. */
  readonly profile: string
}

/** Where the freshness of a binding comes from: a challenge inside the commitment, or nowhere, with a reason. */
export interface BindingOptions {
  readonly freshness: Challenge | Unchecked
}

/** What a binding expects, for this package only. */
export interface BindingFacts {
  readonly profile: string
  /** All 64 bytes. */
  readonly expected: Uint8Array
  /** The bytes in which the challenge must occur: what the commitment is made of. */
  readonly preimage: Uint8Array
  /** What is committed, by name, as results show it. */
  readonly claims: Readonly<Record<string, Uint8Array>>
  readonly challenge: Uint8Array | null
  readonly basis: Challenge['basis'] | null
  readonly freshnessReason: string | null
  /** How the commitment is made, from what to REPORT_DATA. */
  readonly derivation: string
}

const factsOf = new WeakMap<Binding, BindingFacts>()

/** @throws TypeError for anything that {@link bindings} did not make. */
export function factsOfBinding(binding: Binding): BindingFacts {
  const facts = typeof binding === 'object' ? factsOf.get(binding) : undefined
  if (facts === undefined) throw new TypeError('binding must come from bindings, or be { unchecked: reason }')
  return facts
}

function makeBinding(
  parts: Omit<BindingFacts, 'challenge' | 'basis' | 'freshnessReason'>,
  { freshness }: BindingOptions,
): Binding {
  const binding = Object.freeze({ profile: parts.profile }) as Binding
  factsOf.set(binding, { ...parts, ...freshnessOf(freshness) })
  return binding
}

function freshnessOf(
  freshness: Challenge | Unchecked,
): Pick<BindingFacts, 'challenge' | 'basis' | 'freshnessReason'> {
  if (!isUnchecked(freshness)) {
    return { challenge: bytesOfChallenge(freshness), basis: freshness.basis, freshnessReason: null }
  }
  // Read once: a getter could answer differently the next time.
  const reason: unknown = freshness.unchecked
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new TypeError('freshness { unchecked } needs a reason')
  return { challenge: null, basis: null, freshnessReason: reason }
}

/** Callers without types leave it out; there is no default to fall back to. */
function optionsOf(options: unknown): BindingOptions {
  if (typeof options !== 'object' || options === null || !('freshness' in options)) {
    throw new TypeError('freshness is required: a challenge, or { unchecked: reason }')
  }
  return options as BindingOptions
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
} = Object.freeze({
  reportData: (expected: Uint8Array, options: BindingOptions) => {
    if (lengthOf(requireBytes(expected, 'expected REPORT_DATA')) !== reportDataBytes) {
      throw new TypeError(`expected REPORT_DATA must be ${String(reportDataBytes)} bytes`)
    }
    const bytes = copyBytes(expected)
    return makeBinding(
      {
        profile: 'report-data',
        expected: bytes,
        preimage: bytes,
        claims: { reportData: bytes },
        derivation: 'REPORT_DATA',
      },
      optionsOf(options),
    )
  },
  digest: (algorithm: DigestAlgorithm, bytes: Uint8Array, options: BindingOptions) => {
    if (!isDigestAlgorithm(algorithm)) throw new TypeError('algorithm must be sha256, sha384 or sha512')
    const preimage = copyBytes(requireBytes(bytes, 'bytes'))
    const value = digest(algorithm, preimage)
    return makeBinding(
      {
        profile: `digest/${algorithm}`,
        expected: concatBytes(value, new Uint8Array(reportDataBytes - value.length)),
        preimage,
        claims: { [algorithm]: value },
        derivation: `bytes ← ${algorithm} ← REPORT_DATA`,
      },
      optionsOf(options),
    )
  },
})
