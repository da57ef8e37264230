// What becomes of each bit of the genuine Genoa report (version 3, VCEK, CPUID 19h/11h/1) when it alone is flipped.
// Written from the field table and the values in this report, so that a verifier that changes its mind shows.
import type { ErrorCode } from '../../src/errors/error.js'

/** A half-open range of bits; bit 0 is the lowest of byte 0, as in little-endian fields. */
export interface Region {
  readonly from: number
  readonly to: number
  readonly code: ErrorCode
  readonly why: string
}

/** Bits `first` to `last`, both included, of the little-endian field at `offset`. */
const bits = (offset: number, first: number, last: number, code: ErrorCode, why: string): Region => ({
  from: 8 * offset + first,
  to: 8 * offset + last + 1,
  code,
  why,
})

/** Bytes from `offset` up to and without `end`. */
const bytes = (offset: number, end: number, code: ErrorCode, why: string): Region => ({
  from: 8 * offset,
  to: 8 * end,
  code,
  why,
})

/** A TCB of family 19h: levels in bytes 0, 1, 6 and 7, nothing between. */
const tcb = (offset: number, name: string, code: ErrorCode, why: string): readonly Region[] => [
  bytes(offset, offset + 2, code, `${name}, bootloader and tee: ${why}`),
  bytes(offset + 2, offset + 6, 'REPORT_RESERVED_NONZERO', `${name}, reserved bytes`),
  bytes(offset + 6, offset + 8, code, `${name}, snp and microcode: ${why}`),
]

const signed = 'a field that nothing before the signature looks at'

/** R or S: 48 bytes, then 24 that must be zero. Neither is one bit away from n, which begins with 24 bytes FF. */
const scalar = (offset: number, name: string): readonly Region[] => [
  bytes(offset, offset + 48, 'SIGNATURE_INVALID', `${name}: another number from 1 to n − 1`),
  bytes(offset + 48, offset + 72, 'REPORT_SIGNATURE_ENCODING', `${name}, upper bytes`),
]

/** All 9472 bits, in order. */
export const regions: readonly Region[] = [
  bits(0x000, 0, 0, 'REPORT_RESERVED_NONZERO', 'VERSION 3 becomes 2, where the CPUID bytes are reserved'),
  bits(0x000, 1, 31, 'REPORT_VERSION_UNSUPPORTED', 'VERSION becomes 1, 7 or a large number'),
  bytes(0x004, 0x008, 'SIGNATURE_INVALID', `GUEST_SVN: ${signed}`),
  bits(0x008, 0, 16, 'SIGNATURE_INVALID', `POLICY, ABI and SMT: ${signed}`),
  bits(0x008, 17, 17, 'REPORT_RESERVED_NONZERO', 'POLICY bit 17 must be one'),
  bits(
    0x008,
    18,
    25,
    'SIGNATURE_INVALID',
    'POLICY, MIGRATE_MA and DEBUG too: judged only once AMD’s word is known',
  ),
  bits(0x008, 26, 63, 'REPORT_RESERVED_NONZERO', 'POLICY bits 63:26 must be zero'),
  bytes(0x010, 0x030, 'SIGNATURE_INVALID', `FAMILY_ID, IMAGE_ID: ${signed}`),
  bits(0x030, 0, 1, 'SIGNATURE_INVALID', 'VMPL 0 becomes 1 or 2: a guest may ask at those'),
  bits(0x030, 2, 31, 'REPORT_VMPL', 'VMPL above 3: no guest asks there'),
  bytes(0x034, 0x038, 'REPORT_ALGORITHM_UNSUPPORTED', 'SIGNATURE_ALGO is anything but 1'),
  ...tcb(0x038, 'CURRENT_TCB', 'SIGNATURE_INVALID', signed),
  bytes(0x040, 0x048, 'SIGNATURE_INVALID', 'PLATFORM_INFO, unknown bits too: new firmware sets new bits'),
  bits(0x048, 0, 0, 'SIGNATURE_INVALID', `KEY_INFO, AUTHOR_KEY_EN: ${signed}`),
  bits(0x048, 1, 1, 'REPORT_UNSIGNED', 'KEY_INFO, MASK_CHIP_KEY'),
  bits(0x048, 2, 2, 'ENDORSEMENT_KIND', 'KEY_INFO, SIGNING_KEY 0 becomes 1: a VLEK, beside a VCEK'),
  bits(0x048, 3, 4, 'REPORT_SIGNER_UNSUPPORTED', 'KEY_INFO, SIGNING_KEY becomes 2 or 4'),
  bits(0x048, 5, 31, 'REPORT_RESERVED_NONZERO', 'KEY_INFO bits 31:5 must be zero'),
  bytes(0x04c, 0x050, 'REPORT_RESERVED_NONZERO', 'reserved'),
  bytes(0x050, 0x0c0, 'SIGNATURE_INVALID', `REPORT_DATA, MEASUREMENT: ${signed}`),
  bytes(0x0c0, 0x140, 'SIGNATURE_INVALID', `HOST_DATA, ID_KEY_DIGEST, AUTHOR_KEY_DIGEST: ${signed}`),
  bytes(0x140, 0x180, 'SIGNATURE_INVALID', `REPORT_ID, REPORT_ID_MA: ${signed}`),
  ...tcb(0x180, 'REPORTED_TCB', 'ENDORSEMENT_TCB_MISMATCH', 'no longer the levels of the certificate'),
  bytes(0x188, 0x189, 'REPORT_PRODUCT_UNKNOWN', 'CPUID family: 1Ah is two bits away from 19h'),
  bits(0x189, 0, 3, 'SIGNATURE_INVALID', 'CPUID model 10h to 1Fh: still Genoa'),
  bits(0x189, 4, 4, 'ENDORSEMENT_PRODUCT', 'CPUID model 01h: Milan'),
  bits(0x189, 5, 7, 'REPORT_PRODUCT_UNKNOWN', 'CPUID model 31h, 51h or 91h: no silicon that we know'),
  bytes(0x18a, 0x18b, 'SIGNATURE_INVALID', 'CPUID stepping: says nothing of the product line'),
  bytes(0x18b, 0x1a0, 'REPORT_RESERVED_NONZERO', 'reserved'),
  bytes(0x1a0, 0x1e0, 'ENDORSEMENT_CHIP_ID_MISMATCH', 'CHIP_ID: another chip than the certificate’s'),
  ...tcb(0x1e0, 'COMMITTED_TCB', 'SIGNATURE_INVALID', signed),
  bytes(0x1e8, 0x1eb, 'SIGNATURE_INVALID', `CURRENT_VERSION: ${signed}`),
  bytes(0x1eb, 0x1ec, 'REPORT_RESERVED_NONZERO', 'reserved'),
  bytes(0x1ec, 0x1ef, 'SIGNATURE_INVALID', `COMMITTED_VERSION: ${signed}`),
  bytes(0x1ef, 0x1f0, 'REPORT_RESERVED_NONZERO', 'reserved'),
  ...tcb(0x1f0, 'LAUNCH_TCB', 'SIGNATURE_INVALID', signed),
  bytes(0x1f8, 0x2a0, 'REPORT_RESERVED_NONZERO', 'reserved; the mitigation vectors came with version 5'),
  ...scalar(0x2a0, 'R'),
  ...scalar(0x2e8, 'S'),
  bytes(0x330, 0x4a0, 'REPORT_SIGNATURE_ENCODING', 'the tail of the signature field'),
]
