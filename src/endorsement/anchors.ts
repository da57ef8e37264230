/**
 * Trust anchors: the ARK of each product line, and the pinned ASK and ASVK below it.
 *
 * Only `verify/` chooses them, once, when it makes the verifier. No caller and no evidence can add one.
 */
import { type CryptoEngine, type EngineKey, importOnce } from '../crypto/engine.js'
import type { ProductLine } from '../product/line.js'
import { type LineRoots, type RevokedIntermediate, amdRoots } from '../product/roots.js'
import { parseCertificate } from '../x509/certificate.js'

/** What verification needs of an issuer. */
export interface Issuer {
  readonly commonName: string
  /** DER of the certificate. */
  readonly der: Uint8Array
  /** DER of the subject name. */
  readonly subject: Uint8Array
  readonly spki: Uint8Array
  /** Hex of the serial number's INTEGER content. */
  readonly serial: string
  readonly notBefore: number
  readonly notAfter: number
}

export interface LineAnchors {
  readonly ark: Issuer
  readonly ask: Issuer
  readonly asvk: Issuer
  readonly revoked: readonly RevokedIntermediate[]
}

/** Anchors per product line, read when a line is first needed. */
export type TrustAnchors = (line: ProductLine) => LineAnchors

/** Reads an issuer's certificate of AMD's profile. */
export function issuerOf(der: Uint8Array): Issuer {
  const certificate = parseCertificate(der)
  return {
    commonName: certificate.subject.commonName,
    der: certificate.der,
    subject: certificate.subject.raw,
    spki: certificate.spki,
    serial: certificate.serial,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
  }
}

/** Anchors from certificates of AMD's profile. */
export function anchorsFrom(roots: (line: ProductLine) => LineRoots): TrustAnchors {
  const lines = new Map<ProductLine, LineAnchors>()
  return (line) => {
    const read = lines.get(line)
    if (read !== undefined) return read
    const { ark, ask, asvk, revoked } = roots(line)
    const anchors = { ark: issuerOf(ark), ask: issuerOf(ask), asvk: issuerOf(asvk), revoked }
    lines.set(line, anchors)
    return anchors
  }
}

/** AMD's. */
export const amdAnchors: TrustAnchors = anchorsFrom(amdRoots)

/** The issuer's key in an engine. */
export function issuerKey(engine: CryptoEngine, issuer: Issuer): Promise<EngineKey> {
  return importOnce(engine, issuer, () => engine.importRsaKey(issuer.spki))
}
