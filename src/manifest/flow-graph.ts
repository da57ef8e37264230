/**
 * The graph behind the data flow: components, data, outputs, and two nodes for the shared files, one for what reads
 * them and one for what writes them. Names of different kinds never meet.
 */
import { type Marks, marksOf, reachableMarks } from './graph.js'

/** What a closed graph answers. Unknown names give empty lists. */
export interface Reached {
  /** The components that can come to hold a data item, in the order in which they were named. */
  readonly readers: (data: string) => readonly string[]
  /** The names of the receivers that it, or what is derived from it, can come to. */
  readonly receivers: (data: string) => readonly string[]
  /** Those of its readers that can reach the network. */
  readonly leaves: (data: string) => readonly string[]
}

export interface FlowGraph {
  readonly component: (name: string) => void
  readonly data: (name: string) => void
  /** Both ways. */
  readonly exchange: (a: string, b: string) => void
  /** The component can read and write all files. */
  readonly openFiles: (component: string) => void
  readonly openNetwork: (component: string) => void
  readonly readsData: (component: string, name: string) => void
  readonly readsOutput: (component: string, name: string) => void
  readonly writes: (component: string, output: string) => void
  readonly receives: (output: string, receiver: string) => void
  readonly close: () => Reached
}

export function openGraph(): FlowGraph {
  const edges: number[][] = []
  const node = (): number => edges.push([]) - 1
  const edge = (from: number, to: number): void => void edges[from]?.push(to)
  const components = numbered(node)
  const data = numbered(node)
  const outputs = numbered(node)
  const withFiles = new Set<number>()
  const networked = new Set<string>()
  const sent: (readonly [output: number, receiver: string])[] = []

  // Only now, since files that nobody can open join nothing.
  const joinFiles = (): void => {
    if (withFiles.size === 0) return
    const [read, written] = [node(), node()]
    for (const id of [...data.ids.values(), ...outputs.ids.values()]) {
      edge(id, read)
      edge(written, id)
    }
    for (const id of withFiles) {
      edge(read, id)
      edge(id, written)
    }
  }

  return {
    component: (name) => void components.at(name),
    data: (name) => void data.at(name),
    exchange: (a, b) => {
      edge(components.at(a), components.at(b))
      edge(components.at(b), components.at(a))
    },
    openFiles: (component) => void withFiles.add(components.at(component)),
    openNetwork: (component) => void networked.add(component),
    readsData: (component, name) => edge(data.at(name), components.at(component)),
    readsOutput: (component, name) => edge(outputs.at(name), components.at(component)),
    writes: (component, output) => edge(components.at(component), outputs.at(output)),
    receives: (output, receiver) => void sent.push([outputs.at(output), receiver]),

    close: () => {
      joinFiles()
      const holders = [...components.ids.keys()]
      const receivers = numbered((index) => holders.length + index)
      const own: number[][] = edges.map(() => [])
      for (const [bit, id] of [...components.ids.values()].entries()) own[id]?.push(bit)
      for (const [output, receiver] of sent) own[output]?.push(receivers.at(receiver))
      const names = [...holders, ...receivers.ids.keys()]
      const reached = reachableMarks(edges, own, names.length)
      return answers(names, holders.length, networked, (name) => reached[data.ids.get(name) ?? -1])
    },
  }
}

function answers(
  names: readonly string[],
  holders: number,
  networked: ReadonlySet<string>,
  reachedFrom: (data: string) => Marks | undefined,
): Reached {
  interface Answer {
    readonly readers: readonly string[]
    readonly receivers: readonly string[]
    readonly leaves: readonly string[]
  }
  const nothing: Answer = { readers: [], receivers: [], leaves: [] }
  // Many data items reach the same, and then they share one set.
  const known = new WeakMap<Marks, Answer>()
  const answer = (data: string): Answer => {
    const marks = reachedFrom(data)
    if (marks === undefined) return nothing
    const before = known.get(marks)
    if (before !== undefined) return before
    const bits = marksOf(marks)
    const named = (some: readonly number[]): readonly string[] =>
      Object.freeze(some.map((bit) => names[bit] ?? ''))
    const readers = named(bits.filter((bit) => bit < holders))
    const made = {
      readers,
      receivers: named(bits.filter((bit) => bit >= holders)),
      leaves: Object.freeze(readers.filter((component) => networked.has(component))),
    }
    known.set(marks, made)
    return made
  }
  return {
    readers: (data) => answer(data).readers,
    receivers: (data) => answer(data).receivers,
    leaves: (data) => answer(data).leaves,
  }
}

/** Names to numbers, each name one. */
function numbered(next: (index: number) => number): {
  readonly ids: ReadonlyMap<string, number>
  readonly at: (name: string) => number
} {
  const ids = new Map<string, number>()
  const at = (name: string): number => {
    const known = ids.get(name)
    if (known !== undefined) return known
    const id = next(ids.size)
    ids.set(name, id)
    return id
  }
  return { ids, at }
}
