/**
 * A composition as it is written: the statements of a WAC text, in their order.
 *
 * Nothing is resolved against components. What an instance exports stands in no manifest, so a name after a dot is
 * kept as written; {@link file://./wiring.ts} says which instance each value comes from.
 */

/** A place in the text. Both count from 1; a column counts UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** `.name` or `["name"]` after an expression: one export of the instance before it. */
export interface WacAccess {
  readonly name: string
  /** True for `["name"]`, which names the export exactly; `.name` may also stand for `ns:pkg/name`. */
  readonly exact: boolean
}

/** `name: value` or `"name": value` between the braces of a `new`. */
export interface WacNamedArgument {
  readonly kind: 'named'
  readonly name: string
  /** True for a name in quotes; one without may also stand for `ns:pkg/name`. */
  readonly exact: boolean
  readonly value: WacExpression
  readonly at: Position
}

/** `local` or `...local` between the braces of a `new`. */
export interface WacLocalArgument {
  /** `inferred`: the import is found by the local name. `spread`: the instance's exports fill what is left. */
  readonly kind: 'inferred' | 'spread'
  readonly name: string
  readonly at: Position
}

export type WacArgument = WacNamedArgument | WacLocalArgument

/** `new ns:pkg { … }`: one instance of a component. */
export interface WacNew {
  readonly kind: 'new'
  /** `ns:pkg`, never with a version. */
  readonly package: string
  readonly arguments: readonly WacArgument[]
  /** True if `...` ends the list: the composition's own imports, so the host, fill what is left. */
  readonly fill: boolean
  readonly at: Position
}

/** A name that an earlier `let` declared. */
export interface WacLocal {
  readonly kind: 'local'
  readonly name: string
  readonly at: Position
}

/** A value. Parentheses are gone: they change nothing, as accesses apply from left to right. */
export interface WacExpression {
  readonly primary: WacNew | WacLocal
  readonly accesses: readonly WacAccess[]
}

/** `let name = value;` */
export interface WacLet {
  readonly kind: 'let'
  readonly name: string
  readonly value: WacExpression
  readonly at: Position
}

/** `export value;`, `export value as name;` or `export value...;` */
export interface WacExport {
  readonly kind: 'export'
  readonly value: WacExpression
  /** The name after `as`, or `null`. */
  readonly name: string | null
  /** True for `...`: every export of the instance. */
  readonly spread: boolean
  readonly at: Position
}

export type WacStatement = WacLet | WacExport

/** A whole composition. */
export interface WacDocument {
  /** `ns:pkg` of the composition itself. */
  readonly package: string
  /** Its version, or `null`. */
  readonly version: string | null
  readonly statements: readonly WacStatement[]
}
