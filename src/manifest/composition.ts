/**
 * Rules M12 to M14: the composition is code that the parties agreed to, it wires nothing but their components, and
 * nothing that a component expects of another comes from the host instead.
 *
 * What a component imports is listed in the manifest; what it exports stands nowhere. So a spread shows that an import is
 * filled only where nothing else could fill it. Imports of single functions are not listed either: whether `...` takes
 * one from the host cannot be told from a manifest.
 */
import { isVerificationError } from '../errors/error.js'
import type { Finding } from './finding.js'
import type { Channel, Component, ManifestModel } from './model.js'
import type { Position } from './wac/document.js'
import { type Imports, importFilledBy, importsFrom, isFromComponent } from './wac/imports.js'
import { parseWac } from './wac/parse.js'
import { quoted } from './wac/token.js'
import { type WiredInstance, type Wiring, wiringOf } from './wac/wiring.js'

export type CompositionFinding = Finding<'M12' | 'M13' | 'M14'>

/**
 * What M12, M13 and M14 find. Empty for a schema without a composition, where they have no meaning.
 *
 * A text that does not parse is one M12 and nothing else, as its wiring is not known. No instance has more than five
 * findings, so the parser's limits bound their number.
 */
export function compositionFindings(model: ManifestModel): readonly CompositionFinding[] {
  const { composition } = model
  if (composition === null) return []
  const { path } = composition
  const wiring = readWiring(composition.text)
  if (typeof wiring === 'string') return [{ rule: 'M12', severity: 'error', path, message: wiring }]
  const parts = partsOf(model)
  const findings: CompositionFinding[] = []
  const used = new Set<string>()
  for (const instance of wiring.instances) {
    used.add(instance.package)
    const part = parts.get(instance.package)
    const who = `${place(instance.at)}${quoted(instance.package)}`
    if (part === undefined) {
      const message = `${who} is none of the manifest's components, so it is foreign code`
      findings.push({ rule: 'M12', severity: 'error', path, message })
    } else {
      for (const { severity, problem } of wiringProblems(instance, part.imports, wiring)) {
        findings.push({ rule: 'M13', severity, path, message: `${who} ${problem}` })
      }
    }
  }
  for (const component of model.components) {
    if (used.has(packageOf(component))) continue
    const message = `${quoted(packageOf(component))} is declared, and the composition never instantiates it`
    findings.push({ rule: 'M14', severity: 'warning', path: component.path, message })
  }
  return findings
}

/**
 * The pairs of components that a composition lets exchange data, each pair once, from the one that gives to the one
 * that takes; `null` if the text does not parse, empty for a schema without a composition.
 *
 * An instance of a package that is not declared (an M12) stands under its package name, `ns:pkg`, so that what flows
 * through it can still be followed.
 */
export function channelsOfComposition(model: ManifestModel): readonly Channel[] | null {
  if (model.composition === null) return []
  const { path, text } = model.composition
  const wiring = readWiring(text)
  if (typeof wiring === 'string') return null
  const parts = partsOf(model)
  const nameOf = (name: string): string => parts.get(name)?.name ?? name
  const channels = new Map<string, Channel>()
  for (const { package: taker, arguments: items, spreads } of wiring.instances) {
    for (const { instance } of [...items.map(({ from }) => from), ...spreads]) {
      const giver = wiring.instances[instance]?.package ?? taker
      // Two instances of one component are one component here.
      if (giver !== taker) channels.set(`${giver} ${taker}`, { path, from: nameOf(giver), to: nameOf(taker) })
    }
  }
  return [...channels.values()]
}

/** The wiring, or why the text has none. */
function readWiring(text: string): Wiring | string {
  try {
    return wiringOf(parseWac(text))
  } catch (error) {
    if (isVerificationError(error)) return error.message
    throw error
  }
}

/** A component as the composition meets it. */
interface Part {
  readonly name: string
  /** `null` if it has no permission entry (M5), so that nothing is known about its imports. */
  readonly imports: Imports | null
}

const packageOf = ({ participant, name }: Component): string => `${participant}:${name}`

/** The declared components by package. */
function partsOf({ components, permissions }: ManifestModel): ReadonlyMap<string, Part> {
  const listed = new Map<string, Set<string>>()
  for (const { component, imports } of permissions) {
    // Several entries for one component are an M5; here all of them count, as that leaves least to the host.
    const names = listed.get(component) ?? new Set()
    for (const { name } of imports) names.add(name)
    listed.set(component, names)
  }
  const declared = new Set(components.map(packageOf))
  // By name and not by component: one name many times is an M3, and must not cost its imports each time.
  const imports = new Map([...listed].map(([name, names]) => [name, importsFrom(names, declared)]))
  const part = ({ name }: Component): Part => ({ name, imports: imports.get(name) ?? null })
  return new Map(components.map((component) => [packageOf(component), part(component)]))
}

interface Problem {
  readonly severity: 'error' | 'warning'
  readonly problem: string
}

/** M13 for one instance. */
function wiringProblems(
  instance: WiredInstance,
  imports: Imports | null,
  wiring: Wiring,
): readonly Problem[] {
  const { fill, spreads } = instance
  if (imports === null) {
    return fill ? [error('lists no imports, and "..." takes all that it has from the host')] : []
  }
  const { filled, unsure, twice, unlisted, unnamed } = argumentsOf(instance, imports)
  const problems: Problem[] = []
  if (twice.length > 0) problems.push(error(`is given ${listing(twice)} twice`))
  // WAC would stop at a name that is no import, so the list is not what the component imports.
  if (unlisted.length > 0) problems.push(error(`is given ${listing(unlisted)}, not listed among its imports`))
  if (unnamed.length > 0) {
    problems.push(warning(`is given ${listing(unnamed)}, which clearly names none of its listed imports`))
  }
  // Without "..." a spread fills all that is left, or WAC stops.
  if (!fill && spreads.length > 0) return problems
  const { left, perhaps } = unfilled(imports, filled, fill ? spreadPackages(instance, wiring) : new Set())
  if (left.length > 0) {
    problems.push(error(fill ? `leaves ${listing(left)} to the host` : `is not given ${listing(left)}`))
  }
  const open = fill ? [...unsure, ...perhaps] : []
  if (open.length > 0) {
    problems.push(warning(`gets ${listing(open)} from the host if the components given do not export it`))
  }
  return problems
}

const error = (problem: string): Problem => ({ severity: 'error', problem })
const warning = (problem: string): Problem => ({ severity: 'warning', problem })

/** What the arguments of one instance come to; the lists hold names for messages. */
interface Arguments {
  readonly filled: ReadonlySet<string>
  readonly unsure: readonly string[]
  readonly twice: readonly string[]
  /** Names of interfaces that are not among the imports. */
  readonly unlisted: readonly string[]
  /** Plain names that are neither: a function, or one of several imports that end alike. */
  readonly unnamed: readonly string[]
}

function argumentsOf(instance: WiredInstance, imports: Imports): Arguments {
  const filled = new Set<string>()
  const unsure: string[] = []
  const twice: string[] = []
  const unlisted: string[] = []
  const unnamed: string[] = []
  for (const argument of instance.arguments) {
    const match = importFilledBy(argument, imports)
    if (match === null) (argument.name.includes('/') ? unlisted : unnamed).push(argument.name)
    else if (filled.has(match.name)) twice.push(match.name)
    else {
      filled.add(match.name)
      if (!match.certain && isFromComponent(match.name, imports)) unsure.push(match.name)
    }
  }
  return { filled, unsure, twice, unlisted, unnamed }
}

/** The packages whose instances are spread whole: an export that is spread has functions only. */
function spreadPackages({ spreads }: WiredInstance, { instances }: Wiring): ReadonlySet<string> {
  const whole = spreads.filter(({ access }) => access === null)
  return new Set(whole.map(({ instance }) => instances[instance]?.package ?? ''))
}

/** How many names a message shows. */
const shown = 3

/**
 * Imports that are no argument's and that other components are there for: `perhaps` those of a package that is spread,
 * `left` the others. Stops where a message would, so that it costs no more than the instance's own text.
 */
function unfilled({ fromComponents }: Imports, filled: ReadonlySet<string>, spread: ReadonlySet<string>) {
  const left: string[] = []
  const perhaps: string[] = []
  for (const [owner, names] of fromComponents) {
    const found = spread.has(owner) ? perhaps : left
    for (const name of names) {
      if (found.length > shown) break
      if (!filled.has(name)) found.push(name)
    }
    if (left.length > shown) break
  }
  return { left, perhaps }
}

function listing(names: readonly string[]): string {
  const some = names.slice(0, shown).map(quoted).join(', ')
  return names.length > shown ? `${some} and more` : some
}

const place = ({ line, column }: Position): string => `line ${String(line)}, column ${String(column)}: `
