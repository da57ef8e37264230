// The committed corpus: for each target one input per way in which it can end, the shortest that was met. Made from
// committed seeds alone. `npm run fuzz -- --seconds 300 --seed 1 --write-corpus` makes it anew.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../support/real-folder.js'
import type { Keep } from './campaign.js'

export interface CorpusEntry {
  readonly outcome: string
  /** Base64. */
  readonly input: string
}

export interface CorpusFile {
  readonly target: string
  readonly entries: readonly CorpusEntry[]
}

const folder = join(repositoryRoot(), 'test/fuzz/corpus')
/** Longer inputs are what the seeds are for. */
const longest = 2500
/** Of each target; every outcome is among them. */
const mostEntries = 60

export function readCorpus(): readonly CorpusFile[] {
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as CorpusFile)
}

export interface Corpus {
  readonly keep: Keep
  /** Writes the files and says how many inputs are in them. */
  readonly write: () => number
}

/** Refusals that differ in a number or a quoted text alone end in one place of the source. */
const placeOf = (shape: string): string =>
  shape.replace(/"[^"]*"|0x[0-9a-f]+|\d+|\b[0-9a-f]{8,}\b/gi, '#').slice(0, 60)

type Kept = { readonly outcome: string; readonly input: Uint8Array }

function shortest(entries: readonly Kept[]): readonly Kept[] {
  const byLength = [...entries].sort((a, b) => a.input.length - b.input.length)
  const isFirst = ({ outcome }: Kept, at: number): boolean =>
    byLength.findIndex((one) => one.outcome === outcome) === at
  const [first, more] = [byLength.filter(isFirst), byLength.filter((one, at) => !isFirst(one, at))]
  return [...first, ...more].slice(0, Math.max(mostEntries, first.length))
}

export function startCorpus(): Corpus {
  const kept = new Map<string, Map<string, Kept>>()
  return {
    keep: ({ name }, input, outcome, shape) => {
      if (input.length > longest) return
      const known = kept.get(name) ?? new Map<string, Kept>()
      kept.set(name, known)
      const place = `${outcome} ${placeOf(shape)}`
      const before = known.get(place)
      if (before !== undefined && before.input.length <= input.length) return
      known.set(place, { outcome, input })
    },
    write: () => {
      if (existsSync(folder)) rmSync(folder, { recursive: true })
      mkdirSync(folder, { recursive: true })
      let count = 0
      for (const [target, entries] of kept) {
        const list = shortest([...entries.values()])
        const file: CorpusFile = {
          target,
          entries: list.map(({ outcome, input }) => ({
            outcome,
            input: Buffer.from(input).toString('base64'),
          })),
        }
        writeFileSync(
          join(folder, `${target.replace(/\W+/g, '-')}.json`),
          JSON.stringify(file, null, 1) + '\n',
        )
        count += list.length
      }
      return count
    },
  }
}
