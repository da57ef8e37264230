/** `attested inspect`: what evidence says. Nothing is verified, and the output says so. */
import { looksLikeBundle } from './bundle.js'
import type { Context } from './context.js'
import { extrasArguments, extrasOptions, readExtras, readFormat } from './evidence.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { inspectBundle, inspectEvidence } from './inspection.js'
import { inspectionToText } from './inspect-text.js'
import { readOptions } from './options.js'
import { printJson, printText } from './output.js'
import { UsageError } from './usage-error.js'

export async function inspect(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { ...extrasOptions, format: 'once', json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'inspect')
  const path = options.argument('EVIDENCE')
  const format = readFormat(options, ['certificates'] as const)
  const extras = extrasArguments(options)
  const read = inputReader(context.io)
  const bytes = await read(path, 'evidence')

  const isBundle = format === 'certificates' || (format === 'auto' && looksLikeBundle(bytes))
  if (isBundle && (extras.vek ?? extras.crls[0] ?? extras.certificates[0]) !== undefined)
    throw new UsageError('the file holds certificates alone: inspect the others by themselves')
  const found = isBundle
    ? await inspectBundle(bytes)
    : await inspectEvidence(bytes, format, await readExtras(extras, read))
  if (options.flag('json')) printJson(context, found.inspection)
  else printText(context, inspectionToText(found))
  return found.failure === null ? exitStatus.done : exitStatus.malformed
}
