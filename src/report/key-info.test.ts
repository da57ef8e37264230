import { describe, expect, it } from 'vitest'
import { makeReport, setSignature } from '../../test/support/report.js'
import { isVerificationError } from '../errors/error.js'
import { decodeKeyInfo } from './key-info.js'
import { parseReport } from './report.js'

function codeOf(flags: number): string | null {
  try {
    parseReport(setSignature(makeReport({ flags }), { r: 1n, s: 1n }))
    return null
  } catch (error) {
    if (isVerificationError(error)) return error.code
    throw error
  }
}

describe('KEY_INFO', () => {
  it('says who signed', () => {
    const keys = [0, 1, 2, 3, 4, 5, 6, 7].map((key) => decodeKeyInfo(key << 2).signingKey)
    expect(keys).toEqual(['vcek', 'vlek', 'reserved', 'reserved', 'reserved', 'reserved', 'reserved', 'none'])
  })

  it('says whether there is an author key and whether the report is signed', () => {
    expect(decodeKeyInfo(1)).toEqual({ raw: 1, authorKeyEn: true, maskChipKey: false, signingKey: 'vcek' })
    expect(decodeKeyInfo(2)).toEqual({ raw: 2, authorKeyEn: false, maskChipKey: true, signingKey: 'vcek' })
    expect(decodeKeyInfo(5)).toEqual({ raw: 5, authorKeyEn: true, maskChipKey: false, signingKey: 'vlek' })
  })

  it('has bits 5 to 31 clear', () => {
    for (let bit = 0; bit < 32; bit += 1) {
      const code = codeOf((1 << bit) >>> 0)
      expect([bit, code]).toEqual([bit, bit < 5 ? null : 'REPORT_RESERVED_NONZERO'])
    }
  })
})
