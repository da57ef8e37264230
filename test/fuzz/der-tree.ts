// DER as a tree, to spoil one element at a time: the lengths of everything around it are made right again, so that
// what is refused is the element itself. Shares no code with the reader under test.
import { concat, tlv } from '../support/der.js'

export interface DerNode {
  /** Indexes from the top, such as `0.7.0.3`; the top itself is ''. */
  readonly path: string
  readonly tag: number
  /** The whole element. */
  readonly raw: Uint8Array
  /** Content of a primitive element. */
  readonly content: Uint8Array
  /** Elements of a constructed one, else null. */
  readonly children: readonly DerNode[] | null
}

/** Parses DER that is known to be good: lengths of up to four bytes, no tags of more than one. */
export function derTree(bytes: Uint8Array, path = ''): DerNode {
  const [tag = 0] = bytes
  const [start, end] = contentRange(bytes, 0)
  const [raw, content] = [bytes.slice(0, end), bytes.slice(start, end)]
  if ((tag & 0x20) === 0) return { path, tag, raw, content, children: null }
  const children: DerNode[] = []
  for (let at = start; at < end;) {
    const next = contentRange(bytes, at)[1]
    const name = `${path}${path === '' ? '' : '.'}${children.length}`
    children.push(derTree(bytes.slice(at, next), name))
    at = next
  }
  return { path, tag, raw, content, children }
}

function contentRange(bytes: Uint8Array, at: number): readonly [start: number, end: number] {
  const first = bytes[at + 1] ?? 0
  if (first < 0x80) return [at + 2, at + 2 + first]
  const count = first & 0x7f
  const digits = bytes.slice(at + 2, at + 2 + count)
  const length = digits.reduce((sum, digit) => sum * 256 + digit, 0)
  return [at + 2 + count, at + 2 + count + length]
}

export function derNodes(node: DerNode): readonly DerNode[] {
  return [node, ...(node.children ?? []).flatMap(derNodes)]
}

/** What stands in place of an element, given its tag and content as it was. */
export type Spoil = (tag: number, content: Uint8Array) => Uint8Array

/** Writes the tree with the element at `path` spoiled. */
export function writeSpoiled(node: DerNode, path: string, spoil: Spoil): Uint8Array {
  // Only what holds the element is written anew.
  const holds = node.path === '' || node.path === path || path.startsWith(`${node.path}.`)
  if (!holds) return node.raw
  const content =
    node.children === null
      ? node.content
      : concat(...node.children.map((child) => writeSpoiled(child, path, spoil)))
  return node.path === path ? spoil(node.tag, content) : tlv(node.tag, content)
}
