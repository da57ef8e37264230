// The verdict of every code, against the design's own list: most codes are rejected without being named anywhere.
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
]
const malformed =
  /^(EVIDENCE_\w+|DER_\w+|REPORT_(LENGTH|RESERVED_NONZERO|SIGNATURE_ENCODING)|(CERTIFICATE|REVOCATION)_MALFORMED|POLICY_INVALID)$/

const expectedVerdict = (code: string): RefusalVerdict =>
  malformed.test(code) ? 'malformed' : unverifiable.includes(code) ? 'unverifiable' : 'rejected'

test('the verdict of every code is the one of the design', () => {
  expect(errorCodes.length).toBeGreaterThan(90)
  for (const code of errorCodes) expect([code, verdictOf(code)]).toEqual([code, expectedVerdict(code)])
  for (const code of unverifiable) expect(errorCodes).toContain(code)
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
