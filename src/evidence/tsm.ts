/**
 * A configfs-tsm report as JSON: `{ outblob, auxblob?, provider?, … }`, blobs in base64 or base64url.
 * Source: Linux configfs-tsm ABI. `outblob` is the report, `auxblob` the certificate table.
 */
import { fromBase64 } from '../encoding/base64.js'
import { parseStrictJson } from '../encoding/json.js'
import { isAsciiText } from '../encoding/text.js'
import { type JsonValue, VerificationError } from '../errors/error.js'
import { type ContainerFormat, malformed, maxBytesOf } from './container.js'
import { readCertTable } from './cert-table.js'

/** What Linux and the tools around it write; `manifestblob` is the service manifest of an SVSM. */
const knownKeys: ReadonlySet<string> = new Set([
  'outblob',
  'auxblob',
  'provider',
  'generation',
  'privlevel',
  'privlevel_floor',
  'manifestblob',
  'service_provider',
  'service_guid',
  'service_manifest_version',
])

const maxBytes = maxBytesOf.tsm

export const tsm: ContainerFormat = {
  name: 'tsm',
  recognises: (bytes) =>
    bytes.length <= maxBytes && startsLikeObject(bytes) && membersOf(bytes, false)?.['outblob'] !== undefined,
  decode: (bytes) => {
    const members = membersOf(bytes, true) ?? {}
    for (const key of Object.keys(members)) {
      if (!knownKeys.has(key)) throw malformed('tsm', `unknown key ${JSON.stringify(key.slice(0, 64))}`)
    }
    const { outblob, auxblob, provider } = members
    if (provider !== undefined && (typeof provider !== 'string' || provider.trimEnd() !== 'sev_guest')) {
      throw new VerificationError('EVIDENCE_PROVIDER', 'tsm: provider is not sev_guest', {
        expected: 'sev_guest',
        actual: typeof provider === 'string' ? provider.slice(0, 64) : null,
      })
    }
    const table = auxblob === undefined ? new Uint8Array() : blobOf(auxblob, 'auxblob')
    return {
      report: blobOf(outblob, 'outblob'),
      ...(table.length === 0 ? { leaves: [], authorities: [], crls: [] } : readCertTable(table)),
    }
  },
}

const startsLikeObject = (bytes: Uint8Array): boolean => {
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)
  return first === 0x7b
}

function membersOf(bytes: Uint8Array, strict: boolean): Readonly<Record<string, JsonValue>> | null {
  if (!strict && !isAsciiText(bytes)) return null
  try {
    const value = parseStrictJson(bytes, {
      code: 'EVIDENCE_MALFORMED',
      what: 'tsm',
      maxLength: maxBytes,
      maxDepth: 4,
    })
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, JsonValue>>
  } catch (error) {
    if (strict || !(error instanceof VerificationError)) throw error
    return null
  }
  if (strict) throw malformed('tsm', 'not a JSON object')
  return null
}

function blobOf(value: JsonValue | undefined, name: string): Uint8Array {
  const bytes = typeof value === 'string' ? fromBase64(value, 'optional') : null
  if (bytes === null) throw malformed('tsm', `${name} is not base64`)
  return bytes
}
