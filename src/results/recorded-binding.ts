/**
 * A binding as data: what the command's arguments say, and what a bundle records of them. Both make the binding here,
 * so that a replay judges by what was judged by.
 */
import type { Acceptance } from '../binding/acceptance.js'
import type { Binding } from '../binding/binding.js'
import { ownChallenge } from '../binding/challenge.js'
import type { ProfileDefinition } from '../binding/definition.js'
import { bindings } from '../binding/forms.js'
import { type Profile, definitionOf } from '../binding/profile.js'
import { ownSession } from '../binding/session.js'
import { sha256Hex } from '../crypto/digests.js'
import { fromHex } from '../encoding/hex.js'
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import { parseExpectations } from '../manifest/expectations.js'
import type { ManifestSchema } from '../manifest/model.js'
import { parseManifest } from '../manifest/parse.js'
import { profileNamed } from '../profiles/registry.js'

/** All 64 bytes of REPORT_DATA, and whether the caller asserts that they are its challenge. */
export interface RecordedReportData {
  readonly reportData: Uint8Array
  readonly challenge: boolean
}

/** A profile, its inputs, and the document that the caller pins or expects. */
export interface RecordedProfile {
  readonly profile: string
  /** By name; a reference value may be unchecked, for a reason. */
  readonly inputs: ReadonlyMap<string, Uint8Array | Unchecked>
  /** The manifest whose digest the caller pins. */
  readonly manifest: Uint8Array | null
  /** What the caller expects of the manifest that comes with the evidence. */
  readonly expectations: Uint8Array | null
}

/** What the report must commit to, as data. */
export type RecordedBinding = Unchecked | RecordedReportData | RecordedProfile

/**
 * The binding that the data mean.
 *
 * @throws TypeError for data that mean none: an unknown profile, an input that it does not take.
 * @throws VerificationError for a manifest or expectations that cannot be read.
 */
export async function bindingFrom(recorded: RecordedBinding): Promise<Binding | Unchecked> {
  if (isUnchecked(recorded)) return recorded
  if ('reportData' in recorded) return reportDataFrom(recorded)
  const profile = await profileNamed(recorded.profile)
  if (profile === null) throw new TypeError(`there is no profile ${recorded.profile.slice(0, 64)}`)
  return profileFrom(profile, recorded)
}

function reportDataFrom({ reportData, challenge }: RecordedReportData): Binding {
  const freshness = challenge ? ownChallenge(reportData) : { unchecked: 'not claimed to be a challenge' }
  return bindings.reportData(reportData, { freshness })
}

function profileFrom(profile: Profile, recorded: RecordedProfile): Binding {
  const { inputs, manifest, expectations } = recorded
  const definition = definitionOf(profile)
  for (const [name, value] of inputs)
    if (isUnchecked(value) && sourceOf(definition, name) !== 'reference')
      throw new TypeError(`input ${name}: only a reference value can be unchecked`)
  if (manifest !== null && expectations !== null)
    throw new TypeError('manifest and expectations exclude each other')
  if (definition.inputs['manifest']?.source === 'expected') {
    if (expectations !== null) throw new TypeError('expectations are for evidence that holds the manifest')
    return manifest === null
      ? bind(profile, definition, inputs, {})
      : pinned(profile, definition, inputs, manifest)
  }
  const document = documentOf(definition)
  if (document !== null)
    return bind(profile, definition, inputs, { [document]: acceptanceOf(manifest, expectations) })
  if (manifest !== null || expectations !== null) throw new TypeError(`${profile.id} has no manifest`)
  return bind(profile, definition, inputs, {})
}

const sourceOf = ({ inputs }: ProfileDefinition, name: string): string | null =>
  Object.hasOwn(inputs, name) ? (inputs[name]?.source ?? null) : null

const documentOf = ({ edges }: ProfileDefinition): string | null =>
  edges.flatMap((edge) => (edge.kind === 'decode' && edge.codec.mustAccept ? [edge.of] : []))[0] ?? null

const agentSchema: ManifestSchema = '2cvm-agent/1'

function acceptanceOf(manifest: Uint8Array | null, expectations: Uint8Array | null): Acceptance {
  if (manifest !== null) return { digest: sha256Hex(manifest) }
  if (expectations !== null) return { expect: parseExpectations(expectations, agentSchema) }
  return { unchecked: 'no --manifest was given' }
}

/** A manifest of the caller's own: its digest is what the caller accepts. */
function pinned(
  profile: Profile,
  definition: ProfileDefinition,
  inputs: RecordedProfile['inputs'],
  document: Uint8Array,
): Binding {
  if (inputs.has('manifest')) throw new TypeError('manifest and input manifest exclude each other')
  if (!profile.id.startsWith('manifest')) {
    const digest = fromHex(sha256Hex(document)) ?? new Uint8Array()
    return bind(profile, definition, new Map([...inputs, ['manifest', digest]]), {})
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
    nonce:
      nonce === undefined || isUnchecked(nonce)
        ? { unchecked: 'the profile has no challenge' }
        : ownChallenge(nonce),
    accept: { digest: manifest.digest(algorithm) },
  })
}

function bind(
  profile: Profile,
  definition: ProfileDefinition,
  inputs: RecordedProfile['inputs'],
  accept: Readonly<Record<string, Acceptance>>,
): Binding {
  const values: Record<string, unknown> = {}
  for (const [name, value] of inputs) {
    const source = sourceOf(definition, name)
    // A name of Object's own, or `accept`, is no input either.
    if (source === null) throw new TypeError(`${profile.id} has no input ${name}`)
    if (isUnchecked(value)) values[name] = value
    else
      values[name] =
        source === 'verifier' ? ownChallenge(value) : source === 'session' ? ownSession(value) : value
  }
  // The profile checks names, kinds and lengths itself.
  return (profile.with as (inputs: unknown) => Binding)({ ...values, accept })
}
