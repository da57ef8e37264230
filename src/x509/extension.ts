/** Extensions of certificates and CRLs, as raw values. */
import { type Cursor, enter, peekTag, finish, tags } from '../asn1/der.js'
import { readBoolean, readOctetString, readOid } from '../asn1/values.js'
import { VerificationError } from '../errors/error.js'

export interface Extension {
  readonly oid: string
  readonly critical: boolean
  /** The content of extnValue, as it is. */
  readonly value: Uint8Array
}

const maxExtensions = 32

/**
 * Reads `SEQUENCE OF Extension` to its end. Duplicates are refused: two readers could take different ones.
 *
 * @throws VerificationError `CERTIFICATE_MALFORMED` (duplicate, empty list), `DER_*`.
 */
export function readExtensions(cursor: Cursor, what: string): ReadonlyMap<string, Extension> {
  const list = enter(cursor, tags.sequence, `${what} extensions`)
  const extensions = new Map<string, Extension>()
  while (list.at < list.end) {
    const item = enter(list, tags.sequence, `${what} extension`)
    const oid = readOid(item, `${what} extension`)
    let critical = false
    if (peekTag(item) === tags.boolean) {
      critical = readBoolean(item, `${what} extension`)
      // DER leaves a default out.
      if (!critical)
        throw new VerificationError('DER_NOT_CANONICAL', `${what}: a default written out`, { oid })
    }
    const value = readOctetString(item, `${what} extension`)
    finish(item, `${what} extension`)
    if (extensions.has(oid)) {
      throw new VerificationError('CERTIFICATE_MALFORMED', `${what}: extension ${oid} occurs twice`, { oid })
    }
    if (extensions.size === maxExtensions) {
      throw new VerificationError('DER_LIMIT', `${what}: more than ${String(maxExtensions)} extensions`)
    }
    extensions.set(oid, { oid, critical, value })
  }
  if (extensions.size === 0) throw new VerificationError('CERTIFICATE_MALFORMED', `${what}: no extensions`)
  return extensions
}
