/**
 * The offline bundle: one JSON file that holds evidence, what endorses it, and as a record how it was judged once.
 *
 * It is a CMW collection in JSON (RFC 9999), whose type is ours. Every part is a CMW record, `[media type, base64url,
 * what it is]`, so that other readers of CMW find the report and its certificates too:
 *
 *   { "__cmwc_t": our type, "report": […],
 *     "keys": { "00-vcek": […] }, "certificates": { "00": […] }, "crls": { "00": […] }, "attachments": { NAME: […] },
 *     "record": { "policy": […], "run": […], "verdict": […], "manifest": […], "expectations": […] } }
 *
 * What a bundle has none of is left out. A bundle has one form: bytes that we would not have written are refused, so
 * that one bundle has one digest. Nothing in it is trusted, and nothing in its record is evidence.
 */
import { equalBytes } from '../encoding/bytes.js'
import { fromBase64, toBase64 } from '../encoding/base64.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import { toUtf8 } from '../encoding/text.js'
import type { JsonValue } from '../errors/error.js'
import { type LeafCandidate, malformed } from './container.js'
import { type Members, memberOf, readJson, requireKnown, requireMembers } from './json-fields.js'
import { maxEvidenceBytes, requireLength } from './limits.js'

const what = 'attested-bundle'

/** How the types of all versions of a bundle begin: none of them is a collection like any other. */
export const bundleTypes = 'tag:attested,2026:bundle/'

/** The type of the collection (RFC 9999 §3.3): a collection is a bundle if and only if it says so. */
export const bundleType = 'tag:attested,2026:bundle/1'

/** What a bundle says of a verification. The word of whoever made the bundle, and never evidence. */
export interface BundleRecord {
  /** The policy document as it was given. */
  readonly policy: Uint8Array
  /** When, and against which commitment: JSON, read by replay alone. */
  readonly run: Uint8Array
  /** The verdict as JSON. */
  readonly verdict: Uint8Array
  /** What the verifier pinned or expected, where it had a document for it. */
  readonly manifest: Uint8Array | null
  readonly expectations: Uint8Array | null
}

/** What a bundle holds. Untrusted in every part. */
export interface BundleDocument {
  readonly report: Uint8Array
  readonly keys: readonly LeafCandidate[]
  /** DER: hints. */
  readonly certificates: readonly Uint8Array[]
  /** DER. */
  readonly crls: readonly Uint8Array[]
  readonly attachments: ReadonlyMap<string, Uint8Array>
  readonly record: BundleRecord
}

/** Media type, and what the bytes are to a verifier (bits of RFC 9999 §3.1). */
type Kind = readonly [type: string, indicator: number]

const referenceValues = 1
const endorsement = 2
const evidence = 4
const result = 8
const policy = 16

const kinds = {
  report: ['application/vnd.amd.sev-snp.attestation-report', evidence],
  keys: ['application/pkix-cert', endorsement],
  certificates: ['application/pkix-cert', endorsement],
  crls: ['application/pkix-crl', endorsement],
  attachments: ['application/octet-stream', evidence],
} as const satisfies Readonly<Record<string, Kind>>

const recordKinds: Readonly<Record<keyof BundleRecord, Kind>> = {
  policy: ['application/json', policy],
  run: ['application/json', policy],
  verdict: ['application/json', result],
  manifest: ['application/json', referenceValues],
  expectations: ['application/json', referenceValues],
}

const labels: ReadonlySet<string> = new Set(['__cmwc_t', 'record', ...Object.keys(kinds)])
const recordLabels: ReadonlySet<string> = new Set(Object.keys(recordKinds))
const keyLabel = /^[0-9]{2}-(vcek|vlek|vek)$/
const attachmentName = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/

/** Parts under one label: more than any evidence has, and few enough for two digits. */
const maxParts = 64

/**
 * A bundle as bytes, always the same for the same parts.
 *
 * @throws VerificationError `EVIDENCE_SIZE` for more than 1 MiB, `EVIDENCE_MALFORMED` for parts that no bundle has.
 */
export function writeBundle(bundle: BundleDocument): Uint8Array<ArrayBuffer> {
  const { report, keys, certificates, crls, attachments, record } = bundle
  const bytes = toUtf8(
    canonicalJson({
      __cmwc_t: bundleType,
      report: cmwRecord(report, kinds.report),
      ...collection(
        'keys',
        keys,
        ({ der }) => der,
        ({ kind }, at) => `${at}-${kind ?? 'vek'}`,
      ),
      ...collection('certificates', certificates, itself, label),
      ...collection('crls', crls, itself, label),
      ...collection(
        'attachments',
        [...attachments],
        ([, content]) => content,
        ([name]) => requireAttachmentName(name),
      ),
      record: Object.fromEntries(
        Object.entries(recordKinds).flatMap(([name, kind]) => {
          const content = record[name as keyof BundleRecord]
          return content === null ? [] : [[name, cmwRecord(content, kind)]]
        }),
      ),
    }),
  )
  requireLength(bytes.length, maxEvidenceBytes, what)
  return bytes
}

const itself = (bytes: Uint8Array): Uint8Array => bytes
const label = (_: unknown, at: string): string => at

const cmwRecord = (bytes: Uint8Array, [type, indicator]: Kind): JsonValue => [
  type,
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
  indicator,
]

/** Two digits, so that the order of the labels is that of the list. */
function collection<T>(
  name: Exclude<keyof typeof kinds, 'report'>,
  items: readonly T[],
  bytesOf: (item: T) => Uint8Array,
  labelOf: (item: T, at: string) => string,
): Readonly<Record<string, JsonValue>> {
  if (items.length > maxParts) throw malformed(what, `more than ${String(maxParts)} ${name}`)
  if (items.length === 0) return {}
  const entries = items.map((item, index) => {
    const at = String(index).padStart(2, '0')
    return [labelOf(item, at), cmwRecord(bytesOf(item), kinds[name])]
  })
  return { [name]: Object.fromEntries(entries) as Readonly<Record<string, JsonValue>> }
}

/**
 * Takes a bundle apart.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`, `EVIDENCE_SIZE`.
 */
export function readBundleDocument(bytes: Uint8Array): BundleDocument {
  const members = requireMembers(readJson(bytes, what, 3), what)
  if (memberOf(members, '__cmwc_t') !== bundleType) throw malformed(what, `__cmwc_t is not ${bundleType}`)
  requireKnown(members, what, labels)
  const recordMembers = requireMembers(members['record'], `${what}: record`)
  requireKnown(recordMembers, `${what}: record`, recordLabels)
  const optional = (name: string): Uint8Array | null =>
    Object.hasOwn(recordMembers, name) ? bytesOf(recordMembers, name, 'record') : null
  const bundle: BundleDocument = {
    report: bytesOf(members, 'report', 'bundle'),
    keys: partsOf(members, 'keys').map(([name, der]): LeafCandidate => ({ kind: kindOf(name), der })),
    certificates: partsOf(members, 'certificates').map(([, der]) => der),
    crls: partsOf(members, 'crls').map(([, der]) => der),
    attachments: new Map(partsOf(members, 'attachments')),
    record: {
      policy: bytesOf(recordMembers, 'policy', 'record'),
      run: bytesOf(recordMembers, 'run', 'record'),
      verdict: bytesOf(recordMembers, 'verdict', 'record'),
      manifest: optional('manifest'),
      expectations: optional('expectations'),
    },
  }
  // Order, white space, labels, media types and the form of base64, in one comparison.
  if (!equalBytes(writeBundle(bundle), bytes)) throw malformed(what, 'not in its one form')
  return bundle
}

/** The records of a nested collection in the order of their labels. */
function partsOf(members: Members, name: string): readonly (readonly [label: string, bytes: Uint8Array])[] {
  if (!Object.hasOwn(members, name)) return []
  const parts = requireMembers(members[name], `${what}: ${name}`)
  return Object.keys(parts)
    .sort()
    .map((key) => [key, bytesOf(parts, key, name)])
}

/** Type and indicator are compared with all the rest; here it is the bytes that count. */
function bytesOf(members: Members, name: string, where: string): Uint8Array {
  const value = memberOf(members, name)
  const text: unknown = Array.isArray(value) ? (value as readonly unknown[])[1] : undefined
  const bytes = typeof text === 'string' ? fromBase64(text, 'optional') : null
  if (bytes === null) throw malformed(what, `${where}: ${JSON.stringify(name.slice(0, 64))} is no CMW record`)
  return bytes
}

function kindOf(name: string): LeafCandidate['kind'] {
  const [, kind] = keyLabel.exec(name) ?? []
  if (kind === undefined) throw malformed(what, `keys: unknown label ${JSON.stringify(name.slice(0, 64))}`)
  return kind === 'vcek' || kind === 'vlek' ? kind : null
}

function requireAttachmentName(name: string): string {
  if (!attachmentName.test(name))
    throw malformed(what, `attachments: unknown label ${JSON.stringify(name.slice(0, 64))}`)
  return name
}
