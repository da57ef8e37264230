// The verifier over the lab's authorities, and the least that a call of it needs. Tests override what they are about.
import { parsePolicy } from '../../src/appraisal/policy.js'
import type { Policy } from '../../src/appraisal/policy.js'
import type { PolicyDocument } from '../../src/appraisal/document.js'
import { anchorsFrom } from '../../src/endorsement/anchors.js'
import type { TrustAnchors } from '../../src/endorsement/anchors.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import type { Evidence, EvidenceExtras } from '../../src/evidence/evidence.js'
import type { RevokedIntermediate } from '../../src/product/roots.js'
import type { VerificationInput } from '../../src/verify/input.js'
import { makeVerifier } from '../../src/verify/pipeline.js'
import type { Verifier } from '../../src/verify/pipeline.js'
import type { RefusedEvidence } from '../../src/verify/result.js'
import type { AcceptedEvidence } from '../../src/verify/result.js'
import type { LabEvidence } from './pki.js'
import { LAB_NOW, labPki } from './pki.js'

/** The lab's authorities as trust anchors, with intermediates of Genoa that count as revoked. */
export function labAnchors(revoked: readonly RevokedIntermediate[] = []): TrustAnchors {
  return anchorsFrom((line) => {
    const { ark, ask, asvk } = labPki().lines[line]
    return { ark: ark.der, ask: ask.der, asvk: asvk.der, revoked: line === 'Genoa' ? revoked : [] }
  })
}

/** One verifier for all tests: its anchors are read once. */
export const labVerifier: Verifier = makeVerifier(labAnchors())

const open = { unchecked: 'this test is about something else' } as const

/** A policy that leaves open whatever a policy can leave open. */
export const openPolicy: PolicyDocument = {
  version: 1,
  products: ['Milan', 'Genoa', 'Turin'],
  signers: ['vcek', 'vlek'],
  reportVersions: [2, 3, 4, 5],
  measurements: open,
  idBlock: open,
  identity: open,
  hostData: open,
  vmpl: open,
  chips: open,
  cspIds: open,
  endorsementKeys: open,
  reportIds: open,
  denied: { chips: [], endorsementKeys: [], measurements: [], cspIds: [] },
  guestPolicy: open,
  platform: open,
  tcb: open,
  firmware: open,
  provisionalFirmware: open,
  revocation: open,
  intermediates: 'pinned',
  freshness: open,
}

/** The open policy with some keys stated. */
export function policyOf(stated: Partial<PolicyDocument> = {}): Promise<Policy> {
  return parsePolicy(JSON.stringify({ ...openPolicy, ...stated }))
}

/** Lab evidence as files: the report and its leaf, and whatever else a test adds. */
export function evidenceOf(
  lab: Pick<LabEvidence, 'report' | 'vek'>,
  extras: EvidenceExtras = {},
): Promise<Evidence> {
  return decodeEvidence(lab.report, 'snp-report', { endorsementKey: lab.vek, ...extras })
}

/** The input of a verification that is accepted, with an unchecked binding unless a test states one. */
export async function inputOf(
  evidence: Evidence | Promise<Evidence>,
  stated: Partial<VerificationInput> = {},
): Promise<VerificationInput> {
  return {
    evidence: await evidence,
    policy: stated.policy ?? (await policyOf()),
    binding: open,
    at: LAB_NOW,
    ...stated,
  }
}

/** What a verification came to: the accepted result, or the refusal. */
export async function outcomeOf(
  verifier: Pick<Verifier, 'appraiseEvidence'>,
  input: VerificationInput,
): Promise<AcceptedEvidence | RefusedEvidence> {
  const appraisal = await verifier.appraiseEvidence(input)
  return appraisal.verdict === 'accepted' ? appraisal.verified : appraisal
}

/** The code of a refusal, `null` if it was accepted. Unexpected success so fails a comparison with a code. */
export async function codeOf(
  verifier: Pick<Verifier, 'appraiseEvidence'>,
  input: VerificationInput,
): Promise<string | null> {
  const appraisal = await verifier.appraiseEvidence(input)
  return appraisal.verdict === 'accepted' ? null : appraisal.code
}
