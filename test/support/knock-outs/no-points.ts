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
  // The same refusal of certificates and requests under a code of evidence.
  'evidence/der-fields.ts: throw asEvidence(error, what)',
  'appraisal/appraise.ts: if (first !== null) throw first.error',
  'binding/accept.ts: throw error',
  'binding/run-manifest.ts: throw error',
  'binding/run-profile.ts: throw error',
  'crypto/statement-algorithm.ts: throw error',
  'manifest/composition.ts: throw error',
  // What shapes and rules found: these have points.
  'manifest/check.ts: throw new VerificationError(code, `manifest ${first.path}: ${first.message} (${first.rule})`, {',
  "manifest/expectations.ts: throw new VerificationError(code, `${what}, ${path === '' ? 'document' : path}: ${message}`, {",
  "manifest/parse.ts: throw new VerificationError('MANIFEST_SCHEMA', `manifest ${path === '' ? 'document' : path}: ${message}`, {",
  'verify/pipeline.ts: if (!(error instanceof VerificationError)) throw error',
  "verify/pipeline.ts: if (outcome.verdict !== 'accepted') throw outcome.error",
]

const fields = 'src/evidence/json-fields.test.ts'
const challenge = 'src/binding/challenge.test.ts'
const challengeStore = 'src/binding/challenge-store.test.ts'
const statementForms = 'src/crypto/statement-algorithm.test.ts'

/** Refusals that no verification reaches, by the test that does. */
export const outOfReach: ReadonlyMap<string, string> = new Map([
  // About the platform, not about evidence.
  [
    "encoding/gzip.ts: throw new VerificationError('CRYPTO_UNSUPPORTED', 'this platform has no DecompressionStream', {})",
    'src/encoding/gzip.test.ts',
  ],
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
  // Challenges that were issued in the same process.
  ...[
    "if (lengthOf(requireBytes(bytes, 'challenge')) !== challengeBytes) throw unknown()",
    'if (seen === null) throw unknown()',
    'if (entry === null) throw damaged()',
    "throw new VerificationError('FRESHNESS_PURPOSE', 'the challenge was issued for another purpose')",
    'if (taken === null) throw unknown()',
    'if (!equalBytes(taken, seen)) throw damaged()',
    "throw new VerificationError('FRESHNESS_EXPIRED', 'the challenge expired before it was redeemed', {",
    "throw new VerificationError('CRYPTO_UNSUPPORTED', 'this runtime has no crypto.getRandomValues')",
  ].map((text) => [`binding/challenge-store.ts: ${text}`, challengeStore] as const),
  [
    "binding/challenge.ts: throw new VerificationError('FRESHNESS_PURPOSE', `the challenge was issued for another ${part}`, {",
    challenge,
  ],
  [
    "binding/challenge.ts: throw new VerificationError('FRESHNESS_REPLAYED', 'the challenge was used for an acceptance before')",
    challenge,
  ],
  // For those who negotiate a manifest, before there is evidence.
  ['manifest/dropped.ts: throw new VerificationError(', 'src/manifest/dropped.test.ts'],
  ['manifest/expect-for.ts: throw new VerificationError(', 'src/manifest/expectations.test.ts'],
  // A manifest that holds such a text is too long itself.
  [
    'manifest/wac/token.ts: throw compositionError(`longer than ${String(maxCompositionLength)} characters`, positionOf(cursor))',
    'src/manifest/wac/hostile.test.ts',
  ],
  // No profile has ECDSA signatures in DER yet.
  ["crypto/statement-algorithm.ts: finish(pair, 'signature')", statementForms],
  ["crypto/statement-algorithm.ts: finish(document, 'signature')", statementForms],
  // About the runtime.
  ['crypto/statement.ts: throw new VerificationError(', 'src/crypto/statement-call.test.ts'],
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
