/**
 * One document from KDS, or why not: attempts, time limits, waiting.
 *
 * KDS answers 429 to clients that ask often, and 404 or 500 now and then for no reason of theirs. What it answers is not
 * trusted: only status and size are judged here, and not the content type, which anybody can claim.
 */
import { VerificationError, isVerificationError } from '../errors/error.js'
import { requireTime } from '../store/store.js'
import { type Sleep, refuseAborted, unlessAborted } from './abort.js'
import { readBody } from './body.js'
import { backOffMs, retryAfterMs } from './retry-after.js'

/** The part of `fetch` that is used. */
export type KdsFetch = (url: string, init: RequestInit) => Promise<Response>

export interface TransportOptions {
  readonly fetch: KdsFetch
  readonly now: () => number
  readonly random: () => number
  readonly sleep: Sleep
  readonly timeoutMs: number
  readonly maxRetries: number
  readonly maxWaitMs: number
}

/** Bytes as they came, and when: not later than the moment at which the server wrote them. */
export interface Fetched {
  readonly bytes: Uint8Array
  /** Milliseconds since 1970. */
  readonly fetchedAt: number
}

/** What is asked for. */
export interface Target {
  readonly url: string
  /** For messages. */
  readonly what: string
  readonly maxBytes: number
}

/** @throws VerificationError `KDS_*`. */
export type Transport = (target: Target, signal: AbortSignal) => Promise<Fetched>

/** A failed attempt: whether another may help, and how long the server wants to be left alone. */
interface Failure {
  readonly error: VerificationError
  readonly retry: boolean
  readonly retryAfter: number | null
}

/**
 * How long one answer of "later" holds back what is asked for next. It ends its own call whatever it says; but a time that
 * a broken server made up should not silence a client for months.
 */
const longestQuietMs = 600_000

export function createTransport(options: TransportOptions): Transport {
  const { sleep, maxRetries, maxWaitMs } = options
  // The limit is per client, so one answer of "later" is meant for all that we still want.
  let quiet = { until: 0, length: 0 }

  const quietFor = (): number => {
    // A clock that was set back must not make the wait longer than it was.
    return Math.max(0, Math.min(quiet.until - clock(options), quiet.length))
  }
  const remember = (retryAfter: number | null): void => {
    const length = Math.min(retryAfter ?? 0, Math.max(longestQuietMs, maxWaitMs))
    if (length > quietFor()) quiet = { until: clock(options) + length, length }
  }

  return async (target, signal) => {
    let last: VerificationError | null = null
    for (let failures = 0; ; failures += 1) {
      const asked = quietFor()
      const backOff = failures > 0 || asked > 0 ? backOffMs(Math.max(failures, 1), chance(options)) : 0
      if (asked + backOff > maxWaitMs) throw last ?? tooLong(target, asked)
      if (asked + backOff > 0) await sleep(asked + backOff, signal)
      refuseAborted(signal)
      const outcome = await attempt(options, target, signal)
      if ('bytes' in outcome) return outcome
      remember(outcome.retryAfter)
      const isTooLong = outcome.retryAfter !== null && outcome.retryAfter > maxWaitMs
      if (!outcome.retry || failures >= maxRetries || isTooLong) throw outcome.error
      last = outcome.error
    }
  }
}

const tooLong = ({ what }: Target, retryAfter: number): VerificationError =>
  new VerificationError('KDS_RATE_LIMITED', `${what}: the server asked for a longer wait than is allowed`, {
    retryAfterMs: retryAfter,
  })

/** One request with its body, within the time limit. Whatever it leaves open is closed. */
async function attempt(
  options: TransportOptions,
  target: Target,
  signal: AbortSignal,
): Promise<Fetched | Failure> {
  const [request, timer] = [new AbortController(), new AbortController()]
  const { timeoutMs } = options
  const late = async (): Promise<Failure> => {
    await options.sleep(timeoutMs, timer.signal)
    return failure('KDS_TIMEOUT', `${target.what}: no whole answer in ${String(timeoutMs)} ms`, {
      retry: true,
    })
  }
  try {
    // Not every fetch heeds its signal, so nobody waits for it to do so.
    return await unlessAborted(Promise.race([ask(options, target, request.signal), late()]), signal)
  } finally {
    request.abort()
    timer.abort()
  }
}

async function ask(
  options: TransportOptions,
  target: Target,
  signal: AbortSignal,
): Promise<Fetched | Failure> {
  const startedAt = clock(options)
  try {
    // No cache in between: a CRL that counts as fetched now must be of now. A redirect is looked at, not followed.
    const init = {
      method: 'GET',
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      signal,
    } as const
    // Called by itself: a browser's own refuses to be a member of something else.
    const { fetch: request } = options
    const response = await request(target.url, init)
    const refused = judge(response, target, () => clock(options))
    if (refused !== null) return refused
    const body = await readBody(response, target.maxBytes, signal)
    if (body.kind !== 'whole') return bodyFailure(body.kind, target)
    return { bytes: body.bytes, fetchedAt: Math.max(0, startedAt - ageMs(response.headers)) }
  } catch (cause) {
    // A clock that tells no time is a mistake of the caller, not of the network.
    if (isVerificationError(cause) || cause instanceof ClockError) throw cause
    return failure('KDS_UNAVAILABLE', `${target.what}: no answer`, { retry: true, cause })
  }
}

function bodyFailure(kind: 'tooLarge' | 'cut' | 'noBytes', { what, maxBytes }: Target): Failure {
  if (kind === 'cut') return failure('KDS_UNAVAILABLE', `${what}: the answer was cut`, { retry: true })
  return failure(
    'KDS_RESPONSE',
    kind === 'tooLarge' ? `${what}: more than ${String(maxBytes)} bytes` : `${what}: the answer is no bytes`,
  )
}

/** Why an answer will not do by its status, or `null`. */
function judge(response: Response, { what }: Target, now: () => number): Failure | null {
  const { status } = response
  // A browser hides a redirect behind status 0; a fetch that follows it all the same says so.
  if (response.type === 'opaqueredirect' || response.redirected || (status >= 300 && status < 400))
    return failure('KDS_RESPONSE', `${what}: a redirect`, { status })
  if (status === 200) return null
  const message = `${what}: status ${String(status)}`
  const retryAfter = (): number | null => retryAfterMs(response.headers.get('retry-after'), now())
  if (status === 404) return failure('KDS_NOT_FOUND', message, { status })
  if (status === 429)
    return failure('KDS_RATE_LIMITED', message, { status, retry: true, retryAfter: retryAfter() })
  if (status >= 500)
    return failure('KDS_UNAVAILABLE', message, { status, retry: true, retryAfter: retryAfter() })
  return failure('KDS_RESPONSE', message, { status })
}

type KdsCode = 'KDS_UNAVAILABLE' | 'KDS_NOT_FOUND' | 'KDS_RATE_LIMITED' | 'KDS_TIMEOUT' | 'KDS_RESPONSE'

interface FailureFacts {
  readonly status?: number
  readonly retry?: boolean
  readonly retryAfter?: number | null
  readonly cause?: unknown
}

function failure(code: KdsCode, message: string, facts: FailureFacts = {}): Failure {
  const { status, retry = false, retryAfter = null } = facts
  const details = {
    ...(status === undefined ? {} : { status }),
    ...(retryAfter === null ? {} : { retryAfterMs: retryAfter }),
  }
  const cause = 'cause' in facts ? { cause: facts.cause } : {}
  return { error: new VerificationError(code, message, details, cause), retry, retryAfter }
}

/** How long a cache on the way says that it has kept the answer. */
function ageMs(headers: Headers): number {
  const text = headers.get('age')?.trim() ?? ''
  return /^\d{1,9}$/.test(text) ? 1000 * Number(text) : 0
}

/** A clock or a source of chance that gives no such thing: a mistake of the caller's. */
class ClockError extends TypeError {}

/** @throws TypeError */
export function clock({ now }: Pick<TransportOptions, 'now'>): number {
  try {
    return requireTime(now(), 'now()')
  } catch (error) {
    throw new ClockError(error instanceof Error ? error.message : 'now() failed')
  }
}

function chance({ random }: TransportOptions): number {
  const value = random()
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    throw new TypeError('random() must be from 0 up to 1')
  return value
}
