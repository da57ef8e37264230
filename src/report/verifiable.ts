/**
 * What a well-formed report must also be before anything about it can be verified: signed at all, by a key
 * we know, for the guest itself, on silicon we know. Not policy: no caller can switch these off.
 */
import { VerificationError } from '../errors/error.js'
import type { CheckEntry, Ledger } from '../errors/ledger.js'
import type { Report } from './report.js'

const source = 'AMD 56860, ATTESTATION_REPORT'

export const reportChecks: readonly CheckEntry[] = [
  { id: 'report.structure', source },
  { id: 'report.signed', source: 'AMD 56860, MASK_CHIP_KEY' },
  { id: 'report.signer', source: 'AMD 56860, SIGNING_KEY' },
  { id: 'report.vmpl', source: 'AMD 56860, SNP_HV_REPORT_REQ' },
  { id: 'report.product', source: 'AMD 57230, product names' },
]

/**
 * @throws VerificationError `REPORT_UNSIGNED`, `REPORT_SIGNER_UNSUPPORTED`, `REPORT_VMPL`,
 *   `REPORT_PRODUCT_UNKNOWN`.
 */
export function requireVerifiable(report: Report, ledger: Ledger): void {
  const { keyInfo, vmpl, cpuid, productLine } = report
  if (keyInfo.maskChipKey) {
    ledger.fail('report.signed')
    throw new VerificationError('REPORT_UNSIGNED', 'MASK_CHIP_KEY is set: the report is not signed')
  }
  ledger.pass('report.signed')
  if (keyInfo.signingKey !== 'vcek' && keyInfo.signingKey !== 'vlek') {
    const actual = (keyInfo.raw >>> 2) & 7
    ledger.fail('report.signer', { expected: [0, 1], actual })
    throw new VerificationError(
      'REPORT_SIGNER_UNSUPPORTED',
      `SIGNING_KEY ${String(actual)} is not supported`,
      {
        expected: [0, 1],
        actual,
      },
    )
  }
  ledger.pass('report.signer')
  // A host can ask for a signed report of any guest: it then has VMPL FFFFFFFF and a REPORT_DATA of zeros.
  if (vmpl > 3) {
    ledger.fail('report.vmpl', { expected: [0, 1, 2, 3], actual: vmpl })
    throw new VerificationError(
      'REPORT_VMPL',
      `VMPL ${String(vmpl)}: the guest did not request this report`,
      {
        expected: [0, 1, 2, 3],
        actual: vmpl,
      },
    )
  }
  ledger.pass('report.vmpl')
  if (cpuid !== null && productLine === null) {
    const actual = { family: cpuid.family, model: cpuid.model, stepping: cpuid.stepping }
    ledger.fail('report.product', { actual })
    throw new VerificationError('REPORT_PRODUCT_UNKNOWN', 'CPUID belongs to no known product line', {
      actual,
    })
  }
  ledger.pass('report.product', cpuid === null ? { reason: 'version 2 has no CPUID' } : {})
}
