/**
 * A configfs-tsm report as JSON: `{ outblob, auxblob?, provider?, … }`, blobs in base64 or base64url.
 * Source: Linux configfs-tsm ABI. `outblob` is the report, `auxblob` the certificate table.
 */
import { VerificationError } from '../errors/error.js'
import { readCertTable } from './cert-table.js'
import { type ContainerParts, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'
import { bytesMember, readJson, requireKnown, requireMembers } from './json-fields.js'

/** What Linux and the tools around it write; `manifestblob` is the service manifest of an SVSM. */
export const tsmNames: ReadonlySet<string> = new Set([
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

/** @throws VerificationError `EVIDENCE_PROVIDER`. */
export function requireProvider(provider: unknown, what: string): void {
  // The kernel's file ends with a line end.
  if (typeof provider !== 'string' || provider.trimEnd() !== 'sev_guest') {
    throw new VerificationError('EVIDENCE_PROVIDER', `${what}: provider is not sev_guest`, {
      expected: 'sev_guest',
      actual: typeof provider === 'string' ? provider.slice(0, 64) : null,
    })
  }
}

/** The report and what the table beside it holds, if there is one: hosts need not fill it. */
export function tsmParts(report: Uint8Array, table: Uint8Array): ContainerParts {
  return table.length === 0 ? reportAlone(report) : { report, ...readCertTable(table) }
}

const what = 'tsm'

export const tsm: BytesFormat = {
  name: 'tsm',
  takes: 'bytes',
  recognises: ({ members }) => members !== null && Object.hasOwn(members, 'outblob'),
  decode: (bytes) => {
    const members = requireMembers(readJson(bytes, what, 4), what)
    requireKnown(members, what, tsmNames)
    if (Object.hasOwn(members, 'provider')) requireProvider(members['provider'], what)
    const table = Object.hasOwn(members, 'auxblob')
      ? bytesMember(members, 'auxblob', what, 'any')
      : new Uint8Array()
    return tsmParts(bytesMember(members, 'outblob', what, 'any'), table)
  },
}
