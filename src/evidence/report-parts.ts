/**
 * A report out of its fields, for containers that hold those in the place of its bytes.
 *
 * What no field says is zero, as in every report that firmware has written so far. Where that is wrong, the bytes
 * are others than the signed ones: the signature tells, so nothing is claimed of them here.
 */
import { isBytes } from '../encoding/bytes.js'
import { type FieldPlace, reportBytes } from '../report/layout.js'
import { malformed } from './container.js'

/** A field: bytes of the very length of its place, or an unsigned integer that is written little-endian. */
export type ReportPart = readonly [name: string, place: FieldPlace, value: Uint8Array | bigint]

/**
 * Writes a report.
 *
 * @returns 1184 bytes.
 * @throws VerificationError `EVIDENCE_MALFORMED` for a value that does not fill, or does not fit, its place.
 */
export function reportOfParts(parts: readonly ReportPart[], what: string): Uint8Array {
  const report = new Uint8Array(reportBytes)
  for (const [name, { offset, length }, value] of parts) {
    if (isBytes(value)) {
      if (value.length !== length)
        throw malformed(what, `${name} has ${String(value.length)} bytes, not ${String(length)}`)
      report.set(value, offset)
      continue
    }
    if (value >> BigInt(8 * length) !== 0n)
      throw malformed(what, `${name} does not fit ${String(8 * length)} bits`)
    for (let at = 0; at < length; at += 1) report[offset + at] = Number((value >> BigInt(8 * at)) & 0xffn)
  }
  return report
}
