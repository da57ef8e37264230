/**
 * TCB floors: which one decides for a report, and what it demands.
 *
 * Microcode levels count per silicon, so a floor is keyed by family, model and stepping. The most specific
 * entry decides. A report of version 2 does not name its silicon and must meet every entry of its product.
 */
import { VerificationError } from '../errors/error.js'
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import { floorEditionAt, newestFloorEdition } from '../product/floors.js'
import { type Cpuid, type ProductLine, productLineOf, productLines } from '../product/line.js'
import { type Tcb, type TcbLevels, decodeTcb, encodeTcb } from '../product/tcb.js'
import type { OrUnchecked, PolicyDocument, TcbFloor } from './document.js'

export type TcbName = 'reported' | 'committed' | 'current' | 'launch'

/** A floor, ready to compare with. */
export interface FloorRule {
  readonly product: ProductLine
  readonly family: number | 'any'
  readonly model: number | 'any'
  readonly stepping: number | 'any'
  readonly tcbs: Readonly<Record<TcbName, Tcb | Unchecked>>
  readonly mitigations: bigint | Unchecked
}

/**
 * The floors of a policy; empty where `tcb` is unchecked.
 *
 * @throws VerificationError `POLICY_INVALID`: ties, silicon of another product, microcode without silicon,
 *   `fmc` missing on Turin or present elsewhere, no edition of the recommended floors for that day.
 */
export function floorsOf(document: PolicyDocument): readonly FloorRule[] {
  const { tcb } = document
  if (isUnchecked(tcb)) return []
  if ('recommended' in tcb) return recommendedFloors(tcb.recommended.asOf)
  const rules = tcb.floors.map(ruleOf)
  rules.forEach((rule, index) => {
    const tie = rules.findIndex((other, at) => at > index && areTied(rule, other))
    if (tie !== -1)
      throw invalid(
        `tcb.floors.${String(tie)}`,
        `is as specific as floor ${String(index)} for the same silicon`,
      )
  })
  return rules
}

/** The floors that a report must meet: one, or for version 2 all of its product; none rejects. */
export function floorsFor(
  rules: readonly FloorRule[],
  product: ProductLine,
  cpuid: Cpuid | null,
): readonly FloorRule[] {
  const ofProduct = rules.filter((rule) => rule.product === product)
  if (cpuid === null) return ofProduct
  const matching = ofProduct.filter((rule) =>
    siliconKeys.every((key) => rule[key] === 'any' || rule[key] === cpuid[key]),
  )
  const [best] = matching.sort((a, b) => specificity(b) - specificity(a))
  return best === undefined ? [] : [best]
}

const siliconKeys = ['family', 'model', 'stepping'] as const
const specificity = (rule: FloorRule): number => siliconKeys.filter((key) => rule[key] !== 'any').length

/** Two floors that can match the same silicon and are equally specific. */
const areTied = (a: FloorRule, b: FloorRule): boolean =>
  a.product === b.product &&
  specificity(a) === specificity(b) &&
  siliconKeys.every((key) => a[key] === b[key] || a[key] === 'any' || b[key] === 'any')

function ruleOf(floor: TcbFloor, index: number): FloorRule {
  const path = `tcb.floors.${String(index)}`
  const { product, family, model, stepping } = floor
  if (family !== 'any' && family !== productLines[product].family)
    throw invalid(`${path}.family`, `is not of ${product}`)
  if (model !== 'any' && productLineOf({ family: productLines[product].family, model }) !== product) {
    throw invalid(`${path}.model`, `is not of ${product}`)
  }
  const read = (name: TcbName): Tcb | Unchecked => {
    const stated: OrUnchecked<TcbLevels> = floor[name]
    if (isUnchecked(stated)) return stated
    if ((stated.fmc !== undefined) !== (product === 'Turin')) {
      throw invalid(
        `${path}.${name}.fmc`,
        product === 'Turin' ? 'is missing' : `does not exist on ${product}`,
      )
    }
    if (stated.microcode > 0 && siliconKeys.some((key) => floor[key] === 'any')) {
      throw invalid(
        `${path}.${name}.microcode`,
        'counts per silicon: a floor above 0 must name family, model and stepping',
      )
    }
    return tcbOf(stated, product)
  }
  return {
    product,
    family,
    model,
    stepping,
    tcbs: {
      reported: read('reported'),
      committed: read('committed'),
      current: read('current'),
      launch: read('launch'),
    },
    mitigations: isUnchecked(floor.mitigations) ? floor.mitigations : BigInt('0x' + floor.mitigations),
  }
}

function recommendedFloors(asOf: string): readonly FloorRule[] {
  const edition = floorEditionAt(asOf)
  if (edition === null) {
    throw invalid(
      'tcb.recommended.asOf',
      `no edition at or before that day; the newest is ${newestFloorEdition}`,
    )
  }
  const unstated: Unchecked = { unchecked: 'not part of the recommended floors' }
  return edition.floors.map(({ product, silicon, levels }) => {
    const tcb = tcbOf(levels, product)
    return {
      product,
      ...silicon,
      tcbs: { reported: tcb, committed: tcb, current: unstated, launch: tcb },
      mitigations: unstated,
    }
  })
}

function tcbOf(levels: TcbLevels, product: ProductLine): Tcb {
  const { layout } = productLines[product]
  return decodeTcb(encodeTcb(levels, layout), layout)
}

const invalid = (path: string, problem: string): VerificationError =>
  new VerificationError('POLICY_INVALID', `policy ${path}: ${problem}`, { path, problem })
