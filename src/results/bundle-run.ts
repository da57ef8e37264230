/**
 * How a bundle records the run that it is of: the time, what the report had to commit to, and what was known of its
 * CRLs. JSON; strict and complete, because a replay is of exactly this.
 */
import { canonicalJson } from '../encoding/canonical-json.js'
import { fromHex, toHex } from '../encoding/hex.js'
import { parseStrictJson } from '../encoding/json.js'
import { toUtf8 } from '../encoding/text.js'
import type { VerificationError } from '../errors/error.js'
import { type JsonValue } from '../errors/error.js'
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import { type EvidenceFormat, malformed } from '../evidence/container.js'
import type { EvidenceCrl } from '../evidence/input.js'
import { isMembers, jsonLimits } from '../evidence/json-fields.js'
import { isEvidenceFormat } from '../evidence/registry.js'
import type { RecordedBinding, RecordedProfile } from './recorded-binding.js'

/** What was known of a CRL beside its bytes. */
export type CrlFacts = Omit<EvidenceCrl, 'der'>

export interface RecordedRun {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly binding: RecordedBinding
  /** In the order of the CRLs in the bundle. */
  readonly crls: readonly CrlFacts[]
  /** The container in which the evidence came. */
  readonly format: EvidenceFormat
}

const what = 'attested-bundle: record'
const inputName = /^[A-Za-z][A-Za-z0-9]{0,63}$/
const profileId = /^[!-~]{1,64}$/

const rfc3339 = (time: number): string => new Date(time).toISOString()

/** Without the documents that the binding names: they are records of their own. */
export function writeRun({ at, binding, crls, format }: RecordedRun): Uint8Array<ArrayBuffer> {
  return toUtf8(
    canonicalJson({
      at: rfc3339(at),
      binding: bindingToJson(binding),
      crls: crls.map(({ fetchedAt, scope }) => ({
        fetchedAt: fetchedAt === null ? null : rfc3339(fetchedAt),
        scope,
      })),
      format,
    }),
  )
}

/** As `inspect` shows it: the same without the bytes of documents. */
export function bindingToJson(binding: RecordedBinding): JsonValue {
  if (isUnchecked(binding)) return { unchecked: binding.unchecked }
  if ('reportData' in binding) return { challenge: binding.challenge, reportData: toHex(binding.reportData) }
  const inputs = [...binding.inputs].map(([name, value]) => [
    name,
    isUnchecked(value) ? { unchecked: value.unchecked } : toHex(value),
  ])
  return {
    profile: binding.profile,
    inputs: Object.fromEntries(inputs) as Readonly<Record<string, JsonValue>>,
  }
}

/**
 * Reads a recorded run.
 *
 * @param documents - What the bundle holds beside it for the binding.
 * @param crlCount - How many CRLs it holds.
 * @throws VerificationError `EVIDENCE_MALFORMED`.
 */
export function readRun(
  bytes: Uint8Array,
  documents: Pick<RecordedProfile, 'manifest' | 'expectations'>,
  crlCount: number,
): RecordedRun {
  const run = exactly(parseStrictJson(bytes, jsonLimits(what, 4)), ['at', 'binding', 'crls', 'format'], 'run')
  const { crls, format } = run
  if (!Array.isArray(crls) || crls.length !== crlCount)
    throw malformed(what, 'crls is not a list with one entry for each CRL')
  if (!isEvidenceFormat(format)) throw malformed(what, 'format is no evidence format')
  return {
    at: timeFrom(run['at'], 'at'),
    binding: bindingFromJson(run['binding'], {
      manifest: documents.manifest,
      expectations: documents.expectations,
    }),
    crls: (crls as readonly JsonValue[]).map(factsFrom),
    format,
  }
}

/** The members of an object that has these and no others. */
function exactly(
  value: JsonValue | undefined,
  keys: readonly string[],
  name: string,
): Readonly<Record<string, JsonValue>> {
  if (value === undefined || !isMembers(value)) throw malformed(what, `${name} is not an object`)
  const members = value as Readonly<Record<string, JsonValue>>
  const found = Object.keys(members)
  if (found.length !== keys.length || !keys.every((key) => Object.hasOwn(members, key)))
    throw malformed(what, `${name} must have ${keys.join(', ')} and nothing else`)
  return members
}

/** The one form that we write, so that a time is read as it was written. */
function timeFrom(value: JsonValue | undefined, name: string): number {
  const time = typeof value === 'string' ? Date.parse(value) : NaN
  if (!Number.isFinite(time) || rfc3339(time) !== value) throw malformed(what, `${name} is not a time`)
  return time
}

function factsFrom(value: JsonValue): CrlFacts {
  const { fetchedAt, scope } = exactly(value, ['fetchedAt', 'scope'], 'a CRL')
  if (scope !== null && scope !== 'vcek' && scope !== 'vlek')
    throw malformed(what, 'scope of a CRL is not vcek, vlek or null')
  return { fetchedAt: fetchedAt === null ? null : timeFrom(fetchedAt, 'fetchedAt of a CRL'), scope }
}

function bindingFromJson(
  value: JsonValue | undefined,
  documents: Pick<RecordedProfile, 'manifest' | 'expectations'>,
): RecordedBinding {
  const has = (key: string): boolean => value !== undefined && isMembers(value) && Object.hasOwn(value, key)
  if (has('profile')) {
    const { profile, inputs } = exactly(value, ['profile', 'inputs'], 'binding')
    if (typeof profile !== 'string' || !profileId.test(profile)) throw malformed(what, 'profile is no id')
    if (inputs === undefined || !isMembers(inputs)) throw malformed(what, 'inputs is not an object')
    const entries = Object.entries(inputs as Readonly<Record<string, JsonValue>>)
    return { profile, inputs: new Map(entries.map(inputFrom)), ...documents }
  }
  // A document that nothing reads would be a part of the bundle that says nothing.
  if (documents.manifest !== null || documents.expectations !== null)
    throw malformed(what, 'a manifest or expectations that the binding does not take')
  if (has('unchecked')) return uncheckedFrom(value, 'binding')
  const { challenge, reportData } = exactly(value, ['challenge', 'reportData'], 'binding')
  if (typeof challenge !== 'boolean') throw malformed(what, 'challenge is not true or false')
  return { reportData: hexFrom(reportData, 'reportData'), challenge }
}

function inputFrom([name, value]: readonly [string, JsonValue]): [string, Uint8Array | Unchecked] {
  if (!inputName.test(name))
    throw malformed(what, `${JSON.stringify(name.slice(0, 64))} is no name of an input`)
  return [name, isMembers(value) ? uncheckedFrom(value, name) : hexFrom(value, name)]
}

function uncheckedFrom(value: JsonValue | undefined, name: string): Unchecked {
  const { unchecked } = exactly(value, ['unchecked'], name)
  if (typeof unchecked !== 'string' || unchecked.trim() === '')
    throw malformed(what, `${name} is unchecked without a reason`)
  return { unchecked }
}

/** Lower case alone: one form. */
function hexFrom(value: JsonValue | undefined, name: string): Uint8Array {
  const bytes = typeof value === 'string' && !/[A-F]/.test(value) ? fromHex(value) : null
  if (bytes === null) throw malformed(what, `${name} is not hex`)
  return bytes
}

/** What a TypeError of the library means in a record: the record says what cannot be. */
export const impossible = (error: TypeError): VerificationError =>
  malformed(what, `cannot be replayed: ${error.message.slice(0, 200)}`)
