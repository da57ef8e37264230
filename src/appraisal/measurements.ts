/** Accepted launch digests and how long each is accepted. */
import type { MeasurementRule } from './document.js'

/** The last millisecond at which a measurement is accepted; a day counts to its end. */
export function acceptedUntil({ notAfter }: MeasurementRule): number {
  if (notAfter === undefined) return Infinity
  const time = new Date(notAfter).getTime()
  return notAfter.length === 10 ? time + 86_400_000 - 1 : time
}

function isAcceptedAt(rule: MeasurementRule, at: number): boolean {
  return at <= acceptedUntil(rule)
}

/** The rule that accepts a launch digest at a time; of several, the one that does so longest. */
export function acceptedRule(
  rules: readonly MeasurementRule[],
  value: string,
  at: number,
): MeasurementRule | null {
  return rules
    .filter((rule) => rule.value === value && isAcceptedAt(rule, at))
    .reduce<MeasurementRule | null>(
      (best, rule) => (best === null || acceptedUntil(rule) > acceptedUntil(best) ? rule : best),
      null,
    )
}
