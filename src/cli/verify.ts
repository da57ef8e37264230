/** `attested verify`: the whole verification, and its verdict as text or JSON and as exit status. */
import { decodeEvidence, isVerificationError, parsePolicy } from '../index.js'
import {
  type VerdictJson,
  acceptedToJson,
  errorToJson,
  refusedToJson,
  verdictToText,
} from '../results/index.js'
import { advise } from './advice.js'
import { bindingArguments, bindingOptions, readBinding } from './binding.js'
import type { Context } from './context.js'
import { extrasArguments, extrasOptions, readEvidence, readExtras, readFormat } from './evidence.js'
import { exitStatus } from './exit-status.js'
import { fetchMissing } from './fetch-missing.js'
import { inputReader } from './files.js'
import { asking, kdsArguments, kdsOptions, openKds } from './kds-client.js'
import { type OptionSpec, readOptions } from './options.js'
import { note, printJson, printText } from './output.js'
import { printHelp } from './help.js'
import { timeToJudgeAt } from './time.js'
import { UsageError } from './usage-error.js'

const spec: OptionSpec = {
  ...extrasOptions,
  policy: 'once',
  ...bindingOptions,
  ...kdsOptions,
  fetch: 'flag',
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
  const at = timeToJudgeAt(options, context)
  const kds = kdsArguments(options)
  const client = options.flag('fetch') ? await openKds(context, kds, '--fetch') : null
  if (client === null && (options.optional('kds-base') ?? options.optional('product')) !== null)
    throw new UsageError('--kds-base and --product need --fetch')

  const read = inputReader(context.io)
  const bytes = await readEvidence(path, read)
  const policyBytes = await read(policyPath, 'policy')
  const added = await readExtras(extras, read)

  const judge = async (): Promise<VerdictJson> => {
    try {
      // First, so that wrong usage is said before anything is judged.
      const binding = await readBinding(bindingArgs, read)
      const given = await decodeEvidence(bytes, format, added)
      if (format === 'auto') note(context, `evidence recognised as ${given.format}`)
      const policy = await parsePolicy(policyBytes)
      // Last of all: nothing is asked for, and nobody told, while a mistake is still to be found.
      const evidence =
        client === null
          ? given
          : await decodeEvidence(
              bytes,
              given.format,
              await asking(context, kds, () => fetchMissing(context, client, given, added, kds)),
            )
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
  advise(context, verdict.code)
  return exitStatus[verdict.verdict]
}
