// The words of the table of knock-out points. A point is one guard of src/ that can be made to always pass: its
// case, which only it refuses, must then be accepted. The product has no hook for this: the guard is rewritten in
// the bundle that the knock-out tests run (bundle.ts).
import type { VectorInput } from '../vectors/format.js'

/** A case that is made on the spot, because as a vector it would be large. */
export interface MadeCase {
  readonly name: string
  /** What the verifier answers with every guard in place. */
  readonly code: string
  readonly make: () => VectorInput
}

/** A document for the strict walk over foreign DER, which no verification takes. */
export interface DerCase {
  readonly name: string
  readonly code: string
  /** Hex. */
  readonly der: string
}

/** Mostly a vector, by its group and comment: `der/ber: bytes after the certificate`. */
export type Case = string | MadeCase | DerCase

export interface Point {
  readonly id: string
  /** Each is refused as it says, and accepted once this point and those behind it are knocked out. */
  readonly cases: readonly Case[]
  /**
   * Points that refuse the same cases when this one does not. All are knocked out together, and the test demands
   * that each of them is needed: put back alone, it refuses.
   */
  readonly behind?: readonly string[]
  /** Where nothing can be accepted without the guard: the code that its cases get instead, and why. */
  readonly instead?: { readonly code: string; readonly reason: string }
}

/** One place of a source file and what it becomes: `on('id')` in it is false while that point is knocked out. */
export interface Edit {
  /** Below src/. */
  readonly file: string
  /** Text that occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** Refusals elsewhere in the file that the points are about, where the edit cannot stand in front of them. */
  readonly covers?: readonly string[]
  readonly points: readonly Point[]
}

type PointRest = Omit<Point, 'id' | 'cases'>
export type Rest = PointRest & Pick<Edit, 'covers'>
/** An edit of a file that {@link pointsOf} names; it completes the ids as well. */
export type Sketch = Omit<Edit, 'file'>

/** The edits of one file. An id is the file's path without its ending, a dot, and the sketch's name. */
export function pointsOf(file: string, sketches: readonly Sketch[]): readonly Edit[] {
  const prefix = file.replace(/\.ts$/, '')
  return sketches.map(({ replace, points, ...edit }) => ({
    ...edit,
    file,
    replace: replace.replaceAll("on('.", `on('${prefix}.`).replaceAll('on(`.', `on(\`${prefix}.`),
    points: points.map((point) => ({
      ...point,
      id: point.id.startsWith('check:') ? point.id : `${prefix}.${point.id}`,
    })),
  }))
}

/** Ids of checks of the registry stand as they are, others get the file before them. */
const quoted = (id: string): string => (id.startsWith('check:') ? `'${id}'` : `'.${id}'`)

/** A condition, or a whole `if (…)`, that refuses when it holds. Knocked out, it never holds. */
export const refuses = (id: string, find: string, cases: readonly Case[], rest: Rest = {}): Sketch => {
  const [, whole] = /^if \((.*)\)$/s.exec(find) ?? []
  const condition = `(on(${quoted(id)}) && (${whole ?? find}))`
  return sketch(id, find, whole === undefined ? condition : `if ${condition}`, cases, rest)
}

/** A condition that must hold. Knocked out, it always does. */
export const requires = (id: string, find: string, cases: readonly Case[], rest: Rest = {}): Sketch =>
  sketch(id, find, `(!on(${quoted(id)}) || (${find}))`, cases, rest)

/** A statement that refuses by itself. Knocked out, it is not run. */
export const skips = (id: string, find: string, cases: readonly Case[], rest: Rest = {}): Sketch =>
  sketch(id, find, `if (on(${quoted(id)})) ${find}`, cases, rest)

/** Any other: `replace` asks `on`, and says what "always passes" means where a value is needed. */
export const becomes = (
  id: string,
  find: string,
  replace: string,
  cases: readonly Case[],
  rest: Rest = {},
): Sketch => sketch(id, find, replace, cases, rest)

function sketch(
  id: string,
  find: string,
  replace: string,
  cases: readonly Case[],
  { covers = [], ...rest }: Rest,
): Sketch {
  return { find, replace, covers, points: [{ id, cases, ...rest }] }
}

/** The case names of one group. */
export const of = (group: string, ...comments: readonly string[]): readonly string[] =>
  comments.map((comment) => `${group}: ${comment}`)
