import { describe, expect, it } from 'vitest'
import { makeReport, setSignature } from '../../test/support/report.js'
import type { ReportFields } from '../../test/support/report.js'
import { isVerificationError } from '../errors/error.js'
import { openLedger } from '../errors/ledger.js'
import { parseReport } from './report.js'
import { reportChecks, requireVerifiable } from './verifiable.js'

function judge(fields: ReportFields) {
  const ledger = openLedger(reportChecks)
  const report = parseReport(setSignature(makeReport(fields), { r: 1n, s: 1n }))
  ledger.pass('report.structure')
  const outcomes = () => ledger.results().map(({ id, outcome }) => `${id} ${outcome}`)
  try {
    requireVerifiable(report, ledger)
    return { code: null, outcomes: outcomes(), complete: ledger.complete() }
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return { code: error.code, outcomes: outcomes(), complete: ledger.complete() }
  }
}

describe('a report that can be verified', () => {
  it.each([0, 1, 2, 3])('was requested by the guest at VMPL %i', (vmpl) => {
    expect(judge({ vmpl })).toMatchObject({ code: null, complete: true })
  })

  it.each([4, 5, 0x100, 0x7fffffff, 0x80000000, 0xffffffff])('was not requested at VMPL %i', (vmpl) => {
    expect(judge({ vmpl })).toMatchObject({ code: 'REPORT_VMPL', complete: false })
  })

  it.each([2, 3, 4, 5, 6, 7])('was not signed by SIGNING_KEY %i', (signingKey) => {
    const { code, outcomes } = judge({ signingKey })
    expect(code).toBe('REPORT_SIGNER_UNSUPPORTED')
    expect(outcomes).toEqual([
      'report.structure passed',
      'report.signed passed',
      'report.signer failed',
      'report.vmpl notReached',
      'report.product notReached',
    ])
  })

  it('was signed at all, whatever else is wrong with it', () => {
    expect(judge({ maskChipKey: true, signingKey: 7, vmpl: 9 })).toMatchObject({ code: 'REPORT_UNSIGNED' })
  })

  it.each([
    { family: 0x19, model: 0x20, stepping: 0 },
    { family: 0x19, model: 0xb0, stepping: 0 },
    { family: 0x1a, model: 0x20, stepping: 0 },
    { family: 0x1a, model: 0x50, stepping: 0 },
    { family: 0x18, model: 0x01, stepping: 1 },
    { family: 0, model: 0, stepping: 0 },
  ])('was made by silicon that we know, not $family/$model', (cpuid) => {
    expect(judge({ cpuid, tcb: 0n })).toMatchObject({ code: 'REPORT_PRODUCT_UNKNOWN' })
  })

  it('does not name its silicon in version 2', () => {
    expect(judge({ version: 2 })).toMatchObject({ code: null, complete: true })
  })
})
