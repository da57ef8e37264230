import { expect, it } from 'vitest'
import { createMissing } from './missing.js'

it('holds a thousand, and lets the oldest go', () => {
  const missing = createMissing(10)
  for (let index = 0; index < 1000; index += 1) missing.add(`p${index}`, 0)
  // Found missing again: now it is the newest.
  missing.add('p0', 1)
  missing.add('new', 1)
  expect(['p0', 'p1', 'p2', 'p3', 'new'].map((path) => missing.has(path, 1))).toEqual([
    true,
    false,
    true,
    true,
    true,
  ])
})

it('forgets on demand, and in time', () => {
  const missing = createMissing(10)
  missing.add('a', 5)
  expect([missing.has('a', 5), missing.has('a', 14), missing.has('b', 5)]).toEqual([true, true, false])
  expect([missing.has('a', 15), missing.has('a', 14)]).toEqual([false, false])
  missing.add('a', 5)
  expect(missing.has('a', 4)).toBe(false)
  missing.add('a', 5)
  missing.delete('a')
  expect(missing.has('a', 5)).toBe(false)
})
