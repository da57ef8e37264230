/** What a policy requires of a CRL, and which of several satisfies it. Source: attested policy, revocation. */
import { VerificationError } from '../errors/error.js'
import { type Ledger, type Unchecked, isUnchecked, noteOf } from '../errors/ledger.js'
import type { ProductLine } from '../product/line.js'
import type { Crl } from '../x509/crl.js'
import type { SignerKind } from './endorsement-key.js'

/** What a policy says about revocation. Each part may be left unchecked with a reason. */
export interface RevocationRule {
  /** Unchecked: none is needed; what the other parts state is demanded of one that is supplied. */
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
  /** Milliseconds since the epoch; `null` where nobody says when it was fetched. */
  readonly fetchedAt: number | null
  readonly scope: SignerKind | null
}

export interface RuleInput {
  readonly rule: RevocationRule
  /** Genuine CRLs of the line's root. */
  readonly crls: readonly SuppliedCrl[]
  readonly at: number
  readonly line: ProductLine
  readonly issuer: string
  readonly ledger: Ledger
}

/** How one check of one CRL ended. */
type Finding =
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'unchecked'; readonly reason: string }
  | { readonly outcome: 'failed'; readonly error: VerificationError }

interface Judgement {
  readonly supplied: SuppliedCrl
  /** In the order in which the first failure gives the code. */
  readonly findings: readonly (readonly [id: string, finding: Finding])[]
  readonly satisfiesUntil: number
}

const passed: Finding = { outcome: 'passed' }
const left = (reason: string): Finding => ({ outcome: 'unchecked', reason })

/**
 * Finds the CRL that satisfies a rule and records its four checks.
 *
 * @returns `null` where no CRL is there and none is required.
 * @throws VerificationError `REVOCATION_MISSING`, `REVOCATION_STALE`, `REVOCATION_NUMBER`, `REVOCATION_FETCH_AGE`.
 */
export function satisfyRule(input: RuleInput): Pick<Judgement, 'supplied' | 'satisfiesUntil'> | null {
  const { rule, crls, issuer, ledger } = input
  const best = bestOf(crls.map((supplied) => judge(input, supplied)))
  if (best === null) {
    if (!isUnchecked(rule.crl)) {
      ledger.fail('revocation.crl', { expected: issuer })
      throw new VerificationError('REVOCATION_MISSING', `no CRL of ${issuer} was given`, { issuer })
    }
    for (const id of ['crl', 'graceDays', 'minNumbers', 'maxFetchAgeDays']) {
      ledger.leaveUnchecked(`revocation.${id}`, rule.crl.unchecked)
    }
    return null
  }
  for (const [id, finding] of best.findings) {
    if (finding.outcome === 'passed') ledger.pass(id)
    else if (finding.outcome === 'unchecked') ledger.leaveUnchecked(id, finding.reason)
    else ledger.fail(id, noteOf(finding.error))
  }
  for (const [, finding] of best.findings) if (finding.outcome === 'failed') throw finding.error
  return best
}

/** The newest that satisfies the rule; else the newest, to say what is wrong with it. */
function bestOf(judged: readonly Judgement[]): Judgement | null {
  // Of the same CRL, the one with a fetch time says more. That it is there twice changes nothing.
  const fetchedFirst = [...judged.filter(({ supplied }) => supplied.fetchedAt !== null), ...judged]
  // The sort keeps that order among equal numbers.
  const newestFirst = fetchedFirst.sort((a, b) => Number(b.supplied.crl.number - a.supplied.crl.number))
  const satisfies = ({ findings }: Judgement): boolean =>
    findings.every(([, { outcome }]) => outcome !== 'failed')
  return newestFirst.find(satisfies) ?? newestFirst[0] ?? null
}

const day = 86_400_000
const rfc3339 = (time: number): string => new Date(time).toISOString()

function judge({ rule, at, line }: RuleInput, supplied: SuppliedCrl): Judgement {
  const { crl, fetchedAt } = supplied
  const { graceDays, minNumbers, maxFetchAgeDays } = rule
  const floor = isUnchecked(minNumbers) ? undefined : minNumbers[line]
  const staleAfter = isUnchecked(graceDays) ? Infinity : crl.nextUpdate + graceDays * day
  const fetchedTooLongAgo =
    isUnchecked(maxFetchAgeDays) || fetchedAt === null
      ? Infinity
      : // A fetch time ahead of `at` is an age of 0, not a longer life.
        Math.min(fetchedAt, at) + maxFetchAgeDays * day
  // Nobody says when it was fetched, so the host may have kept it back: only a number bounds its age.
  const unbounded = fetchedAt === null && floor === undefined && !isUnchecked(rule.crl)
  return {
    supplied,
    satisfiesUntil: Math.min(staleAfter, fetchedTooLongAgo),
    findings: [
      ['revocation.crl', presence(rule, unbounded)],
      ['revocation.graceDays', window(graceDays, crl, staleAfter, at)],
      ['revocation.minNumbers', number(minNumbers, floor, crl, line)],
      ['revocation.maxFetchAgeDays', fetchAge(maxFetchAgeDays, fetchedAt, floor, unbounded, at)],
    ],
  }
}

const unboundedProblem = 'a CRL without a fetch time counts only with a floor for its number'

function presence({ crl, maxFetchAgeDays }: RevocationRule, unbounded: boolean): Finding {
  if (isUnchecked(crl)) return left(crl.unchecked)
  // Where an age is demanded, the missing fetch time fails that check.
  return unbounded && isUnchecked(maxFetchAgeDays)
    ? failed('REVOCATION_MISSING', unboundedProblem, {})
    : passed
}

function window(
  graceDays: RevocationRule['graceDays'],
  { nextUpdate }: Crl,
  staleAfter: number,
  at: number,
): Finding {
  if (isUnchecked(graceDays)) return left(graceDays.unchecked)
  if (at <= staleAfter) return passed
  return failed('REVOCATION_STALE', 'the CRL is stale', {
    at: rfc3339(at),
    nextUpdate: rfc3339(nextUpdate),
    graceDays,
  })
}

function number(
  minNumbers: RevocationRule['minNumbers'],
  floor: number | undefined,
  crl: Crl,
  line: ProductLine,
): Finding {
  if (isUnchecked(minNumbers)) return left(minNumbers.unchecked)
  if (floor === undefined) return left(`no floor for ${line}`)
  if (crl.number >= BigInt(floor)) return passed
  return failed('REVOCATION_NUMBER', 'the CRL number is below the floor', {
    expected: floor,
    actual: crl.number.toString(),
  })
}

function fetchAge(
  maxFetchAgeDays: RevocationRule['maxFetchAgeDays'],
  fetchedAt: number | null,
  floor: number | undefined,
  unbounded: boolean,
  at: number,
): Finding {
  if (isUnchecked(maxFetchAgeDays)) return left(maxFetchAgeDays.unchecked)
  if (fetchedAt === null) {
    if (unbounded) return failed('REVOCATION_FETCH_AGE', unboundedProblem, {})
    return left(floor === undefined ? 'no fetch time' : 'no fetch time: the number bounds its age')
  }
  if (at <= fetchedAt + maxFetchAgeDays * day) return passed
  const details = { at: rfc3339(at), fetchedAt: rfc3339(fetchedAt), maxFetchAgeDays }
  return failed('REVOCATION_FETCH_AGE', 'the CRL was fetched too long ago', details)
}

const failed = (
  code: 'REVOCATION_STALE' | 'REVOCATION_NUMBER' | 'REVOCATION_FETCH_AGE' | 'REVOCATION_MISSING',
  problem: string,
  details: VerificationError['details'],
): Finding => ({ outcome: 'failed', error: new VerificationError(code, problem, details) })
