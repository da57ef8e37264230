/**
 * The chain VCEK ← ASK ← ARK or VLEK ← ASVK ← ARK, judged at a given time.
 *
 * The ARK, ASK and ASVK are pinned, so the leaf's signature is the only one that is computed. Nothing that
 * came with the evidence becomes an anchor.
 */
import type { CryptoEngine } from '../crypto/engine.js'
import { equalBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import { type CheckEntry, type Ledger, type Unchecked, guard, guardAsync, noteOf } from '../errors/ledger.js'
import type { ProductLine } from '../product/line.js'
import { type Issuer, type TrustAnchors, issuerKey } from './anchors.js'
import { type EndorsementCache, keepLeaf, lookUpLeaf } from './cache.js'
import type { EndorsementKey, SignerKind } from './endorsement-key.js'
import {
  type IntermediateRule,
  type Issuers,
  issuersOf,
  compareRoots,
  refuseRevokedIntermediates,
} from './intermediate.js'
import {
  type CrlUse,
  type RevocationRule,
  type SuppliedCrl,
  checkRevocation,
  revocationChecks,
} from './revocation.js'

/** KDS signs certificates on request, and its clock may be ahead of the caller's. */
export const notBeforeToleranceMs = 300_000

export const chainChecks: readonly CheckEntry[] = [
  { id: 'chain.anchors', source: 'attested roots' },
  { id: 'chain.revokedIntermediates', source: 'AMD CRL of Genoa' },
  { id: 'intermediates', source: 'attested policy, intermediates' },
  { id: 'chain.issuer', source: 'RFC 5280 §6.1.3' },
  { id: 'chain.signature', source: 'AMD 57230; RFC 8017 §8.1' },
  { id: 'chain.validity', source: 'RFC 5280 §6.1.3' },
  ...revocationChecks,
]

export interface ChainInput {
  readonly key: EndorsementKey
  readonly anchors: TrustAnchors
  /** DER that came with the evidence: hints only. */
  readonly intermediates: readonly Uint8Array[]
  readonly roots: readonly Uint8Array[]
  readonly crls: readonly SuppliedCrl[]
  readonly intermediateRule: IntermediateRule
  readonly revocationRule: RevocationRule | Unchecked
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly engine: CryptoEngine
  readonly cache: EndorsementCache | null
  readonly ledger: Ledger
}

/** A verified path from the endorsement key to the pinned ARK. Made by {@link verifyChain} alone. */
export interface EndorsementPath {
  readonly productLine: ProductLine
  readonly signer: SignerKind
  /** Common names, leaf first. */
  readonly names: readonly [leaf: string, intermediate: string, root: string]
  /** The CRL that satisfied the policy. */
  readonly crl: CrlUse | null
  /** Milliseconds since the epoch: the least notAfter of the path, and the CRL's limit. */
  readonly validUntil: number
}

interface PathSecrets {
  readonly key: EndorsementKey
  readonly engine: CryptoEngine
  readonly at: number
}

const secrets = new WeakMap<EndorsementPath, PathSecrets>()

/** What a path was verified with, for this package only. @throws TypeError for a path made elsewhere. */
export function secretsOfPath(path: EndorsementPath): PathSecrets {
  const found = secrets.get(path)
  if (found === undefined) throw new TypeError('path must come from verifyChain')
  return found
}

/**
 * Verifies the path of an endorsement key to the pinned ARK of its product line.
 *
 * @throws VerificationError `CHAIN_*`, `CERTIFICATE_NOT_YET_VALID`, `CERTIFICATE_EXPIRED`, `REVOCATION_*`,
 *   `CRYPTO_UNSUPPORTED`.
 */
export async function verifyChain(input: ChainInput): Promise<EndorsementPath> {
  const { key, at, engine, ledger } = input
  const anchors = input.anchors(key.productLine)
  guard(ledger, 'chain.anchors', () => {
    compareRoots(input.roots, anchors)
  })
  guard(ledger, 'chain.revokedIntermediates', () => {
    refuseRevokedIntermediates(input.intermediates, anchors)
  })
  const issuers = await guardAsync(
    ledger,
    'intermediates',
    () => issuersOf(input.intermediates, key.kind, anchors, input.intermediateRule, engine),
    { reason: input.intermediateRule },
  )
  guard(ledger, 'chain.issuer', () => {
    requireIssuerName(key, issuers[0])
  })
  const issuer = await verifyLeaf(input, issuers)
  guard(ledger, 'chain.validity', () => {
    requireValidity(key.kind.toUpperCase(), key.certificate, at, notBeforeToleranceMs)
    requireValidity(issuer.commonName, issuer, at, 0)
    requireValidity(anchors.ark.commonName, anchors.ark, at, 0)
  })
  const crl = await checkRevocation({
    key,
    issuer,
    ark: anchors.ark,
    crls: input.crls,
    rule: input.revocationRule,
    at,
    engine,
    ledger,
  })
  const path: EndorsementPath = Object.freeze({
    productLine: key.productLine,
    signer: key.kind,
    names: [key.kind.toUpperCase(), issuer.commonName, anchors.ark.commonName] as const,
    crl,
    validUntil: Math.min(
      key.certificate.notAfter,
      issuer.notAfter,
      anchors.ark.notAfter,
      crl?.satisfiesUntil ?? Infinity,
    ),
  })
  secrets.set(path, { key, engine, at })
  return path
}

/** Verifies the leaf's signature under one of the issuers, or finds that this was done before. */
async function verifyLeaf(input: ChainInput, issuers: Issuers): Promise<Issuer> {
  const { key, engine, cache, ledger } = input
  const { certificate } = key
  const [pinned] = issuers
  const known = cache === null ? null : lookUpLeaf(cache, certificate.der, engine)
  if (known?.issuer === pinned && known.key === key) {
    ledger.pass('chain.signature', { reason: 'verified before by this process' })
    return pinned
  }
  let issuer = pinned
  const verify = async (): Promise<void> => {
    for (const candidate of issuers) {
      issuer = candidate
      const rsa = await issuerKey(engine, candidate)
      if (await engine.verifyRsaPss(rsa, certificate.signature, certificate.tbs)) return
    }
    throw new VerificationError(
      'CHAIN_SIGNATURE',
      `the ${key.kind} is not signed by the pinned ${pinned.commonName}`,
      { issuer: pinned.commonName },
    )
  }
  try {
    await verify()
  } catch (error) {
    if (error instanceof VerificationError) ledger.fail('chain.signature', noteOf(error))
    throw error
  }
  ledger.pass(
    'chain.signature',
    issuer === pinned ? {} : { reason: `not by the pinned ${issuer.commonName}, but by ${issuer.sha256}` },
  )
  if (cache !== null && issuer === pinned) keepLeaf(cache, { key, engine, issuer })
  return issuer
}

function requireIssuerName(key: EndorsementKey, issuer: Issuer): void {
  if (!equalBytes(key.certificate.issuer.raw, issuer.subject)) {
    throw new VerificationError(
      'CHAIN_ISSUER',
      `the issuer name of the ${key.kind} is not that of the pinned intermediate`,
      {
        expected: issuer.commonName,
        actual: key.certificate.issuer.commonName,
      },
    )
  }
}

/** notAfter names a whole second, which is still inside. */
const lastMoment = ({ notAfter }: { readonly notAfter: number }): number => notAfter + 999

function requireValidity(
  role: string,
  { notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number },
  at: number,
  tolerance: number,
): void {
  const time = (ms: number): string => new Date(ms).toISOString()
  if (at < notBefore - tolerance) {
    throw new VerificationError(
      'CERTIFICATE_NOT_YET_VALID',
      `${role} is not valid before ${time(notBefore)}`,
      {
        role,
        at: time(at),
        notBefore: time(notBefore),
      },
    )
  }
  if (at > lastMoment({ notAfter })) {
    throw new VerificationError('CERTIFICATE_EXPIRED', `${role} is not valid after ${time(notAfter)}`, {
      role,
      at: time(at),
      notAfter: time(notAfter),
    })
  }
}
