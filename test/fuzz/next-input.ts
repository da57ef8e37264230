// The next input of a target: a tenth is noise, and the rest is mutated, half blindly and half knowing the shape.
import { mutate, noise } from './mutate.js'
import type { Random } from './random.js'
import type { Target } from './targets.js'

export function nextInput({ seeds, mutator = mutate }: Target, random: Random, run: number): Uint8Array {
  if (run % 10 === 0) return noise(random)
  return (run % 2 === 0 ? mutate : mutator)(random, seeds)
}
