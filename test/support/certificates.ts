// X.509 certificates with every part replaceable, and the profiles of AMD's: ARK, ASK, ASVK, VCEK, VLEK.
import {
  bitString,
  boolean,
  concat,
  explicit,
  ia5,
  implicit,
  integer,
  integerBytes,
  octetString,
  oid,
  sequence,
  time,
  toHex,
} from './der.js'
import { ecKey, rsaKey } from './keys.js'
import type { EcKey, RsaKey } from './keys.js'
import { authorityName, nameDer, vekName } from './names.js'
import type { AuthorityRole, Line, Name, VekKind } from './names.js'
import { pssAlgorithm, signPss } from './pss.js'
import { defaultTcb, hwIdOf, labChipId, tcbParts, tcbValue } from './report.js'
import type { Tcb } from './report.js'

export const X509_OIDS = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlDistributionPoints: '2.5.29.31',
  authorityKeyIdentifier: '2.5.29.35',
} as const

const AMD_ARC = '1.3.6.1.4.1.3704.1'

export const AMD_OIDS = {
  structVersion: `${AMD_ARC}.1`,
  productName: `${AMD_ARC}.2`,
  blSpl: `${AMD_ARC}.3.1`,
  teeSpl: `${AMD_ARC}.3.2`,
  snpSpl: `${AMD_ARC}.3.3`,
  spl4: `${AMD_ARC}.3.4`,
  spl5: `${AMD_ARC}.3.5`,
  spl6: `${AMD_ARC}.3.6`,
  spl7: `${AMD_ARC}.3.7`,
  ucodeSpl: `${AMD_ARC}.3.8`,
  fmcSpl: `${AMD_ARC}.3.9`,
  hwId: `${AMD_ARC}.4`,
  cspId: `${AMD_ARC}.5`,
} as const

export interface Extension {
  readonly oid: string
  /** `false` is written out, which is not DER; leave it undefined for the default. */
  readonly critical?: boolean
  /** What the extnValue OCTET STRING holds. */
  readonly value: Uint8Array
}

export type Extensions = readonly Extension[]
export type Signer = (tbs: Uint8Array) => Uint8Array
export type EditBytes = (bytes: Uint8Array) => Uint8Array

/** What signed certificates and CRLs have in common. */
export interface SignedOptions {
  /** AlgorithmIdentifier, inner and outer alike. Default: PSS with SHA-384, no explicit trailerField. */
  readonly algorithm?: Uint8Array
  readonly innerAlgorithm?: Uint8Array
  readonly outerAlgorithm?: Uint8Array
  /** Elements appended inside the TBS, so signed. */
  readonly extraTbs?: Uint8Array
  /** Elements appended inside the outer SEQUENCE, after the signature. */
  readonly extraOuter?: Uint8Array
  /** Octets after the whole. */
  readonly trailing?: Uint8Array
  /** Edits the TBS before it is signed: the signature stays valid. */
  readonly editTbs?: EditBytes
  /** Edits the TBS after it was signed: the signature breaks. */
  readonly tamperTbs?: EditBytes
  readonly tamperSignature?: EditBytes
  readonly unusedSignatureBits?: number
  /** Replaces the profile's signer. */
  readonly sign?: Signer
}

export interface Signed {
  readonly der: Uint8Array
  readonly tbs: Uint8Array
}

export interface CertificateOptions extends SignedOptions {
  /** Human version number (default 3), a raw element in place of [0], or null for none. */
  readonly version?: number | Uint8Array | null
  /** A number, or the raw content octets of the INTEGER. */
  readonly serial: bigint | number | Uint8Array
  readonly issuer: Name | Uint8Array
  readonly subject: Name | Uint8Array
  readonly notBefore: Date | Uint8Array
  readonly notAfter: Date | Uint8Array
  readonly spki: Uint8Array
  /** A list, a raw element in place of [3], or null for none. */
  readonly extensions: Extensions | Uint8Array | null
  readonly sign: Signer
}

export const isRaw = (value: unknown): value is Uint8Array => value instanceof Uint8Array

export function extensionDer({ oid: id, critical, value }: Extension): Uint8Array {
  return sequence(oid(id), ...(critical === undefined ? [] : [boolean(critical)]), octetString(value))
}

export function serialDer(serial: bigint | number | Uint8Array): Uint8Array {
  return isRaw(serial) ? integerBytes(serial) : integer(serial)
}

const keepBytes: EditBytes = (bytes) => bytes

export function innerAlgorithm(options: SignedOptions): Uint8Array {
  return options.innerAlgorithm ?? options.algorithm ?? pssAlgorithm()
}

/** Wraps the TBS elements, signs, and appends the algorithm and the signature. */
export function signed(
  elements: readonly Uint8Array[],
  options: SignedOptions & { readonly sign: Signer },
): Signed {
  const {
    editTbs = keepBytes,
    tamperTbs = keepBytes,
    tamperSignature = keepBytes,
    unusedSignatureBits = 0,
  } = options
  const toSign = editTbs(sequence(...elements, options.extraTbs ?? new Uint8Array()))
  const signature = tamperSignature(options.sign(toSign))
  const tbs = tamperTbs(toSign)
  const outer = options.outerAlgorithm ?? options.algorithm ?? pssAlgorithm()
  const whole = sequence(
    tbs,
    outer,
    bitString(signature, unusedSignatureBits),
    options.extraOuter ?? new Uint8Array(),
  )
  return { der: concat(whole, options.trailing ?? new Uint8Array()), tbs }
}

export function makeCertificate(options: CertificateOptions): Signed {
  const { version = 3, extensions, notBefore, notAfter } = options
  const versionDer = isRaw(version) ? [version] : version === null ? [] : [explicit(0, integer(version - 1))]
  const extensionsDer = isRaw(extensions)
    ? [extensions]
    : extensions === null
      ? []
      : [explicit(3, sequence(...extensions.map(extensionDer)))]
  const elements = [
    ...versionDer,
    serialDer(options.serial),
    innerAlgorithm(options),
    isRaw(options.issuer) ? options.issuer : nameDer(options.issuer),
    sequence(isRaw(notBefore) ? notBefore : time(notBefore), isRaw(notAfter) ? notAfter : time(notAfter)),
    isRaw(options.subject) ? options.subject : nameDer(options.subject),
    options.spki,
    ...extensionsDer,
  ]
  return signed(elements, options)
}

// Edits of extension lists, for the negative cases.

export const dropExtension = (list: Extensions, id: string): Extensions =>
  list.filter((one) => one.oid !== id)

export const repeatExtension = (list: Extensions, id: string): Extensions => [
  ...list,
  ...list.filter((one) => one.oid === id),
]

export const setExtension = (list: Extensions, id: string, change: Partial<Extension>): Extensions =>
  list.map((one) => (one.oid === id ? { ...one, ...change } : one))

// Extensions of the authorities.

export function keyUsage(...bits: readonly number[]): Extension {
  const octet = bits.reduce((sum, bit) => sum | (0x80 >> bit), 0)
  // Always seven bits, as AMD writes it: for keyCertSign alone DER would drop the trailing zero bit.
  return { oid: X509_OIDS.keyUsage, critical: true, value: bitString(Uint8Array.of(octet), 1) }
}

export const KEY_CERT_SIGN = 5
export const CRL_SIGN = 6

export function basicConstraints(pathLength?: number): Extension {
  const content = [boolean(true), ...(pathLength === undefined ? [] : [integer(pathLength)])]
  return { oid: X509_OIDS.basicConstraints, critical: true, value: sequence(...content) }
}

export function subjectKeyIdentifier(keyId: Uint8Array): Extension {
  return { oid: X509_OIDS.subjectKeyIdentifier, value: octetString(keyId) }
}

export function authorityKeyIdentifier(keyId: Uint8Array): Extension {
  return { oid: X509_OIDS.authorityKeyIdentifier, value: sequence(implicit(0, keyId)) }
}

export function crlDistributionPoint(url: string): Extension {
  const uri = implicit(6, ia5(url).slice(2))
  return { oid: X509_OIDS.crlDistributionPoints, value: sequence(sequence(explicit(0, explicit(0, uri)))) }
}

export interface Authority extends Signed {
  readonly role: AuthorityRole
  readonly line: Line
  readonly name: Name
  readonly key: RsaKey
  readonly serial: bigint
}

export interface AuthorityOptions extends Partial<Omit<CertificateOptions, 'serial' | 'extensions'>> {
  readonly key?: RsaKey
  readonly serial?: bigint
  readonly edit?: (extensions: Extensions) => Extensions
}

const serials: Readonly<Record<Line, Readonly<Record<AuthorityRole, bigint>>>> = {
  Milan: { ark: 0x10000n, ask: 0x10001n, asvk: 0x10101n },
  Genoa: { ark: 0x20000n, ask: 0x20002n, asvk: 0x20101n },
  Turin: { ark: 0x30000n, ask: 0x30001n, asvk: 0x30101n },
}

function makeAuthority(
  role: AuthorityRole,
  line: Line,
  ark: Authority | null,
  options: AuthorityOptions,
): Authority {
  const {
    key = rsaKey(`${role}-${line}`),
    serial = serials[line][role],
    edit = (list) => list,
    ...rest
  } = options
  const name = rest.subject === undefined || isRaw(rest.subject) ? authorityName(role, line) : rest.subject
  const issuerKey = ark?.key ?? key
  const crl = crlDistributionPoint(
    `https://kdsintf.amd.com/${role === 'asvk' ? 'vlek' : 'vcek'}/v1/${line}/crl`,
  )
  // The two orders differ, as they do in AMD's certificates.
  const extensions =
    role === 'ark'
      ? [keyUsage(KEY_CERT_SIGN, CRL_SIGN), subjectKeyIdentifier(key.keyId), basicConstraints(), crl]
      : [
          subjectKeyIdentifier(key.keyId),
          authorityKeyIdentifier(issuerKey.keyId),
          basicConstraints(0),
          keyUsage(KEY_CERT_SIGN),
          crl,
        ]
  const made = makeCertificate({
    serial,
    issuer: ark?.name ?? name,
    subject: name,
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2045-01-01T00:00:00Z'),
    spki: key.spki,
    extensions: edit(extensions),
    algorithm: pssAlgorithm({ explicitTrailer: true }),
    sign: (tbs) => signPss(tbs, issuerKey),
    ...rest,
  })
  return { ...made, role, line, name, key, serial }
}

export function makeArk(line: Line, options: AuthorityOptions = {}): Authority {
  return makeAuthority('ark', line, null, options)
}

export function makeAsk(line: Line, ark: Authority, options: AuthorityOptions = {}): Authority {
  return makeAuthority('ask', line, ark, options)
}

export function makeAsvk(line: Line, ark: Authority, options: AuthorityOptions = {}): Authority {
  return makeAuthority('asvk', line, ark, options)
}

export interface VekOptions extends Partial<Omit<CertificateOptions, 'extensions'>> {
  readonly line: Line
  readonly kind: VekKind
  /** The ASK for a VCEK, the ASVK for a VLEK. */
  readonly authority: Authority
  readonly tcb?: Tcb
  /** The raw identifier; null leaves the extension out. Default: the lab chip's for a VCEK, none for a VLEK. */
  readonly hwId?: Uint8Array | null
  /** Puts an OCTET STRING header around the identifier, as one known variant does. */
  readonly wrappedHwId?: boolean
  readonly cspId?: string | null
  readonly productName?: string
  readonly structVersion?: number
  /** Default: derived from line, kind, chip or CSP, and TCB, as AMD's are. */
  readonly key?: EcKey
  readonly edit?: (extensions: Extensions) => Extensions
  /** Replaces the profile's list altogether. */
  readonly extensions?: CertificateOptions['extensions']
}

export interface Vek extends Signed {
  readonly kind: VekKind
  readonly line: Line
  readonly key: EcKey
}

export const LAB_CSP_ID = 'CN=cc-lab-1.csp.example'

export function vekExtensions(options: Omit<VekOptions, 'authority'>): Extensions {
  const { line, kind, tcb = defaultTcb(line), wrappedHwId = false } = options
  const turin = line === 'Turin'
  const product = options.productName ?? (line === 'Milan' && kind === 'vcek' ? 'Milan-B0' : line)
  const hwId = options.hwId === undefined && kind === 'vcek' ? hwIdOf(line, labChipId(line)) : options.hwId
  const cspId = options.cspId === undefined && kind === 'vlek' ? LAB_CSP_ID : options.cspId
  const level = tcbParts(line, tcb)
  const number = (id: keyof typeof AMD_OIDS, value: number): Extension => ({
    oid: AMD_OIDS[id],
    value: integer(value),
  })
  const snp = number('snpSpl', level.snp)
  return [
    number('structVersion', options.structVersion ?? (turin ? 1 : 0)),
    { oid: AMD_OIDS.productName, value: ia5(product) },
    ...(turin ? [number('fmcSpl', level.fmc)] : []),
    number('blSpl', level.bootloader),
    number('teeSpl', level.tee),
    // Turin's SNP level takes the place of spl4; on the other lines it comes after spl7.
    turin ? snp : number('spl4', 0),
    number('spl5', 0),
    number('spl6', 0),
    number('spl7', 0),
    ...(turin ? [] : [snp]),
    number('ucodeSpl', level.microcode),
    ...(hwId == null ? [] : [{ oid: AMD_OIDS.hwId, value: wrappedHwId ? octetString(hwId) : hwId }]),
    ...(cspId == null ? [] : [{ oid: AMD_OIDS.cspId, value: ia5(cspId) }]),
  ]
}

export function makeVek(options: VekOptions): Vek {
  const { line, kind, authority, edit = (list) => list } = options
  const tcb = tcbValue(line, options.tcb ?? defaultTcb(line))
    .toString(16)
    .padStart(16, '0')
  const owner =
    kind === 'vcek' ? toHex(options.hwId ?? hwIdOf(line, labChipId(line))) : (options.cspId ?? LAB_CSP_ID)
  const key = options.key ?? ecKey(`${line} ${kind} ${owner} ${tcb}`)
  const made = makeCertificate({
    serial: 0,
    issuer: authority.name,
    subject: vekName(kind),
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date(kind === 'vcek' ? '2033-01-01T00:00:00Z' : '2027-01-01T00:00:00Z'),
    spki: key.spki,
    sign: (tbs) => signPss(tbs, authority.key),
    ...options,
    extensions: options.extensions === undefined ? edit(vekExtensions(options)) : options.extensions,
  })
  return { ...made, kind, line, key }
}
