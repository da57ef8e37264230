/** What the commands on manifests read: a file, its schema, and which of its bytes count. */
import { parseStrictJson } from '../encoding/json.js'
import { isVerificationError } from '../errors/index.js'
import {
  type Manifest,
  type ManifestBytes,
  type ManifestSchema,
  manifestSchemas,
  parseManifest,
  requireNothingDropped,
} from '../manifest/index.js'
import { isObject } from '../manifest/shape.js'
import type { Context } from './context.js'
import { maxInputBytes } from './files.js'
import type { Options } from './options.js'
import { note } from './output.js'
import { UsageError } from './usage-error.js'

/** `--schema`, or `null`. */
export function readSchema(options: Options): ManifestSchema | null {
  const name = options.optional('schema')
  if (name === null) return null
  const schema = manifestSchemas.find((known) => known === name)
  if (schema === undefined) throw new UsageError(`--schema must be one of ${manifestSchemas.join(', ')}`)
  return schema
}

/**
 * The schema that was asked for, else the one that the document names. A document that names none is never guessed at:
 * the same text may be something else in another schema.
 *
 * @throws VerificationError `MANIFEST_MALFORMED`
 */
export function schemaOf(bytes: Uint8Array, asked: ManifestSchema | null, what: string): ManifestSchema {
  if (asked !== null) return asked
  const json = parseStrictJson(bytes, {
    code: 'MANIFEST_MALFORMED',
    what,
    maxLength: maxInputBytes,
    maxDepth: 32,
  })
  const named = isObject(json) && Object.hasOwn(json, 'schema') ? json['schema'] : null
  if (named === 'attested/manifest@1') return named
  const says =
    typeof named === 'string'
      ? `says schema ${JSON.stringify(named.slice(0, 64))}, which is not taken from a document`
      : 'does not say its schema'
  throw new UsageError(`${what} ${says}: --schema must be given, one of ${manifestSchemas.join(', ')}`)
}

/** The bytes that systems commit to: the agent signs what it wrote, our own schema is hashed in its canonical form. */
export function bytesOf(schema: ManifestSchema): ManifestBytes {
  return schema === '2cvm-agent/1' ? 'raw' : 'canonical'
}

/** Which bytes a digest is of, in words. */
export function bytesText(mode: ManifestBytes): string {
  return mode === 'raw' ? 'the file as it is' : 'the canonical form (RFC 8785)'
}

/** Reads a manifest that follows its schema. @throws VerificationError `MANIFEST_MALFORMED`, `MANIFEST_SCHEMA` */
export function readManifestFile(
  bytes: Uint8Array,
  asked: ManifestSchema | null,
  what = 'manifest',
  isRaw = false,
): Manifest {
  const schema = schemaOf(bytes, asked, what)
  return parseManifest(bytes, { schema, bytes: isRaw ? 'raw' : bytesOf(schema) })
}

/**
 * Says so if a file of the agent's schema is not what the agent would write: members that it drops, or other bytes for
 * the same document. The digest of the file is then nobody's.
 */
export function noteForm(context: Context, bytes: Uint8Array, schema: ManifestSchema): void {
  if (schema !== '2cvm-agent/1') return
  try {
    requireNothingDropped(bytes)
    parseManifest(bytes, { schema, bytes: 'raw', requireExact: true })
  } catch (error) {
    if (!isVerificationError(error)) throw error
    // What else breaks the schema is told by its findings.
    if (error.code !== 'MANIFEST_SCHEMA') note(context, `${error.code}: ${error.message}`)
  }
}
