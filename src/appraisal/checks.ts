/**
 * The table of policy checks, in the order in which the first failure gives the code.
 *
 * A new check is one entry here and one key in `document.ts` and `schema.ts`; it needs a vector that only it
 * refuses, and a test fails without one.
 */
import { isFilledWith } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { isUnchecked } from '../errors/ledger.js'
import {
  type CheckContext,
  type Finding,
  type PolicyCheck,
  found,
  inList,
  left,
  notInList,
  passed,
  shorten,
} from './check.js'
import { guestPolicyChecks, platformChecks } from './bit-checks.js'
import type { IdBlockRule, OrUnchecked } from './document.js'
import { acceptedRule } from './measurements.js'
import { firmwareChecks, tcbChecks } from './tcb-checks.js'

const abi = 'AMD 56860, ATTESTATION_REPORT'
const policySource = 'attested policy, version 1'

const check = (
  id: string,
  code: PolicyCheck['code'],
  run: PolicyCheck['run'],
  source = policySource,
): PolicyCheck => ({
  id,
  source,
  code,
  run,
})

/** Fixed: no policy can switch them off. */
const fixedChecks: readonly PolicyCheck[] = [
  check(
    'debug',
    'APPRAISAL_DEBUG',
    ({ report, allowDebug }) =>
      allowDebug && report.policy.debug
        ? passed('debug guest, accepted by verifyDebugEvidence')
        : found(!report.policy.debug, false, report.policy.debug),
    abi,
  ),
  check(
    'migrateMa',
    'APPRAISAL_MIGRATE_MA',
    ({ report }) => found(!report.policy.migrateMa, false, report.policy.migrateMa),
    abi,
  ),
  check(
    'reportIdMa',
    'APPRAISAL_REPORT_ID_MA',
    ({ report }) => found(isFilledWith(report.reportIdMa, 0xff), 'ff'.repeat(32), toHex(report.reportIdMa)),
    abi,
  ),
  ...tcbChecks.order,
]

const idBlockPart =
  <T>(part: (rule: IdBlockRule) => OrUnchecked<T>, judge: (stated: T, context: CheckContext) => Finding) =>
  (context: CheckContext): Finding => {
    const { idBlock } = context.policy
    if (isUnchecked(idBlock)) return left(idBlock)
    if (idBlock === 'none') return passed('the policy accepts no ID block')
    const stated = part(idBlock)
    return isUnchecked(stated) ? left(stated) : judge(stated, context)
  }

const idBlockChecks: readonly PolicyCheck[] = [
  check('idBlock', 'APPRAISAL_ID_BLOCK', ({ policy, report }) => {
    if (isUnchecked(policy.idBlock)) return left(policy.idBlock)
    if (policy.idBlock !== 'none') return passed('judged by its parts')
    const digests = [toHex(report.idKeyDigest), toHex(report.authorKeyDigest)]
    return found(
      digests.every((digest) => /^0+$/.test(digest)),
      'none',
      digests,
    )
  }),
  check(
    'idBlock.idKeyDigests',
    'APPRAISAL_ID_BLOCK_ID_KEY_DIGESTS',
    idBlockPart(
      (rule) => rule.idKeyDigests,
      (allowed, { report }) => inList(allowed, toHex(report.idKeyDigest)),
    ),
  ),
  check(
    'idBlock.authorKeyDigests',
    'APPRAISAL_ID_BLOCK_AUTHOR_KEY_DIGESTS',
    idBlockPart(
      (rule) => rule.authorKeyDigests,
      (allowed, { report }) =>
        report.keyInfo.authorKeyEn
          ? inList(allowed, toHex(report.authorKeyDigest))
          : found(false, shorten(allowed), null, 'AUTHOR_KEY_EN is not set'),
    ),
  ),
  check(
    'idBlock.minGuestSvn',
    'APPRAISAL_ID_BLOCK_MIN_GUEST_SVN',
    idBlockPart(
      (rule) => rule.minGuestSvn,
      (least, { report }) => found(report.guestSvn >= least, least, report.guestSvn),
    ),
  ),
  check(
    'idBlock.familyIds',
    'APPRAISAL_ID_BLOCK_FAMILY_IDS',
    idBlockPart(
      (rule) => rule.familyIds,
      (allowed, { report }) => inList(allowed, toHex(report.familyId)),
    ),
  ),
  check(
    'idBlock.imageIds',
    'APPRAISAL_ID_BLOCK_IMAGE_IDS',
    idBlockPart(
      (rule) => rule.imageIds,
      (allowed, { report }) => inList(allowed, toHex(report.imageId)),
    ),
  ),
]

/** Lists of chips hold 8-byte identifiers (Turin) or 64 bytes; CHIP_ID is always 64, with a tail of zeros. */
const fullChipId = (chip: string): string => chip.padEnd(128, '0')

const identityChecks: readonly PolicyCheck[] = [
  check('hostData', 'APPRAISAL_HOST_DATA', ({ policy, report }) =>
    inList(policy.hostData, toHex(report.hostData)),
  ),
  check('vmpl', 'APPRAISAL_VMPL', ({ policy, report }) => inList(policy.vmpl, report.vmpl)),
  check('chips', 'APPRAISAL_CHIPS', ({ policy, endorsement: { hwId } }) => {
    const { chips } = policy
    if (isUnchecked(chips)) return left(chips)
    if (chips === 'any') return passed('any')
    if (hwId === null) return found(false, shorten(chips), null, 'a VLEK names no chip')
    return found(chips.map(fullChipId).includes(fullChipId(hwId)), shorten(chips), hwId)
  }),
  check('cspIds', 'APPRAISAL_CSP_IDS', ({ policy, endorsement: { cspId } }) => {
    if (isUnchecked(policy.cspIds)) return left(policy.cspIds)
    return cspId === null ? passed('vcek') : inList(policy.cspIds, cspId)
  }),
  check('endorsementKeys', 'APPRAISAL_ENDORSEMENT_KEYS', ({ policy, endorsement }) =>
    inList(policy.endorsementKeys, endorsement.spkiSha256),
  ),
  check('reportIds', 'APPRAISAL_REPORT_IDS', ({ policy, report }) =>
    inList(policy.reportIds, toHex(report.reportId)),
  ),
]

const deniedChecks: readonly PolicyCheck[] = [
  check('denied.chips', 'APPRAISAL_DENIED_CHIPS', ({ policy, report, endorsement: { hwId } }) =>
    notInList(policy.denied.chips.map(fullChipId), [
      hwId === null ? null : fullChipId(hwId),
      toHex(report.chipId),
    ]),
  ),
  check('denied.endorsementKeys', 'APPRAISAL_DENIED_ENDORSEMENT_KEYS', ({ policy, endorsement }) =>
    notInList(policy.denied.endorsementKeys, [endorsement.spkiSha256]),
  ),
  check('denied.measurements', 'APPRAISAL_DENIED_MEASUREMENTS', ({ policy, report }) =>
    notInList(policy.denied.measurements, [toHex(report.measurement)]),
  ),
  check('denied.cspIds', 'APPRAISAL_DENIED_CSP_IDS', ({ policy, endorsement }) =>
    notInList(policy.denied.cspIds, [endorsement.cspId]),
  ),
]

/** Every policy check. */
export const policyChecks: readonly PolicyCheck[] = [
  ...fixedChecks,
  check('products', 'APPRAISAL_PRODUCTS', ({ policy, endorsement }) =>
    inList(policy.products, endorsement.productLine),
  ),
  check('signers', 'APPRAISAL_SIGNERS', ({ policy, endorsement }) =>
    inList(policy.signers, endorsement.kind),
  ),
  check('reportVersions', 'APPRAISAL_REPORT_VERSIONS', ({ policy, report }) =>
    inList(policy.reportVersions, report.version),
  ),
  check('measurements', 'APPRAISAL_MEASUREMENTS', ({ policy: { measurements }, report, at }) => {
    if (isUnchecked(measurements)) return left(measurements)
    const actual = toHex(report.measurement)
    const rule = acceptedRule(measurements, actual, at)
    if (rule !== null) return { outcome: 'passed', reason: rule.label, actual }
    const lapsed = measurements.find((one) => one.value === actual)
    return found(
      false,
      shorten(measurements.map(({ value }) => value)),
      actual,
      lapsed === undefined ? undefined : `"${lapsed.label}" is past its notAfter`,
    )
  }),
  ...idBlockChecks,
  ...identityChecks,
  ...deniedChecks,
  ...guestPolicyChecks,
  ...platformChecks,
  ...tcbChecks.floors,
  ...firmwareChecks,
]
