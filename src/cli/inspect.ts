/** `attested inspect`: what evidence says. Nothing is verified, and the output says so. */
import { isBytes } from '../encoding/bytes.js'
import { isVerificationError } from '../errors/index.js'
import type { EvidenceFormat } from '../evidence/index.js'
import { recogniseFormat } from '../evidence/recognise.js'
import { advise } from './advice.js'
import { looksLikeBundle } from './bundle.js'
import type { Context } from './context.js'
import {
  type EvidenceInput,
  extrasArguments,
  extrasOptions,
  readEvidence,
  readExtras,
  readFormat,
} from './evidence.js'
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
  const input = await readAs(await readEvidence(path, read), format)

  if (input.as === 'bundle' && (extras.vek ?? extras.crls[0] ?? extras.certificates[0]) !== undefined)
    throw new UsageError('the file holds certificates alone: inspect the others by themselves')
  const found =
    input.as === 'bundle'
      ? await inspectBundle(input.bytes)
      : await inspectEvidence(input.evidence, input.format, await readExtras(extras, read))
  if (options.flag('json')) printJson(context, found.inspection)
  else printText(context, inspectionToText(found))
  advise(context, found.failure?.code ?? null)
  return found.failure === null ? exitStatus.done : exitStatus.malformed
}

type Input =
  | { readonly as: 'bundle'; readonly bytes: Uint8Array }
  | { readonly as: 'evidence'; readonly evidence: EvidenceInput; readonly format: EvidenceFormat | 'auto' }

/** A file may hold certificates alone; in some certificates, and in some requests for one, there is evidence. */
async function readAs(
  evidence: EvidenceInput,
  format: EvidenceFormat | 'auto' | 'certificates',
): Promise<Input> {
  const bytes = isBytes(evidence) ? evidence : null
  if (format === 'certificates') {
    if (bytes === null) throw new UsageError('certificates are read from a file, not from a directory')
    return { as: 'bundle', bytes }
  }
  if (format !== 'auto' || bytes === null || !looksLikeBundle(bytes))
    return { as: 'evidence', evidence, format }
  const recognised = await formatOf(bytes)
  return recognised === null ? { as: 'bundle', bytes } : { as: 'evidence', evidence, format: recognised }
}

/** The one format that recognises evidence, `null` where none does, and `auto`, which refuses, where two do. */
async function formatOf(bytes: Uint8Array): Promise<EvidenceFormat | 'auto' | null> {
  try {
    return (await recogniseFormat(bytes)).name
  } catch (error) {
    if (!isVerificationError(error)) throw error
    const { candidates } = error.details
    return Array.isArray(candidates) && candidates.length > 0 ? 'auto' : null
  }
}
