/**
 * TCB_VERSION: the security patch levels of one chip's firmware, tagged with the layout they were read in.
 *
 * The same eight bytes mean different components on family 19h and 1Ah, so values of different layouts are
 * never compared. Components are compared one by one; a TCB is not a number.
 *
 * Source: AMD 56860, TCB_VERSION.
 */
import { wordHex } from '../encoding/hex.js'

export type TcbLayout = 'family19h' | 'family1Ah'

/** Milan, Genoa, Bergamo, Siena. */
export interface Family19hTcb {
  readonly layout: 'family19h'
  readonly raw: bigint
  readonly bootloader: number
  readonly tee: number
  readonly snp: number
  readonly microcode: number
}

/** Turin, which adds FMC. */
export interface Family1AhTcb {
  readonly layout: 'family1Ah'
  readonly raw: bigint
  readonly fmc: number
  readonly bootloader: number
  readonly tee: number
  readonly snp: number
  readonly microcode: number
}

/** A TCB whose components are known. */
export type Tcb = Family19hTcb | Family1AhTcb

/** A TCB of silicon that we do not know: only the word. */
export interface OpaqueTcb {
  readonly layout: 'unknown'
  readonly raw: bigint
}

export type TcbComponent = 'fmc' | 'bootloader' | 'tee' | 'snp' | 'microcode'

/** Security patch levels by name, as floors and certificates state them. */
export interface TcbLevels {
  readonly bootloader: number
  readonly tee: number
  readonly snp: number
  readonly microcode: number
  readonly fmc?: number
}

/** Byte of the word (0 is the lowest) that holds each component; the other bytes are reserved. */
const positions = {
  family19h: { bootloader: 0, tee: 1, snp: 6, microcode: 7 },
  family1Ah: { fmc: 0, bootloader: 1, tee: 2, snp: 3, microcode: 7 },
} as const

const reservedMask = {
  family19h: 0x0000_ffff_ffff_0000n,
  family1Ah: 0x00ff_ffff_0000_0000n,
} as const

const byteOf = (raw: bigint, position: number): number => Number((raw >> BigInt(8 * position)) & 0xffn)

export function decodeTcb(raw: bigint, layout: TcbLayout): Tcb {
  const at = positions[layout]
  const common = {
    raw,
    bootloader: byteOf(raw, at.bootloader),
    tee: byteOf(raw, at.tee),
    snp: byteOf(raw, at.snp),
    microcode: byteOf(raw, at.microcode),
  }
  if (layout === 'family19h') return { layout, ...common }
  return { layout, fmc: byteOf(raw, positions.family1Ah.fmc), ...common }
}

/** The word for named levels, the reverse of {@link decodeTcb}. */
export function encodeTcb(levels: TcbLevels, layout: TcbLayout): bigint {
  const at: Readonly<Partial<Record<TcbComponent, number>>> = positions[layout]
  let raw = 0n
  for (const name of componentsOf(layout)) raw |= BigInt(levels[name] ?? 0) << BigInt(8 * (at[name] ?? 0))
  return raw
}

/** True if a byte that this layout reserves is set. */
export function hasReservedTcbBytes(raw: bigint, layout: TcbLayout): boolean {
  return (raw & reservedMask[layout]) !== 0n
}

/** The components of a layout, in the order of the bytes. */
export function componentsOf(layout: TcbLayout): readonly TcbComponent[] {
  return layout === 'family19h'
    ? ['bootloader', 'tee', 'snp', 'microcode']
    : ['fmc', 'bootloader', 'tee', 'snp', 'microcode']
}

export function componentOf(tcb: Tcb, name: TcbComponent): number {
  if (name !== 'fmc') return tcb[name]
  return tcb.layout === 'family1Ah' ? tcb.fmc : 0
}

/**
 * The components in which `tcb` is below `floor`; empty means at least the floor in every one.
 *
 * @throws TypeError when the layouts differ: such values have no order.
 */
export function componentsBelow(tcb: Tcb, floor: Tcb): readonly TcbComponent[] {
  if (tcb.layout !== floor.layout) throw new TypeError('TCBs of different layouts have no order')
  return componentsOf(tcb.layout).filter((name) => componentOf(tcb, name) < componentOf(floor, name))
}

/** Component-wise order: a partial one, since each of two TCBs can be ahead in something. */
export function tcbAtLeast(tcb: Tcb, floor: Tcb): boolean {
  return componentsBelow(tcb, floor).length === 0
}

/** A TCB as results and `inspect` show it. */
export type TcbJson = { readonly raw: string } & { readonly [component in TcbComponent]?: number }

export function tcbToJson(tcb: Tcb | OpaqueTcb): TcbJson {
  const json: { raw: string } & { [component in TcbComponent]?: number } = { raw: wordHex(tcb.raw) }
  if (tcb.layout !== 'unknown') {
    for (const name of ['bootloader', 'tee', 'snp', 'microcode'] as const) json[name] = tcb[name]
    if (tcb.layout === 'family1Ah') json.fmc = tcb.fmc
  }
  return json
}
