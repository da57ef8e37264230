/**
 * Shapes: strict readers of JSON values. One is a function that gives the typed value, or notes what is wrong with it
 * and where, so that a whole document's problems are known at once.
 *
 * Written by hand and not with the schema library of policies: a person fixes a manifest by these messages, and the
 * members have to come out in the order of the shape, which is what the exact form of a manifest is made of.
 */
import type { JsonValue } from '../errors/error.js'

/** Something in a document that its schema does not allow. */
export interface Problem {
  /** JSON pointer (RFC 6901). */
  readonly path: string
  readonly message: string
}

/** Reads a value. `undefined` if something about it was added to `problems`. */
export type Shape<T> = (value: JsonValue, path: string, problems: Problem[]) => T | undefined

/** The start of a text from elsewhere, quoted. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text)
}

/** The pointer to a member. */
export function pointer(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Text of at most `max` UTF-16 units. */
export function text(max: number, pattern: RegExp | null = null, what = ''): Shape<string> {
  return (value, path, problems) => {
    if (typeof value !== 'string') {
      problems.push({ path, message: 'must be a string' })
      return undefined
    }
    if (value.length > max) {
      problems.push({ path, message: `is longer than ${max} characters` })
      return undefined
    }
    if (pattern !== null && !pattern.test(value)) {
      problems.push({ path, message: `must be ${what}` })
      return undefined
    }
    return value
  }
}

export function oneOf<T extends string>(allowed: readonly T[]): Shape<T> {
  const message = `must be ${allowed.map((item) => JSON.stringify(item)).join(' or ')}`
  return (value, path, problems) => {
    const known = allowed.find((item) => item === value)
    if (known === undefined) problems.push({ path, message })
    return known
  }
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path, problems) => (value === null ? null : shape(value, path, problems))
}

/** A list. One that is too long is not looked into. */
export function list<T>(item: Shape<T>, max: number): Shape<readonly T[]> {
  return (value, path, problems) => {
    if (!isList(value)) {
      problems.push({ path, message: 'must be a list' })
      return undefined
    }
    if (value.length > max) {
      problems.push({ path, message: `has ${value.length} items, more than ${max}` })
      return undefined
    }
    const before = problems.length
    const read: T[] = []
    for (const [index, entry] of value.entries()) {
      const one = item(entry, `${path}/${index}`, problems)
      if (one !== undefined) read.push(one)
    }
    return problems.length === before ? read : undefined
  }
}

/** An object with exactly these members, in any order; they come out in the order of the shape. */
export function record<T extends object>(members: { readonly [K in keyof T]: Shape<T[K]> }): Shape<T> {
  const shapes = Object.entries(members) as readonly (readonly [string, Shape<unknown>])[]
  const known = new Set(shapes.map(([key]) => key))
  return (value, path, problems) => {
    if (!isObject(value)) {
      problems.push({ path, message: 'must be an object' })
      return undefined
    }
    const before = problems.length
    const unknown = Object.keys(value).filter((key) => !known.has(key))
    if (unknown.length > 0) problems.push({ path, message: unknownKeys(unknown) })
    const read: Record<string, unknown> = {}
    for (const [key, shape] of shapes) {
      const member = Object.hasOwn(value, key) ? value[key] : undefined
      if (member === undefined) problems.push({ path: pointer(path, key), message: 'is missing' })
      else read[key] = shape(member, pointer(path, key), problems)
    }
    // Every member was read by its own shape.
    return problems.length === before ? (read as T) : undefined
  }
}

/** An object of any keys, of at most `max` members and with keys of at most `maxKey` UTF-16 units. */
export function dictionary<T>(
  item: Shape<T>,
  max: number,
  maxKey: number,
): Shape<Readonly<Record<string, T>>> {
  return (value, path, problems) => {
    if (!isObject(value)) {
      problems.push({ path, message: 'must be an object' })
      return undefined
    }
    const entries = Object.entries(value)
    if (entries.length > max) {
      problems.push({ path, message: `has ${entries.length} members, more than ${max}` })
      return undefined
    }
    const before = problems.length
    const read: [string, T][] = []
    for (const [key, member] of entries) {
      if (key.length > maxKey) {
        problems.push({ path, message: `has a key longer than ${maxKey} characters` })
        continue
      }
      const one = item(member, pointer(path, key), problems)
      if (one !== undefined) read.push([key, one])
    }
    return problems.length === before ? Object.fromEntries(read) : undefined
  }
}

/** The value, or every problem with it. There is at least one of the two. */
export function readShape<T>(
  shape: Shape<T>,
  value: JsonValue,
): { readonly value: T | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  return { value: shape(value, '', problems), problems }
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value)

export function isObject(value: JsonValue): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !isList(value)
}

function unknownKeys(keys: readonly string[]): string {
  const [first = ''] = keys
  const more = keys.length > 1 ? ` and ${keys.length - 1} more` : ''
  return `unknown key ${quoted(first)}${more}`
}
