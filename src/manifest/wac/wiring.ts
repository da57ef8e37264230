/** Who gets what from whom in a composition: its instances, and for each the instances that it takes things from. */
import type { Position, WacAccess, WacDocument, WacExpression, WacNamedArgument, WacNew } from './document.js'

/** Where a value comes from: an instance, or something that was reached through its exports. */
export interface WiringSource {
  /** Index in {@link Wiring.instances}. */
  readonly instance: number
  /** The last export on the way to the value; `null` for the instance itself. */
  readonly access: WacAccess | null
}

/** One import of an instance that the text names. */
export interface WiredArgument {
  /** `inferred` from a local name, a bare `name`, or an `exact` name in quotes. */
  readonly naming: 'inferred' | 'name' | 'exact'
  readonly name: string
  readonly from: WiringSource
  readonly at: Position
}

/** One `new`, whether a `let` names it or not. */
export interface WiredInstance {
  /** `ns:pkg` */
  readonly package: string
  readonly arguments: readonly WiredArgument[]
  /** Instances whose exports fill what the arguments leave, in this order. */
  readonly spreads: readonly WiringSource[]
  /** True if the host fills what is left after that. Without it, WAC refuses a composition that leaves anything. */
  readonly fill: boolean
  readonly at: Position
}

/** What the composition itself offers. */
export interface WiredExport {
  readonly from: WiringSource
  readonly name: string | null
  readonly spread: boolean
  readonly at: Position
}

/** All instances, in the order in which they come to be: what one takes from comes before it. */
export interface Wiring {
  readonly instances: readonly WiredInstance[]
  readonly exports: readonly WiredExport[]
}

/** Resolves local names to instances. Linear; nothing here can fail on a document that `parseWac` made. */
export function wiringOf(document: WacDocument): Wiring {
  const locals = new Map<string, WiringSource>()
  const instances: WiredInstance[] = []
  const exports: WiredExport[] = []

  const local = (name: string): WiringSource => {
    const source = locals.get(name)
    if (source === undefined) throw new TypeError('the document was not made by parseWac')
    return source
  }
  const source = ({ primary, accesses }: WacExpression): WiringSource => {
    const root = primary.kind === 'new' ? instantiate(primary) : local(primary.name)
    return { instance: root.instance, access: accesses.at(-1) ?? root.access }
  }
  const named = ({ name, exact, value, at }: WacNamedArgument): WiredArgument => ({
    naming: exact ? 'exact' : 'name',
    name,
    from: source(value),
    at,
  })
  // Calls itself through `source` no deeper than the parser lets texts nest.
  const instantiate = (item: WacNew): WiringSource => {
    const wired: WiredArgument[] = []
    const spreads: WiringSource[] = []
    for (const argument of item.arguments) {
      if (argument.kind === 'named') wired.push(named(argument))
      else if (argument.kind === 'spread') spreads.push(local(argument.name))
      else
        wired.push({ naming: 'inferred', name: argument.name, from: local(argument.name), at: argument.at })
    }
    instances.push({ package: item.package, arguments: wired, spreads, fill: item.fill, at: item.at })
    return { instance: instances.length - 1, access: null }
  }

  for (const statement of document.statements) {
    const from = source(statement.value)
    if (statement.kind === 'let') locals.set(statement.name, from)
    else exports.push({ from, name: statement.name, spread: statement.spread, at: statement.at })
  }
  return { instances, exports }
}
