import { describe, expect, it } from 'vitest'
import { acceptedRule, acceptedUntil } from './measurements.js'

const rule = (label: string, notAfter?: string, value = 'aa') => ({
  label,
  value,
  ...(notAfter === undefined ? {} : { notAfter }),
})

describe('a launch digest is accepted', () => {
  it('for ever, to the end of a day, or to the very millisecond', () => {
    expect(acceptedUntil(rule('x'))).toBe(Infinity)
    expect(acceptedUntil(rule('x', '2026-12-31'))).toBe(Date.parse('2026-12-31T23:59:59.999Z'))
    expect(acceptedUntil(rule('x', '2026-12-31T12:00:00Z'))).toBe(Date.parse('2026-12-31T12:00:00Z'))
  })

  it.each<readonly [until: string, last: string]>([
    ['2026-12-31', '2026-12-31T23:59:59.999Z'],
    ['2026-12-31T12:00:00.5Z', '2026-12-31T12:00:00.500Z'],
  ])('until %s and not a millisecond longer', (until, last) => {
    const one = rule('x', until)
    expect(acceptedRule([one], 'aa', Date.parse(last))).toBe(one)
    expect(acceptedRule([one], 'aa', Date.parse(last) + 1)).toBeNull()
    expect(acceptedRule([one], 'ab', Date.parse(last))).toBeNull()
  })

  it('by the rule that does so longest; of equal ones by the first', () => {
    const [short, long, ever] = [rule('short', '2026-01-01'), rule('long', '2027-01-01'), rule('ever')]
    const other = rule('other', undefined, 'bb')
    const again = rule('again', '2027-01-01')
    const chosen = (...rules: readonly ReturnType<typeof rule>[]) => acceptedRule(rules, 'aa', 0)?.label
    expect([chosen(short, long), chosen(long, short)]).toEqual(['long', 'long'])
    expect([chosen(short, ever, long), chosen(ever, long), chosen(other, short)]).toEqual([
      'ever',
      'ever',
      'short',
    ])
    expect([chosen(long, again), chosen(again, long), chosen(short, again, long)]).toEqual([
      'long',
      'again',
      'again',
    ])
    expect(chosen()).toBeUndefined()
  })
})
