// Runs over the policy's `revocation`, with each CRL of the subject's line.
import type { ErrorCode, JsonValue } from '../../src/errors/error.js'
import { type CaseOptions, type PolicyCase, reason, refused, right } from '../support/policy-case.js'
import { flipLast, unchecked } from '../support/policy-edit.js'
import type { KnownCrl, Subject } from '../support/policy-subject.js'

const dayMs = 86_400_000
const open = unchecked()

const codes = {
  'revocation.crl': 'REVOCATION_MISSING',
  'revocation.graceDays': 'REVOCATION_STALE',
  'revocation.minNumbers': 'REVOCATION_NUMBER',
  'revocation.maxFetchAgeDays': 'REVOCATION_FETCH_AGE',
} as const satisfies Record<string, ErrorCode>

type RevocationKey = keyof typeof codes
type Rule = Readonly<Record<string, JsonValue>>

/** A rule that demands a CRL and no more, and the changes to it. */
export const requiredCrl = (changes: Rule = {}) => ({
  revocation: { crl: 'required', graceDays: 0, minNumbers: open, maxFetchAgeDays: open, ...changes },
})

function* withoutCrl(subject: Subject): Iterable<PolicyCase> {
  const { foreignCrl, at } = subject
  const key = 'revocation.crl'
  const missing = { code: codes[key], failed: [key] }
  const given = (crl: Uint8Array): CaseOptions => ({ extras: { crls: [{ crl, fetchedAt: at }] } })
  yield refused(subject, key, 'required, none given', requiredCrl(), missing)
  yield refused(subject, key, "required, another line's given", requiredCrl(), missing, given(foreignCrl))
  // A CRL of another issuer is ignored, even one that its issuer did not sign.
  const strange = given(flipLast(foreignCrl))
  yield right(subject, key, "left open, another line's given, forged", {}, { crl: 'none' }, strange)
  yield refused(subject, key, "required, another line's given, forged", requiredCrl(), missing, strange)
  const left = { crl: unchecked(reason), minNumbers: { Milan: 1_000_000, Genoa: 1_000_000 } }
  const ids = ['crl', 'graceDays', 'minNumbers', 'maxFetchAgeDays'].map((part) => `revocation.${part}`)
  yield right(subject, key, 'left open, none given', requiredCrl(left), {
    crl: 'none',
    unchecked: ids.join(' '),
  })
}

/** Runs with one CRL: what is given, when it was fetched, when the evidence is judged. */
function runsWith(subject: Subject, crl: KnownCrl) {
  const { signer } = subject
  const accepted = { crl: String(crl.number), crlScope: signer === 'vcek' ? 'vcek' : 'unknown' }
  const given = (at: number, fetchedAt: number | null, scope?: 'vcek' | 'vlek'): CaseOptions => ({
    at: new Date(at),
    extras: {
      crls: [
        {
          crl: crl.der,
          ...(fetchedAt === null ? {} : { fetchedAt: new Date(fetchedAt) }),
          ...(scope === undefined ? {} : { scope }),
        },
      ],
    },
  })
  const note = (text: string): string => `${crl.name}: ${text}`
  return {
    accepted,
    given,
    ok: (key: RevocationKey, text: string, rule: Rule, options: CaseOptions, facets = {}): PolicyCase =>
      right(subject, key, note(text), requiredCrl(rule), { ...accepted, ...facets }, options),
    bad: (key: RevocationKey, text: string, rule: Rule, options: CaseOptions): PolicyCase =>
      refused(subject, key, note(text), requiredCrl(rule), { code: codes[key], failed: [key] }, options),
  }
}

/** The last moment at which both the CRL and the leaf are valid, if there is one. */
function lastGood({ leafFrom, leafUntil }: Subject, { nextUpdate }: KnownCrl): number | null {
  const time = Math.min(nextUpdate.getTime(), leafUntil.getTime())
  return time >= leafFrom.getTime() ? time : null
}

function* inWindow(subject: Subject, crl: KnownCrl, at: number): Iterable<PolicyCase> {
  const { line, signer } = subject
  const { ok, bad, given } = runsWith(subject, crl)
  const fresh = given(at, at)
  yield ok('revocation.crl', 'given, at its last moment', {}, fresh)
  yield ok('revocation.crl', "given, named as the signer's", {}, given(at, at, signer), { crlScope: signer })

  const number = 'revocation.minNumbers'
  const equal = { minNumbers: { [line]: crl.number } }
  yield ok(number, 'number equal', equal, fresh)
  yield bad(number, 'number one below', { minNumbers: { [line]: crl.number + 1 } }, fresh)
  const elsewhere = { minNumbers: { [line === 'Milan' ? 'Genoa' : 'Milan']: 1_000_000 } }
  yield ok(number, 'a floor for another line only', elsewhere, fresh)

  const age = 'revocation.maxFetchAgeDays'
  const aged = { maxFetchAgeDays: 30 }
  yield ok(age, '30 days, exactly', aged, given(at, at - 30 * dayMs))
  yield bad(age, '30 days and a millisecond', aged, given(at, at - 30 * dayMs - 1))
  const later = given(at, at + dayMs)
  yield ok(age, 'fetched after the time of verification', { maxFetchAgeDays: 0 }, later)
  yield bad(age, 'no fetch time, no floor for the number', aged, given(at, null))
  yield ok(number, 'no fetch time, number as required', { ...aged, ...equal }, given(at, null), {
    crlScope: 'unknown',
  })
  yield bad('revocation.crl', 'no fetch time, and nothing that bounds its age', {}, given(at, null))

  const forged = { code: 'REVOCATION_SIGNATURE', failed: ['revocation.signature'] } as const
  const extras = { crls: [{ crl: flipLast(crl.der), fetchedAt: new Date(at) }] }
  const key = 'revocation.signature'
  const options = { at: new Date(at), extras }
  yield refused(subject, key, `${crl.name}: one bit flipped`, requiredCrl(), forged, options)
  yield refused(subject, key, `${crl.name}: one bit flipped, revocation unchecked`, {}, forged, options)
}

function* grace(subject: Subject, crl: KnownCrl): Iterable<PolicyCase> {
  const next = crl.nextUpdate.getTime()
  const at = Math.max(next + 1, subject.leafFrom.getTime())
  if (at > subject.leafUntil.getTime()) return
  const { ok, bad, given } = runsWith(subject, crl)
  const key = 'revocation.graceDays'
  // A day is 24 hours; one millisecond more than n days needs n + 1 days of grace.
  const days = Math.ceil((at - next) / dayMs)
  const late = given(at, at)
  yield bad(key, `stale, ${days - 1} days of grace`, { graceDays: days - 1 }, late)
  yield ok(key, `stale, ${days} days of grace`, { graceDays: days }, late)
  yield ok(key, 'stale, left open', { graceDays: unchecked(reason) }, late, { unchecked: key })
  // One that is not needed, but given, is held to the rest.
  yield bad(key, 'stale, though none is required', { crl: open }, late)
}

/** Revocation: no CRL, the newest that is valid together with the leaf, and each of them stale. */
export function* revocationCases(subject: Subject): Iterable<PolicyCase> {
  yield* withoutCrl(subject)
  const newest = [...subject.crls].reverse().find((crl) => lastGood(subject, crl) !== null)
  const at = newest === undefined ? null : lastGood(subject, newest)
  if (newest !== undefined && at !== null) yield* inWindow(subject, newest, at)
  for (const crl of subject.crls) yield* grace(subject, crl)
}
