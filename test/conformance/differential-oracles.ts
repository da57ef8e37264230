// What other readers say about a certificate or a CRL: @peculiar/x509 and asn1js (BER readers) and node:crypto
// (OpenSSL). `reflect-metadata` must run before @peculiar/x509.
import 'reflect-metadata'
import { X509Certificate as NodeCertificate } from 'node:crypto'
import { X509Certificate, X509Crl } from '@peculiar/x509'
import * as asn1js from 'asn1js'
import { parseCertificate } from '../../src/x509/certificate.js'
import { parseCrl } from '../../src/x509/crl.js'
import { toHex } from '../support/der.js'

export interface CertificateFacts {
  readonly serial: string
  readonly issuer: string | undefined
  readonly subject: string | undefined
  readonly issuerRaw: string
  readonly subjectRaw: string
  readonly notBefore: number
  readonly notAfter: number
  readonly spki: string
  readonly tbs: string
  readonly signature: string
  /** OID, criticality and value, in the order of the certificate. */
  readonly extensions: readonly string[]
}

interface ExtensionFacts {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}
const extensionLine = ({ oid, critical, value }: ExtensionFacts): string =>
  `${oid} ${critical ? 'critical' : '-'} ${toHex(value)}`

export function ourCertificate(der: Uint8Array): CertificateFacts {
  const read = parseCertificate(der)
  return {
    serial: read.serial,
    issuer: read.issuer.commonName,
    subject: read.subject.commonName,
    issuerRaw: toHex(read.issuer.raw),
    subjectRaw: toHex(read.subject.raw),
    notBefore: read.notBefore,
    notAfter: read.notAfter,
    spki: toHex(read.spki),
    tbs: toHex(read.tbs),
    signature: toHex(read.signature),
    extensions: [...read.extensions.values()].map(extensionLine),
  }
}

const hexOf = (buffer: ArrayBuffer): string => toHex(new Uint8Array(buffer))
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** What we take from the elements of asn1js, each where it has it. */
interface Holder {
  readonly valueBlock: { readonly value: readonly asn1js.BaseBlock[] }
}
interface Text {
  readonly valueBlock: { readonly value: string }
}
interface Flag {
  readonly valueBlock: { readonly value: boolean }
}
interface Bytes {
  readonly valueBlock: { readonly valueHexView: Uint8Array }
}
interface Time {
  readonly toDate: () => Date
}
interface Whole {
  readonly toBigInt: () => bigint
}

/** An element by what we take from it: the place in the document says which it is. */
const as = <T>(element: asn1js.BaseBlock | undefined): T => element as unknown as T
const oidOf = (element: asn1js.BaseBlock | undefined): string =>
  as<{ readonly valueBlock: { readonly toString: () => string } }>(element).valueBlock.toString()

/** An element tree by asn1js, asked by paths of indexes. */
interface Tree {
  readonly at: (...path: readonly number[]) => asn1js.BaseBlock
  readonly children: (...path: readonly number[]) => readonly asn1js.BaseBlock[]
  /** The whole element, in hex. */
  readonly raw: (...path: readonly number[]) => string
}

function treeOf(der: Uint8Array): Tree {
  const { result } = asn1js.fromBER(plain(der).buffer)
  const childrenOf = (element: asn1js.BaseBlock): readonly asn1js.BaseBlock[] =>
    as<Holder>(element).valueBlock.value
  const at = (...path: readonly number[]): asn1js.BaseBlock => {
    let element: asn1js.BaseBlock = result
    for (const index of path) {
      const child = childrenOf(element)[index]
      if (child === undefined) throw new Error(`no element ${path.join('.')}`)
      element = child
    }
    return element
  }
  return {
    at,
    children: (...path) => childrenOf(at(...path)),
    raw: (...path) => toHex(at(...path).valueBeforeDecodeView),
  }
}

function commonNameAt(tree: Tree, ...path: readonly number[]): string | undefined {
  for (const [index] of tree.children(...path).entries()) {
    if (oidOf(tree.at(...path, index, 0, 0)) === '2.5.4.3')
      return as<Text>(tree.at(...path, index, 0, 1)).valueBlock.value
  }
  return undefined
}

const dateAt = (tree: Tree, ...path: readonly number[]): number =>
  as<Time>(tree.at(...path))
    .toDate()
    .getTime()

const bitsAt = (tree: Tree, ...path: readonly number[]): string =>
  toHex(as<Bytes>(tree.at(...path)).valueBlock.valueHexView)

/** By asn1js alone: it knows elements, and we know what they mean. */
export function treeCertificate(der: Uint8Array): CertificateFacts {
  const tree = treeOf(der)
  return {
    serial: tree.raw(0, 1).slice(4),
    issuer: commonNameAt(tree, 0, 3),
    subject: commonNameAt(tree, 0, 5),
    issuerRaw: tree.raw(0, 3),
    subjectRaw: tree.raw(0, 5),
    notBefore: dateAt(tree, 0, 4, 0),
    notAfter: dateAt(tree, 0, 4, 1),
    spki: tree.raw(0, 6),
    tbs: tree.raw(0),
    signature: bitsAt(tree, 2),
    extensions: tree.children(0, 7, 0).map((_, index) => {
      const [oid, ...rest] = tree.children(0, 7, 0, index)
      return extensionLine({
        oid: oidOf(oid),
        critical: rest.length === 2 && as<Flag>(rest[0]).valueBlock.value,
        value: as<Bytes>(rest.at(-1)).valueBlock.valueHexView,
      })
    }),
  }
}

/** By @peculiar/x509; raw bytes by asn1js. */
export function generalCertificate(der: Uint8Array): CertificateFacts {
  const read = new X509Certificate(plain(der))
  const tree = treeOf(der)
  return {
    serial: read.serialNumber,
    issuer: read.issuerName.getField('CN')[0],
    subject: read.subjectName.getField('CN')[0],
    issuerRaw: tree.raw(0, 3),
    subjectRaw: tree.raw(0, 5),
    notBefore: read.notBefore.getTime(),
    notAfter: read.notAfter.getTime(),
    spki: hexOf(read.publicKey.rawData),
    tbs: tree.raw(0),
    signature: hexOf(read.signature),
    extensions: read.extensions.map(({ type, critical, value }) =>
      extensionLine({ oid: type, critical, value: new Uint8Array(value) }),
    ),
  }
}

/** What node:crypto tells of the same facts. */
export type NodeFacts = Pick<CertificateFacts, 'issuer' | 'subject' | 'notBefore' | 'notAfter' | 'spki'> & {
  readonly serial: bigint
}

export function nodeCertificate(der: Uint8Array): NodeFacts {
  const read = new NodeCertificate(der)
  const commonName = (name: string): string | undefined => /^CN=(.*)$/m.exec(name)?.[1]
  return {
    serial: BigInt(`0x${read.serialNumber}`),
    issuer: commonName(read.issuer),
    subject: commonName(read.subject),
    notBefore: Date.parse(read.validFrom),
    notAfter: Date.parse(read.validTo),
    spki: toHex(new Uint8Array(read.publicKey.export({ type: 'spki', format: 'der' }))),
  }
}

/** Our facts in the shape of node's. */
export function asNodeFacts({
  serial,
  issuer,
  subject,
  notBefore,
  notAfter,
  spki,
}: CertificateFacts): NodeFacts {
  return { serial: BigInt(`0x${serial}`), issuer, subject, notBefore, notAfter, spki }
}

export interface CrlFacts {
  readonly issuer: string | undefined
  readonly issuerRaw: string
  readonly thisUpdate: number
  readonly nextUpdate: number | undefined
  readonly number: bigint
  /** Serial number and date of each entry, in order. */
  readonly entries: readonly string[]
  readonly tbs: string
  readonly signature: string
}

const entryLine = (serial: string, date: number): string => `${serial} ${new Date(date).toISOString()}`

export function ourCrl(der: Uint8Array): CrlFacts {
  const read = parseCrl(der)
  return {
    issuer: read.issuer.commonName,
    issuerRaw: toHex(read.issuer.raw),
    thisUpdate: read.thisUpdate,
    nextUpdate: read.nextUpdate,
    number: read.number,
    entries: [...read.revoked].map(([serial, date]) => entryLine(serial, date)),
    tbs: toHex(read.tbs),
    signature: toHex(read.signature),
  }
}

/** By asn1js alone. */
export function treeCrl(der: Uint8Array): CrlFacts {
  const tree = treeOf(der)
  const hasEntries = tree.at(0, 5).idBlock.tagClass === 1
  const extensions = tree.children(0, hasEntries ? 6 : 5, 0)
  const number = extensions.find((item) => {
    const [oid] = as<Holder>(item).valueBlock.value
    return oidOf(oid) === '2.5.29.20'
  })
  const value = as<Bytes>(as<Holder>(number).valueBlock.value.at(-1))
  const { result } = asn1js.fromBER(plain(value.valueBlock.valueHexView).buffer)
  return {
    issuer: commonNameAt(tree, 0, 2),
    issuerRaw: tree.raw(0, 2),
    thisUpdate: dateAt(tree, 0, 3),
    nextUpdate: dateAt(tree, 0, 4),
    number: as<Whole>(result).toBigInt(),
    entries: hasEntries
      ? tree
          .children(0, 5)
          .map((_, index) => entryLine(tree.raw(0, 5, index, 0).slice(4), dateAt(tree, 0, 5, index, 1)))
      : [],
    tbs: tree.raw(0),
    signature: bitsAt(tree, 2),
  }
}

export function generalCrl(der: Uint8Array): CrlFacts {
  const read = new X509Crl(plain(der))
  const tree = treeOf(der)
  const number = read.extensions.find(({ type }) => type === '2.5.29.20')
  if (number === undefined) throw new Error('no CRL number')
  const { result } = asn1js.fromBER(number.value)
  return {
    issuer: read.issuerName.getField('CN')[0],
    issuerRaw: tree.raw(0, 2),
    thisUpdate: read.thisUpdate.getTime(),
    nextUpdate: read.nextUpdate?.getTime(),
    number: as<Whole>(result).toBigInt(),
    // The content of the INTEGER, by asn1js: the other reader leaves out a leading zero.
    entries: read.entries.map(({ revocationDate }, index) =>
      entryLine(tree.raw(0, 5, index, 0).slice(4), revocationDate.getTime()),
    ),
    tbs: tree.raw(0),
    signature: hexOf(read.signature),
  }
}
