/**
 * What `defineProfile` refuses, so that no profile can be written that proves less than it seems to.
 *
 * A format out there that breaks a rule can still be described: it declares which, and why, and every result says so.
 */
import {
  type Carrier,
  type CommitEdge,
  type DecodeEdge,
  type Edge,
  type InputDefinition,
  type ProfileDefinition,
  type SignEdge,
  type WeakRule,
  carrierSizes,
} from './definition.js'
import { readerOf } from './codec.js'
import { type Expression, type Segment, inputsOf, requireName, requireSegment } from './expression.js'
import { isFramedCarrier } from './frame.js'
import { type Bounds, ambiguityOf, boundsOf, isFixed, showsChallenge, weaklyProven } from './sizes.js'

const sources = ['expected', 'verifier', 'session', 'evidence', 'reference']
const algorithms = ['RSA-PSS-SHA256', 'RSA-PKCS1-SHA256', 'ECDSA-P256-SHA256', 'ED25519']
/** Documents are the largest inputs. */
const maxInput = 4 * 1024 * 1024
/** What a codec finds has no size of its own. */
const anySize: Bounds = { min: 0, max: maxInput }

interface Walk {
  readonly definition: ProfileDefinition
  readonly sizes: Map<string, Bounds>
  /** Claims that the edges so far lead to. */
  readonly proven: Set<string>
  readonly used: Set<string>
  readonly broken: Set<WeakRule>
  /** The text that each message of a key begins with. */
  readonly tags: Map<string, (Uint8Array | null)[]>
}

/** @throws TypeError for a definition that breaks a rule. */
export function checkDefinition(definition: ProfileDefinition): void {
  const { id, title, source, inputs, edges } = definition
  if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9.+-]{0,62}\/[1-9][0-9]{0,3}$/.test(id))
    throw new TypeError('the id of a profile is name/version')
  for (const text of [title, source]) requireReason(text, 'title and source')
  const walk: Walk = {
    definition,
    sizes: new Map(Object.entries(inputs).map(([name, item]) => [requireName(name), sizeOf(item)])),
    proven: new Set(),
    used: new Set(),
    broken: new Set(),
    tags: new Map(),
  }
  for (const edge of edges) checkEdge(edge, walk)
  checkTags(walk)
  for (const name of Object.keys(inputs))
    if (!walk.used.has(name)) throw new TypeError(`input ${name} is not used`)
  checkFreshness(walk)
  checkKeys(walk)
  checkLevels(definition)
  checkWeak(walk)
  for (const text of definition.assumptions ?? []) requireReason(text, 'an assumption')
  if (definition.experimental !== undefined) requireReason(definition.experimental, 'experimental')
}

function requireReason(text: unknown, what: string): void {
  if (typeof text !== 'string' || text.trim() === '') throw new TypeError(`${what} must say something`)
}

function sizeOf({ source, length, missing }: InputDefinition): Bounds {
  if (!sources.includes(source)) throw new TypeError('the source of an input is one of five')
  if (missing !== undefined && source !== 'evidence') throw new TypeError('only evidence can lack an input')
  const { min, max } = typeof length === 'number' ? { min: length, max: length } : length
  if (![min, max].every(Number.isSafeInteger) || min < 1 || max < min || max > maxInput)
    throw new TypeError('an input has 1 byte or more, and a bound')
  if (source === 'verifier' && min < 16) throw new TypeError('a challenge has at least 16 bytes')
  return { min, max }
}

function checkEdge(edge: Edge, walk: Walk): void {
  switch (edge.kind) {
    case 'commit':
      checkCommit(edge, walk)
      return
    case 'sign':
      checkSign(edge, walk)
      return
    case 'decode':
      checkDecode(edge, walk)
      return
    default:
      throw new TypeError('an edge is commit, sign or decode')
  }
}

const boundsIn =
  ({ sizes }: Walk) =>
  (name: string): Bounds => {
    const bounds = sizes.get(name)
    if (bounds === undefined) throw new TypeError(`input ${name} is not declared`)
    return bounds
  }

function checkCommit({ carrier, layout, enforcement }: CommitEdge, walk: Walk): void {
  const { id } = walk.definition
  for (const segment of layout) requireSegment(segment)
  const bounds = layout.map((segment) => boundsOf(segment, boundsIn(walk), id))
  if (typeof carrier === 'string') {
    if (!Object.hasOwn(carrierSizes, carrier)) throw new TypeError('no such carrier')
    if (!bounds.every(isFixed)) throw new TypeError(`every part of ${carrier} has a fixed size`)
    const sum = bounds.reduce((all, { max }) => all + max, 0)
    if (sum !== carrierSizes[carrier])
      throw new TypeError(
        `the layout has ${String(sum)} bytes, ${carrier} has ${String(carrierSizes[carrier])}`,
      )
  } else {
    requireProven(carrier.claim, walk)
    if (bounds.filter((one) => !isFixed(one)).length > 1) breakRule(walk, 'concatenation')
  }
  // The edge falls away where the value is left open, so nothing else may hang on it.
  const names = layout.flatMap(inputsOf)
  const references = names.filter((name) => isReference(name, walk))
  if (references.length > 0 && (typeof carrier === 'string' || new Set(names).size > 1))
    throw new TypeError('a reference value is for a claim, and alone in its layout')
  if (layout.some(hasFrame) && !(typeof carrier === 'string' && isFramedCarrier(carrier)))
    throw new TypeError('a frame is for REPORT_DATA or HOST_DATA')
  if (enforcement !== undefined) {
    if (!isHostChosen(carrier)) throw new TypeError('only what the host chooses needs enforcement')
    requireReason(enforcement, 'enforcement')
  }
  prove(layout, walk)
}

const hasFrame = (segment: Segment): boolean =>
  segment.kind === 'frame' ||
  ('of' in segment && hasFrame(segment.of)) ||
  (segment.kind === 'concat' && segment.parts.some(hasFrame))

/** Fields that the hypervisor or the launch block sets, and no guest. */
export const isHostChosen = (carrier: CommitEdge['carrier']): carrier is Exclude<Carrier, 'REPORT_DATA'> =>
  typeof carrier === 'string' && carrier !== 'REPORT_DATA'

/** Every input of a layout becomes proven, unless the layout says too little of it. */
function prove(segments: readonly Segment[], walk: Walk): void {
  for (const segment of segments) {
    const ambiguity = ambiguityOf(segment, boundsIn(walk), walk.definition.id)
    if (ambiguity !== null) breakRule(walk, ambiguity)
    if (segment.kind === 'any') breakRule(walk, 'any')
  }
  if (weaklyProven(segments).length > 0) breakRule(walk, 'digest')
  for (const name of segments.flatMap(inputsOf)) {
    walk.used.add(name)
    // What may be left open leads nowhere.
    if (!isReference(name, walk)) walk.proven.add(name)
  }
}

const isReference = (name: string, { definition }: Walk): boolean =>
  definition.inputs[name]?.source === 'reference'

function checkSign(
  { algorithm, saltLength, key, keyForm, message, signature, assumption }: SignEdge,
  walk: Walk,
): void {
  if (!algorithms.includes(algorithm)) throw new TypeError('no such signature algorithm')
  if (!['spki-der', 'spki-pem', 'jwk'].includes(keyForm)) throw new TypeError('no such form of a key')
  const salted = saltLength === 'max' || (Number.isSafeInteger(saltLength) && Number(saltLength) >= 0)
  if (algorithm === 'RSA-PSS-SHA256' ? !salted : saltLength !== undefined)
    throw new TypeError('RSASSA-PSS has a salt length, and nothing else has one')
  requireProven(key, walk)
  boundsIn(walk)(signature)
  walk.used.add(signature)
  if (walk.definition.inputs[signature]?.source !== 'evidence')
    throw new TypeError('a signature comes with the evidence')
  if (assumption !== undefined) requireReason(assumption, 'assumption')
  requireSegment(message)
  boundsOf(message, boundsIn(walk), walk.definition.id)
  if (inputsOf(message).some((name) => isReference(name, walk)))
    throw new TypeError('a reference value is for a claim, and alone in its layout')
  if (hasFrame(message)) throw new TypeError('a frame is for REPORT_DATA or HOST_DATA')
  walk.tags.set(key, [...(walk.tags.get(key) ?? []), tagOf(message)])
  prove([message], walk)
}

function checkDecode({ of, codec }: DecodeEdge, walk: Walk): void {
  requireProven(of, walk)
  readerOf(codec)
  // Results know one manifest, accepted if the claim of this name is: it must not be another document.
  if (codec.manifest === true && of !== 'manifest') throw new TypeError('a manifest is the claim manifest')
  for (const name of codec.gives) {
    if (walk.sizes.has(name)) throw new TypeError(`claim ${requireName(name)} has two meanings`)
    walk.sizes.set(name, anySize)
    walk.proven.add(name)
  }
}

function requireProven(name: string, { proven }: Walk): void {
  if (!proven.has(name)) throw new TypeError(`${requireName(name)} is used before an edge proves it`)
}

/** The literal that a message begins with. */
function tagOf(message: Expression): Uint8Array | null {
  if (message.kind === 'literal') return message.bytes
  const [first] = message.kind === 'concat' ? message.parts : []
  return first === undefined ? null : tagOf(first)
}

/** One key verifies one type of message, or each type begins with a tag that begins no other. */
function checkTags(walk: Walk): void {
  for (const tags of walk.tags.values()) {
    const alike = tags.some((tag, at) => tags.slice(at + 1).some((other) => overlap(tag, other)))
    if (alike) breakRule(walk, 'tag')
  }
}

const overlap = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null || a.subarray(0, b.length).every((byte, at) => byte === b[at])

function checkFreshness({ definition, used }: Walk): void {
  const { inputs, freshness, edges } = definition
  const stated = Object.entries(freshness)
  const [rule, value] = stated[0] ?? []
  if (stated.length !== 1 || typeof value !== 'string')
    throw new TypeError('a profile states its freshness: a challenge, a session, or none and why')
  const fresh = Object.entries(inputs).filter(
    ([, { source }]) => source === 'verifier' || source === 'session',
  )
  // Of two challenges the binding could redeem one only, and the other might be fresh in name.
  if (new Set(fresh.map(([, { source }]) => source)).size < fresh.length)
    throw new TypeError('a profile has one challenge, and one session')
  if (rule === 'none') {
    requireReason(value, 'freshness none')
    if (fresh.length > 0) throw new TypeError('a profile with a challenge or session has freshness')
    return
  }
  const source = rule === 'challenge' ? 'verifier' : 'session'
  if ((rule !== 'challenge' && rule !== 'session') || inputs[value]?.source !== source || !used.has(value))
    throw new TypeError('freshness names a challenge or session among the inputs')
  const guestSays = edges.some(
    (edge) =>
      (edge.kind === 'commit' &&
        !isHostChosen(edge.carrier) &&
        edge.layout.some((segment) => showsChallenge(segment, value))) ||
      (edge.kind === 'sign' && showsChallenge(edge.message, value)),
  )
  if (!guestSays)
    throw new TypeError(
      'what the host chooses is not fresh, and neither is less than 16 bytes of a challenge',
    )
}

function checkKeys({ definition, proven }: Walk): void {
  const { keys = {}, edges, freshness } = definition
  for (const [name, { possession }] of Object.entries(keys)) {
    if (!proven.has(name)) throw new TypeError(`key ${requireName(name)} is not proven`)
    const signs = (edge: Edge): boolean =>
      edge.kind === 'sign' &&
      edge.key === name &&
      'challenge' in freshness &&
      holds(
        inputsOf(edge.message).filter((one) => showsChallenge(edge.message, one)),
        freshness.challenge,
        edges,
      )
    if (possession === 'signedChallenge' && !edges.some(signs))
      throw new TypeError(`key ${name} signs no challenge`)
    if (possession === 'handshake' && !('session' in freshness && freshness.session === name))
      throw new TypeError(`key ${name} is not that of the caller's connection`)
    if (!['handshake', 'signedChallenge', 'none'].includes(possession))
      throw new TypeError(`key ${name} does not say what shows possession`)
  }
}

export const levelsRule = 'vmpl is a list of levels, 0 to 3'

function checkLevels({ vmpl }: ProfileDefinition): void {
  if (vmpl === undefined) return
  if (!vmpl.every((level) => [0, 1, 2, 3].includes(level))) throw new TypeError(levelsRule)
}

/** An input is in a message, or is what a codec finds in the message. */
function holds(message: readonly string[], name: string, edges: readonly Edge[]): boolean {
  const inside = new Set(message)
  for (const edge of edges)
    if (edge.kind === 'decode' && inside.has(edge.of)) for (const claim of edge.codec.gives) inside.add(claim)
  return (
    inside.has(name) ||
    edges.some(
      (edge) =>
        edge.kind === 'commit' &&
        typeof edge.carrier !== 'string' &&
        inside.has(edge.carrier.claim) &&
        edge.layout.some((segment) => showsChallenge(segment, name)),
    )
  )
}

function breakRule({ broken, definition }: Walk, rule: WeakRule): void {
  if (!(definition.weak ?? []).some((item) => item.rule === rule))
    throw new TypeError(`${definition.id} breaks rule ${rule} and does not declare it`)
  broken.add(rule)
}

function checkWeak({ definition, broken }: Walk): void {
  for (const { rule, reason } of definition.weak ?? []) {
    requireReason(reason, 'weak')
    // A declaration that nothing needs hides the next weakness.
    if (!broken.has(rule)) throw new TypeError(`${definition.id} declares ${rule} and does not break it`)
  }
}
