// A small generator of pseudo-random numbers: the same seed gives the same cases on every machine.

export interface Random {
  /** An integer from 0 up to, but not including, `end`. */
  readonly below: (end: number) => number
  readonly pick: <T>(list: readonly T[]) => T
  readonly bytes: (length: number) => Uint8Array
}

/** mulberry32: 32 bits of state, good enough to choose mutations. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const below = (end: number): number => Math.floor((next() / 2 ** 32) * end)
  return {
    below,
    pick: (list) => {
      if (list.length === 0) throw new Error('nothing to pick from')
      return list[below(list.length)] as (typeof list)[number]
    },
    bytes: (length) => {
      const out = new Uint8Array(length)
      for (let at = 0; at < length; at += 1) out[at] = next() >>> 24
      return out
    },
  }
}
