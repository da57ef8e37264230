// The report of an accepted case, in the field names and forms of the outside suite.
import { toHex } from '../../src/encoding/hex.js'
import type { OpaqueTcb, Tcb } from '../../src/product/tcb.js'
import type { Report } from '../../src/report/report.js'

type Json = string | number | boolean | { readonly [key: string]: Json }

/** A word as its value, most significant digit first. */
const word = (value: bigint): string => value.toString(16).padStart(16, '0')

/** A word as its eight bytes in the order of the report, least significant first. */
const bytesOfWord = (value: bigint): string => (word(value).match(/../g) ?? []).reverse().join('')

const levels = (tcb: Tcb | OpaqueTcb): Json =>
  tcb.layout === 'unknown'
    ? {}
    : { bl_spl: tcb.bootloader, tee_spl: tcb.tee, snp_spl: tcb.snp, ucode_spl: tcb.microcode }

export function bodyFields(report: Omit<Report, 'signature'>): Json {
  const { policy, platformInfo, currentVersion, committedVersion } = report
  return {
    version: report.version,
    guest_svn: report.guestSvn,
    policy_hex: word(policy.raw),
    policy_decoded: {
      abi_minor: policy.abiMinor,
      abi_major: policy.abiMajor,
      smt: policy.smt,
      reserved_mbo: ((policy.raw >> 17n) & 1n) === 1n,
      migrate_ma: policy.migrateMa,
      debug: policy.debug,
      single_socket: policy.singleSocket,
      cxl_allow: policy.cxl,
      mem_aes_256_xts: policy.memAes256Xts,
      raplmsr_dis: policy.raplDisabled,
      ciphertext_hiding_dram: policy.ciphertextHidingDram,
    },
    family_id_hex: toHex(report.familyId),
    image_id_hex: toHex(report.imageId),
    vmpl: report.vmpl,
    signature_algo: report.signatureAlgo,
    current_tcb_hex: word(report.currentTcb.raw),
    current_tcb_decoded: levels(report.currentTcb),
    platform_info_hex: word(platformInfo.raw),
    platform_info_decoded: {
      smt_en: platformInfo.smtEnabled,
      tsme_en: platformInfo.tsmeEnabled,
      ecc_en: platformInfo.eccEnabled,
      rapl_dis: platformInfo.raplDisabled,
      ciphertext_hiding: platformInfo.ciphertextHidingDramEnabled,
    },
    signer_info_hex: report.keyInfo.raw.toString(16).padStart(8, '0'),
    report_data_hex: toHex(report.reportData),
    measurement_hex: toHex(report.measurement),
    host_data_hex: toHex(report.hostData),
    id_key_digest_hex: toHex(report.idKeyDigest),
    author_key_digest_hex: toHex(report.authorKeyDigest),
    report_id_hex: toHex(report.reportId),
    report_id_ma_hex: toHex(report.reportIdMa),
    reported_tcb_hex: bytesOfWord(report.reportedTcb.raw),
    chip_id_hex: toHex(report.chipId),
    committed_tcb_hex: bytesOfWord(report.committedTcb.raw),
    current_build: currentVersion.build,
    current_minor: currentVersion.minor,
    current_major: currentVersion.major,
    committed_build: committedVersion.build,
    committed_minor: committedVersion.minor,
    committed_major: committedVersion.major,
    launch_tcb_hex: bytesOfWord(report.launchTcb.raw),
  }
}
