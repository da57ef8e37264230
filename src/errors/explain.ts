/** What a code means, for people: the command `attested explain CODE` and the generated documentation. */
import { type ErrorCode, type RefusalVerdict, type Stage, stageOf } from './error.js'
import { verdictOfCode } from './codes.js'
import { meaningOf } from './table.js'

export interface CodeExplanation {
  readonly code: ErrorCode
  readonly stage: Stage
  readonly verdict: RefusalVerdict
  readonly meaning: string
  /** The document or rule that the code comes from. */
  readonly source: string
}

/** All error codes, in the order of verification. */
export const errorCodes: readonly ErrorCode[] = Object.keys(verdictOfCode) as ErrorCode[]

/** Explains one code, or `null` if there is no such code. */
export function explainCode(code: string): CodeExplanation | null {
  if (!Object.hasOwn(verdictOfCode, code)) return null
  const known = code as ErrorCode
  return { code: known, stage: stageOf(known), verdict: verdictOfCode[known], ...meaningOf(known) }
}
