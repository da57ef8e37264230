import { describe, expect, it } from 'vitest'
import { decodePlatformInfo } from './platform-info.js'

/** Typed from the specification. */
const names: readonly string[] = [
  'smtEnabled',
  'tsmeEnabled',
  'eccEnabled',
  'raplDisabled',
  'ciphertextHidingDramEnabled',
  'aliasCheckComplete',
  'iommuWriteSafe',
  'tioEnabled',
]

describe('PLATFORM_INFO', () => {
  it.each(names.map((name, bit) => [bit, name] as const))('has at bit %i: %s', (bit, name) => {
    const info = decodePlatformInfo(1n << BigInt(bit))
    const set = Object.entries(info).filter(([, value]) => value === true)
    expect(set.map(([key]) => key)).toEqual([name])
    expect(info.unknownBits).toBe(0n)
  })

  it('keeps bits that nobody knows yet', () => {
    for (let bit = 8n; bit < 64n; bit += 1n) {
      const info = decodePlatformInfo((1n << bit) | 0x25n)
      expect([info.unknownBits, info.raw]).toEqual([1n << bit, (1n << bit) | 0x25n])
    }
  })
})
