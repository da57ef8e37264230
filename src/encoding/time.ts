/** Times that callers hand in. */

/**
 * The milliseconds of a `Date` of any realm, or `null` for an invalid one and for anything else.
 *
 * Read once and through the intrinsic: a subclass could tell one time when asked and another when used.
 */
export function timeOf(value: unknown): number | null {
  try {
    const time = Date.prototype.getTime.call(value)
    return Number.isFinite(time) ? time : null
  } catch {
    return null
  }
}
