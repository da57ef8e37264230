/**
 * The signature field: R and S, 72 bytes each, little-endian, and a tail of zeros.
 *
 * One signature has one encoding here: upper bytes zero, 1 ≤ r, s < n, tail zero. The malleability of ECDSA
 * itself remains, (r, n − s) verifies too and a high s is normal, so a report with its signature is never an
 * identity; the signed bytes are.
 */
import { isFilledWith } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import { type FieldPlace, fields, signatureTail } from './layout.js'

/** The order n of the P-384 group (NIST SP 800-186 §3.2.1.4). */
const p384Order =
  0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n

export interface ReportSignature {
  /** 48 bytes, big-endian. */
  readonly r: Uint8Array
  readonly s: Uint8Array
}

/**
 * Reads R and S.
 *
 * @param unsigned - MASK_CHIP_KEY: the firmware wrote zeros, which are then not judged here.
 * @throws VerificationError `REPORT_SIGNATURE_ENCODING`.
 */
export function readSignature(report: Uint8Array, unsigned: boolean): ReportSignature {
  const r = readScalar(report, 'R', fields.signatureR, unsigned)
  const s = readScalar(report, 'S', fields.signatureS, unsigned)
  if (!isFilledWith(report, 0, ...signatureTail)) throw badEncoding('tail', 'it is not zero')
  return { r, s }
}

function readScalar(
  report: Uint8Array,
  field: 'R' | 'S',
  { offset, length }: FieldPlace,
  unsigned: boolean,
): Uint8Array {
  if (!isFilledWith(report, 0, offset + 48, offset + length))
    throw badEncoding(field, 'its upper bytes are not zero')
  const scalar = report.slice(offset, offset + 48).reverse()
  const value = BigInt(`0x${toHex(scalar)}`)
  if (!unsigned && (value === 0n || value >= p384Order)) throw badEncoding(field, 'it is not from 1 to n - 1')
  return scalar
}

const badEncoding = (field: string, problem: string): VerificationError =>
  new VerificationError('REPORT_SIGNATURE_ENCODING', `signature ${field}: ${problem}`, { field, problem })
