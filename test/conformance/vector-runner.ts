// Runs one vector: the merged input of its group and itself, through the whole verifier.
import { anchorsFrom } from '../../src/endorsement/anchors.js'
import type { TrustAnchors } from '../../src/endorsement/anchors.js'
import { bindings, decodeEvidence, isVerificationError, ownChallenge, parsePolicy } from '../../src/index.js'
import type {
  Appraisal,
  Binding,
  DigestAlgorithm,
  EvidenceFormat,
  Policy,
  Unchecked,
  VerificationError,
} from '../../src/index.js'
import type { CryptoEngine } from '../../src/crypto/engine.js'
import { type Verifier, makeVerifier } from '../../src/verify/pipeline.js'
import type { BindingInput, Expectation, VectorInput } from '../support/vectors/format.js'

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

function bindingOf(input: BindingInput): Binding | Unchecked {
  if (input.form === 'unchecked') return { unchecked: input.reason }
  const freshness =
    input.challenge === undefined
      ? { unchecked: 'the vector has no challenge' }
      : ownChallenge(new Uint8Array(Buffer.from(input.challenge, 'hex')))
  return input.form === 'reportData'
    ? bindings.reportData(new Uint8Array(Buffer.from(input.expected, 'hex')), { freshness })
    : bindings.digest(input.algorithm as DigestAlgorithm, bytesOf(input.bytes), { freshness })
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
    const evidence = await decodeEvidence(bytesOf(input.evidence), input.format as EvidenceFormat | 'auto', {
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
      binding: bindingOf(input.binding),
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
