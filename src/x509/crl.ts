/**
 * Certificate revocation lists of the one profile that AMD issues (RFC 5280 §5), read strictly.
 *
 * Structure only: nothing in the result is verified. Accepted: version 2, the pinned signature algorithm,
 * nextUpdate present, CRLNumber present. Non-critical extensions that we do not know are ignored, critical
 * ones refused: with them delta CRLs, indirect CRLs and partitioned ones.
 *
 * Not checked here: signature, dates, whose CRL it is.
 */
import {
  type Cursor,
  contextTag,
  enter,
  expectElement,
  finish,
  inside,
  nextElement,
  openDer,
  peekTag,
  rawOf,
  tags,
} from '../asn1/der.js'
import { readBitString, readIntegerBytes, readSmallInteger, readTime } from '../asn1/values.js'
import { bigEndianInteger, copyBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError, isVerificationError } from '../errors/error.js'
import { readAlgorithm, requireAlgorithm } from './algorithm.js'
import { type Extension, readExtensions } from './extension.js'
import { type Name, readName } from './name.js'

/** The largest CRL that is read at all. AMD's are below 1 kB. */
export const maxCrlBytes: number = 1024 * 1024
const maxEntries = 20_000

const crlNumberOid = '2.5.29.20'
const authorityKeyOid = '2.5.29.35'

export interface Crl {
  readonly der: Uint8Array
  readonly tbs: Uint8Array
  readonly issuer: Name
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number
  readonly nextUpdate: number
  readonly number: bigint
  /** Revoked serial numbers, as hex of their INTEGER content, with the revocation date. */
  readonly revoked: ReadonlyMap<string, number>
  readonly signature: Uint8Array
}

/**
 * Parses a CRL of AMD's profile. Structure only: nothing in the result is authenticated.
 *
 * @param input - DER, copied.
 * @throws VerificationError `DER_*`, `REVOCATION_MALFORMED`, `REVOCATION_UNSUPPORTED`.
 */
export function parseCrl(input: Uint8Array): Crl {
  try {
    return readCrl(input)
  } catch (error) {
    // Names, extensions and algorithms have readers that certificates share.
    if (isVerificationError(error) && error.stage === 'CERTIFICATE') {
      throw new VerificationError('REVOCATION_MALFORMED', error.message, error.details)
    }
    throw error
  }
}

/**
 * The DER of a CRL's issuer name, to leave aside CRLs that are about other authorities.
 *
 * @throws VerificationError `DER_*`: then nobody can say whose it is.
 */
export function issuerOfCrl(der: Uint8Array): Uint8Array {
  requireSize(der)
  const tbs = enter(enter(openDer(der), tags.sequence, 'CRL'), tags.sequence, 'TBSCertList')
  if (peekTag(tbs) === tags.integer) nextElement(tbs)
  expectElement(tbs, tags.sequence, 'signature')
  return rawOf(tbs, expectElement(tbs, tags.sequence, 'CRL issuer'))
}

function requireSize(input: Uint8Array): void {
  if (input.length > maxCrlBytes) {
    throw new VerificationError('DER_LIMIT', `a CRL of more than ${String(maxCrlBytes)} bytes`, {
      bytes: input.length,
    })
  }
}

function readCrl(input: Uint8Array): Crl {
  requireSize(input)
  const der = copyBytes(input)
  const document = openDer(der)
  const list = enter(document, tags.sequence, 'CRL')
  finish(document, 'CRL')
  const tbsElement = expectElement(list, tags.sequence, 'TBSCertList')
  const tbs = { bytes: der, at: tbsElement.content, end: tbsElement.end }

  if (readSmallInteger(tbs, 'CRL version') !== 1) throw malformed('not a version 2 CRL')
  const inner = readAlgorithm(tbs, 'signature')
  const issuer = readName(tbs, 'CRL issuer')
  const thisUpdate = readTime(tbs, 'thisUpdate')
  const next = peekTag(tbs)
  if (next !== tags.utcTime && next !== tags.generalizedTime) throw malformed('no nextUpdate')
  const nextUpdate = readTime(tbs, 'nextUpdate')
  const revoked = peekTag(tbs) === tags.sequence ? readEntries(tbs) : new Map<string, number>()
  const wrapper = enter(tbs, contextTag(0), 'CRL extensions')
  const extensions = readExtensions(wrapper, 'CRL')
  finish(wrapper, 'CRL extensions')
  finish(tbs, 'TBSCertList')

  const outer = readAlgorithm(list, 'signatureAlgorithm')
  const signature = readBitString(list, 'signature')
  finish(list, 'CRL')
  requireAlgorithm(inner, outer, 'CRL')
  refuseCritical(extensions, new Set([crlNumberOid, authorityKeyOid]))
  if (signature.length !== 512) throw malformed('a signature that is not 512 bytes')
  return {
    der,
    tbs: rawOf(list, tbsElement),
    issuer,
    thisUpdate,
    nextUpdate,
    number: crlNumber(extensions),
    revoked,
    signature,
  }
}

/** The list of revoked certificates, which is the next element. */
function readEntries(tbs: Cursor): ReadonlyMap<string, number> {
  const entries = inside(tbs, nextElement(tbs))
  const revoked = new Map<string, number>()
  while (entries.at < entries.end) {
    const entry = enter(entries, tags.sequence, 'CRL entry')
    const serial = toHex(readIntegerBytes(entry, 'revoked serial number', 20))
    const date = readTime(entry, 'revocation date')
    // An entry counts whatever its reason; an extension that would give it to another issuer is critical.
    if (entry.at < entry.end) refuseCritical(readExtensions(entry, 'CRL entry'), new Set())
    finish(entry, 'CRL entry')
    if (revoked.has(serial)) throw malformed('a serial number is listed twice')
    if (revoked.size === maxEntries) throw new VerificationError('DER_LIMIT', 'too many CRL entries')
    revoked.set(serial, date)
  }
  // RFC 5280 §5.1.2.6: the list is absent when there is nothing to revoke.
  if (revoked.size === 0) throw malformed('an empty list of revoked certificates')
  return revoked
}

function refuseCritical(extensions: ReadonlyMap<string, Extension>, known: ReadonlySet<string>): void {
  for (const { oid, critical } of extensions.values()) {
    if (critical && !known.has(oid)) {
      throw new VerificationError('REVOCATION_UNSUPPORTED', `CRL: critical extension ${oid} is not known`, {
        oid,
      })
    }
  }
}

function crlNumber(extensions: ReadonlyMap<string, Extension>): bigint {
  const extension = extensions.get(crlNumberOid)
  if (extension === undefined) throw malformed('no CRL number')
  const cursor = openDer(extension.value)
  const content = readIntegerBytes(cursor, 'CRL number', 20)
  finish(cursor, 'CRL number')
  if ((content[0] ?? 0) >= 0x80) throw malformed('a negative CRL number')
  return bigEndianInteger(content)
}

const malformed = (problem: string): VerificationError =>
  new VerificationError('REVOCATION_MALFORMED', `CRL: ${problem}`, { problem })
