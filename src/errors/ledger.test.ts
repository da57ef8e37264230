import { describe, expect, it } from 'vitest'
import { isUnchecked, openLedger } from './ledger.js'

const registry = [
  { id: 'one', source: 'first' },
  { id: 'two', source: 'second' },
  { id: 'three', source: 'third' },
]

describe('the ledger of a verification', () => {
  it('lists every check in the order of the registry, reached or not', () => {
    const ledger = openLedger(registry)
    ledger.fail('three', { expected: 1, actual: 2 })
    ledger.pass('one', { reason: 'because' })
    expect(ledger.results()).toEqual([
      { id: 'one', outcome: 'passed', reason: 'because', source: 'first' },
      { id: 'two', outcome: 'notReached', source: 'second' },
      { id: 'three', outcome: 'failed', expected: 1, actual: 2, source: 'third' },
    ])
  })

  it('is complete when every check passed or was left unchecked, and only then', () => {
    const ledger = openLedger(registry)
    expect(ledger.complete()).toBe(false)
    ledger.pass('one')
    ledger.leaveUnchecked('two', 'not asked')
    expect(ledger.complete()).toBe(false)
    ledger.pass('three')
    expect(ledger.complete()).toBe(true)
    expect(ledger.results()[1]).toEqual({
      id: 'two',
      outcome: 'unchecked',
      reason: 'not asked',
      source: 'second',
    })
    const failed = openLedger(registry)
    failed.pass('one')
    failed.fail('two')
    failed.pass('three')
    expect(failed.complete()).toBe(false)
    expect(openLedger([]).complete()).toBe(true)
  })

  it('takes one word on each check, and none on others', () => {
    const ledger = openLedger(registry)
    ledger.fail('one')
    expect(() => ledger.pass('one')).toThrow(new TypeError('check one was recorded twice'))
    expect(() => ledger.leaveUnchecked('one', 'x')).toThrow(TypeError)
    expect(() => ledger.pass('four')).toThrow(new TypeError('check four is not in the registry'))
    expect(ledger.results()[0]?.outcome).toBe('failed')
  })
})

describe('unchecked', () => {
  it('is an object that says so', () => {
    expect(isUnchecked({ unchecked: 'why' })).toBe(true)
    const inherited: unknown = Object.create({ unchecked: 'why' })
    for (const other of [inherited, null, undefined, 'unchecked', 'none', [], {}, { Unchecked: 'x' }])
      expect(isUnchecked(other)).toBe(false)
  })
})
