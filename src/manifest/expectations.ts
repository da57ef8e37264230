/**
 * What a participant expects of a manifest: who it is, who may receive, what may be reached. The rules M2, M8, M10,
 * M11 and M16 compare with it. It is the participant's own file, never the manifest's word.
 */
import { isBytes } from '../encoding/bytes.js'
import { parseStrictJson } from '../encoding/json.js'
import { VerificationError } from '../errors/error.js'
import { maxFreeText } from './agent-document.js'
import { capabilities, maxDid, maxItems, maxName } from './attested-document.js'
import type { ManifestSchema } from './model.js'
import { manifestSchemas } from './parse.js'
import { type Shape, deepFreeze, dictionary, list, oneOf, readShape, record, text } from './shape.js'

/** Expectations of manifests of `attested/manifest@1`. Every member is required. */
export interface AttestedExpectations {
  /** My name among the participants, and my DID. */
  readonly self: string
  readonly selfDid: string
  /** Participants that may receive outputs. */
  readonly receivers: readonly string[]
  /**
   * For each data item of mine, the participants that it, or anything derived from it, may come to. One that is not
   * listed may come to nobody, and I am not implied.
   */
  readonly receiversOf: Readonly<Record<string, readonly string[]>>
  /** Capabilities that components may have although rule M10 denies them. */
  readonly capabilities: readonly string[]
}

/** Expectations of manifests of `2cvm-agent/1`. `capabilities` are names of imports, see rule M10. */
export interface AgentExpectations extends AttestedExpectations {
  readonly transferRequestIdIMEC: string
  readonly transferRequestIdFabless: string
}

declare const expectationsBrand: unique symbol

/** Expectations that were read; deeply frozen. Made by {@link parseExpectations} alone. */
export type Expectations = (
  | { readonly schema: 'attested/manifest@1'; readonly document: AttestedExpectations }
  | { readonly schema: '2cvm-agent/1'; readonly document: AgentExpectations }
) & { readonly [expectationsBrand]: true }

const made = new WeakSet()

/** @throws TypeError for what {@link parseExpectations} did not make. */
export function requireExpectations(expectations: Expectations): Expectations {
  if (typeof expectations !== 'object' || !made.has(expectations)) {
    throw new TypeError('expectations must come from parseExpectations')
  }
  return expectations
}

const name = text(maxName)
const names = list(name, maxItems)
const common = {
  self: name,
  selfDid: text(maxDid),
  receivers: names,
  receiversOf: dictionary(names, maxItems, maxName),
}
const attested: Shape<AttestedExpectations> = record<AttestedExpectations>({
  ...common,
  capabilities: list(oneOf(capabilities), capabilities.length),
})
const agent: Shape<AgentExpectations> = record<AgentExpectations>({
  ...common,
  capabilities: list(text(256), maxItems),
  transferRequestIdIMEC: text(maxFreeText),
  transferRequestIdFabless: text(maxFreeText),
})

/**
 * Reads a file of expectations.
 *
 * @param input - JSON as text or UTF-8 bytes, at most 1 MiB; an object would hide duplicate keys.
 * @param schema - The schema of the manifests that it is for.
 * @throws VerificationError `MANIFEST_EXPECTATIONS_MALFORMED`, with the path of the first problem in `details`.
 * @throws TypeError for wrong arguments.
 */
export function parseExpectations(input: string | Uint8Array, schema: ManifestSchema): Expectations {
  if (typeof input !== 'string' && !isBytes(input)) {
    throw new TypeError('expectations must be JSON text or bytes')
  }
  if (!manifestSchemas.includes(schema)) {
    throw new TypeError(`schema must be ${manifestSchemas.join(' or ')}`)
  }
  const code = 'MANIFEST_EXPECTATIONS_MALFORMED'
  const what = 'file of expectations'
  const json = parseStrictJson(input, { code, what, maxLength: 1024 * 1024, maxDepth: 8 })
  const { value, problems } = readShape<AgentExpectations | AttestedExpectations>(
    schema === '2cvm-agent/1' ? agent : attested,
    json,
  )
  const [first] = problems
  if (first !== undefined) {
    const { path, message } = first
    throw new VerificationError(code, `${what}, ${path === '' ? 'document' : path}: ${message}`, {
      path,
      problem: message,
    })
  }
  // The schema chose the shape that made the document.
  const expectations = deepFreeze({ schema, document: value }) as Expectations
  made.add(expectations)
  return expectations
}
