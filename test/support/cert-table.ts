// GHCB certificate tables: 24-byte entries (GUID, offset, length), an all-zero entry, then the blobs.
import { concat, hex } from './der.js'

const ENTRY_SIZE = 24

export const TABLE_GUIDS = {
  vcek: '63da758d-e664-4564-adc5-f4b93be8accd',
  vlek: 'a8074bc2-a25a-483e-aae6-39c045a0b8a1',
  /** Also carries the ASVK. */
  ask: '4ab7b379-bbac-4fe4-a02f-05aef327c782',
  ark: 'c0b406a4-a803-4952-9743-3fb6014cd0ae',
  crl: '92f81bc3-5811-4d3d-97ff-d19f88dc67ea',
} as const

export interface TableEntry {
  /** A name from TABLE_GUIDS, or any GUID in its written form. */
  readonly guid: string
  readonly data: Uint8Array
}

export interface RawTableEntry {
  /** A name, a GUID in its written form, or sixteen raw bytes. */
  readonly guid: string | Uint8Array
  readonly offset: number
  readonly length: number
}

/** The sixteen bytes in written order, which is what real tables have. */
export function guidBytes(guid: string): Uint8Array {
  const named: Readonly<Record<string, string>> = TABLE_GUIDS
  return hex((named[guid] ?? guid).replaceAll('-', ''))
}

/** The first three groups byte-reversed, as Microsoft writes GUIDs: not what a certificate table has. */
export function mixedEndianGuid(guid: string): Uint8Array {
  const bytes = guidBytes(guid)
  return concat(
    bytes.slice(0, 4).reverse(),
    bytes.slice(4, 6).reverse(),
    bytes.slice(6, 8).reverse(),
    bytes.slice(8),
  )
}

export function rawTableEntry({ guid, offset, length }: RawTableEntry): Uint8Array {
  const numbers = new Uint8Array(8)
  const view = new DataView(numbers.buffer)
  view.setUint32(0, offset, true)
  view.setUint32(4, length, true)
  return concat(typeof guid === 'string' ? guidBytes(guid) : guid, numbers)
}

export interface RawTableOptions {
  /** Default true: the all-zero entry follows the others. */
  readonly terminated?: boolean
}

/** Writes exactly these entries, true or not, and `tail` after them. */
export function rawCertTable(
  entries: readonly RawTableEntry[],
  tail: Uint8Array = new Uint8Array(),
  { terminated = true }: RawTableOptions = {},
): Uint8Array {
  return concat(...entries.map(rawTableEntry), new Uint8Array(terminated ? ENTRY_SIZE : 0), tail)
}

/** A well-formed table: the blobs follow the header back to back, in the order of the entries. */
export function makeCertTable(entries: readonly TableEntry[]): Uint8Array {
  let offset = (entries.length + 1) * ENTRY_SIZE
  const raw = entries.map(({ guid, data }) => {
    const entry = { guid, offset, length: data.length }
    offset += data.length
    return entry
  })
  return rawCertTable(raw, concat(...entries.map(({ data }) => data)))
}

export function pem(der: Uint8Array, label = 'CERTIFICATE'): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
