// How much is fuzzed: little on every test run, more in CI, as much as wanted by hand.
import { inCi } from '../support/sampling.js'

function numberOf(name: string, fallback: number): number {
  const text = process.env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} must be a number above 0`)
  return value
}

/** Inputs per target. */
export const fuzzRuns: number = numberOf('ATTESTED_FUZZ_RUNS', inCi ? 1000 : 100)
export const fuzzSeed: number = numberOf('ATTESTED_FUZZ_SEED', 1)
/** Leaves out the genuine items that are not in this repository: what is committed must be made of our own. */
export const committedSeedsOnly: boolean = process.env['ATTESTED_FUZZ_SEEDS'] === 'committed'
