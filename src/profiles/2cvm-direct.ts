/** 2cVM without a signing key: the report commits to the key, the manifest and the challenge at once. */
import { frame, hash } from '../binding/expression.js'
import { type Profile, defineProfile } from '../binding/profile.js'

/**
 * REPORT_DATA is the SHA-512 of the native frame over the machine's key (SubjectPublicKeyInfo, DER), the digest of the
 * manifest and a challenge. The paper says that the manifest is "incorporated into attestation evidence"; no system
 * that does it this way has been seen.
 */
export const twoCvmDirect: Profile<{
  readonly key: 'evidence'
  readonly manifest: 'expected'
  readonly nonce: 'verifier'
}> = defineProfile({
  id: '2cvm-direct/1',
  title: '2cVM with the manifest in the report',
  source: 'arXiv 2606.10615; attested, native frame',
  inputs: {
    key: { source: 'evidence', length: { min: 32, max: 4096 } },
    manifest: { source: 'expected', length: { min: 32, max: 64 } },
    nonce: { source: 'verifier', length: { min: 16, max: 1024 } },
  },
  edges: [
    { kind: 'commit', carrier: 'REPORT_DATA', layout: [hash('sha512', frame('key', 'manifest', 'nonce'))] },
  ],
  keys: { key: { possession: 'none' } },
  freshness: { challenge: 'nonce' },
  experimental: 'no system that makes such evidence has been seen',
})
