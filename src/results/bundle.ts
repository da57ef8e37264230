/**
 * Offline bundles: evidence, what endorses it, and as a record how it was judged once, in one deterministic file.
 *
 * To verify a bundle, decode it as evidence (`attested-bundle`) and judge it by your own policy at your own time. A
 * replay only recomputes what the file records.
 */
import { appraiseEvidence } from '../verify/amd.js'
import { type BundleInput, type MadeBundle, createBundleWith } from './bundle-create.js'
import { type ReplayJson, replayBundleWith } from './replay.js'

export type { BundleInput, MadeBundle } from './bundle-create.js'
export type { RecordedBinding, RecordedProfile, RecordedReportData } from './recorded-binding.js'
export type { ReplayDifference, ReplayJson } from './replay.js'

/**
 * Verifies evidence and makes a bundle of it and of the verdict, whatever that is.
 *
 * The same input gives the same bytes.
 *
 * @throws VerificationError for a policy, manifest or expectations that cannot be read; `EVIDENCE_SIZE` for what is
 *   too large for a bundle of 1 MiB.
 * @throws TypeError for missing or wrong input.
 */
export function createBundle(input: BundleInput): Promise<MadeBundle> {
  return createBundleWith(input, { appraiseEvidence })
}

/**
 * Recomputes the verdict that a bundle records, by the policy and at the time in its record.
 *
 * @returns `reproduced`, or the differences. Neither says that the evidence is good: its record is its maker's word.
 * @throws VerificationError `EVIDENCE_MALFORMED`, `EVIDENCE_SIZE`, or what the recorded policy or a recorded document is
 *   refused with.
 * @throws TypeError for what is no bytes.
 */
export function replayBundle(bundle: Uint8Array): Promise<ReplayJson> {
  return replayBundleWith(bundle, { appraiseEvidence })
}
