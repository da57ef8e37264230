import { createHash, generateKeyPairSync } from 'node:crypto'
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
  signed,
} from '../../test/support/binding-lab.js'
import { VerificationError } from '../errors/error.js'
import { ownChallenge } from './challenge.js'
import { committedBytes } from './claims.js'
import { makeCodec } from './codec.js'
import { concat, hash, input } from './expression.js'
import { defineProfile } from './profile.js'
import { ownSession } from './session.js'

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

  it('of a claim that is longer or shorter than its layout says by its code what it should have been', async () => {
    const long = joined(bytes(18, 1), nonce.subarray(0, 16), Uint8Array.of(1, 2))
    const data = new Uint8Array(createHash('sha512').update(long).digest())
    expect(
      await refusal(
        { reportData: data },
        profile.with({ nonce: short, document: long, accept: { document: { unchecked: 'x' } } }),
      ),
    ).toMatchObject({
      code: 'FRESHNESS_MISMATCH',
      check: 'binding.challenge',
      details: { profile: profile.id, range: 'back', expected: '16 bytes', actual: '18 bytes' },
      remark: 'FRESHNESS_MISMATCH',
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
