/** Distinguished names as AMD writes them: single-valued RDNs of PrintableString or UTF8String. */
import {
  type Cursor,
  contentOf,
  enter,
  expectElement,
  finish,
  nextElement,
  rawOf,
  tags,
} from '../asn1/der.js'
import { readOid } from '../asn1/values.js'
import { fromUtf8 } from '../encoding/text.js'
import { VerificationError } from '../errors/error.js'

const commonName = '2.5.4.3'
const maxAttributes = 16

export interface Name {
  /** The DER of the whole name; names are compared by it. */
  readonly raw: Uint8Array
  readonly commonName: string
}

/**
 * Reads a Name with exactly one common name.
 *
 * @throws VerificationError `CERTIFICATE_MALFORMED`, `DER_*`.
 */
export function readName(cursor: Cursor, what: string): Name {
  const whole = expectElement(cursor, tags.sequence, what)
  const raw = rawOf(cursor, whole)
  const rdns: Cursor = { bytes: cursor.bytes, at: whole.content, end: whole.end }
  const seen = new Set<string>()
  let common: string | null = null
  while (rdns.at < rdns.end) {
    const rdn = enter(rdns, tags.set, what)
    const attribute = enter(rdn, tags.sequence, what)
    finish(rdn, what)
    const oid = readOid(attribute, what)
    const value = nextElement(attribute)
    finish(attribute, what)
    const text = fromUtf8(contentOf(attribute, value))
    const isText = value.tag === tags.utf8String || value.tag === tags.printableString
    if (text === null || !isText || text.length === 0 || seen.has(oid) || seen.size === maxAttributes) {
      throw new VerificationError('CERTIFICATE_MALFORMED', `${what}: not a name of AMD's profile`, {
        attribute: oid,
      })
    }
    seen.add(oid)
    if (oid === commonName) common = text
  }
  if (common === null) throw new VerificationError('CERTIFICATE_MALFORMED', `${what}: no common name`)
  return { raw, commonName: common }
}
