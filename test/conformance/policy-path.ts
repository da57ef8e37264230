// Runs over intermediates, freshness and the binding.
import { bindings } from '../../src/binding/forms.js'
import { ownChallenge } from '../../src/binding/challenge.js'
import { type CaseOptions, type PolicyCase, refused, right, wrong } from '../support/policy-case.js'
import { flipLast, unchecked } from '../support/policy-edit.js'
import type { Subject } from '../support/policy-subject.js'
import { requiredCrl } from './policy-revocation.js'

const open = unchecked()

function* intermediates(subject: Subject): Iterable<PolicyCase> {
  const { line, signer } = subject
  const own = subject.authorities(line)
  const other = subject.authorities(line === 'Turin' ? 'Genoa' : 'Turin')
  const mine = signer === 'vcek' ? 'ask' : 'asvk'
  const key = 'intermediates'
  const given = (...certificates: readonly Uint8Array[]): CaseOptions => ({ extras: { certificates } })
  const unknown = { code: 'CHAIN_INTERMEDIATE_UNKNOWN', failed: ['intermediates'] } as const
  yield right(subject, key, 'pinned, the pinned one given', {}, {}, given(own[mine], own.ark))
  yield right(subject, key, 'pinned, both of the line given', {}, {}, given(own.ask, own.asvk, own.ark))
  yield refused(subject, key, "pinned, another line's given", {}, unknown, given(other[mine]))
  yield refused(subject, key, 'pinned, one bit of it flipped', {}, unknown, given(flipLast(own[mine])))
  const anchor = { code: 'CHAIN_ANCHOR_UNKNOWN', failed: ['chain.anchors'] } as const
  yield refused(subject, 'chain.anchors', "another line's root given", {}, anchor, given(other.ark))
  const required = requiredCrl({ graceDays: open })
  for (const crl of subject.crls.slice(-1)) {
    const crls = [{ crl: crl.der, fetchedAt: subject.at }]
    const changes = { ...required, intermediates: 'arkSigned' }
    yield right(subject, key, 'arkSigned, none given', changes, {}, { extras: { crls } })
    yield right(
      subject,
      key,
      'arkSigned, the pinned one given',
      changes,
      {},
      { extras: { crls, certificates: [own[mine]] } },
    )
    yield refused(subject, key, "arkSigned, another line's given", changes, unknown, {
      extras: { crls, certificates: [other[mine]] },
    })
    yield refused(subject, key, 'arkSigned, one bit of it flipped', changes, unknown, {
      extras: { crls, certificates: [flipLast(own[mine])] },
    })
  }
}

function* freshness(subject: Subject): Iterable<PolicyCase> {
  const { reportData } = subject.facts
  const bound = !('unchecked' in subject.binding)
  for (const level of ['challenge', 'session', 'monotonic', 'ledger'] as const) {
    yield wrong(subject, 'freshness', `${level}, and nothing fresh`, { freshness: level })
    if (!bound) continue
    const binding = bindings.reportData(reportData, { freshness: ownChallenge(reportData.slice(0, 16)) })
    yield right(
      subject,
      'freshness',
      `${level}, and a challenge`,
      { freshness: level },
      { freshness: 'challenge' },
      { binding },
    )
  }
  if (!bound) {
    const binding = bindings.reportData(reportData, { freshness: open })
    yield refused(
      subject,
      'binding.empty',
      'REPORT_DATA is zero, and expected to be',
      {},
      { code: 'BINDING_EMPTY', failed: ['binding.empty'] },
      { binding },
    )
    return
  }
  const flipped = flipLast(reportData)
  yield refused(
    subject,
    'binding',
    'one bit of REPORT_DATA differs',
    {},
    { code: 'BINDING_MISMATCH', failed: ['binding'] },
    { binding: bindings.reportData(flipped, { freshness: open }) },
  )
  yield refused(
    subject,
    'binding.challenge',
    'the challenge is not part of REPORT_DATA',
    { freshness: 'challenge' },
    { code: 'BINDING_CHALLENGE_ABSENT', failed: ['binding.challenge'] },
    {
      binding: bindings.reportData(reportData, {
        freshness: ownChallenge(flipLast(reportData.slice(0, 16))),
      }),
    },
  )
}

/** Intermediates, freshness and the binding. */
export function* pathCases(subject: Subject): Iterable<PolicyCase> {
  yield* intermediates(subject)
  yield* freshness(subject)
}
