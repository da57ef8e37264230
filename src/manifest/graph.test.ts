import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Marks, countOf, difference, intersection, marksOf, reachableMarks, wordsFor } from './graph.js'

type Edges = readonly (readonly number[])[]

/** Each node marks itself. */
const reach = (edges: Edges): readonly (readonly number[])[] =>
  reachableMarks(
    edges,
    edges.map((_, i) => [i]),
    edges.length,
  ).map((marks) => marksOf(marks))

/** The definition, one search per node. */
function bySearch(edges: Edges, start: number): readonly number[] {
  const seen = new Set([start])
  for (const node of seen) for (const target of edges[node] ?? []) seen.add(target)
  return [...seen].sort((a, b) => a - b)
}

describe('marks of all that can be reached', () => {
  it.each<readonly [string, Edges, readonly (readonly number[])[]]>([
    ['nothing', [], []],
    ['one node', [[]], [[0]]],
    ['a loop of one', [[0]], [[0]]],
    ['a chain', [[1], [2], []], [[0, 1, 2], [1, 2], [2]]],
    ['a chain against the order', [[], [0], [1]], [[0], [0, 1], [0, 1, 2]]],
    [
      'a cycle',
      [[1], [2], [0]],
      [
        [0, 1, 2],
        [0, 1, 2],
        [0, 1, 2],
      ],
    ],
    ['a cycle with a tail', [[1], [0, 2], []], [[0, 1, 2], [0, 1, 2], [2]]],
    ['two ways to one', [[1, 2], [3], [3], []], [[0, 1, 2, 3], [1, 3], [2, 3], [3]]],
    [
      'two cycles, one way',
      [[1], [0, 2], [3], [2]],
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        [2, 3],
        [2, 3],
      ],
    ],
  ])('%s', (_, edges, expected) => {
    expect(reach(edges)).toEqual(expected)
  })

  it('is what a search from every node finds', () => {
    const graphs = fc
      .integer({ min: 1, max: 40 })
      .chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 3 }), { minLength: n, maxLength: n }))
    fc.assert(
      fc.property(graphs, (edges) => {
        expect(reach(edges)).toEqual(edges.map((__, i) => bySearch(edges, i)))
      }),
      { numRuns: 500 },
    )
  })

  it('nodes without marks of their own hand on those of others', () => {
    const graphs = fc.array(
      fc.tuple(fc.array(fc.nat(19), { maxLength: 3 }), fc.array(fc.nat(69), { maxLength: 2 })),
      {
        minLength: 20,
        maxLength: 20,
      },
    )
    fc.assert(
      fc.property(graphs, (nodes) => {
        const edges = nodes.map(([targets]) => targets)
        const expected = edges.map((_, i) => [
          ...new Set(bySearch(edges, i).flatMap((node) => nodes[node]?.[1] ?? [])),
        ])
        const found = reachableMarks(
          edges,
          nodes.map(([, own]) => own),
          70,
        ).map((marks) => marksOf(marks))
        expect(found).toEqual(expected.map((marks) => marks.sort((a, b) => a - b)))
      }),
      { numRuns: 500 },
    )
  })

  it('shares the set of a node that adds nothing', () => {
    const [a, b, c] = reachableMarks([[2], [2, 2], []], [[], [], [5]], 6)
    expect([a === c, b === c]).toEqual([true, true])
    const [d, e] = reachableMarks([[1], []], [[0], [5]], 6)
    expect([d === e, marksOf(d ?? new Uint32Array())]).toEqual([false, [0, 5]])
  })

  it('marks at the edges of words', () => {
    const [marks] = reachableMarks([[]], [[0, 31, 32, 63, 64]], 65)
    expect([marks?.length, marksOf(marks ?? new Uint32Array())]).toEqual([3, [0, 31, 32, 63, 64]])
  })

  it('a chain of 100 000 does not need the call stack', () => {
    const count = 100_000
    const edges = Array.from({ length: count }, (_, i) => (i + 1 < count ? [i + 1] : []))
    const own = edges.map((_, i) => (i === count - 1 ? [0] : []))
    expect(reachableMarks(edges, own, 1).every((marks) => marks[0] === 1)).toBe(true)
  })
})

describe('sets of small integers', () => {
  const universe = 100
  const marks = (members: Iterable<number>): Marks => {
    const words = new Uint32Array(wordsFor(universe))
    for (const bit of members) words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31))
    return words
  }
  const members = fc.uniqueArray(fc.nat(universe - 1))

  it.each([
    [0, 0],
    [1, 1],
    [32, 1],
    [33, 2],
  ])('below %i have %i words', (size, words) => {
    expect(wordsFor(size)).toBe(words)
  })

  it('list the first of their members, all unless told', () => {
    const some = marks([0, 31, 32, 63, 99])
    expect(marksOf(some)).toEqual([0, 31, 32, 63, 99])
    expect(marksOf(some, 5)).toEqual([0, 31, 32, 63, 99])
    expect(marksOf(some, 2)).toEqual([0, 31])
    expect(marksOf(some, 0)).toEqual([])
    expect(marksOf(marks([]))).toEqual([])
  })

  it('are counted and compared as sets are', () => {
    fc.assert(
      fc.property(members, members, fc.nat(universe), (a, b, count) => {
        const [left, right] = [marks(a), marks(b)]
        const sorted = [...a].sort((x, y) => x - y)
        expect(countOf(left)).toBe(a.length)
        expect(marksOf(left, count)).toEqual(sorted.slice(0, count))
        expect(marksOf(difference(left, right))).toEqual(sorted.filter((one) => !b.includes(one)))
        expect(marksOf(intersection(left, right))).toEqual(sorted.filter((one) => b.includes(one)))
        expect([left, right]).toEqual([marks(a), marks(b)])
      }),
    )
  })

  it('are counted where all bits are set', () => {
    expect(countOf(new Uint32Array(3).fill(0xffffffff))).toBe(96)
  })
})
