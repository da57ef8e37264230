/** What can be reached in a directed graph, for every node at once and in linear time. */

/** A set of small integers. */
export type Marks = Uint32Array

/** The members of a set, ascending. */
export function marksOf(marks: Marks): readonly number[] {
  const out: number[] = []
  for (const [word, value] of marks.entries()) {
    if (value === 0) continue
    for (let bit = 0; bit < 32; bit += 1) if (((value >>> bit) & 1) === 1) out.push(word * 32 + bit)
  }
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
  const words = Math.ceil(universe / 32)
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
