// Conceptual message wrappers (RFC 9999) and the CBOR that they are written in: every part can be replaced.
import { concat } from './der.js'

export const reportType = 'application/vnd.amd.sev-snp.attestation-report'
export const tableType = 'application/vnd.amd.ghcb.guid-table'
export const tsmJsonType = 'application/vnd.veraison.tsm-report+json'
export const tsmCborType = 'application/vnd.veraison.tsm-report+cbor'
export const asideType = 'application/example'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
export const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** The head of an item; `size` in bytes for a number that is longer than it need be. */
export function head(major: number, value: number | bigint, size?: number): Uint8Array {
  const wide = BigInt(value)
  const least = wide < 24n ? 0 : wide < 0x100n ? 1 : wide < 0x10000n ? 2 : wide < 0x100000000n ? 4 : 8
  const length = size ?? least
  if (length === 0) return Uint8Array.of((major << 5) | Number(wide))
  const digits = wide.toString(16).padStart(2 * length, '0')
  return concat(Uint8Array.of((major << 5) | (24 + Math.log2(length))), Buffer.from(digits, 'hex'))
}

export const cborInt = (value: number | bigint): Uint8Array =>
  value < 0 ? head(1, -1n - BigInt(value)) : head(0, value)
export const cborBytes = (value: Uint8Array): Uint8Array => concat(head(2, value.length), value)
export const cborText = (value: string): Uint8Array => concat(head(3, utf8(value).length), utf8(value))
export const cborList = (...items: readonly Uint8Array[]): Uint8Array =>
  concat(head(4, items.length), ...items)
export const cborMap = (...entries: readonly (readonly [Uint8Array, Uint8Array])[]): Uint8Array =>
  concat(head(5, entries.length), ...entries.flat())
export const cborTag = (tag: number | bigint, content: Uint8Array): Uint8Array =>
  concat(head(6, tag), content)

/** The tag of CoAP format 10572 and of the one behind it, as the RFC computes them. */
export const reportTag = 0x63742a76
export const tableTag = 0x63742a77

export const cborRecord = (type: string | number, value: Uint8Array, indicator?: number): Uint8Array =>
  cborList(
    typeof type === 'string' ? cborText(type) : cborInt(type),
    cborBytes(value),
    ...(indicator === undefined ? [] : [cborInt(indicator)]),
  )
/** A collection by text labels, in CBOR. */
export const cborCollection = (members: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  cborMap(...Object.entries(members).map(([label, item]) => [cborText(label), item] as const))

export const jsonRecord = (type: unknown, value: Uint8Array, indicator?: number): readonly unknown[] => [
  type,
  base64url(value),
  ...(indicator === undefined ? [] : [indicator]),
]
export const aside = (indicator?: number): readonly unknown[] =>
  jsonRecord(asideType, Uint8Array.of(1), indicator)

interface Reported {
  readonly report: Uint8Array
  readonly table: Uint8Array
}

export const tsmCbor = ({ report, table }: Reported): Uint8Array =>
  cborCollection({
    auxblob: cborBytes(table),
    outblob: cborBytes(report),
    provider: cborText('sev_guest'),
  })
export const tsmJson = ({ report, table }: Reported): Uint8Array =>
  utf8(JSON.stringify({ auxblob: base64url(table), outblob: base64url(report), provider: 'sev_guest\n' }))

/** A report and a table, in a collection of a collection, beside a record that is no evidence. */
export const jsonCollection = ({ report, table }: Reported): Readonly<Record<string, unknown>> => ({
  __cmwc_t: 'tag:example.org,2026:lab',
  node: { report: jsonRecord(reportType, report, 4), table: jsonRecord(tableType, table, 2) },
  policy: aside(16),
})
export const nestedJson = (levels: number, inner: unknown): unknown =>
  levels === 0 ? inner : { a: nestedJson(levels - 1, inner) }
export const nestedCbor = (levels: number, inner: Uint8Array): Uint8Array =>
  levels === 0 ? inner : cborCollection({ a: nestedCbor(levels - 1, inner) })
