/**
 * What a caller hands in, copied before the first wait: the caller may change its objects while we do. Nothing of it
 * is read here.
 */
import { copyBytes, isBytes, lengthOf, requireBytes } from '../encoding/bytes.js'
import { requireKnownMembers } from '../encoding/members.js'
import { timeOf } from '../encoding/time.js'
import { maxCertificateBytes } from '../x509/certificate.js'
import { maxCrlBytes } from '../x509/crl.js'
import { maxCertificates, maxCrls, maxFiles, requireLength, requireSize, tooMany } from './limits.js'

/** A directory: its files by name. */
export type Files = ReadonlyMap<string, Uint8Array>

/** A CRL from the caller. */
export interface CrlInput {
  /** DER or PEM. */
  readonly crl: Uint8Array
  /** When the caller fetched it; without it the CRL counts like one that came with the evidence. */
  readonly fetchedAt?: Date
  /** For which kind of key AMD published it: the caller knows the URL, the CRL does not say. */
  readonly scope?: 'vcek' | 'vlek'
}

/** What the caller adds to a container that does not hold it. */
export interface EvidenceExtras {
  /**
   * The VCEK or VLEK certificate, DER or PEM, of which certificates over it may follow the key; or the JSON in which Azure
   * hands out a VCEK with its chain (THIM). The others are compared with the pinned ones.
   */
  readonly endorsementKey?: Uint8Array
  /** Other certificates, DER or PEM: compared with the pinned ones, never trusted. */
  readonly certificates?: readonly Uint8Array[]
  readonly crls?: readonly CrlInput[]
}

/** A CRL as evidence holds it. */
export interface EvidenceCrl {
  readonly der: Uint8Array
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number | null
  readonly scope: 'vcek' | 'vlek' | null
}

/** The caller's additions, copied: DER or PEM still. */
export interface CopiedExtras {
  readonly leaf: Uint8Array | null
  readonly authorities: readonly Uint8Array[]
  readonly crls: readonly EvidenceCrl[]
}

/**
 * Bytes or a directory, copied.
 *
 * @throws VerificationError `EVIDENCE_SIZE`.
 * @throws TypeError for anything else.
 */
export function copyInput(input: unknown, max: number): Uint8Array | Files {
  if (!isBytes(input)) return copyFiles(input, max)
  requireSize(input, max, 'evidence')
  return copyBytes(input)
}

const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size')

/** Through the intrinsic members: a subclass could answer differently each time it is asked. */
function copyFiles(input: unknown, max: number): Files {
  let size: unknown
  try {
    size = mapSize?.get?.call(input)
  } catch {
    throw new TypeError('evidence must be a Uint8Array, or a Map of file names to Uint8Array')
  }
  if (Number(size) > maxFiles) throw tooMany('files', maxFiles)
  const files = new Map<string, Uint8Array>()
  let total = 0
  Map.prototype.forEach.call(input, (bytes: unknown, name: unknown) => {
    if (typeof name !== 'string') throw new TypeError('a file name must be a string')
    const content = requireBytes(bytes, 'the content of a file')
    total += lengthOf(content)
    requireLength(total, max, 'evidence')
    files.set(name, copyBytes(content))
  })
  return files
}

/**
 * The caller's additions, copied.
 *
 * @throws VerificationError `EVIDENCE_SIZE`.
 * @throws TypeError for what is of the wrong kind.
 */
export function copyExtras(extras: EvidenceExtras): CopiedExtras {
  requireKnownMembers(extras, ['endorsementKey', 'certificates', 'crls'], 'what is added to evidence')
  const { endorsementKey, certificates = [], crls = [] } = extras
  if (![certificates, crls].every((list) => Array.isArray(list)))
    throw new TypeError('certificates and crls must be arrays')
  if (certificates.length > maxCertificates) throw tooMany('certificates', maxCertificates)
  if (crls.length > maxCrls) throw tooMany('CRLs', maxCrls)
  return {
    leaf:
      endorsementKey === undefined
        ? null
        : copyOf(endorsementKey, 'endorsementKey', maxCertificateBytes, 'endorsement key'),
    authorities: certificates.map((bytes) =>
      copyOf(bytes, 'certificate', 4 * maxCertificateBytes, 'certificate'),
    ),
    crls: crls.map((item) => {
      requireKnownMembers(item, ['crl', 'fetchedAt', 'scope'], 'a CRL')
      const { crl, fetchedAt, scope } = item
      const fetched = fetchedAt === undefined ? null : timeOf(fetchedAt)
      if (fetchedAt !== undefined && fetched === null) throw new TypeError('fetchedAt must be a valid Date')
      if (scope !== undefined && !['vcek', 'vlek'].includes(scope))
        throw new TypeError('scope must be vcek or vlek')
      return { der: copyOf(crl, 'crl', maxCrlBytes, 'CRL'), fetchedAt: fetched, scope: scope ?? null }
    }),
  }
}

function copyOf(value: unknown, name: string, max: number, what: string): Uint8Array {
  const bytes = requireBytes(value, name)
  requireSize(bytes, max, what)
  return copyBytes(bytes)
}
