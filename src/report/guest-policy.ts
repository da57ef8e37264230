/** POLICY: what the guest's owner allowed and demanded at launch. Source: AMD 56860, guest policy. */
import { readFlags } from './flags.js'

export interface GuestPolicy {
  readonly raw: bigint
  /** Lowest firmware ABI the guest demanded; 0.0 on most clouds. */
  readonly abiMajor: number
  readonly abiMinor: number
  /** SMT may be on. */
  readonly smt: boolean
  /** A migration agent may be associated. */
  readonly migrateMa: boolean
  /** The host may read and change guest memory. */
  readonly debug: boolean
  /** The guest runs on one socket only. */
  readonly singleSocket: boolean
  /** CXL memory and devices may be populated. */
  readonly cxl: boolean
  /** AES-256-XTS memory encryption is required. */
  readonly memAes256Xts: boolean
  /** RAPL must be off. */
  readonly raplDisabled: boolean
  /** Ciphertext hiding is required. */
  readonly ciphertextHidingDram: boolean
  /** The host may not move or swap pages. */
  readonly pageSwapDisabled: boolean
}

/** Bit of each flag. Bit 17 is reserved and must be 1; bits 63:26 must be 0. */
export const guestPolicyBits = {
  smt: 16,
  migrateMa: 18,
  debug: 19,
  singleSocket: 20,
  cxl: 21,
  memAes256Xts: 22,
  raplDisabled: 23,
  ciphertextHidingDram: 24,
  pageSwapDisabled: 25,
} as const

const mustBeOne = 1n << 17n

/** The reserved bits of a POLICY word that do not have their required value, or 0. */
export function badReservedPolicyBits(raw: bigint): bigint {
  return ((raw >> 26n) << 26n) | (~raw & mustBeOne)
}

export function decodeGuestPolicy(raw: bigint): GuestPolicy {
  return Object.freeze({
    raw,
    abiMajor: Number((raw >> 8n) & 0xffn),
    abiMinor: Number(raw & 0xffn),
    ...readFlags(raw, guestPolicyBits),
  })
}
