/**
 * ATTESTATION_REPORT: bytes to fields. Structure only; nothing that comes out of here is authenticated.
 *
 * Source: AMD 56860, ATTESTATION_REPORT, versions 2 to 5.
 */
import { copyBytes, isFilledWith, lengthOf, requireBytes, u8, u32le, u64le } from '../encoding/bytes.js'
import { toHex, wordHex, word32Hex } from '../encoding/hex.js'
import { type JsonValue, VerificationError } from '../errors/error.js'
import { type Cpuid, type ProductLine, productLineOf, productLines } from '../product/line.js'
import { type OpaqueTcb, type Tcb, type TcbLayout, decodeTcb, hasReservedTcbBytes } from '../product/tcb.js'
import { type GuestPolicy, badReservedPolicyBits, decodeGuestPolicy } from './guest-policy.js'
import { type KeyInfo, decodeKeyInfo, hasReservedKeyInfoBits } from './key-info.js'
import { cpuidField, fields, layoutOf, mitigationFields, reportBytes, reportVersions } from './layout.js'
import { type PlatformInfo, decodePlatformInfo } from './platform-info.js'
import { type ReportSignature, readSignature } from './signature.js'

export interface FirmwareVersion {
  readonly major: number
  readonly minor: number
  readonly build: number
}

/**
 * The fields of a report, under camelCase of AMD's names. Byte fields are copies, made on each read.
 *
 * On its own this is what somebody claims. It is AMD's word only as part of an authenticated result.
 */
export interface Report {
  readonly version: number
  readonly guestSvn: number
  readonly policy: GuestPolicy
  /** 16 bytes. */
  readonly familyId: Uint8Array
  /** 16 bytes. */
  readonly imageId: Uint8Array
  /** 0 to 3; 4294967295 in a report that the host requested, which is never verified. */
  readonly vmpl: number
  readonly signatureAlgo: number
  readonly currentTcb: Tcb | OpaqueTcb
  readonly platformInfo: PlatformInfo
  readonly keyInfo: KeyInfo
  /** 64 bytes, chosen by the guest. */
  readonly reportData: Uint8Array
  /** 48 bytes: the launch digest. */
  readonly measurement: Uint8Array
  /** 32 bytes, chosen by the host at launch. */
  readonly hostData: Uint8Array
  /** 48 bytes, zero without an ID block. */
  readonly idKeyDigest: Uint8Array
  /** 48 bytes, zero unless `keyInfo.authorKeyEn`. */
  readonly authorKeyDigest: Uint8Array
  /** 32 bytes, random per guest instance. */
  readonly reportId: Uint8Array
  /** 32 bytes, all FF without a migration agent. */
  readonly reportIdMa: Uint8Array
  readonly reportedTcb: Tcb | OpaqueTcb
  /** `null` in version 2. */
  readonly cpuid: Cpuid | null
  /** 64 bytes; zero if masked. On Turin 8 significant bytes. */
  readonly chipId: Uint8Array
  readonly committedTcb: Tcb | OpaqueTcb
  readonly currentVersion: FirmwareVersion
  readonly committedVersion: FirmwareVersion
  readonly launchTcb: Tcb | OpaqueTcb
  /** `null` below version 5: then nothing is known, not "nothing is mitigated". */
  readonly launchMitVector: bigint | null
  readonly currentMitVector: bigint | null
  readonly signature: ReportSignature
  /** The line that `cpuid` belongs to; `null` in version 2 and for silicon that we do not know. */
  readonly productLine: ProductLine | null
}

const privateBytes = new WeakMap<Report, Uint8Array>()

/**
 * The bytes that a report was parsed from, for this package only: later stages read these, never the fields.
 *
 * @throws TypeError for anything that `parseReport` did not make.
 */
export function bytesOfReport(report: Report): Uint8Array {
  const bytes = privateBytes.get(report)
  if (bytes === undefined) throw new TypeError('report must come from parseReport')
  return bytes
}

/**
 * Parses an SEV-SNP attestation report. Structure only: nothing in the result is authenticated.
 *
 * @param input - The report, exactly 1184 bytes as the firmware wrote it; copied.
 * @returns The fields. Integers are little-endian; 64-bit ones are `bigint`.
 * @throws VerificationError `REPORT_LENGTH`, `REPORT_VERSION_UNSUPPORTED`, `REPORT_ALGORITHM_UNSUPPORTED`,
 *   `REPORT_RESERVED_NONZERO`, `REPORT_SIGNATURE_ENCODING`.
 * @throws TypeError if `input` is not a `Uint8Array`.
 *
 * Not checked here, because `inspect` shows such reports: who signed it, whether it is signed at all, VMPL,
 * and whether the silicon is known.
 */
export function parseReport(input: Uint8Array): Report {
  const length = lengthOf(requireBytes(input, 'report'))
  if (length !== reportBytes) {
    throw new VerificationError(
      'REPORT_LENGTH',
      `report: expected ${String(reportBytes)} bytes, got ${String(length)}`,
      {
        expected: reportBytes,
        actual: length,
      },
    )
  }
  const bytes = copyBytes(input)
  // Shared memory can grow between the two looks at it.
  if (bytes.length !== reportBytes) throw new TypeError('report changed while it was read')
  const version = u32le(bytes, fields.version.offset)
  const layout = layoutOf(version)
  if (layout === null) {
    throw new VerificationError('REPORT_VERSION_UNSUPPORTED', `VERSION ${String(version)} is not supported`, {
      expected: reportVersions,
      actual: version,
    })
  }
  for (const [from, to] of layout.reserved) {
    if (!isFilledWith(bytes, 0, from, to)) {
      throw reserved(
        `bytes ${offsetName(from)} to ${offsetName(to - 1)}`,
        toHex(bytes.subarray(from, Math.min(to, from + 32))),
      )
    }
  }
  const policy = u64le(bytes, fields.policy.offset)
  if (badReservedPolicyBits(policy) !== 0n) throw reserved('POLICY', wordHex(policy))
  const keyInfo = u32le(bytes, fields.keyInfo.offset)
  if (hasReservedKeyInfoBits(keyInfo)) throw reserved('KEY_INFO', word32Hex(keyInfo))
  const cpuid = layout.hasCpuid ? readCpuid(bytes) : null
  const productLine = cpuid === null ? null : productLineOf(cpuid)
  // Version 2 does not say its silicon; it predates Turin, so only one layout is possible.
  const tcbLayout =
    cpuid === null ? 'family19h' : productLine === null ? 'unknown' : productLines[productLine].layout
  for (const name of ['currentTcb', 'reportedTcb', 'committedTcb', 'launchTcb'] as const) {
    const raw = u64le(bytes, fields[name].offset)
    if (tcbLayout !== 'unknown' && hasReservedTcbBytes(raw, tcbLayout))
      throw reserved(tcbNames[name], wordHex(raw))
  }
  const signatureAlgo = u32le(bytes, fields.signatureAlgo.offset)
  if (signatureAlgo !== 1) {
    throw new VerificationError(
      'REPORT_ALGORITHM_UNSUPPORTED',
      `SIGNATURE_ALGO ${String(signatureAlgo)} is not supported`,
      {
        expected: 1,
        actual: signatureAlgo,
      },
    )
  }
  const signature = readSignature(bytes, decodeKeyInfo(keyInfo).maskChipKey)
  const report = assemble(bytes, {
    version,
    cpuid,
    productLine,
    tcbLayout,
    signature,
    hasVectors: layout.hasMitigationVectors,
  })
  privateBytes.set(report, bytes)
  return report
}

const tcbNames = {
  currentTcb: 'CURRENT_TCB',
  reportedTcb: 'REPORTED_TCB',
  committedTcb: 'COMMITTED_TCB',
  launchTcb: 'LAUNCH_TCB',
} as const

interface Parts {
  readonly version: number
  readonly cpuid: Cpuid | null
  readonly productLine: ProductLine | null
  readonly tcbLayout: TcbLayout | 'unknown'
  readonly signature: ReportSignature
  readonly hasVectors: boolean
}

function assemble(bytes: Uint8Array, parts: Parts): Report {
  const copyOf = (name: keyof typeof fields): Uint8Array => {
    const { offset, length } = fields[name]
    return bytes.slice(offset, offset + length)
  }
  const tcb = (name: keyof typeof tcbNames): Tcb | OpaqueTcb => {
    const raw = u64le(bytes, fields[name].offset)
    return Object.freeze(
      parts.tcbLayout === 'unknown' ? { layout: 'unknown', raw } : decodeTcb(raw, parts.tcbLayout),
    )
  }
  const firmware = (name: 'currentVersion' | 'committedVersion'): FirmwareVersion => {
    const { offset } = fields[name]
    return Object.freeze({
      major: u8(bytes, offset + 2),
      minor: u8(bytes, offset + 1),
      build: u8(bytes, offset),
    })
  }
  const vector = (name: keyof typeof mitigationFields): bigint | null =>
    parts.hasVectors ? u64le(bytes, mitigationFields[name].offset) : null
  const { r, s } = parts.signature
  return Object.freeze({
    version: parts.version,
    guestSvn: u32le(bytes, fields.guestSvn.offset),
    policy: decodeGuestPolicy(u64le(bytes, fields.policy.offset)),
    get familyId() {
      return copyOf('familyId')
    },
    get imageId() {
      return copyOf('imageId')
    },
    vmpl: u32le(bytes, fields.vmpl.offset),
    signatureAlgo: u32le(bytes, fields.signatureAlgo.offset),
    currentTcb: tcb('currentTcb'),
    platformInfo: decodePlatformInfo(u64le(bytes, fields.platformInfo.offset)),
    keyInfo: decodeKeyInfo(u32le(bytes, fields.keyInfo.offset)),
    get reportData() {
      return copyOf('reportData')
    },
    get measurement() {
      return copyOf('measurement')
    },
    get hostData() {
      return copyOf('hostData')
    },
    get idKeyDigest() {
      return copyOf('idKeyDigest')
    },
    get authorKeyDigest() {
      return copyOf('authorKeyDigest')
    },
    get reportId() {
      return copyOf('reportId')
    },
    get reportIdMa() {
      return copyOf('reportIdMa')
    },
    reportedTcb: tcb('reportedTcb'),
    cpuid: parts.cpuid,
    get chipId() {
      return copyOf('chipId')
    },
    committedTcb: tcb('committedTcb'),
    currentVersion: firmware('currentVersion'),
    committedVersion: firmware('committedVersion'),
    launchTcb: tcb('launchTcb'),
    launchMitVector: vector('launchMitVector'),
    currentMitVector: vector('currentMitVector'),
    signature: Object.freeze({
      get r() {
        return r.slice()
      },
      get s() {
        return s.slice()
      },
    }),
    productLine: parts.productLine,
  })
}

function readCpuid(bytes: Uint8Array): Cpuid {
  const { offset } = cpuidField
  return Object.freeze({
    family: u8(bytes, offset),
    model: u8(bytes, offset + 1),
    stepping: u8(bytes, offset + 2),
  })
}

const offsetName = (offset: number): string => '0x' + offset.toString(16).padStart(3, '0')

const reserved = (field: string, actual: JsonValue): VerificationError =>
  new VerificationError(
    'REPORT_RESERVED_NONZERO',
    `${field}: reserved, but not as the specification requires`,
    {
      field,
      actual,
    },
  )
