// One run: evidence, a policy, and the outcome that must come out of them, no more and no less.
import type { PolicyDocument } from '../../src/appraisal/document.js'
import { type Policy, parsePolicy } from '../../src/appraisal/policy.js'
import type { Binding } from '../../src/binding/binding.js'
import { type ErrorCode, type RefusalVerdict, isVerificationError } from '../../src/errors/error.js'
import type { Unchecked } from '../../src/errors/ledger.js'
import { type EvidenceExtras, decodeEvidence } from '../../src/evidence/evidence.js'
import type { AcceptedEvidence } from '../../src/verify/result.js'
import { type PolicyChanges, appraisalCode, editPolicy, verdictFor } from './policy-edit.js'
import type { Subject } from './policy-subject.js'

type Accepted = AcceptedEvidence & { readonly kind: string }

/** What a run may expect of an accepted result beyond that it was accepted. */
const facets = {
  kind: ({ kind }: Accepted) => kind,
  softwareIdentity: ({ softwareIdentity }: Accepted) => softwareIdentity,
  label: ({ measurementLabel }: Accepted) => String(measurementLabel),
  chipId: ({ chipId }: Accepted) => String(chipId),
  freshness: ({ freshness }: Accepted) => freshness,
  crl: ({ crl }: Accepted) => (crl === null ? 'none' : crl.number),
  crlScope: ({ crl }: Accepted) => (crl === null ? 'none' : crl.scope),
  validUntil: ({ validUntil }: Accepted) => validUntil,
  /** Ids that are unchecked for the reason that {@link reason} gives. */
  unchecked: ({ unchecked }: Accepted) =>
    unchecked
      .filter((item) => item.reason === reason)
      .map(({ id }) => id)
      .join(' '),
  findings: ({ checks }: Accepted) =>
    checks
      .filter((check) => check.outcome === 'passed' && check.reason?.includes('does not know') === true)
      .map(({ id }) => id)
      .join(' '),
} as const

/** The reason by which a run recognises what it left unchecked itself. */
export const reason = 'left open by this run'

export type Facets = Readonly<Partial<Record<keyof typeof facets, string>>>

export type Expected =
  | { readonly verdict: 'accepted'; readonly facets: Facets }
  | { readonly code: ErrorCode; readonly failed: readonly string[] }

export interface PolicyCase {
  readonly subject: Subject
  /** The policy key that this run is about, dotted, without indices. */
  readonly key: string
  readonly note: string
  readonly policy: PolicyDocument
  readonly binding: Binding | Unchecked
  readonly at: Date
  readonly extras: EvidenceExtras
  readonly debug: boolean
  readonly expected: Expected
}

export interface Row {
  readonly subject: string
  readonly source: 'real' | 'lab'
  readonly key: string
  readonly note: string
  readonly expected: string
  readonly got: string
  readonly ok: boolean
  /** The code that came out; empty where accepted. */
  readonly code: string
  /** The checks that must fail. */
  readonly failing: readonly string[]
}

export type CaseOptions = Partial<Pick<PolicyCase, 'binding' | 'at' | 'extras' | 'debug'>>

function makeCase(
  subject: Subject,
  key: string,
  note: string,
  changes: PolicyChanges,
  options: CaseOptions,
  expected: Expected,
): PolicyCase {
  return {
    subject,
    key,
    note,
    policy: editPolicy(subject.policy, changes),
    binding: options.binding ?? subject.binding,
    at: options.at ?? subject.at,
    extras: options.extras ?? {},
    debug: options.debug ?? false,
    expected,
  }
}

/** A run in which exactly one policy check fails. Its id is the key unless told. */
export function wrong(
  subject: Subject,
  key: string,
  note: string,
  changes: PolicyChanges,
  options: CaseOptions & { readonly check?: string } = {},
): PolicyCase {
  const { check = key } = options
  return makeCase(subject, key, note, changes, options, { code: appraisalCode(check), failed: [check] })
}

/** A run that must be refused with a code that is not of the appraisal. */
export function refused(
  subject: Subject,
  key: string,
  note: string,
  changes: PolicyChanges,
  expected: { readonly code: ErrorCode; readonly failed: readonly string[] },
  options: CaseOptions = {},
): PolicyCase {
  return makeCase(subject, key, note, changes, options, expected)
}

/** A run that must be accepted, with these facets. */
export function right(
  subject: Subject,
  key: string,
  note: string,
  changes: PolicyChanges,
  expected: Facets = {},
  options: CaseOptions = {},
): PolicyCase {
  return makeCase(subject, key, note, changes, options, { verdict: 'accepted', facets: expected })
}

const parsed = new Map<string, Promise<Policy>>()

/** Parses a policy document, once per text. */
export function policyOf(document: PolicyDocument): Promise<Policy> {
  const text = JSON.stringify(document)
  const known = parsed.get(text)
  if (known !== undefined) return known
  const made = parsePolicy(text)
  parsed.set(text, made)
  return made
}

const facetText = (values: Facets): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}=${value}`)
    .join('')

const refusalText = (verdict: RefusalVerdict, code: ErrorCode, failed: readonly string[]): string =>
  `${verdict} ${code} {${failed.join(', ')}}`

function describeExpected(expected: Expected): string {
  return 'code' in expected
    ? refusalText(verdictFor(expected.code), expected.code, expected.failed)
    : `accepted${facetText(expected.facets)}`
}

/** Runs one case. Anything that is not a verdict, a `TypeError` for one, is an outcome that no case expects. */
export async function runCase(one: PolicyCase): Promise<Row> {
  const { subject, expected } = one
  const wanted = 'code' in expected ? {} : expected.facets
  const outcome = await outcomeOf(one, wanted).catch((error: unknown) => ({
    got: `threw ${String(error)}`,
    code: '',
  }))
  const text = describeExpected(expected)
  return {
    subject: subject.name,
    source: subject.source,
    key: one.key,
    note: one.note,
    expected: text,
    got: outcome.got,
    ok: outcome.got === text,
    code: outcome.code,
    failing: 'code' in expected ? expected.failed : [],
  }
}

async function outcomeOf(
  one: PolicyCase,
  wanted: Facets,
): Promise<{ readonly got: string; readonly code: string }> {
  const { subject, at, binding } = one
  const extras = { endorsementKey: subject.leaf, ...one.extras }
  const [evidence, policy] = await Promise.all([
    decodeEvidence(subject.report, 'snp-report', extras),
    policyOf(one.policy),
  ])
  const input = { evidence, policy, binding, at, cache: subject.cache }
  if (one.debug) {
    try {
      return { got: accepted(await subject.verifier.verifyDebugEvidence(input), wanted), code: '' }
    } catch (error) {
      if (!isVerificationError(error)) throw error
      return { got: refusalText(error.verdict, error.code, failedIn(error.checks)), code: error.code }
    }
  }
  const appraisal = await subject.verifier.appraiseEvidence(input)
  if (appraisal.verdict === 'accepted') return { got: accepted(appraisal.verified, wanted), code: '' }
  return {
    got: refusalText(appraisal.verdict, appraisal.code, failedIn(appraisal.checks)),
    code: appraisal.code,
  }
}

const failedIn = (checks: AcceptedEvidence['checks']): readonly string[] =>
  checks.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id)

function accepted(result: Accepted, wanted: Facets): string {
  const names = Object.keys(wanted) as (keyof Facets)[]
  return `accepted${facetText(Object.fromEntries(names.map((name) => [name, facets[name](result)])))}`
}

/** Runs cases a few at a time: signatures are checked off the main thread. */
export async function runCases(cases: readonly PolicyCase[], concurrency = 8): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (let at = 0; at < cases.length; at += concurrency) {
    rows.push(...(await Promise.all(cases.slice(at, at + concurrency).map(runCase))))
  }
  return rows
}
