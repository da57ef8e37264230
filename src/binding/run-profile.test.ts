import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  accepted,
  base,
  bytes,
  challenge,
  hex,
  identified,
  joined,
  key,
  keyAndNonce,
  nonce,
  refusal,
  sha,
} from '../../test/support/binding-lab.js'
import { ownChallenge } from './challenge.js'
import { committedBytes } from './claims.js'
import { any, concat, hash, input, literal, padRight, truncate } from './expression.js'
import { defineProfile } from './profile.js'
import type { Binding } from './binding.js'
import type { PolicyDocument } from '../appraisal/document.js'

describe('a commitment', () => {
  const profile = defineProfile(keyAndNonce)
  const reportData = joined(sha(nonce), sha(key))

  it('that holds gives the claims, their status, freshness and way', async () => {
    const { binding, freshness, freshnessBasis, channel, kind } = await accepted(
      { reportData },
      profile.with({ nonce: challenge, key }),
    )
    expect({ freshness, freshnessBasis, channel, kind }).toEqual({
      freshness: 'challenge',
      freshnessBasis: 'asserted',
      channel: 'unbound',
      kind: 'unidentified',
    })
    const root = ['VCEK', 'SEV-Milan', 'ARK-Milan']
    expect(binding).toEqual({
      profile: 'test/1',
      committed: { nonce: hex(nonce), key: hex(key) },
      verified: { nonce: hex(nonce) },
      launchedWith: {},
      claims: [
        {
          name: 'nonce',
          status: 'verified',
          freshness: 'challenge',
          path: ['SHA-256', 'REPORT_DATA[0..32]', ...root],
        },
        {
          name: 'key',
          status: 'committed',
          freshness: 'challenge',
          path: ['SHA-256', 'REPORT_DATA[32..64]', ...root],
        },
      ],
      keys: [],
      manifest: null,
      manifestRules: null,
      unbound: [],
      provenance: 'key ← SHA-256 ← REPORT_DATA[32..64] ← VCEK ← SEV-Milan ← ARK-Milan',
      freshness: 'challenge',
      freshnessBasis: 'asserted',
      channel: 'unbound',
      assumptions: [],
      weak: [],
      experimental: null,
    })
    const copy = committedBytes(binding, 'key')
    expect(copy).toEqual(key)
    copy?.fill(0)
    expect(committedBytes(binding, 'key')).toEqual(key)
    expect(committedBytes(binding, 'other')).toBeNull()
    expect(() => committedBytes({ ...binding }, 'key')).toThrow(TypeError)
  })

  it.each<readonly [string, Uint8Array, string, string, string]>([
    [
      'the challenge',
      joined(sha('x'), sha(key)),
      'FRESHNESS_MISMATCH',
      'binding.challenge',
      'REPORT_DATA[0..32]',
    ],
    ['both', joined(sha('x'), sha('x')), 'FRESHNESS_MISMATCH', 'binding.challenge', 'REPORT_DATA[0..32]'],
    ['the key', joined(sha(nonce), sha('x')), 'BINDING_MISMATCH', 'binding', 'REPORT_DATA[32..64]'],
  ])('to something else than %s is refused', async (_, other, code, check, range) => {
    const found = await refusal({ reportData: other }, profile.with({ nonce: challenge, key }))
    expect(found).toMatchObject({ code, check, details: { profile: 'test/1', range }, remark: code })
    const [from, to] = range === 'REPORT_DATA[0..32]' ? [0, 32] : [32, 64]
    expect(found.details).toMatchObject({
      expected: hex(reportData.subarray(from, to)),
      actual: hex(other.subarray(from, to)),
    })
  })

  it('is refused for every bit', async () => {
    for (const at of [0, 31, 32, 63])
      for (const mask of [1, 0x80]) {
        const flipped = reportData.map((byte, index) => (index === at ? byte ^ mask : byte))
        const { code } = await refusal({ reportData: flipped }, profile.with({ nonce: challenge, key }))
        expect(code).toBe(at < 32 ? 'FRESHNESS_MISMATCH' : 'BINDING_MISMATCH')
      }
  })

  it('of zeros is none', async () => {
    expect(
      await refusal({ reportData: new Uint8Array(64) }, profile.with({ nonce: challenge, key })),
    ).toMatchObject({
      code: 'BINDING_EMPTY',
      check: 'binding.empty',
      details: { carrier: 'REPORT_DATA' },
    })
  })

  it('needs what the evidence must bring', async () => {
    expect(await refusal({ reportData }, profile.with({ nonce: challenge }))).toMatchObject({
      code: 'BINDING_INPUT_MISSING',
      check: 'binding.inputs',
      details: { profile: 'test/1', input: 'key' },
    })
    const { inputs, edges } = keyAndNonce
    const named = defineProfile({
      ...keyAndNonce,
      inputs: { ...inputs, key: { ...inputs.key, missing: 'MANIFEST_NOT_LOCKED' } },
      edges,
    })
    expect(await refusal({ reportData }, named.with({ nonce: challenge }))).toMatchObject({
      code: 'MANIFEST_NOT_LOCKED',
      check: 'binding.inputs',
    })
  })

  it('may leave bytes free, and says which', async () => {
    const free = defineProfile({
      ...keyAndNonce,
      edges: [
        {
          kind: 'commit',
          carrier: 'REPORT_DATA',
          layout: [truncate(32, hash('sha512', concat(input('nonce'), input('key')))), any(32)],
        },
      ],
      inputs: { ...keyAndNonce.inputs, nonce: { source: 'verifier', length: 32 } },
      weak: [{ rule: 'any', reason: 'the format ends there' }],
    })
    const digest = new Uint8Array(createHash('sha512').update(nonce).update(key).digest())
    const { binding } = await accepted(
      { reportData: joined(digest.subarray(0, 32), bytes(32, 9)) },
      free.with({ nonce: challenge, key }),
    )
    expect(binding.unbound).toEqual(['REPORT_DATA[32..64]'])
    expect(binding.weak).toEqual(['any: the format ends there'])
    expect(binding.provenance).toBe(
      'key ← SHA-512 ← first 32 bytes ← REPORT_DATA[0..32] ← VCEK ← SEV-Milan ← ARK-Milan',
    )
  })

  it('of the whole field names no range', async () => {
    const whole = defineProfile({
      ...base,
      inputs: { pin: { source: 'expected', length: 20 } },
      edges: [
        {
          kind: 'commit',
          carrier: 'REPORT_DATA',
          layout: [padRight(64, concat(literal('v1:'), input('pin')))],
        },
      ],
      freshness: { none: 'nothing is fresh in it' },
      experimental: 'made up',
    })
    const pin = bytes(20, 1)
    const reportData = joined(Buffer.from('v1:'), pin, new Uint8Array(41))
    const result = await accepted({ reportData }, whole.with({ pin }))
    expect(result.binding).toMatchObject({
      verified: { pin: hex(pin) },
      provenance: 'pin ← REPORT_DATA ← VCEK ← SEV-Milan ← ARK-Milan',
      freshness: 'none',
      freshnessBasis: null,
      experimental: 'made up',
    })
    expect(result.checks.find(({ id }) => id === 'binding.challenge')).toMatchObject({
      outcome: 'unchecked',
      reason: 'nothing is fresh in it',
    })
    // A policy that demands freshness gets none of it.
    expect(await refusal({ reportData }, whole.with({ pin }), { freshness: 'ledger' })).toMatchObject({
      code: 'APPRAISAL_FRESHNESS',
    })
    for (const at of [22, 23, 63])
      expect(
        await refusal(
          { reportData: reportData.map((byte, index) => (index === at ? byte ^ 1 : byte)) },
          whole.with({ pin }),
        ),
      ).toMatchObject({ code: 'BINDING_MISMATCH', details: { range: 'REPORT_DATA' } })
  })
})

describe('what the host chose', () => {
  const host = (enforcement?: string) =>
    defineProfile({
      ...base,
      inputs: { pin: { source: 'expected', length: 32 } },
      edges: [
        {
          kind: 'commit',
          carrier: 'HOST_DATA',
          layout: [input('pin')],
          ...(enforcement === undefined ? {} : { enforcement }),
        },
      ],
      freshness: { none: 'at launch' },
    })
  const pin = bytes(32, 77)

  it('is verified only if the caller pins it and identified software enforces it', async () => {
    const enforced = host('the guest compares').with({ pin })
    const open = host().with({ pin })
    const statusOf = async (binding: Binding, policy: Partial<PolicyDocument>) => {
      const { binding: claims } = await accepted({ hostData: pin }, binding, policy)
      expect(claims.launchedWith).toEqual({ pin: hex(pin) })
      expect(claims.committed).toEqual({})
      expect(claims.freshness).toBe('none')
      return [claims.claims[0]?.status, Object.keys(claims.verified).join()]
    }
    expect(await statusOf(enforced, identified)).toEqual(['launchedWith', ''])
    expect(await statusOf(enforced, { ...identified, identity: 'required' })).toEqual(['verified', 'pin'])
    expect(await statusOf(open, { ...identified, identity: 'required' })).toEqual(['launchedWith', ''])
  })

  it('is compared like any other', async () => {
    expect(await refusal({ hostData: bytes(32, 78) }, host().with({ pin }))).toMatchObject({
      code: 'BINDING_MISMATCH',
      details: { range: 'HOST_DATA' },
    })
    expect(await refusal({ hostData: new Uint8Array(32) }, host().with({ pin }))).toMatchObject({
      code: 'BINDING_EMPTY',
      details: { carrier: 'HOST_DATA' },
    })
  })

  it('is read from its own field', async () => {
    for (const [carrier, field] of [
      ['FAMILY_ID', 'familyId'],
      ['IMAGE_ID', 'imageId'],
    ] as const) {
      const profile = defineProfile({
        ...base,
        inputs: { pin: { source: 'expected', length: 16 } },
        edges: [{ kind: 'commit', carrier, layout: [input('pin')] }],
        freshness: { none: 'at launch' },
      })
      const value = bytes(16, 5)
      const { binding } = await accepted({ [field]: value }, profile.with({ pin: value }))
      expect(binding.launchedWith).toEqual({ pin: hex(value) })
      expect(await refusal({ [field]: bytes(16, 6) }, profile.with({ pin: value }))).toMatchObject({
        code: 'BINDING_MISMATCH',
        details: { range: carrier },
      })
    }
  })

  it('does not make the rest stale', async () => {
    const both = defineProfile({
      ...keyAndNonce,
      inputs: { ...keyAndNonce.inputs, pin: { source: 'expected', length: 32 } },
      edges: [...keyAndNonce.edges, { kind: 'commit', carrier: 'HOST_DATA', layout: [input('pin')] }],
    })
    const result = await accepted(
      { reportData: joined(sha(nonce), sha(key)), hostData: pin },
      both.with({ nonce: challenge, key, pin }),
    )
    expect(result.freshness).toBe('challenge')
    expect(result.binding.claims.map(({ name, freshness }) => [name, freshness])).toEqual([
      ['nonce', 'challenge'],
      ['key', 'challenge'],
      ['pin', 'none'],
    ])
  })
})

describe('inputs', () => {
  const profile = defineProfile({
    ...keyAndNonce,
    inputs: { ...keyAndNonce.inputs, key: { source: 'expected', length: 44 } },
  })
  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a missing pin', { nonce: challenge }],
    ['a missing challenge', { key }],
    ['plain bytes for a challenge', { nonce, key }],
    ['a reason for a challenge', { nonce: { unchecked: 'x' }, key }],
    ['a pin of another length', { nonce: challenge, key: key.subarray(1) }],
    ['a challenge that is too long', { nonce: ownChallenge(bytes(65, 1)), key }],
    ['text', { nonce: challenge, key: 'x' }],
    ['an unknown input', { nonce: challenge, key, more: key }],
    ['accept of a pin', { nonce: challenge, key, accept: { key: { digest: sha(key) } } }],
    ['accept that is no object', { nonce: challenge, key, accept: 3 }],
  ])('are refused with %s', (_, inputs) => {
    expect(() => profile.with(inputs as never)).toThrow(TypeError)
  })

  it('are copied', async () => {
    const [own, data] = [key.slice(), joined(sha(nonce), sha(key))]
    const binding = profile.with({ nonce: challenge, key: own })
    own.fill(0)
    expect((await accepted({ reportData: data }, binding)).binding.verified['key']).toBe(hex(key))
  })

  it('out of evidence have bounds too', async () => {
    const strict = defineProfile(keyAndNonce)
    const short = bytes(31, 1)
    expect(() => strict.with({ nonce: challenge, key: short })).toThrow(TypeError)
  })

  it('out of evidence may be pinned', async () => {
    const strict = defineProfile(keyAndNonce)
    const data = joined(sha(nonce), sha(key))
    const good = strict.with({ nonce: challenge, key, accept: { key: { digest: hex(sha(key)) } } })
    expect((await accepted({ reportData: data }, good)).binding.verified['key']).toBe(hex(key))
    const bad = strict.with({ nonce: challenge, key, accept: { key: { digest: sha('x') } } })
    expect(await refusal({ reportData: data }, bad)).toMatchObject({
      code: 'BINDING_NOT_ACCEPTED',
      check: 'binding.accept',
    })
  })
})
