// The start of a process: fresh processes in turn, because whatever was loaded before is not measured.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { toHex } from '../../src/encoding/hex.js'
import type { ColdInput } from './child-input.js'
import { median } from './measure.js'
import { distEntry, type Sample } from './samples.js'
import type { BenchRow } from './table.js'

/** The processes: a compiled file beside this one, and what it is given to import. */
const children = {
  blank: ['child-blank.js', ''],
  bare: ['child-bare.js', ''],
  'import nothing': ['child-import.js', new URL('child-blank.js', import.meta.url).href],
  'import main': ['child-import.js', distEntry.href],
  'import report': ['child-import.js', new URL('report/index.js', distEntry).href],
  first: ['child-first.js', distEntry.href],
} as const

type Child = keyof typeof children

const names = Object.keys(children) as readonly Child[]

/** What one process took: as seen from outside, and what it says it took inside. Milliseconds. */
interface Run {
  readonly wall: number
  readonly inside: readonly number[]
}

export async function measureColdStart(sample: Sample, rounds: number): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'attested-bench-'))
  try {
    const input = join(folder, 'input.json')
    writeFileSync(input, JSON.stringify(await inputOf(sample)))
    const runs = new Map<Child, Run[]>(names.map((name) => [name, []]))
    // The first round fills the caches of the file system and is not counted.
    for (let round = -1; round < rounds; round += 1) {
      for (const name of names) {
        const run = start(name, input)
        if (round >= 0) runs.get(name)?.push(run)
      }
    }
    return rowsOf(runs)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function start(name: Child, input: string): Run {
  const [file, specifier] = children[name]
  const script = fileURLToPath(new URL(file, import.meta.url))
  const before = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, input, specifier], {
    encoding: 'utf8',
  })
  const wall = performance.now() - before
  if (status !== 0) throw new Error(`${name}: ${stderr}`)
  return { wall, inside: stdout.trim().split(' ').filter(Boolean).map(Number) }
}

/** What the processes need, so that none of them has to look for it. */
async function inputOf({ report, leaf, issuer, at, api }: Sample): Promise<ColdInput> {
  const parsed = api.parseReport(report)
  const { certificate, point } = parseEndorsementKey(leaf)
  const open = { unchecked: 'not measured here' }
  return {
    report: toHex(report),
    leaf: toHex(leaf),
    issuerSpki: toHex(await issuer.spki()),
    tbs: toHex(certificate.tbs),
    leafSignature: toHex(certificate.signature),
    point: toHex(point),
    reportSignature: toHex(parsed.signature.r) + toHex(parsed.signature.s),
    reportData: toHex(parsed.reportData),
    policy: JSON.stringify({ ...api.policyFromReport(parsed).policy, revocation: open }),
    at: at.toISOString(),
  }
}

function rowsOf(runs: ReadonlyMap<Child, readonly Run[]>): readonly BenchRow[] {
  const wall = (name: Child): number => median((runs.get(name) ?? []).map((run) => run.wall))
  const inside = (name: Child, part: number): number =>
    median((runs.get(name) ?? []).map((run) => run.inside[part] ?? Number.NaN))
  const total = median(
    (runs.get('first') ?? []).map(({ inside: parts }) => parts.reduce((sum, one) => sum + one, 0)),
  )
  const times = (what: string, time: number, limit: number | null = null): BenchRow => ({
    ...{ what, ratio: null, to: '', limit, time },
  })
  const ratio = (what: string, time: number, to: string, base: number, limit: number | null): BenchRow => ({
    ...{ what, ratio: time / base, to, limit, time },
  })
  const loader = inside('import nothing', 0)
  return [
    times('blank process, whole', wall('blank')),
    ratio('L2 only, whole', wall('bare'), 'blank', wall('blank'), null),
    ratio('import and first verification, whole', wall('first'), 'L2 only', wall('bare'), 1.08),
    ratio('import and first verification, inside', total, 'L2 inside', inside('bare', 0), 2),
    times('  of it import of the main entry', inside('first', 0)),
    times('  of it the policy', inside('first', 1)),
    times('  of it the verification', inside('first', 2)),
    times('import of an empty file', loader),
    times('import of the main entry', inside('import main', 0), 8),
    times('  more than an empty file', inside('import main', 0) - loader),
    times('import of ./report', inside('import report', 0)),
    times('  more than an empty file', inside('import report', 0) - loader),
  ]
}
