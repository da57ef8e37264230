// Runs foreign_layout.py, which knows reports, tables and TSM reports from AMD's tables alone. Needs `python3`.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Line } from '../names.js'
import { repositoryRoot } from '../real-folder.js'

/** What the script chose and wrote. Bytes are base64, or hex where the vectors have hex. */
export interface ForeignFacts {
  readonly measurement: string
  readonly reportData: string
  readonly committed: string
  readonly chips: Readonly<Record<Line, string>>
  /** Bootloader, TEE, SNP, microcode and, for Turin, FMC. */
  readonly levels: Readonly<Record<Line, readonly number[]>>
  /** Unsigned, by name. */
  readonly reports: Readonly<Record<string, string>>
}

export interface ForeignContainers {
  readonly tables: Readonly<Record<string, string>>
  readonly tsm: Readonly<Record<string, string>>
}

const script = join(repositoryRoot(), 'test/support/vectors/foreign_layout.py')

function run(verb: string, input: unknown): unknown {
  return JSON.parse(
    execFileSync('python3', [script, verb], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    }),
  )
}

export const pythonVersion = (): string => execFileSync('python3', ['--version'], { encoding: 'utf8' }).trim()
export const foreignFacts = (): ForeignFacts => run('reports', null) as ForeignFacts
export const foreignContainers = (parts: Readonly<Record<string, string>>): ForeignContainers =>
  run('containers', parts) as ForeignContainers
