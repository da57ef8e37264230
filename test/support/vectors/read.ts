// Reads the committed vector files.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../real-folder.js'
import type { VectorFile } from './format.js'

const folder = join(repositoryRoot(), 'vectors')
const notStages: readonly string[] = ['trust', 'schema', 'real']

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** All vector files. */
export function readVectorFiles(): readonly VectorFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notStages.includes(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(folder, name)).map((file) => readJson(join(folder, name, file)) as VectorFile),
    )
}

/** The trust files by name, as they are. */
export function readTrustFiles(): ReadonlyMap<string, unknown> {
  const trust = join(folder, 'trust')
  return new Map(readdirSync(trust).map((name) => [name.replace('.json', ''), readJson(join(trust, name))]))
}

export function readVectorSchema(): unknown {
  return readJson(join(folder, 'schema', 'vectors.schema.json'))
}
