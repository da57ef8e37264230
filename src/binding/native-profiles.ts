/**
 * Commitments to a manifest by its digest, in formats of this library: alone, with a challenge, and chosen at launch.
 */
import type { DigestAlgorithm } from '../crypto/digests.js'
import type { InputDefinition } from './definition.js'
import { type Expression, frame, hash, input, padRight } from './expression.js'
import { type Profile, defineProfile } from './profile.js'

const source = 'attested, native frame'
const digest32To64: InputDefinition = { source: 'expected', length: { min: 32, max: 64 } }

const sizes: Readonly<Record<DigestAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 }

type Digest = Profile<{ readonly manifest: 'expected' }>

const plain = (id: string, algorithm: DigestAlgorithm): Digest => {
  const size = sizes[algorithm]
  const digest = input('manifest')
  const layout: readonly Expression[] = [size === 64 ? digest : padRight(64, digest)]
  return defineProfile({
    id,
    title: `A manifest by its ${algorithm} digest`,
    source,
    inputs: { manifest: { source: 'expected', length: size } },
    edges: [{ kind: 'commit', carrier: 'REPORT_DATA', layout }],
    freshness: { none: 'no challenge is in it: the report may be as old as its certificates' },
  })
}

/** REPORT_DATA is the SHA-256 digest of a manifest, and zeros. */
export const manifestDigest: Digest = plain('manifest/1', 'sha256')
/** REPORT_DATA is the SHA-384 digest of a manifest, and zeros. */
export const manifestDigest384: Digest = plain('manifest-sha384/1', 'sha384')
/** REPORT_DATA is the SHA-512 digest of a manifest. */
export const manifestDigest512: Digest = plain('manifest-sha512/1', 'sha512')

/** REPORT_DATA is the SHA-512 of the native frame over a manifest's digest and a challenge. */
export const manifestNonce: Profile<{ readonly manifest: 'expected'; readonly nonce: 'verifier' }> =
  defineProfile({
    id: 'manifest-nonce/1',
    title: 'A manifest by its digest, and a challenge',
    source,
    inputs: { manifest: digest32To64, nonce: { source: 'verifier', length: { min: 16, max: 1024 } } },
    edges: [{ kind: 'commit', carrier: 'REPORT_DATA', layout: [hash('sha512', frame('manifest', 'nonce'))] }],
    freshness: { challenge: 'nonce' },
  })

/** HOST_DATA is the SHA-256 of the native frame over a manifest's digest. */
export const manifestHost: Digest = defineProfile({
  id: 'manifest-host/1',
  title: 'A manifest by its digest, chosen by the host at launch',
  source,
  inputs: { manifest: digest32To64 },
  edges: [
    {
      kind: 'commit',
      carrier: 'HOST_DATA',
      layout: [hash('sha256', frame('manifest'))],
      enforcement:
        'the measured guest refuses to act on a manifest whose digest HOST_DATA does not commit to',
    },
  ],
  freshness: { none: 'the host sets HOST_DATA once, at launch' },
})

/** The profile that commits to a digest of this algorithm alone. */
export const plainProfiles: Readonly<Record<DigestAlgorithm, Digest>> = {
  sha256: manifestDigest,
  sha384: manifestDigest384,
  sha512: manifestDigest512,
}
