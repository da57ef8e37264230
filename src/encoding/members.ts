/** Objects that callers write by hand. */

/**
 * Refuses what nobody would look at: a misspelt member is a wish that is not heeded, such as a CRL that is not looked
 * into.
 *
 * @throws TypeError
 */
export function requireKnownMembers(value: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new TypeError(`${what} has no member ${JSON.stringify(unknown.slice(0, 64))}`)
}
