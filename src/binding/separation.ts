/**
 * What keeps the evidence of one profile from passing as that of another, computed from their declarations.
 *
 * Two profiles that share everything can be told apart by what the caller expects and by nothing else, so such a pair
 * needs the caller's own expected bytes and a policy that states which software runs.
 */
import type { Carrier, CommitEdge, ProfileDefinition } from './definition.js'
import type { Segment } from './expression.js'
import { frameBytes, isFramedCarrier } from './frame.js'
import { type Profile, definitionOf } from './profile.js'
import { boundsOf } from './sizes.js'
import { toHex } from '../encoding/hex.js'

/**
 * `carrier`: they are in different fields. `layout`: digests of other algorithms, sizes or places. `tag`: what is hashed
 * begins differently. `codec`: the same bytes are read as different documents. `key`: other keys sign. `nothing`.
 */
export type SeparationKind = 'carrier' | 'layout' | 'tag' | 'codec' | 'key' | 'nothing'

export interface Separation {
  readonly kind: SeparationKind
  /** One line for people. */
  readonly reason: string
}

/** What keeps evidence of `a` from passing as evidence of `b`. Symmetric. */
export function separationOf(a: Profile, b: Profile): Separation {
  const [one, two] = [definitionOf(a), definitionOf(b)]
  if (one.id === two.id) throw new TypeError('a profile is not kept apart from itself')
  const shared = carriersOf(one).filter((carrier) => carriersOf(two).includes(carrier))
  if (shared.length === 0) return { kind: 'carrier', reason: 'they are in different fields of the report' }
  const found = shared.flatMap((carrier) => separationIn(carrier, one, two))
  return (
    found[0] ??
    separationBehind(one, two) ?? {
      kind: 'nothing',
      reason: 'nothing: equal layouts, so the caller must pin the bytes',
    }
  )
}

type FieldEdge = CommitEdge & { readonly carrier: Carrier }

const fieldEdges = ({ edges }: ProfileDefinition): readonly FieldEdge[] =>
  edges.filter((edge): edge is FieldEdge => edge.kind === 'commit' && typeof edge.carrier === 'string')

const carriersOf = (definition: ProfileDefinition): readonly string[] =>
  fieldEdges(definition).map(({ carrier }) => carrier)

function separationIn(
  carrier: string,
  one: ProfileDefinition,
  two: ProfileDefinition,
): readonly Separation[] {
  const [left, right] = [one, two].map((definition) => partsOf(definition, carrier))
  if (left === undefined || right === undefined) return []
  if (left.places.join(' ') !== right.places.join(' ')) {
    // Raw bytes can be anything, digests of another layout too; but no digest has zeros where zeros are demanded.
    const apart =
      left.raw && right.raw
        ? false
        : left.raw
          ? right.zeros > left.zeros
          : !right.raw || left.zeros > right.zeros
    if (!apart) return []
    return [{ kind: 'layout', reason: `${carrier}: ${left.places.join(', ')} or ${right.places.join(', ')}` }]
  }
  const at = left.tags.findIndex((tag, index) => differ(tag, right.tags[index] ?? ''))
  const [tag, other] = [left.tags[at], right.tags[at]]
  if (tag === undefined || other === undefined) return []
  return [
    { kind: 'tag', reason: `${carrier}: what is hashed begins with ${printed(tag)} or ${printed(other)}` },
  ]
}

/** Neither is the beginning of the other. */
const differ = (a: string, b: string): boolean => !a.startsWith(b) && !b.startsWith(a)

const printed = (tag: string): string => {
  const text = (tag.match(/../g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join('')
  return /^[\x20-\x7e]+$/.test(text) ? JSON.stringify(text) : tag
}

interface Parts {
  /** One per segment: what is compared. */
  readonly places: readonly string[]
  /** Hex of what each hashed preimage begins with. */
  readonly tags: readonly string[]
  /** True if some bytes are no digest. */
  readonly raw: boolean
  /** Where zeros begin that fill the field. */
  readonly zeros: number
}

function partsOf(definition: ProfileDefinition, carrier: string): Parts {
  const layout = fieldEdges(definition)
    .filter((edge) => edge.carrier === carrier)
    .flatMap((edge) => edge.layout)
  const places = layout.map((segment) => placeOf(segment, definition))
  const last = layout.at(-1)
  const padding = last?.kind === 'pad' ? last.size - sizeOf(last.of, definition) : 0
  const size = layout.reduce((sum, segment) => sum + sizeOf(segment, definition), 0)
  return {
    places,
    tags: layout.map((segment) => tagOf(segment, definition, carrier)),
    raw: places.some((place) => place.startsWith('raw')),
    zeros: size - padding,
  }
}

const sizeOf = (segment: Segment, { inputs, id }: ProfileDefinition): number =>
  boundsOf(
    segment,
    (name) => {
      const length = inputs[name]?.length ?? 0
      return typeof length === 'number' ? { min: length, max: length } : length
    },
    id,
  ).max

function placeOf(segment: Segment, definition: ProfileDefinition): string {
  const size = String(sizeOf(segment, definition))
  switch (segment.kind) {
    case 'hash':
      return `${segment.algorithm}[${size}]`
    case 'pad':
    case 'truncate':
      return `${placeOf(segment.of, definition)} ${segment.kind === 'pad' ? 'and zeros' : `cut to ${size}`}`
    case 'literal':
      return `literal ${toHex(segment.bytes)}`
    default:
      return `raw[${size}]`
  }
}

/** What a preimage begins with, as hex; a frame begins with library, carrier and profile. */
function tagOf(segment: Segment, definition: ProfileDefinition, carrier: string): string {
  switch (segment.kind) {
    case 'literal':
      return toHex(segment.bytes)
    case 'frame':
      return isFramedCarrier(carrier) ? toHex(frameBytes(carrier, definition.id, [])) : ''
    case 'concat': {
      const [first] = segment.parts
      return first === undefined ? '' : tagOf(first, definition, carrier)
    }
    case 'hash':
    case 'pad':
    case 'truncate':
    case 'base64url':
      return tagOf(segment.of, definition, carrier)
    default:
      return ''
  }
}

/** The layouts are alike: what lies behind may differ. */
function separationBehind(one: ProfileDefinition, two: ProfileDefinition): Separation | null {
  const [codecs, others] = [one, two].map(({ edges }) =>
    edges.flatMap((edge) => (edge.kind === 'decode' ? [edge.codec.name] : [])),
  )
  if (codecs !== undefined && others !== undefined && codecs.length > 0 && others.length > 0)
    if (codecs.join() !== others.join())
      return { kind: 'codec', reason: `read as ${codecs.join(', ')} or as ${others.join(', ')}` }
  const [keys, otherKeys] = [one, two].map(({ edges }) =>
    edges.flatMap((edge) => (edge.kind === 'sign' ? [`${edge.algorithm} ${edge.keyForm}`] : [])),
  )
  if (keys !== undefined && otherKeys !== undefined && keys.length > 0 && otherKeys.length > 0)
    if (keys.join() !== otherKeys.join())
      return { kind: 'key', reason: `signed with ${keys.join(', ')} or with ${otherKeys.join(', ')}` }
  return null
}
