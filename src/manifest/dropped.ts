/**
 * What the 2cVM agent drops of a manifest that was posted to it: members that its model does not know, and one of
 * `source` and `sources`. It says nothing about that, and signs the rest, so that what the parties negotiated and what
 * they are bound to are two documents.
 */
import { parseStrictJson } from '../encoding/json.js'
import { type JsonValue, VerificationError } from '../errors/error.js'
import { isObject, pointer, quoted } from './shape.js'

/** The members that are kept, and what is inside lists of them. */
interface Kept {
  readonly [member: string]: Kept | null
}

const named: Kept = { name: null, participant: null }
const kept: Kept = {
  participants: { name: null, DID: null },
  components: named,
  data: named,
  composition: null,
  permissions: {
    component: null,
    data_permissions: { type: null, source: null, sources: null },
    output: { type: null, function: null, name: null, participant: null },
    wasi_imports: null,
  },
  transferRequestIdIMEC: null,
  transferRequestIdFabless: null,
}

/**
 * JSON pointers of the members that the agent drops, in the order of the document; none if it keeps all. Nothing else
 * about the document is looked at.
 *
 * @param input - What is or was posted: JSON as text or UTF-8 bytes, at most 1 MiB.
 * @throws VerificationError `MANIFEST_MALFORMED` for what is no strict JSON.
 */
export function droppedMembers(input: string | Uint8Array): readonly string[] {
  const limits = {
    code: 'MANIFEST_MALFORMED',
    what: 'manifest',
    maxLength: 1024 * 1024,
    maxDepth: 32,
  } as const
  const dropped: string[] = []
  collect(parseStrictJson(input, limits), kept, '', dropped)
  return dropped
}

/**
 * The same, for those who are about to negotiate a manifest.
 *
 * @throws VerificationError `MANIFEST_FIELD_DROPPED`, with the pointers in `details.paths` (at most 100);
 *   `MANIFEST_MALFORMED`.
 */
export function requireNothingDropped(input: string | Uint8Array): void {
  const paths = droppedMembers(input)
  const [first] = paths
  if (first === undefined) return
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : ''
  throw new VerificationError(
    'MANIFEST_FIELD_DROPPED',
    `the agent drops ${quoted(first)}${more} and signs the rest`,
    {
      paths: paths.slice(0, 100),
    },
  )
}

/** As deep as the model, whatever the document. */
function collect(value: JsonValue, members: Kept, path: string, dropped: string[]): void {
  if (!isObject(value)) return
  const loser = losing(value, members)
  for (const [key, member] of Object.entries(value)) {
    const at = pointer(path, key)
    const inner = Object.hasOwn(members, key) ? members[key] : undefined
    if (inner === undefined || key === loser) dropped.push(at)
    else if (inner !== null && Array.isArray(member)) {
      for (const [index, item] of (member as readonly JsonValue[]).entries()) {
        collect(item, inner, `${at}/${index}`, dropped)
      }
    }
  }
}

/** Of `source` and `sources`, the one that loses: `sources` wins if it is a list. */
function losing(value: Readonly<Record<string, JsonValue>>, members: Kept): 'source' | 'sources' | null {
  if (!('sources' in members) || !Object.hasOwn(value, 'source') || !Object.hasOwn(value, 'sources'))
    return null
  return Array.isArray(value['sources']) ? 'source' : 'sources'
}
