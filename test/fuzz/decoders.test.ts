// Mutated and random bytes into every decoder and through the whole verifier: a value or one VerificationError, never
// another throw, never a hang, and no acceptance of what nobody made.
// ATTESTED_FUZZ_RUNS sets how many inputs each gets, ATTESTED_FUZZ_SEED where the random numbers begin.
// Longer runs: `npm run fuzz`.
import { performance } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { toHex } from '../support/der.js'
import { judge } from './judge.js'
import { nextInput } from './next-input.js'
import { randomFrom } from './random.js'
import { fuzzRuns, fuzzSeed } from './settings.js'
import { type Target, targets } from './targets.js'
import { evidenceTargets } from './ways.js'

/** Long enough for a loaded machine, short enough for whatever grows with the square of its input. */
const longestMs = 3000

async function outcomeOf(target: Target, bytes: Uint8Array): Promise<string> {
  const start = performance.now()
  const { outcome, bug } = await judge(target, bytes)
  const took = performance.now() - start
  if (bug !== null) return `BUG ${bug}`
  return took > longestMs ? `BUG took ${Math.round(took)} ms` : outcome
}

test.each([...targets, ...(await evidenceTargets())])(`${fuzzRuns} inputs: $name`, async (target) => {
  const random = randomFrom(fuzzSeed)
  const seen = new Map<string, number>()
  const bugs: string[] = []
  for (const bytes of target.seeds) expect(await outcomeOf(target, bytes)).not.toMatch(/^BUG/)
  const { every = 1 } = target
  for (let run = 0; run * every < fuzzRuns; run += 1) {
    const bytes = nextInput(target, random, run)
    const outcome = await outcomeOf(target, bytes)
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    if (outcome.startsWith('BUG') && bugs.length < 5) bugs.push(`run ${run}: ${outcome}\n${toHex(bytes)}`)
  }
  expect(bugs.join('\n')).toBe('')
  // A harness whose inputs all end alike tests one line of code.
  if (fuzzRuns < 500) return
  expect([...seen.keys()].filter((outcome) => outcome !== 'accepted')).not.toEqual([])
  // Hardly any change of whole evidence leaves it acceptable; there the seeds show that the way is open.
  if (!target.name.startsWith('evidence ')) expect(seen.get('accepted')).toBeGreaterThan(0)
})

test('seeds of whole evidence are accepted', async () => {
  for (const target of await evidenceTargets()) {
    const outcomes = await Promise.all(target.seeds.map((seed) => outcomeOf(target, seed)))
    expect(outcomes, target.name).toContain('accepted')
  }
})
