/** What changes in who can come to hold what: the flow that follows from all other differences. */
import type { JsonValue } from '../errors/error.js'
import { reachOf } from './capability.js'
import { channelsOfComposition } from './composition.js'
import type { ManifestChange } from './diff-change.js'
import { setOf } from './diff-view.js'
import type { DataReach, FlowNames } from './flow-graph.js'
import { openFlow } from './flow.js'
import type { ManifestModel } from './model.js'
import { type NameSet, namesIn, sizeOfSet, without } from './name-set.js'
import { pointer } from './shape.js'

/** Names that an entry shows. All would be the square of the document. */
const maxShown = 32

/**
 * One entry per data item and direction in which its flow grows or shrinks, for data that both manifests have, by
 * name. `before` and `after` are what only that side has: the first names, and how many more there are.
 */
export function flowChanges(before: ManifestModel, after: ManifestModel): readonly ManifestChange[] {
  const [left, right] = reachOfBoth(before, after)
  const known = new Set(before.data.map(({ name }) => name))
  const names = [...new Set(after.data.map(({ name }) => name))].filter((name) => known.has(name)).sort()
  const kinds = [
    { key: 'receivers', of: 'receivers' },
    { key: 'components', of: 'readers' },
    ...(reachesNetwork(before) || reachesNetwork(after) ? [{ key: 'network', of: 'leaves' } as const] : []),
  ] as const
  return names.flatMap((name) => {
    const [old, now] = [left(name), right(name)]
    return kinds.flatMap(({ key, of }) => changesOf(pointer(pointer('/flow', name), key), old[of], now[of]))
  })
}

/** Over one list of names in sorted order, so that sets can be compared and their first names are the least. */
function reachOfBoth(
  before: ManifestModel,
  after: ManifestModel,
): readonly [(data: string) => DataReach, (data: string) => DataReach] {
  const [left, right] = [openFlow(before), openFlow(after)]
  const sorted = (key: keyof FlowNames): readonly string[] =>
    [...new Set([...left.names[key], ...right.names[key]])].sort()
  const names = { components: sorted('components'), receivers: sorted('receivers') }
  return [left.close(names), right.close(names)]
}

function changesOf(path: string, before: NameSet, after: NameSet): readonly ManifestChange[] {
  const [more, less] = [shown(without(after, before)), shown(without(before, after))]
  return [
    ...(more === null ? [] : [{ path, effect: 'widened' as const, before: null, after: more }]),
    ...(less === null ? [] : [{ path, effect: 'narrowed' as const, before: less, after: null }]),
  ]
}

const reachesNetwork = ({ schema, permissions }: ManifestModel): boolean =>
  permissions.some(({ imports }) => imports.some(({ name }) => reachOf(schema, name) === 'network'))

/** The first names of a set and how many more there are; `null` for none. */
function shown(set: NameSet): JsonValue {
  const size = sizeOfSet(set)
  return size === 0 ? null : { names: namesIn(set, maxShown), more: Math.max(0, size - maxShown) }
}

/** The pairs that a composition lets exchange data; `null` if there is none, or it can't be read. */
export function wiredPairs(model: ManifestModel): ReturnType<typeof setOf> | null {
  if (model.composition === null) return null
  const pairs = channelsOfComposition(model)
  return pairs === null ? null : setOf(pairs.map(({ from, to }) => [from, to].sort()))
}
