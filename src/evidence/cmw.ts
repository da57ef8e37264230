/**
 * A conceptual message wrapper (CMW, RFC 9999) in JSON or CBOR: evidence with its media type beside it, alone or as
 * one of a collection.
 *
 *   record      [ media type, value, indicator? ]: the value is base64url in JSON, and bytes in CBOR;
 *               CBOR has numbers of CoAP in the place of the media type too, or one tag with the value in it
 *   collection  { label: record or collection, …, "__cmwc_t": its type }
 *   indicator   bits: 0 reference values, 1 endorsements, 2 evidence, 3 results, 4 policy
 *
 * What is read are reports of SEV-SNP, certificate tables beside them, and the TSM reports of Veraison, in which there
 * are both. Labels say nothing, and the order of a collection says nothing either. Other records of a collection are
 * left aside if their indicator says that they are no evidence; without one they could be. Wrappers that are signed
 * (JWS, COSE) are not read: what signs them is no key of AMD.
 */
import { fromBase64 } from '../encoding/base64.js'
import { type CborKey, type CborLimits, type CborValue, readCbor } from '../encoding/cbor.js'
import type { WideJson } from '../encoding/json-integers.js'
import { bundleTypes } from './bundle-document.js'
import { readCertTable } from './cert-table.js'
import { type ContainerParts, duplicate, malformed, readOr, reportAlone, unknownName } from './container.js'
import type { BytesFormat } from './format.js'
import { isMembers, readJson } from './json-fields.js'
import { tooMany } from './limits.js'
import { requireProvider, tsm, tsmNames, tsmParts } from './tsm.js'

const what = 'cmw'
const typeKey = '__cmwc_t'
const maxCollections = 4
const maxRecords = 64
/** Of JSON and CBOR: more than collections and a record in the last need, so that it is those that are counted. */
const maxDepth = 8

const endorsements = 2
const evidence = 4
const allBits = 31

/** An absolute URI, or an OID. */
const collectionType =
  /^(?:[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]{1,240}|[0-2](?:\.(?:0|[1-9][0-9]{0,9})){1,32})$/

type Table = Omit<ContainerParts, 'report'>
/** What a record holds: a report, perhaps with what endorses it, or only the latter. */
type Content = ContainerParts | Table
interface Kind {
  /** The bit that an indicator beside it must have. */
  readonly bit: number
  readonly read: (value: Uint8Array) => Content | Promise<Content>
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  ['application/vnd.amd.sev-snp.attestation-report', { bit: evidence, read: reportAlone }],
  ['application/vnd.amd.ghcb.guid-table', { bit: endorsements, read: readCertTable }],
  ['application/vnd.veraison.tsm-report+json', { bit: evidence, read: (value) => tsm.decode(value) }],
  ['application/vnd.veraison.tsm-report+cbor', { bit: evidence, read: readTsmCbor }],
])
const mediaTypes: ReadonlyMap<CborValue, string> = new Map([
  [10572, 'application/vnd.amd.sev-snp.attestation-report'],
  [10573, 'application/vnd.amd.ghcb.guid-table'],
])

/** The number of CoAP in a tag (RFC 9277 §4.3). */
const tagOf = (format: number): number => 0x63740101 + Math.floor(format / 255) * 256 + (format % 255)
const taggedTypes: ReadonlyMap<CborValue, string> = new Map(
  [10572, 10573].map((format) => [tagOf(format), mediaTypes.get(format) ?? '']),
)

interface CmwRecord {
  /** `null` for a number that stands for no type that is read. */
  readonly type: string | null
  readonly value: Uint8Array
  readonly indicator: number | null
}

/** One of the two ways to write a wrapper. */
interface Form<T> {
  /** The entries of a collection; `null` for what is none. */
  readonly entries: (node: T) => readonly (readonly [label: CborKey, node: T])[] | null
  readonly record: (node: T) => CmwRecord
}

const noRecord = (): Error => malformed(what, 'neither a record nor a collection')

function indicatorOf(list: readonly unknown[]): number | null {
  if (list.length === 2) return null
  const [, , indicator] = list
  if (typeof indicator !== 'number' || !Number.isInteger(indicator) || indicator < 1 || indicator > allBits)
    throw malformed(what, 'an indicator that is none')
  return indicator
}

/** A list of two or three. */
function listOf<T>(node: T | readonly T[]): readonly T[] {
  if (!Array.isArray(node) || node.length < 2 || node.length > 3) throw noRecord()
  return node as readonly T[]
}

const json: Form<WideJson> = {
  entries: (node) => (isMembers(node) ? Object.entries(node) : null),
  record: (node) => {
    const list = listOf<WideJson>(node)
    const [type, text] = list
    // No padding, and one alphabet.
    const value = typeof text === 'string' && /^[\w-]+$/.test(text) ? fromBase64(text, 'optional') : null
    if (typeof type !== 'string' || value === null) throw noRecord()
    return { type, value, indicator: indicatorOf(list) }
  },
}

const cbor: Form<CborValue> = {
  entries: (node) => (node instanceof Map ? [...(node as ReadonlyMap<CborKey, CborValue>)] : null),
  record: (node) => {
    if (typeof node === 'object' && node !== null && 'tag' in node) {
      if (!(node.content instanceof Uint8Array)) throw noRecord()
      return { type: taggedTypes.get(node.tag) ?? null, value: node.content, indicator: null }
    }
    const list = listOf<CborValue>(node)
    const [type, value] = list
    const named = typeof type === 'string' ? type : typeof type === 'number' && type >= 0 ? null : undefined
    if (named === undefined || !(value instanceof Uint8Array)) throw noRecord()
    return { type: named ?? mediaTypes.get(type ?? null) ?? null, value, indicator: indicatorOf(list) }
  },
}

/** The records of a wrapper; `alone` for one outside of any collection. */
interface Message {
  readonly alone: boolean
  readonly records: readonly CmwRecord[]
}

function messageOf<T>(root: T, form: Form<T>): Message {
  const records: CmwRecord[] = []
  const collect = (node: T, depth: number): void => {
    const entries = form.entries(node)
    if (entries === null) {
      if (records.length === maxRecords) throw tooMany('records', maxRecords)
      records.push(form.record(node))
      return
    }
    if (depth === maxCollections)
      throw malformed(what, `collections nest deeper than ${String(maxCollections)}`)
    let found = 0
    for (const [label, inner] of entries) {
      if (label === typeKey) {
        requireCollectionType(inner)
        continue
      }
      found += 1
      collect(inner, depth + 1)
    }
    if (found === 0) throw malformed(what, 'a collection of nothing')
  }
  collect(root, 0)
  return { alone: form.entries(root) === null, records }
}

function requireCollectionType(type: unknown): void {
  if (typeof type !== 'string' || !collectionType.test(type))
    throw malformed(what, `${typeKey} is no URI and no OID`)
  // A bundle has one form and a record of a verdict: it is read as what it says it is, or not at all.
  if (type.startsWith(bundleTypes)) throw malformed(what, `${typeKey} is that of a bundle`)
}

const cborLimits = (name: string): CborLimits => ({
  code: 'EVIDENCE_MALFORMED',
  what: name,
  maxDepth,
  maxItems: 512,
})

const isCbor = (bytes: Uint8Array): boolean => {
  // A list, a map or a tag: no JSON begins like that.
  const [first = 0] = bytes
  return first >= 0x80 && first < 0xe0
}

const jsonMessage = (bytes: Uint8Array): Message => messageOf(readJson(bytes, what, maxDepth), json)
const cborMessage = (bytes: Uint8Array): Message => messageOf(readCbor(bytes, cborLimits(what)), cbor)

/** The report of the one record that holds any, with the certificates of the one table. */
async function partsOf({ alone, records }: Message): Promise<ContainerParts> {
  const reports: ContainerParts[] = []
  const tables: Table[] = []
  for (const { type, value, indicator } of records) {
    const kind = type === null ? undefined : kinds.get(type)
    if (kind === undefined) {
      const isEvidence = indicator === null || (indicator & evidence) !== 0
      if (alone || isEvidence) throw malformed(what, `the type ${nameOf(type)} is not read`)
      continue
    }
    if (indicator !== null && (indicator & kind.bit) === 0)
      throw malformed(what, `the indicator ${String(indicator)} is not one of ${nameOf(type)}`)
    const content = await kind.read(value)
    if ('report' in content) reports.push(content)
    else tables.push(content)
  }
  const [report, ...others] = reports
  if (report === undefined) throw malformed(what, 'no record holds a report')
  if (others.length > 0) throw duplicate(what, 'more than one record holds a report')
  const [table, ...more] = tables
  if (table === undefined) return report
  const { leaves, authorities, crls } = report
  if (more.length > 0 || leaves.length + authorities.length + crls.length > 0)
    throw duplicate(what, 'more than one certificate table')
  return { ...report, ...table }
}

const nameOf = (type: string | null): string =>
  type === null ? 'of that number' : JSON.stringify(type.slice(0, 64))

/** The report of configfs-tsm as a map: names and blobs as in JSON. */
function readTsmCbor(value: Uint8Array): ContainerParts {
  const name = `${what}: TSM report`
  const members = readCbor(value, cborLimits(name))
  if (!(members instanceof Map)) throw malformed(name, 'not a map')
  const map: ReadonlyMap<CborKey, CborValue> = members
  for (const key of map.keys())
    if (typeof key !== 'string' || !tsmNames.has(key)) throw unknownName(name, 'key', String(key))
  if (map.has('provider')) requireProvider(map.get('provider'), name)
  const [report, table] = [map.get('outblob'), map.get('auxblob') ?? new Uint8Array()]
  if (!(report instanceof Uint8Array)) throw malformed(name, 'outblob is not bytes')
  if (!(table instanceof Uint8Array)) throw malformed(name, 'auxblob is not bytes')
  return tsmParts(report, table)
}

/** The wrapper of an extension of X.509: in JSON or in CBOR, as the extension says. */
export function readCmw(bytes: Uint8Array, form: 'json' | 'cbor'): Promise<ContainerParts> {
  return partsOf(form === 'json' ? jsonMessage(bytes) : cborMessage(bytes))
}

const holdsEvidence = (read: () => Message): boolean =>
  readOr(false, () => read().records.some(({ type }) => kinds.get(type ?? '')?.bit === evidence))

export const cmw: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ bytes, json: document }) =>
    isCbor(bytes)
      ? holdsEvidence(() => cborMessage(bytes))
      : document !== null && holdsEvidence(() => messageOf(document, json)),
  // Async, so that refusals while the wrapper is read come as those of its records do.
  decode: async (bytes) => await readCmw(bytes, isCbor(bytes) ? 'cbor' : 'json'),
}
