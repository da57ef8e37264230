/** `bindings.manifest`: reads the manifest, and runs the native profile over its digest. Loaded on first use. */
import type { DigestAlgorithm } from '../crypto/digests.js'
import { isBytes } from '../encoding/bytes.js'
import { isVerificationError } from '../errors/error.js'
import { type Manifest, requireManifest } from '../manifest/manifest.js'
import { parseManifest } from '../manifest/parse.js'
import type { CheckedAcceptance } from './acceptance.js'
import type { BindingContext } from './binding.js'
import { type Challenge, bytesOfChallenge } from './challenge.js'
import type { BoundClaims } from './claims.js'
import { manifestHost, manifestNonce, plainProfiles } from './native-profiles.js'
import { definitionOf } from './profile.js'
import { runProfile } from './run-profile.js'

export interface ManifestRequest {
  /** Text or bytes, which are read with the first use, or a manifest. */
  readonly manifest: string | Uint8Array | Manifest
  readonly algorithm: DigestAlgorithm
  readonly carrier: 'REPORT_DATA' | 'HOST_DATA'
  readonly challenge: Challenge | null
  /** Why there is no challenge. */
  readonly freshnessReason: string | null
  readonly acceptance: CheckedAcceptance
}

/** What cannot be read is a failed check of the verification, as it is where the manifest comes with the evidence. */
function manifestFrom(given: ManifestRequest['manifest'], { ledger }: BindingContext): Manifest {
  if (typeof given !== 'string' && !isBytes(given)) return requireManifest(given)
  try {
    return parseManifest(given, { schema: 'attested/manifest@1', bytes: 'canonical' })
  } catch (error) {
    if (isVerificationError(error)) ledger.fail('binding.decode', { reason: error.code })
    throw error
  }
}

/** @throws VerificationError as the manifest and the profile are refused. */
export function runManifest(request: ManifestRequest, context: BindingContext): Promise<BoundClaims> {
  const { manifest: given, algorithm, carrier, challenge, freshnessReason, acceptance } = request
  const manifest = manifestFrom(given, context)
  const profile =
    carrier === 'HOST_DATA' ? manifestHost : challenge === null ? plainProfiles[algorithm] : manifestNonce
  const inputs = new Map([['manifest', manifest.digest(algorithm)]])
  if (challenge !== null) inputs.set('nonce', bytesOfChallenge(challenge))
  return runProfile(
    definitionOf(profile),
    {
      inputs,
      challenge,
      freshnessReason,
      manifest,
      acceptances: new Map([['manifest', acceptance]]),
      unaccepted: new Set(acceptance.kind === 'unchecked' ? ['manifest'] : []),
    },
    context,
  )
}
