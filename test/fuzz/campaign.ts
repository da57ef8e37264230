// Feeds one target until its time is over, and watches what the judge of a single input can't: time and memory.
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { equalBytes } from '../../src/encoding/bytes.js'
import { judge } from './judge.js'
import { nextInput } from './next-input.js'
import { randomFrom } from './random.js'
import type { Target } from './targets.js'

/** The longest that one input may take. */
export const longestMs = 250
/** What may stay in memory after a target's inputs are gone: compiled code and a few caches. */
export const longestGrowth: number = 24 * 2 ** 20
/** What may be in use at any moment beyond that: some thousand inputs that wait for collection. */
const highestRise = 400 * 2 ** 20

export interface Finding {
  readonly target: string
  readonly seed: number
  /** The how manieth input of that target and seed; -1 for what no single input did. */
  readonly run: number
  readonly problem: string
  readonly input: Uint8Array
}

export interface Tally {
  readonly name: string
  readonly inputs: number
  readonly seconds: number
  readonly slowestMs: number
  /** Bytes still in use at the end, less those at the beginning. */
  readonly growth: number
  readonly outcomes: ReadonlyMap<string, number>
  readonly findings: readonly Finding[]
}

/** Told of each input before it is tried, so that a hang can be pinned on one. */
export type Watch = (target: string, run: number, input: Uint8Array) => void
/** Told of each input that nothing was found in. */
export type Keep = (target: Target, input: Uint8Array, outcome: string, shape: string) => void

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function bytesInUse(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The same targets draw different numbers from one seed. */
function seedOf(seed: number, name: string): number {
  let mixed = seed | 0
  for (const char of name) mixed = Math.imul(mixed ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return mixed >>> 0
}

/** The shortest of some tries, in time of the processor: on a busy machine the clock says how long others took. */
async function fastest(target: Target, input: Uint8Array): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let again = 0; again < 4; again += 1) {
    const start = process.cpuUsage()
    await judge(target, input)
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

const enoughFindings = 20

/** When a target has had enough: after a time, or after a number of inputs. */
export type Enough = { readonly seconds: number } | { readonly inputs: number }

export async function feed(
  target: Target,
  seed: number,
  enough: Enough,
  watch: Watch,
  keep: Keep = () => undefined,
): Promise<Tally> {
  const random = randomFrom(seedOf(seed, target.name))
  const outcomes = new Map<string, number>()
  const findings: Finding[] = []
  const found = (run: number, input: Uint8Array, problem: string): void =>
    void findings.push({ target: target.name, seed, run, problem, input })
  const originals = target.seeds.map((bytes) => bytes.slice())
  for (const input of target.seeds) {
    watch(target.name, -1, input)
    const { bug } = await judge(target, input)
    if (bug !== null) found(-1, input, `the untouched seed: ${bug}`)
  }
  const [mostMs, mostInputs] =
    'seconds' in enough ? [enough.seconds * 1000, Infinity] : [Infinity, enough.inputs]
  const before = bytesInUse()
  const start = performance.now()
  let [run, slowestMs, now, highest] = [0, 0, start, 0]
  for (; now - start < mostMs && run < mostInputs && findings.length < enoughFindings; run += 1) {
    const input = nextInput(target, random, run)
    watch(target.name, run, input)
    now = performance.now()
    const pending = judge(target, input)
    const { outcome, shape, bug } = pending instanceof Promise ? await pending : pending
    const end = performance.now()
    const took = end - now
    now = end
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if (bug !== null) found(run, input, bug)
    else keep(target, input, outcome, shape)
    if (took > slowestMs) {
      // What took long is tried again, so that the figure is the input's and not the machine's.
      const proven = took > 5 ? await fastest(target, input) : took
      slowestMs = Math.max(slowestMs, proven)
      if (proven > longestMs) found(run, input, `took ${Math.round(proven)} ms`)
      now = performance.now()
    }
    if (run % 4096 === 0) highest = Math.max(highest, process.memoryUsage.rss())
  }
  const spent = (performance.now() - start) / 1000
  const growth = bytesInUse() - before
  const none = new Uint8Array()
  if (growth > longestGrowth) found(-1, none, `keeps ${Math.round(growth / 2 ** 20)} MB`)
  if (highest - before > highestRise)
    found(-1, none, `rises by ${Math.round((highest - before) / 2 ** 20)} MB`)
  if (!originals.every((bytes, index) => equalBytes(bytes, target.seeds[index] ?? none)))
    found(-1, none, 'a seed was written to')
  return { name: target.name, inputs: run, seconds: spent, slowestMs, growth, outcomes, findings }
}
