/**
 * Confidential VMs of Azure. A paravisor that Microsoft builds (HCL, OpenHCL) runs at VMPL 0, asks for the report when
 * the VM starts, and gives the VM a virtual TPM.
 *
 *   REPORT_DATA = SHA-256(runtime claims) ‖ 32 zeros     claims: JSON with the attestation key of the vTPM
 *   quote       = by that key, RSASSA-PKCS1-v1_5 with SHA-256, over the challenge and the digest of PCRs
 *
 * Sources: kinvolk/azure-cvm-tooling, `az-cvm-vtpm`; microsoft/openvmm; TCG, TPM 2.0 Library, Part 2. What software the
 * customer runs is in the PCRs and nowhere else: MEASUREMENT, ID block and VMPL are those of the paravisor.
 */
import { hclRuntime, maxRuntimeClaims, tpmQuote } from '../binding/azure-codecs.js'
import type { CommitEdge, DecodeEdge, InputDefinition } from '../binding/definition.js'
import { hash, input, padRight } from '../binding/expression.js'
import { type Profile, defineProfile } from '../binding/profile.js'

const source = 'kinvolk/azure-cvm-tooling, az-cvm-vtpm; microsoft/openvmm; TCG, TPM 2.0 Library, Part 2'

const runtimeData: InputDefinition = { source: 'evidence', length: { min: 2, max: maxRuntimeClaims } }

const committed: CommitEdge = {
  kind: 'commit',
  carrier: 'REPORT_DATA',
  layout: [padRight(64, hash('sha256', input('runtimeData')))],
}
const decoded: DecodeEdge = { kind: 'decode', of: 'runtimeData', codec: hclRuntime }

const measured =
  'MEASUREMENT is that of the paravisor, which Microsoft builds, and says nothing of what the VM booted'

/** Whoever has a report at another level of the same guest writes claims of its own, with a key of its own. */
const vmpl: readonly number[] = [0]
const ownLevel = 'only the paravisor runs at VMPL 0, where the report was asked for'

/**
 * Evidence of the formats `azure-hcl` and `az-snp-vtpm`. Inputs: `nonce`, a challenge of 16 to 64 bytes, as the quote was
 * asked for; `pcrSelection`, 3 bytes, the PCRs that it must be over (bit i of byte k is PCR 8 k + i: `ffffff` for all);
 * `pcrs`, their expected values in ascending order, 32 bytes each, or `{ unchecked: reason }`. `tpmQuote` (TPMS_ATTEST)
 * and `tpmSignature` (256 bytes) where the container does not hold them.
 */
export const azureHcl: Profile<{
  readonly nonce: 'verifier'
  readonly pcrSelection: 'expected'
  readonly pcrs: 'reference'
  readonly runtimeData: 'evidence'
  readonly tpmQuote: 'evidence'
  readonly tpmSignature: 'evidence'
}> = defineProfile({
  id: 'azure-hcl/1',
  title: 'A confidential VM of Azure, and a quote by its virtual TPM',
  source,
  inputs: {
    nonce: { source: 'verifier', length: { min: 16, max: 64 } },
    pcrSelection: { source: 'expected', length: 3 },
    pcrs: { source: 'reference', length: { min: 32, max: 24 * 32 } },
    runtimeData,
    tpmQuote: { source: 'evidence', length: { min: 1, max: 1024 } },
    tpmSignature: { source: 'evidence', length: { min: 256, max: 512 } },
  },
  edges: [
    committed,
    decoded,
    {
      kind: 'sign',
      algorithm: 'RSA-PKCS1-SHA256',
      key: 'akPub',
      keyForm: 'spki-der',
      message: input('tpmQuote'),
      signature: 'tpmSignature',
    },
    { kind: 'decode', of: 'tpmQuote', codec: tpmQuote },
    { kind: 'commit', carrier: { claim: 'quoteNonce' }, layout: [input('nonce')] },
    // Without it equal values in other registers would do, and the guest may write some of them at will.
    { kind: 'commit', carrier: { claim: 'quotePcrSelection' }, layout: [input('pcrSelection')] },
    { kind: 'commit', carrier: { claim: 'quotePcrDigest' }, layout: [hash('sha256', input('pcrs'))] },
  ],
  keys: { akPub: { possession: 'signedChallenge' } },
  freshness: { challenge: 'nonce' },
  vmpl,
  assumptions: [
    measured,
    ownLevel,
    'the report is as old as the start of the VM: the quote alone is fresh, and the paravisor measured then still keeps the key that signs it',
    'the virtual TPM lets this key sign only what the TPM itself states (a restricted key)',
    'PCRs say what the VM booted as far as each step of its boot measures the next',
  ],
})

/**
 * The same evidence without a quote: the report commits to the attestation key of the virtual TPM, and nothing is fresh.
 * Says neither what the VM booted nor that anybody holds the key.
 */
export const azureHclReport: Profile<{ readonly runtimeData: 'evidence' }> = defineProfile({
  id: 'azure-hcl-report/1',
  title: 'A confidential VM of Azure without a quote: the attestation key of its virtual TPM',
  source,
  inputs: { runtimeData },
  edges: [committed, decoded],
  keys: { akPub: { possession: 'none' } },
  freshness: { none: 'the paravisor asks for the report when the VM starts, with no challenge in it' },
  vmpl,
  assumptions: [measured, ownLevel],
})
