/** What a commitment that does not hold is refused with. */
import { type ErrorCode, VerificationError } from '../errors/error.js'
import type { ProfileDefinition } from './definition.js'
import { type Segment, inputsOf } from './expression.js'

/** A layout that says one thing says by its code what is wrong. */
export function codeOfMismatch(
  layout: readonly Segment[],
  { inputs, edges }: ProfileDefinition,
): 'FRESHNESS_MISMATCH' | 'BINDING_KEY_NOT_COMMITTED' | 'BINDING_MISMATCH' {
  const [only, ...more] = new Set(layout.flatMap(inputsOf))
  if (only === undefined || more.length > 0) return 'BINDING_MISMATCH'
  if (inputs[only]?.source === 'verifier') return 'FRESHNESS_MISMATCH'
  const isKey = edges.some((edge) => edge.kind === 'sign' && edge.key === only)
  return isKey ? 'BINDING_KEY_NOT_COMMITTED' : 'BINDING_MISMATCH'
}

/** Bytes that are not what the layout says. `expected` and `actual` in hex. */
export function mismatch(
  definition: ProfileDefinition,
  layout: readonly Segment[],
  range: string,
  expected: string,
  actual: string,
): VerificationError {
  return refusal(codeOfMismatch(layout, definition), `${range} is not what ${definition.id} expects`, {
    profile: definition.id,
    range,
    expected: expected.slice(0, 256),
    actual: actual.slice(0, 256),
  })
}

/** A claim of another length than its layout: fields of the report have the size of theirs. */
export function wrongSize(
  definition: ProfileDefinition,
  layout: readonly Segment[],
  claim: string,
  expected: number,
  actual: number,
): VerificationError {
  const [want, have] = [`${String(expected)} bytes`, `${String(actual)} bytes`]
  return refusal(
    codeOfMismatch(layout, definition),
    `${claim} has ${have}, and ${definition.id} expects ${want}`,
    { profile: definition.id, range: claim, expected: want, actual: have },
  )
}

const refusal = (
  code: ErrorCode,
  message: string,
  details: Readonly<Record<string, string>>,
): VerificationError => new VerificationError(code, message, details)
