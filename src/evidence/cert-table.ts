/**
 * The certificate table of an extended report, as the host hands it to the guest.
 * Source: AMD 56421 (GHCB), SNP Extended Guest Request.
 *
 * Entries of 24 bytes: GUID (in the order it is written, not the mixed order of other tables), offset and
 * length, little-endian; an entry of zeros ends them. All of it is the host's word.
 */
import { isFilledWith, u32le } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import { reportBytes } from '../report/layout.js'
import { type ContainerParts, type LeafCandidate, readCertificates, readCrl, readLeaf } from './container.js'
import type { BytesFormat } from './format.js'
import { maxTableBytes, requireSize } from './limits.js'

const entryBytes = 24
const maxEntries = 64

/** Entries that are used; others are ignored, and `ecae0c0f…` (CPUID, unsigned) is one of them. */
const guids: ReadonlyMap<string, 'vcek' | 'vlek' | 'ask' | 'ark' | 'crl'> = new Map([
  ['63da758de6644564adc5f4b93be8accd', 'vcek'],
  ['a8074bc2a25a483eaae639c045a0b8a1', 'vlek'],
  ['4ab7b379bbac4fe4a02f05aef327c782', 'ask'],
  ['c0b406a4a803495297433fb6014cd0ae', 'ark'],
  ['92f81bc358114d3d97ffd19f88dc67ea', 'crl'],
])

/**
 * Reads a certificate table. Nothing in the result is trusted.
 *
 * @throws VerificationError `EVIDENCE_TABLE`, `EVIDENCE_SIZE`, `EVIDENCE_DUPLICATE`, `EVIDENCE_MALFORMED`.
 */
export function readCertTable(table: Uint8Array): Omit<ContainerParts, 'report'> {
  requireSize(table, maxTableBytes, 'certificate table')
  const entries: { readonly guid: string; readonly offset: number; readonly length: number }[] = []
  let at = 0
  for (;;) {
    if (at + entryBytes > table.length) throw badTable('does not end with an entry of zeros')
    if (isFilledWith(table, 0, at, at + entryBytes)) break
    if (entries.length === maxEntries) throw badTable(`has more than ${String(maxEntries)} entries`)
    // Some readers stop here, as at an entry of zeros: they would not see what follows.
    if (isFilledWith(table, 0, at, at + 16)) throw badTable('has an entry without a GUID')
    const guid = toHex(table.subarray(at, at + 16))
    if (entries.some((entry) => entry.guid === guid)) {
      throw new VerificationError('EVIDENCE_DUPLICATE', 'certificate table: a GUID occurs twice', { guid })
    }
    entries.push({ guid, offset: u32le(table, at + 16), length: u32le(table, at + 20) })
    at += entryBytes
  }
  const header = at + entryBytes
  const leaves: LeafCandidate[] = []
  const authorities: Uint8Array[] = []
  const crls: Uint8Array[] = []
  for (const { guid, offset, length } of entries) {
    // Numbers are exact here: two u32 add up to less than 2^33.
    if (offset < header || length === 0 || offset + length > table.length)
      throw badTable(`entry ${guid} lies outside`)
    const blob = table.subarray(offset, offset + length)
    const role = guids.get(guid)
    if (role === 'vcek' || role === 'vlek')
      leaves.push({ kind: role, der: readLeaf(blob, `table entry ${role}`) })
    else if (role === 'ask' || role === 'ark')
      authorities.push(...readCertificates(blob, `table entry ${role}`))
    else if (role === 'crl') crls.push(readCrl(blob, 'table entry crl'))
  }
  return { leaves, authorities, crls }
}

const badTable = (problem: string): VerificationError =>
  new VerificationError('EVIDENCE_TABLE', `certificate table ${problem}`, { problem })

export const snpReportWithTable: BytesFormat = {
  name: 'snp-report+cert-table',
  takes: 'bytes',
  recognises: ({ bytes }) =>
    bytes.length >= reportBytes + entryBytes &&
    isFilledWith(bytes, 0, 2, 4) &&
    guids.has(toHex(bytes.subarray(reportBytes, reportBytes + 16))),
  decode: (bytes) => {
    if (bytes.length <= reportBytes) throw badTable('is missing after the report')
    return { report: bytes.subarray(0, reportBytes), ...readCertTable(bytes.subarray(reportBytes)) }
  },
}
