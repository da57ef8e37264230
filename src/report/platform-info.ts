/** PLATFORM_INFO: the state of the machine. Source: AMD 56860, PLATFORM_INFO. */
import { readFlags } from './flags.js'

export interface PlatformInfo {
  readonly raw: bigint
  readonly smtEnabled: boolean
  readonly tsmeEnabled: boolean
  readonly eccEnabled: boolean
  readonly raplDisabled: boolean
  readonly ciphertextHidingDramEnabled: boolean
  /** Memory was checked for aliases since the last reset (BadRAM). Firmware of version 3 reports and later. */
  readonly aliasCheckComplete: boolean
  /** Set on Turin; reserved in ABI 1.58. */
  readonly iommuWriteSafe: boolean
  /** SEV-TIO. */
  readonly tioEnabled: boolean
  /** Bits that this version does not know. Not a structural error: new firmware sets new bits. */
  readonly unknownBits: bigint
}

export const platformBits = {
  smtEnabled: 0,
  tsmeEnabled: 1,
  eccEnabled: 2,
  raplDisabled: 3,
  ciphertextHidingDramEnabled: 4,
  aliasCheckComplete: 5,
  iommuWriteSafe: 6,
  tioEnabled: 7,
} as const

export function decodePlatformInfo(raw: bigint): PlatformInfo {
  return Object.freeze({ raw, ...readFlags(raw, platformBits), unknownBits: (raw >> 8n) << 8n })
}
