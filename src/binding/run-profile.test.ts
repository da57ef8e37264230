import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { labEvidence } from '../../test/support/pki.js'
import type { ReportFields } from '../../test/support/report.js'
import type { PolicyDocument } from '../appraisal/document.js'
import { VerificationError } from '../errors/error.js'
import type { RefusedEvidence, UnidentifiedEvidence, VerifiedEvidence } from '../verify/result.js'
import type { Binding } from './binding.js'
import { ownChallenge } from './challenge.js'
import { committedBytes } from './claims.js'
import { makeCodec } from './codec.js'
import type { ProfileDefinition } from './definition.js'
import { any, concat, hash, input, literal, padRight, truncate } from './expression.js'
import { defineProfile } from './profile.js'
import { ownSession } from './session.js'

const sha = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
      .digest(),
  )
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const bytes = (length: number, from: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (from + 7 * at) & 0xff)
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

const nonce = bytes(32, 3)
const challenge = ownChallenge(nonce)
const pair = generateKeyPairSync('ed25519')
const key = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }))
const signed = (message: Uint8Array): Uint8Array => new Uint8Array(sign(null, message, pair.privateKey))

type Report = Partial<ReportFields>
type Accepted = VerifiedEvidence | UnidentifiedEvidence

const measurement = 'ab'.repeat(48)
const identified: Partial<PolicyDocument> = { measurements: [{ label: 'agent', value: measurement }] }

async function judge(
  report: Report,
  binding: Binding,
  policy: Partial<PolicyDocument> = identified,
): Promise<Accepted | RefusedEvidence> {
  const lab = labEvidence({ report: { measurement: new Uint8Array(48).fill(0xab), ...report } })
  const input = await inputOf(evidenceOf(lab), { policy: await policyOf(policy), binding })
  const outcome = await labVerifier.appraiseEvidence(input)
  return outcome.verdict === 'accepted' ? (outcome.verified as Accepted) : outcome
}

async function accepted(...args: Parameters<typeof judge>): Promise<Accepted> {
  const outcome = await judge(...args)
  if (outcome.verdict !== 'accepted') throw new Error(`refused: ${outcome.code} ${outcome.error.message}`)
  return outcome
}

/** Code, failed check, and what was expected and seen. */
async function refusal(...args: Parameters<typeof judge>) {
  const outcome = await judge(...args)
  if (outcome.verdict === 'accepted') return { code: null }
  const failed = outcome.checks.filter((check) => check.outcome === 'failed')
  return {
    code: outcome.code,
    check: failed.map(({ id }) => id).join(),
    details: outcome.error.details,
    remark: failed[0]?.reason,
  }
}

const base = { id: 'test/1', title: 'a test', source: 'nowhere' } as const

const keyAndNonce = {
  ...base,
  inputs: {
    nonce: { source: 'verifier', length: { min: 16, max: 64 } },
    key: { source: 'evidence', length: { min: 32, max: 100 } },
  },
  edges: [
    {
      kind: 'commit',
      carrier: 'REPORT_DATA',
      layout: [hash('sha256', input('nonce')), hash('sha256', input('key'))],
    },
  ],
  freshness: { challenge: 'nonce' },
} as const satisfies ProfileDefinition

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

describe('a signature by a committed key', () => {
  const message = new TextEncoder().encode('{"who":"me"}')
  const signing = (more: object) =>
    defineProfile({
      ...keyAndNonce,
      inputs: {
        ...keyAndNonce.inputs,
        message: { source: 'evidence', length: { min: 1, max: 2000 } },
        signature: { source: 'evidence', length: { min: 1, max: 100 } },
      },
      edges: [
        ...keyAndNonce.edges,
        {
          kind: 'sign',
          algorithm: 'ED25519',
          key: 'key',
          keyForm: 'spki-der',
          message: input('message'),
          signature: 'signature',
          ...more,
        },
      ],
      keys: { key: { possession: 'none' } },
    })
  const reportData = joined(sha(nonce), sha(key))
  const inputs = { nonce: challenge, key, message, signature: signed(message) }
  const required = { ...identified, identity: 'required' } as const

  it('proves the message, which is not fresh', async () => {
    const { binding, freshness } = await accepted({ reportData }, signing({}).with(inputs))
    expect(freshness).toBe('none')
    expect(binding.claims.at(-1)).toEqual({
      name: 'message',
      status: 'committed',
      freshness: 'none',
      path: ['ED25519', 'key', 'SHA-256', 'REPORT_DATA[32..64]', 'VCEK', 'SEV-Milan', 'ARK-Milan'],
    })
    expect(binding.keys).toEqual([{ claim: 'key', possession: 'none', sha256: hex(sha(key)) }])
  })

  it('is fresh by a stated assumption, if the policy states the software', async () => {
    const assuming = signing({ assumption: 'it signs once' })
    const stated = await accepted({ reportData }, assuming.with(inputs), {
      ...required,
      freshness: 'challenge',
    })
    expect(stated.freshness).toBe('challenge')
    expect(stated.binding.assumptions).toEqual(['it signs once'])
    const open = await accepted({ reportData }, assuming.with(inputs), {})
    expect(open.freshness).toBe('none')
    expect(open.binding.assumptions).toEqual([
      'not taken, because no policy states the software: it signs once',
    ])
  })

  it('is fresh if the challenge is in the message', async () => {
    const good = { ...inputs, signature: signed(joined(nonce, message)) }
    const fixed = defineProfile({
      ...keyAndNonce,
      inputs: {
        ...keyAndNonce.inputs,
        nonce: { source: 'verifier', length: 32 },
        message: { source: 'evidence', length: { min: 1, max: 2000 } },
        signature: { source: 'evidence', length: 64 },
      },
      edges: [
        { kind: 'commit', carrier: 'REPORT_DATA', layout: [hash('sha512', input('key'))] },
        {
          kind: 'sign',
          algorithm: 'ED25519',
          key: 'key',
          keyForm: 'spki-der',
          message: concat(input('nonce'), input('message')),
          signature: 'signature',
        },
      ],
      keys: { key: { possession: 'signedChallenge' } },
    })
    const data = new Uint8Array(createHash('sha512').update(key).digest())
    const result = await accepted({ reportData: data }, fixed.with(good))
    expect(result.freshness).toBe('challenge')
    expect(result.binding.claims.map(({ name, freshness }) => [name, freshness])).toEqual([
      ['key', 'none'],
      ['nonce', 'challenge'],
      ['message', 'challenge'],
    ])
    expect(
      await refusal({ reportData: data }, fixed.with({ ...good, nonce: ownChallenge(bytes(32, 4)) })),
    ).toMatchObject({
      code: 'BINDING_SIGNATURE_INVALID',
    })
  })

  it.each<readonly [string, object, string, string]>([
    [
      'a byte of the message',
      { message: new TextEncoder().encode('{"who":"us"}') },
      'BINDING_SIGNATURE_INVALID',
      'binding.signature',
    ],
    [
      'a byte of the signature',
      { signature: signed(message).map((byte, at) => (at === 5 ? byte ^ 1 : byte)) },
      'BINDING_SIGNATURE_INVALID',
      'binding.signature',
    ],
    [
      'its length',
      { signature: signed(message).subarray(1) },
      'BINDING_SIGNATURE_INVALID',
      'binding.signature',
    ],
  ])('is refused for %s', async (_, change, code, check) => {
    expect(await refusal({ reportData }, signing({}).with({ ...inputs, ...change }))).toMatchObject({
      code,
      check,
    })
    if (check === 'binding.signature')
      expect(
        await refusal(
          { reportData },
          signing({ code: 'MANIFEST_SIGNATURE_INVALID' }).with({ ...inputs, ...change }),
        ),
      ).toMatchObject({
        code: 'MANIFEST_SIGNATURE_INVALID',
        details: { profile: 'test/1', key: 'key', signature: 'signature', algorithm: 'ED25519' },
      })
  })

  it('over more than 1024 bytes is shown by their digest', async () => {
    for (const length of [1024, 1025]) {
      const long = bytes(length, 1)
      const { binding } = await accepted(
        { reportData },
        signing({}).with({ ...inputs, message: long, signature: signed(long) }),
      )
      expect(binding.committed['message']).toBe(length > 1024 ? `sha256:${hex(sha(long))}` : hex(long))
      expect(committedBytes(binding, 'message')).toEqual(long)
    }
  })

  it('needs a key that is one', async () => {
    const other = key.map((byte, at) => (at === 3 ? byte ^ 1 : byte))
    const data = joined(sha(nonce), sha(other))
    expect(await refusal({ reportData: data }, signing({}).with({ ...inputs, key: other }))).toMatchObject({
      code: 'BINDING_KEY_MALFORMED',
    })
  })

  it('says that the key is not the committed one', async () => {
    const other = new Uint8Array(
      generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }),
    )
    expect(await refusal({ reportData }, signing({}).with({ ...inputs, key: other }))).toMatchObject({
      code: 'BINDING_KEY_NOT_COMMITTED',
      check: 'binding',
    })
  })
})

describe('a decoding', () => {
  const halves = makeCodec({ name: 'halves', gives: ['front', 'back'], mustAccept: true }, (all) => {
    if (all.length % 2 === 1) throw new VerificationError('MANIFEST_MALFORMED', 'no halves')
    return { claims: { front: all.slice(0, all.length / 2), back: all.slice(all.length / 2) } }
  })
  const profile = defineProfile({
    ...base,
    inputs: {
      document: { source: 'evidence', length: { min: 1, max: 3000 } },
      nonce: { source: 'verifier', length: 16 },
    },
    edges: [
      { kind: 'commit', carrier: 'REPORT_DATA', layout: [hash('sha512', input('document'))] },
      { kind: 'decode', of: 'document', codec: halves },
      { kind: 'commit', carrier: { claim: 'back' }, layout: [input('nonce')] },
    ],
    freshness: { challenge: 'nonce' },
  })
  const document = joined(bytes(16, 1), nonce.subarray(0, 16))
  const reportData = new Uint8Array(createHash('sha512').update(document).digest())
  const short = ownChallenge(nonce.subarray(0, 16))
  const pin = { document: { digest: hex(sha(document)) } }

  it('gives claims that are as accepted and as fresh as what they are part of', async () => {
    const { binding, freshness } = await accepted(
      { reportData },
      profile.with({ nonce: short, document, accept: pin }),
    )
    expect(freshness).toBe('challenge')
    expect(
      binding.claims.map(({ name, status, freshness: fresh, path }) => [
        name,
        status,
        fresh,
        path.slice(0, 2).join(),
      ]),
    ).toEqual([
      ['document', 'verified', 'challenge', 'SHA-512,REPORT_DATA'],
      ['front', 'verified', 'challenge', 'halves,document'],
      ['back', 'verified', 'challenge', 'halves,document'],
      ['nonce', 'verified', 'challenge', 'back,halves'],
    ])
    const open = { document: { unchecked: 'any document' } }
    const loose = await accepted({ reportData }, profile.with({ nonce: short, document, accept: open }))
    expect(loose.binding.verified).toEqual({ nonce: hex(nonce.subarray(0, 16)) })
    expect(loose.unchecked).toContainEqual({ id: 'binding.accept', reason: 'any document' })
  })

  it.each<readonly [string, object, string, string]>([
    ['another challenge', { nonce: ownChallenge(bytes(16, 8)) }, 'FRESHNESS_MISMATCH', 'binding.challenge'],
    ['another document', { document: joined(document, document) }, 'BINDING_MISMATCH', 'binding'],
    [
      'another pin',
      { accept: { document: { digest: sha('x') } } },
      'MANIFEST_DIGEST_MISMATCH',
      'binding.accept',
    ],
    [
      'another long pin',
      { accept: { document: { digest: `sha512:${hex(sha('x'))}${hex(sha('x'))}` } } },
      'MANIFEST_DIGEST_MISMATCH',
      'binding.accept',
    ],
  ])('is refused with %s', async (_, change, code, check) => {
    const inputs = { nonce: short, document, accept: pin, ...change }
    expect(await refusal({ reportData }, profile.with(inputs))).toMatchObject({ code, check })
  })

  it('that fails is refused with its own code', async () => {
    const odd = bytes(33, 1)
    const data = new Uint8Array(createHash('sha512').update(odd).digest())
    expect(
      await refusal({ reportData: data }, profile.with({ nonce: short, document: odd, accept: pin })),
    ).toMatchObject({
      code: 'MANIFEST_MALFORMED',
      check: 'binding.decode',
    })
  })

  it('of a claim that is longer or shorter than its layout is a mismatch', async () => {
    const long = joined(bytes(18, 1), nonce.subarray(0, 16), Uint8Array.of(1, 2))
    const data = new Uint8Array(createHash('sha512').update(long).digest())
    expect(
      await refusal(
        { reportData: data },
        profile.with({ nonce: short, document: long, accept: { document: { unchecked: 'x' } } }),
      ),
    ).toMatchObject({
      code: 'BINDING_MISMATCH',
      details: { range: 'back', expected: '16 bytes', actual: '18 bytes' },
    })
  })

  it('needs a statement of what is accepted', () => {
    const inputs = { nonce: short, document }
    for (const accept of [
      undefined,
      {},
      { document: {} },
      { document: null },
      { document: { digest: '' } },
      { document: { digest: 'ab' } },
      { document: { unchecked: '' } },
      { document: { digest: sha('x'), unchecked: 'x' } },
      { other: { digest: sha('x') } },
      { document: { digest: `sha384:${hex(sha('x'))}` } },
      { nonce: { digest: sha('x') } },
    ])
      expect(() => profile.with({ ...inputs, accept } as never)).toThrow(TypeError)
  })
})

describe('a session', () => {
  const profile = defineProfile({
    ...base,
    inputs: { tls: { source: 'session', length: { min: 32, max: 200 } } },
    edges: [{ kind: 'commit', carrier: 'REPORT_DATA', layout: [hash('sha512', input('tls'))] }],
    keys: { tls: { possession: 'handshake' } },
    freshness: { session: 'tls' },
  })
  const reportData = new Uint8Array(createHash('sha512').update(key).digest())

  it('binds the channel', async () => {
    const result = await accepted({ reportData }, profile.with({ tls: ownSession(key) }), {
      freshness: 'session',
    })
    expect(result).toMatchObject({ channel: 'bound', freshness: 'session', freshnessBasis: 'asserted' })
    expect(result.binding.keys).toEqual([{ claim: 'tls', possession: 'handshake', sha256: hex(sha(key)) }])
    expect(
      await refusal({ reportData }, profile.with({ tls: ownSession(key) }), { freshness: 'challenge' }),
    ).toMatchObject({
      code: 'APPRAISAL_FRESHNESS',
    })
    expect(await refusal({ reportData }, profile.with({ tls: ownSession(nonce) }))).toMatchObject({
      code: 'BINDING_MISMATCH',
    })
  })

  it('is declared, never plain bytes', () => {
    for (const value of [key, {}, null, undefined, { ...ownSession(key) }, challenge])
      expect(() => profile.with({ tls: value } as never)).toThrow(TypeError)
    for (const value of [new Uint8Array(32), bytes(31, 1), new Uint8Array(4097).fill(1), 'x'])
      expect(() => ownSession(value as never)).toThrow(TypeError)
    expect(() => ownSession(new Uint8Array(4096).fill(1))).not.toThrow()
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
