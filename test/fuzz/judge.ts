// What one input did to a target, and why that is a bug. Used by the tests and by the long runs alike.
import { VerificationError } from '../../src/errors/error.js'
import type { Target } from './targets.js'

/** Details and messages are for people and logs: no document fits in. */
const longestRefusal = 2500

export interface Judgement {
  /** `accepted`, `nothing`, or the code of the refusal. */
  readonly outcome: string
  /** The refusal in words, without what is peculiar to this input. */
  readonly shape: string
  /** `null` where all is as it must be. */
  readonly bug: string | null
}

const ended: Readonly<Record<'accepted' | 'nothing', Judgement>> = {
  accepted: { outcome: 'accepted', shape: '', bug: null },
  nothing: { outcome: 'nothing', shape: '', bug: null },
}

function judgeError(target: Target, error: unknown): Judgement {
  if (!(error instanceof VerificationError))
    return {
      outcome: 'BUG',
      shape: '',
      bug: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    }
  const { code, message, details } = error
  const refused = { outcome: code, shape: message }
  if (!target.codes.test(code)) return { ...refused, bug: `code ${code}: ${message}` }
  if (message.length + JSON.stringify(details).length > longestRefusal)
    return { ...refused, bug: `long refusal: ${code}` }
  return { ...refused, bug: null }
}

/** Waits only for targets that are asynchronous: a microtask for each of a million inputs is felt. */
export function judge(target: Target, bytes: Uint8Array): Judgement | Promise<Judgement> {
  try {
    const found = target.run(bytes)
    if (found instanceof Promise)
      return found.then(
        (value: unknown) => ended[value === 'nothing' ? 'nothing' : 'accepted'],
        (error: unknown) => judgeError(target, error),
      )
    return ended[found === 'nothing' ? 'nothing' : 'accepted']
  } catch (error) {
    return judgeError(target, error)
  }
}
