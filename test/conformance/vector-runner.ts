// Runs one vector: the merged input of its group and itself, through the whole verifier.
import { anchorsFrom } from '../../src/endorsement/anchors.js'
import type { TrustAnchors } from '../../src/endorsement/anchors.js'
import { bindings, decodeEvidence, isVerificationError, ownChallenge, parsePolicy } from '../../src/index.js'
import type {
  Appraisal,
  Binding,
  Challenge,
  DigestAlgorithm,
  EvidenceFormat,
  Policy,
  Unchecked,
  VerificationError,
} from '../../src/index.js'
import type { Acceptance } from '../../src/binding/acceptance.js'
import { definitionOf } from '../../src/binding/profile.js'
import { ownSession } from '../../src/binding/session.js'
import type { CryptoEngine } from '../../src/crypto/engine.js'
import { parseExpectations } from '../../src/manifest/expectations.js'
import type { ManifestSchema } from '../../src/manifest/model.js'
import { profileNamed } from '../../src/profiles/registry.js'
import { type Verifier, makeVerifier } from '../../src/verify/pipeline.js'
import type { AcceptInput, BindingInput, Expectation, VectorInput } from '../support/vectors/format.js'

/** Trust anchors of a vector: per product line, certificates as base64 of their DER. */
export type TrustFile = Readonly<
  Record<
    'Milan' | 'Genoa' | 'Turin',
    {
      readonly ark: string
      readonly ask: string
      readonly asvk: string
      readonly revoked: readonly { readonly certificateSha256: string; readonly spkiSha256: string }[]
    }
  >
>

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))

export function trustOf(file: TrustFile): TrustAnchors {
  return anchorsFrom((line) => {
    const { ark, ask, asvk, revoked } = file[line]
    return { ark: bytesOf(ark), ask: bytesOf(ask), asvk: bytesOf(asvk), revoked }
  })
}

export function verifierOver(file: TrustFile, engine?: CryptoEngine): Verifier {
  return makeVerifier(trustOf(file), engine === undefined ? {} : { engine })
}

const evidenceOf = ({ evidence, files }: VectorInput): Uint8Array | ReadonlyMap<string, Uint8Array> =>
  files === undefined
    ? bytesOf(evidence)
    : new Map(Object.entries(files).map(([name, base64]) => [name, bytesOf(base64)]))

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

function acceptanceOf(input: AcceptInput): Acceptance {
  if (!('expect' in input)) return input
  return { expect: parseExpectations(JSON.stringify(input.expect), input.schema as ManifestSchema) }
}

async function bindingOf(input: BindingInput): Promise<Binding | Unchecked> {
  switch (input.form) {
    case 'unchecked':
      return { unchecked: input.reason }
    case 'profile':
      return profileBinding(input)
    case 'reportData':
      return bindings.reportData(fromHex(input.expected), { freshness: challengeOf(input.challenge) })
    case 'digest':
      return bindings.digest(input.algorithm as DigestAlgorithm, bytesOf(input.bytes), {
        freshness: challengeOf(input.challenge),
      })
    case 'manifest':
      return bindings.manifest({
        manifest: input.manifest,
        nonce: challengeOf(input.challenge),
        accept: acceptanceOf(input.accept),
        ...(input.algorithm === undefined ? {} : { algorithm: input.algorithm as DigestAlgorithm }),
        ...(input.carrier === undefined ? {} : { carrier: input.carrier }),
      })
  }
}

const challengeOf = (hex: string | undefined): Challenge | Unchecked =>
  hex === undefined ? { unchecked: 'the vector has no challenge' } : ownChallenge(fromHex(hex))

async function profileBinding(input: Extract<BindingInput, { readonly form: 'profile' }>): Promise<Binding> {
  const profile = await profileNamed(input.profile)
  if (profile === null) throw new Error(`no profile ${input.profile}`)
  const { inputs } = definitionOf(profile)
  const values = Object.entries(input.inputs).map(([name, hex]): readonly [string, unknown] => {
    const bytes = fromHex(hex)
    const source = inputs[name]?.source
    return [
      name,
      source === 'verifier' ? ownChallenge(bytes) : source === 'session' ? ownSession(bytes) : bytes,
    ]
  })
  const accept = Object.entries(input.accept ?? {}).map(([name, one]) => [name, acceptanceOf(one)])
  return (profile.with as (inputs: unknown) => Binding)({
    ...Object.fromEntries(values),
    accept: Object.fromEntries(accept),
  })
}

const policies = new Map<string, Promise<Policy>>()

/** Many vectors share a policy, and parsing one takes longer than a verification. */
function policyOf(text: string): Promise<Policy> {
  const known = policies.get(text) ?? parsePolicy(text)
  policies.set(text, known)
  return known
}

/** For runs that are about the parsing of policies as well. */
export function forgetPolicies(): void {
  policies.clear()
}

/**
 * What the verifier answers. Anything but a verdict or a {@link VerificationError} is thrown on.
 *
 * @param see - gets the whole answer, of which a vector states only a part.
 */
export async function runVector(
  input: VectorInput,
  verifier: Verifier,
  see: (answer: Appraisal | VerificationError) => void = () => undefined,
): Promise<Expectation> {
  try {
    const policy = await policyOf(input.policyText ?? JSON.stringify(input.policy))
    const evidence = await decodeEvidence(evidenceOf(input), input.format as EvidenceFormat | 'auto', {
      ...(input.endorsementKey == null ? {} : { endorsementKey: bytesOf(input.endorsementKey) }),
      certificates: (input.certificates ?? []).map(bytesOf),
      crls: (input.crls ?? []).map(({ crl, fetchedAt, scope }) => ({
        crl: bytesOf(crl),
        ...(fetchedAt === undefined ? {} : { fetchedAt: new Date(fetchedAt) }),
        ...(scope === undefined ? {} : { scope }),
      })),
    })
    const at = new Date(input.at)
    const outcome = await verifier.appraiseEvidence({
      evidence,
      policy,
      at,
      binding: await bindingOf(input.binding),
    })
    see(outcome)
    if (outcome.verdict === 'accepted') return { result: 'accepted', code: null, failed: [] }
    const failed = outcome.checks.filter((check) => check.outcome === 'failed').map(({ id }) => id)
    return { result: outcome.verdict, code: outcome.code, failed }
  } catch (error) {
    if (!isVerificationError(error)) throw error
    see(error)
    return { result: error.verdict, code: error.code, failed: [] }
  }
}
