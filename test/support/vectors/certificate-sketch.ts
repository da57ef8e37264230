// What the vectors of certificates have in common: outcomes, and the small edits they are made of.
import { type Extensions, type VekOptions, setExtension } from '../certificates.js'
import { type TestSketch } from './format.js'
import { evidenceOf } from './inputs.js'

export type Vek = Omit<Partial<VekOptions>, 'line' | 'kind'>
export type Outcome = readonly [code: string, verdict: 'malformed' | 'rejected' | 'unverifiable']

export const kds = 'AMD 57230, VCEK and VLEK certificates'
export const rfc = 'RFC 5280 §4.1'
export const x690 = 'ITU-T X.690'
export const malformed: Outcome = ['CERTIFICATE_MALFORMED', 'malformed']
export const profile: Outcome = ['CERTIFICATE_PROFILE', 'rejected']
export const unsupported: Outcome = ['CERTIFICATE_UNSUPPORTED', 'unverifiable']
export const notCanonical: Outcome = ['DER_NOT_CANONICAL', 'malformed']
export const unexpected: Outcome = ['DER_UNEXPECTED', 'malformed']
export const trailing: Outcome = ['DER_TRAILING_DATA', 'malformed']
export const limit: Outcome = ['DER_LIMIT', 'malformed']
export const algorithm: Outcome = ['CERTIFICATE_ALGORITHM', 'rejected']
export const mismatch: Outcome = ['CERTIFICATE_ALGORITHM_MISMATCH', 'rejected']

export type Place = { readonly line?: 'Milan' | 'Genoa' | 'Turin'; readonly signer?: 'vcek' | 'vlek' }

export function refused(
  comment: string,
  vek: Vek,
  [code, verdict]: Outcome,
  why: string,
  source = kds,
  place: Place = {},
): TestSketch {
  return {
    comment,
    why,
    source,
    flags: code.startsWith('DER')
      ? ['encoding']
      : code.includes('ALGORITHM')
        ? ['modified']
        : ['missingStep'],
    input: evidenceOf({ line: 'Genoa', version: 3, ...place, vek }),
    code,
    verdict,
    failed: ['endorsement.certificate'],
  }
}

export const fine = (
  comment: string,
  vek: Vek,
  why: string,
  source = kds,
  place: Place = {},
): TestSketch => ({
  comment,
  why,
  source,
  flags: ['valid', 'edge'],
  input: evidenceOf({ line: 'Genoa', version: 3, ...place, vek }),
})

export const edit = (change: (list: Extensions) => Extensions): Vek => ({ edit: change })
export const valueOf = (id: string, value: Uint8Array): Vek =>
  edit((list) => setExtension(list, id, { value }))
export const add = (id: string, value: Uint8Array): Vek => edit((list) => [...list, { oid: id, value }])
export const profileWhy = "only exactly AMD's extensions mean what this verifier takes them to mean"
export const vlek: Place = { line: 'Milan', signer: 'vlek' }
export const turin: Place = { line: 'Turin' }
