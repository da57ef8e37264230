/**
 * What can be said of an expression before any input is known: its size, whether two different lists of inputs could
 * have the same bytes, and how much of a carrier vouches for each input.
 */
import { hashSize } from '../crypto/more-digests.js'
import { type Expression, type Segment, inputsOf } from './expression.js'
import { frameOverhead } from './frame.js'

/** Bytes, both ends included. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

/** The sizes of inputs, by name. */
export type InputBounds = (name: string) => Bounds

const fixed = (size: number): Bounds => ({ min: size, max: size })
export const isFixed = ({ min, max }: Bounds): boolean => min === max

/** @throws TypeError for padding or truncation that cannot be. */
export function boundsOf(segment: Segment, inputs: InputBounds, profile: string): Bounds {
  const inner = (of: Expression): Bounds => boundsOf(of, inputs, profile)
  switch (segment.kind) {
    case 'any':
      return fixed(segment.size)
    case 'length':
      if (inputs(segment.name).max >= 256 ** segment.size)
        throw new TypeError(`the length of ${segment.name} does not fit ${String(segment.size)} bytes`)
      return fixed(segment.size)
    case 'literal':
      return fixed(segment.bytes.length)
    case 'input':
      return inputs(segment.name)
    case 'hash':
      // What is hashed has bounds too, or the definition is refused.
      inner(segment.of)
      return fixed(hashSize(segment.algorithm))
    case 'concat':
      return total(segment.parts.map(inner))
    case 'frame':
      return total([fixed(frameOverhead(profile, segment.inputs)), ...segment.inputs.map(inputs)])
    case 'base64url': {
      const { min, max } = inner(segment.of)
      return { min: Math.ceil((min * 4) / 3), max: Math.ceil((max * 4) / 3) }
    }
    case 'pad':
      if (inner(segment.of).max > segment.size) throw new TypeError('more bytes than padding leaves room for')
      return fixed(segment.size)
    case 'truncate':
      if (inner(segment.of).min < segment.size) throw new TypeError('fewer bytes than truncation leaves')
      return fixed(segment.size)
  }
}

const total = (parts: readonly Bounds[]): Bounds => ({
  min: parts.reduce((sum, { min }) => sum + min, 0),
  max: parts.reduce((sum, { max }) => sum + max, 0),
})

/** What keeps an expression from telling all lists of inputs apart. `null`: nothing does. */
export type Ambiguity = 'concatenation' | 'padding'

/**
 * Concatenation is injective if at most one part has a variable length, or each such part but the last has its length
 * directly before it. Padding is where the length before it is fixed.
 */
export function ambiguityOf(segment: Segment, inputs: InputBounds, profile: string): Ambiguity | null {
  switch (segment.kind) {
    case 'concat': {
      const parts = flatten(segment)
      const loose = parts.filter((part, at) => {
        const before = parts[at - 1]
        const told = part.kind === 'input' && before?.kind === 'length' && before.name === part.name
        return !told && !isFixed(boundsOf(part, inputs, profile))
      })
      if (loose.length > 1) return 'concatenation'
      return parts.map((part) => ambiguityOf(part, inputs, profile)).find((found) => found !== null) ?? null
    }
    case 'pad':
      if (!isFixed(boundsOf(segment.of, inputs, profile))) return 'padding'
      return ambiguityOf(segment.of, inputs, profile)
    case 'hash':
    case 'base64url':
    case 'truncate':
      return ambiguityOf(segment.of, inputs, profile)
    default:
      return null
  }
}

const flatten = (expression: Expression): readonly Expression[] =>
  expression.kind === 'concat' ? expression.parts.flatMap(flatten) : [expression]

/** The least number of digest bytes that proves an input. */
export const leastDigest = 32

/**
 * Inputs of a layout that too few bytes vouch for: fewer than 32 of a digest, or not all of their own.
 *
 * A length alone vouches for nothing.
 */
export function weaklyProven(segments: readonly Segment[]): readonly string[] {
  const names = new Set(segments.flatMap(inputsOf))
  return [...names].filter((name) => !segments.some((segment) => isProven(segment, name, leastDigest)))
}

/** As many as the shortest challenge has: what nobody guesses, and no earlier report has by chance. */
const leastChallenge = 16

/**
 * True if a segment that is as expected was made after the challenge (or session) of this name was known. Its length
 * is known to everybody, and a few bytes of a digest can be tried beforehand.
 */
export function showsChallenge(segment: Segment, name: string): boolean {
  return isProven(segment, name, leastChallenge)
}

/** At least so many bytes of a digest vouch for the input, or all of its own. */
function isProven(segment: Segment, name: string, least: number): boolean {
  switch (segment.kind) {
    case 'input':
      return segment.name === name
    case 'frame':
      return segment.inputs.includes(name)
    case 'concat':
      return segment.parts.some((part) => isProven(part, name, least))
    case 'hash':
    case 'base64url':
    case 'pad':
      return isProven(segment.of, name, least)
    case 'truncate':
      // Of what is not a digest the part that is cut off would be free.
      return segment.of.kind === 'hash' && segment.size >= least && isProven(segment.of, name, least)
    default:
      return false
  }
}
