/** `attested verify`: the whole verification, and its verdict as text or JSON and as exit status. */
import { decodeEvidence, isVerificationError, parsePolicy } from '../index.js'
import {
  type VerdictJson,
  acceptedToJson,
  errorToJson,
  refusedToJson,
  verdictToText,
} from '../results/index.js'
import { bindingArguments, bindingOptions, readBinding } from './binding.js'
import type { Context } from './context.js'
import {
  exampleTime,
  extrasArguments,
  extrasOptions,
  readEvidence,
  readExtras,
  readFormat,
} from './evidence.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { type Options, type OptionSpec, readOptions } from './options.js'
import { note, printJson, printText } from './output.js'
import { printHelp } from './help.js'
import { parseTime } from './time.js'
import { UsageError } from './usage-error.js'

const spec: OptionSpec = {
  ...extrasOptions,
  policy: 'once',
  ...bindingOptions,
  format: 'once',
  at: 'once',
  json: 'flag',
}

export async function verify(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, spec)
  if (options.flag('help')) return printHelp(context, 'verify')
  const path = options.argument('EVIDENCE')
  const policyPath = options.required('policy')
  const bindingArgs = await bindingArguments(options)
  const format = readFormat(options)
  const extras = extrasArguments(options)
  const at = timeOf(options, context)

  const read = inputReader(context.io)
  const bytes = await readEvidence(path, read)
  const policyBytes = await read(policyPath, 'policy')
  const added = await readExtras(extras, read)

  const judge = async (): Promise<VerdictJson> => {
    try {
      const evidence = await decodeEvidence(bytes, format, added)
      if (format === 'auto') note(context, `evidence recognised as ${evidence.format}`)
      const policy = await parsePolicy(policyBytes)
      const binding = await readBinding(bindingArgs, read)
      const appraisal = await context.settings.verifier.appraiseEvidence({ evidence, policy, binding, at })
      return appraisal.verdict === 'accepted' ? acceptedToJson(appraisal.verified) : refusedToJson(appraisal)
    } catch (error) {
      if (!isVerificationError(error)) throw error
      return errorToJson(error, at.toISOString())
    }
  }
  const verdict = await judge()
  if (options.flag('json')) printJson(context, verdict)
  else printText(context, verdictToText(verdict))
  return exitStatus[verdict.verdict]
}

function timeOf(options: Options, { settings }: Context): Date {
  const text = options.optional('at')
  const at = text === null ? settings.now() : parseTime(text)
  if (at === null) throw new UsageError(`--at must be a time with its offset, such as ${exampleTime}`)
  return at
}
