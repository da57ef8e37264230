import { expect, it } from 'vitest'
import { backOffMs, retryAfterMs } from './retry-after.js'

const now = Date.parse('2026-06-01T00:00:00Z')

it.each([
  ['0', 0],
  ['1', 1000],
  [' 120 ', 120_000],
  ['999999999', 10_000_000_000],
  ['Mon, 01 Jun 2026 00:00:07 GMT', 7000],
  ['Mon, 01 Jun 2026 00:00:00 GMT', 0],
  ['Sun, 31 May 2026 23:00:00 GMT', 0],
  ['Fri, 01 Jan 9999 00:00:00 GMT', 10_000_000_000],
])('Retry-After %j is %d ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms)
})

it.each([
  null,
  '',
  '-1',
  '1.5',
  '1e3',
  'soon',
  '9999999999',
  '2026-06-01T00:00:07Z',
  'Monday, 01-Jun-26 00:00:07 GMT',
  'Mon, 99 Jun 2026 00:00:07 GMT',
  'x Mon, 01 Jun 2026 00:00:07 GMT',
  'Mon, 01 Jun 2026 00:00:07 GMT x',
])('Retry-After %j is none', (header) => {
  expect(retryAfterMs(header, now)).toBeNull()
})

it('backs off twice as long each time, up to a minute, by chance', () => {
  expect([1, 2, 3, 6, 7, 8, 100].map((failures) => backOffMs(failures, 1))).toEqual([
    1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000,
  ])
  expect(backOffMs(3, 0.5)).toBe(2000)
  expect(backOffMs(3, 0)).toBe(0)
})
