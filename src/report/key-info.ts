/** KEY_INFO (also FLAGS): who signed the report. Source: AMD 56860, ATTESTATION_REPORT offset 48h. */

/** SIGNING_KEY by name. Only the first two can be verified. */
export type SigningKey = 'vcek' | 'vlek' | 'reserved' | 'none'

export interface KeyInfo {
  readonly raw: number
  /** AUTHOR_KEY_DIGEST is meaningful. */
  readonly authorKeyEn: boolean
  /** The firmware was told not to sign: the signature is zero. Not to be confused with a masked CHIP_ID. */
  readonly maskChipKey: boolean
  readonly signingKey: SigningKey
}

const signingKeys: readonly SigningKey[] = [
  'vcek',
  'vlek',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
  'none',
]

/** Bits 31:5 must be zero in versions 2 to 5. */
export function hasReservedKeyInfoBits(raw: number): boolean {
  return raw >>> 5 !== 0
}

export function decodeKeyInfo(raw: number): KeyInfo {
  return Object.freeze({
    raw,
    authorKeyEn: (raw & 1) !== 0,
    maskChipKey: (raw & 2) !== 0,
    signingKey: signingKeys[(raw >>> 2) & 7] ?? 'reserved',
  })
}
