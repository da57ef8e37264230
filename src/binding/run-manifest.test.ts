import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { labEvidence } from '../../test/support/pki.js'
import type { ReportFields } from '../../test/support/report.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import { expectFor } from '../manifest/expect-for.js'
import { parseExpectations } from '../manifest/expectations.js'
import { parseManifest } from '../manifest/parse.js'
import type { VerifiedEvidence } from '../verify/result.js'
import { ownChallenge } from './challenge.js'
import { type ManifestBindingOptions, bindings } from './forms.js'
import { frameBytes } from './frame.js'

const document = {
  schema: 'attested/manifest@1',
  title: 'two parties',
  participants: [
    { name: 'alice', did: 'did:web:alice.example' },
    { name: 'bob', did: 'did:web:bob.example' },
  ],
  components: [
    { name: 'model', participant: 'alice', digest: `sha256:${'11'.repeat(32)}` },
    { name: 'solver', participant: 'bob', digest: `sha256:${'22'.repeat(32)}` },
  ],
  data: [{ name: 'weights', participant: 'alice', digest: `sha256:${'33'.repeat(32)}` }],
  permissions: [
    { component: 'model', reads: ['weights'], capabilities: [] },
    { component: 'solver', reads: [], capabilities: [] },
  ],
  channels: [{ from: 'model', to: 'solver' }],
  outputs: [{ name: 'answer', component: 'solver', receivers: ['bob'] }],
}
const text = JSON.stringify(document, null, 2)
const canonical = canonicalJson(document)
const digestOf = (algorithm: string, value: string | Uint8Array): Uint8Array =>
  new Uint8Array(createHash(algorithm).update(value).digest())
const sha256 = digestOf('sha256', canonical)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const nonce = Uint8Array.from({ length: 32 }, (_, at) => at + 1)
const padded = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(64)
  out.set(bytes)
  return out
}

const stored = { unchecked: 'a stored sample' } as const
const base: ManifestBindingOptions = { manifest: text, nonce: stored, accept: { digest: sha256 } }

async function judge(report: Partial<ReportFields>, options: Partial<ManifestBindingOptions> = {}) {
  const lab = labEvidence({ report: { measurement: new Uint8Array(48).fill(1), ...report } })
  const policy = await policyOf({
    measurements: [{ label: 'agent', value: '01'.repeat(48) }],
    identity: 'required',
  })
  const binding = bindings.manifest({ ...base, ...options })
  const outcome = await labVerifier.appraiseEvidence(await inputOf(evidenceOf(lab), { policy, binding }))
  return outcome.verdict === 'accepted'
    ? { code: null, verified: outcome.verified as VerifiedEvidence, check: '', checks: [] }
    : {
        code: outcome.code,
        verified: null,
        checks: outcome.checks,
        check: outcome.checks
          .filter((one) => one.outcome === 'failed')
          .map(({ id }) => id)
          .join(),
      }
}

describe('a manifest in REPORT_DATA', () => {
  it('alone is its digest and zeros, over its canonical form', async () => {
    for (const manifest of [
      text,
      canonical,
      new TextEncoder().encode(text),
      parseManifest(text, { schema: 'attested/manifest@1', bytes: 'canonical' }),
    ]) {
      const { verified } = await judge({ reportData: padded(sha256) }, { manifest })
      expect(verified?.manifest).toEqual(document)
      expect(verified?.binding).toMatchObject({
        profile: 'manifest/1',
        verified: { manifest: hex(sha256) },
        freshness: 'none',
        freshnessBasis: null,
        unbound: [],
        manifestRules: null,
      })
      expect(verified?.unchecked).toContainEqual({ id: 'binding.challenge', reason: 'a stored sample' })
    }
  })

  it.each(['sha384', 'sha512'] as const)('may be its %s digest', async (algorithm) => {
    const digest = digestOf(algorithm, canonical)
    const options = { algorithm, accept: { digest } } as const
    const { verified } = await judge({ reportData: padded(digest) }, options)
    expect(verified?.binding).toMatchObject({
      profile: `manifest-${algorithm}/1`,
      verified: { manifest: hex(digest) },
    })
    // The pin may be of another algorithm than the commitment.
    expect((await judge({ reportData: padded(digest) }, { algorithm })).code).toBeNull()
    expect((await judge({ reportData: padded(sha256) }, { algorithm })).code).toBe('BINDING_MISMATCH')
  })

  it('with a challenge is a frame', async () => {
    const reportData = digestOf(
      'sha512',
      frameBytes('REPORT_DATA', 'manifest-nonce/1', [
        ['manifest', sha256],
        ['nonce', nonce],
      ]),
    )
    const { verified } = await judge({ reportData }, { nonce: ownChallenge(nonce) })
    expect(verified).toMatchObject({ freshness: 'challenge', freshnessBasis: 'asserted', manifest: document })
    expect(verified?.binding.profile).toBe('manifest-nonce/1')
    expect(verified?.binding.provenance).toBe(
      'nonce ← frame ← SHA-512 ← REPORT_DATA ← VCEK ← SEV-Milan ← ARK-Milan',
    )
    for (const change of [
      { nonce: ownChallenge(nonce.map((byte) => byte ^ 1)) },
      { nonce: stored },
      { manifest: text.replace('alice.example', 'alicf.example'), nonce: ownChallenge(nonce) },
    ])
      expect(await judge({ reportData }, change)).toMatchObject({
        code: 'BINDING_MISMATCH',
        check: 'binding',
      })
  })

  it('at launch is in HOST_DATA', async () => {
    const hostData = digestOf('sha256', frameBytes('HOST_DATA', 'manifest-host/1', [['manifest', sha256]]))
    const { verified } = await judge({ hostData }, { carrier: 'HOST_DATA' })
    expect(verified?.binding).toMatchObject({
      profile: 'manifest-host/1',
      launchedWith: { manifest: hex(sha256) },
      verified: { manifest: hex(sha256) },
      freshness: 'none',
    })
    // What the guest put into REPORT_DATA, nobody looks at.
    expect(verified?.binding.unbound).toEqual(['REPORT_DATA'])
    expect(verified?.manifest).toEqual(document)
    expect((await judge({ hostData: sha256 }, { carrier: 'HOST_DATA' })).code).toBe('BINDING_MISMATCH')
  })

  it('is bound, and not accepted, where the caller leaves that open', async () => {
    const { verified } = await judge(
      { reportData: padded(sha256) },
      { accept: { unchecked: 'not agreed yet' } },
    )
    expect(verified?.manifest).toBeNull()
    expect(verified?.binding).toMatchObject({ committed: { manifest: hex(sha256) }, verified: {} })
    expect(verified?.binding.manifest?.document).toEqual(document)
    expect(verified?.unchecked).toContainEqual({ id: 'binding.accept', reason: 'not agreed yet' })
  })
})

describe('acceptance of a manifest', () => {
  const reportData = padded(sha256)

  it.each<readonly [string, unknown]>([
    ['bytes', sha256],
    ['hex', hex(sha256)],
    ['a named digest', `sha256:${hex(sha256)}`],
    ['SHA-384', `sha384:${hex(digestOf('sha384', canonical))}`],
    ['SHA-512', digestOf('sha512', canonical)],
  ])('by a digest: %s', async (_, digest) => {
    expect((await judge({ reportData }, { accept: { digest: digest as string } })).code).toBeNull()
  })

  it('by another digest is refused', async () => {
    for (const digest of [
      sha256.map((byte, at) => (at === 31 ? byte ^ 1 : byte)),
      digestOf('sha256', text),
      digestOf('sha384', text),
      digestOf('sha256', sha256),
    ])
      expect(await judge({ reportData }, { accept: { digest } })).toMatchObject({
        code: 'MANIFEST_DIGEST_MISMATCH',
        check: 'binding.accept',
      })
  })

  it('by its rules is that no rule finds an error', async () => {
    const manifest = parseManifest(text, { schema: 'attested/manifest@1', bytes: 'canonical' })
    const draft = expectFor(manifest, 'alice')
    const parsed = parseExpectations(JSON.stringify(draft), 'attested/manifest@1')
    const { verified } = await judge({ reportData }, { accept: { expect: parsed } })
    expect(verified?.manifest).toEqual(document)
    const strict = { ...draft, receiversOf: { weights: ['alice'] } }
    const expected = parseExpectations(JSON.stringify(strict), 'attested/manifest@1')
    expect(await judge({ reportData }, { accept: { expect: expected } })).toMatchObject({
      code: 'MANIFEST_FLOW',
      check: 'binding.accept',
    })
  })

  it('is stated', () => {
    for (const accept of [
      undefined,
      null,
      {},
      { digest: 'ab' },
      { digest: sha256.subarray(1) },
      { unchecked: ' ' },
      { digest: sha256, unchecked: 'x' },
      sha256,
    ])
      expect(() => bindings.manifest({ ...base, accept } as never)).toThrow(TypeError)
  })
})

describe('the rules by which a manifest is accepted', () => {
  const reportData = padded(sha256)
  const noMeaning = 'has no meaning for attested/manifest@1'
  const open = ['M9', 'M12', 'M16']

  async function ruled(changes: object, expected: object = {}): Promise<VerifiedEvidence> {
    const changed = JSON.stringify({ ...document, ...changes })
    const draft = expectFor(
      parseManifest(changed, { schema: 'attested/manifest@1', bytes: 'canonical' }),
      'alice',
    )
    const expect = parseExpectations(JSON.stringify({ ...draft, ...expected }), 'attested/manifest@1')
    const digest = digestOf('sha256', canonicalJson({ ...document, ...changes }))
    const { verified, code } = await judge(
      { reportData: padded(digest) },
      { manifest: changed, accept: { expect } },
    )
    if (verified === null) throw new Error(code)
    return verified
  }

  it('say which of them were not applied, and why', async () => {
    const { binding, unchecked } = await ruled({})
    expect(binding.manifestRules).toEqual({
      findings: [],
      unchecked: open.map((rule) => ({ rule, reason: noMeaning })),
    })
    expect(unchecked.slice(-3)).toEqual(open.map((rule) => ({ id: `manifest.${rule}`, reason: noMeaning })))
  })

  it('say what they warn of', async () => {
    const data = [{ name: 'weights', participant: 'alice', digest: null }]
    const { binding } = await ruled({ data })
    expect(binding.manifestRules?.findings).toEqual([
      {
        rule: 'M15',
        severity: 'warning',
        path: '/data/0',
        message: 'no digest says which data "weights" is',
      },
    ])
    expect(Object.isFrozen(binding.manifestRules?.findings[0])).toBe(true)
    expect(Object.isFrozen(binding.manifestRules?.unchecked[0])).toBe(true)
  })

  it('say what they did not follow: each rule once in the list, every reason in the rules', async () => {
    const network = [
      { component: 'model', reads: ['weights', 'more'], capabilities: ['network'] },
      { component: 'solver', reads: [], capabilities: [] },
    ]
    const data = ['weights', 'more'].map((name) => ({ ...document.data[0], name }))
    const followed = (name: string) => `what "model" may send over the network of "${name}" is not followed`
    const { binding, unchecked } = await ruled({ permissions: network, data })
    expect(binding.manifestRules?.unchecked.filter(({ rule }) => rule === 'M11')).toEqual(
      ['weights', 'more'].map((name) => ({ rule: 'M11', reason: followed(name) })),
    )
    expect(unchecked.filter(({ id }) => id === 'manifest.M11')).toEqual([
      { id: 'manifest.M11', reason: `${followed('weights')}, and 1 more` },
    ])
  })

  it('were not asked where a digest is pinned, or anything is accepted', async () => {
    for (const accept of [{ digest: sha256 }, { unchecked: 'not agreed yet' }]) {
      const { verified } = await judge({ reportData }, { accept })
      expect(verified?.binding.manifestRules).toBeNull()
      expect(verified?.unchecked.filter(({ id }) => id.startsWith('manifest.'))).toEqual([])
    }
  })
})

describe('a binding to a manifest', () => {
  it.each<readonly [string, object]>([
    ['no manifest', { manifest: undefined }],
    ['null', { manifest: null }],
    ['no nonce', { nonce: undefined }],
    ['plain bytes for a nonce', { nonce }],
    ['an empty reason', { nonce: { unchecked: '' } }],
    ['an algorithm of its own', { algorithm: 'sha1' }],
    ['another carrier', { carrier: 'FAMILY_ID' }],
    ['a challenge in HOST_DATA', { carrier: 'HOST_DATA', nonce: ownChallenge(nonce) }],
  ])('is refused with %s', (_, change) => {
    expect(() => bindings.manifest({ ...base, ...change })).toThrow(TypeError)
  })

  it('to what cannot be read is refused when it is verified', async () => {
    const reportData = padded(sha256)
    for (const [manifest, code] of [
      ['{', 'MANIFEST_MALFORMED'],
      ['{}', 'MANIFEST_SCHEMA'],
      [new TextEncoder().encode('{'), 'MANIFEST_MALFORMED'],
    ] as const) {
      const refused = await judge({ reportData }, { manifest })
      expect(refused).toMatchObject({ code, check: 'binding.decode' })
      expect(refused.checks.find(({ id }) => id === 'binding.decode')?.reason).toBe(code)
      const bindingOutcomes = refused.checks
        .filter(({ id }) => /^(?:binding|freshness)/.test(id) && id !== 'binding.decode')
        .map(({ outcome }) => outcome)
      expect(new Set(bindingOutcomes)).toEqual(new Set(['notReached']))
    }
    await expect(judge({ reportData }, { manifest: {} as never })).rejects.toThrow(TypeError)
  })

  it('copies the bytes', async () => {
    const bytes = new TextEncoder().encode(text)
    const binding = bindings.manifest({ ...base, manifest: bytes })
    bytes.fill(0)
    const lab = labEvidence({ report: { reportData: padded(sha256) } })
    const outcome = await labVerifier.appraiseEvidence(await inputOf(evidenceOf(lab), { binding }))
    expect(outcome.verdict).toBe('accepted')
  })
})
