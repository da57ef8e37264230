/** Containers that are DER: documents of one reading, and what certificates and requests for them hold. */
import {
  type Cursor,
  type DerLimits,
  assertDer,
  enter,
  expectElement,
  finish,
  openDer,
  rawOf,
  tags,
} from '../asn1/der.js'
import { looksLikePem } from '../encoding/pem.js'
import { isVerificationError } from '../errors/error.js'
import { duplicate, malformed, readOr } from './container.js'
import { maxTableBytes } from './limits.js'
import type { Sniff } from './sniff.js'

/** The largest document, as PEM or DER: CRLs of many entries may be inside. */
export const maxDerBytes: number = 2 * maxTableBytes

/** An entry of a CRL has up to eight elements. */
const limits: DerLimits = { maxBytes: maxDerBytes, maxDepth: 24, maxElements: 50_000 }

/**
 * Reads one element, a SEQUENCE unless the caller says otherwise, that is the whole document, all of it strict DER:
 * certificates that are not AMD's come in every form that BER allows, and are refused in all but one.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`, `EVIDENCE_DUPLICATE`, and what `read` throws of its own.
 */
export function readDer<T>(
  bytes: Uint8Array,
  what: string,
  read: (cursor: Cursor) => T,
  tag: number = tags.sequence,
): T {
  try {
    assertDer(bytes, limits)
    return within(openDer(bytes), tag, 'document', read)
  } catch (error) {
    throw asEvidence(error, what)
  }
}

/** Reads inside the next element, of which nothing may be left. For use within {@link readDer}. */
export function within<T>(cursor: Cursor, tag: number, what: string, read: (cursor: Cursor) => T): T {
  const inner = enter(cursor, tag, what)
  const value = read(inner)
  finish(inner, what)
  return value
}

/** The next element as it is, header included: a view. */
export function rawElement(cursor: Cursor, tag: number, what: string): Uint8Array {
  return rawOf(cursor, expectElement(cursor, tag, what))
}

/** Refusals of the readers that certificates of AMD's share, in the words of containers. */
function asEvidence(error: unknown, what: string): unknown {
  if (!isVerificationError(error) || error.code.startsWith('EVIDENCE_')) return error
  return error.code === 'CERTIFICATE_MALFORMED' && Object.hasOwn(error.details, 'oid')
    ? duplicate(what, 'an extension occurs twice')
    : malformed(what, error.message)
}

/** True if bytes can be DER or PEM and are what `isOne` looks for: it may refuse them, which is a no. */
export function recognisesDer({ bytes, text }: Sniff, isOne: (bytes: Uint8Array) => boolean): boolean {
  if (bytes[0] !== tags.sequence && (text === null || !looksLikePem(text))) return false
  return readOr(false, () => isOne(bytes))
}
