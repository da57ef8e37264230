import { describe, expect, it } from 'vitest'
import { codeOf, evidenceOf, inputOf, labAnchors, policyOf } from '../../test/support/lab-verifier.js'
import { LAB_NOW, labCrl, labEvidence, labPki } from '../../test/support/pki.js'
import { makeReport, patchReport, signReport } from '../../test/support/report.js'
import type { CryptoEngine } from '../crypto/engine.js'
import { webCryptoEngine } from '../crypto/webcrypto.js'
import type { VerificationInput } from '../verify/input.js'
import { makeVerifier } from '../verify/pipeline.js'
import type { TrustAnchors } from './anchors.js'
import { anchorsFrom } from './anchors.js'
import { createEndorsementCache } from './cache.js'

interface Counts {
  rsa: number
  p384: number
  rsaKeys: number
  p384Keys: number
}

/** The platform's engine, with every call counted. */
function countingEngine(): { readonly engine: CryptoEngine; readonly counts: Counts } {
  const real = webCryptoEngine()
  if (real === null) throw new Error('no WebCrypto')
  const counts: Counts = { rsa: 0, p384: 0, rsaKeys: 0, p384Keys: 0 }
  const counted =
    <Args extends readonly unknown[], Result>(name: keyof Counts, run: (...args: Args) => Result) =>
    (...args: Args): Result => {
      counts[name] += 1
      return run(...args)
    }
  const engine: CryptoEngine = {
    name: real.name,
    importRsaKey: counted('rsaKeys', real.importRsaKey),
    importP384Key: counted('p384Keys', real.importP384Key),
    verifyRsaPss: counted('rsa', real.verifyRsaPss),
    verifyP384: counted('p384', real.verifyP384),
  }
  return { engine, counts }
}

const lab = labEvidence()
const open = { unchecked: 'not part of this test' } as const

async function setUp(anchors: TrustAnchors = labAnchors()) {
  const { engine, counts } = countingEngine()
  const verifier = makeVerifier(anchors, { engine })
  const cache = createEndorsementCache()
  const judge = async (stated: Partial<VerificationInput> = {}) =>
    codeOf(verifier, await inputOf(evidenceOf(lab), { cache, ...stated }))
  return { engine, counts, verifier, cache, judge }
}

describe('a hit in the endorsement cache', () => {
  it('skips reading the leaf and its RSA signature, and nothing else', async () => {
    const { counts, judge, cache } = await setUp()
    expect(await judge()).toBeNull()
    expect(counts).toEqual({ rsa: 1, p384: 1, rsaKeys: 1, p384Keys: 1 })
    expect(cache.size).toBe(1)
    for (let call = 2; call <= 4; call += 1) {
      expect(await judge()).toBeNull()
      // One key means that the leaf was not read again; the report's signature is checked on each call.
      expect(counts).toEqual({ rsa: 1, p384: call, rsaKeys: 1, p384Keys: 1 })
    }
  })

  it('does not happen without a cache', async () => {
    const { counts, verifier } = await setUp()
    const input = await inputOf(evidenceOf(lab))
    expect([await codeOf(verifier, input), await codeOf(verifier, input)]).toEqual([null, null])
    expect(counts).toEqual({ rsa: 2, p384: 2, rsaKeys: 1, p384Keys: 2 })
  })

  it('says so in the checks', async () => {
    const { verifier, cache } = await setUp()
    const reasonOf = async () => {
      const outcome = await verifier.appraiseEvidence(await inputOf(evidenceOf(lab), { cache }))
      if (outcome.verdict !== 'accepted') throw outcome.error
      return outcome.verified.checks.find(({ id }) => id === 'chain.signature')?.reason
    }
    expect(await reasonOf()).toBeUndefined()
    expect(await reasonOf()).toBe('verified before by this process')
  })
})

describe('what is judged again on a hit', () => {
  it('the dates', async () => {
    const { judge } = await setUp()
    expect(await judge()).toBeNull()
    expect(await judge({ at: new Date('2033-01-02T00:00:00Z') })).toBe('CERTIFICATE_EXPIRED')
    expect(await judge({ at: new Date('2025-01-01T00:00:00Z') })).toBe('CERTIFICATE_NOT_YET_VALID')
  })

  it('revocation', async () => {
    const { judge } = await setUp()
    const policy = await policyOf({
      revocation: { crl: 'required', graceDays: open, minNumbers: open, maxFetchAgeDays: open },
    })
    expect(await judge()).toBeNull()
    expect(await judge({ policy })).toBe('REVOCATION_MISSING')
    const listing = labCrl('Milan', { entries: [{ serial: 0x10001n }] })
    expect(await judge({ evidence: await evidenceOf(lab, { crls: [{ crl: listing }] }) })).toBe(
      'REVOCATION_REVOKED',
    )
    const { ark } = labPki().attacker('Milan')
    const forged = labCrl('Milan', { authority: ark })
    expect(await judge({ evidence: await evidenceOf(lab, { crls: [{ crl: forged }] }) })).toBe(
      'REVOCATION_SIGNATURE',
    )
  })

  it('the ties, the report’s signature and the policy', async () => {
    const { judge } = await setUp()
    expect(await judge()).toBeNull()
    const signed = (report: Uint8Array) =>
      evidenceOf({ report: signReport(report, lab.scalar), vek: lab.vek })
    const other = makeReport({ chipId: new Uint8Array(64).fill(7) })
    expect(await judge({ evidence: await signed(other) })).toBe('ENDORSEMENT_CHIP_ID_MISMATCH')
    const behind = makeReport({ reportedTcb: 0n })
    expect(await judge({ evidence: await signed(behind) })).toBe('ENDORSEMENT_TCB_MISMATCH')
    const edited = patchReport(lab.report, 0x090, Uint8Array.of(1))
    expect(await judge({ evidence: await evidenceOf({ report: edited, vek: lab.vek }) })).toBe(
      'SIGNATURE_INVALID',
    )
    expect(await judge({ policy: await policyOf({ vmpl: [3] }) })).toBe('APPRAISAL_VMPL')
  })

  it('the intermediates that come along', async () => {
    const { judge } = await setUp()
    const { ask, ark } = labPki().attacker('Milan')
    expect(await judge()).toBeNull()
    expect(await judge({ evidence: await evidenceOf(lab, { certificates: [ask.der] }) })).toBe(
      'CHAIN_INTERMEDIATE_UNKNOWN',
    )
    expect(await judge({ evidence: await evidenceOf(lab, { certificates: [ark.der] }) })).toBe(
      'CHAIN_ANCHOR_UNKNOWN',
    )
  })
})

describe('what is no hit', () => {
  it('a leaf that differs in one byte', async () => {
    const { judge, counts } = await setUp()
    expect(await judge()).toBeNull()
    // In the signature, outside the bytes by which a place in the cache is found.
    const vek = Uint8Array.from(lab.vek)
    vek[vek.length - 100] = (vek[vek.length - 100] ?? 0) ^ 1
    expect(await judge({ evidence: await evidenceOf({ report: lab.report, vek }) })).toBe('CHAIN_SIGNATURE')
    expect(counts.rsa).toBe(2)
  })

  it('a leaf that did not verify: it is not kept', async () => {
    const { judge, cache, counts } = await setUp()
    const forged = labEvidence({ chain: 'attacker' })
    for (let call = 1; call <= 2; call += 1) {
      expect(await judge({ evidence: await evidenceOf(forged) })).toBe('CHAIN_SIGNATURE')
      expect([cache.size, counts.rsa]).toEqual([0, call])
    }
  })

  it('a leaf that verified under other roots', async () => {
    const { engine, counts, judge, cache } = await setUp()
    const { ark, ask, asvk } = labPki().attacker('Milan')
    const attackers = anchorsFrom(() => ({ ark: ark.der, ask: ask.der, asvk: asvk.der, revoked: [] }))
    const theirs = makeVerifier(attackers, { engine })
    const input = await inputOf(evidenceOf(labEvidence({ chain: 'attacker' })), { cache })
    expect(await codeOf(theirs, input)).toBeNull()
    expect(cache.size).toBe(1)
    expect(await judge(input)).toBe('CHAIN_SIGNATURE')
    expect(counts.rsa).toBe(2)
  })

  it('a leaf that another engine verified', async () => {
    const anchors = labAnchors()
    const [one, two] = [await setUp(anchors), await setUp(anchors)]
    expect(await one.judge()).toBeNull()
    expect(await two.judge({ cache: one.cache })).toBeNull()
    expect(two.counts).toEqual({ rsa: 1, p384: 1, rsaKeys: 1, p384Keys: 1 })
  })

  it('a rotated intermediate: it is verified each time', async () => {
    const { verifier, cache, counts } = await setUp()
    const rotated = labEvidence({ chain: 'rotated' })
    const revocation = {
      crl: 'required',
      graceDays: open,
      minNumbers: { Milan: 7 },
      maxFetchAgeDays: open,
    } as const
    const policy = await policyOf({ intermediates: 'arkSigned', revocation })
    const evidence = await evidenceOf(rotated, { certificates: [rotated.ask], crls: [{ crl: rotated.crl }] })
    for (let call = 1; call <= 2; call += 1) {
      expect(await codeOf(verifier, await inputOf(evidence, { policy, cache, at: LAB_NOW }))).toBeNull()
      // The intermediate, the leaf under the pinned one and under this one, and the CRL.
      expect(counts.rsa).toBe(4 * call)
    }
  })

  it('anything after it was cleared', async () => {
    const { judge, cache, counts } = await setUp()
    expect(await judge()).toBeNull()
    cache.clear()
    expect(cache.size).toBe(0)
    expect(await judge()).toBeNull()
    expect(counts.rsa).toBe(2)
  })
})

describe('the size of an endorsement cache', () => {
  it('is bounded: what was used longest ago goes', async () => {
    const { verifier, counts } = await setUp()
    const cache = createEndorsementCache({ max: 2 })
    const leaves = ['Milan', 'Genoa', 'Turin'].map((line) => labEvidence({ line: line as 'Milan' }))
    const use = async (index: number) => {
      const one = leaves[index]
      if (one === undefined) throw new Error('no such leaf')
      const before = counts.rsa
      expect(await codeOf(verifier, await inputOf(evidenceOf(one), { cache }))).toBeNull()
      return counts.rsa === before ? 'hit' : 'miss'
    }
    expect([await use(0), await use(1), await use(0), await use(2)]).toEqual(['miss', 'miss', 'hit', 'miss'])
    expect(cache.size).toBe(2)
    // The second was used longest ago.
    expect([await use(0), await use(2), await use(1)]).toEqual(['hit', 'hit', 'miss'])
    expect(cache.size).toBe(2)
  })

  it('is 512 unless told', () => {
    expect(createEndorsementCache().max).toBe(512)
  })

  it.each([0, -1, 1.5, NaN, Infinity, '10', null, {}])('is a positive integer, not %o', (max) => {
    expect(() => createEndorsementCache({ max: max as never })).toThrow(TypeError)
  })
})

describe('a cache', () => {
  it('comes from createEndorsementCache, before anything is looked at', async () => {
    const { verifier } = await setUp()
    const cache = createEndorsementCache()
    const broken = await evidenceOf({ report: new Uint8Array(1184), vek: lab.vek })
    const fakes = [
      {},
      { ...cache },
      Object.create(cache) as never,
      new Map(),
      null,
      true,
      new Proxy(cache, {}),
    ]
    for (const fake of fakes)
      for (const evidence of [await evidenceOf(lab), broken])
        await expect(
          verifier.appraiseEvidence(await inputOf(evidence, { cache: fake as never })),
        ).rejects.toThrow(TypeError)
  })

  it('is frozen', () => {
    expect(Object.isFrozen(createEndorsementCache())).toBe(true)
  })
})
