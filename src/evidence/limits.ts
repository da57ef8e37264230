/** Bounds on evidence: what is too large is refused before it is copied. */
import { lengthOf } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'

/** The largest evidence of any format, a whole directory included. */
export const maxEvidenceBytes: number = 1024 * 1024
export const maxTableBytes: number = 256 * 1024
/** Files of a directory. */
export const maxFiles = 64
export const maxCrls = 8
export const maxCertificates = 16

/** @throws VerificationError `EVIDENCE_SIZE`. */
export function requireSize(bytes: Uint8Array, max: number, what: string): void {
  requireLength(lengthOf(bytes), max, what)
}

/** @throws VerificationError `EVIDENCE_SIZE`. */
export function requireLength(actual: number, max: number, what: string): void {
  if (actual > max) {
    throw new VerificationError('EVIDENCE_SIZE', `${what}: more than ${String(max)} bytes`, {
      what,
      max,
      actual,
    })
  }
}

export const tooMany = (what: string, max: number): VerificationError =>
  new VerificationError('EVIDENCE_SIZE', `more than ${String(max)} ${what}`, { what, max })
