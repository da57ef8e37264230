import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createExpiryQueue } from './expiry-queue.js'

const item = (expiresAt: number) => ({ expiresAt })

it('has no first item at first, nor after the last was removed', () => {
  const queue = createExpiryQueue()
  expect(queue.first()).toBeUndefined()
  const only = item(5)
  queue.add(only)
  expect(queue.first()).toBe(only)
  queue.remove(only)
  expect(queue.first()).toBeUndefined()
})

it('lets go of nothing that it does not hold', () => {
  const queue = createExpiryQueue()
  const [held, other] = [item(5), item(5)]
  queue.add(held)
  queue.remove(other)
  expect(queue.first()).toBe(held)
  const [next, last] = [item(6), item(7)]
  queue.add(next)
  queue.add(last)
  for (let time = 0; time < 3; time += 1) {
    queue.remove(held)
    expect(queue.first()).toBe(next)
  }
  queue.remove(next)
  expect(queue.first()).toBe(last)
  queue.remove(last)
  expect(queue.first()).toBeUndefined()
})

it('puts what never expires last', () => {
  const queue = createExpiryQueue()
  const [never, soon] = [item(Infinity), item(1)]
  queue.add(never)
  queue.add(soon)
  expect(queue.first()).toBe(soon)
  queue.remove(soon)
  expect(queue.first()).toBe(never)
})

it('tells the first of any items, whatever was added and removed before', () => {
  const step = fc.record({ expiresAt: fc.integer({ min: 0, max: 20 }), remove: fc.nat({ max: 60 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = createExpiryQueue<{ readonly expiresAt: number }>()
      const held: { readonly expiresAt: number }[] = []
      const told: unknown[] = []
      const expected: unknown[] = []
      const compare = () => {
        told.push(queue.first()?.expiresAt)
        expected.push(held.length === 0 ? undefined : Math.min(...held.map((one) => one.expiresAt)))
      }
      for (const { expiresAt, remove } of steps) {
        const added = item(expiresAt)
        queue.add(added)
        held.push(added)
        // In some of the steps something goes, from anywhere.
        const [gone] = held.splice(remove, 1)
        if (gone !== undefined) queue.remove(gone)
        compare()
      }
      // And all that is left comes out in order, each once.
      for (let first = queue.first(); first !== undefined; first = queue.first()) {
        held.splice(held.indexOf(first), 1)
        queue.remove(first)
        compare()
        if (told.length > 2 * steps.length) throw new Error('the queue has more than was added')
      }
      expect(told).toEqual(expected)
      expect(held).toEqual([])
    }),
    { numRuns: 300 },
  )
})
