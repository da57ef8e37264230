// Lab evidence for what no real item has: the other value of each bit, differing vectors, a masked chip, a key of an
// author; and for each line, signer and version at least one subject that every run is made on.
import { LAB_REPORT_DATA } from '../support/report.js'
import { type Subject, labSubject } from '../support/policy-subject.js'

const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value)

/** All bits but DEBUG, MIGRATE_MA and the reserved ones; the guest demands ABI 1.55. */
const everyPolicyBit = 0x3f3_0137n
/** Bit 17 is reserved and always set. */
const noPolicyBit = 1n << 17n

const idBlock = {
  guestSvn: 7,
  familyId: filled(16, 0xf1),
  imageId: filled(16, 0x1d),
  idKeyDigest: filled(48, 0x1b),
} as const

/** The subjects that every generator runs over; the first has something of every key. */
export function labSubjects(): readonly Subject[] {
  const milan = { bootloader: 4, tee: 1, snp: 0x18, microcode: 0xdb }
  const genoa = { bootloader: 0x0a, tee: 1, snp: 0x17, microcode: 0x54 }
  const firmware = { major: 1, minor: 55, build: 40 }
  return [
    labSubject('Milan VCEK v3, every bit set, author key', {
      report: {
        policy: everyPolicyBit,
        platformInfo: 0x1ffn,
        authorKeyEn: true,
        authorKeyDigest: filled(48, 0xa1),
        ...idBlock,
        hostData: filled(32, 0x0d),
        vmpl: 3,
        tcb: milan,
        currentTcb: { ...milan, microcode: 0xdc },
      },
    }),
    labSubject('Genoa VLEK v5, every bit clear', {
      line: 'Genoa',
      signer: 'vlek',
      version: 5,
      report: { policy: noPolicyBit, platformInfo: 0n, tcb: genoa, currentTcb: { ...genoa, snp: 0x18 } },
    }),
    labSubject('Turin VCEK v5, bits that differ between launch and current', {
      line: 'Turin',
      version: 5,
      report: {
        policy: everyPolicyBit,
        platformInfo: 0x80_0000_0000_0000ffn,
        launchMitVector: 0x8000_0000_0000_000dn,
        currentMitVector: 0x0bn,
        reportData: LAB_REPORT_DATA,
      },
    }),
    labSubject('Turin VLEK v4', { line: 'Turin', signer: 'vlek', version: 4 }),
    labSubject('Milan VLEK v2, ID block', {
      signer: 'vlek',
      version: 2,
      report: { ...idBlock, tcb: milan, currentVersion: { ...firmware, build: 41 } },
    }),
    labSubject('Genoa VCEK v2', { line: 'Genoa', version: 2 }),
    labSubject('Milan VCEK v4, CHIP_ID masked, REPORT_DATA zero', {
      version: 4,
      report: { chipId: new Uint8Array(64), reportData: new Uint8Array(64), platformInfo: 0x25n },
    }),
  ]
}
