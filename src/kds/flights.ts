/**
 * Single flight: those who ask for one thing at one time share one request.
 *
 * Each can give up alone; the request ends with the last of them.
 */
import { refuseAborted, unlessAborted } from './abort.js'

interface Flight<T> {
  readonly work: Promise<T>
  readonly controller: AbortController
  waiting: number
}

/** Starts the work under this key, or joins what is under way. @throws VerificationError `KDS_ABORTED`. */
export type Join<T> = (
  key: string,
  start: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
) => Promise<T>

export function createFlights<T>(): Join<T> {
  const flights = new Map<string, Flight<T>>()

  return async (key, start, signal) => {
    refuseAborted(signal)
    const flight = flights.get(key) ?? begin(start)
    flights.set(key, flight)
    flight.waiting += 1
    try {
      return await unlessAborted(flight.work, signal)
    } finally {
      flight.waiting -= 1
      if (flight.waiting === 0) {
        // Landed, or wanted by nobody any more. Who comes now starts anew, and does not inherit the failure.
        if (flights.get(key) === flight) flights.delete(key)
        flight.controller.abort()
      }
    }
  }
}

function begin<T>(start: (signal: AbortSignal) => Promise<T>): Flight<T> {
  const controller = new AbortController()
  const work = start(controller.signal)
  // When everybody has given up, nobody hears how it ended.
  work.catch(() => undefined)
  return { work, controller, waiting: 0 }
}
