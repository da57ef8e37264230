/** Names and lists of names in sentences for people. */
import { printableLine } from '../errors/printable.js'
import { type NameSet, namesIn, sizeOfSet } from './name-set.js'
import { quoted } from './shape.js'

/** What nobody has to quote: no space, no comma, nothing that looks like something else. Rule M7 wants the same. */
const plain = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/
const maxShown = 64
const maxListed = 8

/** A name as it is where it is plain, else quoted: `a, b` must not read as two names. On one line. */
export function shownName(name: string): string {
  return plain.test(name) && name.length <= maxShown ? name : printableLine(quoted(name))
}

/** The first few names, and how many more there are. `count` is their number, where only the first are given. */
export function shownNames(names: readonly string[], count: number = names.length): string {
  const first = names.slice(0, maxListed).map(shownName).join(', ')
  return count > maxListed ? `${first} and ${count - maxListed} more` : first
}

/** The same for a set; `null` for an empty one. */
export function shownSet(set: NameSet): string | null {
  const count = sizeOfSet(set)
  return count === 0 ? null : shownNames(namesIn(set, maxListed), count)
}

/** Values in a list under each key, both in the order in which they come. */
export function grouped<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

/** Remembers what was made for a name. Many items may have one name, and each must not cost all that goes by it. */
export function perName<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, { readonly value: T }>()
  return (name) => {
    const before = known.get(name) ?? { value: make(name) }
    known.set(name, before)
    return before.value
  }
}
