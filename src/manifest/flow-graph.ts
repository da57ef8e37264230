/**
 * The graph behind the data flow: components, data, outputs, and two nodes for the shared files, one for what reads
 * them and one for what writes them. Names of different kinds never meet.
 */
import { type Marks, reachableMarks, wordsFor } from './graph.js'
import { type NameList, type NameSet, listOf, setOfNames, within } from './name-set.js'

/** What a data item can come to. */
export interface DataReach {
  /** The components that can come to hold it. */
  readonly readers: NameSet
  /** The names of the receivers that it, or what is derived from it, can come to. */
  readonly receivers: NameSet
  /** Those of its readers that can reach the network. */
  readonly leaves: NameSet
}

/** The names that a graph numbers, in the order in which its answers have them. */
export interface FlowNames {
  readonly components: readonly string[]
  readonly receivers: readonly string[]
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
  /** The names so far, in the order in which they came. */
  readonly names: () => FlowNames
  /**
   * Closes the graph, once. Names that it does not know as data reach nothing.
   *
   * @param before - Names that are numbered before its own. Graphs that are closed with the names of all of them have
   *   sets that can be compared.
   */
  readonly close: (before?: FlowNames) => (data: string) => DataReach
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

    names: () => ({ components: [...components.ids.keys()], receivers: receiversOf(sent) }),
    close: (before = { components: [], receivers: [] }) => {
      joinFiles()
      const holders = listOf([...before.components, ...components.ids.keys()])
      const receivers = listOf([...before.receivers, ...receiversOf(sent)])
      // The marks of receivers begin with a word of their own, so that each kind is a part of every set.
      const start = wordsFor(holders.names.length) * 32
      const own: number[][] = edges.map(() => [])
      const mark = (id: number, { bits }: NameList, name: string, from: number): void => {
        const bit = bits.get(name)
        if (bit !== undefined) own[id]?.push(from + bit)
      }
      for (const [name, id] of components.ids) mark(id, holders, name, 0)
      for (const [output, receiver] of sent) mark(output, receivers, receiver, start)
      const reached = reachableMarks(edges, own, start + receivers.names.length)
      return reachOfMarks(holders, receivers, networked, (name) => reached[data.ids.get(name) ?? -1])
    },
  }
}

const receiversOf = (sent: readonly (readonly [output: number, receiver: string])[]): readonly string[] => [
  ...new Set(sent.map(([, receiver]) => receiver)),
]

/** Each kind has numbers of its own: a component and a receiver of one name are two. */
function reachOfMarks(
  components: NameList,
  receivers: NameList,
  networked: ReadonlySet<string>,
  reachedFrom: (data: string) => Marks | undefined,
): (data: string) => DataReach {
  const words = wordsFor(components.names.length)
  const open = setOfNames(components, networked)
  const [nobody, noReceiver] = [setOfNames(components, []), setOfNames(receivers, [])]
  return (data) => {
    const marks = reachedFrom(data)
    if (marks === undefined) return { readers: nobody, receivers: noReceiver, leaves: nobody }
    const readers = { list: components, marks: marks.subarray(0, words) }
    return {
      readers,
      receivers: { list: receivers, marks: marks.subarray(words) },
      leaves: networked.size === 0 ? nobody : within(readers, open),
    }
  }
}

/** Names to numbers, each name one. */
function numbered(next: () => number): {
  readonly ids: ReadonlyMap<string, number>
  readonly at: (name: string) => number
} {
  const ids = new Map<string, number>()
  const at = (name: string): number => {
    const known = ids.get(name)
    if (known !== undefined) return known
    const id = next()
    ids.set(name, id)
    return id
  }
  return { ids, at }
}
