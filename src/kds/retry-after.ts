/** When to ask again. Sources: RFC 9110 §10.2.3 (Retry-After), §5.6.7 (dates). */

/** More would be no longer a wait but a refusal, and must not overflow a timer. */
const maxSeconds = 10_000_000

/** The one form in which dates are to be sent; the obsolete two are not read. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/

/**
 * How long a Retry-After header asks to wait, in milliseconds; 0 for a date in the past.
 *
 * @returns `null` without a header, or for one that cannot be read: it is as if it were not there.
 */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return 1000 * Math.min(Number(text), maxSeconds)
  if (!httpDate.test(text)) return null
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : Math.min(Math.max(time - now, 0), 1000 * maxSeconds)
}

const firstMs = 1000
const lastMs = 60_000

/**
 * Exponential back-off with full jitter: anything up to 1 s, 2 s, 4 s, … 60 s, so that clients that failed together do
 * not come back together.
 *
 * @param failures - How many attempts failed, from 1.
 * @param random - From 0 up to 1.
 */
export function backOffMs(failures: number, random: number): number {
  return Math.round(random * Math.min(lastMs, firstMs * 2 ** (failures - 1)))
}
