// Certificates and requests with evidence in an extension, and evidence of Oak: every part can be replaced. The
// signatures are filler, since nothing about the report hangs on them.
import { type Extensions, extensionDer, makeCertificate } from './certificates.js'
import { bytesField, wordField } from './containers.js'
import { bitString, concat, explicit, ia5, integer, octetString, oid, sequence, set, utf8 } from './der.js'
import { ecKey } from './keys.js'
import { nameDer } from './names.js'
import { LAB_NOW, type LabEvidence } from './pki.js'

export const evidenceOids = {
  enarx: '1.3.6.1.4.1.58270.1.3',
  c8s: '1.3.6.1.4.1.66378.1.1',
  contrast: '1.3.9901.2.1',
  cmw: '1.3.6.1.5.5.7.1.35',
} as const

const extensionRequest = '1.2.840.113549.1.9.14'
const filler = bitString(new Uint8Array(104).fill(0x5a))
const ecdsa = sequence(oid('1.2.840.10045.4.3.3'))
export const documentKey: Uint8Array = ecKey('document').spki

export const crlEntry = (crl: Uint8Array): Uint8Array => sequence(utf8('https://kds.example/crl'), crl)

/** The extension of Steward. */
export function enarxValue(
  { report, vek, crl }: LabEvidence,
  entries: readonly Uint8Array[] = [crlEntry(crl)],
): Uint8Array {
  return sequence(sequence(vek, sequence(sequence(...entries))), octetString(report))
}

/** The extension of older shims. */
export const oldEnarxValue = ({ report, vek }: LabEvidence): Uint8Array => sequence(vek, octetString(report))

export function c8sValue(
  { report, vek, ask, ark }: LabEvidence,
  chain: Uint8Array = concat(vek, ask, ark),
  tee = 1,
): Uint8Array {
  return sequence(integer(tee), octetString(report), octetString(chain))
}

export const enarx = (value: Uint8Array): Extensions => [{ oid: evidenceOids.enarx, value }]

export interface RequestParts {
  readonly version?: number
  /** Attributes, in the place of one that asks for the extensions. */
  readonly attributes?: readonly Uint8Array[]
  readonly afterInfo?: Uint8Array
  readonly behind?: Uint8Array
}

/** An attribute with any number of values. */
export const attribute = (type: string, ...values: readonly Uint8Array[]): Uint8Array =>
  sequence(oid(type), set(...values))

/** The attribute that asks for extensions. */
export const requestFor = (extensions: Extensions): Uint8Array =>
  attribute(extensionRequest, sequence(...extensions.map(extensionDer)))

/** Another attribute, as OpenSSL asks for it. */
export const challengePassword: Uint8Array = attribute('1.2.840.113549.1.9.7', utf8('secret'))

export function makeRequest(extensions: Extensions, parts: RequestParts = {}): Uint8Array {
  const { version = 0, attributes = [requestFor(extensions)], afterInfo, behind } = parts
  const none = new Uint8Array()
  const info = sequence(
    integer(version),
    nameDer([{ oid: 'CN', value: 'lab' }]),
    documentKey,
    explicit(0, ...attributes),
    afterInfo ?? none,
  )
  return sequence(info, ecdsa, filler, behind ?? none)
}

type CertificateEdit = Partial<Parameters<typeof makeCertificate>[0]>

/** A certificate that a server could have signed itself, with a name for its host beside the evidence. */
export function makeKeyCertificate(extensions: Extensions, edit: CertificateEdit = {}): Uint8Array {
  const host = sequence(concat(Uint8Array.of(0x82), ia5('lab').slice(1)))
  return makeCertificate({
    serial: 1,
    issuer: [{ oid: 'CN', value: 'lab' }],
    subject: [{ oid: 'CN', value: 'lab' }],
    notBefore: LAB_NOW,
    notAfter: new Date('2026-07-01T00:00:00Z'),
    spki: documentKey,
    algorithm: ecdsa,
    extensions: [{ oid: '2.5.29.17', value: host }, ...extensions],
    sign: () => new Uint8Array(104).fill(0x5a),
    ...edit,
  }).der
}

export const oakKey: Uint8Array = new Uint8Array(97).fill(4)
const certificate = (fill: number): Uint8Array => new Uint8Array(200).fill(fill)
export const oakLayer = (fill: number): Uint8Array => bytesField(2, bytesField(1, certificate(fill)))

export interface OakParts {
  readonly platform?: number
  readonly root?: Uint8Array
  readonly layers?: readonly Uint8Array[]
  readonly rest?: Uint8Array
}

/** Evidence of Oak with two layers, both application keys and an event log. */
export function oakDocument({ report }: Pick<LabEvidence, 'report'>, parts: OakParts = {}): Uint8Array {
  const { platform = 1, layers = [oakLayer(1), oakLayer(2)] } = parts
  const root =
    parts.root ?? concat(wordField(1, BigInt(platform)), bytesField(2, report), bytesField(3, oakKey))
  const keys = bytesField(3, concat(bytesField(1, certificate(8)), bytesField(2, certificate(9))))
  const log = bytesField(4, bytesField(1, Uint8Array.of(1, 2, 3)))
  return concat(bytesField(1, root), ...layers, parts.rest ?? concat(keys, log))
}
