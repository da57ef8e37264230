/**
 * Every error code, as a type in the order of verification, and the rule for its verdict. What a code means, and where
 * the rule stands, is in `table.ts`, which only explanations load: a page that shows a report needs none of the names.
 *
 * Codes are never renamed or reused; a new one is one line here and one there, and needs a vector.
 */

/** A stable error code, `<STAGE>_<PROBLEM>`. Codes are never renamed; new ones are a minor change. */
export type ErrorCode =
  // evidence containers
  | 'EVIDENCE_FORMAT'
  | 'EVIDENCE_MALFORMED'
  | 'EVIDENCE_SIZE'
  | 'EVIDENCE_DUPLICATE'
  | 'EVIDENCE_TABLE'
  | 'EVIDENCE_PROVIDER'
  // report structure
  | 'REPORT_LENGTH'
  | 'REPORT_VERSION_UNSUPPORTED'
  | 'REPORT_RESERVED_NONZERO'
  | 'REPORT_ALGORITHM_UNSUPPORTED'
  | 'REPORT_SIGNATURE_ENCODING'
  | 'REPORT_SIGNER_UNSUPPORTED'
  | 'REPORT_UNSIGNED'
  | 'REPORT_VMPL'
  | 'REPORT_PRODUCT_UNKNOWN'
  // DER
  | 'DER_TRUNCATED'
  | 'DER_TRAILING_DATA'
  | 'DER_NOT_CANONICAL'
  | 'DER_UNEXPECTED'
  | 'DER_LIMIT'
  // certificates
  | 'CERTIFICATE_MALFORMED'
  | 'CERTIFICATE_UNSUPPORTED'
  | 'CERTIFICATE_ALGORITHM'
  | 'CERTIFICATE_ALGORITHM_MISMATCH'
  | 'CERTIFICATE_PROFILE'
  | 'CERTIFICATE_NOT_YET_VALID'
  | 'CERTIFICATE_EXPIRED'
  // crypto engine
  | 'CRYPTO_UNSUPPORTED'
  // chain
  | 'CHAIN_ANCHOR_UNKNOWN'
  | 'CHAIN_INTERMEDIATE_UNKNOWN'
  | 'CHAIN_ISSUER'
  | 'CHAIN_SIGNATURE'
  // revocation
  | 'REVOCATION_MISSING'
  | 'REVOCATION_STALE'
  | 'REVOCATION_FETCH_AGE'
  | 'REVOCATION_NUMBER'
  | 'REVOCATION_UNSUPPORTED'
  | 'REVOCATION_MALFORMED'
  | 'REVOCATION_SIGNATURE'
  | 'REVOCATION_REVOKED'
  // endorsement: the ties between report and key
  | 'ENDORSEMENT_MISSING'
  | 'ENDORSEMENT_KIND'
  | 'ENDORSEMENT_PRODUCT'
  | 'ENDORSEMENT_CHIP_ID_MISMATCH'
  | 'ENDORSEMENT_TCB_MISMATCH'
  // report signature
  | 'SIGNATURE_INVALID'
  // policy
  | 'POLICY_INVALID'
  // appraisal: one code per check
  | 'APPRAISAL_DEBUG'
  | 'APPRAISAL_MIGRATE_MA'
  | 'APPRAISAL_REPORT_ID_MA'
  | 'APPRAISAL_TCB_ORDER'
  | 'APPRAISAL_PRODUCTS'
  | 'APPRAISAL_SIGNERS'
  | 'APPRAISAL_REPORT_VERSIONS'
  | 'APPRAISAL_MEASUREMENTS'
  | 'APPRAISAL_ID_BLOCK'
  | 'APPRAISAL_ID_BLOCK_ID_KEY_DIGESTS'
  | 'APPRAISAL_ID_BLOCK_AUTHOR_KEY_DIGESTS'
  | 'APPRAISAL_ID_BLOCK_MIN_GUEST_SVN'
  | 'APPRAISAL_ID_BLOCK_FAMILY_IDS'
  | 'APPRAISAL_ID_BLOCK_IMAGE_IDS'
  | 'APPRAISAL_HOST_DATA'
  | 'APPRAISAL_VMPL'
  | 'APPRAISAL_CHIPS'
  | 'APPRAISAL_CSP_IDS'
  | 'APPRAISAL_ENDORSEMENT_KEYS'
  | 'APPRAISAL_REPORT_IDS'
  | 'APPRAISAL_DENIED_CHIPS'
  | 'APPRAISAL_DENIED_ENDORSEMENT_KEYS'
  | 'APPRAISAL_DENIED_MEASUREMENTS'
  | 'APPRAISAL_DENIED_CSP_IDS'
  | 'APPRAISAL_GUEST_POLICY_MIN_ABI'
  | 'APPRAISAL_GUEST_POLICY_SMT'
  | 'APPRAISAL_GUEST_POLICY_SINGLE_SOCKET'
  | 'APPRAISAL_GUEST_POLICY_CXL'
  | 'APPRAISAL_GUEST_POLICY_MEM_AES256_XTS'
  | 'APPRAISAL_GUEST_POLICY_RAPL_DISABLED'
  | 'APPRAISAL_GUEST_POLICY_CIPHERTEXT_HIDING_DRAM'
  | 'APPRAISAL_GUEST_POLICY_PAGE_SWAP_DISABLED'
  | 'APPRAISAL_PLATFORM_SMT_ENABLED'
  | 'APPRAISAL_PLATFORM_TSME_ENABLED'
  | 'APPRAISAL_PLATFORM_ECC_ENABLED'
  | 'APPRAISAL_PLATFORM_RAPL_DISABLED'
  | 'APPRAISAL_PLATFORM_CIPHERTEXT_HIDING_DRAM_ENABLED'
  | 'APPRAISAL_PLATFORM_ALIAS_CHECK_COMPLETE'
  | 'APPRAISAL_PLATFORM_IOMMU_WRITE_SAFE'
  | 'APPRAISAL_PLATFORM_TIO_ENABLED'
  | 'APPRAISAL_PLATFORM_UNKNOWN_BITS'
  | 'APPRAISAL_TCB_REPORTED'
  | 'APPRAISAL_TCB_COMMITTED'
  | 'APPRAISAL_TCB_CURRENT'
  | 'APPRAISAL_TCB_LAUNCH'
  | 'APPRAISAL_TCB_MITIGATIONS'
  | 'APPRAISAL_FIRMWARE_MIN_COMMITTED'
  | 'APPRAISAL_PROVISIONAL_FIRMWARE'
  | 'APPRAISAL_FRESHNESS'
  // manifest: as a document, as what is committed to, then one code per rule M1 to M16
  | 'MANIFEST_MALFORMED'
  | 'MANIFEST_NOT_LOCKED'
  | 'MANIFEST_SIGNATURE_INVALID'
  | 'MANIFEST_NOT_CANONICAL'
  | 'MANIFEST_DIGEST_MISMATCH'
  | 'MANIFEST_FIELD_DROPPED'
  | 'MANIFEST_EXPECTATIONS_MALFORMED'
  | 'MANIFEST_SCHEMA'
  | 'MANIFEST_PARTICIPANT'
  | 'MANIFEST_NAME_DUPLICATE'
  | 'MANIFEST_PARTICIPANT_UNKNOWN'
  | 'MANIFEST_PERMISSION'
  | 'MANIFEST_SOURCE_UNKNOWN'
  | 'MANIFEST_NAME_INVALID'
  | 'MANIFEST_OUTPUT'
  | 'MANIFEST_IMPORT_INVALID'
  | 'MANIFEST_CAPABILITY'
  | 'MANIFEST_FLOW'
  | 'MANIFEST_COMPOSITION'
  | 'MANIFEST_WIRING'
  | 'MANIFEST_COMPONENT_UNUSED'
  | 'MANIFEST_COMPONENT_UNPINNED'
  | 'MANIFEST_REFERENCE'
  // binding
  | 'BINDING_VMPL'
  | 'BINDING_EMPTY'
  | 'BINDING_MISMATCH'
  | 'BINDING_CHALLENGE_ABSENT'
  | 'BINDING_INPUT_MISSING'
  | 'BINDING_INPUT_LENGTH'
  | 'BINDING_KEY_NOT_COMMITTED'
  | 'BINDING_KEY_MALFORMED'
  | 'BINDING_DOCUMENT_MALFORMED'
  | 'BINDING_SIGNATURE_INVALID'
  | 'BINDING_NOT_ACCEPTED'
  // freshness: the challenge in the evidence, and challenges that the library issued
  | 'FRESHNESS_MISMATCH'
  | 'FRESHNESS_UNKNOWN'
  | 'FRESHNESS_EXPIRED'
  | 'FRESHNESS_PURPOSE'
  | 'FRESHNESS_REPLAYED'
  // AMD's key distribution service: what could not be fetched
  | 'KDS_ABORTED'
  | 'KDS_NOT_FOUND'
  | 'KDS_RATE_LIMITED'
  | 'KDS_RESPONSE'
  | 'KDS_TIMEOUT'
  | 'KDS_UNAVAILABLE'

/** The step of verification that a code belongs to: the part of the code before its first underscore. */
export type Stage = ErrorCode extends infer Code ? (Code extends `${infer S}_${string}` ? S : never) : never

/** What a code says about the evidence. Only `accepted`, which is no code, is a yes. */
export type RefusalVerdict = 'rejected' | 'unverifiable' | 'malformed'

/** The stage that a code belongs to. */
export function stageOf(code: ErrorCode): Stage {
  return code.slice(0, code.indexOf('_')) as Stage
}

/** Bytes or text that can't be read. */
const malformed =
  /^(EVIDENCE|DER)_|_MALFORMED$|^(REPORT_(LENGTH|RESERVED_NONZERO|SIGNATURE_ENCODING)|POLICY_INVALID)$/

/** Something needed is missing, too old to say anything, or not known to this version. */
const unverifiable =
  /^KDS_|_(UNSUPPORTED|MISSING)$|^(REPORT_PRODUCT_UNKNOWN|REVOCATION_(STALE|FETCH_AGE|NUMBER))$/

/** The verdict that belongs to a code: by its name, and `rejected` unless the name says otherwise. */
export function verdictOf(code: ErrorCode): RefusalVerdict {
  return malformed.test(code) ? 'malformed' : unverifiable.test(code) ? 'unverifiable' : 'rejected'
}
