/** Options of one command. Strict: what is unknown, given twice or left over is wrong usage. */
import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.js'

/** `once` and `many` take a value. Every command also has `--help`. */
export type OptionSpec = Readonly<Record<string, 'flag' | 'once' | 'many'>>

export interface Options {
  readonly flag: (name: string) => boolean
  readonly optional: (name: string) => string | null
  readonly required: (name: string) => string
  readonly all: (name: string) => readonly string[]
  /** The one argument that is no option. */
  readonly argument: (name: string) => string
  /** The two arguments that are no options. */
  readonly twoArguments: (first: string, second: string) => readonly [string, string]
  readonly noArguments: () => void
}

/** @throws UsageError */
export function readOptions(argv: readonly string[], spec: OptionSpec): Options {
  const { tokens, positionals } = parse(argv, { ...spec, help: 'flag' })
  const values = new Map<string, readonly string[]>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, value = '' } = token
    const before = values.get(name) ?? []
    // Two policies, or two times: neither would be the one that was meant.
    if (before.length > 0 && spec[name] !== 'many') throw new UsageError(`--${name} is given twice`)
    values.set(name, [...before, value])
  }
  // A file named -h, or a pattern that matches one, must not turn a verification into a success.
  if (values.has('help') && argv.length > 1) throw new UsageError('--help stands alone')
  const surplus = (from: number): void => {
    const extra = positionals[from]
    if (extra !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(extra)}`)
  }
  return {
    flag: (name) => values.has(name),
    optional: (name) => values.get(name)?.[0] ?? null,
    required: (name) => {
      const value = values.get(name)?.[0]
      if (value === undefined) throw new UsageError(`--${name} is required`)
      return value
    },
    all: (name) => values.get(name) ?? [],
    argument: (name) => {
      const [value] = positionals
      if (value === undefined) throw new UsageError(`${name} is missing`)
      surplus(1)
      return value
    },
    twoArguments: (first, second) => {
      const [one, two] = positionals
      if (one === undefined) throw new UsageError(`${first} is missing`)
      if (two === undefined) throw new UsageError(`${second} is missing`)
      surplus(2)
      return [one, two]
    },
    noArguments: () => {
      surplus(0)
    },
  }
}

function parse(argv: readonly string[], spec: OptionSpec) {
  const options = Object.fromEntries(
    Object.entries(spec).map(([name, kind]) => [
      name,
      {
        type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
        multiple: true as const,
        ...(name === 'help' ? { short: 'h' } : {}),
      },
    ]),
  )
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true, tokens: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      // Node goes on to explain how to pass a value that begins with a hyphen.
      throw new UsageError(error.message.split(/\. To specify|\n/)[0] ?? error.message)
    }
    throw error
  }
}
