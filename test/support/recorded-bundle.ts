// Bundles of lab evidence, and records that somebody changed.
import { canonicalJson } from '../../src/encoding/canonical-json.js'
import type { JsonValue } from '../../src/errors/error.js'
import type { BundleRecord } from '../../src/evidence/bundle-document.js'
import { readBundleDocument, writeBundle } from '../../src/evidence/bundle-document.js'
import type { EvidenceExtras } from '../../src/evidence/evidence.js'
import type { BundleInput } from '../../src/results/bundle-create.js'
import { createBundleWith } from '../../src/results/bundle-create.js'
import type { RecordedBinding } from '../../src/results/recorded-binding.js'
import { evidenceOf, labVerifier, openPolicy } from './lab-verifier.js'
import { LAB_NOW, labEvidence } from './pki.js'
import { LAB_REPORT_DATA } from './report.js'

const lab = labEvidence()
const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

export const bundlePolicy = JSON.stringify({
  ...openPolicy,
  revocation: { crl: 'required', graceDays: 0, minNumbers: { Milan: 1 }, maxFetchAgeDays: 30 },
  freshness: 'challenge',
})
const challenge: RecordedBinding = { reportData: LAB_REPORT_DATA, challenge: true }
export const bundleCrls = [{ crl: lab.crl, fetchedAt: LAB_NOW, scope: 'vcek' as const }]

/** What is accepted, unless a test states something else. */
export async function bundleInput(
  stated: Partial<BundleInput> = {},
  extras: EvidenceExtras = { crls: bundleCrls },
): Promise<BundleInput> {
  const evidence = await evidenceOf(lab, extras)
  return { evidence, policy: bundlePolicy, binding: challenge, at: LAB_NOW, ...stated }
}

export async function labBundle(stated?: Partial<BundleInput>, extras?: EvidenceExtras): Promise<Uint8Array> {
  return (await createBundleWith(await bundleInput(stated, extras), labVerifier)).bytes
}

/** A bundle with another record. */
export const recording = (bundle: Uint8Array, record: Partial<BundleRecord>): Uint8Array => {
  const document = readBundleDocument(bundle)
  return writeBundle({ ...document, record: { ...document.record, ...record } })
}
export type Loose = Record<string, unknown>
export const jsonIn = (bytes: Uint8Array): Loose => JSON.parse(textOf(bytes)) as Loose
export const withRun = (bundle: Uint8Array, edit: (run: Loose) => void): Uint8Array => {
  const run = jsonIn(readBundleDocument(bundle).record.run)
  edit(run)
  return recording(bundle, { run: utf8(JSON.stringify(run)) })
}
export const withVerdict = (bundle: Uint8Array, edit: (verdict: Loose) => void): Uint8Array => {
  const verdict = jsonIn(readBundleDocument(bundle).record.verdict)
  edit(verdict)
  return recording(bundle, { verdict: utf8(canonicalJson(verdict as JsonValue)) })
}
