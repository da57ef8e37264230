/**
 * Revocation: genuine CRLs of the product line's ARK, and what the policy requires of them (RFC 5280 §5).
 *
 * A VCEK has serial number 0, so AMD revokes ASKs and ASVKs; an entry 0 would hit every leaf and refuses it.
 * Any genuine CRL that is supplied and lists one of ours refuses, whatever the policy says.
 *
 * Not checked here: that a CRL is the newest one. Its number, window and fetch age bound how old it can be.
 */
import type { CryptoEngine } from '../crypto/engine.js'
import { sha256Hex } from '../crypto/digests.js'
import { equalBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import { type CheckEntry, type Ledger, type Unchecked, guardAsync, isUnchecked } from '../errors/ledger.js'
import type { EvidenceCrl } from '../evidence/evidence.js'
import { type Crl, issuerOfCrl, parseCrl } from '../x509/crl.js'
import { type Issuer, issuerKey } from './anchors.js'
import { type RevocationRule, type SuppliedCrl, satisfyRule } from './crl-rule.js'
import type { EndorsementKey, SignerKind } from './endorsement-key.js'

export type { RevocationRule, SuppliedCrl } from './crl-rule.js'

/** The CRL that satisfied the policy. Times are RFC 3339. */
export interface CrlUse {
  readonly issuer: string
  readonly number: string
  readonly thisUpdate: string
  readonly nextUpdate: string
  readonly fetchedAt: string | null
  readonly sha256: string
  /** For which kind of key the caller fetched it; `unknown` where a VLEK's was not named, or it was named otherwise. */
  readonly scope: SignerKind | 'unknown'
  /** Milliseconds since the epoch until which this CRL satisfies the policy. */
  readonly satisfiesUntil: number
}

const source = 'RFC 5280 §5; attested policy, revocation'

export const revocationChecks: readonly CheckEntry[] = [
  { id: 'revocation.signature', source: 'RFC 5280 §6.3' },
  { id: 'revocation.revoked', source: 'RFC 5280 §6.3' },
  { id: 'revocation.crl', source },
  { id: 'revocation.graceDays', source },
  { id: 'revocation.minNumbers', source },
  { id: 'revocation.maxFetchAgeDays', source },
]

/**
 * Reads the CRLs of one root; those of other issuers are left aside, since they say nothing about its chain.
 *
 * @throws VerificationError `DER_*`, `REVOCATION_MALFORMED`, `REVOCATION_UNSUPPORTED`.
 */
export function readCrls(crls: readonly EvidenceCrl[], ark: Issuer): readonly SuppliedCrl[] {
  return crls
    .filter(({ der }) => equalBytes(issuerOfCrl(der), ark.subject))
    .map(({ der, fetchedAt, scope }) => ({ crl: parseCrl(der), fetchedAt, scope }))
}

export interface RevocationInput {
  readonly key: EndorsementKey
  readonly issuer: Issuer
  readonly ark: Issuer
  /** From {@link readCrls} for this `ark`. */
  readonly crls: readonly SuppliedCrl[]
  readonly rule: RevocationRule | Unchecked
  readonly at: number
  readonly engine: CryptoEngine
  readonly ledger: Ledger
}

/**
 * Judges revocation.
 *
 * @returns The CRL that satisfied the policy, `null` where there is none and none is required.
 * @throws VerificationError `REVOCATION_*`, `CRYPTO_UNSUPPORTED`.
 */
export async function checkRevocation(input: RevocationInput): Promise<CrlUse | null> {
  const { key, ark, crls, rule, at, ledger } = input
  await requireGenuine(input)
  refuseRevoked(input)
  if (isUnchecked(rule)) {
    for (const id of ['crl', 'graceDays', 'minNumbers', 'maxFetchAgeDays']) {
      ledger.leaveUnchecked(`revocation.${id}`, rule.unchecked)
    }
    return null
  }
  const used = satisfyRule({ rule, crls, at, line: key.productLine, issuer: ark.commonName, ledger })
  return used === null ? null : describe(used.supplied, used.satisfiesUntil, key.kind)
}

/** Every CRL in the name of the ARK must be signed by it. */
async function requireGenuine({ ark, crls, engine, ledger }: RevocationInput): Promise<void> {
  if (crls.length === 0) {
    ledger.leaveUnchecked('revocation.signature', `no CRL of ${ark.commonName} was given`)
    return
  }
  await guardAsync(ledger, 'revocation.signature', async () => {
    for (const { crl } of crls) {
      if (!(await engine.verifyRsaPss(await issuerKey(engine, ark), crl.signature, crl.tbs))) {
        throw new VerificationError(
          'REVOCATION_SIGNATURE',
          `a CRL in the name of ${ark.commonName} that it did not sign`,
        )
      }
    }
  })
}

function refuseRevoked({ key, issuer, ark, crls, ledger }: RevocationInput): void {
  if (crls.length === 0) {
    ledger.leaveUnchecked('revocation.revoked', `no CRL of ${ark.commonName} was given`)
    return
  }
  const path = [
    [issuer.commonName, issuer.serial],
    [key.kind.toUpperCase(), key.certificate.serial],
  ] as const
  for (const { crl } of crls) {
    for (const [role, serial] of path) {
      if (!crl.revoked.has(serial)) continue
      ledger.fail('revocation.revoked', { actual: serial })
      const details = { role, serial, crlNumber: crl.number.toString() }
      throw new VerificationError('REVOCATION_REVOKED', `the ${role} is revoked`, details)
    }
  }
  ledger.pass('revocation.revoked')
}

function describe({ crl, fetchedAt, scope }: SuppliedCrl, satisfiesUntil: number, kind: SignerKind): CrlUse {
  return {
    ...windowOf(crl),
    fetchedAt: fetchedAt === null ? null : new Date(fetchedAt).toISOString(),
    sha256: sha256Hex(crl.der),
    // AMD publishes one CRL per kind of key under the same issuer; which one this is, it does not say. The one
    // that everybody fetches is the VCEK's, so of CRLs that the caller fetched only a VLEK's has to be named.
    scope: (scope ?? (fetchedAt === null ? null : 'vcek')) === kind ? kind : 'unknown',
    satisfiesUntil,
  }
}

const windowOf = ({ issuer, number, thisUpdate, nextUpdate }: Crl) => ({
  issuer: issuer.commonName,
  number: number.toString(),
  thisUpdate: new Date(thisUpdate).toISOString(),
  nextUpdate: new Date(nextUpdate).toISOString(),
})
