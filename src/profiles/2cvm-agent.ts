/**
 * The attestation agent of 2cVM: two companies that do not trust each other, one machine.
 *
 * REPORT_DATA = SHA-256(nonce) ‖ SHA-256(PEM of the machine's key); that key signs the commitment manifest with
 * RSASSA-PSS and the largest salt. Source: idlab-discover/2cVM-attestation-agent a75c58d, `agent/routes/attestation.py`.
 *
 * The signature covers no challenge, so that a manifest is only as fresh as the agent is honest: it signs one manifest
 * and then none. That the machine runs such an agent is what the measurement says. Nothing shows that whoever answers
 * holds the key: encrypt to it. What the agent cannot prove: that uploads were encrypted to its key, who fetches
 * results, and that it was not put into its development mode afterwards.
 */
import { hash, input } from '../binding/expression.js'
import { agentManifest } from '../binding/manifest-codec.js'
import { type Profile, defineProfile } from '../binding/profile.js'

/**
 * Evidence of the 2cVM agent, format `2cvm-agent`. Inputs: `nonce`, a challenge of 16 to 64 bytes, as it was sent in
 * `hex_nonce`. `accept.manifest` says which manifest is accepted; a digest is SHA-256 of the bytes that were signed.
 */
export const twoCvmAgent: Profile<{
  readonly nonce: 'verifier'
  readonly teeKeyPem: 'evidence'
  readonly manifest: 'evidence'
  readonly manifestSignature: 'evidence'
}> = defineProfile({
  id: '2cvm-agent/1',
  title: 'The 2cVM attestation agent',
  source: 'idlab-discover/2cVM-attestation-agent a75c58d; arXiv 2606.10615',
  inputs: {
    nonce: { source: 'verifier', length: { min: 16, max: 64 } },
    teeKeyPem: { source: 'evidence', length: { min: 100, max: 4096 } },
    manifest: { source: 'evidence', length: { min: 2, max: 1024 * 1024 }, missing: 'MANIFEST_NOT_LOCKED' },
    manifestSignature: { source: 'evidence', length: { min: 1, max: 1024 }, missing: 'MANIFEST_NOT_LOCKED' },
  },
  edges: [
    {
      kind: 'commit',
      carrier: 'REPORT_DATA',
      layout: [hash('sha256', input('nonce')), hash('sha256', input('teeKeyPem'))],
    },
    {
      kind: 'sign',
      algorithm: 'RSA-PSS-SHA256',
      saltLength: 'max',
      key: 'teeKeyPem',
      keyForm: 'spki-pem',
      message: input('manifest'),
      signature: 'manifestSignature',
      code: 'MANIFEST_SIGNATURE_INVALID',
      assumption:
        'the measured agent makes its key after launch and signs one manifest with it, and nothing else',
    },
    { kind: 'decode', of: 'manifest', codec: agentManifest },
  ],
  keys: { teeKeyPem: { possession: 'none' } },
  freshness: { challenge: 'nonce' },
})
