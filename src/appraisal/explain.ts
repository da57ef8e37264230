/**
 * A policy in words: what it demands, what it leaves open, and how its TCB floors stand to known bulletins.
 *
 * TCB numbers are shown in both bases, because AMD's bulletins print hexadecimal and reports are read in decimal.
 */
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import { floorEditionAt, newestFloorEdition } from '../product/floors.js'
import { type ProductLine, productLines } from '../product/line.js'
import {
  type Tcb,
  type TcbComponent,
  componentOf,
  componentsBelow,
  componentsOf,
  decodeTcb,
  encodeTcb,
} from '../product/tcb.js'
import type { OrUnchecked, PolicyDocument } from './document.js'
import { type FloorRule, type TcbName, floorsFor } from './floors.js'
import { type Policy, factsOfPolicy, policyDigest } from './policy.js'

/** One demand, in words. */
export interface PolicyStatement {
  /** The key in the policy document. */
  readonly path: string
  readonly text: string
}

/** One demand that is left open, and why. */
export interface OpenItem {
  readonly path: string
  readonly reason: string
}

/** A level in both bases. */
export interface LevelText {
  readonly component: TcbComponent
  readonly decimal: number
  readonly hex: string
}

export interface FloorExplanation {
  readonly product: ProductLine
  /** `family 19h model 11h stepping 1`, or `any silicon`. */
  readonly silicon: string
  readonly tcbs: { readonly [name in TcbName]: readonly LevelText[] | Unchecked }
  readonly mitigations: string | Unchecked
}

/** How a policy stands to a bulletin on some silicon, by the floors of the newest edition that we know. */
export interface BulletinStanding {
  readonly bulletin: string
  readonly product: ProductLine
  readonly silicon: string
  /** `met`: the floors demand the fix. `missed`: they do not. `notAccepted`: no floor, so nothing is accepted. */
  readonly standing: 'met' | 'missed' | 'notAccepted' | 'unchecked'
  /** What the floor on REPORTED_TCB lacks. */
  readonly below: readonly TcbComponent[]
  readonly confidence: string
}

export interface PolicyExplanation {
  readonly digest: string
  readonly statements: readonly PolicyStatement[]
  readonly open: readonly OpenItem[]
  readonly floors: readonly FloorExplanation[]
  readonly bulletins: readonly BulletinStanding[]
  /** The edition of recommended floors that the bulletins are taken from. */
  readonly edition: string
}

/** Explains a policy. What it says is about the policy alone: no evidence is judged. */
export function explainPolicy(policy: Policy): PolicyExplanation {
  const { floors } = factsOfPolicy(policy)
  const statements: PolicyStatement[] = []
  const open: OpenItem[] = []
  collect(policy, '', statements, open)
  return {
    digest: policyDigest(policy),
    statements,
    open,
    floors: floors.map(explainFloor),
    bulletins: bulletinsOf(policy, floors),
    edition: newestFloorEdition,
  }
}

/** Walks the document: a leaf that states something is a statement, `{ unchecked }` is open. */
function collect(value: unknown, path: string, statements: PolicyStatement[], open: OpenItem[]): void {
  if (isUnchecked(value)) {
    open.push({ path, reason: value.unchecked })
    return
  }
  if (path === 'tcb' && typeof value === 'object' && value !== null) {
    const { recommended } = value as { readonly recommended?: { readonly asOf: string } }
    const text =
      recommended === undefined
        ? 'at least the floor that names the silicon'
        : `at least the floors recommended on ${recommended.asOf}`
    statements.push({ path, text })
    return
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, member] of Object.entries(value))
      collect(member, path === '' ? key : `${path}.${key}`, statements, open)
    return
  }
  const text = describeValue(path, value)
  if (text !== null) statements.push({ path, text })
}

function describeValue(path: string, value: unknown): string | null {
  if (path === 'version') return null
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) =>
      typeof item === 'object' && item !== null ? measurementText(item) : String(item),
    )
    if (path.startsWith('denied.')) return items.length === 0 ? null : `none of ${items.join(', ')}`
    return items.length === 1 ? `is ${items.join()}` : `is one of ${items.join(', ')}`
  }
  if (value === 'allow' || value === 'any') return null
  if (value === 'require') return 'must be set'
  if (value === 'forbid') return 'must not be set'
  if (path === 'idBlock') return 'no ID block may be used'
  if (path === 'identity') return 'the policy says which software runs'
  if (path === 'freshness') return `at least ${String(value)}`
  if (/(?:min[A-Z]|minNumbers)/.test(path)) return `at least ${String(value)}`
  if (/(?:max[A-Z]|graceDays)/.test(path)) return `at most ${String(value)}`
  return String(value)
}

const measurementText = (item: object): string => {
  const { label, value, notAfter } = item as {
    readonly label: string
    readonly value: string
    readonly notAfter?: string
  }
  return `"${label}" ${value}${notAfter === undefined ? '' : ` until ${notAfter}`}`
}

const hexText = (value: number, digits = 2): string => value.toString(16).padStart(digits, '0') + 'h'

function siliconText({ family, model, stepping }: Pick<FloorRule, 'family' | 'model' | 'stepping'>): string {
  const parts = [
    family === 'any' ? null : `family ${hexText(family)}`,
    model === 'any' ? null : `model ${hexText(model)}`,
    stepping === 'any' ? null : `stepping ${String(stepping)}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'any silicon' : parts.join(' ')
}

const levelsOf = (tcb: Tcb): readonly LevelText[] =>
  componentsOf(tcb.layout).map((component) => {
    const decimal = componentOf(tcb, component)
    return { component, decimal, hex: hexText(decimal) }
  })

function explainFloor(rule: FloorRule): FloorExplanation {
  const shown = (name: TcbName): readonly LevelText[] | Unchecked => {
    const tcb = rule.tcbs[name]
    return isUnchecked(tcb) ? tcb : levelsOf(tcb)
  }
  return {
    product: rule.product,
    silicon: siliconText(rule),
    tcbs: {
      reported: shown('reported'),
      committed: shown('committed'),
      current: shown('current'),
      launch: shown('launch'),
    },
    mitigations: isUnchecked(rule.mitigations)
      ? rule.mitigations
      : '0x' + rule.mitigations.toString(16).padStart(16, '0'),
  }
}

function bulletinsOf(
  { products, tcb }: PolicyDocument,
  floors: readonly FloorRule[],
): readonly BulletinStanding[] {
  const edition = floorEditionAt(newestFloorEdition)?.floors ?? []
  return edition
    .filter(({ product }) => products.includes(product))
    .flatMap(({ product, silicon, name, levels, bulletins, confidence }) => {
      const { layout } = productLines[product]
      const fixed = decodeTcb(encodeTcb(levels, layout), layout)
      const [rule] = floorsFor(floors, product, silicon)
      return bulletins.map((bulletin): BulletinStanding => {
        const common = { bulletin, product, silicon: `${name} (${siliconText(silicon)})`, confidence }
        if (isUnchecked(tcb)) return { ...common, standing: 'unchecked', below: [] }
        const reported: OrUnchecked<Tcb> | undefined = rule?.tcbs.reported
        if (reported === undefined || isUnchecked(reported))
          return { ...common, standing: 'notAccepted', below: [] }
        const below = componentsBelow(reported, fixed)
        return { ...common, standing: below.length === 0 ? 'met' : 'missed', below }
      })
    })
}
