/**
 * Evidence as Google's Confidential Computing API takes it: `SevSnpAttestation` as JSON. Source: its REST reference,
 * version 1.
 *
 *   { "report": base64(report), "auxBlob"?: base64(certificate table) }
 *
 * The mapping of protobuf to JSON takes both alphabets of base64, with and without padding, and leaves out what is
 * empty. Recognised with both members only: a report alone under such a name could be of many. The request around it
 * holds credentials and a challenge, and is not read.
 */
import type { BytesFormat } from './format.js'
import {
  bytesMember,
  memberOf,
  optionalBytes,
  readJson,
  requireKnown,
  requireMembers,
} from './json-fields.js'
import { tsmParts } from './tsm.js'

const what = 'gcp-snp'
const keys: ReadonlySet<string> = new Set(['report', 'auxBlob'])

export const gcpSnp: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) =>
    members !== null && [...keys].every((key) => typeof memberOf(members, key) === 'string'),
  decode: (bytes) => {
    const members = requireMembers(readJson(bytes, what, 1), what)
    requireKnown(members, what, keys)
    return tsmParts(
      bytesMember(members, 'report', what, 'any'),
      optionalBytes(members, 'auxBlob', what, 'any') ?? new Uint8Array(),
    )
  },
}
