import { describe, expect, it } from 'vitest'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { labEvidence } from '../../test/support/pki.js'
import type { Evidence } from '../evidence/evidence.js'
import { openLedger } from '../errors/ledger.js'
import type { Unchecked } from '../errors/ledger.js'
import { ownChallenge } from './challenge.js'
import type { Binding } from './binding.js'
import { bindings } from './forms.js'
import { bindingChecks, verifyBinding } from './verify-binding.js'

const message = new TextEncoder().encode('{"key":"…"} and a challenge: 0123456789abcdef')
const challenge = ownChallenge(message.subarray(-16))
const absent = ownChallenge(new TextEncoder().encode('somewhere else entirely'))
const stored = { unchecked: 'a stored sample' } as const
const data = Uint8Array.from({ length: 64 }, (_, index) => index + 1)

async function digestOf(
  algorithm: 'SHA-256' | 'SHA-384' | 'SHA-512',
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const out = new Uint8Array(64)
  out.set(new Uint8Array(await crypto.subtle.digest(algorithm, Uint8Array.from(bytes))))
  return out
}

/** Signing costs more than verifying, so each report is made once. */
const made = new Map<string, Promise<Evidence>>()
function evidenceFor(reportData: Uint8Array): Promise<Evidence> {
  const name = reportData.join()
  const evidence = made.get(name) ?? evidenceOf(labEvidence({ report: { reportData } }))
  made.set(name, evidence)
  return evidence
}

async function judge(
  reportData: Uint8Array,
  binding: Binding | Unchecked,
  freshness: 'challenge' | 'ledger' | null = null,
) {
  const evidence = evidenceFor(reportData)
  const policy = await policyOf(freshness === null ? {} : { freshness })
  return labVerifier.appraiseEvidence(await inputOf(evidence, { policy, binding }))
}

async function codeFor(...args: Parameters<typeof judge>): Promise<string | null> {
  const outcome = await judge(...args)
  return outcome.verdict === 'accepted' ? null : outcome.code
}

describe('REPORT_DATA', () => {
  it('is compared in all of its 64 bytes', async () => {
    const binding = bindings.reportData(data, { freshness: stored })
    expect(await codeFor(data, binding)).toBeNull()
    const edited = [...data.keys()].map((index) =>
      data.map((byte, at) => (at === index ? byte ^ 0x80 : byte)),
    )
    const codes = await Promise.all(
      edited.map((bytes) => codeFor(data, bindings.reportData(bytes, { freshness: stored }))),
    )
    expect(codes).toEqual(Array.from({ length: 64 }, () => 'BINDING_MISMATCH'))
  })

  it('of zeros commits to nothing, even where zeros are expected', async () => {
    const zeros = new Uint8Array(64)
    expect(await codeFor(zeros, bindings.reportData(zeros, { freshness: stored }))).toBe('BINDING_EMPTY')
    expect(await codeFor(zeros, bindings.reportData(data, { freshness: stored }))).toBe('BINDING_EMPTY')
    expect(await codeFor(zeros, { unchecked: 'nobody asks' })).toBeNull()
  })
})

describe('a digest', () => {
  it.each([
    ['sha256', 'SHA-256', 32],
    ['sha384', 'SHA-384', 48],
    ['sha512', 'SHA-512', 64],
  ] as const)('%s is compared with the zeros after it', async (algorithm, name, size) => {
    const committed = await digestOf(name, message)
    const binding = bindings.digest(algorithm, message, { freshness: stored })
    expect(await codeFor(committed, binding)).toBeNull()
    for (const index of [0, size - 1, ...(size < 64 ? [size, 63] : [])]) {
      const edited = committed.map((byte, at) => (at === index ? byte ^ 1 : byte))
      expect(await codeFor(edited, binding)).toBe('BINDING_MISMATCH')
    }
    const other = bindings.digest(algorithm, message.subarray(1), { freshness: stored })
    expect(await codeFor(committed, other)).toBe('BINDING_MISMATCH')
  })

  it('of one algorithm is not that of another', async () => {
    const committed = await digestOf('SHA-384', message)
    const cut = committed.slice().fill(0, 32)
    expect(await codeFor(cut, bindings.digest('sha384', message, { freshness: stored }))).toBe(
      'BINDING_MISMATCH',
    )
    expect(await codeFor(committed, bindings.digest('sha256', message, { freshness: stored }))).toBe(
      'BINDING_MISMATCH',
    )
  })
})

describe('a challenge', () => {
  it('must be a contiguous part of what is committed', async () => {
    const committed = await digestOf('SHA-256', message)
    expect(await codeFor(committed, bindings.digest('sha256', message, { freshness: challenge }))).toBeNull()
    expect(await codeFor(committed, bindings.digest('sha256', message, { freshness: absent }))).toBe(
      'BINDING_CHALLENGE_ABSENT',
    )
    const torn = ownChallenge(Uint8Array.from([...data.subarray(0, 8), ...data.subarray(9, 20)]))
    expect(await codeFor(data, bindings.reportData(data, { freshness: torn }))).toBe(
      'BINDING_CHALLENGE_ABSENT',
    )
    for (const [from, to] of [
      [0, 16],
      [24, 40],
      [48, 64],
      [0, 64],
    ])
      expect(
        await codeFor(data, bindings.reportData(data, { freshness: ownChallenge(data.slice(from, to)) })),
      ).toBeNull()
  })

  it('is not found in the digest: only the message can hold it', async () => {
    const committed = await digestOf('SHA-256', message)
    const inDigest = ownChallenge(committed.subarray(0, 16))
    expect(await codeFor(committed, bindings.digest('sha256', message, { freshness: inDigest }))).toBe(
      'BINDING_CHALLENGE_ABSENT',
    )
  })

  it('that is longer than what is committed is absent', async () => {
    const long = ownChallenge(Uint8Array.from([...data, 1]))
    expect(await codeFor(data, bindings.reportData(data, { freshness: long }))).toBe(
      'BINDING_CHALLENGE_ABSENT',
    )
  })

  it('is not looked for where the commitment is another', async () => {
    expect(await codeFor(data, bindings.digest('sha256', message, { freshness: absent }))).toBe(
      'BINDING_MISMATCH',
    )
  })
})

describe('freshness', () => {
  const fresh = bindings.reportData(data, { freshness: ownChallenge(data.subarray(0, 32)) })
  const stale = bindings.reportData(data, { freshness: stored })

  it.each<readonly [string, Binding | Unchecked, 'challenge' | 'ledger' | null, string | null]>([
    ['a challenge for a challenge', fresh, 'challenge', null],
    ['a challenge for less', fresh, 'ledger', null],
    ['nothing for a challenge', stale, 'challenge', 'APPRAISAL_FRESHNESS'],
    ['nothing for the least', stale, 'ledger', 'APPRAISAL_FRESHNESS'],
    ['nothing where nothing is demanded', stale, null, null],
    ['no binding for a challenge', { unchecked: 'nobody asks' }, 'challenge', 'APPRAISAL_FRESHNESS'],
    ['no binding where nothing is demanded', { unchecked: 'nobody asks' }, null, null],
  ])('%s', async (_name, binding, least, code) => {
    expect(await codeFor(data, binding, least)).toBe(code)
  })

  it('is judged last: what is wrong with the commitment is said first', async () => {
    expect(await codeFor(data.slice().reverse(), stale, 'challenge')).toBe('BINDING_MISMATCH')
    const outcome = await judge(data, stale, 'challenge')
    const failed =
      outcome.verdict === 'accepted' ? [] : outcome.checks.filter((one) => one.outcome === 'failed')
    expect(failed.map(({ id }) => id)).toEqual(['freshness'])
  })
})

describe('what is bound', () => {
  it('is in the result, with where it comes from', async () => {
    const committed = await digestOf('SHA-256', message)
    const outcome = await judge(
      committed,
      bindings.digest('sha256', message, { freshness: challenge }),
      'challenge',
    )
    if (outcome.verdict !== 'accepted' || outcome.verified.kind === 'unbound') throw new Error('not bound')
    const { binding, freshness, freshnessBasis, channel, kind } = outcome.verified
    const sha256 = Buffer.from(committed.subarray(0, 32)).toString('hex')
    const path = ['REPORT_DATA[0..32]', 'VCEK', 'SEV-Milan', 'ARK-Milan']
    expect(binding).toEqual({
      profile: 'digest/sha256',
      committed: { sha256 },
      verified: { sha256 },
      launchedWith: {},
      claims: [{ name: 'sha256', status: 'verified', freshness: 'challenge', path }],
      keys: [],
      manifest: null,
      manifestRules: null,
      unbound: [],
      provenance: ['sha256', ...path].join(' ← '),
      freshness: 'challenge',
      freshnessBasis: 'asserted',
      channel: 'unbound',
      assumptions: [],
      weak: [],
      experimental: null,
    })
    // The open policy does not say which software runs.
    expect([freshness, freshnessBasis, channel, kind]).toEqual([
      'challenge',
      'asserted',
      'unbound',
      'unidentified',
    ])
    for (const part of [binding, binding.verified, binding.unbound, binding.claims, binding.claims[0]?.path])
      expect(Object.isFrozen(part)).toBe(true)
  })

  it('is nothing where the caller left it open, and the reason is in the result', async () => {
    const outcome = await judge(data, { unchecked: 'nobody asks' })
    if (outcome.verdict !== 'accepted') throw outcome.error
    expect(outcome.verified).toMatchObject({
      kind: 'unbound',
      binding: null,
      freshness: 'none',
      freshnessBasis: null,
    })
    for (const { id } of bindingChecks.filter((check) => check.id.startsWith('binding')))
      expect(outcome.verified.unchecked).toContainEqual({ id, reason: 'nobody asks' })
  })

  it('is never anything of a report that was not appraised', async () => {
    const binding = bindings.reportData(data, { freshness: stored })
    const fake = {
      authentic: {},
      policy: {},
      softwareIdentity: 'measurement',
      measurementLabel: null,
      acceptedUntil: 0,
    }
    await expect(verifyBinding(fake as never, binding, openLedger(bindingChecks))).rejects.toThrow(TypeError)
  })
})
