/**
 * Acceptance: which of the claims the caller takes. That the report commits to something does not make it right.
 */
import { hashBytes } from '../crypto/more-digests.js'
import { equalBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import type { Ledger } from '../errors/ledger.js'
import type { ProfileDefinition } from './definition.js'
import type { Expectations } from '../manifest/expectations.js'
import type { ManifestCheck } from '../manifest/check.js'
import type { Manifest } from '../manifest/manifest.js'
import type { CheckedAcceptance } from './acceptance.js'

interface Claimed {
  readonly bytes: Uint8Array
}

const algorithmOf = new Map([
  [32, 'sha256'],
  [48, 'sha384'],
  [64, 'sha512'],
] as const)

/** What the caller accepts. */
export interface Accepted {
  /** The names of claims: what the caller chose itself, and what of the evidence it pinned. */
  readonly names: ReadonlySet<string>
  /** What the rules say of a manifest that is accepted by them; `null` where no rule was asked. */
  readonly rules: ManifestCheck | null
}

/**
 * Which claims the caller accepts.
 *
 * @throws VerificationError `MANIFEST_DIGEST_MISMATCH`, `BINDING_NOT_ACCEPTED`, or the code of a rule of the manifest.
 */
export async function acceptClaims(
  found: ReadonlyMap<string, Claimed>,
  manifest: Manifest | null,
  { acceptances }: { readonly acceptances: ReadonlyMap<string, CheckedAcceptance> },
  { id, inputs }: ProfileDefinition,
  ledger: Ledger,
): Promise<Accepted> {
  const names = new Set(
    [...found.keys()].filter((name) => {
      const source = inputs[name]?.source
      return source !== undefined && source !== 'evidence'
    }),
  )
  const reasons: string[] = []
  let rules: ManifestCheck | null = null
  try {
    for (const [name, acceptance] of acceptances) {
      const claim = found.get(name)
      if (acceptance.kind === 'unchecked') {
        reasons.push(acceptance.reason)
        continue
      }
      if (claim === undefined) throw notAccepted(id, name, null, null)
      // Another document beside the manifest is not judged by it.
      const document = name === 'manifest' ? manifest : null
      if (acceptance.kind === 'digest') requireDigest(id, name, claim.bytes, acceptance, document)
      else rules = await requireExpected(document, acceptance.expect)
      names.add(name)
    }
  } catch (error) {
    if (error instanceof VerificationError) ledger.fail('binding.accept', { reason: error.code })
    throw error
  }
  if (reasons.length > 0) ledger.leaveUnchecked('binding.accept', [...new Set(reasons)].join('; '))
  else if (acceptances.size > 0) ledger.pass('binding.accept')
  else ledger.pass('binding.accept', { reason: 'nothing that comes with the evidence is accepted' })
  return { names, rules }
}

function requireDigest(
  profile: string,
  name: string,
  bytes: Uint8Array,
  { digest: expected, isDocument }: Extract<CheckedAcceptance, { readonly kind: 'digest' }>,
  manifest: Manifest | null,
): void {
  const algorithm = algorithmOf.get(expected.length as 32 | 48 | 64) ?? 'sha256'
  // The claim may itself be a digest of the manifest, of another algorithm.
  const actual = isDocument && manifest !== null ? manifest.digest(algorithm) : hashBytes(algorithm, bytes)
  if (equalBytes(actual, expected)) return
  const [want, have] = [toHex(expected), toHex(actual)]
  if (!isDocument) throw notAccepted(profile, name, want, have)
  throw new VerificationError(
    'MANIFEST_DIGEST_MISMATCH',
    `${name} is not the manifest that the caller pinned`,
    {
      profile,
      algorithm,
      expected: want,
      actual: have,
    },
  )
}

const notAccepted = (profile: string, name: string, expected: string | null, actual: string | null) =>
  new VerificationError('BINDING_NOT_ACCEPTED', `${profile}: ${name} is not what the caller pinned`, {
    profile,
    input: name,
    expected,
    actual,
  })

/** Loaded on first use: most callers pin a digest. */
async function requireExpected(manifest: Manifest | null, expect: unknown): Promise<ManifestCheck> {
  if (manifest === null) throw new TypeError('expectations are for a manifest')
  const { requireSoundManifest } = await import('../manifest/check.js')
  // What is no expectations of the same schema is a TypeError there.
  return requireSoundManifest(manifest, expect as Expectations)
}
