/** What `kds fetch` writes: documents as they came, and beside them a record of when and whence. Nothing is verified. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '../crypto/digests.js'
import type { SignerKind } from '../endorsement/endorsement-key.js'
import type { KdsClient } from '../kds/client.js'
import { vcekIdOf } from '../kds/url.js'
import type { ProductLine } from '../product/line.js'
import type { KdsNeed } from './kds-client.js'
import { UsageError } from './usage-error.js'

export const kdsKinds = ['vcek', 'chain', 'crl'] as const
export type KdsKind = (typeof kdsKinds)[number]

/** A document and its name in the folder. */
export interface KdsFile {
  readonly name: string
  readonly bytes: Uint8Array
  /** The option of `verify` that takes it. */
  readonly option: 'vek' | 'certificate' | 'crl'
  /** RFC 3339; `null` where it says nothing, as of certificates. */
  readonly fetchedAt: string | null
  readonly scope: SignerKind | null
}

/** @throws VerificationError `KDS_*`, and for a VCEK that KDS cannot have. */
export async function fetchFiles(
  client: KdsClient,
  { report, product, kind }: KdsNeed,
  kinds: readonly KdsKind[],
): Promise<readonly KdsFile[]> {
  const certificate = (name: string, bytes: Uint8Array, option: 'vek' | 'certificate'): KdsFile => ({
    name,
    bytes,
    option,
    fetchedAt: null,
    scope: null,
  })
  const files: KdsFile[] = []
  // One after the other: the service answers 429 to those who hurry.
  if (kinds.includes('vcek'))
    files.push(certificate('vcek.der', await client.vcek(vcekIdOf(report, product)), 'vek'))
  if (kinds.includes('chain')) {
    const { intermediate, root } = await client.chain(product, kind)
    files.push(certificate(kind === 'vcek' ? 'ask.der' : 'asvk.der', intermediate, 'certificate'))
    files.push(certificate('ark.der', root, 'certificate'))
  }
  if (kinds.includes('crl')) {
    const { crl, fetchedAt, scope } = await client.crl(product, kind)
    files.push({ name: 'crl.der', bytes: crl, option: 'crl', fetchedAt: fetchedAt.toISOString(), scope })
  }
  return files
}

/** `kds.json`: what the files do not say of themselves. */
export interface KdsRecord {
  readonly schema: 'attested/kds-fetch@1'
  readonly notVerified: true
  /** The service or the proxy that was asked. */
  readonly source: string
  readonly product: ProductLine
  readonly signer: SignerKind
  readonly files: readonly {
    readonly name: string
    readonly sha256: string
    readonly fetchedAt: string | null
    readonly scope: SignerKind | null
  }[]
}

/**
 * Writes the files, and the record last: where writing breaks off, an older record stands, and calls nothing newer than
 * it is.
 *
 * @throws UsageError if the folder cannot be written.
 */
export async function writeFiles(
  folder: string,
  files: readonly KdsFile[],
  facts: Pick<KdsRecord, 'product' | 'signer' | 'source'>,
): Promise<KdsRecord> {
  const record: KdsRecord = {
    schema: 'attested/kds-fetch@1',
    notVerified: true,
    ...facts,
    files: files.map(({ name, bytes, fetchedAt, scope }) => ({
      name,
      sha256: sha256Hex(bytes),
      fetchedAt,
      scope,
    })),
  }
  try {
    await mkdir(folder, { recursive: true })
    for (const { name, bytes } of files) await writeFile(join(folder, name), bytes)
    await writeFile(join(folder, 'kds.json'), JSON.stringify(record, null, 2) + '\n')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    throw code === null ? error : new UsageError(`cannot write to ${folder}: ${code}`)
  }
  return record
}
