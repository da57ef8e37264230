/** What a code means, for people: the command `attested explain CODE` and the generated documentation. */
import { type ErrorCode, type RefusalVerdict, type Stage, stageOf } from './error.js'
import { errorRows, sources } from './table.js'

export interface CodeExplanation {
  readonly code: ErrorCode
  readonly stage: Stage
  readonly verdict: RefusalVerdict
  readonly meaning: string
  /** The document or rule that the code comes from. */
  readonly source: string
}

/** All error codes, in the order of verification. */
export const errorCodes: readonly ErrorCode[] = Object.keys(errorRows) as ErrorCode[]

/** Explains one code, or `null` if there is no such code. */
export function explainCode(code: string): CodeExplanation | null {
  if (!Object.hasOwn(errorRows, code)) return null
  const known = code as ErrorCode
  const [verdict, meaning, source] = errorRows[known]
  return { code: known, stage: stageOf(known), verdict, meaning, source: sources[source] }
}
