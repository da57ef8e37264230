/** `attested manifest digest`: what a system commits to. */
import { isDigestAlgorithm } from '../crypto/digests.js'
import { toHex } from '../encoding/hex.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { bytesText, noteForm, readManifestFile, readSchema } from './manifest-input.js'
import { readOptions } from './options.js'
import { note, printJson, printText } from './output.js'
import { UsageError } from './usage-error.js'

export async function manifestDigest(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { schema: 'once', alg: 'once', raw: 'flag', json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'manifest')
  const path = options.argument('FILE')
  const asked = readSchema(options)
  const algorithm = options.optional('alg') ?? 'sha256'
  if (!isDigestAlgorithm(algorithm)) throw new UsageError('--alg must be one of sha256, sha384, sha512')
  const bytes = await inputReader(context.io)(path, 'manifest')
  const manifest = readManifestFile(bytes, asked, 'manifest', options.flag('raw'))
  const { schema, mode } = manifest
  const digest = toHex(manifest.digest(algorithm))
  note(context, `${algorithm} of ${bytesText(mode)}, ${schema}`)
  noteForm(context, bytes, schema)
  if (options.flag('json')) {
    const output = { schema: 'attested/manifest-digest@1', manifest: schema, bytes: mode, algorithm, digest }
    printJson(context, output)
  } else printText(context, digest)
  return exitStatus.done
}
