/** Wrong usage: the command was asked something that it cannot do. Exit status 2; nothing was judged. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
