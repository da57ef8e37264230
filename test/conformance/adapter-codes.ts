// Our error codes in the words of the outside suite: one table. It is used by the adapter alone, which is not shipped.
import type { ErrorCode, VerificationError } from '../../src/errors/error.js'

/** The suite's rejection codes. */
export const rejectionCodes = [
  'REPORT_FORMAT_UNSUPPORTED',
  'REPORT_TRUNCATED',
  'WRONG_REPORT_VERSION',
  'VCEK_CHAIN_INVALID',
  'VCEK_EXPIRED',
  'VCEK_HWID_MISMATCH',
  'VCEK_TCB_MISMATCH',
  'ARK_UNTRUSTED',
  'ASK_INVALID',
  'REPORT_SIGNATURE_INVALID',
  'TCB_OUT_OF_DATE',
  'GUEST_POLICY_DEBUG_SET',
  'GUEST_POLICY_MIGRATE_MA_SET',
  'GUEST_POLICY_SINGLE_SOCKET_SET',
  'GUEST_POLICY_RESERVED_BIT_SET',
  'PLATFORM_INFO_INVALID',
  'SIGNER_INFO_INVALID',
  'MEASUREMENT_MISMATCH',
  'HOST_DATA_MISMATCH',
  'REPORT_DATA_MISMATCH',
  'ID_KEY_DIGEST_MISMATCH',
  'AUTHOR_KEY_DIGEST_MISMATCH',
  'QV_RESULT_TERMINAL_UNSPECIFIED',
] as const

export type RejectionCode = (typeof rejectionCodes)[number]

type Details = VerificationError['details']

/** A refusal that is none of our product's: an anchor that a case brings, or a rule that only the suite has. */
export class Rejection extends Error {
  readonly code: RejectionCode

  constructor(code: RejectionCode, message: string) {
    super(message)
    this.code = code
  }
}

const hwIdOid = '1.3.6.1.4.1.3704.1.4'

/** Reserved bits of a named word; the other reserved places are byte ranges, which a version's layout decides. */
const reservedIn = ({ field }: Details): RejectionCode => {
  if (field === 'POLICY') return 'GUEST_POLICY_RESERVED_BIT_SET'
  if (field === 'KEY_INFO') return 'SIGNER_INFO_INVALID'
  return typeof field === 'string' && field.startsWith('bytes ')
    ? 'WRONG_REPORT_VERSION'
    : 'REPORT_FORMAT_UNSUPPORTED'
}

/** An endorsement key without the hwID that ties it to a chip is a mismatch of that tie. */
const profile = ({ oid }: Details): RejectionCode =>
  oid === hwIdOid ? 'VCEK_HWID_MISMATCH' : 'VCEK_CHAIN_INVALID'

/** Whose dates: the leaf's own code, or the code of the certificate above it. */
const validity = ({ role }: Details): RejectionCode => {
  if (role === 'VCEK' || role === 'VLEK') return 'VCEK_EXPIRED'
  return role === 'ARK' ? 'ARK_UNTRUSTED' : 'ASK_INVALID'
}

/** Codes that are not here can't come out of the adapter's calls, or have no word in the suite. */
export const rejectionOf: Readonly<
  Partial<Record<ErrorCode, RejectionCode | ((details: Details) => RejectionCode)>>
> = {
  // the report
  REPORT_VERSION_UNSUPPORTED: 'WRONG_REPORT_VERSION',
  REPORT_RESERVED_NONZERO: reservedIn,
  REPORT_ALGORITHM_UNSUPPORTED: 'REPORT_FORMAT_UNSUPPORTED',
  REPORT_SIGNATURE_ENCODING: 'REPORT_SIGNATURE_INVALID',
  REPORT_SIGNER_UNSUPPORTED: 'SIGNER_INFO_INVALID',
  REPORT_UNSIGNED: 'SIGNER_INFO_INVALID',
  REPORT_VMPL: 'REPORT_FORMAT_UNSUPPORTED',
  REPORT_PRODUCT_UNKNOWN: 'REPORT_FORMAT_UNSUPPORTED',
  REPORT_LENGTH: 'REPORT_FORMAT_UNSUPPORTED',
  // the VCEK as a document
  EVIDENCE_MALFORMED: 'VCEK_CHAIN_INVALID',
  EVIDENCE_SIZE: 'VCEK_CHAIN_INVALID',
  DER_TRUNCATED: 'VCEK_CHAIN_INVALID',
  DER_TRAILING_DATA: 'VCEK_CHAIN_INVALID',
  DER_NOT_CANONICAL: 'VCEK_CHAIN_INVALID',
  DER_UNEXPECTED: 'VCEK_CHAIN_INVALID',
  DER_LIMIT: 'VCEK_CHAIN_INVALID',
  CERTIFICATE_MALFORMED: 'VCEK_CHAIN_INVALID',
  CERTIFICATE_UNSUPPORTED: 'VCEK_CHAIN_INVALID',
  CERTIFICATE_ALGORITHM: 'VCEK_CHAIN_INVALID',
  CERTIFICATE_ALGORITHM_MISMATCH: 'VCEK_CHAIN_INVALID',
  CERTIFICATE_PROFILE: profile,
  // ties
  ENDORSEMENT_KIND: 'SIGNER_INFO_INVALID',
  ENDORSEMENT_PRODUCT: 'VCEK_CHAIN_INVALID',
  ENDORSEMENT_CHIP_ID_MISMATCH: 'VCEK_HWID_MISMATCH',
  ENDORSEMENT_TCB_MISMATCH: 'VCEK_TCB_MISMATCH',
  // chain
  CHAIN_ISSUER: 'VCEK_CHAIN_INVALID',
  CHAIN_SIGNATURE: 'VCEK_CHAIN_INVALID',
  CERTIFICATE_NOT_YET_VALID: validity,
  CERTIFICATE_EXPIRED: validity,
  // report signature
  SIGNATURE_INVALID: 'REPORT_SIGNATURE_INVALID',
  // appraisal
  APPRAISAL_DEBUG: 'GUEST_POLICY_DEBUG_SET',
  APPRAISAL_MIGRATE_MA: 'GUEST_POLICY_MIGRATE_MA_SET',
  APPRAISAL_REPORT_ID_MA: 'GUEST_POLICY_MIGRATE_MA_SET',
  APPRAISAL_TCB_ORDER: 'TCB_OUT_OF_DATE',
  APPRAISAL_MEASUREMENTS: 'MEASUREMENT_MISMATCH',
  APPRAISAL_ID_BLOCK_ID_KEY_DIGESTS: 'ID_KEY_DIGEST_MISMATCH',
  APPRAISAL_ID_BLOCK_AUTHOR_KEY_DIGESTS: 'AUTHOR_KEY_DIGEST_MISMATCH',
  APPRAISAL_HOST_DATA: 'HOST_DATA_MISMATCH',
  APPRAISAL_PLATFORM_UNKNOWN_BITS: 'PLATFORM_INFO_INVALID',
  APPRAISAL_TCB_CURRENT: 'TCB_OUT_OF_DATE',
  // binding
  BINDING_EMPTY: 'REPORT_DATA_MISMATCH',
  BINDING_MISMATCH: 'REPORT_DATA_MISMATCH',
}

/** The suite's word for a refusal of ours. */
export function rejectionFor({ code, details }: VerificationError): RejectionCode {
  const found = rejectionOf[code] ?? 'QV_RESULT_TERMINAL_UNSPECIFIED'
  return typeof found === 'function' ? found(details) : found
}
