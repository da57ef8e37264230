// What becomes of each signed bit when it is flipped and the report is signed again by the key of the certificate:
// refused by the check of its own field, or accepted with that one claim changed. Under a policy that leaves open
// whatever it can, so that everything refused here is refused under every policy.
import type { ErrorCode } from '../../src/errors/error.js'
import type { ReportJson } from '../../src/report/to-json.js'

export type Claim = keyof ReportJson

/** A report of the lab: which silicon made it, in which version, and who signed it. */
export interface Subject {
  readonly name: string
  readonly line: 'Milan' | 'Genoa' | 'Turin'
  readonly signer: 'vcek' | 'vlek'
  readonly version: 2 | 3 | 4 | 5
  readonly silicon: 'Milan' | 'Genoa' | 'Siena' | 'Turin' | 'Turin Dense'
}

/** What happens to the bits `from` up to and without `to`; `when` narrows it to bits that were one or zero before. */
export interface FieldRow {
  readonly field: string
  readonly from: number
  readonly to: number
  readonly when: 'one' | 'zero' | 'either'
  readonly refused: ErrorCode | null
  /** The claims that change where it is accepted. */
  readonly changes: readonly Claim[]
}

type Outcome = ErrorCode | readonly Claim[]

const row = (
  field: string,
  offset: number,
  first: number,
  last: number,
  outcome: Outcome,
  when: FieldRow['when'] = 'either',
): FieldRow => ({
  field,
  from: 8 * offset + first,
  to: 8 * offset + last + 1,
  when,
  refused: typeof outcome === 'string' ? outcome : null,
  changes: typeof outcome === 'string' ? [] : outcome,
})

const bytes = (field: string, offset: number, end: number, outcome: Outcome): FieldRow =>
  row(field, offset, 0, 8 * (end - offset) - 1, outcome)

const reserved = (offset: number, end: number): FieldRow =>
  bytes('reserved', offset, end, 'REPORT_RESERVED_NONZERO')

function versionRows({ version }: Subject): readonly FieldRow[] {
  const lowest: Readonly<Record<Subject['version'], Outcome>> = {
    // 3: the reserved zeros of version 2 are then a CPUID of no silicon.
    2: 'REPORT_PRODUCT_UNKNOWN',
    // 2: where the CPUID is reserved.
    3: 'REPORT_RESERVED_NONZERO',
    // 5: the one honest upgrade. Reserved zeros become mitigation vectors of zero, instead of unknown ones.
    4: ['version', 'launchMitVector', 'currentMitVector'],
    // 4: where the mitigation vectors are reserved.
    5: 'REPORT_RESERVED_NONZERO',
  }
  return [
    row('VERSION', 0x000, 0, 0, lowest[version]),
    // Two bits apart from the others: 0, 1, 6, 7 or a large number.
    row('VERSION', 0x000, 1, 31, 'REPORT_VERSION_UNSUPPORTED'),
  ]
}

/** A TCB: its levels as `level` says, the bytes between them reserved. */
function tcbRows(
  { line }: Subject,
  field: string,
  offset: number,
  level: (first: number, last: number) => readonly FieldRow[],
): readonly FieldRow[] {
  const [low, high] = line === 'Turin' ? [4, 7] : [2, 6]
  return [
    ...level(0, 8 * low - 1),
    row(field, offset, 8 * low, 8 * high - 1, 'REPORT_RESERVED_NONZERO'),
    ...level(8 * high, 63),
  ]
}

/** All four TCBs of these reports are equal, so CURRENT may only rise, and COMMITTED cannot move at all. */
function currentTcbRows(subject: Subject): readonly FieldRow[] {
  const field = 'CURRENT_TCB'
  return tcbRows(subject, field, 0x038, (first, last) => [
    row(field, 0x038, first, last, 'APPRAISAL_TCB_ORDER', 'one'),
    row(field, 0x038, first, last, ['currentTcb'], 'zero'),
  ])
}

const plainTcbRows = (subject: Subject, field: string, offset: number, outcome: Outcome) =>
  tcbRows(subject, field, offset, (first, last) => [row(field, offset, first, last, outcome)])

function keyInfoRows({ signer }: Subject): readonly FieldRow[] {
  return [
    row('KEY_INFO', 0x048, 0, 0, ['keyInfo']),
    row('KEY_INFO', 0x048, 1, 1, 'REPORT_UNSIGNED'),
    row('KEY_INFO', 0x048, 2, 2, 'ENDORSEMENT_KIND'),
    // From 0: 2 and 4. From 1: 3 and 5.
    row('KEY_INFO', 0x048, 3, 4, 'REPORT_SIGNER_UNSUPPORTED'),
    row('KEY_INFO', 0x048, 5, 31, 'REPORT_RESERVED_NONZERO'),
    reserved(0x04c, 0x050),
    bytes('REPORT_DATA', 0x050, 0x090, ['reportData']),
    bytes('MEASUREMENT', 0x090, 0x0c0, ['measurement']),
    bytes('HOST_DATA', 0x0c0, 0x0e0, ['hostData']),
    bytes('ID_KEY_DIGEST', 0x0e0, 0x110, ['idKeyDigest']),
    bytes('AUTHOR_KEY_DIGEST', 0x110, 0x140, ['authorKeyDigest']),
    bytes('REPORT_ID', 0x140, 0x160, ['reportId']),
    bytes('REPORT_ID_MA', 0x160, 0x180, 'APPRAISAL_REPORT_ID_MA'),
    bytes('CHIP_ID', 0x1a0, 0x1e0, signer === 'vcek' ? 'ENDORSEMENT_CHIP_ID_MISMATCH' : ['chipId']),
  ]
}

/** The model decides the product line; no family is one bit away from another known one. */
function cpuidRows({ version, silicon }: Subject): readonly FieldRow[] {
  if (version === 2) return [reserved(0x188, 0x1a0)]
  const field = 'CPUID_MOD_ID'
  const upper: Readonly<Record<Subject['silicon'], Outcome>> = {
    Milan: 'ENDORSEMENT_PRODUCT', // 11h: Genoa
    Genoa: 'ENDORSEMENT_PRODUCT', // 01h: Milan
    Siena: 'REPORT_PRODUCT_UNKNOWN', // B0h: nothing
    Turin: ['cpuid'], // 12h: Turin Dense, of the same line
    'Turin Dense': ['cpuid'], // 01h: Turin
  }
  return [
    bytes('CPUID_FAM_ID', 0x188, 0x189, 'REPORT_PRODUCT_UNKNOWN'),
    row(field, 0x189, 0, 3, ['cpuid']),
    row(field, 0x189, 4, 4, upper[silicon]),
    row(field, 0x189, 5, 7, 'REPORT_PRODUCT_UNKNOWN'),
    bytes('CPUID_STEP', 0x18a, 0x18b, ['cpuid']),
    reserved(0x18b, 0x1a0),
  ]
}

const mitigationRows = ({ version }: Subject): readonly FieldRow[] =>
  version < 5
    ? [reserved(0x1f8, 0x2a0)]
    : [
        bytes('LAUNCH_MIT_VECTOR', 0x1f8, 0x200, ['launchMitVector']),
        bytes('CURRENT_MIT_VECTOR', 0x200, 0x208, ['currentMitVector']),
        reserved(0x208, 0x2a0),
      ]

/** The rows of one report, over all of its 5376 signed bits. */
export function rowsOf(subject: Subject): readonly FieldRow[] {
  return [
    ...versionRows(subject),
    bytes('GUEST_SVN', 0x004, 0x008, ['guestSvn']),
    row('POLICY', 0x008, 0, 16, ['policy']),
    row('POLICY', 0x008, 17, 17, 'REPORT_RESERVED_NONZERO'),
    row('POLICY, MIGRATE_MA', 0x008, 18, 18, 'APPRAISAL_MIGRATE_MA'),
    row('POLICY, DEBUG', 0x008, 19, 19, 'APPRAISAL_DEBUG'),
    row('POLICY', 0x008, 20, 25, ['policy']),
    row('POLICY', 0x008, 26, 63, 'REPORT_RESERVED_NONZERO'),
    bytes('FAMILY_ID', 0x010, 0x020, ['familyId']),
    bytes('IMAGE_ID', 0x020, 0x030, ['imageId']),
    row('VMPL', 0x030, 0, 1, ['vmpl']),
    row('VMPL', 0x030, 2, 31, 'REPORT_VMPL'),
    bytes('SIGNATURE_ALGO', 0x034, 0x038, 'REPORT_ALGORITHM_UNSUPPORTED'),
    ...currentTcbRows(subject),
    bytes('PLATFORM_INFO', 0x040, 0x048, ['platformInfo']),
    ...keyInfoRows(subject),
    ...plainTcbRows(subject, 'REPORTED_TCB', 0x180, 'ENDORSEMENT_TCB_MISMATCH'),
    ...cpuidRows(subject),
    ...plainTcbRows(subject, 'COMMITTED_TCB', 0x1e0, 'APPRAISAL_TCB_ORDER'),
    bytes('CURRENT_VERSION', 0x1e8, 0x1eb, ['currentVersion']),
    reserved(0x1eb, 0x1ec),
    bytes('COMMITTED_VERSION', 0x1ec, 0x1ef, ['committedVersion']),
    reserved(0x1ef, 0x1f0),
    ...plainTcbRows(subject, 'LAUNCH_TCB', 0x1f0, ['launchTcb']),
    ...mitigationRows(subject),
  ]
}
