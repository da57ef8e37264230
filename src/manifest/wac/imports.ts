/** What a component imports, as the manifest lists it, and which of these an argument of a composition fills. */
import type { WiredArgument } from './wiring.js'

export interface Imports {
  readonly names: ReadonlySet<string>
  /** The imports that components are there for and not the host, by the package in their name. */
  readonly fromComponents: ReadonlyMap<string, readonly string[]>
  /** Imports by what follows their last slash; `null` where several end alike. */
  readonly byLastName: ReadonlyMap<string, string | null>
}

/** @param declared - The manifest's components, `ns:pkg`: a party named `wasi` does not make its components the host's. */
export function importsFrom(names: ReadonlySet<string>, declared: ReadonlySet<string>): Imports {
  const fromComponents = new Map<string, string[]>()
  const byLastName = new Map<string, string | null>()
  for (const name of names) {
    const slash = name.lastIndexOf('/')
    if (slash >= 0) {
      const last = name.slice(slash + 1).replace(/@.*$/s, '')
      byLastName.set(last, byLastName.has(last) ? null : name)
    }
    const owner = ownerOf(name)
    if (name.startsWith('wasi:') && !declared.has(owner)) continue
    const others = fromComponents.get(owner)
    if (others === undefined) fromComponents.set(owner, [name])
    else others.push(name)
  }
  return { names, fromComponents, byLastName }
}

/** True if the host must not be the one that fills this import. */
export function isFromComponent(name: string, { fromComponents }: Imports): boolean {
  return fromComponents.has(ownerOf(name))
}

/** `ns:pkg` of `ns:pkg/name@1.2.3`. */
const ownerOf = (name: string): string => name.replace(/\/.*$/s, '')

/** The import that an argument fills. */
export interface FilledImport {
  readonly name: string
  /** False if it depends on the type of an export, which only the component shows. */
  readonly certain: boolean
}

/** Applies WAC's rules of inference to the listed imports; `null` if the argument fills none of them. */
export function importFilledBy(argument: WiredArgument, imports: Imports): FilledImport | null {
  const { naming, name, from } = argument
  if (naming === 'exact') return imports.names.has(name) ? { name, certain: true } : null
  const byName = importNamed(name, imports)
  if (naming === 'name' || from.access === null) return certainly(byName)
  // A local that stands for an export: the export's interface comes first, and the local's own name last.
  const { access } = from
  if (access.exact && imports.names.has(access.name)) return { name: access.name, certain: true }
  const byAccess = access.exact ? undefined : importNamed(access.name, imports)
  const candidates = [byAccess, byName].filter((item) => item !== undefined)
  const [first = null] = candidates
  return first !== null && candidates.every((item) => item === first) ? { name: first, certain: false } : null
}

/** The import of this name, or the only one that ends in it; `null` if several do, `undefined` if none does. */
function importNamed(name: string, imports: Imports): string | null | undefined {
  return imports.names.has(name) ? name : imports.byLastName.get(name)
}

const certainly = (name: string | null | undefined): FilledImport | null =>
  typeof name === 'string' ? { name, certain: true } : null
