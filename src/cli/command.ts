/** The command: from arguments to output and exit status. */
import { isVerificationError } from '../errors/index.js'
import { libraryVersion } from '../verify/version.js'
import { advise } from './advice.js'
import { bundleCommand } from './bundle-command.js'
import type { CommandSettings, Context, Io } from './context.js'
import { exitStatus } from './exit-status.js'
import { explain } from './explain.js'
import { printHelp, usageOf } from './help.js'
import { inspect } from './inspect.js'
import { kdsCommand } from './kds.js'
import { manifestCommand } from './manifest.js'
import { note, printText, printable } from './output.js'
import { policyCommand } from './policy.js'
import { UsageError } from './usage-error.js'
import { verify } from './verify.js'

type Run = (argv: readonly string[], context: Context) => number | Promise<number>

const commands: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['verify', verify],
  ['inspect', inspect],
  ['policy', policyCommand],
  ['manifest', manifestCommand],
  ['kds', kdsCommand],
  ['bundle', bundleCommand],
  ['explain', explain],
])

/** Runs the command and returns its exit status. Never throws. */
export async function runCommand(
  argv: readonly string[],
  io: Io,
  settings: CommandSettings,
): Promise<number> {
  const context: Context = { io, settings }
  try {
    return await dispatch(argv, context)
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`attested: ${printable(error.message)}\n${usageOf(argv)}\n`)
      return exitStatus.usage
    }
    if (isVerificationError(error)) {
      note(context, `${error.code}: ${error.message}`)
      advise(context, error.code)
      // Only `verify` has verdicts, and it prints them itself: elsewhere something could not be read.
      return exitStatus.malformed
    }
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    io.err(`attested: internal error, please report it\n${printable(trace)}\n`)
    return exitStatus.internal
  }
}

function dispatch(argv: readonly string[], context: Context): number | Promise<number> {
  const [name, ...rest] = argv
  const run = commands.get(name ?? '')
  if (run !== undefined) return run(rest, context)
  if (name === undefined) throw new UsageError('no command was given')
  if (rest.length === 0 && (name === '--help' || name === '-h')) return printHelp(context, null)
  if (rest.length === 0 && name === '--version') {
    printText(context, libraryVersion)
    return exitStatus.done
  }
  throw new UsageError(
    name.startsWith('-')
      ? `${JSON.stringify(name)} must follow a command`
      : `no such command: ${name.slice(0, 40)}`,
  )
}
