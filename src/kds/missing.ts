/** What was not found a moment ago, so that a fleet that waits for a certificate does not become a flood of questions. */

export interface Missing {
  readonly has: (path: string, now: number) => boolean
  readonly add: (path: string, now: number) => void
  readonly delete: (path: string) => void
}

/** Chips are named by evidence, so by anybody: the oldest go first, and all that is lost is a question spared. */
const maxPaths = 1000

/** @param keptMs - How long "not found" stands. */
export function createMissing(keptMs: number): Missing {
  // In the order in which they were found missing.
  const until = new Map<string, number>()
  return {
    has: (path, now) => {
      const end = until.get(path)
      if (end === undefined) return false
      // A clock that was set back does not make it stand longer.
      if (now < end && now >= end - keptMs) return true
      until.delete(path)
      return false
    },
    add: (path, now) => {
      until.delete(path)
      const [oldest] = until.keys()
      if (oldest !== undefined && until.size >= maxPaths) until.delete(oldest)
      until.set(path, now + keptMs)
    },
    delete: (path) => {
      until.delete(path)
    },
  }
}
