// Expectations of a case that no policy of ours states, judged on an authenticated report.
import { toHex } from '../../src/encoding/hex.js'
import type { Report } from '../../src/report/report.js'
import { Rejection, type RejectionCode } from './adapter-codes.js'
import type { CasePolicy } from './adapter-input.js'

type Fields = Pick<
  Report,
  'reportData' | 'idKeyDigest' | 'authorKeyDigest' | 'currentVersion' | 'committedVersion'
>

/**
 * Plain equality, zeros included, and the firmware's own order.
 *
 * @throws Rejection with the code of what differs.
 */
export function requireEqualities(stated: CasePolicy, fields: Fields): void {
  const pairs: readonly (readonly [string | undefined, Uint8Array, RejectionCode])[] = [
    [stated.expected_id_key_digest_hex, fields.idKeyDigest, 'ID_KEY_DIGEST_MISMATCH'],
    [stated.expected_author_key_digest_hex, fields.authorKeyDigest, 'AUTHOR_KEY_DIGEST_MISMATCH'],
  ]
  for (const [expected, actual, code] of pairs) {
    if (expected !== undefined && expected !== toHex(actual)) throw new Rejection(code, `not ${expected}`)
  }
  const { currentVersion: current, committedVersion: committed } = fields
  if (stated.enforce_spec_defaults === true && word(committed) > word(current))
    throw new Rejection('TCB_OUT_OF_DATE', 'the committed firmware is newer than the current one')
  const expected = stated.expected_report_data_hex
  if (expected !== undefined && expected !== toHex(fields.reportData))
    throw new Rejection('REPORT_DATA_MISMATCH', `not ${expected}`)
}

const word = ({ major, minor, build }: Report['currentVersion']): number =>
  (major << 16) | (minor << 8) | build
