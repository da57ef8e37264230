import { describe, expect, it } from 'vitest'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { toHex } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { LAB_MEASUREMENT } from '../../test/support/report.js'
import { requireAppraised } from './appraise.js'
import type { PolicyDocument } from './document.js'
import { factsOfPolicy, parsePolicy } from './policy.js'

const value = toHex(LAB_MEASUREMENT)
const open = { unchecked: 'not part of this test' } as const
const digests = { idKey: new Uint8Array(48).fill(1), authorKey: new Uint8Array(48).fill(2) }
const lab = labEvidence({
  report: { idKeyDigest: digests.idKey, authorKeyDigest: digests.authorKey, authorKeyEn: true },
})

async function acceptedBy(stated: Partial<PolicyDocument>) {
  const outcome = await labVerifier.appraiseEvidence(
    await inputOf(evidenceOf(lab), { policy: await policyOf(stated) }),
  )
  if (outcome.verdict !== 'accepted') throw outcome.error
  const { softwareIdentity, measurementLabel } = outcome.verified
  return [softwareIdentity, measurementLabel]
}

const idBlock = {
  idKeyDigests: [toHex(digests.idKey)],
  authorKeyDigests: [toHex(digests.authorKey)],
  minGuestSvn: open,
  familyIds: open,
  imageIds: open,
}
const measurements = [{ label: 'image', value }]

describe('what says which software runs', () => {
  it.each<readonly [identity: string, label: string | null, stated: Partial<PolicyDocument>]>([
    ['measurement', 'image', { identity: 'required', measurements, idBlock }],
    ['measurement', 'image', { identity: 'required', measurements }],
    ['idKey', null, { identity: 'required', idBlock }],
    ['idKey', null, { identity: 'required', idBlock: { ...idBlock, authorKeyDigests: open } }],
    ['authorKey', null, { identity: 'required', idBlock: { ...idBlock, idKeyDigests: open } }],
    // Nothing need say it; what is stated is demanded all the same.
    ['none', 'image', { identity: open, measurements, idBlock }],
    ['none', null, { identity: open, idBlock }],
    ['none', null, {}],
  ])('is %s, with the label %s', async (identity, label, stated) => {
    expect(await acceptedBy(stated)).toEqual([identity, label])
  })
})

describe('misuse', () => {
  it('only appraise makes an appraised report', () => {
    expect(() => requireAppraised({} as never)).toThrow(new TypeError('report must come from appraise'))
  })

  it('only parsePolicy makes a policy', async () => {
    const copy = { ...(await policyOf()) }
    expect(() => factsOfPolicy(copy)).toThrow(new TypeError('policy must come from parsePolicy'))
  })

  it.each([{}, null, undefined, 5, ['{}'], new ArrayBuffer(2)])(
    'a policy is text or bytes, not %j',
    async (input) => {
      await expect(parsePolicy(input as never)).rejects.toThrow(
        new TypeError('policy must be JSON text or bytes'),
      )
    },
  )
})

it('a policy is frozen to its depth', async () => {
  const objectsOf = (one: unknown): readonly object[] =>
    one instanceof Object ? [one, ...Object.values(one).flatMap(objectsOf)] : []
  const objects = objectsOf(await policyOf({ measurements, idBlock, vmpl: [0] }))
  expect(objects.length).toBeGreaterThan(20)
  expect(objects.every((one) => Object.isFrozen(one))).toBe(true)
})
