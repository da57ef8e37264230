/** What a code means, for people: the command `attested explain CODE` and the generated documentation. */
import { type ErrorCode, type RefusalVerdict, type Stage, stageOf, verdictOf } from './codes.js'
import { isKnownCode, knownCodes, meaningOf } from './table.js'

export interface CodeExplanation {
  readonly code: ErrorCode
  readonly stage: Stage
  readonly verdict: RefusalVerdict
  readonly meaning: string
  /** The document or rule that the code comes from. */
  readonly source: string
}

/** All error codes, in the order of verification. */
export const errorCodes: readonly ErrorCode[] = knownCodes

/** Explains one code, or `null` if there is no such code. */
export function explainCode(code: string): CodeExplanation | null {
  if (!isKnownCode(code)) return null
  return { code, stage: stageOf(code), verdict: verdictOf(code), ...meaningOf(code) }
}
