// What the vectors do not show of this folder, found by mutation testing: words of misuse, and the whole of two answers.
import { describe, expect, it } from 'vitest'
import { makeReport, setSignature } from '../../test/support/report.js'
import type { ReportFields } from '../../test/support/report.js'
import { isVerificationError } from '../errors/error.js'
import { openLedger } from '../errors/ledger.js'
import { bytesOfReport, parseReport } from './report.js'
import { reportToJson } from './to-json.js'
import { reportChecks, requireVerifiable } from './verifiable.js'

const parse = (fields: ReportFields = {}) => parseReport(setSignature(makeReport(fields), { r: 1n, s: 1n }))

describe('misuse', () => {
  it('says what was expected', () => {
    expect(() => bytesOfReport({} as never)).toThrow(new TypeError('report must come from parseReport'))
    expect(() => parseReport('report' as never)).toThrow(/^report must be /)
  })
})

describe('a report of another length', () => {
  it.each([0, 1183, 1185])('%i bytes: says both', (actual) => {
    try {
      parseReport(new Uint8Array(actual))
      expect.unreachable()
    } catch (error) {
      if (!isVerificationError(error)) throw error
      expect(error.message).toBe(`report: expected 1184 bytes, got ${String(actual)}`)
      expect([error.code, error.details]).toEqual(['REPORT_LENGTH', { expected: 1184, actual }])
    }
  })
})

describe('KEY_INFO in JSON', () => {
  it('has its word, its flags and the name of the key', () => {
    expect(reportToJson(parse({ signer: 'vlek' })).keyInfo).toEqual({
      raw: '0x00000004',
      authorKeyEn: false,
      maskChipKey: false,
      signingKey: 'vlek',
    })
  })
})

describe('the note of report.product', () => {
  it.each([
    [2, { reason: 'version 2 has no CPUID' }],
    [3, {}],
    [5, {}],
  ])('of version %i', (version, note) => {
    const ledger = openLedger(reportChecks.filter(({ id }) => id !== 'report.structure'))
    requireVerifiable(parse({ version }), ledger)
    expect(ledger.results().at(-1)).toEqual({
      id: 'report.product',
      outcome: 'passed',
      source: 'AMD 57230, product names',
      ...note,
    })
  })
})
