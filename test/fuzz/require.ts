/** What a target says of a value that came out of a decoder. Thrown as no refusal, so that it counts as a bug. */
export function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(`does not hold: ${what}`)
}
