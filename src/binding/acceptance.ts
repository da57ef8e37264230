/** What of the evidence the caller accepts, as the caller says it. */
import { copyBytes, isBytes } from '../encoding/bytes.js'
import { fromHex } from '../encoding/hex.js'
import type { Expectations } from '../manifest/expectations.js'

/**
 * Which document the caller accepts: the one with this digest (hex or bytes; 32, 48 or 64 bytes mean SHA-256, SHA-384
 * or SHA-512), one in which no rule finds an error given these expectations, or any, for a stated reason.
 */
export type Acceptance =
  | { readonly digest: string | Uint8Array }
  | { readonly expect: Expectations }
  | { readonly unchecked: string }

/** Digests as bytes; everything else as it is. */
export type CheckedAcceptance =
  | { readonly kind: 'digest'; readonly digest: Uint8Array; readonly isDocument: boolean }
  | { readonly kind: 'expect'; readonly expect: unknown }
  | { readonly kind: 'unchecked'; readonly reason: string }

/** @throws TypeError for anything that is no acceptance. */
export function acceptanceOf(value: unknown, name: string, isDocument: boolean): CheckedAcceptance {
  if (typeof value !== 'object' || value === null) throw new TypeError(`accept.${name} must be an object`)
  const copy = { ...value } as { digest?: unknown; expect?: unknown; unchecked?: unknown }
  const stated = Object.keys(copy)
  if (stated.length !== 1) throw new TypeError(`accept.${name} states one thing`)
  if (copy.unchecked !== undefined) {
    if (typeof copy.unchecked !== 'string' || copy.unchecked.trim() === '')
      throw new TypeError(`accept.${name} { unchecked } needs a reason`)
    return { kind: 'unchecked', reason: copy.unchecked }
  }
  if (copy.expect !== undefined && isDocument) return { kind: 'expect', expect: copy.expect }
  const digest = digestOf(copy.digest)
  if (digest === null) throw new TypeError(`accept.${name} must be a digest, expectations or unchecked`)
  return { kind: 'digest', digest, isDocument }
}

const digestSizes = [32, 48, 64]

/** `sha256:` and the like may stand before the hex digits. */
function digestOf(value: unknown): Uint8Array | null {
  const bytes = isBytes(value)
    ? copyBytes(value)
    : typeof value === 'string'
      ? fromHex(value.replace(/^sha(?:256:(?=.{64}$)|384:(?=.{96}$)|512:(?=.{128}$))/, ''))
      : null
  return bytes !== null && digestSizes.includes(bytes.length) ? bytes : null
}
