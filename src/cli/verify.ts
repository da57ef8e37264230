/** `attested verify`: the whole verification, and its verdict as text or JSON and as exit status. */
import {
  type Binding,
  type Unchecked,
  bindings,
  decodeEvidence,
  isVerificationError,
  ownChallenge,
  parsePolicy,
} from '../index.js'
import {
  type VerdictJson,
  acceptedToJson,
  errorToJson,
  refusedToJson,
  verdictToText,
} from '../results/index.js'
import { fromHex } from '../encoding/hex.js'
import type { Context } from './context.js'
import { exampleTime, extrasArguments, extrasOptions, readExtras, readFormat } from './evidence.js'
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
  'report-data': 'once',
  challenge: 'flag',
  'unchecked-report-data': 'once',
  format: 'once',
  at: 'once',
  json: 'flag',
}

export async function verify(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, spec)
  if (options.flag('help')) return printHelp(context, 'verify')
  const path = options.argument('EVIDENCE')
  const policyPath = options.required('policy')
  const binding = bindingOf(options)
  const format = readFormat(options)
  const extras = extrasArguments(options)
  const at = timeOf(options, context)

  const read = inputReader(context.io)
  const bytes = await read(path, 'evidence')
  const policyBytes = await read(policyPath, 'policy')
  const added = await readExtras(extras, read)

  const judge = async (): Promise<VerdictJson> => {
    try {
      const evidence = await decodeEvidence(bytes, format, added)
      if (format === 'auto') note(context, `evidence recognised as ${evidence.format}`)
      const policy = await parsePolicy(policyBytes)
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

/** What the report must commit to: exactly one of the two options says it. */
function bindingOf(options: Options): Binding | Unchecked {
  const hex = options.optional('report-data')
  const unchecked = options.optional('unchecked-report-data')
  const isChallenge = options.flag('challenge')
  if (unchecked !== null) {
    if (hex !== null) throw new UsageError('--report-data and --unchecked-report-data exclude each other')
    if (isChallenge) throw new UsageError('--challenge needs --report-data')
    if (unchecked.trim() === '') throw new UsageError('--unchecked-report-data needs a reason')
    return { unchecked }
  }
  if (hex === null) throw new UsageError('--report-data or --unchecked-report-data is required')
  const expected = fromHex(hex)
  if (expected?.length !== 64)
    throw new UsageError(`--report-data must be 128 hex digits, got ${String(hex.length)} characters`)
  if (!isChallenge)
    return bindings.reportData(expected, { freshness: { unchecked: 'not claimed to be a challenge' } })
  try {
    return bindings.reportData(expected, { freshness: ownChallenge(expected) })
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`--challenge: ${error.message}`)
    throw error
  }
}

function timeOf(options: Options, { settings }: Context): Date {
  const text = options.optional('at')
  const at = text === null ? settings.now() : parseTime(text)
  if (at === null) throw new UsageError(`--at must be a time with its offset, such as ${exampleTime}`)
  return at
}
