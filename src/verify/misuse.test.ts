// The words of refusals that are about the call, not about the evidence; and those about the leaf.
import { describe, expect, it } from 'vitest'
import { evidenceOf, inputOf, policyOf } from '../../test/support/lab-verifier.js'
import { labEvidence } from '../../test/support/pki.js'
import { parseReport } from '../report/report.js'
import { appraisedOf, uncheckedItems } from './accepted.js'
import { checkInput } from './input.js'
import { readEndorsementKey } from './leaf.js'

const lab = labEvidence()
const right = () => inputOf(evidenceOf(lab))

describe('the input', () => {
  it.each([undefined, null, 'input', 7, true, 10n])('is an object, not %s', (input) => {
    expect(() => checkInput(input as never)).toThrow(new TypeError('input must be an object'))
  })

  it.each<readonly [problem: string, stated: object]>([
    ['at must be a valid Date', { at: new Date(NaN) }],
    ['at must be a valid Date', { at: 0 }],
    ['input has no member "maxValidtyMs"', { maxValidtyMs: 1000 }],
    ['input has no member "crls"', { crls: [] }],
    ['maxValidityMs must be above 0', { maxValidityMs: 0 }],
    ['maxValidityMs must be above 0', { maxValidityMs: -1 }],
    ['maxValidityMs must be above 0', { maxValidityMs: NaN }],
    ['maxValidityMs must be above 0', { maxValidityMs: '1' }],
    ['binding { unchecked } needs a reason', { binding: { unchecked: '' } }],
    ['binding { unchecked } needs a reason', { binding: { unchecked: ' \t' } }],
    ['binding { unchecked } needs a reason', { binding: { unchecked: 1 } }],
    ['binding { unchecked } needs a reason', { binding: { unchecked: ['why'] } }],
  ])('%s: %o', async (problem, stated) => {
    const input = { ...(await right()), ...stated }
    expect(() => checkInput(input as never)).toThrow(new TypeError(problem))
  })

  it('is copied as it should be', async () => {
    const input = await right()
    const { at, maxValidityMs, cache, binding } = checkInput({ ...input, maxValidityMs: 1 })
    expect([at, maxValidityMs, cache]).toEqual([input.at.getTime(), 1, null])
    expect(binding).toEqual(input.binding)
    expect(binding).not.toBe(input.binding)
    expect(checkInput(input).maxValidityMs).toBe(Infinity)
  })
})

describe('the leaf', () => {
  const read = (leaves: Parameters<typeof readEndorsementKey>[0]) => () =>
    readEndorsementKey(leaves, parseReport(lab.report), () => null)
  const leaf = { kind: null, der: lab.vek }

  it('is one, of the kind that the report names', () => {
    expect(read([leaf, { ...leaf, kind: 'vcek' }])).toThrow(
      expect.objectContaining({
        code: 'EVIDENCE_DUPLICATE',
        message: 'two certificates that may be the vcek',
      }),
    )
    expect(read([])).toThrow(
      expect.objectContaining({
        code: 'ENDORSEMENT_MISSING',
        message: 'no vcek certificate was given',
        details: { expected: 'vcek' },
      }),
    )
  })
})

describe('results', () => {
  it('come from a verification', () => {
    expect(() => appraisedOf({} as never)).toThrow(new TypeError('the result must come from a verification'))
  })

  it('list what is unchecked, with a reason if it has one', async () => {
    const check = { id: 'x', outcome: 'unchecked', source: 'y' } as const
    const items = uncheckedItems(
      [check, { ...check, reason: 'why' }, { ...check, outcome: 'passed' }],
      await policyOf(),
    )
    expect(items).toEqual([
      { id: 'x', reason: '' },
      { id: 'x', reason: 'why' },
      { id: 'identity', reason: 'this test is about something else' },
    ])
  })
})
