/** Giving up: what a caller's `AbortSignal` does to work that it waits for. */
import { VerificationError } from '../errors/error.js'

/** @throws VerificationError `KDS_ABORTED`, with the reason as its cause. */
export function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw aborted(signal)
}

const aborted = (signal: AbortSignal): VerificationError =>
  new VerificationError('KDS_ABORTED', 'the caller gave up', {}, { cause: signal.reason })

/**
 * Waits for work, but no longer than the signal lets us. The work itself goes on: whoever started it ends it.
 *
 * @throws VerificationError `KDS_ABORTED`.
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let stopListening = (): void => undefined
  const given = new Promise<never>((_, reject) => {
    const giveUp = (): void => {
      reject(aborted(signal))
    }
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    stopListening = () => {
      signal.removeEventListener('abort', giveUp)
    }
  })
  try {
    return await Promise.race([given, work])
  } finally {
    stopListening()
  }
}

/** Waits; ends early, without an error, when the signal says so. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>

/** The timer of this runtime. */
export const sleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
