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
import { type CheckEntry, type Ledger, type Unchecked, isUnchecked } from '../errors/ledger.js'
import type { ProductLine } from '../product/line.js'
import type { Crl } from '../x509/crl.js'
import { type Issuer, issuerKey } from './anchors.js'
import type { EndorsementKey, SignerKind } from './endorsement-key.js'

/** What a policy says about revocation. Each part may be left unchecked with a reason. */
export interface RevocationRule {
  readonly crl: 'required' | Unchecked
  /** Days that a CRL still counts after its nextUpdate. */
  readonly graceDays: number | Unchecked
  /** Lowest CRL number per product line. */
  readonly minNumbers: Readonly<Partial<Record<ProductLine, number>>> | Unchecked
  /** Days since the caller fetched it. */
  readonly maxFetchAgeDays: number | Unchecked
}

/** A CRL as it came: parsed, not verified. */
export interface SuppliedCrl {
  readonly crl: Crl
  /** When the caller fetched it; `null` for one out of the evidence. */
  readonly fetchedAt: number | null
  readonly scope: SignerKind | null
}

/** The CRL that satisfied the policy. Times are RFC 3339. */
export interface CrlUse {
  readonly issuer: string
  readonly number: string
  readonly thisUpdate: string
  readonly nextUpdate: string
  readonly fetchedAt: string | null
  readonly sha256: string
  /** For which kind of key the caller fetched it; `unknown` where a VLEK's was not named. */
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

export interface RevocationInput {
  readonly key: EndorsementKey
  readonly issuer: Issuer
  readonly ark: Issuer
  readonly crls: readonly SuppliedCrl[]
  readonly rule: RevocationRule | Unchecked
  readonly at: number
  readonly engine: CryptoEngine
  readonly ledger: Ledger
}

/**
 * Judges revocation.
 *
 * @returns The CRL that satisfied the policy, `null` where none is required.
 * @throws VerificationError `REVOCATION_*`.
 */
export async function checkRevocation(input: RevocationInput): Promise<CrlUse | null> {
  const { key, issuer, ark, crls, rule, engine, ledger } = input
  const genuine: SuppliedCrl[] = []
  for (const supplied of crls) {
    // A CRL of another issuer says nothing about this chain.
    if (!equalBytes(supplied.crl.issuer.raw, ark.subject)) continue
    const { signature, tbs } = supplied.crl
    if (!(await engine.verifyRsaPss(await issuerKey(engine, ark), signature, tbs))) {
      ledger.fail('revocation.signature')
      throw new VerificationError(
        'REVOCATION_SIGNATURE',
        `a CRL in the name of ${ark.commonName} that it did not sign`,
      )
    }
    genuine.push(supplied)
  }
  ledger.pass('revocation.signature', { actual: genuine.length })
  for (const { crl } of genuine) {
    for (const [role, serial] of [
      [issuer.commonName, issuer.serial],
      [key.kind, key.certificate.serial],
    ] as const) {
      if (crl.revoked.has(serial)) {
        ledger.fail('revocation.revoked', { actual: serial })
        throw new VerificationError('REVOCATION_REVOKED', `${role} is revoked`, {
          role,
          serial,
          crlNumber: crl.number.toString(),
        })
      }
    }
  }
  ledger.pass('revocation.revoked')
  if (isUnchecked(rule) || isUnchecked(rule.crl)) {
    const reason = isUnchecked(rule) ? rule.unchecked : isUnchecked(rule.crl) ? rule.crl.unchecked : ''
    for (const id of [
      'revocation.crl',
      'revocation.graceDays',
      'revocation.minNumbers',
      'revocation.maxFetchAgeDays',
    ]) {
      ledger.leaveUnchecked(id, reason)
    }
    return null
  }
  return satisfyRule(input, genuine, rule)
}

const day = 86_400_000
const rfc3339 = (time: number): string => new Date(time).toISOString()

interface Judgement {
  readonly supplied: SuppliedCrl
  readonly failures: readonly Failure[]
  readonly satisfiesUntil: number
}
interface Failure {
  readonly id: string
  readonly error: VerificationError
}

function satisfyRule(input: RevocationInput, genuine: readonly SuppliedCrl[], rule: RevocationRule): CrlUse {
  const { key, ark, ledger } = input
  const judged = genuine.map((supplied) => judge(input, supplied, rule))
  // The newest that satisfies the policy; else the newest, to say what is wrong with it.
  const newestFirst = [...judged].sort((a, b) => Number(b.supplied.crl.number - a.supplied.crl.number))
  const best = newestFirst.find(({ failures }) => failures.length === 0) ?? newestFirst[0]
  if (best === undefined) {
    ledger.fail('revocation.crl', { expected: ark.commonName })
    throw new VerificationError('REVOCATION_MISSING', `no CRL of ${ark.commonName} was given`, {
      issuer: ark.commonName,
    })
  }
  const floors = rule.minNumbers
  const settings: readonly (readonly [id: string, unchecked: string | null])[] = [
    ['revocation.crl', null],
    ['revocation.graceDays', isUnchecked(rule.graceDays) ? rule.graceDays.unchecked : null],
    [
      'revocation.minNumbers',
      isUnchecked(floors)
        ? floors.unchecked
        : floors[key.productLine] === undefined
          ? `no floor for ${key.productLine}`
          : null,
    ],
    ['revocation.maxFetchAgeDays', isUnchecked(rule.maxFetchAgeDays) ? rule.maxFetchAgeDays.unchecked : null],
  ]
  for (const [id, unchecked] of settings) {
    const failure = best.failures.find((one) => one.id === id)
    if (failure !== undefined) ledger.fail(id, failure.error.details)
    else if (unchecked !== null) ledger.leaveUnchecked(id, unchecked)
    else ledger.pass(id)
  }
  const [first] = best.failures
  if (first !== undefined) throw first.error
  return describe(best, key.kind)
}

function judge(input: RevocationInput, supplied: SuppliedCrl, rule: RevocationRule): Judgement {
  const { at, key } = input
  const { crl, fetchedAt } = supplied
  const failures: Failure[] = []
  let satisfiesUntil = Infinity
  if (!isUnchecked(rule.graceDays)) {
    const until = crl.nextUpdate + rule.graceDays * day
    satisfiesUntil = until
    if (at > until) {
      const details = { at: rfc3339(at), nextUpdate: rfc3339(crl.nextUpdate), graceDays: rule.graceDays }
      failures.push({
        id: 'revocation.graceDays',
        error: refuse('REVOCATION_STALE', 'the CRL is stale', details),
      })
    }
  }
  const floor = isUnchecked(rule.minNumbers) ? undefined : rule.minNumbers[key.productLine]
  if (floor !== undefined && crl.number < BigInt(floor)) {
    const details = { expected: floor, actual: crl.number.toString() }
    failures.push({
      id: 'revocation.minNumbers',
      error: refuse('REVOCATION_NUMBER', 'the CRL number is below the floor', details),
    })
  }
  if (fetchedAt === null) {
    // Nobody says when it was fetched, so the host may have kept it back: only a number bounds its age.
    if (floor === undefined) {
      const problem = 'a CRL without a fetch time counts only with a floor for its number'
      failures.push(
        isUnchecked(rule.maxFetchAgeDays)
          ? { id: 'revocation.crl', error: refuse('REVOCATION_MISSING', problem, {}) }
          : { id: 'revocation.maxFetchAgeDays', error: refuse('REVOCATION_FETCH_AGE', problem, {}) },
      )
    }
  } else if (!isUnchecked(rule.maxFetchAgeDays)) {
    const until = fetchedAt + rule.maxFetchAgeDays * day
    satisfiesUntil = Math.min(satisfiesUntil, until)
    if (at > until) {
      const details = {
        at: rfc3339(at),
        fetchedAt: rfc3339(fetchedAt),
        maxFetchAgeDays: rule.maxFetchAgeDays,
      }
      failures.push({
        id: 'revocation.maxFetchAgeDays',
        error: refuse('REVOCATION_FETCH_AGE', 'the CRL was fetched too long ago', details),
      })
    }
  }
  return { supplied, failures, satisfiesUntil }
}

function describe({ supplied, satisfiesUntil }: Judgement, kind: SignerKind): CrlUse {
  const { crl, fetchedAt, scope } = supplied
  return {
    issuer: crl.issuer.commonName,
    number: crl.number.toString(),
    thisUpdate: rfc3339(crl.thisUpdate),
    nextUpdate: rfc3339(crl.nextUpdate),
    fetchedAt: fetchedAt === null ? null : rfc3339(fetchedAt),
    sha256: sha256Hex(crl.der),
    // AMD publishes one CRL per kind of key under the same issuer; which one this is, it does not say.
    scope: kind === 'vcek' ? (scope ?? 'vcek') : scope === 'vlek' ? 'vlek' : 'unknown',
    satisfiesUntil,
  }
}

const refuse = (
  code: 'REVOCATION_STALE' | 'REVOCATION_NUMBER' | 'REVOCATION_FETCH_AGE' | 'REVOCATION_MISSING',
  problem: string,
  details: VerificationError['details'],
): VerificationError => new VerificationError(code, problem, details)
