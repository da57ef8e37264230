import { describe, expect, it } from 'vitest'
import { labCrl } from '../../test/support/pki.js'
import { openLedger } from '../errors/ledger.js'
import { isVerificationError } from '../errors/error.js'
import { parseCrl } from '../x509/crl.js'
import { type RevocationRule, type SuppliedCrl, satisfyRule } from './crl-rule.js'
import { revocationChecks } from './revocation.js'

const day = 86_400_000
const at = Date.parse('2026-06-01T00:00:00Z')
const open = (unchecked: string) => ({ unchecked })

const strict: RevocationRule = {
  crl: 'required',
  graceDays: 0,
  minNumbers: { Milan: 7 },
  maxFetchAgeDays: 30,
}

const supply = (
  number: bigint,
  fetchedAt: number | null,
  scope: SuppliedCrl['scope'] = null,
): SuppliedCrl => ({
  crl: parseCrl(labCrl('Milan', { number })),
  fetchedAt,
  scope,
})

/** How the four checks ended, and what was used or why nothing was. */
function judge(crls: readonly SuppliedCrl[], rule: Partial<RevocationRule> = {}) {
  const ledger = openLedger(revocationChecks)
  const checks = () =>
    Object.fromEntries(
      ledger
        .results()
        .map(({ id, outcome, reason }) => [
          id.slice('revocation.'.length),
          reason === undefined ? outcome : `${outcome}: ${reason}`,
        ]),
    )
  try {
    const used = satisfyRule({
      rule: { ...strict, ...rule },
      crls,
      at,
      line: 'Milan',
      issuer: 'ARK-Milan',
      ledger,
    })
    return { code: null, used: used?.supplied, until: used?.satisfiesUntil, checks: checks() }
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return { code: error.code, used: undefined, until: undefined, checks: checks() }
  }
}

describe('a part of the rule that is not checked', () => {
  it('gives its reason although a CRL is there', () => {
    const rule = {
      crl: open('none is needed'),
      graceDays: open('no window'),
      minNumbers: open('no floor'),
      maxFetchAgeDays: open('no age'),
    }
    const { used, until, checks } = judge([supply(7n, at)], rule)
    expect(used?.fetchedAt).toBe(at)
    expect(until).toBe(Infinity)
    expect(checks).toMatchObject({
      crl: 'unchecked: none is needed',
      graceDays: 'unchecked: no window',
      minNumbers: 'unchecked: no floor',
      maxFetchAgeDays: 'unchecked: no age',
    })
  })

  it('gives its reason where no CRL is there', () => {
    const { code, used, checks } = judge([], { crl: open('none is needed') })
    expect([code, used]).toEqual([null, undefined])
    for (const id of ['crl', 'graceDays', 'minNumbers', 'maxFetchAgeDays'])
      expect(checks[id]).toBe('unchecked: none is needed')
  })

  it('is not a floor for another line', () => {
    const { code, checks } = judge([supply(0n, at)], { minNumbers: { Genoa: 9 } })
    expect([code, checks['minNumbers']]).toEqual([null, 'unchecked: no floor for Milan'])
  })
})

describe('a CRL that nobody says when it was fetched', () => {
  it('is bounded by the floor of its number', () => {
    const { code, checks } = judge([supply(7n, null)])
    expect(code).toBeNull()
    expect(checks).toMatchObject({
      crl: 'passed',
      graceDays: 'passed',
      minNumbers: 'passed',
      maxFetchAgeDays: 'unchecked: no fetch time: the number bounds its age',
    })
  })

  it('needs no bound where no CRL is required', () => {
    const { code, checks } = judge([supply(7n, null)], { crl: open('not needed'), minNumbers: {} })
    expect(code).toBeNull()
    expect(checks).toMatchObject({
      crl: 'unchecked: not needed',
      minNumbers: 'unchecked: no floor for Milan',
      maxFetchAgeDays: 'unchecked: no fetch time',
    })
  })
})

describe('of several CRLs', () => {
  const [older, newer] = [supply(7n, at), supply(8n, at)]
  const all = {
    older,
    newer,
    tooOld: supply(6n, at),
    unfetched: supply(8n, null),
    // Larger than any number that JavaScript counts exactly.
    huge: supply(2n ** 150n, at),
    huger: supply(2n ** 150n + 1n, at),
  }
  const chosen = (...names: readonly (keyof typeof all)[]) => {
    const { used } = judge(names.map((name) => all[name]))
    return Object.entries(all).find(([, one]) => one === used)?.[0]
  }

  it('the newest is used, in whatever order they come', () => {
    expect([chosen('older', 'newer'), chosen('newer', 'older')]).toEqual(['newer', 'newer'])
    expect([chosen('huge', 'huger'), chosen('huger', 'huge')]).toEqual(['huger', 'huger'])
    expect(chosen('older', 'huge', 'newer')).toBe('huge')
  })

  it('the one with a fetch time is used, if they are the same', () => {
    expect([chosen('unfetched', 'newer'), chosen('newer', 'unfetched')]).toEqual(['newer', 'newer'])
    expect([chosen('unfetched', 'older'), chosen('older', 'unfetched')]).toEqual(['unfetched', 'unfetched'])
  })

  it('the first is used, if nothing tells them apart', () => {
    for (const fetchedAt of [at, null]) {
      const [one, two, three] = [supply(7n, fetchedAt), supply(7n, fetchedAt), supply(7n, fetchedAt)]
      expect(judge([one, two, three]).used).toBe(one)
      expect(judge([three, two, one]).used).toBe(three)
    }
  })

  it('one that satisfies the rule goes before a newer one that does not', () => {
    const stale = supply(9n, at - 31 * day)
    expect(judge([stale, older]).used).toBe(older)
    expect(judge([stale, all.tooOld])).toMatchObject({
      code: 'REVOCATION_FETCH_AGE',
      checks: { minNumbers: 'passed', maxFetchAgeDays: 'failed: the CRL was fetched too long ago' },
    })
    expect(judge([all.tooOld, supply(5n, at - 31 * day)])).toMatchObject({
      code: 'REVOCATION_NUMBER',
      checks: { minNumbers: 'failed: the CRL number is below the floor', maxFetchAgeDays: 'passed' },
    })
  })
})
