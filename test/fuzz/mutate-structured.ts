// Mutations that keep the outer shape: fixed-length bytes, DER whose lengths are right again, JSON that parses. Blind
// mutations mostly die at the first length; these reach what is behind it.
import { concat, tlv } from '../support/der.js'
import { type DerNode, derNodes, derTree, writeSpoiled } from './der-tree.js'
import { mutate } from './mutate.js'
import type { Random } from './random.js'

export type Mutator = (random: Random, seeds: readonly Uint8Array[]) => Uint8Array

/** Some bytes changed, none added or removed. */
export const mutateInPlace: Mutator = (random, seeds) => {
  const out = random.pick(seeds).slice()
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = random.below(out.length)
    out[at] = random.below(2) === 0 ? random.below(256) : (out[at] ?? 0) ^ (1 << random.below(8))
  }
  return out
}

const trees = new WeakMap<Uint8Array, { readonly tree: DerNode; readonly nodes: readonly DerNode[] }>()

function treeOf(seed: Uint8Array): { readonly tree: DerNode; readonly nodes: readonly DerNode[] } {
  const known = trees.get(seed)
  if (known !== undefined) return known
  const tree = derTree(seed)
  const read = { tree, nodes: derNodes(tree) }
  trees.set(seed, read)
  return read
}

/** One element of a DER document removed, repeated, retagged, replaced or changed inside. Seeds must be DER. */
export const mutateDer: Mutator = (random, seeds) => {
  const { tree, nodes } = treeOf(random.pick(seeds))
  const node = random.pick(nodes)
  const way = random.below(8)
  return writeSpoiled(tree, node.path, (tag, content) => {
    const whole = tlv(tag, content)
    if (way === 0) return new Uint8Array()
    if (way === 1) return concat(whole, whole)
    if (way === 2)
      return tlv(
        random.pick([1, 2, 3, 4, 5, 6, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x30, 0x31, 0x80, 0xa0, 0xa3]),
        content,
      )
    if (way === 3) {
      const other = random.pick(treeOf(random.pick(seeds)).nodes)
      return tlv(other.tag, other.content)
    }
    if (way === 4) return tlv(tag, random.bytes(random.below(12)))
    if (way === 5) return tlv(tag, content, random.bytes(1 + random.below(3)))
    return tlv(tag, content.length === 0 ? random.bytes(1) : mutate(random, [content]))
  })
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const odd: readonly Json[] = [
  ...[
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    255,
    256,
    2 ** 31,
    Number.MAX_SAFE_INTEGER,
    1e300,
    '',
    '0',
    'any',
    'none',
  ],
  ...[
    'require',
    'x'.repeat(300),
    '00'.repeat(48),
    'FF'.repeat(64),
    '2026-02-31',
    '2026-06-01',
    '1.55.40',
    '9999-12-31T23:59:60Z',
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    { unchecked: '' },
    { unchecked: 'x' },
    { unchecked: 5 },
    { floors: [] },
    ['a', 'a'],
    { a: { a: {} } },
  ],
]

/** The same document with one value, at any depth, replaced, removed, moved or renamed. Seeds must be JSON. */
export const mutateJson: Mutator = (random, seeds) => {
  const document = JSON.parse(Buffer.from(random.pick(seeds)).toString('utf8')) as Json
  for (let left = 1 + random.below(2); left > 0; left -= 1) changeOne(random, document)
  return new TextEncoder().encode(JSON.stringify(document))
}

function changeOne(random: Random, document: Json): void {
  const holders = holdersIn(document)
  if (holders.length === 0) return
  const holder = random.pick(holders)
  const keys = Object.keys(holder)
  const key = random.pick(keys)
  const members = holder as Record<string, Json>
  const way = random.below(6)
  if (way === 0 && !Array.isArray(holder)) Reflect.deleteProperty(members, key)
  else if (way === 1) members[`${key}x`] = members[key] ?? null
  else if (way === 2) {
    const other = random.pick(holders) as Record<string, Json>
    members[key] = structuredClone(other[random.pick(Object.keys(other))] ?? null)
  } else if (way === 3 && Array.isArray(holder)) holder.push(structuredClone(random.pick(holder)))
  else if (way === 4 && typeof members[key] === 'string') {
    const text = Buffer.from(mutate(random, [new TextEncoder().encode(members[key])])).toString('latin1')
    members[key] = text
  } else members[key] = structuredClone(random.pick(odd))
}

/** All objects and lists that hold something. */
function holdersIn(value: Json): (Json[] | { [key: string]: Json })[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(holdersIn)
  return Object.keys(value).length === 0 ? inner : [value, ...inner]
}
