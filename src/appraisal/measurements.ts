/** Accepted launch digests and how long each is accepted. */
import type { MeasurementRule } from './document.js'

/** The last millisecond at which a measurement is accepted; a day counts to its end. */
export function acceptedUntil({ notAfter }: MeasurementRule): number {
  if (notAfter === undefined) return Infinity
  const time = new Date(notAfter).getTime()
  return notAfter.length === 10 ? time + 86_400_000 - 1 : time
}

export function isAcceptedAt(rule: MeasurementRule, at: number): boolean {
  return at <= acceptedUntil(rule)
}
