// Policies with one thing changed, and the names of things in policies.
import type { PolicyDocument } from '../../src/appraisal/document.js'
import type { ErrorCode, JsonValue, RefusalVerdict } from '../../src/errors/error.js'

type Json = Record<string, JsonValue>

/** Changes by dotted path; a number is an index. */
export type PolicyChanges = Readonly<Record<string, JsonValue>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** The object that holds the last key of a path, in a copy of the document, and that key. */
function placeOf(copy: unknown, path: string): readonly [Json, string] {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let parent: unknown = copy
  for (const key of keys) parent = isObject(parent) ? parent[key] : undefined
  if (!isObject(parent)) throw new Error(`the policy has no ${path}`)
  return [parent, last]
}

/**
 * A copy of a policy with the values at some paths replaced.
 *
 * @throws Error for a path that is not there: a misspelt change would change nothing, and a test would not notice.
 */
export function editPolicy(document: PolicyDocument, changes: PolicyChanges): PolicyDocument {
  const copy = structuredClone(document)
  for (const [path, value] of Object.entries(changes)) {
    const [parent, last] = placeOf(copy, path)
    if (!Object.hasOwn(parent, last)) throw new Error(`the policy has no ${path}`)
    parent[last] = value
  }
  return copy
}

/** A copy of a policy without one key: no policy any more. */
export function dropKey(document: PolicyDocument, path: string): unknown {
  const copy = structuredClone(document)
  const [parent, last] = placeOf(copy, path)
  if (!Reflect.deleteProperty(parent, last)) throw new Error(`the policy has no ${path}`)
  return copy
}

/** A copy of a policy with a key that does not belong there. */
export function addKey(document: PolicyDocument, path: string, value: JsonValue): unknown {
  const copy = structuredClone(document)
  const [parent, last] = placeOf(copy, path)
  parent[last] = value
  return copy
}

/** The paths of all objects and all members of a document, with indices; the document itself is ''. */
export function pathsOf(
  value: unknown,
  path = '',
): { objects: readonly string[]; members: readonly string[] } {
  if (!isObject(value)) return { objects: [], members: [] }
  const inner = Object.entries(value).map(([key, member]) => {
    const at = path === '' ? key : `${path}.${key}`
    return { at, ...pathsOf(member, at) }
  })
  const isList = Array.isArray(value)
  return {
    objects: [...(isList ? [] : [path]), ...inner.flatMap(({ objects }) => objects)],
    members: [...inner.flatMap(({ at, members }) => (isList ? members : [at, ...members]))],
  }
}

/** The code of an appraisal check, by the rule that names it: `APPRAISAL_` and the path in upper snake case. */
export function appraisalCode(id: string): ErrorCode {
  // A code that does not exist is one that no run ends with.
  return `APPRAISAL_${id.replaceAll('.', '_').replace(/[A-Z]/g, '_$&').toUpperCase()}` as ErrorCode
}

const unverifiable: readonly ErrorCode[] = [
  'ENDORSEMENT_MISSING',
  'REVOCATION_MISSING',
  'REVOCATION_STALE',
  'REVOCATION_FETCH_AGE',
  'REVOCATION_NUMBER',
]

/** The verdict of a code, for well-formed evidence: something is missing, or it is wrong. */
export function verdictFor(code: ErrorCode): RefusalVerdict {
  return unverifiable.includes(code) ? 'unverifiable' : 'rejected'
}

/** Every key and sub-key of a policy, dotted, without indices; a value that leaves something unchecked ends a path. */
export function keysOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    return isObject(value[0]) ? [...new Set(value.flatMap((one) => keysOf(one, path)))] : [path]
  }
  if (!isObject(value) || 'unchecked' in value) return [path]
  return Object.entries(value).flatMap(([key, inner]) => keysOf(inner, path === '' ? key : `${path}.${key}`))
}

/** Hex with its lowest bit flipped: the nearest wrong value. */
export function flipHex(hex: string): string {
  return hex.slice(0, -1) + (Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16)
}

/** Bytes with the lowest bit of the last one flipped: in a certificate or CRL that is signature. */
export const flipLast = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte))

/** Text in lower-case hex of `bytes` bytes that no report has. */
export const strangeHex = (bytes: number): string => 'a5'.repeat(bytes)

export const unchecked = (reason = 'not what this run is about'): { readonly unchecked: string } => ({
  unchecked: reason,
})
