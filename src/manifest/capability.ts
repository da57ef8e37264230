/** Which imports let a component reach files or the network, and so take data past every declared way. */
import type { ManifestSchema } from './model.js'

/** What an import on the deny list opens. */
export type Reach = 'files' | 'network'

const ofCapability: ReadonlyMap<string, Reach> = new Map([
  ['filesystem', 'files'],
  ['network', 'network'],
  ['http', 'network'],
])

/**
 * The deny list of rule M10; `null` for what is harmless.
 *
 * An import of the agent's is matched by its start, in any case and after white space: what is no valid name (rule M9)
 * must not pass as harmless besides. `wasi:http` has two interfaces that send nothing by themselves; all others are
 * denied, so also those of later versions under new names. Key-value and blob stores and message queues stand outside
 * the machine.
 *
 * Not on the list: `wasi:cli/stdout` and the like. What they print goes to the host, but not to a participant.
 */
export function reachOf(schema: ManifestSchema, name: string): Reach | null {
  if (schema === 'attested/manifest@1') return ofCapability.get(name) ?? null
  const plain = name.trim().toLowerCase()
  if (plain.startsWith('wasi:filesystem')) return 'files'
  if (/^wasi:(?:sockets|keyvalue|blobstore|messaging)/.test(plain)) return 'network'
  if (plain.startsWith('wasi:http')) {
    return /^wasi:http\/(?:types|incoming-handler)(?:@|$)/.test(plain) ? null : 'network'
  }
  return null
}

/**
 * True if the expectations allow an import that is on the deny list: by its whole name (`wasi:http/outgoing-handler@0.2.0`),
 * without the version, by its package (`wasi:http`, `wasi:http/*`), or by the name of the capability.
 */
export function isAllowed(schema: ManifestSchema, name: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has(name)) return true
  if (schema === 'attested/manifest@1') return false
  const [unversioned = ''] = name.split('@', 1)
  const [owner = ''] = unversioned.split('/', 1)
  return [unversioned, owner, `${owner}/*`].some((form) => allowed.has(form))
}
