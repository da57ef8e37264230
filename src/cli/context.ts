/** What a command gets besides its arguments, so that tests and the lab can give it something else. */
import type { KdsClientOptions } from '../kds/client.js'
import type { Verifier } from '../verify/pipeline.js'

/** The three streams. */
export interface Io {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Standard input: at most `max` bytes of it, and one more where there are more. */
  readonly readStdin: (max: number) => Promise<Uint8Array>
}

export interface CommandSettings {
  /** Over AMD's roots, or over the lab's. */
  readonly verifier: Pick<Verifier, 'appraiseEvidence'>
  /** Everything that is printed says that the keys are synthetic. */
  readonly lab: boolean
  /** The default of `--at`. */
  readonly now: () => Date
  /** How to reach AMD's key distribution service. The lab has none: AMD knows no synthetic chip. */
  readonly network?: Pick<KdsClientOptions, 'fetch' | 'random' | 'sleep' | 'timeoutMs' | 'maxRetries'>
}

export interface Context {
  readonly io: Io
  readonly settings: CommandSettings
}
