// Builds and signs ATTESTATION_REPORT. Every field can be set to anything, legal or not; the defaults are a
// report that a careful verifier accepts.
import { createHash } from 'node:crypto'
import { hex, toHex } from './der.js'
import { P384_ORDER, signEcdsa } from './keys.js'
import type { Line, VekKind } from './names.js'

export const REPORT_SIZE = 0x4a0
export const SIGNED_SIZE = 0x2a0

const R_OFFSET = 0x2a0
const S_OFFSET = 0x2e8
const SCALAR_SIZE = 72

export interface TcbParts {
  readonly fmc?: number
  readonly bootloader?: number
  readonly tee?: number
  readonly snp?: number
  readonly microcode?: number
}

/** Components, laid out for the product line, or the eight bytes as one little-endian integer. */
export type Tcb = TcbParts | bigint

export interface Cpuid {
  readonly family: number
  readonly model: number
  readonly stepping: number
}

export interface FirmwareVersion {
  readonly major: number
  readonly minor: number
  readonly build: number
}

export interface Patch {
  readonly offset: number
  readonly bytes: Uint8Array
}

export interface ReportFields {
  /** Chooses the TCB layout and the defaults; nothing in the report says it before version 3. */
  readonly line?: Line
  readonly signer?: VekKind
  readonly version?: number
  readonly guestSvn?: number
  readonly policy?: bigint
  readonly familyId?: Uint8Array
  readonly imageId?: Uint8Array
  readonly vmpl?: number
  readonly signatureAlgo?: number
  readonly platformInfo?: bigint
  /** The whole FLAGS word; wins over the three fields after it. */
  readonly flags?: number
  readonly authorKeyEn?: boolean
  readonly maskChipKey?: boolean
  readonly signingKey?: number
  readonly reportData?: Uint8Array
  readonly measurement?: Uint8Array
  readonly hostData?: Uint8Array
  readonly idKeyDigest?: Uint8Array
  readonly authorKeyDigest?: Uint8Array
  readonly reportId?: Uint8Array
  readonly reportIdMa?: Uint8Array
  /** All four TCBs at once; each can still be set alone. */
  readonly tcb?: Tcb
  readonly currentTcb?: Tcb
  readonly reportedTcb?: Tcb
  readonly committedTcb?: Tcb
  readonly launchTcb?: Tcb
  /** Default: the line's first silicon from version 3 on, zero before. */
  readonly cpuid?: Cpuid
  readonly chipId?: Uint8Array
  readonly currentVersion?: FirmwareVersion
  readonly committedVersion?: FirmwareVersion
  /** Default: the line's vector from version 5 on, zero before. */
  readonly launchMitVector?: bigint
  readonly currentMitVector?: bigint
  /** Written last, over everything else: reserved bytes and other violations. */
  readonly patches?: readonly Patch[]
}

interface LineDefaults {
  readonly tcb: TcbParts
  readonly cpuid: Cpuid
  readonly mitVector: bigint
}

const lineDefaults: Readonly<Record<Line, LineDefaults>> = {
  Milan: {
    tcb: { bootloader: 4, tee: 0, snp: 0x18, microcode: 0xdb },
    cpuid: { family: 0x19, model: 0x01, stepping: 1 },
    mitVector: 0x0bn,
  },
  Genoa: {
    tcb: { bootloader: 0x0a, tee: 0, snp: 0x17, microcode: 0x54 },
    cpuid: { family: 0x19, model: 0x11, stepping: 1 },
    mitVector: 0x0bn,
  },
  Turin: {
    tcb: { fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 0x51 },
    cpuid: { family: 0x1a, model: 0x02, stepping: 1 },
    mitVector: 0x3fn,
  },
}

export function defaultTcb(line: Line): TcbParts {
  return lineDefaults[line].tcb
}

/** Byte positions of the components inside TCB_VERSION. */
export function tcbLayout(line: Line): Readonly<Record<keyof TcbParts, number | null>> {
  return line === 'Turin'
    ? { fmc: 0, bootloader: 1, tee: 2, snp: 3, microcode: 7 }
    : { fmc: null, bootloader: 0, tee: 1, snp: 6, microcode: 7 }
}

export function tcbValue(line: Line, tcb: Tcb): bigint {
  if (typeof tcb === 'bigint') return tcb
  const layout = tcbLayout(line)
  const at = (position: number | null, level = 0): bigint =>
    position === null ? 0n : BigInt(level) << BigInt(8 * position)
  return (
    at(layout.fmc, tcb.fmc) |
    at(layout.bootloader, tcb.bootloader) |
    at(layout.tee, tcb.tee) |
    at(layout.snp, tcb.snp) |
    at(layout.microcode, tcb.microcode)
  )
}

export function tcbParts(line: Line, tcb: Tcb): Required<TcbParts> {
  const value = tcbValue(line, tcb)
  const layout = tcbLayout(line)
  const at = (position: number | null): number =>
    position === null ? 0 : Number((value >> BigInt(8 * position)) & 0xffn)
  return {
    fmc: at(layout.fmc),
    bootloader: at(layout.bootloader),
    tee: at(layout.tee),
    snp: at(layout.snp),
    microcode: at(layout.microcode),
  }
}

function sha(algorithm: 'sha256' | 'sha384' | 'sha512', text: string): Uint8Array {
  return new Uint8Array(createHash(algorithm).update(text).digest())
}

/** The 64-byte CHIP_ID of the lab's machine of a line: eight significant bytes on Turin. */
export function labChipId(line: Line): Uint8Array {
  const id = sha('sha512', `lab chip ${line}`)
  return line === 'Turin' ? id.fill(0, 8) : id
}

/** The identifier a VCEK carries: the significant bytes of CHIP_ID. */
export function hwIdOf(line: Line, chipId: Uint8Array): Uint8Array {
  return chipId.slice(0, line === 'Turin' ? 8 : 64)
}

export const LAB_MEASUREMENT: Uint8Array = sha('sha384', 'lab measurement')
export const LAB_REPORT_DATA: Uint8Array = sha('sha512', 'lab report data')
export const LAB_FIRMWARE: FirmwareVersion = { major: 1, minor: 55, build: 40 }

/** An unsigned report: the signature area is zero, as firmware leaves it when the chip key is masked. */
export function makeReport(fields: ReportFields = {}): Uint8Array {
  const { line = 'Milan', signer = 'vcek', version = 3 } = fields
  const defaults = lineDefaults[line]
  const out = new Uint8Array(REPORT_SIZE)
  const view = new DataView(out.buffer)

  const bytes = (offset: number, length: number, value: Uint8Array = new Uint8Array(length)): void => {
    if (value.length !== length)
      throw new Error(`the field at 0x${offset.toString(16)} takes ${length} bytes`)
    out.set(value, offset)
  }
  const tcb = (offset: number, value: Tcb | undefined): void =>
    view.setBigUint64(offset, tcbValue(line, value ?? fields.tcb ?? defaults.tcb), true)
  const firmware = (offset: number, { major, minor, build }: FirmwareVersion = LAB_FIRMWARE): void =>
    out.set([build, minor, major], offset)

  const flags =
    fields.flags ??
    Number(fields.authorKeyEn ?? false) |
      (Number(fields.maskChipKey ?? false) << 1) |
      ((fields.signingKey ?? (signer === 'vlek' ? 1 : 0)) << 2)
  const cpuid = fields.cpuid ?? (version >= 3 ? defaults.cpuid : { family: 0, model: 0, stepping: 0 })
  const mitVector = version >= 5 ? defaults.mitVector : 0n

  view.setUint32(0x000, version, true)
  view.setUint32(0x004, fields.guestSvn ?? 0, true)
  view.setBigUint64(0x008, fields.policy ?? 0x30000n, true)
  bytes(0x010, 16, fields.familyId)
  bytes(0x020, 16, fields.imageId)
  view.setUint32(0x030, fields.vmpl ?? 0, true)
  view.setUint32(0x034, fields.signatureAlgo ?? 1, true)
  tcb(0x038, fields.currentTcb)
  view.setBigUint64(0x040, fields.platformInfo ?? (version === 2 ? 0x1n : 0x25n), true)
  view.setUint32(0x048, flags, true)
  bytes(0x050, 64, fields.reportData ?? LAB_REPORT_DATA)
  bytes(0x090, 48, fields.measurement ?? LAB_MEASUREMENT)
  bytes(0x0c0, 32, fields.hostData)
  bytes(0x0e0, 48, fields.idKeyDigest)
  bytes(0x110, 48, fields.authorKeyDigest)
  bytes(0x140, 32, fields.reportId ?? sha('sha256', `lab report id ${line}`))
  bytes(0x160, 32, fields.reportIdMa ?? new Uint8Array(32).fill(0xff))
  tcb(0x180, fields.reportedTcb)
  out.set([cpuid.family, cpuid.model, cpuid.stepping], 0x188)
  bytes(0x1a0, 64, fields.chipId ?? (signer === 'vlek' ? new Uint8Array(64) : labChipId(line)))
  tcb(0x1e0, fields.committedTcb)
  firmware(0x1e8, fields.currentVersion)
  firmware(0x1ec, fields.committedVersion)
  tcb(0x1f0, fields.launchTcb)
  view.setBigUint64(0x1f8, fields.launchMitVector ?? mitVector, true)
  view.setBigUint64(0x200, fields.currentMitVector ?? mitVector, true)
  for (const patch of fields.patches ?? []) out.set(patch.bytes, patch.offset)
  return out
}

/** A copy with `bytes` written at `offset`; the signature is left as it was. */
export function patchReport(report: Uint8Array, offset: number, bytes: Uint8Array): Uint8Array {
  const out = report.slice()
  out.set(bytes, offset)
  return out
}

export interface ReportSignature {
  readonly r: bigint
  readonly s: bigint
}

function littleEndian(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(SCALAR_SIZE * 2, '0')).reverse()
}

export function signatureOf(report: Uint8Array): ReportSignature {
  const read = (offset: number): bigint =>
    BigInt(`0x${toHex(report.slice(offset, offset + SCALAR_SIZE).reverse())}`)
  return { r: read(R_OFFSET), s: read(S_OFFSET) }
}

/** A copy with this signature, whatever it is worth; the rest of the signature area is kept. */
export function setSignature(report: Uint8Array, { r, s }: ReportSignature): Uint8Array {
  return patchReport(patchReport(report, R_OFFSET, littleEndian(r)), S_OFFSET, littleEndian(s))
}

export interface SignReportOptions {
  /** `as-made` (default) keeps what RFC 6979 yields; AMD's firmware emits both halves as well. */
  readonly half?: 'as-made' | 'low' | 'high'
  /** Written in place of the true values. */
  readonly r?: bigint
  readonly s?: bigint
}

/** Signs bytes 0x000–0x29F afresh and returns a copy; also re-signs a report edited by hand. */
export function signReport(
  report: Uint8Array,
  scalar: Uint8Array,
  options: SignReportOptions = {},
): Uint8Array {
  const compact = toHex(signEcdsa(report.subarray(0, SIGNED_SIZE), scalar))
  const r = BigInt(`0x${compact.slice(0, 96)}`)
  const made = BigInt(`0x${compact.slice(96)}`)
  const twin = P384_ORDER - made
  const { half = 'as-made' } = options
  const wanted = half === 'as-made' || (half === 'high') === made > twin ? made : twin
  return setSignature(report, { r: options.r ?? r, s: options.s ?? wanted })
}

/** The other valid signature of the same bytes: (r, n − s). */
export function twinSignature(report: Uint8Array): Uint8Array {
  const { r, s } = signatureOf(report)
  return setSignature(report, { r, s: P384_ORDER - s })
}
