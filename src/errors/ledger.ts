/**
 * The ledger of one verification: which checks ran and how they ended.
 *
 * Success is only ever declared when every check of the registry has an entry here, so that a check which
 * a later change drops by accident turns every verdict into a failure instead of a silent yes.
 */
import { type CheckResult, type JsonValue, type VerificationError, isVerificationError } from './error.js'

/** The one way to leave something unchecked: a stated reason, which is in every result. */
export interface Unchecked {
  readonly unchecked: string
}

export function isUnchecked(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'unchecked')
}

/** A check as the registry names it. */
export interface CheckEntry {
  readonly id: string
  readonly source: string
}

export interface CheckNote {
  readonly reason?: string
  readonly expected?: JsonValue
  readonly actual?: JsonValue
}

export interface Ledger {
  readonly pass: (id: string, note?: CheckNote) => void
  readonly fail: (id: string, note?: CheckNote) => void
  readonly leaveUnchecked: (id: string, reason: string) => void
  /** All checks in registry order; those without an entry are `notReached`. */
  readonly results: () => readonly CheckResult[]
  /** True when every check of the registry ran and none failed. */
  readonly complete: () => boolean
}

export function openLedger(registry: readonly CheckEntry[]): Ledger {
  const known = new Map(registry.map((entry) => [entry.id, entry]))
  const entries = new Map<string, CheckResult>()
  const record = (id: string, outcome: CheckResult['outcome'], note: CheckNote): void => {
    const entry = known.get(id)
    // Both are mistakes of this library, never of the evidence.
    if (entry === undefined) throw new TypeError(`check ${id} is not in the registry`)
    if (entries.has(id)) throw new TypeError(`check ${id} was recorded twice`)
    entries.set(id, Object.freeze({ id, outcome, ...note, source: entry.source }))
  }
  return {
    pass: (id, note = {}) => {
      record(id, 'passed', note)
    },
    fail: (id, note = {}) => {
      record(id, 'failed', note)
    },
    leaveUnchecked: (id, reason) => {
      record(id, 'unchecked', { reason })
    },
    results: () =>
      Object.freeze(
        registry.map(
          (entry) =>
            entries.get(entry.id) ??
            Object.freeze({ id: entry.id, outcome: 'notReached', source: entry.source } as const),
        ),
      ),
    complete: () =>
      registry.every((entry) => {
        const outcome = entries.get(entry.id)?.outcome
        return outcome === 'passed' || outcome === 'unchecked'
      }),
  }
}

/** What a failed check says: the message, and what was expected and found if the error tells. */
export function noteOf({ message, details }: VerificationError): CheckNote {
  const { expected, actual } = details
  return {
    reason: message,
    ...(expected === undefined ? {} : { expected }),
    ...(actual === undefined ? {} : { actual }),
  }
}

/** Runs one check and records how it ended. */
export function guard<T>(ledger: Ledger, id: string, run: () => T): T {
  try {
    const value = run()
    ledger.pass(id)
    return value
  } catch (error) {
    if (isVerificationError(error)) ledger.fail(id, noteOf(error))
    throw error
  }
}

/** As {@link guard}, for a check that waits: a runtime that cannot do it is a failed check as well. */
export async function guardAsync<T>(
  ledger: Ledger,
  id: string,
  run: () => Promise<T>,
  note: CheckNote = {},
): Promise<T> {
  try {
    const value = await run()
    ledger.pass(id, note)
    return value
  } catch (error) {
    if (isVerificationError(error)) ledger.fail(id, noteOf(error))
    throw error
  }
}
