/** What the report must commit to, as arguments say it: exactly one of three ways. */
import { type Binding, type Unchecked, bindings, ownChallenge } from '../index.js'
import type { Acceptance } from '../binding/acceptance.js'
import type { ProfileDefinition } from '../binding/definition.js'
import { type Profile, definitionOf } from '../binding/profile.js'
import { ownSession } from '../binding/session.js'
import { sha256Hex } from '../crypto/digests.js'
import { fromHex } from '../encoding/hex.js'
import { toUtf8 } from '../encoding/text.js'
import { isUnchecked } from '../errors/ledger.js'
import { parseExpectations } from '../manifest/expectations.js'
import type { ManifestSchema } from '../manifest/model.js'
import { parseManifest } from '../manifest/parse.js'
import { profileIds, profileNamed } from '../profiles/registry.js'
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
export type BindingArguments =
  | { readonly kind: 'ready'; readonly binding: Binding | Unchecked }
  | {
      readonly kind: 'profile'
      readonly profile: Profile
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
  const binding = way === 'report-data' ? reportDataOf(options) : uncheckedOf(options)
  return { kind: 'ready', binding }
}

function uncheckedOf(options: Options): Unchecked {
  const unchecked = options.required('unchecked-report-data')
  if (unchecked.trim() === '') throw new UsageError('--unchecked-report-data needs a reason')
  return { unchecked }
}

function reportDataOf(options: Options): Binding {
  const hex = options.required('report-data')
  const expected = fromHex(hex)
  if (expected?.length !== 64)
    throw new UsageError(`--report-data must be 128 hex digits, got ${String(hex.length)} characters`)
  if (!options.flag('challenge'))
    return bindings.reportData(expected, { freshness: { unchecked: 'not claimed to be a challenge' } })
  return asUsage('--challenge', () => bindings.reportData(expected, { freshness: ownChallenge(expected) }))
}

/** What the library refuses as misuse is wrong usage here. */
function asUsage<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${what}: ${error.message}`)
    throw error
  }
}

async function profileArguments(options: Options): Promise<BindingArguments> {
  const id = options.required('binding')
  const profile = await profileNamed(id)
  if (profile === null) throw new UsageError(`--binding must be one of ${profileIds.join(', ')}`)
  const inputs = options.all('input').map(inputArgument)
  const names = inputs.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new UsageError(`--input ${twice} is given twice`)
  const [manifest, expect] = [options.optional('manifest'), options.optional('expect')]
  if (manifest !== null && expect !== null) throw new UsageError('--manifest and --expect exclude each other')
  return { kind: 'profile', profile, inputs, manifest, expect }
}

/** `NAME=hex:…`, `NAME=text:…`, `NAME=@FILE`, or `NAME=unchecked:REASON` for a reference value. */
function inputArgument(text: string): InputArgument {
  const [, name = '', value = ''] = /^([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? []
  if (name === '') throw new UsageError('--input must be NAME=hex:…, NAME=text:… or NAME=@FILE')
  if (value.startsWith('@') && value.length > 1) return { name, path: value.slice(1) }
  if (value.startsWith('unchecked:')) return { name, unchecked: value.slice('unchecked:'.length) }
  if (value.startsWith('text:')) return { name, bytes: toUtf8(value.slice(5)) }
  const bytes = value.startsWith('hex:') ? fromHex(value.slice(4)) : null
  if (bytes === null) throw new UsageError(`--input ${name}: not hex:, text: or @FILE`)
  return { name, bytes }
}

/**
 * Reads the files that the arguments name and makes the binding.
 *
 * @throws UsageError for inputs that the profile does not take.
 * @throws VerificationError for a manifest or expectations that cannot be read.
 */
export async function readBinding(args: BindingArguments, read: ReadInput): Promise<Binding | Unchecked> {
  if (args.kind === 'ready') return args.binding
  const { profile, manifest, expect } = args
  const definition = definitionOf(profile)
  const inputs = new Map<string, Uint8Array>()
  const open = new Map<string, Unchecked>()
  for (const item of args.inputs) {
    if ('unchecked' in item) open.set(item.name, { unchecked: item.unchecked })
    else inputs.set(item.name, 'bytes' in item ? item.bytes : await read(item.path, `input ${item.name}`))
  }
  for (const name of open.keys())
    if (definition.inputs[name]?.source !== 'reference')
      throw new UsageError(`--input ${name}: only a reference value can be unchecked`)
  const document = manifest === null ? null : await read(manifest, 'manifest')
  const expected = expect === null ? null : await read(expect, 'expectations')
  const what = `--binding ${profile.id}`
  if (definition.inputs['manifest']?.source === 'expected') {
    if (expected !== null) throw new UsageError(`${what}: --expect is for evidence that holds the manifest`)
    if (document === null) return asUsage(what, () => bind(profile, inputs, {}))
    if (inputs.has('manifest')) throw new UsageError('--manifest and --input manifest exclude each other')
    return asUsage(what, () => pinned(profile, inputs, document))
  }
  const documentName = documentOf(definition)
  if (documentName === null) {
    if (document !== null || expected !== null) throw new UsageError(`${what} has no manifest`)
    const all = new Map<string, Uint8Array | Unchecked>([...inputs, ...open])
    return asUsage(what, () => bind(profile, all, {}))
  }
  const accept = acceptanceOf(document, expected)
  return asUsage(what, () => bind(profile, inputs, { [documentName]: accept }))
}

const documentOf = ({ edges }: ProfileDefinition): string | null =>
  edges.flatMap((edge) => (edge.kind === 'decode' && edge.codec.mustAccept ? [edge.of] : []))[0] ?? null

const agentSchema: ManifestSchema = '2cvm-agent/1'

function acceptanceOf(document: Uint8Array | null, expected: Uint8Array | null): Acceptance {
  if (document !== null) return { digest: sha256Hex(document) }
  if (expected !== null) return { expect: parseExpectations(expected, agentSchema) }
  return { unchecked: 'no --manifest was given' }
}

/** A manifest of the caller's own: its digest is what the caller accepts. */
function pinned(profile: Profile, inputs: Map<string, Uint8Array>, document: Uint8Array): Binding {
  if (!profile.id.startsWith('manifest')) {
    inputs.set('manifest', fromHex(sha256Hex(document)) ?? new Uint8Array())
    return bind(profile, inputs, {})
  }
  const manifest = parseManifest(document, { schema: 'attested/manifest@1', bytes: 'canonical' })
  const algorithm = (['sha384', 'sha512'] as const).find((name) => profile.id.includes(name)) ?? 'sha256'
  const nonce = inputs.get('nonce')
  if (profile.id === 'manifest-nonce/1' && nonce === undefined) throw new TypeError('input nonce is required')
  const unknown = [...inputs.keys()].find((name) => name !== 'nonce' || profile.id !== 'manifest-nonce/1')
  if (unknown !== undefined) throw new TypeError(`${profile.id} has no input ${unknown}`)
  return bindings.manifest({
    manifest,
    algorithm,
    carrier: profile.id === 'manifest-host/1' ? 'HOST_DATA' : 'REPORT_DATA',
    nonce: nonce === undefined ? { unchecked: 'the profile has no challenge' } : ownChallenge(nonce),
    accept: { digest: manifest.digest(algorithm) },
  })
}

function bind(
  profile: Profile,
  inputs: ReadonlyMap<string, Uint8Array | Unchecked>,
  accept: Readonly<Record<string, Acceptance>>,
): Binding {
  const { inputs: declared } = definitionOf(profile)
  const values: Record<string, unknown> = { accept }
  for (const [name, value] of inputs) {
    const source = Object.hasOwn(declared, name) ? declared[name]?.source : undefined
    if (isUnchecked(value)) values[name] = value
    else
      values[name] =
        source === 'verifier' ? ownChallenge(value) : source === 'session' ? ownSession(value) : value
  }
  // The profile checks names, kinds and lengths itself.
  return (profile.with as (inputs: unknown) => Binding)(values)
}
