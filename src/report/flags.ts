/** Words of flags: one named bit each. */

/** The flags of a word, by name. */
export function readFlags<Name extends string>(
  word: bigint,
  bits: Readonly<Record<Name, number>>,
): Readonly<Record<Name, boolean>> {
  const flags: Partial<Record<Name, boolean>> = {}
  // All named bits are among the lowest 32, where numbers are faster than 64-bit integers.
  const low = Number(word & 0xffff_ffffn)
  for (const name in bits) flags[name] = ((low >>> bits[name]) & 1) === 1
  return flags as Record<Name, boolean>
}
