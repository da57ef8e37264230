/**
 * Trust anchors: the ARK of each product line, and the pinned ASK and ASVK below it.
 *
 * Only `verify/` chooses them, once, when it makes the verifier. No caller and no evidence can add one. AMD's are
 * known without their certificates, and so is whatever is compared with them.
 */
import { sha256Hex } from '../crypto/digests.js'
import { type CryptoEngine, type EngineKey, importOnce } from '../crypto/engine.js'
import { fromHex } from '../encoding/hex.js'
import type { ProductLine } from '../product/line.js'
import { type RevokedIntermediate, type RootRole, amdPins, pinnedKey } from '../product/pins.js'
import type { LineRoots } from '../product/roots.js'
import { parseCertificate } from '../x509/certificate.js'

/** What verification needs of an issuer. */
export interface Issuer {
  readonly commonName: string
  /** SHA-256 of the certificate's DER, hex: what another certificate is compared by. */
  readonly sha256: string
  /** DER of the subject name. */
  readonly subject: Uint8Array
  /** DER of the SubjectPublicKeyInfo. A pinned one is loaded when it is first needed. */
  readonly spki: () => Promise<Uint8Array>
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
    sha256: sha256Hex(certificate.der),
    subject: certificate.subject.raw,
    spki: () => Promise.resolve(certificate.spki),
    serial: certificate.serial,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
  }
}

/** Anchors from certificates of AMD's profile. */
export function anchorsFrom(roots: (line: ProductLine) => LineRoots): TrustAnchors {
  return readOnce((line) => {
    const { ark, ask, asvk, revoked } = roots(line)
    return { ark: issuerOf(ark), ask: issuerOf(ask), asvk: issuerOf(asvk), revoked }
  })
}

/** The same objects for every call: imported keys and verified leaves are remembered by them. */
function readOnce(read: TrustAnchors): TrustAnchors {
  const lines = new Map<ProductLine, LineAnchors>()
  return (line) => {
    const known = lines.get(line)
    if (known !== undefined) return known
    const anchors = read(line)
    lines.set(line, anchors)
    return anchors
  }
}

/** AMD's. */
export const amdAnchors: TrustAnchors = /* @__PURE__ */ readOnce((line) => ({
  ark: pinnedIssuer(line, 'ark'),
  ask: pinnedIssuer(line, 'ask'),
  asvk: pinnedIssuer(line, 'asvk'),
  revoked: amdPins[line].revoked,
}))

function pinnedIssuer(line: ProductLine, role: RootRole): Issuer {
  const { commonName, certificateSha256, subject, serial, notBefore, notAfter } = amdPins[line][role]
  return {
    commonName,
    sha256: certificateSha256,
    // Nothing has an empty name, should the hex of a pin be damaged.
    subject: fromHex(subject) ?? new Uint8Array(),
    spki: () => pinnedKey(line, role),
    serial,
    notBefore: Date.parse(notBefore),
    notAfter: Date.parse(notAfter),
  }
}

/** The issuer's key in an engine. */
export function issuerKey(engine: CryptoEngine, issuer: Issuer): Promise<EngineKey> {
  return importOnce(engine, issuer, async () => engine.importRsaKey(await issuer.spki()))
}
