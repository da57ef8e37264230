/** Certificates and CRLs as `inspect` shows them: what they say, read by our strict readers where those do. */
import { contextTag, enter, expectElement, openDer, peekTag, tags } from '../asn1/der.js'
import { sha256Hex } from '../crypto/digests.js'
import { toHex } from '../encoding/hex.js'
import { type EndorsementKey, parseEndorsementKey } from '../endorsement/endorsement-key.js'
import { type ErrorCode, type VerificationError, isVerificationError } from '../errors/index.js'
import type { ProductLine } from '../product/line.js'
import { type TcbJson, tcbToJson } from '../product/tcb.js'
import { type Certificate, parseCertificate } from '../x509/certificate.js'
import { parseCrl } from '../x509/crl.js'

/** A code and its message. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

export type CertificateRole = 'vcek' | 'vlek' | 'ask' | 'asvk' | 'ark' | 'other'

/** What a certificate says. Every key is there, `null` where the certificate does not say it. */
export interface CertificateJson {
  readonly kind: 'certificate'
  /** By its name alone. */
  readonly role: CertificateRole
  /** The common name; the whole name where there is none. */
  readonly subject: string | null
  readonly issuer: string | null
  /** `0x` and hex digits. */
  readonly serial: string | null
  readonly notBefore: string | null
  readonly notAfter: string | null
  /** Of the DER. */
  readonly sha256: string
  readonly product: ProductLine | null
  readonly productName: string | null
  readonly tcb: TcbJson | null
  readonly hwId: string | null
  readonly cspId: string | null
  /** Why our strict reader refuses it, and so verification would. */
  readonly refusal: Refusal | null
}

export interface CrlJson {
  readonly kind: 'crl'
  readonly issuer: string | null
  readonly number: string | null
  readonly thisUpdate: string | null
  readonly nextUpdate: string | null
  /** Serial numbers. */
  readonly revoked: readonly string[]
  readonly sha256: string
  readonly refusal: Refusal | null
}

export type DocumentJson = CertificateJson | CrlJson

export const refusalOf = ({ code, message }: VerificationError): Refusal => ({ code, message })

/** The value, or why it was refused. Anything but a refusal goes on. */
function attempt<T>(read: () => T): { readonly value: T | null; readonly refusal: Refusal | null } {
  try {
    return { value: read(), refusal: null }
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return { value: null, refusal: refusalOf(error) }
  }
}

const rfc3339 = (time: number): string => new Date(time).toISOString()
const serialHex = (content: string): string => '0x' + (content.replace(/^0+/, '') || '0')

const roles: readonly (readonly [prefix: string, role: CertificateRole])[] = [
  ['SEV-VCEK', 'vcek'],
  ['SEV-VLEK-', 'asvk'],
  ['SEV-VLEK', 'vlek'],
  ['SEV-', 'ask'],
  ['ARK-', 'ark'],
]

function roleOf(commonName: string | null): CertificateRole {
  return roles.find(([prefix]) => commonName?.startsWith(prefix) === true)?.[1] ?? 'other'
}

/** @param isLeaf - It came as the endorsement key, whatever its name is. */
export async function describeCertificate(der: Uint8Array, isLeaf = false): Promise<CertificateJson> {
  const strict = attempt(() => parseCertificate(der))
  if (strict.value === null) return generalSummary(der, strict.refusal)
  const role = roleOf(strict.value.subject.commonName)
  const key = isLeaf || role === 'vcek' || role === 'vlek' ? attempt(() => parseEndorsementKey(der)) : null
  return {
    ...factsOf(strict.value, role),
    sha256: sha256Hex(der),
    ...endorsementFacts(key?.value ?? null),
    refusal: key?.refusal ?? null,
  }
}

function factsOf(certificate: Certificate, role: CertificateRole) {
  return {
    kind: 'certificate',
    role,
    subject: certificate.subject.commonName,
    issuer: certificate.issuer.commonName,
    serial: serialHex(certificate.serial),
    notBefore: rfc3339(certificate.notBefore),
    notAfter: rfc3339(certificate.notAfter),
  } as const
}

function endorsementFacts(key: EndorsementKey | null) {
  return {
    product: key?.productLine ?? null,
    productName: key?.productName ?? null,
    tcb: key === null ? null : tcbToJson(key.tcb),
    hwId: key === null || key.hwId === null ? null : toHex(key.hwId),
    cspId: key?.cspId ?? null,
  }
}

/** A certificate that is not of AMD's profile, through the general library. */
async function generalSummary(der: Uint8Array, refusal: Refusal | null): Promise<CertificateJson> {
  const { summarizeCertificate } = await import('../x509/general.js')
  const { value } = attempt(() => summarizeCertificate(der))
  const subject = value === null ? null : shortName(value.subject)
  return {
    kind: 'certificate',
    role: roleOf(subject),
    subject,
    issuer: value === null ? null : shortName(value.issuer),
    serial: value === null ? null : serialHex(value.serialNumber.toLowerCase()),
    notBefore: value?.notBefore ?? null,
    notAfter: value?.notAfter ?? null,
    sha256: sha256Hex(der),
    ...endorsementFacts(null),
    refusal,
  }
}

/** The common name out of `OU=…, CN=…`; the whole name where there is none or it is written in an unusual way. */
function shortName(name: string): string {
  const [, only] = /(?:^|, )CN=([^,+"\\=]+)(?:,|$)/.exec(name) ?? []
  return only ?? name
}

export function describeCrl(der: Uint8Array): CrlJson {
  const { value: crl, refusal } = attempt(() => parseCrl(der))
  return {
    kind: 'crl',
    issuer: crl?.issuer.commonName ?? null,
    number: crl?.number.toString() ?? null,
    thisUpdate: crl === null ? null : rfc3339(crl.thisUpdate),
    nextUpdate: crl === null ? null : rfc3339(crl.nextUpdate),
    revoked: crl === null ? [] : [...crl.revoked.keys()].map(serialHex),
    sha256: sha256Hex(der),
    refusal,
  }
}

export type DerKind = 'certificate' | 'crl' | 'request'

/**
 * What a document is by the elements that it begins with: a time after two SEQUENCEs makes a CRL, attributes make a
 * request. All else is taken for a certificate, whose reader says what is wrong with it.
 */
export function kindOfDer(der: Uint8Array): DerKind {
  const { value } = attempt((): DerKind => {
    const body = enter(enter(openDer(der), tags.sequence, 'document'), tags.sequence, 'document')
    // The version of a CRL or a request; in a certificate of version 1 its serial number.
    if (peekTag(body) === tags.integer) expectElement(body, tags.integer, 'version')
    for (const name of ['first', 'second']) expectElement(body, tags.sequence, name)
    const tag = peekTag(body)
    if (tag === tags.utcTime || tag === tags.generalizedTime) return 'crl'
    return tag === contextTag(0) ? 'request' : 'certificate'
  })
  return value ?? 'certificate'
}
