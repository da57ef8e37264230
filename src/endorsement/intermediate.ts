/**
 * Intermediates that came with the evidence. They are hints: compared with the pins by fingerprint, never trusted.
 *
 * Policy `intermediates: "arkSigned"` is the one exception, for a rotation of AMD's ahead of our release: an
 * intermediate of exactly AMD's profile that the pinned ARK signed, under a required CRL.
 */
import { contentOf, enter, expectElement, finish, openDer, tags } from '../asn1/der.js'
import { readBoolean, readSmallInteger } from '../asn1/values.js'
import type { CryptoEngine } from '../crypto/engine.js'
import { sha256Hex } from '../crypto/digests.js'
import { equalBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError, isVerificationError } from '../errors/error.js'
import { type Certificate, parseCertificate } from '../x509/certificate.js'
import { type Issuer, type LineAnchors, issuerKey, issuerOf } from './anchors.js'
import type { SignerKind } from './endorsement-key.js'

/** What policies say about intermediates. */
export type IntermediateRule = 'pinned' | 'arkSigned'

/** Refuses a root that is not the pinned one. It decides nothing else: the pinned one is used anyway. */
export function compareRoots(supplied: readonly Uint8Array[], anchors: LineAnchors): void {
  for (const der of supplied) {
    const sha256 = sha256Hex(der)
    if (sha256 !== anchors.ark.sha256) {
      throw new VerificationError(
        'CHAIN_ANCHOR_UNKNOWN',
        `a root that is not the pinned ${anchors.ark.commonName}`,
        {
          expected: anchors.ark.sha256,
          actual: sha256,
        },
      )
    }
  }
}

/** Refuses the intermediates that AMD revoked, known by certificate or by key, with or without a CRL. */
export function refuseRevokedIntermediates(supplied: readonly Uint8Array[], anchors: LineAnchors): void {
  for (const der of supplied) {
    const certificateSha256 = sha256Hex(der)
    const spkiSha256 = spkiFingerprint(der)
    const revoked = anchors.revoked.some(
      (known) => known.certificateSha256 === certificateSha256 || known.spkiSha256 === spkiSha256,
    )
    if (revoked) {
      throw new VerificationError(
        'REVOCATION_REVOKED',
        'the intermediate that came with the evidence is revoked',
        {
          certificateSha256,
        },
      )
    }
  }
}

function spkiFingerprint(der: Uint8Array): string | null {
  try {
    return sha256Hex(parseCertificate(der).spki)
  } catch (error) {
    // Not a certificate that we read, so it will be refused as unknown.
    if (isVerificationError(error)) return null
    throw error
  }
}

/** Issuers that may have signed the leaf: the pinned one, then rotated ones where the policy takes them. */
export type Issuers = readonly [pinned: Issuer, ...rotated: readonly Issuer[]]

/**
 * The issuers of a kind of key. Without `arkSigned` this is the pinned one, and everything else is refused.
 *
 * @throws VerificationError `CHAIN_INTERMEDIATE_UNKNOWN`.
 */
export async function issuersOf(
  supplied: readonly Uint8Array[],
  kind: SignerKind,
  anchors: LineAnchors,
  rule: IntermediateRule,
  engine: CryptoEngine,
): Promise<Issuers> {
  const pinned = kind === 'vcek' ? anchors.ask : anchors.asvk
  const other = kind === 'vcek' ? anchors.asvk : anchors.ask
  const rotated: Issuer[] = []
  for (const der of supplied) {
    const sha256 = sha256Hex(der)
    // Some tables carry both intermediates of a line; the other one is pinned as well.
    if (sha256 === pinned.sha256 || sha256 === other.sha256) continue
    const issuer = rule === 'arkSigned' ? await arkSigned(der, pinned, anchors.ark, engine) : null
    if (issuer === null) {
      throw new VerificationError(
        'CHAIN_INTERMEDIATE_UNKNOWN',
        `an intermediate that is not the pinned ${pinned.commonName}`,
        { expected: pinned.sha256, actual: sha256 },
      )
    }
    rotated.push(issuer)
  }
  return [pinned, ...rotated]
}

/** The certificate as an issuer if it has exactly AMD's profile and the pinned ARK signed it, else `null`. */
async function arkSigned(
  der: Uint8Array,
  pinned: Issuer,
  ark: Issuer,
  engine: CryptoEngine,
): Promise<Issuer | null> {
  try {
    const certificate = parseCertificate(der)
    if (!hasIntermediateProfile(certificate)) return null
    if (!equalBytes(certificate.subject.raw, pinned.subject)) return null
    if (!equalBytes(certificate.issuer.raw, ark.subject)) return null
    const key = await issuerKey(engine, ark)
    const signed = await engine.verifyRsaPss(key, certificate.signature, certificate.tbs)
    return signed ? issuerOf(der) : null
  } catch (error) {
    if (isVerificationError(error) && error.verdict !== 'unverifiable') return null
    throw error
  }
}

const profileOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  crlDistributionPoints: '2.5.29.31',
  authorityKeyId: '2.5.29.35',
} as const

/** KeyUsage keyCertSign alone and CA with pathlen 0, both critical; key identifiers and a CRL point; no more. */
function hasIntermediateProfile(certificate: Certificate): boolean {
  const { extensions, key } = certificate
  const usage = extensions.get(profileOids.keyUsage)
  const constraints = extensions.get(profileOids.basicConstraints)
  const allowed: ReadonlySet<string> = new Set(Object.values(profileOids))
  if (usage?.critical !== true || constraints?.critical !== true) return false
  if (key.kind !== 'rsa4096' || extensions.size !== allowed.size) return false
  if ([...extensions.keys()].some((oid) => !allowed.has(oid))) return false
  const usageBits = openDer(usage.value)
  const bits = contentOf(usageBits, expectElement(usageBits, tags.bitString, usage.oid))
  finish(usageBits, usage.oid)
  const outer = openDer(constraints.value)
  const body = enter(outer, tags.sequence, constraints.oid)
  finish(outer, constraints.oid)
  const isCa = readBoolean(body, constraints.oid)
  const pathLength = readSmallInteger(body, constraints.oid)
  finish(body, constraints.oid)
  // AMD writes one unused bit where DER would count two; both say keyCertSign alone.
  return ['0104', '0204'].includes(toHex(bits)) && isCa && pathLength === 0
}
