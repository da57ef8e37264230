// The verdict of every code by name: in the sources a rule gives it, so a new code's verdict is decided here too.
import { expect, test } from 'vitest'
import { type RefusalVerdict, stageOf, verdictOf } from './codes.js'
import { errorCodes, explainCode } from './explain.js'

const unverifiable = [
  'REPORT_VERSION_UNSUPPORTED',
  'REPORT_ALGORITHM_UNSUPPORTED',
  'REPORT_SIGNER_UNSUPPORTED',
  'REPORT_PRODUCT_UNKNOWN',
  'CERTIFICATE_UNSUPPORTED',
  'ENDORSEMENT_MISSING',
  'REVOCATION_MISSING',
  'REVOCATION_STALE',
  'REVOCATION_FETCH_AGE',
  'REVOCATION_NUMBER',
  'REVOCATION_UNSUPPORTED',
  'CRYPTO_UNSUPPORTED',
  'BINDING_INPUT_MISSING',
  'KDS_ABORTED',
  'KDS_NOT_FOUND',
  'KDS_RATE_LIMITED',
  'KDS_RESPONSE',
  'KDS_TIMEOUT',
  'KDS_UNAVAILABLE',
]
const malformed = [
  'EVIDENCE_FORMAT',
  'EVIDENCE_MALFORMED',
  'EVIDENCE_SIZE',
  'EVIDENCE_DUPLICATE',
  'EVIDENCE_TABLE',
  'EVIDENCE_PROVIDER',
  'REPORT_LENGTH',
  'REPORT_RESERVED_NONZERO',
  'REPORT_SIGNATURE_ENCODING',
  'DER_TRUNCATED',
  'DER_TRAILING_DATA',
  'DER_NOT_CANONICAL',
  'DER_UNEXPECTED',
  'DER_LIMIT',
  'CERTIFICATE_MALFORMED',
  'REVOCATION_MALFORMED',
  'POLICY_INVALID',
  'MANIFEST_MALFORMED',
  'MANIFEST_EXPECTATIONS_MALFORMED',
  'BINDING_KEY_MALFORMED',
  'BINDING_DOCUMENT_MALFORMED',
]

const expectedVerdict = (code: string): RefusalVerdict =>
  malformed.includes(code) ? 'malformed' : unverifiable.includes(code) ? 'unverifiable' : 'rejected'

test('the verdict of every code is the one of the design', () => {
  expect(errorCodes.length).toBeGreaterThan(90)
  for (const code of errorCodes) expect([code, verdictOf(code)]).toEqual([code, expectedVerdict(code)])
  for (const code of [...unverifiable, ...malformed]) expect(errorCodes).toContain(code)
})

test('an explanation has the stage, the verdict, a meaning and a source', () => {
  for (const code of errorCodes) {
    const explained = explainCode(code)
    expect(explained).toMatchObject({ code, stage: stageOf(code), verdict: verdictOf(code) })
    expect(code.startsWith(`${stageOf(code)}_`)).toBe(true)
    expect(explained?.meaning).toMatch(/\w/)
    expect(explained?.source).toMatch(/\w/)
  }
})

test.each(['', 'REPORT', 'report_length', 'toString', '__proto__', 'constructor'])(
  '%j is no code',
  (name) => {
    expect(explainCode(name)).toBeNull()
  },
)
