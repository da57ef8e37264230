import { describe, expect, it } from 'vitest'
import { makeReport, setSignature } from '../../test/support/report.js'
import { isVerificationError } from '../errors/error.js'
import { badReservedPolicyBits, decodeGuestPolicy } from './guest-policy.js'
import { parseReport } from './report.js'

/** Typed from the specification. */
const names: readonly (readonly [bit: number, name: string])[] = [
  [16, 'smt'],
  [18, 'migrateMa'],
  [19, 'debug'],
  [20, 'singleSocket'],
  [21, 'cxl'],
  [22, 'memAes256Xts'],
  [23, 'raplDisabled'],
  [24, 'ciphertextHidingDram'],
  [25, 'pageSwapDisabled'],
]

const base = 1n << 17n

function codeOf(policy: bigint): string | null {
  try {
    parseReport(setSignature(makeReport({ policy }), { r: 1n, s: 1n }))
    return null
  } catch (error) {
    if (isVerificationError(error)) return error.code
    throw error
  }
}

describe('POLICY', () => {
  it.each(names)('has at bit %i: %s', (bit, name) => {
    const policy = decodeGuestPolicy(base | (1n << BigInt(bit)))
    const set = Object.entries(policy).filter(([, value]) => value === true)
    expect(set.map(([key]) => key)).toEqual([name])
    expect(codeOf(policy.raw)).toBeNull()
  })

  it('begins with the firmware ABI that the owner demanded', () => {
    expect(decodeGuestPolicy(base | 0x011fn)).toMatchObject({ abiMajor: 1, abiMinor: 0x1f })
    expect(decodeGuestPolicy(base | 0xff00n)).toMatchObject({ abiMajor: 255, abiMinor: 0 })
  })

  it('has bit 17 set', () => {
    expect(codeOf(base)).toBeNull()
    expect(codeOf(0n)).toBe('REPORT_RESERVED_NONZERO')
    expect(codeOf(0x10000n)).toBe('REPORT_RESERVED_NONZERO')
    expect(badReservedPolicyBits(0n)).toBe(base)
  })

  it('has bits 26 to 63 clear', () => {
    for (let bit = 26n; bit < 64n; bit += 1n) {
      expect(codeOf(base | (1n << bit))).toBe('REPORT_RESERVED_NONZERO')
      expect(badReservedPolicyBits(base | (1n << bit))).toBe(1n << bit)
    }
  })

  it('takes every other bit', () => {
    for (let bit = 0n; bit < 26n; bit += 1n) expect(codeOf(base | (1n << bit))).toBeNull()
  })
})
