import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CheckEntry, openLedger } from '../errors/ledger.js'
import { policyChecks } from '../appraisal/checks.js'
import { labEvidence } from '../../test/support/pki.js'
import { checkRegistry } from './registry.js'

const entries: readonly CheckEntry[] = [
  { id: 'one', source: 'a' },
  { id: 'two', source: 'b' },
]

describe('a ledger', () => {
  it('is complete once every check passed or was left unchecked with a reason', () => {
    const ledger = openLedger(entries)
    expect(ledger.complete()).toBe(false)
    ledger.pass('two')
    expect(ledger.complete()).toBe(false)
    ledger.leaveUnchecked('one', 'why')
    expect(ledger.complete()).toBe(true)
  })

  it('is never complete with a failure', () => {
    const ledger = openLedger(entries)
    ledger.pass('one')
    ledger.fail('two', { actual: 7 })
    expect(ledger.complete()).toBe(false)
  })

  it('says how each check ended, in the order of the registry', () => {
    const ledger = openLedger(entries)
    ledger.fail('two', { expected: 1, actual: 2 })
    expect(ledger.results()).toEqual([
      { id: 'one', outcome: 'notReached', source: 'a' },
      { id: 'two', outcome: 'failed', expected: 1, actual: 2, source: 'b' },
    ])
  })

  it('takes no check that it does not know, and none twice', () => {
    const ledger = openLedger(entries)
    expect(() => ledger.pass('three')).toThrow(TypeError)
    ledger.pass('one')
    for (const again of [
      () => ledger.pass('one'),
      () => ledger.fail('one'),
      () => ledger.leaveUnchecked('one', 'why'),
    ])
      expect(again).toThrow(TypeError)
    expect(ledger.results()[0]?.outcome).toBe('passed')
  })

  it('hands out what nobody can change', () => {
    const ledger = openLedger(entries)
    ledger.pass('one')
    const results = ledger.results()
    expect([results, ...results].every(Object.isFrozen)).toBe(true)
  })
})

describe('the registry', () => {
  it('names each check once, with its source', () => {
    const ids = checkRegistry.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(checkRegistry.filter(({ source }) => source === '')).toEqual([])
  })

  it('is in the order of verification', () => {
    const first = (prefix: string) => checkRegistry.findIndex(({ id }) => id.startsWith(prefix))
    const order = [
      'report.',
      'endorsement.certificate',
      'endorsement.signer',
      'chain.anchors',
      'revocation.signature',
      'signature',
      'debug',
      'binding',
      'freshness',
    ]
    const places = order.map(first)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
  })

  it('has a code for each policy check, made of its id', () => {
    const codes = policyChecks.map(({ id, code }) => [
      `APPRAISAL_${id
        .replaceAll('.', '_')
        .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
        .toUpperCase()}`,
      code,
    ])
    for (const [expected, code] of codes) expect(code).toBe(expected)
    expect(policyChecks.slice(0, 4).map(({ id }) => id)).toEqual([
      'debug',
      'migrateMa',
      'reportIdMa',
      'tcbOrder',
    ])
  })
})

describe('a verification whose checks are not those of the registry', () => {
  /** What the verifier takes for the registry; imported anew, so that all of it shares this one and its brands. */
  const registry: CheckEntry[] = []
  let verify: () => Promise<string>

  beforeAll(async () => {
    vi.resetModules()
    vi.doMock('./registry.js', () => ({ checkRegistry: registry }))
    const { evidenceOf, inputOf, labVerifier } = await import('../../test/support/lab-verifier.js')
    const input = await inputOf(evidenceOf(labEvidence()))
    verify = async () => (await labVerifier.appraiseEvidence(input)).verdict
  })

  beforeEach(() => {
    registry.splice(0, Infinity, ...checkRegistry)
  })

  afterAll(() => {
    vi.doUnmock('./registry.js')
    vi.resetModules()
  })

  it('is accepted with the registry as it is', async () => {
    expect(await verify()).toBe('accepted')
  })

  it('is no success when a check did not run', async () => {
    registry.push({ id: 'forgotten', source: 'nobody' })
    await expect(verify()).rejects.toThrow(new TypeError('a check of the registry did not run'))
  })

  it.each(checkRegistry.map(({ id }) => id))('is no success when %s is not in it', async (id) => {
    registry.splice(0, Infinity, ...checkRegistry.filter((entry) => entry.id !== id))
    await expect(verify()).rejects.toThrow(new TypeError(`check ${id} is not in the registry`))
  })
})
