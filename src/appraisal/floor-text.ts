/** TCB floors in words. Numbers are in both bases: AMD's bulletins print hexadecimal, reports are read in decimal. */
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import type { ProductLine } from '../product/line.js'
import { type Tcb, type TcbComponent, componentOf, componentsOf } from '../product/tcb.js'
import type { FloorRule, TcbName } from './floors.js'

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

const hexText = (value: number): string => value.toString(16).padStart(2, '0') + 'h'

/** `family 19h model 11h stepping 1`, or `any silicon`. */
export function siliconText({
  family,
  model,
  stepping,
}: Pick<FloorRule, 'family' | 'model' | 'stepping'>): string {
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

/** A floor as people read it. */
export function explainFloor(rule: FloorRule): FloorExplanation {
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
