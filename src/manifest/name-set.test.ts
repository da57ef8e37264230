import { describe, expect, it } from 'vitest'
import { hasName, listOf, namesIn, setOfNames, sizeOfSet, within, without } from './name-set.js'

const all = Array.from({ length: 70 }, (_, at) => `n${at}`)
const list = listOf(all)

describe('a list of names', () => {
  it('has each name once, in the order in which they came', () => {
    expect(listOf(['b', 'a', 'b', 'constructor'])).toEqual({
      names: ['b', 'a', 'constructor'],
      bits: new Map([
        ['b', 0],
        ['a', 1],
        ['constructor', 2],
      ]),
    })
  })
})

describe('a set of names', () => {
  const some = setOfNames(list, ['n69', 'n0', 'n32', 'ghost', 'n0', '__proto__'])

  it('has those that the list has, in the order of the list', () => {
    expect(namesIn(some)).toEqual(['n0', 'n32', 'n69'])
    expect(namesIn(some, 2)).toEqual(['n0', 'n32'])
    expect(sizeOfSet(some)).toBe(3)
    expect(sizeOfSet(setOfNames(list, all))).toBe(70)
    expect(sizeOfSet(setOfNames(listOf([]), ['n0']))).toBe(0)
  })

  it('knows its names', () => {
    for (const name of ['n0', 'n32', 'n69']) expect([name, hasName(some, name)]).toEqual([name, true])
    for (const name of ['n1', 'n31', 'n33', 'n68', 'ghost', '__proto__', ''])
      expect([name, hasName(some, name)]).toEqual([name, false])
  })

  it('is compared with another', () => {
    const other = setOfNames(list, ['n32', 'n5'])
    expect(namesIn(without(some, other))).toEqual(['n0', 'n69'])
    expect(namesIn(within(some, other))).toEqual(['n32'])
    expect(without(some, other).list).toBe(list)
    expect(within(some, other).list).toBe(list)
    expect(namesIn(some)).toEqual(['n0', 'n32', 'n69'])
  })
})
