/** What changes in who can come to hold what: the flow that follows from all other differences. */
import type { JsonValue } from '../errors/error.js'
import { reachOf } from './capability.js'
import { channelsOfComposition } from './composition.js'
import type { ManifestChange } from './diff-change.js'
import { setOf } from './diff-view.js'
import { flowOfModel } from './flow.js'
import type { ManifestModel } from './model.js'
import { pointer } from './shape.js'

/** Names that an entry shows. All would be the square of the document. */
const maxShown = 32

/**
 * One entry per data item and direction in which its flow grows or shrinks, for data that both manifests have, by
 * name. `before` and `after` are what only that side has: the first names, and how many more there are.
 */
export function flowChanges(before: ManifestModel, after: ManifestModel): readonly ManifestChange[] {
  const [left, right] = [flowOfModel(before), flowOfModel(after)]
  const known = new Set(before.data.map(({ name }) => name))
  const names = [...new Set(after.data.map(({ name }) => name))].filter((name) => known.has(name)).sort()
  const kinds = [
    { key: 'receivers', of: 'receivers' },
    { key: 'components', of: 'readers' },
    ...(reachesNetwork(before) || reachesNetwork(after) ? [{ key: 'network', of: 'leaves' } as const] : []),
  ] as const
  const onlyIn = comparison()
  return names.flatMap((name) =>
    kinds.flatMap(({ key, of }) =>
      changesOf(pointer(pointer('/flow', name), key), left[of](name), right[of](name), onlyIn),
    ),
  )
}

function changesOf(
  path: string,
  before: readonly string[],
  after: readonly string[],
  onlyIn: OnlyIn,
): readonly ManifestChange[] {
  const [more, less] = [onlyIn(after, before), onlyIn(before, after)]
  return [
    ...(more.length === 0 ? [] : [{ path, effect: 'widened' as const, before: null, after: shown(more) }]),
    ...(less.length === 0 ? [] : [{ path, effect: 'narrowed' as const, before: shown(less), after: null }]),
  ]
}

const reachesNetwork = ({ schema, permissions }: ManifestModel): boolean =>
  permissions.some(({ imports }) => imports.some(({ name }) => reachOf(schema, name) === 'network'))

/** Finds the names of one list that the other has not. */
type OnlyIn = (list: readonly string[], other: readonly string[]) => readonly string[]

/** For many lists of few names: a set for each of them would cost more than all else. */
function comparison(): OnlyIn {
  const ids = new Map<string, number>()
  const seenIn: number[] = []
  let round = 0
  const idOf = (name: string): number => {
    const known = ids.get(name)
    if (known !== undefined) return known
    ids.set(name, ids.size)
    return ids.size - 1
  }
  return (list, other) => {
    // Most often they are the same list.
    if (list.length === other.length && list.every((name, index) => name === other[index])) return []
    round += 1
    for (const name of other) seenIn[idOf(name)] = round
    return list.filter((name) => seenIn[idOf(name)] !== round)
  }
}

const shown = (names: readonly string[]): JsonValue => ({
  names: least(names, maxShown),
  more: Math.max(0, names.length - maxShown),
})

/** The first names in sorted order, without sorting all: there may be a list like this for each data item. */
function least(names: readonly string[], count: number): readonly string[] {
  const found: string[] = []
  for (const name of names) {
    if (found.length === count && name >= (found[count - 1] ?? '')) continue
    const at = found.findIndex((other) => name < other)
    found.splice(at < 0 ? found.length : at, 0, name)
    if (found.length > count) found.pop()
  }
  return found
}

/** The pairs that a composition lets exchange data; `null` if there is none, or it can't be read. */
export function wiredPairs(model: ManifestModel): ReturnType<typeof setOf> | null {
  if (model.composition === null) return null
  const pairs = channelsOfComposition(model)
  return pairs === null ? null : setOf(pairs.map(({ from, to }) => [from, to].sort()))
}
