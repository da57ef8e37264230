/** Checks on the bits of POLICY and PLATFORM_INFO. Unset is not the same as unwanted: each bit says how it must be. */
import { wordHex } from '../encoding/hex.js'
import type { ErrorCode } from '../errors/error.js'
import { isUnchecked } from '../errors/ledger.js'
import { type CheckContext, type Finding, type PolicyCheck, found, left, passed } from './check.js'
import type { GuestPolicyBit, OrUnchecked, PlatformBit, Requirement } from './document.js'

const judgeBit = (rule: OrUnchecked<Requirement>, isSet: boolean): Finding => {
  if (isUnchecked(rule)) return left(rule)
  if (rule === 'allow') return passed('either is allowed')
  return found(isSet === (rule === 'require'), rule, isSet)
}

const guestPolicySource = 'AMD 56860, guest policy'
const platformSource = 'AMD 56860, PLATFORM_INFO'

const guestPolicyBit = (bit: GuestPolicyBit, code: ErrorCode): PolicyCheck => ({
  id: `guestPolicy.${bit}`,
  source: guestPolicySource,
  code,
  run: ({ policy: { guestPolicy }, report }) =>
    isUnchecked(guestPolicy) ? left(guestPolicy) : judgeBit(guestPolicy[bit], report.policy[bit]),
})

const platformBit = (bit: PlatformBit, code: ErrorCode): PolicyCheck => ({
  id: `platform.${bit}`,
  source: platformSource,
  code,
  run: ({ policy: { platform }, report }) =>
    isUnchecked(platform) ? left(platform) : judgeBit(platform[bit], report.platformInfo[bit]),
})

function minAbi({ policy: { guestPolicy }, report: { policy } }: CheckContext): Finding {
  if (isUnchecked(guestPolicy)) return left(guestPolicy)
  const floor = guestPolicy.minAbi
  if (isUnchecked(floor)) return left(floor)
  const [major = 0, minor = 0] = floor.split('.').map(Number)
  const { abiMajor, abiMinor } = policy
  const ok = abiMajor > major || (abiMajor === major && abiMinor >= minor)
  return found(ok, floor, `${String(abiMajor)}.${String(abiMinor)}`)
}

export const guestPolicyChecks: readonly PolicyCheck[] = [
  {
    id: 'guestPolicy.minAbi',
    source: guestPolicySource,
    code: 'APPRAISAL_GUEST_POLICY_MIN_ABI',
    run: minAbi,
  },
  guestPolicyBit('smt', 'APPRAISAL_GUEST_POLICY_SMT'),
  guestPolicyBit('singleSocket', 'APPRAISAL_GUEST_POLICY_SINGLE_SOCKET'),
  guestPolicyBit('cxl', 'APPRAISAL_GUEST_POLICY_CXL'),
  guestPolicyBit('memAes256Xts', 'APPRAISAL_GUEST_POLICY_MEM_AES256_XTS'),
  guestPolicyBit('raplDisabled', 'APPRAISAL_GUEST_POLICY_RAPL_DISABLED'),
  guestPolicyBit('ciphertextHidingDram', 'APPRAISAL_GUEST_POLICY_CIPHERTEXT_HIDING_DRAM'),
  guestPolicyBit('pageSwapDisabled', 'APPRAISAL_GUEST_POLICY_PAGE_SWAP_DISABLED'),
]

function unknownBits({ policy: { platform }, report: { platformInfo } }: CheckContext): Finding {
  if (isUnchecked(platform)) return left(platform)
  const rule = platform.unknownBits
  if (isUnchecked(rule)) return left(rule)
  const bits = platformInfo.unknownBits
  if (bits === 0n) return passed()
  return found(rule === 'allow', wordHex(0n), wordHex(bits), 'bits that this version does not know are set')
}

export const platformChecks: readonly PolicyCheck[] = [
  platformBit('smtEnabled', 'APPRAISAL_PLATFORM_SMT_ENABLED'),
  platformBit('tsmeEnabled', 'APPRAISAL_PLATFORM_TSME_ENABLED'),
  platformBit('eccEnabled', 'APPRAISAL_PLATFORM_ECC_ENABLED'),
  platformBit('raplDisabled', 'APPRAISAL_PLATFORM_RAPL_DISABLED'),
  platformBit('ciphertextHidingDramEnabled', 'APPRAISAL_PLATFORM_CIPHERTEXT_HIDING_DRAM_ENABLED'),
  platformBit('aliasCheckComplete', 'APPRAISAL_PLATFORM_ALIAS_CHECK_COMPLETE'),
  platformBit('iommuWriteSafe', 'APPRAISAL_PLATFORM_IOMMU_WRITE_SAFE'),
  platformBit('tioEnabled', 'APPRAISAL_PLATFORM_TIO_ENABLED'),
  {
    id: 'platform.unknownBits',
    source: platformSource,
    code: 'APPRAISAL_PLATFORM_UNKNOWN_BITS',
    run: unknownBits,
  },
]
