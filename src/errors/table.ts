/** What every error code means, and where its rule stands: for the command, results and documentation. */
import type { ErrorCode } from './codes.js'

/** Where rules stand, by the names that the rows use. */
const sources = {
  ABI: 'AMD 56860 (SEV-SNP firmware ABI), ATTESTATION_REPORT',
  GHCB: 'AMD 56421 (GHCB), SNP Extended Guest Request',
  KDS: 'AMD 57230 (VCEK certificate and KDS interface)',
  X509: 'RFC 5280 (X.509 certificates and CRLs)',
  X690: 'ITU-T X.690 (DER)',
  TSM: 'Linux configfs-tsm',
  WEBCRYPTO: 'W3C Web Cryptography API',
  EVIDENCE: 'attested evidence formats',
  ROOTS: 'attested roots',
  POLICY: 'attested policy, version 1',
  MANIFEST: 'attested manifest rules',
  BINDING: 'attested binding',
  FRESHNESS: 'attested challenges; RFC 9334 (RATS) §10',
  CLIENT: 'attested client of the key distribution service',
} as const

type Row = readonly [meaning: string, source: keyof typeof sources]

// prettier-ignore
const rows: Readonly<Record<ErrorCode, Row>> = {
  // evidence containers
  EVIDENCE_FORMAT: ['no known evidence format was recognised, or not the one that was named', 'EVIDENCE'],
  EVIDENCE_MALFORMED: ['the container is not well formed', 'EVIDENCE'],
  EVIDENCE_SIZE: ['the container or one of its parts is larger than allowed', 'EVIDENCE'],
  EVIDENCE_DUPLICATE: ['the container holds the same part twice, or two certificates of one kind', 'EVIDENCE'],
  EVIDENCE_TABLE: ['the certificate table is not well formed', 'GHCB'],
  EVIDENCE_PROVIDER: ['the report was not provided by an SEV-SNP guest driver', 'TSM'],
  // report structure
  REPORT_LENGTH: ['the report is not exactly 1184 bytes', 'ABI'],
  REPORT_VERSION_UNSUPPORTED: ['VERSION is not one of 2, 3, 4, 5', 'ABI'],
  REPORT_RESERVED_NONZERO: ['a reserved byte or bit does not have the value the specification requires', 'ABI'],
  REPORT_ALGORITHM_UNSUPPORTED: ['SIGNATURE_ALGO is not 1 (ECDSA P-384 with SHA-384)', 'ABI'],
  REPORT_SIGNATURE_ENCODING: ['R, S or the bytes after them are not encoded as the specification requires, or out of range', 'ABI'],
  REPORT_SIGNER_UNSUPPORTED: ['SIGNING_KEY names neither the VCEK nor the VLEK', 'ABI'],
  REPORT_UNSIGNED: ['MASK_CHIP_KEY is set: the firmware did not sign this report', 'ABI'],
  REPORT_VMPL: ['VMPL is not 0 to 3: the report was not requested by the guest', 'ABI'],
  REPORT_PRODUCT_UNKNOWN: ['the CPUID in the report belongs to no known product line; version 2 has none', 'KDS'],
  // DER
  DER_TRUNCATED: ['an element runs past the end of its parent', 'X690'],
  DER_TRAILING_DATA: ['bytes follow the last element', 'X690'],
  DER_NOT_CANONICAL: ['BER that is not DER: a length or value that is not in its one permitted form', 'X690'],
  DER_UNEXPECTED: ['another element stands where a certain one is required', 'X690'],
  DER_LIMIT: ['larger, deeper or more elements than allowed', 'X690'],
  // certificates
  CERTIFICATE_MALFORMED: ['DER that is not a certificate of the profile that AMD issues', 'X509'],
  CERTIFICATE_UNSUPPORTED: ['a structVersion or AMD extension that this version does not know', 'KDS'],
  CERTIFICATE_ALGORITHM: ['not signed with RSASSA-PSS, SHA-384, MGF1 with SHA-384, salt of 48 bytes', 'KDS'],
  CERTIFICATE_ALGORITHM_MISMATCH: ['the signed and the unsigned algorithm identifier differ', 'X509'],
  CERTIFICATE_PROFILE: ['a certificate that does not follow the profile of its role', 'KDS'],
  CERTIFICATE_NOT_YET_VALID: ['the time of verification is before notBefore', 'X509'],
  CERTIFICATE_EXPIRED: ['the time of verification is after notAfter', 'X509'],
  // crypto engine
  CRYPTO_UNSUPPORTED: ['this runtime cannot do an operation that verification needs', 'WEBCRYPTO'],
  // chain
  CHAIN_ANCHOR_UNKNOWN: ['a root came with the evidence that is not the pinned ARK', 'ROOTS'],
  CHAIN_INTERMEDIATE_UNKNOWN: ['an intermediate came with the evidence that is not the pinned ASK or ASVK', 'ROOTS'],
  CHAIN_ISSUER: ['the issuer name of a certificate is not the subject name of the certificate above it', 'X509'],
  CHAIN_SIGNATURE: ['the endorsement key is not signed by the pinned ASK or ASVK of its product line', 'KDS'],
  // revocation
  REVOCATION_MISSING: ['the policy requires a CRL of the product line and none was given', 'X509'],
  REVOCATION_STALE: ['the CRL is past its nextUpdate and grace', 'X509'],
  REVOCATION_FETCH_AGE: ['the CRL was fetched too long ago, or without a time and without a number floor', 'POLICY'],
  REVOCATION_NUMBER: ['the CRL number is below the floor of the policy', 'POLICY'],
  REVOCATION_UNSUPPORTED: ['a critical CRL extension that this version does not know', 'X509'],
  REVOCATION_MALFORMED: ['DER that is not a CRL of the profile that AMD issues', 'X509'],
  REVOCATION_SIGNATURE: ['a CRL in the name of the ARK is not signed by the pinned ARK', 'X509'],
  REVOCATION_REVOKED: ['the ASK, ASVK or endorsement key is revoked', 'X509'],
  // endorsement: the ties between report and key
  ENDORSEMENT_MISSING: ['no endorsement key certificate (VCEK or VLEK) was given', 'KDS'],
  ENDORSEMENT_KIND: ['the certificate is not of the kind that SIGNING_KEY names', 'KDS'],
  ENDORSEMENT_PRODUCT: ['the certificate is of another product line than the report', 'KDS'],
  ENDORSEMENT_CHIP_ID_MISMATCH: ['CHIP_ID is not the hwID of the certificate', 'KDS'],
  ENDORSEMENT_TCB_MISMATCH: ['REPORTED_TCB is not the TCB of the certificate', 'KDS'],
  // report signature
  SIGNATURE_INVALID: ['the report is not signed by the endorsement key', 'ABI'],
  // policy
  POLICY_INVALID: ['the policy document is not valid', 'POLICY'],
  // appraisal: one code per check
  APPRAISAL_DEBUG: ['the guest policy allows DEBUG: the host can read and change guest memory', 'ABI'],
  APPRAISAL_MIGRATE_MA: ['the guest policy allows a migration agent', 'ABI'],
  APPRAISAL_REPORT_ID_MA: ['the report names a migration agent', 'ABI'],
  APPRAISAL_TCB_ORDER: ['REPORTED_TCB <= COMMITTED_TCB <= CURRENT_TCB does not hold', 'ABI'],
  APPRAISAL_PRODUCTS: ['the product line is not accepted', 'POLICY'],
  APPRAISAL_SIGNERS: ['the kind of endorsement key is not accepted', 'POLICY'],
  APPRAISAL_REPORT_VERSIONS: ['the report version is not accepted', 'POLICY'],
  APPRAISAL_MEASUREMENTS: ['MEASUREMENT is not an accepted one', 'POLICY'],
  APPRAISAL_ID_BLOCK: ['an ID block was used where none is accepted', 'POLICY'],
  APPRAISAL_ID_BLOCK_ID_KEY_DIGESTS: ['ID_KEY_DIGEST is not an accepted one', 'POLICY'],
  APPRAISAL_ID_BLOCK_AUTHOR_KEY_DIGESTS: ['AUTHOR_KEY_DIGEST is not an accepted one', 'POLICY'],
  APPRAISAL_ID_BLOCK_MIN_GUEST_SVN: ['GUEST_SVN is below the floor', 'POLICY'],
  APPRAISAL_ID_BLOCK_FAMILY_IDS: ['FAMILY_ID is not an accepted one', 'POLICY'],
  APPRAISAL_ID_BLOCK_IMAGE_IDS: ['IMAGE_ID is not an accepted one', 'POLICY'],
  APPRAISAL_HOST_DATA: ['HOST_DATA is not an accepted one', 'POLICY'],
  APPRAISAL_VMPL: ['VMPL is not an accepted one', 'POLICY'],
  APPRAISAL_CHIPS: ['the chip is not an accepted one', 'POLICY'],
  APPRAISAL_CSP_IDS: ['the cloud service provider is not an accepted one', 'POLICY'],
  APPRAISAL_ENDORSEMENT_KEYS: ['the endorsement key is not an accepted one', 'POLICY'],
  APPRAISAL_REPORT_IDS: ['REPORT_ID is not an accepted one', 'POLICY'],
  APPRAISAL_DENIED_CHIPS: ['the chip is denied', 'POLICY'],
  APPRAISAL_DENIED_ENDORSEMENT_KEYS: ['the endorsement key is denied', 'POLICY'],
  APPRAISAL_DENIED_MEASUREMENTS: ['MEASUREMENT is denied', 'POLICY'],
  APPRAISAL_DENIED_CSP_IDS: ['the cloud service provider is denied', 'POLICY'],
  APPRAISAL_GUEST_POLICY_MIN_ABI: ['the guest demanded an older firmware ABI than the floor', 'POLICY'],
  APPRAISAL_GUEST_POLICY_SMT: ['guest policy bit SMT', 'POLICY'],
  APPRAISAL_GUEST_POLICY_SINGLE_SOCKET: ['guest policy bit SINGLE_SOCKET', 'POLICY'],
  APPRAISAL_GUEST_POLICY_CXL: ['guest policy bit CXL_ALLOW', 'POLICY'],
  APPRAISAL_GUEST_POLICY_MEM_AES256_XTS: ['guest policy bit MEM_AES_256_XTS', 'POLICY'],
  APPRAISAL_GUEST_POLICY_RAPL_DISABLED: ['guest policy bit RAPL_DIS', 'POLICY'],
  APPRAISAL_GUEST_POLICY_CIPHERTEXT_HIDING_DRAM: ['guest policy bit CIPHERTEXT_HIDING_DRAM', 'POLICY'],
  APPRAISAL_GUEST_POLICY_PAGE_SWAP_DISABLED: ['guest policy bit PAGE_SWAP_DISABLE', 'POLICY'],
  APPRAISAL_PLATFORM_SMT_ENABLED: ['platform bit SMT_EN', 'POLICY'],
  APPRAISAL_PLATFORM_TSME_ENABLED: ['platform bit TSME_EN', 'POLICY'],
  APPRAISAL_PLATFORM_ECC_ENABLED: ['platform bit ECC_EN', 'POLICY'],
  APPRAISAL_PLATFORM_RAPL_DISABLED: ['platform bit RAPL_DIS', 'POLICY'],
  APPRAISAL_PLATFORM_CIPHERTEXT_HIDING_DRAM_ENABLED: ['platform bit CIPHERTEXT_HIDING_DRAM_EN', 'POLICY'],
  APPRAISAL_PLATFORM_ALIAS_CHECK_COMPLETE: ['platform bit ALIAS_CHECK_COMPLETE', 'POLICY'],
  APPRAISAL_PLATFORM_IOMMU_WRITE_SAFE: ['platform bit IOMMU_WRITE_SAFE', 'POLICY'],
  APPRAISAL_PLATFORM_TIO_ENABLED: ['platform bit TIO_EN', 'POLICY'],
  APPRAISAL_PLATFORM_UNKNOWN_BITS: ['platform bits that this version does not know are set', 'POLICY'],
  APPRAISAL_TCB_REPORTED: ['REPORTED_TCB is below the floor, or no floor names this silicon', 'POLICY'],
  APPRAISAL_TCB_COMMITTED: ['COMMITTED_TCB is below the floor', 'POLICY'],
  APPRAISAL_TCB_CURRENT: ['CURRENT_TCB is below the floor', 'POLICY'],
  APPRAISAL_TCB_LAUNCH: ['LAUNCH_TCB is below the floor', 'POLICY'],
  APPRAISAL_TCB_MITIGATIONS: ['a required mitigation is not in both mitigation vectors', 'POLICY'],
  APPRAISAL_FIRMWARE_MIN_COMMITTED: ['the committed firmware version is below the floor', 'POLICY'],
  APPRAISAL_PROVISIONAL_FIRMWARE: ['firmware runs that is not committed', 'POLICY'],
  APPRAISAL_FRESHNESS: ['the evidence is less fresh than the policy demands', 'POLICY'],
  // manifest
  MANIFEST_MALFORMED: ['the manifest is no strict JSON, or too large or too deep', 'MANIFEST'],
  MANIFEST_NOT_LOCKED: ['the machine was not locked: its evidence carries no manifest or no signature of one', 'MANIFEST'],
  MANIFEST_SIGNATURE_INVALID: ['the signature over the manifest does not verify with the committed key', 'MANIFEST'],
  MANIFEST_NOT_CANONICAL: ['the bytes of the manifest are not those that the system writes for its content', 'MANIFEST'],
  MANIFEST_DIGEST_MISMATCH: ['the digest of the manifest is not the expected one', 'MANIFEST'],
  MANIFEST_FIELD_DROPPED: ['the negotiated manifest has a member that the system does not commit to', 'MANIFEST'],
  MANIFEST_EXPECTATIONS_MALFORMED: ['the expectations of a manifest cannot be read', 'MANIFEST'],
  MANIFEST_SCHEMA: ['M1: the manifest does not follow its schema', 'MANIFEST'],
  MANIFEST_PARTICIPANT: ['M2: a participant or DID stands twice or is malformed, or I am not listed with my DID', 'MANIFEST'],
  MANIFEST_NAME_DUPLICATE: ['M3: two components or data items have one name', 'MANIFEST'],
  MANIFEST_PARTICIPANT_UNKNOWN: ['M4: a participant is named that is not listed', 'MANIFEST'],
  MANIFEST_PERMISSION: ['M5: a component has no permission entry or several, or an entry names no component', 'MANIFEST'],
  MANIFEST_SOURCE_UNKNOWN: ['M6: a component reads what nobody declared', 'MANIFEST'],
  MANIFEST_NAME_INVALID: ['M7: a name could be read as a path, a reserved word or another name', 'MANIFEST'],
  MANIFEST_OUTPUT: ['M8: two outputs have one name, or a receiver is not accepted', 'MANIFEST'],
  MANIFEST_IMPORT_INVALID: ['M9: an import is not a versioned interface name, or stands twice', 'MANIFEST'],
  MANIFEST_CAPABILITY: ['M10: a component can reach files or the network without leave', 'MANIFEST'],
  MANIFEST_FLOW: ['M11: data can reach a participant that must not have it', 'MANIFEST'],
  MANIFEST_COMPOSITION: ['M12: the composition cannot be read, or uses what nobody declared', 'MANIFEST'],
  MANIFEST_WIRING: ['M13: an import is not satisfied by a declared component', 'MANIFEST'],
  MANIFEST_COMPONENT_UNUSED: ['M14: a declared component is not used', 'MANIFEST'],
  MANIFEST_COMPONENT_UNPINNED: ['M15: no digest says which code or data is meant', 'MANIFEST'],
  MANIFEST_REFERENCE: ['M16: the identifier of a transfer request is not the expected one', 'MANIFEST'],
  // binding
  BINDING_VMPL: ['the report was asked for at a level (VMPL) that the profile of the binding does not take', 'BINDING'],
  BINDING_EMPTY: ['REPORT_DATA is all zero and so commits to nothing', 'BINDING'],
  BINDING_MISMATCH: ['REPORT_DATA is not the expected commitment', 'BINDING'],
  BINDING_CHALLENGE_ABSENT: ['the challenge is not part of what REPORT_DATA commits to', 'BINDING'],
  BINDING_INPUT_MISSING: ['the evidence lacks something that the profile of the binding needs', 'BINDING'],
  BINDING_INPUT_LENGTH: ['an input of the binding is shorter or longer than its profile allows', 'BINDING'],
  BINDING_KEY_NOT_COMMITTED: ['the report does not commit to the key that the evidence brings', 'BINDING'],
  BINDING_KEY_MALFORMED: ['a committed public key is not one strict encoding of a key of the kind and size required', 'BINDING'],
  BINDING_DOCUMENT_MALFORMED: ['a document that is committed to or signed by a committed key is not of the form that its profile reads', 'BINDING'],
  BINDING_SIGNATURE_INVALID: ['a signature does not verify with the key that the report commits to', 'BINDING'],
  BINDING_NOT_ACCEPTED: ['the report commits to something else than the caller pinned', 'BINDING'],
  // freshness: the challenge in the evidence, and challenges that the library issued
  FRESHNESS_MISMATCH: ['the evidence does not commit to the challenge', 'FRESHNESS'],
  FRESHNESS_UNKNOWN: ['no such challenge waits to be redeemed: never issued, redeemed before, gone, or damaged in the store', 'FRESHNESS'],
  FRESHNESS_EXPIRED: ['the challenge expired before it was redeemed', 'FRESHNESS'],
  FRESHNESS_PURPOSE: ['the challenge was issued for another policy, profile or context', 'FRESHNESS'],
  FRESHNESS_REPLAYED: ['the challenge was used for an acceptance before', 'FRESHNESS'],
  // AMD's key distribution service: what could not be fetched
  KDS_ABORTED: ['the caller gave up before the key distribution service had answered', 'CLIENT'],
  KDS_NOT_FOUND: ['the key distribution service has no such document: another chip, TCB or product line than any it knows', 'KDS'],
  KDS_RATE_LIMITED: ['the key distribution service wants to be asked later', 'KDS'],
  KDS_RESPONSE: ['the key distribution service, or what stands in its place, answered something else than the document: a redirect, too much, or bytes that are not what was asked for', 'CLIENT'],
  KDS_TIMEOUT: ['the key distribution service did not answer in time', 'CLIENT'],
  KDS_UNAVAILABLE: ['the key distribution service cannot be reached, failed, or broke off its answer', 'CLIENT'],
}

/** All codes, in the order of verification. */
export const knownCodes: readonly ErrorCode[] = Object.keys(rows) as ErrorCode[]

export function isKnownCode(code: string): code is ErrorCode {
  return Object.hasOwn(rows, code)
}

/** The meaning of a code, and the document or rule that it comes from. */
export function meaningOf(code: ErrorCode): { readonly meaning: string; readonly source: string } {
  const [meaning, source] = rows[code]
  return { meaning, source: sources[source] }
}
