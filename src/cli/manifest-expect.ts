/** `attested manifest expect`: a draft of what one participant expects, out of what a manifest does. */
import { isVerificationError } from '../errors/index.js'
import { expectFor } from '../manifest/index.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { readManifestFile, readSchema } from './manifest-input.js'
import { readOptions } from './options.js'
import { note, printDocument } from './output.js'
import { UsageError } from './usage-error.js'

export async function manifestExpect(argv: readonly string[], context: Context): Promise<number> {
  // A document is JSON anyway; scripts that always say --json may.
  const options = readOptions(argv, { schema: 'once', participant: 'once', json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'manifest')
  const path = options.argument('FILE')
  const asked = readSchema(options)
  const participant = options.required('participant')
  const manifest = readManifestFile(await inputReader(context.io)(path, 'manifest'), asked)
  const draft = draftFor(manifest, participant)
  note(context, 'this draft accepts all that the manifest does: read it, and edit it, before you use it')
  printDocument(context, draft)
  return exitStatus.done
}

/** The draft, if the manifest lists the participant: whom it does not list came from the arguments. */
function draftFor(manifest: Parameters<typeof expectFor>[0], participant: string): object {
  try {
    return expectFor(manifest, participant)
  } catch (error) {
    if (isVerificationError(error)) throw new UsageError(`--participant: ${error.message}`)
    throw error
  }
}
