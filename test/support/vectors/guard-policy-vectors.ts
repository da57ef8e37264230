// Stage policy, guards: combinations that one rule alone refuses, each over evidence that the policy would accept.
import { hwIdOf, labChipId } from '../report.js'
import { toHex } from '../der.js'
import { type Json, type TestSketch, type VectorInput } from './format.js'
import { evidenceOf, policyWith } from './inputs.js'

const open = { unchecked: 'not part of this vector' }
const invalid = (
  comment: string,
  why: string,
  policy: Json,
  more: Partial<VectorInput> = {},
): TestSketch => ({
  comment,
  why,
  source: 'attested policy, version 1',
  flags: ['missingStep'],
  input: { ...more, policy },
  code: 'POLICY_INVALID',
  verdict: 'malformed',
})
const idBlock = {
  idKeyDigests: open,
  authorKeyDigests: open,
  minGuestSvn: open,
  familyIds: open,
  imageIds: open,
}
const levels = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
const any = { family: 'any', model: 'any', stepping: 'any' }
const floor = { ...any, reported: levels, committed: open, current: open, launch: open, mitigations: open }
const floors = (...list: readonly Json[]): Json => policyWith('tcb', { floors: list })

export const policyGuards: readonly TestSketch[] = [
  invalid(
    'an author key digest of zeros, under AUTHOR_KEY_EN',
    'zero means that there is none',
    policyWith('idBlock', { ...idBlock, authorKeyDigests: ['00'.repeat(48)] }),
    evidenceOf({ line: 'Genoa', version: 3, report: { authorKeyEn: true } }),
  ),
  invalid(
    'a chip of zeros beside the right one',
    'zero is a masked CHIP_ID',
    policyWith('chips', ['00'.repeat(64), toHex(hwIdOf('Genoa', labChipId('Genoa')))]),
  ),
  invalid('firmware 1.49.256', 'a part is a byte', policyWith('firmware', { minCommitted: '1.49.256' })),
  invalid(
    'a microcode floor of 1 for any stepping',
    'microcode counts per silicon',
    floors({ ...floor, product: 'Genoa', family: 25, model: 17, reported: { ...levels, microcode: 1 } }),
  ),
  invalid(
    'family 26 for Genoa, beside a floor for all of it',
    'it can never match',
    floors({ ...floor, product: 'Genoa' }, { ...floor, product: 'Genoa', family: 26 }),
  ),
  invalid(
    'model 1 for Genoa, beside a floor for all of it',
    'it can never match',
    floors({ ...floor, product: 'Genoa' }, { ...floor, product: 'Genoa', model: 1 }),
  ),
  invalid(
    'no fmc for Turin, beside a floor for Genoa',
    'Turin has one',
    floors({ ...floor, product: 'Genoa' }, { ...floor, product: 'Turin' }),
  ),
]
