/**
 * Data flow: who can come to hold a data item, or anything derived from it, if every component does all that the
 * manifest lets it do.
 *
 * - A component reads what its permission names.
 * - A component with file access reads all data and all outputs, and may write what the others read: systems of this
 *   kind give a component the shared folders or nothing.
 * - What two components exchange flows both ways: results travel back. An import that names an interface of a
 *   component counts as an exchange with it, however the composition wires it.
 * - An output holds whatever its component holds, and goes to its receivers and to those that read it.
 *
 * Not followed: what a component with network access sends. No manifest says to whom; {@link Reached.leaves} says where it
 * may happen. Nor what the host sees, which is the business of the evidence.
 */
import { reachOf } from './capability.js'
import { channelsOfComposition } from './composition.js'
import { type DataReach, type FlowGraph, type FlowNames, openGraph } from './flow-graph.js'
import { type Manifest, requireManifest } from './manifest.js'
import type { ManifestModel } from './model.js'
import { type NameSet, namesIn } from './name-set.js'

/** What can come to whom. Unknown names give empty lists. */
export interface Reached {
  /** The components that can come to hold a data item, in the order in which they were named. */
  readonly readers: (data: string) => readonly string[]
  /** The names of the receivers that it, or what is derived from it, can come to. */
  readonly receivers: (data: string) => readonly string[]
  /** Those of its readers that can reach the network. */
  readonly leaves: (data: string) => readonly string[]
}

/** The closure of the flow of data. Names that the manifest does not declare as data give empty lists. */
export interface Flow extends Reached {
  /** False if the composition can't be read; then every component is taken to exchange data with every other. */
  readonly wiringKnown: boolean
}

/** The closure as sets, for the rules and for words: as lists it may be the square of the manifest. */
export interface ModelFlow {
  readonly wiringKnown: boolean
  readonly reachOf: (data: string) => DataReach
}

/**
 * Computes who can come to hold what. Linear in the size of the manifest; each answer is as long as what it names.
 *
 * @throws TypeError for what `parseManifest` did not make.
 */
export function flowOf(manifest: Manifest): Flow {
  const { wiringKnown, reachOf: reach } = flowOfModel(requireManifest(manifest).model)
  const listed = (set: NameSet): readonly string[] => Object.freeze([...namesIn(set)])
  return {
    wiringKnown,
    readers: (data) => listed(reach(data).readers),
    receivers: (data) => listed(reach(data).receivers),
    leaves: (data) => listed(reach(data).leaves),
  }
}

/** The same over a model, as sets. */
export function flowOfModel(model: ManifestModel): ModelFlow {
  const { wiringKnown, close } = openFlow(model)
  return { wiringKnown, reachOf: close() }
}

/** A flow whose names are known, and whose order of names is not chosen yet. */
export interface OpenFlow {
  readonly wiringKnown: boolean
  readonly names: FlowNames
  readonly close: FlowGraph['close']
}

/** For those who compare two flows, which need one order of names. */
export function openFlow(model: ManifestModel): OpenFlow {
  const graph = openGraph()
  const wired = channelsOfComposition(model)
  // In this order, so that the results have the order of the manifest.
  for (const { name } of model.components) graph.component(name)
  for (const { from, to } of [...model.channels, ...(wired ?? [])]) graph.exchange(from, to)
  if (wired === null) connectAll(model, graph.exchange)
  addImports(model, graph)
  addReads(model, graph)
  for (const { name, component, receivers } of model.outputs) {
    graph.writes(component, name)
    for (const receiver of receivers) graph.receives(name, receiver.name)
  }
  return { wiringKnown: wired !== null, names: graph.names(), close: graph.close }
}

function addImports(model: ManifestModel, graph: FlowGraph): void {
  const byPackage = new Map(model.components.map(({ participant, name }) => [`${participant}:${name}`, name]))
  for (const { component, imports } of model.permissions) {
    for (const { name } of imports) {
      const reach = reachOf(model.schema, name)
      if (reach === 'files') graph.openFiles(component)
      if (reach === 'network') graph.openNetwork(component)
      const owner = byPackage.get(name.split('/', 1)[0] ?? '')
      if (owner !== undefined) graph.exchange(component, owner)
    }
  }
}

/** A name that is both data and output, which rules M3 and M8 do not exclude, is read as both. */
function addReads(model: ManifestModel, graph: FlowGraph): void {
  for (const { name } of model.data) graph.data(name)
  const outputs = new Set(model.outputs.map(({ name }) => name))
  const data = new Set(model.data.map(({ name }) => name))
  for (const { component, reads } of model.permissions) {
    for (const { name } of reads) {
      if (data.has(name)) graph.readsData(component, name)
      if (outputs.has(name)) graph.readsOutput(component, name)
    }
  }
}

function connectAll(model: ManifestModel, exchange: (a: string, b: string) => void): void {
  const [first] = model.components
  if (first !== undefined) for (const { name } of model.components) exchange(first.name, name)
}
