import { describe, expect, it } from 'vitest'
import { VerificationError } from '../errors/error.js'
import { type PrewarmItem, prewarmWith } from './prewarm.js'
import type { KdsReader } from './reader.js'

const tcb = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
const vcek = (first: number): PrewarmItem => ({
  vcek: { product: 'Milan', chipId: Uint8Array.of(first), tcb },
})

/** Says what it was asked, and how many questions were open at one time. */
function reader(answer: (what: string) => Promise<unknown> = async () => undefined) {
  const asked: string[] = []
  let [open, most] = [0, 0]
  const ask = async (what: string): Promise<never> => {
    asked.push(what)
    open += 1
    most = Math.max(most, open)
    try {
      await Promise.resolve()
      return (await answer(what)) as never
    } finally {
      open -= 1
    }
  }
  const made: KdsReader = {
    vcek: (of) => ask(`vcek ${'chipId' in of ? of.chipId[0] : ''}`),
    chain: (product, kind) => ask(`chain ${product} ${kind}`),
    crl: (product, kind, options) =>
      ask(`crl ${product} ${kind}${options?.signal === undefined ? '' : ' signal'}`),
  }
  return { prewarm: prewarmWith(made), asked, most: () => most }
}

describe('prewarm', () => {
  it('asks for each, one at a time, and says in order what came of it', async () => {
    const error = new VerificationError('KDS_NOT_FOUND', 'x')
    const { prewarm, asked, most } = reader((what) =>
      what === 'vcek 1' ? Promise.reject(error) : Promise.resolve(),
    )
    const items: PrewarmItem[] = [vcek(1), { chain: 'Genoa', kind: 'vlek' }, { crl: 'Turin', kind: 'vcek' }]
    const outcomes = await prewarm(items)
    expect(outcomes).toEqual([
      { item: items[0], error },
      { item: items[1], error: null },
      { item: items[2], error: null },
    ])
    expect(asked).toEqual(['vcek 1', 'chain Genoa vlek', 'crl Turin vcek'])
    expect(most()).toBe(1)
  })

  it('asks as many at a time as it may', async () => {
    const { prewarm, asked, most } = reader()
    const outcomes = await prewarm(
      Array.from({ length: 9 }, (_, index) => vcek(index)),
      { concurrency: 3 },
    )
    expect([outcomes.length, asked.length, most()]).toEqual([9, 9, 3])
    const few = reader()
    expect(await few.prewarm([], { concurrency: 5 })).toEqual([])
    await few.prewarm([vcek(1)], { concurrency: 1_000_000_000 })
    expect(few.most()).toBe(1)
  })

  it('hands on the signal', async () => {
    const { prewarm, asked } = reader()
    await prewarm([{ crl: 'Milan', kind: 'vcek' }], { signal: new AbortController().signal })
    expect(asked).toEqual(['crl Milan vcek signal'])
  })

  it('ends with what is no failure of one item', async () => {
    const broken = new Error('connection lost')
    await expect(reader(() => Promise.reject(broken)).prewarm([vcek(1)])).rejects.toBe(broken)
  })

  it('takes no change of the list meanwhile', async () => {
    const items = [vcek(1)]
    const { prewarm, asked } = reader()
    const work = prewarm(items)
    items.push(vcek(2))
    await work
    expect(asked).toEqual(['vcek 1'])
  })

  it.each([0, -1, 1.5, NaN, Infinity, '1'])('takes no concurrency of %s', async (concurrency) => {
    await expect(reader().prewarm([], { concurrency: concurrency as number })).rejects.toThrow(
      /^concurrency must be a positive integer$/,
    )
  })

  it('takes no list but an array', async () => {
    await expect(reader().prewarm({} as never)).rejects.toThrow(/^items must be an array$/)
  })
})
