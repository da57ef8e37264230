/** Containers that are JSON: strict documents, and typed access to their members. Everything refuses by name. */
import { fromBase64 } from '../encoding/base64.js'
import { fromHex } from '../encoding/hex.js'
import { type WideJson, parseWideJson } from '../encoding/json-integers.js'
import type { JsonLimits } from '../encoding/json.js'
import { malformed, unknownName } from './container.js'
import { maxEvidenceBytes } from './limits.js'

/** Members of an object. Integers beyond 2^53 are `bigint`. */
export type Members = Readonly<Record<string, WideJson>>

/** No container nests deeper; a manifest inside one may have 32 levels of its own. */
const maxDepth = 40

export const jsonLimits = (what: string, depth: number = maxDepth): JsonLimits => ({
  code: 'EVIDENCE_MALFORMED',
  what,
  maxLength: maxEvidenceBytes,
  maxDepth: depth,
})

/** @throws VerificationError `EVIDENCE_MALFORMED`. */
export function readJson(bytes: Uint8Array, what: string, depth?: number): WideJson {
  return parseWideJson(bytes, jsonLimits(what, depth))
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The members of a document, or of a value inside one.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`.
 */
export function requireMembers(value: WideJson | undefined, what: string): Members {
  if (!isMembers(value)) throw malformed(what, 'not a JSON object')
  return value
}

/** Refuses members that a format does not have. */
export function requireKnown(members: Members, what: string, known: ReadonlySet<string>): void {
  for (const key of Object.keys(members)) if (!known.has(key)) throw unknownName(what, 'key', key)
}

/** A member; `null` where it is absent or `null`. */
export function memberOf(members: Members, key: string): WideJson {
  return Object.hasOwn(members, key) ? (members[key] ?? null) : null
}

/**
 * Text that must be there.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`.
 */
export function textMember(members: Members, key: string, what: string): string {
  const value = memberOf(members, key)
  if (typeof value !== 'string') throw malformed(what, `${key} is not text`)
  return value
}

/**
 * The same for a member that may be absent or `null`.
 *
 * Also for what is not used: it has its type all the same.
 */
export function optionalText(members: Members, key: string, what: string): string | null {
  return memberOf(members, key) === null ? null : textMember(members, key, what)
}

/** How bytes are written: `base64` with padding, `base64url` with or without, `any` of both alphabets. */
export type BytesText = 'base64' | 'base64url' | 'any' | 'hex'

/**
 * Bytes that must be there, as text.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`.
 */
export function bytesMember(members: Members, key: string, what: string, form: BytesText): Uint8Array {
  const bytes = fromTextForm(textMember(members, key, what), form)
  if (bytes === null) throw malformed(what, `${key} is not ${form === 'any' ? 'base64' : form}`)
  return bytes
}

/** The same for a member that may be absent or `null`. */
export function optionalBytes(
  members: Members,
  key: string,
  what: string,
  form: BytesText,
): Uint8Array | null {
  return memberOf(members, key) === null ? null : bytesMember(members, key, what, form)
}

function fromTextForm(text: string, form: BytesText): Uint8Array | null {
  if (form === 'hex') return fromHex(text)
  if (form === 'base64' && /[-_]/.test(text)) return null
  if (form === 'base64url' && /[+/]/.test(text)) return null
  return fromBase64(text, form === 'base64' ? 'required' : 'optional')
}

/**
 * Bytes written as a list of numbers, as serialisers of Rust write them.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`, also for another length than the one that is given.
 */
export function byteListMember(members: Members, key: string, what: string, length?: number): Uint8Array {
  const value = memberOf(members, key)
  if (!Array.isArray(value)) throw malformed(what, `${key} is not a list of bytes`)
  const list: readonly WideJson[] = value
  if (length !== undefined && list.length !== length)
    throw malformed(what, `${key} has ${String(list.length)} bytes, not ${String(length)}`)
  return Uint8Array.from(list, (one) => {
    if (typeof one !== 'number' || !Number.isInteger(one) || one < 0 || one > 255)
      throw malformed(what, `${key} holds what is no byte`)
    return one
  })
}

/**
 * An unsigned integer of up to 64 bits.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`.
 */
export function wordMember(members: Members, key: string, what: string, bits: 8 | 32 | 64): bigint {
  const value = memberOf(members, key)
  const word = typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value as number | bigint) : -1n
  if (word < 0n || word >> BigInt(bits) !== 0n)
    throw malformed(what, `${key} is not an integer of ${String(bits)} bits`)
  return word
}
