// What the vectors of appraisal have in common: the two sides of a check, and reports and policies to judge.
import { createHash } from 'node:crypto'
import { toHex } from '../der.js'
import { type EvidenceOptions } from '../pki.js'
import { type ReportFields } from '../report.js'
import { type Json, type TestSketch } from './format.js'
import { evidenceOf, policyWith } from './inputs.js'

export const source = 'attested policy, version 1'
export const open = { unchecked: 'not part of this vector' }
export const digestOf = (algorithm: string, text: string): Uint8Array =>
  Uint8Array.from(createHash(algorithm).update(text).digest())
export const hex = (algorithm: string, text: string): string => toHex(digestOf(algorithm, text))
export const codeOf = (id: string): string =>
  'APPRAISAL_' +
  id
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()

export interface Sides {
  readonly id: string
  readonly why: string
  /** Evidence of both sides. */
  readonly evidence?: EvidenceOptions
  readonly bad: readonly (readonly [comment: string, policy: Json, evidence?: EvidenceOptions])[]
  readonly good: readonly (readonly [comment: string, policy: Json, evidence?: EvidenceOptions])[]
}

export const base: EvidenceOptions = { line: 'Genoa', version: 5 }

/** Vectors of one check: what it alone refuses, and what stands next to that and is accepted. */
export function sides({ id, why, evidence = base, bad, good }: Sides): readonly TestSketch[] {
  const sketch = (comment: string, policy: Json, own: EvidenceOptions | undefined): TestSketch => ({
    comment: `${id}: ${comment}`,
    why,
    source,
    flags: ['valid', 'edge'],
    input: { ...evidenceOf(own ?? evidence), policy },
  })
  return [
    ...bad.map(([comment, policy, own]): TestSketch => ({
      ...sketch(comment, policy, own),
      flags: ['missingStep'],
      code: codeOf(id),
      failed: [id],
    })),
    ...good.map(([comment, policy, own]) => sketch(comment, policy, own)),
  ]
}

export const report = (
  fields: Omit<ReportFields, 'line' | 'signer' | 'version'>,
  more: EvidenceOptions = {},
): EvidenceOptions => ({ ...base, ...more, report: fields })
export const on = policyWith
