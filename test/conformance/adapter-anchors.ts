// Trust anchors out of a case. The product never takes any; here they are taken by content, and what AMD's profile
// demands of a CA (key usage, path length, key identifiers, CRL points, serial numbers) is not asked of them.
import 'reflect-metadata'
import { X509Certificate } from '@peculiar/x509'
import {
  assertDer,
  contextTag,
  enter,
  expectElement,
  inside,
  nextElement,
  openDer,
  peekTag,
  rawOf,
  tags,
} from '../../src/asn1/der.js'
import { readBitString, readIntegerBytes } from '../../src/asn1/values.js'
import { defaultEngine } from '../../src/crypto/default-engine.js'
import { sha256Hex } from '../../src/crypto/digests.js'
import { equalBytes } from '../../src/encoding/bytes.js'
import { toHex } from '../../src/encoding/hex.js'
import { fromPem } from '../../src/encoding/pem.js'
import { type Issuer, type LineAnchors, issuerKey } from '../../src/endorsement/anchors.js'
import type { EndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { isVerificationError } from '../../src/errors/error.js'
import { amdRoots } from '../../src/product/roots.js'
import { Rejection, type RejectionCode } from './adapter-codes.js'

/** An issuer, and what it takes to check who signed its certificate. */
interface Authority extends Issuer {
  readonly der: Uint8Array
  /** DER of the SubjectPublicKeyInfo. */
  readonly key: Uint8Array
  /** DER of the issuer's name. */
  readonly issuer: Uint8Array
  readonly tbs: Uint8Array
  readonly signature: Uint8Array
}

/**
 * The anchors for a leaf: those of the case, and AMD's pinned ones where it brings none.
 *
 * @throws Rejection `ARK_UNTRUSTED`, `ASK_INVALID`.
 */
export async function anchorsOfCase(
  key: EndorsementKey,
  rootPem: string | null,
  askPem: string | null,
): Promise<LineAnchors> {
  const pinned = amdRoots(key.productLine)
  const pinnedIntermediate = key.kind === 'vcek' ? pinned.ask : pinned.asvk
  const ark = rootPem === null ? authorityOf(pinned.ark, 'ARK_UNTRUSTED') : fromCase(rootPem, 'ARK_UNTRUSTED')
  const intermediate =
    askPem === null ? authorityOf(pinnedIntermediate, 'ASK_INVALID') : fromCase(askPem, 'ASK_INVALID')
  if (!(await isSignedBy(ark, ark))) throw new Rejection('ARK_UNTRUSTED', 'the ARK did not sign itself')
  const isRevoked = pinned.revoked.some(
    ({ certificateSha256, spkiSha256 }) =>
      certificateSha256 === intermediate.sha256 || spkiSha256 === sha256Hex(intermediate.key),
  )
  if (isRevoked) throw new Rejection('ASK_INVALID', 'AMD revoked this intermediate')
  if (!(await isSignedBy(intermediate, ark))) {
    // An intermediate that AMD's own ARK signed is not what is wrong with this pair.
    const arkIsWrong = rootPem !== null && equalBytes(intermediate.der, pinnedIntermediate)
    throw new Rejection(
      arkIsWrong ? 'ARK_UNTRUSTED' : 'ASK_INVALID',
      'the intermediate is not signed by the ARK',
    )
  }
  // The roles are the names by which a failure says whose dates it is about.
  const ask = { ...intermediate, commonName: 'ASK' }
  return { ark: { ...ark, commonName: 'ARK' }, ask, asvk: ask, revoked: pinned.revoked }
}

async function isSignedBy(certificate: Authority, issuer: Issuer): Promise<boolean> {
  if (!equalBytes(certificate.issuer, issuer.subject)) return false
  const engine = await defaultEngine()
  try {
    return await engine.verifyRsaPss(await issuerKey(engine, issuer), certificate.signature, certificate.tbs)
  } catch (error) {
    // A key that the platform can't import as RSA has signed nothing with it.
    if (isVerificationError(error)) return false
    throw error
  }
}

function fromCase(pem: string, code: RejectionCode): Authority {
  const [block, ...more] = fromPem(pem) ?? []
  if (block?.label !== 'CERTIFICATE' || more.length > 0)
    throw new Rejection(code, 'not one certificate in PEM')
  return authorityOf(block.bytes, code)
}

function authorityOf(der: Uint8Array, code: RejectionCode): Authority {
  try {
    assertDer(der, { maxBytes: 16 * 1024, maxDepth: 24, maxElements: 4000 })
    const certificate = new X509Certificate(new Uint8Array(der))
    return {
      commonName: certificate.subjectName.getField('CN')[0] ?? '',
      notBefore: certificate.notBefore.getTime(),
      notAfter: certificate.notAfter.getTime(),
      ...rawPartsOf(der),
      der,
      sha256: sha256Hex(der),
    }
  } catch (cause) {
    throw new Rejection(code, `not a certificate: ${cause instanceof Error ? cause.message : 'unreadable'}`)
  }
}

/** What is compared and verified byte for byte, so never re-encoded by a library (RFC 5280 §4.1). */
function rawPartsOf(der: Uint8Array) {
  const certificate = enter(openDer(der), tags.sequence, 'certificate')
  const tbsElement = expectElement(certificate, tags.sequence, 'TBSCertificate')
  const tbs = inside(certificate, tbsElement)
  if (peekTag(tbs) === contextTag(0)) nextElement(tbs)
  const serial = toHex(readIntegerBytes(tbs, 'serial number', 64))
  nextElement(tbs)
  const issuer = rawOf(tbs, nextElement(tbs))
  nextElement(tbs)
  const subject = rawOf(tbs, nextElement(tbs))
  const key = rawOf(tbs, nextElement(tbs))
  nextElement(certificate)
  const signature = readBitString(certificate, 'signature')
  const spki = (): Promise<Uint8Array> => Promise.resolve(key)
  return { serial, issuer, subject, key, spki, tbs: rawOf(certificate, tbsElement), signature }
}
