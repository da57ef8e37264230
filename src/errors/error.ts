/**
 * The one error type of this library, and the words that every stage shares for what it found.
 *
 * Bad evidence is a {@link VerificationError} with a stable code. Misuse of the API is a `TypeError`.
 */
import { type ErrorCode, type RefusalVerdict, type Stage, stageOf, verdictOf } from './codes.js'
import { printableLine } from './printable.js'

export type { ErrorCode, RefusalVerdict, Stage } from './codes.js'

/** A value that survives `JSON.stringify` unchanged. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** Plain JSON facts about a failure: expected and actual values, field names, never a whole document. */
export type ErrorDetails = Readonly<Record<string, JsonValue>>

/** How one check ended. `notReached`: an earlier failure ended verification before it. */
export type CheckOutcome = 'passed' | 'failed' | 'unchecked' | 'notReached'

/** One check of the registry and how it ended. */
export interface CheckResult {
  readonly id: string
  readonly outcome: CheckOutcome
  /** Why it was not checked, or a remark on how it passed or failed. */
  readonly reason?: string
  readonly expected?: JsonValue
  readonly actual?: JsonValue
  /** Where the rule stands. */
  readonly source: string
}

export interface VerificationErrorOptions {
  readonly checks?: readonly CheckResult[]
  readonly cause?: unknown
}

/**
 * Evidence, an endorsement, a policy or a manifest was refused.
 *
 * `code` is the contract; the message is for people and may change. `checks` lists every check of the
 * registry when the error comes out of a verification, and is empty when a single parser threw.
 * Nothing half-verified is reachable from an error.
 */
export class VerificationError extends Error {
  override readonly name = 'VerificationError'
  readonly code: ErrorCode
  readonly verdict: RefusalVerdict
  readonly stage: Stage
  readonly details: ErrorDetails
  readonly checks: readonly CheckResult[]

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
    options: VerificationErrorOptions = {},
  ) {
    super(printableLine(message), 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.verdict = verdictOf(code)
    this.stage = stageOf(code)
    this.details = details
    this.checks = options.checks ?? []
  }
}

/** True for errors of this library, whichever entry point they came from. */
export function isVerificationError(value: unknown): value is VerificationError {
  return value instanceof VerificationError
}

/** The same failure with the list of checks attached, for the boundary of a verification. */
export function withChecks(error: VerificationError, checks: readonly CheckResult[]): VerificationError {
  return new VerificationError(error.code, error.message, error.details, {
    checks,
    ...('cause' in error ? { cause: error.cause } : {}),
  })
}
