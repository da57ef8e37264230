/** A report as JSON: the field names of the command's output, bytes in lower-case hex, 64-bit words in `0x`. */
import { isFilledWith } from '../encoding/bytes.js'
import { toHex, word32Hex, wordHex } from '../encoding/hex.js'
import { type TcbJson, tcbToJson } from '../product/tcb.js'
import type { FirmwareVersion, Report } from './report.js'
import type { SigningKey } from './key-info.js'
import type { Cpuid } from '../product/line.js'

export interface ReportJson {
  readonly version: number
  readonly guestSvn: number
  readonly policy: string
  readonly familyId: string
  readonly imageId: string
  readonly vmpl: number
  readonly signatureAlgo: number
  readonly currentTcb: TcbJson
  readonly platformInfo: string
  readonly keyInfo: {
    readonly raw: string
    readonly authorKeyEn: boolean
    readonly maskChipKey: boolean
    readonly signingKey: SigningKey
  }
  readonly reportData: string
  readonly measurement: string
  readonly hostData: string
  readonly idKeyDigest: string
  readonly authorKeyDigest: string
  readonly reportId: string
  readonly reportIdMa: string
  readonly reportedTcb: TcbJson
  readonly cpuid: Cpuid | null
  readonly chipId: string
  readonly committedTcb: TcbJson
  readonly currentVersion: FirmwareVersion
  readonly committedVersion: FirmwareVersion
  readonly launchTcb: TcbJson
  readonly launchMitVector: string | null
  readonly currentMitVector: string | null
  readonly signature: { readonly r: string; readonly s: string }
}

/** Trust state: that of the report it was made from. */
export function reportToJson(report: Report): ReportJson {
  const { keyInfo } = report
  return {
    version: report.version,
    guestSvn: report.guestSvn,
    policy: wordHex(report.policy.raw),
    familyId: toHex(report.familyId),
    imageId: toHex(report.imageId),
    vmpl: report.vmpl,
    signatureAlgo: report.signatureAlgo,
    currentTcb: tcbToJson(report.currentTcb),
    platformInfo: wordHex(report.platformInfo.raw),
    keyInfo: {
      raw: word32Hex(keyInfo.raw),
      authorKeyEn: keyInfo.authorKeyEn,
      maskChipKey: keyInfo.maskChipKey,
      signingKey: keyInfo.signingKey,
    },
    reportData: toHex(report.reportData),
    measurement: toHex(report.measurement),
    hostData: toHex(report.hostData),
    idKeyDigest: toHex(report.idKeyDigest),
    authorKeyDigest: toHex(report.authorKeyDigest),
    reportId: toHex(report.reportId),
    reportIdMa: toHex(report.reportIdMa),
    reportedTcb: tcbToJson(report.reportedTcb),
    cpuid: report.cpuid,
    chipId: toHex(report.chipId),
    committedTcb: tcbToJson(report.committedTcb),
    currentVersion: report.currentVersion,
    committedVersion: report.committedVersion,
    launchTcb: tcbToJson(report.launchTcb),
    launchMitVector: report.launchMitVector === null ? null : wordHex(report.launchMitVector),
    currentMitVector: report.currentMitVector === null ? null : wordHex(report.currentMitVector),
    signature: { r: toHex(report.signature.r), s: toHex(report.signature.s) },
  }
}

/** The chip in hex, or `null` where CHIP_ID is masked. */
export function chipIdOrNull(report: Report): string | null {
  const chipId = report.chipId
  return isFilledWith(chipId, 0) ? null : toHex(chipId)
}
