/**
 * The ties between a report and the endorsement key that is said to have signed it.
 *
 * Without them any genuine key of AMD's would do for any report: another chip's, an older firmware's, or a
 * provider's where a chip's is required. They are judged before any cryptography, on claims, and mean
 * something only once chain and signature hold as well.
 */
import { equalBytes, isFilledWith } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import type { CheckEntry, Ledger } from '../errors/ledger.js'
import { type ProductLine, productLines } from '../product/line.js'
import { tcbToJson } from '../product/tcb.js'
import type { Report } from '../report/report.js'
import type { EndorsementKey } from './endorsement-key.js'

export const tieChecks: readonly CheckEntry[] = [
  { id: 'endorsement.signer', source: 'AMD 56860, SIGNING_KEY; AMD 57230' },
  { id: 'endorsement.product', source: 'AMD 57230, product names' },
  { id: 'endorsement.chipId', source: 'AMD 57230, hwID; AMD 56860, CHIP_ID' },
  { id: 'endorsement.reportedTcb', source: 'AMD 57230, SPL extensions; AMD 56860, REPORTED_TCB' },
]

/**
 * @throws VerificationError `ENDORSEMENT_KIND`, `ENDORSEMENT_PRODUCT`, `ENDORSEMENT_CHIP_ID_MISMATCH`,
 *   `ENDORSEMENT_TCB_MISMATCH`.
 */
export function checkTies(report: Report, key: EndorsementKey, ledger: Ledger): void {
  const { signingKey } = report.keyInfo
  if (signingKey !== key.kind) {
    throw refuse(
      ledger,
      'endorsement.signer',
      'ENDORSEMENT_KIND',
      'the certificate is of another kind',
      signingKey,
      key.kind,
    )
  }
  ledger.pass('endorsement.signer')

  // Version 2 says nothing of its silicon, and no Turin part ever made one.
  const expectedLines: readonly ProductLine[] =
    report.productLine === null ? ['Milan', 'Genoa'] : [report.productLine]
  if (!expectedLines.includes(key.productLine)) {
    const expected = expectedLines.join(' or ')
    throw refuse(
      ledger,
      'endorsement.product',
      'ENDORSEMENT_PRODUCT',
      'the certificate is of another product line',
      expected,
      key.productLine,
    )
  }
  ledger.pass(
    'endorsement.product',
    report.productLine === null ? { reason: 'version 2: from the certificate' } : {},
  )

  checkChipId(report.chipId, key, ledger)

  // Both were read in one layout, so the words are equal exactly when every component is.
  if (report.reportedTcb.raw !== key.tcb.raw) {
    const [expected, actual] = [tcbToJson(key.tcb).raw, tcbToJson(report.reportedTcb).raw]
    throw refuse(
      ledger,
      'endorsement.reportedTcb',
      'ENDORSEMENT_TCB_MISMATCH',
      'REPORTED_TCB is not that of the certificate',
      expected,
      actual,
    )
  }
  ledger.pass('endorsement.reportedTcb')
}

function checkChipId(chipId: Uint8Array, key: EndorsementKey, ledger: Ledger): void {
  if (key.hwId === null) {
    ledger.pass('endorsement.chipId', { reason: 'a VLEK names no chip' })
    return
  }
  if (isFilledWith(chipId, 0)) {
    // The host masked CHIP_ID. The signature still binds the key, and the key binds the chip.
    ledger.pass('endorsement.chipId', { reason: 'masked' })
    return
  }
  const { chipIdBytes } = productLines[key.productLine]
  const same = equalBytes(chipId.subarray(0, chipIdBytes), key.hwId) && isFilledWith(chipId, 0, chipIdBytes)
  if (!same) {
    throw refuse(
      ledger,
      'endorsement.chipId',
      'ENDORSEMENT_CHIP_ID_MISMATCH',
      'CHIP_ID is not the hwID of the certificate',
      toHex(key.hwId),
      toHex(chipId),
    )
  }
  ledger.pass('endorsement.chipId')
}

function refuse(
  ledger: Ledger,
  id: string,
  code:
    'ENDORSEMENT_KIND' | 'ENDORSEMENT_PRODUCT' | 'ENDORSEMENT_CHIP_ID_MISMATCH' | 'ENDORSEMENT_TCB_MISMATCH',
  problem: string,
  expected: string,
  actual: string,
): VerificationError {
  ledger.fail(id, { expected, actual })
  return new VerificationError(code, problem, { expected, actual })
}
