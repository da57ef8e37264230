/**
 * Exactly the same type, told apart even where each is assignable to the other. `any` equals only itself, so an
 * assertion about a type that has silently become `any` fails.
 */
export type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only for the type `true`: `expectType<Equals<A, B>>()`. Does nothing at run time. */
export function expectType<T extends true>(): T | undefined {
  return undefined
}
