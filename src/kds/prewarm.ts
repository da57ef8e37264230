/** Fetching ahead of need: a few at a time, each by itself. */
import { type VerificationError, isVerificationError } from '../errors/error.js'
import type { SignerKind } from '../endorsement/endorsement-key.js'
import type { ProductLine } from '../product/line.js'
import type { Report } from '../report/report.js'
import type { KdsReader } from './reader.js'
import type { VcekId } from './url.js'

/** One thing to have at hand. */
export type PrewarmItem =
  | { readonly vcek: Report | VcekId }
  | { readonly chain: ProductLine; readonly kind: SignerKind }
  | { readonly crl: ProductLine; readonly kind: SignerKind }

export interface PrewarmOptions {
  /** How many are asked for at one time. Default 1: KDS answers 429 to more than about one VCEK in ten seconds. */
  readonly concurrency?: number
  /** What was not reached when it aborts is `KDS_ABORTED`. */
  readonly signal?: AbortSignal
}

export interface PrewarmOutcome {
  readonly item: PrewarmItem
  /** `null`: it is at hand. It is no more trusted than before. */
  readonly error: VerificationError | null
}

/** Says of each item, in order, what came of it. */
export type Prewarm = (
  items: readonly PrewarmItem[],
  options?: PrewarmOptions,
) => Promise<readonly PrewarmOutcome[]>

/** @throws TypeError from the call that it makes, for wrong arguments. */
export function prewarmWith(client: KdsReader): Prewarm {
  return async (items, { concurrency = 1, signal } = {}) => {
    if (![items].every((list) => Array.isArray(list))) throw new TypeError('items must be an array')
    if (!Number.isSafeInteger(concurrency) || concurrency < 1)
      throw new TypeError('concurrency must be a positive integer')
    const own: readonly PrewarmItem[] = [...items]
    const asked = signal === undefined ? {} : { signal }
    const outcomes: PrewarmOutcome[] = []
    const queue = own.entries()
    const work = async (): Promise<void> => {
      // All workers draw from one queue.
      for (const [index, item] of queue) {
        outcomes[index] = { item, error: await errorOf(fetchItem(client, item, asked)) }
      }
    }
    await Promise.all(Array.from({ length: Math.min(concurrency, own.length) }, work))
    return outcomes
  }
}

async function fetchItem(
  client: KdsReader,
  item: PrewarmItem,
  asked: { readonly signal?: AbortSignal },
): Promise<unknown> {
  if ('vcek' in item) return client.vcek(item.vcek, asked)
  if ('chain' in item) return client.chain(item.chain, item.kind, asked)
  return client.crl(item.crl, item.kind, asked)
}

/** Only what concerns this item: a mistake in the arguments, or a store that failed, concerns all. */
async function errorOf(work: Promise<unknown>): Promise<VerificationError | null> {
  try {
    await work
    return null
  } catch (error) {
    if (isVerificationError(error)) return error
    throw error
  }
}
