// Where the real evidence is. It is other people's and not copied into this repository, so tests that need it skip
// without it, and say so.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The part of an item's meta.json that tests rely on; the README beside the items describes the rest. */
export interface RealMeta {
  readonly slug: string
  readonly description: string
  readonly productLine: string
  readonly reportVersion: number
  readonly signer: string
  readonly container: string
  /** File names by role: `report` always, `vek`, `container` and others where the item has them. */
  readonly files: Readonly<Record<string, string>>
  readonly sha256: Readonly<Record<string, string>>
  /** The report's fields as two other decoders read them; `also` holds those that a verdict does not print. */
  readonly claimed: Readonly<Record<string, unknown>>
  readonly also: Readonly<Record<string, unknown>>
  readonly vek: Readonly<Record<string, unknown>> | null
  readonly facts: Readonly<Record<string, unknown>>
  readonly expect: {
    readonly at: string
    readonly core: string
    readonly code?: string
    readonly notes?: readonly string[]
  }
}

/** One folder with a report. */
export interface RealItem {
  readonly slug: string
  readonly folder: string
  readonly meta: RealMeta
}

/** The top of the repository, from the sources as well as from the compiled copy in .build/. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('no package.json above test/support')
    folder = parent
  }
  return folder
}

let warned = false

/**
 * The folder of real evidence: what ATTESTED_REAL names, else ../shared/real beside the repository, else null (and one
 * warning on stderr per process, so that a skipped test is seen).
 *
 * @throws Error if ATTESTED_REAL names no folder: a wrong path must not look like an absent one.
 */
export function realFolder(): string | null {
  const named = process.env['ATTESTED_REAL']
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`ATTESTED_REAL names ${named}, which does not exist`)
    return resolve(named)
  }
  const beside = join(repositoryRoot(), '../shared/real')
  if (existsSync(beside)) return beside
  if (!warned) console.warn('SKIPPED: no real evidence here (set ATTESTED_REAL to its folder)')
  warned = true
  return null
}

/** All items with a report, by name; empty without the folder. */
export function realItems(): readonly RealItem[] {
  const top = realFolder()
  if (top === null) return []
  const items: RealItem[] = []
  for (const slug of readdirSync(top).sort()) {
    const folder = join(top, slug)
    const file = join(folder, 'meta.json')
    if (!existsSync(file)) continue
    const meta: unknown = JSON.parse(readFileSync(file, 'utf8'))
    // Folders without `claimed` hold other things: CRLs, certificates, measurement inputs.
    if (typeof meta === 'object' && meta !== null && 'claimed' in meta) {
      items.push({ slug, folder, meta: meta as RealMeta })
    }
  }
  return items
}
