// Revocation, rule by rule: which CRLs count, what a policy demands of them, and what refuses whatever it demands.
import { describe, expect, it } from 'vitest'
import type { RevocationRule } from '../../src/endorsement/revocation.js'
import type { CrlInput } from '../../src/evidence/evidence.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { makeCertTable } from '../support/cert-table.js'
import type { CrlOptions } from '../support/crl.js'
import { concat } from '../support/der.js'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../support/lab-verifier.js'
import { LAB_NOW, labCrl, labEvidence, labPki } from '../support/pki.js'
import type { LabEvidence } from '../support/pki.js'

const day = 86_400_000
const open = { unchecked: 'not part of this test' } as const
const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms)
const nextUpdate = new Date('2026-07-01T00:00:00Z')

/** Demands nothing but a CRL that the caller fetched. */
const required: RevocationRule = { crl: 'required', graceDays: open, minNumbers: open, maxFetchAgeDays: open }

interface Case {
  readonly rule?: Partial<RevocationRule> | null
  readonly crls: readonly CrlInput[]
  readonly at?: Date
  readonly lab?: LabEvidence
  readonly certificates?: readonly Uint8Array[]
}

const milan = labEvidence()
const milanVlek = labEvidence({ signer: 'vlek' })

async function judge({ rule = {}, crls, at = LAB_NOW, lab = milan, certificates = [] }: Case) {
  const policy = await policyOf(rule === null ? {} : { revocation: { ...required, ...rule } })
  const evidence = await evidenceOf(lab, { crls, certificates })
  return labVerifier.appraiseEvidence(await inputOf(evidence, { policy, at }))
}

/** The code, `null` if accepted; and the ids of failed checks, of which there is never more than the one. */
async function codeFor(given: Case): Promise<string | null> {
  const outcome = await judge(given)
  if (outcome.verdict === 'accepted') return null
  const failed = outcome.checks.filter((check) => check.outcome === 'failed')
  expect(failed).toHaveLength(1)
  expect(failed[0]?.id).toMatch(/^revocation\./)
  expect(outcome.checks.find(({ id }) => id === 'signature')?.outcome).toBe('notReached')
  return outcome.code
}

const crl = (options: Partial<CrlOptions> = {}): CrlInput => ({
  crl: labCrl('Milan', options),
  fetchedAt: LAB_NOW,
})
const unfetched = (options: Partial<CrlOptions> = {}): CrlInput => ({ crl: labCrl('Milan', options) })

describe('a required CRL', () => {
  it('that is there is in the result', async () => {
    const outcome = await judge({ crls: [crl()] })
    if (outcome.verdict !== 'accepted') throw outcome.error
    expect(outcome.verified.crl).toMatchObject({
      issuer: 'ARK-Milan',
      number: '7',
      thisUpdate: '2026-05-20T00:00:00.000Z',
      nextUpdate: '2026-07-01T00:00:00.000Z',
      fetchedAt: '2026-06-01T00:00:00.000Z',
      scope: 'vcek',
    })
  })

  it('that is missing makes the evidence unverifiable', async () => {
    expect(await judge({ crls: [] })).toMatchObject({ code: 'REVOCATION_MISSING', verdict: 'unverifiable' })
  })

  it('of another issuer is as good as none, and harms nobody', async () => {
    const other: CrlInput = { crl: labCrl('Genoa'), fetchedAt: LAB_NOW }
    expect(await codeFor({ crls: [other] })).toBe('REVOCATION_MISSING')
    expect(await codeFor({ crls: [other, crl()] })).toBeNull()
    // Not even one that lists our serials.
    const { ark } = labPki().lines.Genoa
    const hostile = labCrl('Genoa', { authority: ark, entries: [{ serial: 0x10001n }, { serial: 0n }] })
    expect(await codeFor({ crls: [{ crl: hostile, fetchedAt: LAB_NOW }, crl()] })).toBeNull()
  })

  it('in the name of the ARK that it did not sign refuses, required or not', async () => {
    const { ark } = labPki().attacker('Milan')
    const forged: CrlInput = { crl: labCrl('Milan', { authority: ark }), fetchedAt: LAB_NOW }
    const tampered = crl({
      tamperSignature: (bytes) => bytes.map((byte, index) => (index === 511 ? byte ^ 1 : byte)),
    })
    for (const bad of [forged, tampered]) {
      expect(await codeFor({ crls: [bad] })).toBe('REVOCATION_SIGNATURE')
      expect(await codeFor({ crls: [crl(), bad] })).toBe('REVOCATION_SIGNATURE')
      expect(await codeFor({ rule: null, crls: [bad] })).toBe('REVOCATION_SIGNATURE')
    }
  })

  it('is not asked for where the policy does not', async () => {
    expect(await codeFor({ rule: null, crls: [] })).toBeNull()
    expect(await codeFor({ rule: { crl: open }, crls: [] })).toBeNull()
    const rule = { crl: open, graceDays: 0, minNumbers: { Milan: 7 }, maxFetchAgeDays: 1 }
    expect(await codeFor({ rule, crls: [] })).toBeNull()
    expect(await codeFor({ rule, crls: [unfetched()] })).toBeNull()
  })

  it('that nobody asks for is still held to what the policy says of one', async () => {
    const rule = { crl: open, graceDays: 0, minNumbers: { Milan: 7 }, maxFetchAgeDays: 1 }
    const stale = crl({ nextUpdate: new Date('2026-05-25T00:00:00Z') })
    expect(await codeFor({ rule, crls: [stale] })).toBe('REVOCATION_STALE')
    expect(await codeFor({ rule, crls: [crl({ number: 6 })] })).toBe('REVOCATION_NUMBER')
    const old: CrlInput = { crl: labCrl('Milan'), fetchedAt: later(LAB_NOW, -2 * day) }
    expect(await codeFor({ rule, crls: [old] })).toBe('REVOCATION_FETCH_AGE')
  })

  it('that is not there leaves its checks unchecked, and the result says so', async () => {
    for (const rule of [null, { crl: open }]) {
      const outcome = await judge({ rule, crls: [{ crl: labCrl('Genoa'), fetchedAt: LAB_NOW }] })
      if (outcome.verdict !== 'accepted') throw outcome.error
      const ids = outcome.verified.unchecked.map(({ id }) => id).filter((id) => id.startsWith('revocation.'))
      const names = ['signature', 'revoked', 'crl', 'graceDays', 'minNumbers', 'maxFetchAgeDays']
      expect(ids).toEqual(names.map((name) => `revocation.${name}`))
      expect(outcome.verified.crl).toBeNull()
    }
  })
})

describe('the window of a CRL', () => {
  it.each<readonly [string, number, number, string | null]>([
    ['at nextUpdate', 0, 0, null],
    ['a millisecond later', 0, 1, 'REVOCATION_STALE'],
    ['a second later', 0, 1000, 'REVOCATION_STALE'],
    ['within the grace', 2, day, null],
    ['at the end of the grace', 2, 2 * day, null],
    ['after the grace', 2, 2 * day + 1, 'REVOCATION_STALE'],
  ])('%s', async (_name, graceDays, after, code) => {
    expect(await codeFor({ rule: { graceDays }, crls: [crl()], at: later(nextUpdate, after) })).toBe(code)
  })

  it('is not looked at where the policy leaves it unchecked', async () => {
    expect(await codeFor({ crls: [crl()], at: later(nextUpdate, 100 * day) })).toBeNull()
  })

  it('may begin after `at`: a newer CRL knows more', async () => {
    const future = crl({ thisUpdate: later(LAB_NOW, day), nextUpdate: later(LAB_NOW, 40 * day) })
    expect(await codeFor({ rule: { graceDays: 0 }, crls: [future] })).toBeNull()
  })
})

describe('the number of a CRL', () => {
  it.each<readonly [number | bigint, number, string | null]>([
    [7, 7, null],
    [8, 7, null],
    [6, 7, 'REVOCATION_NUMBER'],
    [0, 1, 'REVOCATION_NUMBER'],
    [1n << 128n, Number.MAX_SAFE_INTEGER, null],
  ])('%d against a floor of %d', async (number, floor, code) => {
    expect(await codeFor({ rule: { minNumbers: { Milan: floor } }, crls: [crl({ number })] })).toBe(code)
  })

  it('has no floor for a product that is not listed', async () => {
    const outcome = await judge({ rule: { minNumbers: { Genoa: 99 } }, crls: [crl()] })
    if (outcome.verdict !== 'accepted') throw outcome.error
    expect(outcome.verified.unchecked).toContainEqual({
      id: 'revocation.minNumbers',
      reason: 'no floor for Milan',
    })
  })
})

describe('the age of a fetch', () => {
  const rule = { maxFetchAgeDays: 30 }
  it.each<readonly [string, number, string | null]>([
    ['now', 0, null],
    ['exactly as long ago as allowed', -30 * day, null],
    ['a millisecond longer', -30 * day - 1, 'REVOCATION_FETCH_AGE'],
    ['a year', -365 * day, 'REVOCATION_FETCH_AGE'],
    ['in the future, which counts as now', 365 * day, null],
  ])('%s', async (_name, ago, code) => {
    const one: CrlInput = { crl: labCrl('Milan'), fetchedAt: later(LAB_NOW, ago) }
    expect(await codeFor({ rule, crls: [one] })).toBe(code)
  })

  it('that nobody tells counts only with a floor for the number', async () => {
    expect(await codeFor({ rule, crls: [unfetched()] })).toBe('REVOCATION_FETCH_AGE')
    expect(await codeFor({ rule: { ...rule, minNumbers: { Milan: 7 } }, crls: [unfetched()] })).toBeNull()
    expect(await codeFor({ rule: { ...rule, minNumbers: { Milan: 8 } }, crls: [unfetched()] })).toBe(
      'REVOCATION_NUMBER',
    )
    expect(await codeFor({ rule: { ...rule, minNumbers: { Genoa: 1 } }, crls: [unfetched()] })).toBe(
      'REVOCATION_FETCH_AGE',
    )
  })

  it('that nobody tells and nobody limits is still no CRL without a floor', async () => {
    expect(await codeFor({ crls: [unfetched()] })).toBe('REVOCATION_MISSING')
    expect(await codeFor({ rule: { minNumbers: { Milan: 7 } }, crls: [unfetched()] })).toBeNull()
  })

  it('is unknown of a CRL out of the evidence', async () => {
    const table = makeCertTable([
      { guid: 'vcek', data: milan.vek },
      { guid: 'crl', data: milan.crl },
    ])
    const evidence = await decodeEvidence(concat(milan.report, table), 'snp-report+cert-table')
    const codeUnder = async (stated: Partial<RevocationRule>) => {
      const policy = await policyOf({ revocation: { ...required, ...stated } })
      const outcome = await labVerifier.appraiseEvidence(await inputOf(evidence, { policy }))
      return outcome.verdict === 'accepted' ? outcome.verified.crl?.fetchedAt : outcome.code
    }
    expect(await codeUnder({ maxFetchAgeDays: 3650 })).toBe('REVOCATION_FETCH_AGE')
    expect(await codeUnder({ maxFetchAgeDays: 3650, minNumbers: { Milan: 7 } })).toBeNull()
  })
})

describe('a CRL that lists one of ours', () => {
  it.each<readonly [string, bigint, LabEvidence]>([
    ['the ASK', 0x10001n, milan],
    ['the ASVK', 0x10101n, milanVlek],
    ['a VCEK', 0n, milan],
    ['a VLEK', 0n, milanVlek],
  ])('refuses: %s', async (_name, serial, lab) => {
    const hostile = { entries: [{ serial: 5n }, { serial }] }
    for (const rule of [{}, { crl: open }, null] as const) {
      for (const one of [crl(hostile), unfetched(hostile)])
        expect(await codeFor({ rule, crls: [one], lab })).toBe('REVOCATION_REVOKED')
    }
    // Stale, old or too low to satisfy anything: what it lists stays revoked.
    const stale = crl({ ...hostile, number: 1, nextUpdate: new Date('2021-01-01T00:00:00Z') })
    expect(await codeFor({ rule: { graceDays: 0 }, crls: [crl(), stale], lab })).toBe('REVOCATION_REVOKED')
  })

  it('does not refuse for the intermediate of the other kind', async () => {
    expect(await codeFor({ crls: [crl({ entries: [{ serial: 0x10101n }] })] })).toBeNull()
    expect(await codeFor({ crls: [crl({ entries: [{ serial: 0x10001n }] })], lab: milanVlek })).toBeNull()
  })
})

describe('several CRLs', () => {
  const rule = { graceDays: 0, minNumbers: { Milan: 5 }, maxFetchAgeDays: 30 }
  const old = crl({ number: 5 })
  const fresh = crl({ number: 8 })
  const stale = crl({ number: 9, nextUpdate: new Date('2026-05-25T00:00:00Z') })

  it.each<readonly [string, readonly CrlInput[], string]>([
    ['the newest', [old, fresh], '8'],
    ['in any order', [fresh, old], '8'],
    ['that satisfies', [stale, old, fresh], '8'],
  ])('are judged by the best of them: %s', async (_name, crls, number) => {
    const outcome = await judge({ rule, crls })
    if (outcome.verdict !== 'accepted') throw outcome.error
    expect(outcome.verified.crl?.number).toBe(number)
  })

  it('that are the same are one with a fetch time, if there is one', async () => {
    for (const crls of [
      [unfetched({ number: 8 }), fresh],
      [fresh, unfetched({ number: 8 })],
    ]) {
      const outcome = await judge({ rule, crls })
      if (outcome.verdict !== 'accepted') throw outcome.error
      expect(outcome.verified.crl?.fetchedAt).toBe(LAB_NOW.toISOString())
    }
  })

  it('that all fail are refused for the newest', async () => {
    expect(await codeFor({ rule, crls: [crl({ number: 4 }), stale] })).toBe('REVOCATION_STALE')
    expect(await codeFor({ rule, crls: [crl({ number: 3 }), crl({ number: 4 })] })).toBe('REVOCATION_NUMBER')
  })
})

describe('the scope of a CRL', () => {
  it.each<readonly [LabEvidence, CrlInput['scope'], string]>([
    [milan, undefined, 'vcek'],
    [milan, 'vcek', 'vcek'],
    [milan, 'vlek', 'unknown'],
    [milanVlek, undefined, 'unknown'],
    [milanVlek, 'vcek', 'unknown'],
    [milanVlek, 'vlek', 'vlek'],
  ])('is what the caller knows of its URL', async (lab, scope, expected) => {
    const one: CrlInput = { ...crl(), ...(scope === undefined ? {} : { scope }) }
    const outcome = await judge({ crls: [one], lab })
    if (outcome.verdict !== 'accepted') throw outcome.error
    expect(outcome.verified.crl?.scope).toBe(expected)
  })
})
