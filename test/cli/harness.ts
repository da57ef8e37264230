// Runs the command in this process, with streams that are kept, and files in a folder of their own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { runCommand } from '../../src/cli/command.js'
import type { CommandSettings, Io } from '../../src/cli/context.js'
import { appraiseEvidence } from '../../src/index.js'
import { runLab } from '../support/lab-command.js'

export interface Ran {
  readonly status: number
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly stdin?: Uint8Array | string
  readonly settings?: Partial<CommandSettings>
}

async function kept(run: (io: Io) => Promise<number>, stdin: Uint8Array | string = ''): Promise<Ran> {
  let [out, err] = ['', '']
  const status = await run({
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    readStdin: async (max) =>
      (typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin).slice(0, max + 1),
  })
  return { status, out, err }
}

/** `attested ARGS`, over AMD's roots unless told. */
export function attested(argv: readonly string[], { stdin, settings }: RunOptions = {}): Promise<Ran> {
  const whole: CommandSettings = {
    verifier: { appraiseEvidence },
    lab: false,
    now: () => new Date('2026-08-15T00:00:00Z'),
    ...settings,
  }
  return kept((io) => runCommand(argv, io, whole), stdin)
}

/** `lab ARGS`. */
export function lab(argv: readonly string[], stdin: Uint8Array | string = ''): Promise<Ran> {
  return kept((io) => runLab(argv, io), stdin)
}

export interface Folder {
  readonly path: string
  /** The full name of a file in it, written first if there is content. */
  readonly file: (name: string, content?: Uint8Array | string) => string
}

/** A folder that goes away after this file's tests. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'attested-cli-'))
  afterAll(() => rmSync(path, { recursive: true }))
  return {
    path,
    file: (name, content) => {
      if (content !== undefined) writeFileSync(join(path, name), content)
      return join(path, name)
    },
  }
}

/** What JSON text holds: whatever the test that reads it expects. */
export type Json = ReturnType<typeof JSON.parse>

/** The JSON of a run, which must be all of its standard output. */
export const jsonOf = ({ out }: Ran): Json => JSON.parse(out)
