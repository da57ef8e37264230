/** From text or bytes to a manifest, or to what is wrong with it. */
import { sha256Hex } from '../crypto/digests.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import { copyBytes, isBytes } from '../encoding/bytes.js'
import { parseStrictJson } from '../encoding/json.js'
import { toUtf8 } from '../encoding/text.js'
import { VerificationError } from '../errors/error.js'
import { printableLine } from '../errors/printable.js'
import { type AgentManifestDocument, agentShape, agentText } from './agent-document.js'
import { attestedShape } from './attested-document.js'
import type { Finding } from './finding.js'
import { type Manifest, type ManifestBytes, makeManifest } from './manifest.js'
import type { ManifestSchema } from './model.js'
import { type Problem, readShape } from './shape.js'

export interface ManifestOptions {
  readonly schema: ManifestSchema
  readonly bytes: ManifestBytes
  /**
   * Only for raw bytes of `2cvm-agent/1`: they must be those that the agent writes for this document, so that
   * nothing it would write differently, or drop, is in them.
   */
  readonly requireExact?: boolean
}

/** A manifest, or every place where the document does not follow its schema (rule M1). */
export type ManifestReading =
  | { readonly manifest: Manifest; readonly findings: readonly [] }
  | {
      readonly manifest: null
      readonly schema: ManifestSchema
      /** SHA-256 of the bytes that would be committed to, hex. */
      readonly digest: string
      readonly findings: readonly Finding<'M1'>[]
    }

/** The schemas that {@link parseManifest} reads. */
export const manifestSchemas: readonly ManifestSchema[] = Object.freeze([
  'attested/manifest@1',
  '2cvm-agent/1',
] as const)

const maxBytes = 1024 * 1024
const maxDepth = 32
/** A document with more problems is of another kind, and nobody reads on. */
const maxProblems = 100

/**
 * Reads a manifest. Nothing in it is trusted afterwards: a binding ties it to evidence, the rules judge its sense.
 *
 * @param input - JSON as text or UTF-8 bytes, at most 1 MiB and nested at most 32 deep; copied. An object would hide
 *   duplicate keys.
 * @throws VerificationError `MANIFEST_MALFORMED` (no strict JSON, too large, too deep), `MANIFEST_SCHEMA` (with the
 *   path of the first problem), `MANIFEST_NOT_CANONICAL` (not the agent's own bytes, where they are required).
 * @throws TypeError for wrong arguments.
 */
export function parseManifest(input: string | Uint8Array, options: ManifestOptions): Manifest {
  const { manifest, findings } = readManifest(input, options)
  if (manifest !== null) return manifest
  const [first] = findings
  const { path, message } = first ?? { path: '', message: 'does not follow its schema' }
  throw new VerificationError('MANIFEST_SCHEMA', `manifest ${path === '' ? 'document' : path}: ${message}`, {
    path,
    problem: message,
    problems: findings.length,
  })
}

/**
 * Reads a manifest as {@link parseManifest} does, but reports what breaks the schema as findings of rule M1.
 *
 * @throws VerificationError `MANIFEST_MALFORMED`, `MANIFEST_NOT_CANONICAL`.
 * @throws TypeError for wrong arguments.
 */
export function readManifest(input: string | Uint8Array, options: ManifestOptions): ManifestReading {
  if (typeof input !== 'string' && !isBytes(input)) throw new TypeError('manifest must be JSON text or bytes')
  const { schema, mode, exact } = requireOptions(options)
  const own = typeof input === 'string' ? input : copyBytes(input)
  const json = parseStrictJson(own, {
    code: 'MANIFEST_MALFORMED',
    what: 'manifest',
    maxLength: maxBytes,
    maxDepth,
  })
  const given = typeof own === 'string' ? toUtf8(own) : own
  // Text is counted in UTF-16 units above; the limit is one of bytes.
  if (given.length > maxBytes) {
    throw new VerificationError('MANIFEST_MALFORMED', `manifest is longer than ${maxBytes} bytes`, {
      problem: `longer than ${maxBytes} bytes`,
    })
  }
  const bytes = mode === 'raw' ? given : toUtf8(canonicalJson(json))
  const { read, problems } =
    schema === '2cvm-agent/1'
      ? asDocument(schema, readShape(agentShape, json))
      : asDocument(schema, readShape(attestedShape, json))
  if (read === null)
    return { manifest: null, schema, digest: sha256Hex(bytes), findings: asFindings(problems) }
  if (exact && read.schema === '2cvm-agent/1') requireAgentBytes(read.document, bytes)
  return { manifest: makeManifest(read, bytes, mode), findings: [] }
}

function asDocument<S extends ManifestSchema, D>(
  schema: S,
  { value, problems }: { readonly value: D | undefined; readonly problems: readonly Problem[] },
): {
  readonly read: { readonly schema: S; readonly document: D } | null
  readonly problems: readonly Problem[]
} {
  return { read: value === undefined ? null : { schema, document: value }, problems }
}

const asFindings = (problems: readonly Problem[]): readonly Finding<'M1'>[] =>
  problems.slice(0, maxProblems).map(({ path, message }) => ({
    rule: 'M1',
    severity: 'error',
    path: printableLine(path),
    message: printableLine(message),
  }))

/** Values are read once: a getter may give another one next time. */
function requireOptions(options: ManifestOptions): {
  readonly schema: ManifestSchema
  readonly mode: ManifestBytes
  readonly exact: boolean
} {
  const { schema, requireExact: exact = false } = options
  const mode: string = options.bytes
  if (!manifestSchemas.includes(schema)) {
    throw new TypeError(`schema must be ${manifestSchemas.join(' or ')}`)
  }
  if (mode !== 'canonical' && mode !== 'raw') throw new TypeError('bytes must be canonical or raw')
  if (typeof exact !== 'boolean') throw new TypeError('requireExact must be a boolean')
  if (exact && (schema !== '2cvm-agent/1' || mode !== 'raw')) {
    throw new TypeError('requireExact is for raw bytes of 2cvm-agent/1')
  }
  return { schema, mode, exact }
}

function requireAgentBytes(document: AgentManifestDocument, bytes: Uint8Array): void {
  const expected = toUtf8(agentText(document))
  const at = expected.findIndex((byte, i) => byte !== bytes[i])
  if (at < 0 && expected.length === bytes.length) return
  const offset = at < 0 ? expected.length : at
  throw new VerificationError(
    'MANIFEST_NOT_CANONICAL',
    `manifest is not written as the agent writes it: byte ${offset} differs`,
    { offset },
  )
}
