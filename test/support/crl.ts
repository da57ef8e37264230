// Certificate revocation lists in the shape of AMD's: version 2, authority key identifier and CRL number.
import { explicit, integer, sequence, time } from './der.js'
import {
  X509_OIDS,
  authorityKeyIdentifier,
  extensionDer,
  innerAlgorithm,
  isRaw,
  serialDer,
  signed,
} from './certificates.js'
import type { Authority, Extension, Extensions, Signed, SignedOptions } from './certificates.js'
import { nameDer } from './names.js'
import type { Name } from './names.js'
import { signPss } from './pss.js'

export interface CrlEntry {
  readonly serial: bigint | number | Uint8Array
  readonly date?: Date | Uint8Array
  readonly extensions?: Extensions
}

export interface CrlOptions extends SignedOptions {
  /** Gives the issuer name, the key identifier and the signing key. */
  readonly authority: Authority
  /** Human version number (default 2), a raw element, or null for none (a version 1 list). */
  readonly version?: number | Uint8Array | null
  readonly issuer?: Name | Uint8Array
  /** Default 7; null leaves the extension out. */
  readonly number?: bigint | number | null
  readonly thisUpdate?: Date | Uint8Array
  /** null leaves it out, which RFC 5280 forbids. */
  readonly nextUpdate?: Date | Uint8Array | null
  readonly entries?: readonly CrlEntry[]
  /** Raw element in place of the list of entries. */
  readonly rawEntries?: Uint8Array
  readonly edit?: (extensions: Extensions) => Extensions
}

export const LAB_CRL_NUMBER = 7
export const LAB_CRL_THIS_UPDATE: Date = new Date('2026-05-20T00:00:00Z')
export const LAB_CRL_NEXT_UPDATE: Date = new Date('2026-07-01T00:00:00Z')

const timeDer = (value: Date | Uint8Array): Uint8Array => (isRaw(value) ? value : time(value))

function entryDer({
  serial,
  date = new Date('2026-05-01T12:00:00Z'),
  extensions = [],
}: CrlEntry): Uint8Array {
  const extra = extensions.length === 0 ? [] : [sequence(...extensions.map(extensionDer))]
  return sequence(serialDer(serial), timeDer(date), ...extra)
}

export function crlNumber(value: bigint | number): Extension {
  return { oid: X509_OIDS.crlNumber, value: integer(value) }
}

export function makeCrl(options: CrlOptions): Signed {
  const {
    authority,
    version = 2,
    issuer = authority.name,
    number = LAB_CRL_NUMBER,
    entries = [],
    edit = (list) => list,
    thisUpdate = LAB_CRL_THIS_UPDATE,
    nextUpdate = LAB_CRL_NEXT_UPDATE,
  } = options
  const extensions = edit([
    authorityKeyIdentifier(authority.key.keyId),
    ...(number === null ? [] : [crlNumber(number)]),
  ])
  // AMD leaves the list of entries out when nothing is revoked, as RFC 5280 demands.
  const list = options.rawEntries ?? (entries.length === 0 ? null : sequence(...entries.map(entryDer)))
  const elements = [
    ...(version === null ? [] : [isRaw(version) ? version : integer(version - 1)]),
    innerAlgorithm(options),
    isRaw(issuer) ? issuer : nameDer(issuer),
    timeDer(thisUpdate),
    ...(nextUpdate === null ? [] : [timeDer(nextUpdate)]),
    ...(list === null ? [] : [list]),
    ...(extensions.length === 0 ? [] : [explicit(0, sequence(...extensions.map(extensionDer)))]),
  ]
  return signed(elements, { sign: (tbs) => signPss(tbs, authority.key), ...options })
}
