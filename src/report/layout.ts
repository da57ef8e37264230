/**
 * Where the fields of ATTESTATION_REPORT stand, per version. Source: AMD 56860, ATTESTATION_REPORT.
 *
 * A new version: one entry in `layouts`, and its fields in `report.ts`. A version whose layout is not here is
 * refused, because the meaning of reserved bytes can change under it.
 */

/** The exact size of a report. */
export const reportBytes: number = 0x4a0
/** The signed part: everything before the signature. */
export const signedBytes: number = 0x2a0

export interface FieldPlace {
  readonly offset: number
  readonly length: number
}

/** Fields that every version has. Names are camelCase of AMD's. */
export const fields = {
  version: { offset: 0x000, length: 4 },
  guestSvn: { offset: 0x004, length: 4 },
  policy: { offset: 0x008, length: 8 },
  familyId: { offset: 0x010, length: 16 },
  imageId: { offset: 0x020, length: 16 },
  vmpl: { offset: 0x030, length: 4 },
  signatureAlgo: { offset: 0x034, length: 4 },
  currentTcb: { offset: 0x038, length: 8 },
  platformInfo: { offset: 0x040, length: 8 },
  keyInfo: { offset: 0x048, length: 4 },
  reportData: { offset: 0x050, length: 64 },
  measurement: { offset: 0x090, length: 48 },
  hostData: { offset: 0x0c0, length: 32 },
  idKeyDigest: { offset: 0x0e0, length: 48 },
  authorKeyDigest: { offset: 0x110, length: 48 },
  reportId: { offset: 0x140, length: 32 },
  reportIdMa: { offset: 0x160, length: 32 },
  reportedTcb: { offset: 0x180, length: 8 },
  chipId: { offset: 0x1a0, length: 64 },
  committedTcb: { offset: 0x1e0, length: 8 },
  currentVersion: { offset: 0x1e8, length: 3 },
  committedVersion: { offset: 0x1ec, length: 3 },
  launchTcb: { offset: 0x1f0, length: 8 },
  signatureR: { offset: 0x2a0, length: 72 },
  signatureS: { offset: 0x2e8, length: 72 },
} as const

/** Fields since version 3. */
export const cpuidField: FieldPlace = { offset: 0x188, length: 3 }
/** Fields since version 5. */
export const mitigationFields = {
  launchMitVector: { offset: 0x1f8, length: 8 },
  currentMitVector: { offset: 0x200, length: 8 },
} as const

/** A half-open range of bytes that must be zero. */
export type ReservedRange = readonly [from: number, to: number]

export interface VersionLayout {
  readonly reserved: readonly ReservedRange[]
  readonly hasCpuid: boolean
  readonly hasMitigationVectors: boolean
}

const inEveryVersion: readonly ReservedRange[] = [
  [0x04c, 0x050],
  [0x1eb, 0x1ec],
  [0x1ef, 0x1f0],
]
/** After the signature's R and S. */
export const signatureTail: ReservedRange = [0x330, 0x4a0]

const version3: VersionLayout = {
  reserved: [...inEveryVersion, [0x18b, 0x1a0], [0x1f8, 0x2a0]],
  hasCpuid: true,
  hasMitigationVectors: false,
}

const layouts: ReadonlyMap<number, VersionLayout> = new Map([
  [
    2,
    {
      reserved: [...inEveryVersion, [0x188, 0x1a0], [0x1f8, 0x2a0]],
      hasCpuid: false,
      hasMitigationVectors: false,
    },
  ],
  [3, version3],
  // Version 4 has the layout of version 3; genuine reports of it exist (Milan, firmware 1.55.31).
  [4, version3],
  [
    5,
    {
      reserved: [...inEveryVersion, [0x18b, 0x1a0], [0x208, 0x2a0]],
      hasCpuid: true,
      hasMitigationVectors: true,
    },
  ],
])

/** The versions that can be verified, in order. */
export const reportVersions: readonly number[] = Object.freeze([...layouts.keys()])

export function layoutOf(version: number): VersionLayout | null {
  return layouts.get(version) ?? null
}
