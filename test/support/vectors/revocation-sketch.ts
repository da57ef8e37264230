// What the vectors of revocation have in common.
import { type CrlOptions } from '../crl.js'
import { labCrl } from '../pki.js'
import { type CrlInput, type Json, type TestSketch } from './format.js'
import { base64, policyWith } from './inputs.js'

export const rfc = 'RFC 5280 §5, §6.3'
export const rule = { crl: 'required', graceDays: 0, minNumbers: { Genoa: 7 }, maxFetchAgeDays: 30 } as const
export const stated = { unchecked: 'not part of this vector' }
export const policyOf = (changes: Readonly<Record<string, Json>> = {}): Json =>
  policyWith('revocation', { ...rule, ...changes })

export const fetchedAt = '2026-05-30T00:00:00Z'
export const crlOf = (
  options: Partial<CrlOptions> = {},
  more: Partial<CrlInput> = { fetchedAt },
): CrlInput => ({
  crl: base64(labCrl('Genoa', options)),
  ...more,
})

export const accept = (
  comment: string,
  why: string,
  crls: readonly CrlInput[],
  policy: Json = policyOf(),
  at?: string,
): TestSketch => ({
  comment,
  why,
  source: rfc,
  flags: ['valid'],
  input: { crls, policy, ...(at === undefined ? {} : { at }) },
})
export const unverifiable = (
  comment: string,
  why: string,
  crls: readonly CrlInput[],
  [code, check]: readonly [code: string, check: string],
  policy: Json = policyOf(),
  at?: string,
): TestSketch => ({
  ...accept(comment, why, crls, policy, at),
  flags: ['missingStep'],
  code,
  verdict: 'unverifiable',
  failed: [check],
})

export const missing = ['REVOCATION_MISSING', 'revocation.crl'] as const
export const stale = ['REVOCATION_STALE', 'revocation.graceDays'] as const
export const low = ['REVOCATION_NUMBER', 'revocation.minNumbers'] as const
export const old = ['REVOCATION_FETCH_AGE', 'revocation.maxFetchAgeDays'] as const

export const unchecked = policyWith('revocation', stated)
