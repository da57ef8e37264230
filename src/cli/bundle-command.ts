/** `attested bundle`: makes an offline bundle, shows one, and recomputes what one records. */
import { writeFile } from 'node:fs/promises'
import { sha256Hex } from '../crypto/digests.js'
import { decodeEvidence } from '../evidence/index.js'
import { createBundleWith } from '../results/bundle-create.js'
import { type ReplayJson, maxDifferences, replayBundleWith } from '../results/replay.js'
import { advise } from './advice.js'
import { asUsage, bindingArguments, bindingOptions, readRecordedBinding } from './binding.js'
import { bundleInspect } from './bundle-inspect.js'
import type { Context } from './context.js'
import { extrasArguments, extrasOptions, readEvidence, readExtras, readFormat } from './evidence.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { type OptionSpec, readOptions } from './options.js'
import { labNote, note, printJson, printText, printableValue } from './output.js'
import { timeToJudgeAt } from './time.js'
import { UsageError } from './usage-error.js'

const spec: OptionSpec = {
  ...extrasOptions,
  ...bindingOptions,
  policy: 'once',
  format: 'once',
  at: 'once',
  out: 'once',
  json: 'flag',
}

export async function bundleCommand(argv: readonly string[], context: Context): Promise<number> {
  const [name, ...rest] = argv
  if (name === 'create') return create(rest, context)
  if (name === 'inspect') return bundleInspect(rest, context)
  if (name === 'replay') return replay(rest, context)
  if (name === undefined || name.startsWith('-')) {
    const options = readOptions(argv, {})
    if (options.flag('help')) return printHelp(context, 'bundle')
    throw new UsageError('bundle needs create, inspect or replay')
  }
  throw new UsageError(`no such command: bundle ${name.slice(0, 40)}`)
}

/** What the command says of a bundle that it wrote to a file. */
interface Created {
  readonly schema: 'attested/bundle-created@1'
  readonly out: string
  readonly bytes: number
  /** Of the file. */
  readonly bundleDigest: string
  /** What the verification came to: the bundle records it. */
  readonly verdict: string
  readonly code: string | null
  readonly at: string
  readonly policyDigest: string | null
}

async function create(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, spec)
  if (options.flag('help')) return printHelp(context, 'bundle')
  const path = options.argument('EVIDENCE')
  const policyPath = options.required('policy')
  const bindingArgs = await bindingArguments(options)
  const format = readFormat(options)
  const extras = extrasArguments(options)
  const at = timeToJudgeAt(options, context)
  const out = options.optional('out')
  if (out === null && options.flag('json'))
    throw new UsageError('--json needs --out: without it the bundle is what is printed')

  const read = inputReader(context.io)
  const input = await readEvidence(path, read)
  const policy = await read(policyPath, 'policy')
  const added = await readExtras(extras, read)
  const binding = await readRecordedBinding(bindingArgs, read)
  const evidence = await decodeEvidence(input, format, added)
  if (format === 'auto') note(context, `evidence recognised as ${evidence.format}`)
  const { bytes, verdict } = await asUsage(binding, () =>
    createBundleWith({ evidence, policy, binding, at }, context.settings.verifier),
  )
  const found = verdict.code === null ? verdict.verdict : `${verdict.verdict}: ${verdict.code}`
  if (out === null) {
    labNote(context)
    note(context, `the bundle records the verdict ${found}`)
    advise(context, verdict.code)
    context.io.out(new TextDecoder().decode(bytes))
    return exitStatus[verdict.verdict]
  }
  await write(out, bytes)
  const created: Created = {
    schema: 'attested/bundle-created@1',
    out,
    bytes: bytes.length,
    bundleDigest: sha256Hex(bytes),
    verdict: verdict.verdict,
    code: verdict.code,
    at: verdict.at,
    policyDigest: verdict.policyDigest,
  }
  if (options.flag('json')) printJson(context, created)
  else
    printText(
      context,
      `wrote ${out}: ${String(created.bytes)} bytes, sha256:${created.bundleDigest}\n` +
        `it records the verdict ${found}, judged at ${verdict.at}`,
    )
  advise(context, verdict.code)
  return exitStatus[verdict.verdict]
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UsageError(`cannot write bundle ${path}: ${String(error.code)}`)
  }
}

async function replay(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'bundle')
  const bytes = await inputReader(context.io)(options.argument('BUNDLE'), 'bundle')
  const replayed = await replayBundleWith(bytes, context.settings.verifier)
  if (options.flag('json')) printJson(context, replayed)
  else printText(context, replayToText(replayed))
  return replayed.outcome === 'reproduced' ? exitStatus.done : exitStatus.rejected
}

function replayToText(replayed: ReplayJson): string {
  const { outcome, at, policyDigest, evidenceDigest, bundleDigest, differences } = replayed
  return [
    outcome,
    `  ${replayed.remark}`,
    `  judged again at  ${at}`,
    `  policy           ${policyDigest ?? '-'}`,
    `  evidence         ${evidenceDigest ?? '-'}`,
    `  bundle           ${bundleDigest}`,
    `  library          ${replayed.libraryVersion}, recorded by ${printableValue(replayed.recordedVersion)}`,
    ...(differences.length === 0 ? [] : ['', `differences${moreThan(differences.length)}:`]),
    ...differences.map(({ path, recorded, recomputed }) =>
      path === '$.verdict'
        ? '  $.verdict: another one, and a replay gives none'
        : `  ${printableValue(path)}: recorded ${printableValue(recorded ?? '-')}, ` +
          `recomputed ${printableValue(recomputed ?? '-')}`,
    ),
  ].join('\n')
}

/** Of a list that is cut, that it is. */
const moreThan = (count: number): string => (count < maxDifferences ? '' : `, the first ${String(count)}`)
