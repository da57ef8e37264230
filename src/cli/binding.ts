/** What the report must commit to, as arguments say it: exactly one of three ways. */
import type { Binding, Unchecked } from '../index.js'
import { fromHex } from '../encoding/hex.js'
import { toUtf8 } from '../encoding/text.js'
import { profileIds } from '../profiles/registry.js'
import { type RecordedBinding, bindingFrom } from '../results/recorded-binding.js'
import type { ReadInput } from './files.js'
import type { Options, OptionSpec } from './options.js'
import { UsageError } from './usage-error.js'

export const bindingOptions: OptionSpec = {
  'report-data': 'once',
  challenge: 'flag',
  'unchecked-report-data': 'once',
  binding: 'once',
  input: 'many',
  manifest: 'once',
  expect: 'once',
}

/** Where the bytes of an input are. */
type InputArgument =
  | { readonly name: string; readonly bytes: Uint8Array }
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly unchecked: string }

/** What the arguments say, checked but with no file read yet. */
export interface BindingArguments {
  /** Complete but for a profile, whose inputs and documents may be files. */
  readonly recorded: RecordedBinding
  readonly inputs: readonly InputArgument[]
  readonly manifest: string | null
  readonly expect: string | null
}

/** @throws UsageError */
export async function bindingArguments(options: Options): Promise<BindingArguments> {
  const ways = ['report-data', 'unchecked-report-data', 'binding'] as const
  const [way, ...more] = ways.filter((name) => options.optional(name) !== null)
  if (way === undefined)
    throw new UsageError('--report-data, --binding or --unchecked-report-data is required')
  if (more.length > 0) throw new UsageError(`--${way} and --${more.join(', --')} exclude each other`)
  if (options.flag('challenge') && way !== 'report-data')
    throw new UsageError('--challenge needs --report-data')
  if (way === 'binding') return profileArguments(options)
  for (const name of ['manifest', 'expect', 'input'])
    if (options.all(name).length > 0) throw new UsageError(`--${name} needs --binding`)
  const recorded = way === 'report-data' ? reportDataOf(options) : uncheckedOf(options)
  // Of a challenge that is none, say so before anything is read.
  await asUsage(recorded, () => bindingFrom(recorded))
  return { recorded, inputs: [], manifest: null, expect: null }
}

function uncheckedOf(options: Options): Unchecked {
  const unchecked = options.required('unchecked-report-data')
  if (unchecked.trim() === '') throw new UsageError('--unchecked-report-data needs a reason')
  return { unchecked }
}

function reportDataOf(options: Options): RecordedBinding {
  const hex = options.required('report-data')
  const reportData = fromHex(hex)
  if (reportData?.length !== 64)
    throw new UsageError(`--report-data must be 128 hex digits, got ${String(hex.length)} characters`)
  return { reportData, challenge: options.flag('challenge') }
}

function profileArguments(options: Options): BindingArguments {
  const id = options.required('binding')
  if (!profileIds.includes(id)) throw new UsageError(`--binding must be one of ${profileIds.join(', ')}`)
  const inputs = options.all('input').map(inputArgument)
  const names = inputs.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new UsageError(`--input ${twice} is given twice`)
  const [manifest, expect] = [options.optional('manifest'), options.optional('expect')]
  if (manifest !== null && expect !== null) throw new UsageError('--manifest and --expect exclude each other')
  const recorded = { profile: id, inputs: new Map<string, Uint8Array>(), manifest: null, expectations: null }
  return { recorded, inputs, manifest, expect }
}

/** `NAME=hex:…`, `NAME=text:…`, `NAME=@FILE`, or `NAME=unchecked:REASON` for a reference value. */
function inputArgument(text: string): InputArgument {
  const [, name = '', value = ''] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? []
  if (name === '')
    throw new UsageError('--input must be NAME=hex:…, NAME=text:…, NAME=@FILE or NAME=unchecked:…')
  if (value.startsWith('@') && value.length > 1) return { name, path: value.slice(1) }
  if (value.startsWith('unchecked:')) return { name, unchecked: value.slice('unchecked:'.length) }
  if (value.startsWith('text:')) return { name, bytes: toUtf8(value.slice(5)) }
  const bytes = value.startsWith('hex:') ? fromHex(value.slice(4)) : null
  if (bytes === null) throw new UsageError(`--input ${name}: not hex:, text:, @FILE or unchecked:`)
  return { name, bytes }
}

/**
 * Reads the files that the arguments name.
 *
 * @throws UsageError for files that cannot be read.
 */
export async function readRecordedBinding(
  { recorded, inputs, manifest, expect }: BindingArguments,
  read: ReadInput,
): Promise<RecordedBinding> {
  if (!('profile' in recorded)) return recorded
  const values = new Map<string, Uint8Array | Unchecked>()
  for (const item of inputs) {
    if ('unchecked' in item) values.set(item.name, { unchecked: item.unchecked })
    else values.set(item.name, 'bytes' in item ? item.bytes : await read(item.path, `input ${item.name}`))
  }
  return {
    profile: recorded.profile,
    inputs: values,
    manifest: manifest === null ? null : await read(manifest, 'manifest'),
    expectations: expect === null ? null : await read(expect, 'expectations'),
  }
}

/**
 * Runs what makes a binding of the arguments. What the library refuses as misuse is wrong usage here.
 *
 * @throws UsageError for inputs that the profile does not take.
 * @throws VerificationError for a manifest or expectations that cannot be read.
 */
export async function asUsage<T>(recorded: RecordedBinding, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const what = 'profile' in recorded ? `--binding ${recorded.profile}` : '--challenge'
    const message = error.message.replace(/^expectations are /, 'expect is ')
    throw new UsageError(`${what}: ${/^(?:input|manifest|expect) /.test(message) ? '--' : ''}${message}`)
  }
}

/** The binding that the arguments mean. */
export async function readBinding(args: BindingArguments, read: ReadInput): Promise<Binding | Unchecked> {
  const recorded = await readRecordedBinding(args, read)
  return asUsage(recorded, () => bindingFrom(recorded))
}
