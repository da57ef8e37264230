/**
 * What KDS should have sent, by its structure and names alone. This keeps a page of a captive portal, or another chip's
 * certificate, from being kept or handed on as an answer. It is no verification: nothing here looks at a signature.
 */
import { equalBytes } from '../encoding/bytes.js'
import { fromPem } from '../encoding/pem.js'
import { fromUtf8 } from '../encoding/text.js'
import { type SignerKind, parseEndorsementKey } from '../endorsement/endorsement-key.js'
import { VerificationError, isVerificationError } from '../errors/error.js'
import { type ProductLine, productLines } from '../product/line.js'
import { encodeTcb } from '../product/tcb.js'
import { maxCertificateBytes, parseCertificate } from '../x509/certificate.js'
import { maxCrlBytes, parseCrl } from '../x509/crl.js'
import type { VcekId } from './url.js'

/** An answer that is what was asked for, and when it ends: milliseconds since 1970. Untrusted. */
export interface Answer<T> {
  readonly value: T
  readonly expiresAt: number
}

/** A kind of document: how much of it is read, what must be in it. */
export interface DocumentKind<T> {
  readonly what: string
  readonly maxBytes: number
  /** @throws VerificationError `KDS_RESPONSE`. */
  readonly read: (bytes: Uint8Array) => Answer<T>
}

/** A chain as KDS has it. Untrusted: a verification compares both with what is pinned. */
export interface KdsChain {
  /** The ASK, or the ASVK. DER. */
  readonly intermediate: Uint8Array
  /** The ARK. DER. */
  readonly root: Uint8Array
}

export function vcekDocument({ product, chipId, tcb }: VcekId): DocumentKind<Uint8Array> {
  const what = `the VCEK of a ${product} chip`
  return {
    what,
    maxBytes: maxCertificateBytes,
    read: reader(what, (bytes) => {
      const key = parseEndorsementKey(bytes)
      if (key.kind !== 'vcek') throw other(what, 'a VLEK')
      if (key.productLine !== product) throw other(what, `that of a ${key.productLine} chip`)
      if (key.hwId === null || !equalBytes(key.hwId, chipId)) throw other(what, 'that of another chip')
      if (key.tcb.raw !== encodeTcb(tcb, productLines[product].layout))
        throw other(what, 'that of another TCB')
      return { value: bytes, expiresAt: key.certificate.notAfter }
    }),
  }
}

export function chainDocument(product: ProductLine, kind: SignerKind): DocumentKind<KdsChain> {
  const what = `the ${kind} chain of ${product}`
  const names = [kind === 'vcek' ? `SEV-${product}` : `SEV-VLEK-${product}`, `ARK-${product}`]
  return {
    what,
    maxBytes: 4 * maxCertificateBytes,
    read: reader(what, (bytes) => {
      const blocks = fromPem(fromUtf8(bytes) ?? '', 2) ?? []
      if (blocks.some(({ label }) => label !== 'CERTIFICATE')) throw other(what, 'PEM of something else')
      const [intermediate, root] = blocks
      if (intermediate === undefined || root === undefined) throw other(what, 'no PEM of two certificates')
      const pair = [intermediate, root].map(({ bytes: der }) => parseCertificate(der))
      for (const [index, { subject }] of pair.entries())
        if (subject.commonName !== names[index]) throw other(what, `one of ${quoted(subject.commonName)}`)
      return {
        value: { intermediate: intermediate.bytes, root: root.bytes },
        expiresAt: Math.min(...pair.map(({ notAfter }) => notAfter)),
      }
    }),
  }
}

export function crlDocument(product: ProductLine, kind: SignerKind): DocumentKind<Uint8Array> {
  const what = `the ${kind} CRL of ${product}`
  return {
    what,
    // With room for the time beside it, where a store keeps it.
    maxBytes: maxCrlBytes - 8,
    read: reader(what, (bytes) => {
      const { issuer, nextUpdate } = parseCrl(bytes)
      if (issuer.commonName !== `ARK-${product}`) throw other(what, `one of ${quoted(issuer.commonName)}`)
      return { value: bytes, expiresAt: nextUpdate }
    }),
  }
}

function reader<T>(what: string, read: (bytes: Uint8Array) => Answer<T>): DocumentKind<T>['read'] {
  return (bytes) => {
    try {
      return read(bytes)
    } catch (error) {
      if (!isVerificationError(error) || error.stage === 'KDS') throw error
      throw new VerificationError(
        'KDS_RESPONSE',
        `${what}: the answer is none: ${error.message}`,
        { code: error.code },
        { cause: error },
      )
    }
  }
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 64))

const other = (what: string, actual: string): VerificationError =>
  new VerificationError('KDS_RESPONSE', `${what}: the answer is ${actual}`)
