// What refuses in src/ and has no point, with the reason. Kept short: a guard about evidence has a point.

/** Refusals that only pass on what was thrown or found elsewhere. */
export const onlyRethrown: readonly string[] = [
  'x509/crl.ts: throw error',
  // The same refusal of a CRL under a code of its own.
  "x509/crl.ts: throw new VerificationError('REVOCATION_MALFORMED', error.message, error.details)",
  "endorsement/authenticate.ts: if (path.status === 'rejected') throw path.reason",
  'endorsement/authenticate.ts: throw reason',
  'endorsement/chain.ts: throw error',
  'endorsement/intermediate.ts: throw error',
  'evidence/container.ts: throw error',
  'evidence/sniff.ts: throw error',
  'appraisal/appraise.ts: if (first !== null) throw first.error',
  'verify/pipeline.ts: if (!(error instanceof VerificationError)) throw error',
  "verify/pipeline.ts: if (outcome.verdict !== 'accepted') throw outcome.error",
]

const fields = 'src/evidence/json-fields.test.ts'

/** Refusals that no verification reaches, by the test that does. */
export const outOfReach: ReadonlyMap<string, string> = new Map([
  // Certificates and structures that are not AMD's are only shown.
  [
    "asn1/general.ts: throw new VerificationError('DER_UNEXPECTED', 'not understood as ASN.1', {}, { cause })",
    'src/asn1/general.test.ts',
  ],
  [
    "asn1/general.ts: throw new VerificationError('DER_UNEXPECTED', 'not understood as ASN.1', { problem })",
    'src/asn1/general.test.ts',
  ],
  // No format has such members yet.
  [
    'evidence/json-fields.ts: if (!Array.isArray(value)) throw malformed(what, `${key} is not a list of bytes`)',
    fields,
  ],
  [
    'evidence/json-fields.ts: throw malformed(what, `${key} has ${String(list.length)} bytes, not ${String(length)}`)',
    fields,
  ],
  ['evidence/json-fields.ts: throw malformed(what, `${key} holds what is no byte`)', fields],
  [
    'evidence/json-fields.ts: throw malformed(what, `${key} is not an integer of ${String(bits)} bits`)',
    fields,
  ],
  [
    "x509/general.ts: throw new VerificationError('CERTIFICATE_MALFORMED', 'not understood as a certificate', {}, { cause })",
    'src/x509/general.test.ts',
  ],
])

/**
 * How often each file that reads evidence throws a TypeError: a mistake of the caller or of ours. About evidence it
 * would be a VerificationError, with a point.
 */
export const mistakes: Readonly<Record<string, number>> = {
  'report/report.ts': 1,
  'endorsement/authenticate.ts': 2,
  'endorsement/cache.ts': 2,
  'endorsement/chain.ts': 1,
  'evidence/evidence.ts': 2,
  'evidence/input.ts': 4,
}
