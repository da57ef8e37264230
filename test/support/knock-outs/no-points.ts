// What refuses in src/ and has no point, with the reason. Kept short: a guard about evidence has a point.

/** Refusals that only pass on what was thrown elsewhere. */
export const onlyRethrown: readonly string[] = []

/** Refusals that no evidence reaches, by the test that reaches them. */
export const outOfReach: ReadonlyMap<string, string> = new Map([])

/** How often each file throws a TypeError. */
export const mistakes: Readonly<Record<string, number>> = {}
