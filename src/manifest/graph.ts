/** What can be reached in a directed graph, for every node at once and in linear time. */

/** A set of small integers. */
export type Marks = Uint32Array

/** How many words hold a set of integers below `universe`. */
export const wordsFor = (universe: number): number => Math.ceil(universe / 32)

/** The first members of a set, all unless told, ascending. */
export function marksOf(marks: Marks, count: number = Infinity): readonly number[] {
  const out: number[] = []
  // By index: an iterator makes an object for each word.
  for (let word = 0; word < marks.length && out.length < count; word += 1) {
    for (let left = marks[word] ?? 0; left !== 0 && out.length < count; left &= left - 1) {
      out.push(word * 32 + 31 - Math.clz32(left & -left))
    }
  }
  return out
}

/** How many members a set has. */
export function countOf(marks: Marks): number {
  let count = 0
  for (const value of marks) {
    // The sum of neighbouring bits, then of pairs, then of nibbles; the product adds the four bytes up.
    const pairs = value - ((value >>> 1) & 0x55555555)
    const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
    count += Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return count
}

/** The members of a set that another of the same universe has not. */
export function difference(marks: Marks, other: Marks): Marks {
  const out = marks.slice()
  for (let word = 0; word < out.length; word += 1) out[word] = (out[word] ?? 0) & ~(other[word] ?? 0)
  return out
}

/** The members that both sets of one universe have. */
export function intersection(marks: Marks, other: Marks): Marks {
  const out = marks.slice()
  for (let word = 0; word < out.length; word += 1) out[word] = (out[word] ?? 0) & (other[word] ?? 0)
  return out
}

/**
 * For each node the marks of all nodes that can be reached from it, its own included.
 *
 * Strongly connected components after Tarjan, with a stack of its own: a manifest may chain thousands of components.
 * A component is complete only after everything that it reaches, so its marks are known at that moment. Nodes of one
 * component share one set.
 *
 * @param edges - For each node, the nodes that it leads to.
 * @param own - For each node, its own marks, each below `universe`.
 */
export function reachableMarks(
  edges: readonly (readonly number[])[],
  own: readonly (readonly number[])[],
  universe: number,
): readonly Marks[] {
  const words = wordsFor(universe)
  const count = edges.length
  const order = new Int32Array(count).fill(-1)
  const low = new Int32Array(count)
  const sets: (Marks | undefined)[] = new Array<Marks | undefined>(count).fill(undefined)
  const open: number[] = []
  let next = 0

  const enter = (node: number): void => {
    order[node] = low[node] = next
    next += 1
    open.push(node)
  }
  const close = (root: number): void => {
    const members = open.splice(open.lastIndexOf(root))
    const marks = inherited(members) ?? new Uint32Array(words)
    for (const member of members) {
      for (const bit of own[member] ?? []) marks[bit >>> 5] = (marks[bit >>> 5] ?? 0) | (1 << (bit & 31))
      // Those of this component have no set yet, and need none: their marks are added by this very loop.
      for (const target of edges[member] ?? []) unite(marks, sets[target])
    }
    for (const member of members) sets[member] = marks
  }
  // A node that adds nothing to the one set it leads to, as data that one component reads, needs no copy of it.
  const inherited = ([node, another]: readonly number[]): Marks | undefined => {
    if (node === undefined || another !== undefined || (own[node]?.length ?? 0) > 0) return undefined
    const [first, ...others] = edges[node] ?? []
    const marks = first === undefined ? undefined : sets[first]
    return others.every((target) => sets[target] === marks) ? marks : undefined
  }
  const lower = (node: number, value: number): void => {
    low[node] = Math.min(low[node] ?? value, value)
  }

  for (let start = 0; start < count; start += 1) {
    if (order[start] !== -1) continue
    const path: { readonly node: number; edge: number }[] = [{ node: start, edge: 0 }]
    enter(start)
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { node } = top
      const target = edges[node]?.[top.edge]
      top.edge += 1
      if (target === undefined) {
        path.pop()
        const above = path.at(-1)
        if (above !== undefined) lower(above.node, low[node] ?? 0)
        if (low[node] === order[node]) close(node)
      } else if (order[target] === -1) {
        enter(target)
        path.push({ node: target, edge: 0 })
      } else if (sets[target] === undefined) {
        lower(node, order[target] ?? 0)
      }
    }
  }
  return sets.map((marks) => marks ?? new Uint32Array(words))
}

function unite(into: Marks, from: Marks | undefined): void {
  if (from === undefined) return
  for (let word = 0; word < into.length; word += 1) into[word] = (into[word] ?? 0) | (from[word] ?? 0)
}
