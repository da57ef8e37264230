/**
 * A policy out of a report: what it says, pinned, for a person to edit. Not a recommendation: a report of a
 * compromised guest gives a policy that accepts compromised guests.
 */
import { isFilledWith, requireBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import type { Unchecked } from '../errors/ledger.js'
import { parseEndorsementKey } from '../endorsement/endorsement-key.js'
import { type ProductLine, productLines } from '../product/line.js'
import { type OpaqueTcb, type Tcb, type TcbLevels } from '../product/tcb.js'
import type { Report } from '../report/report.js'
import type { GuestPolicyRule, PlatformRule, PolicyDocument, Requirement, TcbFloor } from './document.js'
import { provisionalFirmwareOf } from './tcb-checks.js'

/** A policy document, and what its editor should know. */
export interface PolicyDraft {
  readonly policy: PolicyDocument
  readonly findings: readonly string[]
}

// Made anew each time: the document belongs to the caller, who edits it.
const absent = (): Unchecked => ({ unchecked: 'not in the report' })

/** A set bit is weaker: what is set is allowed, what is clear stays forbidden. */
const weaker = (isSet: boolean): Requirement => (isSet ? 'allow' : 'forbid')
/** A set bit protects: what is set is required, what is clear is not demanded. */
const protective = (isSet: boolean): Requirement => (isSet ? 'require' : 'allow')

/**
 * Drafts a policy that accepts exactly what a report says. The report need not be verified, and is not.
 *
 * @param report - From `parseReport`.
 * @param options - `endorsementKey`: DER of the VCEK or VLEK, if known: the policy then pins this key and, of a VLEK,
 *   its provider. It is not verified either.
 * @throws TypeError if the silicon of the report is unknown, or the key is no bytes.
 * @throws VerificationError `DER_*`, `CERTIFICATE_*` for an endorsement key that cannot be read.
 */
export function policyFromReport(
  report: Report,
  options: { readonly endorsementKey?: Uint8Array } = {},
): PolicyDraft {
  const key =
    options.endorsementKey === undefined
      ? null
      : parseEndorsementKey(requireBytes(options.endorsementKey, 'endorsementKey'))
  const findings: string[] = []
  const products = productsOf(report)
  if (report.cpuid === null)
    findings.push('version 2 does not name its silicon: floors are without microcode and for any silicon')
  if (report.policy.debug) findings.push('the guest policy allows DEBUG: no policy can accept this guest')
  if (report.platformInfo.unknownBits !== 0n)
    findings.push('PLATFORM_INFO has bits that this version does not know')
  const cspId = key?.cspId ?? null
  const hasIdBlock = !isFilledWith(report.idKeyDigest, 0)
  const signer = report.keyInfo.signingKey === 'vlek' ? 'vlek' : 'vcek'
  const policy: PolicyDocument = {
    version: 1,
    products,
    signers: [signer],
    reportVersions: [report.version],
    measurements: [{ label: 'from report', value: toHex(report.measurement) }],
    idBlock: hasIdBlock
      ? {
          idKeyDigests: [toHex(report.idKeyDigest)],
          authorKeyDigests: report.keyInfo.authorKeyEn ? [toHex(report.authorKeyDigest)] : absent(),
          minGuestSvn: report.guestSvn,
          familyIds: [toHex(report.familyId)],
          imageIds: [toHex(report.imageId)],
        }
      : 'none',
    identity: 'required',
    hostData: [toHex(report.hostData)],
    vmpl: report.vmpl <= 3 ? [report.vmpl] : [0],
    chips: chipsOf(report),
    cspIds: cspId === null ? absent() : [cspId],
    endorsementKeys: key === null ? absent() : [key.spkiSha256],
    reportIds: [toHex(report.reportId)],
    denied: { chips: [], endorsementKeys: [], measurements: [], cspIds: [] },
    guestPolicy: guestPolicyOf(report),
    platform: platformOf(report),
    tcb: { floors: products.map((product) => floorOf(report, product)) },
    firmware: { minCommitted: firmwareOf(report, findings) },
    provisionalFirmware: ({ none: 'forbid', microcode: 'microcodeOnly', more: 'allow' } as const)[
      provisionalFirmwareOf(report)
    ],
    revocation: absent(),
    intermediates: 'pinned',
    freshness: absent(),
  }
  return { policy, findings }
}

/**
 * Version 2 names no silicon, and no Turin part made one: what is left is for the editor to narrow. Unknown silicon is
 * refused with its TCBs.
 */
function productsOf(report: Report): readonly ProductLine[] {
  return report.productLine === null ? ['Milan', 'Genoa'] : [report.productLine]
}

function chipsOf(report: Report): readonly string[] | 'any' {
  // A VLEK proves no chip, whatever CHIP_ID says, and so passes no list.
  if (report.keyInfo.signingKey === 'vlek' || isFilledWith(report.chipId, 0)) return 'any'
  const length = report.productLine === null ? 64 : productLines[report.productLine].chipIdBytes
  return [toHex(report.chipId.subarray(0, length))]
}

function guestPolicyOf({ policy }: Report): GuestPolicyRule {
  return {
    minAbi: `${String(policy.abiMajor)}.${String(policy.abiMinor)}`,
    smt: weaker(policy.smt),
    singleSocket: protective(policy.singleSocket),
    cxl: weaker(policy.cxl),
    memAes256Xts: protective(policy.memAes256Xts),
    raplDisabled: protective(policy.raplDisabled),
    ciphertextHidingDram: protective(policy.ciphertextHidingDram),
    pageSwapDisabled: protective(policy.pageSwapDisabled),
  }
}

function platformOf({ platformInfo: info }: Report): PlatformRule {
  return {
    smtEnabled: weaker(info.smtEnabled),
    tsmeEnabled: protective(info.tsmeEnabled),
    eccEnabled: protective(info.eccEnabled),
    raplDisabled: protective(info.raplDisabled),
    ciphertextHidingDramEnabled: protective(info.ciphertextHidingDramEnabled),
    aliasCheckComplete: protective(info.aliasCheckComplete),
    iommuWriteSafe: protective(info.iommuWriteSafe),
    // Trusted I/O lets devices into the guest's memory, so more can go wrong with it than without.
    tioEnabled: weaker(info.tioEnabled),
    unknownBits: info.unknownBits === 0n ? 'forbid' : 'allow',
  }
}

function floorOf(report: Report, product: ProductLine): TcbFloor {
  const { cpuid } = report
  const silicon = cpuid ?? ({ family: 'any', model: 'any', stepping: 'any' } as const)
  // Microcode counts per silicon, which version 2 does not name.
  const levels = (tcb: Tcb | OpaqueTcb): TcbLevels => {
    if (tcb.layout === 'unknown') throw new TypeError('the silicon of the report is unknown')
    const { bootloader, tee, snp, microcode } = tcb
    const known = { bootloader, tee, snp, microcode: cpuid === null ? 0 : microcode }
    return tcb.layout === 'family1Ah' ? { ...known, fmc: tcb.fmc } : known
  }
  const { launchMitVector, currentMitVector } = report
  // A report has both vectors or neither.
  const both = launchMitVector === null ? null : launchMitVector & (currentMitVector ?? 0n)
  return {
    product,
    family: silicon.family,
    model: silicon.model,
    stepping: silicon.stepping,
    reported: levels(report.reportedTcb),
    committed: levels(report.committedTcb),
    current: levels(report.currentTcb),
    launch: levels(report.launchTcb),
    mitigations: both === null ? absent() : both.toString(16).padStart(16, '0'),
  }
}

function firmwareOf({ committedVersion }: Report, findings: string[]): string | Unchecked {
  const { major, minor, build } = committedVersion
  if (minor >= 49) return `${String(major)}.${String(minor)}.${String(build)}`
  findings.push('the committed firmware version is older than any SNP firmware')
  return { unchecked: 'the report has no plausible version' }
}
