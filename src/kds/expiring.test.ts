import { describe, expect, it } from 'vitest'
import { labCrl, labEvidence } from '../../test/support/pki.js'
import { type ExpiringItem, expiring } from './expiring.js'

const at = new Date('2026-06-01T00:00:00Z')
const later = (ms: number): Date => new Date(at.getTime() + ms)
const day = 86_400_000
const crl = (label: string, ms: number): ExpiringItem => ({
  label,
  crl: labCrl('Milan', { nextUpdate: later(ms) }),
})
const leaf = (label: string, signer: 'vcek' | 'vlek', ms: number): ExpiringItem => ({
  label,
  certificate: labEvidence({ signer, vek: { notAfter: later(ms) } }).vek,
})

describe('expiring', () => {
  it('tells those that end within the days, the first to end first', () => {
    const items = [
      crl('crl', 10 * day),
      leaf('vlek', 'vlek', 3 * day + 1000),
      leaf('vcek', 'vcek', -1000),
      crl('later', 10 * day + 1000),
      crl('now', 0),
    ]
    expect(expiring(items, { at, days: 10 })).toEqual([
      { label: 'vcek', kind: 'vcek', expiresAt: '2026-05-31T23:59:59.000Z', daysLeft: -1 },
      { label: 'now', kind: 'crl', expiresAt: '2026-06-01T00:00:00.000Z', daysLeft: 0 },
      { label: 'vlek', kind: 'vlek', expiresAt: '2026-06-04T00:00:01.000Z', daysLeft: 3 },
      { label: 'crl', kind: 'crl', expiresAt: '2026-06-11T00:00:00.000Z', daysLeft: 10 },
    ])
    expect(expiring(items, { at, days: 0 }).map(({ label }) => label)).toEqual(['vcek', 'now'])
  })

  it('names other certificates as such', () => {
    const [found] = expiring([{ label: 'ask', certificate: labEvidence().ask }], { at, days: 36_500 })
    expect(found?.kind).toBe('certificate')
  })

  it('refuses what it cannot read: silence would look like a good sign', () => {
    const options = { at, days: 1 }
    const none = Uint8Array.of(48, 0)
    expect(() => expiring([{ label: 'x', crl: none }], options)).toThrow(
      expect.objectContaining({ stage: 'DER' }),
    )
    expect(() => expiring([{ label: 'x', certificate: none }], options)).toThrow(
      expect.objectContaining({ stage: 'DER' }),
    )
    expect(() => expiring([{ label: 'x', crl: 'x' as never }], options)).toThrow(/^crl must be a Uint8Array$/)
    expect(() => expiring([{ label: 'x', certificate: null as never }], options)).toThrow(
      /^certificate must be/,
    )
  })

  it.each([
    [{ at: new Date(NaN), days: 1 }, /^at must be a valid Date$/],
    [{ at: 0, days: 1 }, /^at must be/],
    [{ at, days: -1 }, /^days must be a number that is not negative$/],
    [{ at, days: NaN }, /^days must be/],
    [{ at, days: Infinity }, /^days must be/],
  ])('takes no %j', (options, message) => {
    expect(() => expiring([], options as never)).toThrow(message)
  })
})
