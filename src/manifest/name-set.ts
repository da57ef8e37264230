/**
 * Sets of names as bits. Thousands of data items may each come to thousands of participants: lists of them would be the
 * square of the manifest, while a set is counted and compared 32 names at a time.
 */
import { type Marks, countOf, difference, intersection, marksOf, wordsFor } from './graph.js'

/** Names by number. Two sets over one list can be compared. */
export interface NameList {
  readonly names: readonly string[]
  readonly bits: ReadonlyMap<string, number>
}

export interface NameSet {
  readonly list: NameList
  readonly marks: Marks
}

/** Names in this order, each once. */
export function listOf(names: Iterable<string>): NameList {
  const all = [...new Set(names)]
  return { names: all, bits: new Map(all.map((name, index) => [name, index])) }
}

/** Of some names, those that the list has. */
export function setOfNames(list: NameList, names: Iterable<string>): NameSet {
  const marks = new Uint32Array(wordsFor(list.names.length))
  for (const name of names) {
    const bit = list.bits.get(name)
    if (bit !== undefined) marks[bit >>> 5] = (marks[bit >>> 5] ?? 0) | (1 << (bit & 31))
  }
  return { list, marks }
}

/** The first names, all unless told, in the order of the list. */
export function namesIn({ list, marks }: NameSet, count: number = Infinity): readonly string[] {
  return marksOf(marks, count).map((bit) => list.names[bit] ?? '')
}

export function sizeOfSet({ marks }: NameSet): number {
  return countOf(marks)
}

export function hasName({ list, marks }: NameSet, name: string): boolean {
  const bit = list.bits.get(name)
  return bit !== undefined && (((marks[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1
}

/** What another set over the same list has not. */
export function without(set: NameSet, other: NameSet): NameSet {
  return { list: set.list, marks: difference(set.marks, other.marks) }
}

/** What both have. */
export function within(set: NameSet, other: NameSet): NameSet {
  return { list: set.list, marks: intersection(set.marks, other.marks) }
}
