// Times single calls of several cases in turn, so that whatever disturbs the machine disturbs all of them alike.

/** One thing to time. */
export interface TimedCase {
  readonly name: string
  /** One call, or `calls` of them where one is too short for the clock. */
  readonly run: () => unknown
  readonly calls?: number
}

/** Medians in milliseconds per call, by name. */
export type Medians = ReadonlyMap<string, number>

/** Runs all cases `rounds` times in turn, after a warm-up that is not counted. */
export async function interleave(
  cases: readonly TimedCase[],
  rounds: number,
  warmUp: number,
): Promise<Medians> {
  const times = new Map<string, number[]>(cases.map(({ name }) => [name, []]))
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { name, run, calls = 1 } of cases) {
      const before = performance.now()
      await run()
      const time = (performance.now() - before) / calls
      if (round >= 0) times.get(name)?.push(time)
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) throw new Error('a median of nothing')
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** A median that must be there. */
export function of(medians: Medians, name: string): number {
  const value = medians.get(name)
  if (value === undefined) throw new Error(`${name} was not measured`)
  return value
}
