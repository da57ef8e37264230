/** What a check sees and what it finds; the small pieces that the table of checks is made of. */
import type { AuthenticReport } from '../endorsement/authenticate.js'
import type { ErrorCode, JsonValue } from '../errors/error.js'
import { type Unchecked, isUnchecked } from '../errors/ledger.js'
import type { Report } from '../report/report.js'
import type { OrUnchecked, PolicyDocument } from './document.js'
import type { FloorRule } from './floors.js'

/** What a check judges. The report is authentic: nothing here sees unauthenticated bytes. */
export interface CheckContext {
  readonly report: Report
  readonly endorsement: AuthenticReport['endorsement']
  readonly policy: PolicyDocument
  /** The floors that this report must meet; empty if none names its silicon. */
  readonly floors: readonly FloorRule[]
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Only `verifyDebugEvidence` sets it. */
  readonly allowDebug: boolean
}

export type Finding =
  | { readonly outcome: 'unchecked'; readonly reason: string }
  | {
      readonly outcome: 'passed' | 'failed'
      readonly reason?: string
      readonly expected?: JsonValue
      readonly actual?: JsonValue
    }

/** One policy check: its id is the path of its policy key. */
export interface PolicyCheck {
  readonly id: string
  readonly source: string
  readonly code: ErrorCode
  readonly run: (context: CheckContext) => Finding
}

export const passed = (reason?: string): Finding =>
  reason === undefined ? { outcome: 'passed' } : { outcome: 'passed', reason }

export const left = ({ unchecked }: Unchecked): Finding => ({ outcome: 'unchecked', reason: unchecked })

/** Passed or failed, with what was expected and what was found. */
export const found = (ok: boolean, expected: JsonValue, actual: JsonValue, reason?: string): Finding => ({
  outcome: ok ? 'passed' : 'failed',
  expected,
  actual,
  ...(reason === undefined ? {} : { reason }),
})

/** The first of a list that is not empty. */
export const firstOf = <T>(list: readonly T[]): T => list.reduce((first) => first)

/** The first of a long list: results say what was expected, not the whole policy. */
export const shorten = (list: readonly JsonValue[]): JsonValue =>
  list.length <= 16 ? list : [...list.slice(0, 16), `and ${String(list.length - 16)} more`]

/** A value must be in a stated list. */
export const inList = <T extends string | number>(allowed: OrUnchecked<readonly T[]>, actual: T): Finding =>
  isUnchecked(allowed) ? left(allowed) : found(allowed.includes(actual), shorten(allowed), actual)

/** A value must not be in a list; what is not there never is. */
export const notInList = (
  denied: readonly (string | null)[],
  actual: readonly (string | null)[],
): Finding => {
  const hit = actual.find((value) => denied.includes(value))
  return hit === undefined ? passed() : found(false, 'not denied', hit)
}
