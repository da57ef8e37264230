// What OpenSSL takes and ours refuses, by kind, with the reason. There is no table for the other direction: whatever
// ours takes, OpenSSL takes. openssl.test.ts holds that each divergence over all vectors and real files is in exactly
// one row, and that no row is without one.

export interface Divergence {
  readonly of: 'certificate' | 'CRL'
  readonly code: string
  /** In the message of our refusal. */
  readonly what: RegExp
  readonly reason: string
}

const oneForm = 'a value has one encoding in DER (X.690 §10, §11), or one certificate would have two digests'
const oneDocument = 'what follows is read by nobody, or by another reader'
const bounded = 'a bound on the work that a stranger can cause; nothing genuine comes near it'
const onlyAmd = "exactly AMD's extensions mean what a verifier takes them to mean (AMD 57230)"
const pinned =
  'AMD signs with RSA-4096, PSS, SHA-384 and a salt of 48 alone; no document chooses its algorithm'
const keys = 'AMD has RSA-4096 and P-384 keys alone, on the curve, as named curves'
const names = "names are compared byte for byte, in AMD's form"
const serials = 'RFC 5280 §4.1.2.2'
const versions = 'other versions have no extensions, so no chip, no TCB and no CRL number'
const lists = 'RFC 5280 §5.2: what is critical and unknown makes a list mean something else'
const present = 'RFC 5280 §5: without it nobody could say which list is newer, or when one is too old'

const row = (of: Divergence['of'], code: string, what: RegExp, reason: string): Divergence => ({
  of,
  code,
  what,
  reason,
})
const certificate = (code: string, what: RegExp, reason: string): Divergence =>
  row('certificate', code, what, reason)
const crl = (code: string, what: RegExp, reason: string): Divergence => row('CRL', code, what, reason)

export const divergences: readonly Divergence[] = [
  certificate('CERTIFICATE_ALGORITHM', /not the signature algorithm/, pinned),
  certificate('CERTIFICATE_ALGORITHM_MISMATCH', /differ$/, 'RFC 5280 §4.1.1.2: both say the same'),
  certificate('CERTIFICATE_MALFORMED', /neither RSA nor P-384|RSA key that is not|not on the curve/, keys),
  certificate('CERTIFICATE_MALFORMED', /signature that is not 512 bytes/, pinned),
  certificate('CERTIFICATE_MALFORMED', /negative serial/, serials),
  certificate(
    'CERTIFICATE_MALFORMED',
    /occurs twice/,
    'RFC 5280 §4.2: two readers could take different ones',
  ),
  certificate('CERTIFICATE_MALFORMED', /no extensions|not X\.509 version 3/, versions),
  certificate('CERTIFICATE_MALFORMED', /no common name|not a name of AMD/, names),
  certificate('CERTIFICATE_PROFILE', /extension [\d.]+ (?:does not belong|is )|hwID|productName/, onlyAmd),
  certificate('CERTIFICATE_PROFILE', /issuer is none of AMD/, 'no other issuer has endorsement keys'),
  certificate('CERTIFICATE_PROFILE', /not a P-384 key/, keys),
  certificate('CERTIFICATE_UNSUPPORTED', /is not known/, onlyAmd),
  certificate('DER_LIMIT', /larger than allowed|of more than|more than \d+ extensions/, bounded),
  certificate('DER_NOT_CANONICAL', /DER form|not minimal|indefinite|default written out/, oneForm),
  certificate('DER_TRAILING_DATA', /bytes after/, oneDocument),
  certificate('DER_UNEXPECTED', /\.3704\.1\.\S+: expected tag/, onlyAmd),
  certificate('DER_UNEXPECTED', /version: expected tag/, versions),
  certificate('DER_UNEXPECTED', /tag of more than one byte/, 'nothing in a certificate has such a tag'),
  crl('DER_LIMIT', /more than \d+ extensions/, bounded),
  crl('DER_NOT_CANONICAL', /default written out/, oneForm),
  crl('DER_TRAILING_DATA', /bytes after/, oneDocument),
  crl('DER_UNEXPECTED', /version: expected tag/, versions),
  crl('REVOCATION_MALFORMED', /not a version 2 CRL/, versions),
  crl('REVOCATION_MALFORMED', /no extensions|empty list/, 'RFC 5280 §5.1: what is empty is left out'),
  crl('REVOCATION_MALFORMED', /listed twice|occurs twice/, 'two readers could take different ones'),
  crl('REVOCATION_MALFORMED', /no CRL number|no nextUpdate|negative CRL number/, present),
  crl('REVOCATION_MALFORMED', /not the signature algorithm|signature that is not 512/, pinned),
  crl('REVOCATION_MALFORMED', /differ$/, 'RFC 5280 §5.1.1.2: both say the same'),
  crl('REVOCATION_UNSUPPORTED', /critical extension/, lists),
]
