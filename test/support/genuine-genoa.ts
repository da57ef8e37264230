// The genuine report that is committed with the repository: Genoa, version 3, with its VCEK.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCertTable } from '../../src/evidence/cert-table.js'
import { repositoryRoot } from './real-folder.js'

export interface GenuineEvidence {
  readonly report: Uint8Array
  /** DER of the VCEK. */
  readonly leaf: Uint8Array
  /** The certificate table as the host gave it: ARK, ASK, VCEK. */
  readonly table: Uint8Array
}

/** A time at which the VCEK and AMD's authorities are valid. */
export const GENUINE_AT: Date = new Date('2026-08-15T00:00:00Z')

/** Read anew each time: tests edit what they get. */
export function genuineGenoa(): GenuineEvidence {
  const text = readFileSync(join(repositoryRoot(), 'vectors/real/genoa-v3.tsm.json'), 'utf8')
  const { outblob, auxblob } = JSON.parse(text) as { readonly outblob: string; readonly auxblob: string }
  const bytes = (base64url: string) => new Uint8Array(Buffer.from(base64url, 'base64url'))
  const table = bytes(auxblob)
  const [leaf] = readCertTable(table).leaves
  if (leaf === undefined) throw new Error('the genuine table holds no VCEK')
  return { report: bytes(outblob), leaf: leaf.der, table }
}
