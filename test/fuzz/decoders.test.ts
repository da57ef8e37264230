// Mutated and random bytes into every decoder: a value or one VerificationError, never another throw, never a hang.
// ATTESTED_FUZZ_RUNS sets how many inputs each gets, ATTESTED_FUZZ_SEED where the random numbers begin.
import { performance } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { VerificationError } from '../../src/errors/error.js'
import { toHex } from '../support/der.js'
import { mutate, noise } from './mutate.js'
import { randomFrom } from './random.js'
import { fuzzRuns, fuzzSeed } from './settings.js'
import { type Target, targets } from './targets.js'

/** Long enough for a loaded machine, short enough for whatever grows with the square of its input. */
const longestMs = 3000
/** Details and messages are for people and logs: no document fits in. */
const longestRefusal = 2500

/** How one input ended, or why that is a bug. */
async function judge(target: Target, bytes: Uint8Array): Promise<string> {
  const start = performance.now()
  let outcome: string
  try {
    outcome = (await target.run(bytes)) === 'nothing' ? 'nothing' : 'accepted'
  } catch (error) {
    if (!(error instanceof VerificationError)) return `BUG ${String(error)}`
    const { code, message, details } = error
    if (!target.codes.test(code)) return `BUG code ${code}: ${message}`
    if (message.length + JSON.stringify(details).length > longestRefusal) return `BUG long refusal: ${code}`
    outcome = code
  }
  const took = performance.now() - start
  return took > longestMs ? `BUG took ${Math.round(took)} ms` : outcome
}

test.each(targets)('$name', async (target) => {
  const random = randomFrom(fuzzSeed)
  const seen = new Map<string, number>()
  const bugs: string[] = []
  for (const bytes of target.seeds) expect(await judge(target, bytes)).not.toMatch(/^BUG/)
  const { mutator = mutate, every = 1 } = target
  for (let run = 0; run * every < fuzzRuns; run += 1) {
    const bytes = run % 10 === 0 ? noise(random) : (run % 2 === 0 ? mutate : mutator)(random, target.seeds)
    const outcome = await judge(target, bytes)
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    if (outcome.startsWith('BUG') && bugs.length < 5) bugs.push(`run ${run}: ${outcome}\n${toHex(bytes)}`)
  }
  expect(bugs.join('\n')).toBe('')
  // A harness whose inputs all end alike tests one line of code.
  if (fuzzRuns >= 500) expect([...seen.keys()].filter((outcome) => outcome !== 'accepted')).not.toEqual([])
  if (fuzzRuns >= 500) expect(seen.get('accepted')).toBeGreaterThan(0)
})
