import { describe, expect, it } from 'vitest'
import type { AuthorityOptions, VekOptions } from '../../test/support/certificates.js'
import { makeArk, makeAsk, makeAsvk, makeVek } from '../../test/support/certificates.js'
import { codeOf, evidenceOf, inputOf, labVerifier } from '../../test/support/lab-verifier.js'
import { LAB_NOW, labEvidence } from '../../test/support/pki.js'
import { makeReport, signReport } from '../../test/support/report.js'
import { ecKey } from '../../test/support/keys.js'
import { makeVerifier } from '../verify/pipeline.js'
import { webCryptoEngine } from '../crypto/webcrypto.js'
import { openLedger } from '../errors/ledger.js'
import { amdAnchors, anchorsFrom } from './anchors.js'
import { chainChecks, notBeforeToleranceMs, secretsOfPath, verifyChain } from './chain.js'
import { parseEndorsementKey } from './endorsement-key.js'

const begins = new Date('2026-01-01T00:00:00Z')
const ends = new Date('2027-01-01T00:00:00Z')
const period = { notBefore: begins, notAfter: ends }
const key = ecKey('chain test')

interface Periods {
  readonly ark?: AuthorityOptions
  readonly ask?: AuthorityOptions
  readonly leaf?: Partial<VekOptions>
}

type Judge = (time: number) => Promise<string | null>
/** Until when the last accepted one is valid. */
let ended = ''
const judges = new Map<string, Promise<Judge>>()

/** Judges a chain of its own at a time: everything is valid for decades unless a period is given. */
function makeJudge(periods: Periods): Promise<Judge> {
  const name = JSON.stringify(periods)
  const judge = judges.get(name) ?? newJudge(periods)
  judges.set(name, judge)
  return judge
}

async function newJudge({ ark: arkPeriod = {}, ask: askPeriod = {}, leaf = {} }: Periods): Promise<Judge> {
  const ark = makeArk('Milan', arkPeriod)
  const ask = makeAsk('Milan', ark, askPeriod)
  const asvk = makeAsvk('Milan', ark)
  const verifier = makeVerifier(
    anchorsFrom(() => ({ ark: ark.der, ask: ask.der, asvk: asvk.der, revoked: [] })),
  )
  const decades = { notBefore: new Date('2020-06-01T00:00:00Z'), notAfter: new Date('2040-01-01T00:00:00Z') }
  const vek = makeVek({ line: 'Milan', kind: 'vcek', authority: ask, key, ...decades, ...leaf }).der
  const evidence = await evidenceOf({ report: signReport(makeReport(), key.scalar), vek })
  return async (time: number) => {
    const outcome = await verifier.appraiseEvidence(await inputOf(evidence, { at: new Date(time) }))
    if (outcome.verdict !== 'accepted') return outcome.code
    ended = outcome.verified.validUntil
    return null
  }
}

describe('the validity of the leaf', () => {
  it.each<readonly [string, number, string | null]>([
    ['at notBefore', begins.getTime(), null],
    ['five minutes before it', begins.getTime() - 300_000, null],
    ['a millisecond before that', begins.getTime() - 300_001, 'CERTIFICATE_NOT_YET_VALID'],
    ['a second before that', begins.getTime() - 301_000, 'CERTIFICATE_NOT_YET_VALID'],
    ['long before', 0, 'CERTIFICATE_NOT_YET_VALID'],
    ['at notAfter', ends.getTime(), null],
    ['within the second that notAfter names', ends.getTime() + 999, null],
    ['a second later', ends.getTime() + 1000, 'CERTIFICATE_EXPIRED'],
    ['long after', 8.64e15, 'CERTIFICATE_EXPIRED'],
  ])('%s', async (_name, time, code) => {
    const judge = await makeJudge({ leaf: period })
    expect(await judge(time)).toBe(code)
  })

  it('has a tolerance of 300 seconds, because its issuer signs on request', () => {
    expect(notBeforeToleranceMs).toBe(300_000)
  })
})

describe.each<readonly [string, (options: AuthorityOptions) => Periods]>([
  ['the intermediate', (ask) => ({ ask })],
  ['the root', (ark) => ({ ark })],
])('the validity of %s', (_name, periodsOf) => {
  it('has no tolerance before it begins', async () => {
    const judge = await makeJudge(periodsOf(period))
    expect(await judge(begins.getTime())).toBeNull()
    expect(await judge(begins.getTime() - 1)).toBe('CERTIFICATE_NOT_YET_VALID')
    expect(await judge(begins.getTime() - 300_000)).toBe('CERTIFICATE_NOT_YET_VALID')
  })

  it('bounds the result, although the leaf is valid longer', async () => {
    const judge = await makeJudge(periodsOf(period))
    expect(await judge(begins.getTime())).toBeNull()
    expect(ended).toBe(ends.toISOString())
  })

  it('ends with the second that notAfter names', async () => {
    const judge = await makeJudge(periodsOf(period))
    expect(await judge(ends.getTime() + 999)).toBeNull()
    expect(await judge(ends.getTime() + 1000)).toBe('CERTIFICATE_EXPIRED')
  })
})

describe('years', () => {
  it('on both sides of 2050 are read', async () => {
    const leaf = { notBefore: begins, notAfter: new Date('2051-01-01T00:00:00Z') }
    const authority = { notAfter: new Date('2060-01-01T00:00:00Z') }
    const judge = await makeJudge({ ark: authority, ask: authority, leaf })
    expect(await judge(Date.UTC(2050, 11, 31))).toBeNull()
    expect(await judge(Date.UTC(2051, 0, 2))).toBe('CERTIFICATE_EXPIRED')
  })
})

describe('what comes first', () => {
  it('is the signature: the dates of a forged leaf say nothing', async () => {
    const forged = labEvidence({ chain: 'attacker', vek: period })
    const input = await inputOf(evidenceOf(forged), { at: new Date(0) })
    expect(await codeOf(labVerifier, input)).toBe('CHAIN_SIGNATURE')
  })
})

describe('a path', () => {
  const engine = webCryptoEngine()
  async function pathOf(at: Date) {
    if (engine === null) throw new Error('no WebCrypto')
    const ledger = openLedger(chainChecks)
    const path = verifyChain({
      key: parseEndorsementKey(labEvidence().vek),
      anchors: amdAnchors,
      intermediates: [],
      roots: [],
      crls: [],
      intermediateRule: 'pinned',
      revocationRule: { unchecked: 'not here' },
      at: at.getTime(),
      engine,
      cache: null,
      ledger,
    })
    return path
  }

  it('comes from verifyChain alone', () => {
    const fake = {
      productLine: 'Milan',
      signer: 'vcek',
      names: ['VCEK', 'SEV-Milan', 'ARK-Milan'],
      crl: null,
    }
    expect(() => secretsOfPath({ ...fake, validUntil: Infinity } as never)).toThrow(TypeError)
  })

  it('does not exist for a key that is not under the anchors', async () => {
    await expect(pathOf(LAB_NOW)).rejects.toMatchObject({ code: 'CHAIN_SIGNATURE' })
  })
})
