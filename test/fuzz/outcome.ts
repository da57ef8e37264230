// How a decoder ended: accepted, or the code of its refusal. Anything else that it throws is a bug and goes on.
import { type ErrorCode, VerificationError } from '../../src/errors/error.js'

export type Outcome = 'accepted' | ErrorCode

function codeOf(error: unknown): ErrorCode {
  if (error instanceof VerificationError) return error.code
  throw error
}

export function outcomeOf(run: () => unknown): Outcome {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return codeOf(error)
  }
}

export async function asyncOutcomeOf(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    await run()
    return 'accepted'
  } catch (error) {
    return codeOf(error)
  }
}
