/**
 * How the TCB floors of a policy stand to AMD's bulletins, as far as the recommended floors know them.
 */
import { isUnchecked } from '../errors/ledger.js'
import { newestFloors } from '../product/floors.js'
import { type Cpuid, type ProductLine, productLines } from '../product/line.js'
import {
  type Tcb,
  type TcbComponent,
  componentOf,
  componentsOf,
  decodeTcb,
  encodeTcb,
} from '../product/tcb.js'
import type { PolicyDocument } from './document.js'
import { siliconText } from './floor-text.js'
import { type FloorRule, type TcbName, floorsFor } from './floors.js'

/** How a policy stands to a bulletin on some silicon, by the floors of the newest edition that we know. */
export interface BulletinStanding {
  readonly bulletin: string
  readonly product: ProductLine
  readonly silicon: string
  /**
   * What the floors on REPORTED_TCB demand, and so, by the fixed order of TCBs, of COMMITTED and CURRENT too.
   * `met`: the fix. `missed`: less. `notAccepted`: no floor, so nothing on it is accepted. `unchecked`: `tcb` is.
   */
  readonly standing: 'met' | 'missed' | 'notAccepted' | 'unchecked'
  /** The components in which the floors on REPORTED_TCB are below the fix. */
  readonly below: readonly TcbComponent[]
  /** The same for LAUNCH_TCB: a guest may have been launched before the fix. `null` where nothing is accepted. */
  readonly belowAtLaunch: readonly TcbComponent[] | null
  readonly confidence: string
}

/** The standing of a policy to each bulletin, per silicon of the products that it accepts. */
export function bulletinsOf(
  policy: PolicyDocument,
  floors: readonly FloorRule[],
): readonly BulletinStanding[] {
  return newestFloors
    .filter(({ product }) => policy.products.includes(product))
    .flatMap(({ product, silicon, name, levels, bulletins, confidence }) => {
      const { layout } = productLines[product]
      const fixed = decodeTcb(encodeTcb(levels, layout), layout)
      const ways = waysIn(policy, floors, product, silicon)
      const common = { product, silicon: `${name} (${siliconText(silicon)})`, confidence }
      return bulletins.map((bulletin): BulletinStanding => {
        const standing = { bulletin, ...common, below: [], belowAtLaunch: null }
        if (isUnchecked(policy.tcb)) return { ...standing, standing: 'unchecked' }
        if (ways.length === 0) return { ...standing, standing: 'notAccepted' }
        const below = lacking(ways, 'reported', fixed)
        const belowAtLaunch = lacking(ways, 'launch', fixed)
        return { ...standing, standing: below.length === 0 ? 'met' : 'missed', below, belowAtLaunch }
      })
    })
}

/** The floors that decide for some silicon, once per way in: a report of version 2 does not name it. */
function waysIn(
  { reportVersions }: PolicyDocument,
  floors: readonly FloorRule[],
  product: ProductLine,
  silicon: Cpuid,
): readonly (readonly FloorRule[])[] {
  const ways = [
    ...(reportVersions.some((version) => version > 2) ? [floorsFor(floors, product, silicon)] : []),
    // No Turin part makes reports of version 2.
    ...(reportVersions.includes(2) && product !== 'Turin' ? [floorsFor(floors, product, null)] : []),
  ]
  return ways.filter((rules) => rules.length > 0)
}

/** The components of a fix that one of the ways in does not demand. On each way all of its floors must be met. */
function lacking(
  ways: readonly (readonly FloorRule[])[],
  name: TcbName,
  fixed: Tcb,
): readonly TcbComponent[] {
  const isDemanded = (component: TcbComponent, { tcbs }: FloorRule): boolean => {
    const tcb = tcbs[name]
    return !isUnchecked(tcb) && componentOf(tcb, component) >= componentOf(fixed, component)
  }
  return componentsOf(fixed.layout).filter(
    (component) =>
      componentOf(fixed, component) > 0 &&
      !ways.every((rules) => rules.some((rule) => isDemanded(component, rule))),
  )
}
