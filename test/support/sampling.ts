// What is sampled on a person's machine and tried in full where CI is set. A test that samples says so in its name.

export const inCi: boolean = (process.env['CI'] ?? '') !== ''

/** Every `step`th of the items, all of them in CI. `first` moves the ones that are taken. */
export function sampleOf<T>(items: readonly T[], step: number, first = 0): readonly T[] {
  return inCi ? items : items.filter((_, index) => index % step === first % step)
}

/** For the name of a test: which of the items it tries. */
export const every = (step: string): string => (inCi ? 'every' : `every ${step}`)
