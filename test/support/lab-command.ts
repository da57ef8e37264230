// The command `lab`: attested's own commands over the lab's authorities, and two that make evidence for them.
import { createHash } from 'node:crypto'
import { runCommand } from '../../src/cli/command.js'
import type { CommandSettings, Io } from '../../src/cli/context.js'
import { exitStatus } from '../../src/cli/exit-status.js'
import { note } from '../../src/cli/output.js'
import { UsageError } from '../../src/cli/usage-error.js'
import { makeVerifier } from '../../src/verify/pipeline.js'
import { labHelp, make, sign } from './lab-files.js'
import { labAnchors } from './lab-verifier.js'
import { LAB_NOW, labPki } from './pki.js'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The lab's authorities in the place of AMD's, its revoked ASK of Genoa included. */
export function labSettings(): CommandSettings {
  const { Genoa } = labPki().revoked
  const revoked = [{ certificateSha256: sha256(Genoa.der), spkiSha256: sha256(Genoa.key.spki) }]
  return { verifier: makeVerifier(labAnchors(revoked)), lab: true, now: () => LAB_NOW }
}

export async function runLab(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv
  const context = { io, settings: labSettings() }
  const own = name === 'make' ? make : name === 'sign' ? sign : null
  if (own === null) {
    const status = await runCommand(argv, io, context.settings)
    if (argv.length === 1 && (name === '--help' || name === '-h')) io.out(`\n${labHelp}\n`)
    return status
  }
  try {
    return await own(rest, context)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    note(context, error.message)
    io.err(`${labHelp}\n`)
    return exitStatus.usage
  }
}
