// What a case expects, as a policy document of ours. What it does not mention is unchecked, with that as the reason.
import type { PolicyDocument, TcbFloor } from '../../src/appraisal/document.js'
import { type ProductLine, productLines } from '../../src/product/line.js'
import type { Report } from '../../src/report/report.js'
import type { CasePolicy } from './adapter-input.js'

export const notInCase = { unchecked: 'not in the case' } as const

const isZero = (hex: string): boolean => /^0+$/.test(hex)

/**
 * Digests of zeros stand for "no key" in a report, and our policies refuse them as expectations; so does a policy refuse
 * an author key without AUTHOR_KEY_EN. The suite means plain equality there, which `adapter-equality.ts` judges.
 */
export function digestsInPolicy(
  { expected_id_key_digest_hex: idKey, expected_author_key_digest_hex: author }: CasePolicy,
  report: Report | null,
): { readonly idKey: string | null; readonly author: string | null } {
  return {
    idKey: idKey === undefined || isZero(idKey) ? null : idKey,
    author: author === undefined || isZero(author) || report?.keyInfo.authorKeyEn !== true ? null : author,
  }
}

/** The policy of a case for a report of a product line; both are claims here, judged by the verification itself. */
export function policyOfCase(
  stated: CasePolicy,
  report: Report | null,
  line: ProductLine | null,
): PolicyDocument {
  const { expected_measurement_hex: measurement, expected_host_data_hex: hostData } = stated
  const { idKey, author } = digestsInPolicy(stated, report)
  return {
    version: 1,
    products: ['Milan', 'Genoa', 'Turin'],
    signers: ['vcek', 'vlek'],
    reportVersions: [2, 3, 4, 5],
    measurements: measurement === undefined ? notInCase : [{ label: 'expected', value: measurement }],
    idBlock:
      idKey === null && author === null
        ? notInCase
        : {
            idKeyDigests: idKey === null ? notInCase : [idKey],
            authorKeyDigests: author === null ? notInCase : [author],
            minGuestSvn: notInCase,
            familyIds: notInCase,
            imageIds: notInCase,
          },
    identity: notInCase,
    hostData: hostData === undefined ? notInCase : [hostData],
    vmpl: notInCase,
    chips: notInCase,
    cspIds: notInCase,
    endorsementKeys: notInCase,
    reportIds: notInCase,
    denied: { chips: [], endorsementKeys: [], measurements: [], cspIds: [] },
    guestPolicy: notInCase,
    platform:
      stated.enforce_spec_defaults !== true
        ? notInCase
        : {
            smtEnabled: notInCase,
            tsmeEnabled: notInCase,
            eccEnabled: notInCase,
            raplDisabled: notInCase,
            ciphertextHidingDramEnabled: notInCase,
            aliasCheckComplete: notInCase,
            iommuWriteSafe: notInCase,
            tioEnabled: notInCase,
            // Bits without a meaning are reserved, and the specification's default of those is zero.
            unknownBits: 'forbid',
          },
    tcb: line === null ? notInCase : floorsOfCase(stated, report, line),
    firmware: notInCase,
    provisionalFirmware: notInCase,
    revocation: notInCase,
    intermediates: 'pinned',
    freshness: notInCase,
  }
}

/** Floors for the current TCB alone, on exactly the silicon that the report names. */
function floorsOfCase(
  stated: CasePolicy,
  report: Report | null,
  product: ProductLine,
): PolicyDocument['tcb'] {
  const keys = ['min_tcb_bl_spl', 'min_tcb_tee_spl', 'min_tcb_snp_spl', 'min_tcb_ucode_spl'] as const
  if (keys.every((key) => stated[key] === undefined)) return notInCase
  const { family, models } = productLines[product]
  // The silicon of another line than the key's is refused by the verification, not by a policy that makes no sense.
  const cpuid = report?.productLine === product ? report.cpuid : null
  const fmc = product === 'Turin' ? { fmc: 0 } : {}
  const floor: TcbFloor = {
    product,
    // A report of version 2 names no silicon and must meet every floor of its product, so any of them will do.
    family,
    model: cpuid?.model ?? models[0]?.[0] ?? 0,
    stepping: cpuid?.stepping ?? 0,
    reported: { bootloader: 0, tee: 0, snp: 0, microcode: 0, ...fmc },
    committed: notInCase,
    current: {
      bootloader: stated.min_tcb_bl_spl ?? 0,
      tee: stated.min_tcb_tee_spl ?? 0,
      snp: stated.min_tcb_snp_spl ?? 0,
      microcode: stated.min_tcb_ucode_spl ?? 0,
      ...fmc,
    },
    launch: notInCase,
    mitigations: notInCase,
  }
  return { floors: [floor] }
}
