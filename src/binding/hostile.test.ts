// Ways in which a profile, or what is given to it, could have got a yes that it did not earn.
import { constants, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  accepted,
  base,
  bytes,
  challenge,
  identified,
  joined,
  key,
  keyAndNonce,
  nonce,
  refusal,
  sha,
  signed,
} from '../../test/support/binding-lab.js'
import { twoCvmAgent } from '../profiles/2cvm-agent.js'
import { ownChallenge } from './challenge.js'
import { makeCodec } from './codec.js'
import type { Edge, InputDefinition, ProfileDefinition } from './definition.js'
import { type Expression, concat, hash, input, lengthOfInput, literal, truncate } from './expression.js'
import { agentManifest } from './manifest-codec.js'
import { defineProfile, definitionOf } from './profile.js'

const errorOf = (definition: object): string | null => {
  try {
    defineProfile(definition as ProfileDefinition)
    return null
  } catch (error) {
    return error instanceof TypeError ? error.message : 'another error'
  }
}

const text = new TextEncoder()
const document = text.encode(
  '{"participants":[],"components":[],"data":[],"composition":"","permissions":[],"transferRequestIdIMEC":"a","transferRequestIdFabless":"b"}',
)
const anyKey = { source: 'evidence', length: { min: 32, max: 100 } } as const satisfies InputDefinition
const anyDocument = { source: 'evidence', length: { min: 2, max: 5000 } } as const satisfies InputDefinition
const required = { ...identified, identity: 'required', freshness: 'challenge' } as const

describe('a manifest that a key signed without a challenge', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const teeKeyPem = text.encode(pair.publicKey.export({ format: 'pem', type: 'spki' }).toString())
  const manifestSignature = new Uint8Array(
    sign('sha256', document, {
      key: pair.privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 222,
    }),
  )
  const reportData = joined(sha(nonce), sha(teeKeyPem))
  const binding = twoCvmAgent.with({
    nonce: challenge,
    teeKeyPem,
    manifest: document,
    manifestSignature,
    accept: { manifest: { digest: sha(document) } },
  })

  it('is not fresh because the challenge beside it is, although nothing is found in it', async () => {
    expect(await refusal({ reportData }, binding, { freshness: 'challenge' })).toMatchObject({
      code: 'APPRAISAL_FRESHNESS',
      check: 'freshness',
      details: { expected: 'challenge', actual: 'none' },
    })
    expect((await accepted({ reportData }, binding, required)).freshness).toBe('challenge')
  })
})

describe('a key that the host chose', () => {
  const message = bytes(10, 1)
  const inputs = {
    nonce: { source: 'verifier', length: 32 },
    key: anyKey,
    message: { source: 'expected', length: 10 },
    seal: { source: 'evidence', length: 64 },
  } as const
  const signs: Edge = {
    kind: 'sign',
    algorithm: 'ED25519',
    key: 'key',
    keyForm: 'spki-der',
    message: concat(input('nonce'), input('message')),
    signature: 'seal',
    assumption: 'it signs once',
  }
  const from = (enforcement: object) =>
    defineProfile({
      ...base,
      inputs,
      edges: [
        { kind: 'commit', carrier: 'HOST_DATA', layout: [hash('sha256', input('key'))], ...enforcement },
        signs,
      ],
      freshness: { challenge: 'nonce' },
    }).with({ nonce: challenge, key, message, seal: signed(joined(nonce, message)) })
  const report = { hostData: sha(key) }

  it('makes nothing fresh, and what it signs is the host’s word', async () => {
    expect(await refusal(report, from({}), required)).toMatchObject({
      code: 'APPRAISAL_FRESHNESS',
      details: { actual: 'none' },
    })
    const open = await accepted(report, from({}), { ...identified, identity: 'required' })
    expect(open).toMatchObject({ freshness: 'none', freshnessBasis: null })
    expect(open.binding.verified).toEqual({})
    expect(open.binding.claims.map(({ name, status, freshness }) => [name, status, freshness])).toEqual([
      ['key', 'launchedWith', 'none'],
      ['nonce', 'launchedWith', 'none'],
      ['message', 'launchedWith', 'none'],
    ])
  })

  it('counts as much as the guest that enforces it', async () => {
    const { binding } = await accepted(report, from({ enforcement: 'the guest compares' }), {
      ...identified,
      identity: 'required',
    })
    expect(Object.keys(binding.verified)).toEqual(['nonce', 'message'])
    expect(binding.freshness).toBe('none')
  })
})

describe('a challenge', () => {
  const other: InputDefinition = { source: 'verifier', length: 16 }
  const session: InputDefinition = { source: 'session', length: 32 }

  it('is one: of two the binding would redeem the last', () => {
    const layout = [hash('sha512', concat(input('nonce'), input('other')))]
    const edges = [{ kind: 'commit', carrier: 'REPORT_DATA', layout }]
    const nonce16: InputDefinition = { source: 'verifier', length: 16 }
    const twice = { ...base, inputs: { nonce: nonce16, other }, edges, freshness: { challenge: 'nonce' } }
    expect(errorOf(twice)).toBe('a profile has one challenge, and one session')
    expect(errorOf({ ...twice, inputs: { nonce: nonce16, other: session } })).toBeNull()
    expect(
      errorOf({ ...twice, inputs: { nonce: session, other: session }, freshness: { session: 'nonce' } }),
    ).toBe('a profile has one challenge, and one session')
  })

  it('is there with its bytes, or 16 bytes of a digest', () => {
    const message = 'what the host chooses is not fresh, and neither is less than 16 bytes of a challenge'
    const rest = (size: number): Expression => literal(new Uint8Array(64 - size).fill(1))
    const withParts = (part: Expression, size: number): object => ({
      ...base,
      inputs: { nonce: { source: 'verifier', length: { min: 16, max: 64 } } },
      edges: [{ kind: 'commit', carrier: 'REPORT_DATA', layout: [part, rest(size)] }],
      freshness: { challenge: 'nonce' },
      weak: [{ rule: 'digest', reason: 'a test' }],
    })
    const digestOf = hash('sha256', input('nonce'))
    expect(errorOf(withParts(lengthOfInput('nonce', 4, 'big'), 4))).toBe(message)
    expect(errorOf(withParts(hash('sha256', lengthOfInput('nonce', 4, 'big')), 32))).toBe(message)
    expect(errorOf(withParts(truncate(15, digestOf), 15))).toBe(message)
    expect(errorOf(withParts(truncate(16, digestOf), 16))).toBeNull()
  })

  it('whose length alone a key signs shows no possession', () => {
    const signing = (message: Expression): object => ({
      ...keyAndNonce,
      inputs: {
        ...keyAndNonce.inputs,
        text: { source: 'evidence', length: 8 },
        seal: { source: 'evidence', length: 64 },
      },
      edges: [
        ...keyAndNonce.edges,
        { kind: 'sign', algorithm: 'ED25519', key: 'key', keyForm: 'spki-der', message, signature: 'seal' },
      ],
      keys: { key: { possession: 'signedChallenge' } },
      weak: [{ rule: 'digest', reason: 'a test' }],
    })
    expect(errorOf(signing(concat(lengthOfInput('nonce', 4, 'big'), input('text'))))).toBe(
      'key key signs no challenge',
    )
  })

  it('is in a part that is fresh, and its length makes no other part so', async () => {
    const profile = defineProfile({
      ...base,
      inputs: {
        nonce: { source: 'verifier', length: { min: 16, max: 64 } },
        key: anyKey,
        seal: { source: 'evidence', length: 64 },
        text: { source: 'evidence', length: 8 },
      },
      edges: [
        ...keyAndNonce.edges,
        {
          kind: 'sign',
          algorithm: 'ED25519',
          key: 'key',
          keyForm: 'spki-der',
          message: concat(lengthOfInput('nonce', 4, 'big'), input('text')),
          signature: 'seal',
        },
      ],
      freshness: { challenge: 'nonce' },
      weak: [{ rule: 'digest', reason: 'a test' }],
    })
    const statement = bytes(8, 5)
    const seal = signed(joined(Uint8Array.of(0, 0, 0, 32), statement))
    const result = await accepted(
      { reportData: joined(sha(nonce), sha(key)) },
      profile.with({ nonce: challenge, key, seal, text: statement }),
    )
    expect(result.freshness).toBe('none')
    expect(result.binding.claims.at(-1)).toMatchObject({ name: 'text', freshness: 'none' })
  })
})

describe('two of a kind', () => {
  const part = makeCodec({ name: 'part', gives: ['part'], mustAccept: false }, (all) => ({
    claims: { part: all },
  }))

  it('are no reference values of one layout: an open one would leave the other uncompared', () => {
    const reference: InputDefinition = { source: 'reference', length: 32 }
    const withLayout = (...names: readonly string[]): object => ({
      ...base,
      inputs: {
        text: { source: 'evidence', length: 64 },
        ...Object.fromEntries(names.map((name) => [name, reference])),
      },
      edges: [
        { kind: 'commit', carrier: 'REPORT_DATA', layout: [input('text')] },
        { kind: 'decode', of: 'text', codec: part },
        { kind: 'commit', carrier: { claim: 'part' }, layout: names.map(input) },
      ],
      freshness: { none: 'a test' },
    })
    expect(errorOf(withLayout('a', 'b'))).toBe('a reference value is for a claim, and alone in its layout')
    expect(errorOf(withLayout('a'))).toBeNull()
  })

  it('are no manifests: a result has one, under its name', () => {
    const withDocument = (name: string): object => ({
      ...base,
      inputs: { [name]: anyDocument },
      edges: [
        { kind: 'commit', carrier: 'REPORT_DATA', layout: [hash('sha512', input(name))] },
        { kind: 'decode', of: name, codec: agentManifest },
      ],
      freshness: { none: 'a test' },
    })
    expect(errorOf(withDocument('manifest'))).toBeNull()
    expect(errorOf(withDocument('document'))).toBe('a manifest is the claim manifest')
  })

  it('are each judged by themselves, and every reason is told', async () => {
    const paper = makeCodec({ name: 'paper', gives: [], mustAccept: true }, () => ({ claims: {} }))
    const profile = defineProfile({
      ...base,
      inputs: { manifest: anyDocument, paper: anyDocument },
      edges: [
        {
          kind: 'commit',
          carrier: 'REPORT_DATA',
          layout: [hash('sha256', input('manifest')), hash('sha256', input('paper'))],
        },
        { kind: 'decode', of: 'manifest', codec: agentManifest },
        { kind: 'decode', of: 'paper', codec: paper },
      ],
      freshness: { none: 'a test' },
    })
    const sheet = text.encode('something else')
    const reportData = joined(sha(document), sha(sheet))
    const given = { manifest: document, paper: sheet }
    const pinned = { digest: sha(document) }
    const wrong = profile.with({ ...given, accept: { manifest: pinned, paper: pinned } })
    expect(await refusal({ reportData }, wrong)).toMatchObject({ code: 'MANIFEST_DIGEST_MISMATCH' })
    const right = profile.with({ ...given, accept: { manifest: pinned, paper: { digest: sha(sheet) } } })
    expect(Object.keys((await accepted({ reportData }, right)).binding.verified)).toEqual([
      'manifest',
      'paper',
    ])
    const open = { manifest: { unchecked: 'one' }, paper: { unchecked: 'two' } }
    const { unchecked } = await accepted({ reportData }, profile.with({ ...given, accept: open }))
    expect(unchecked).toContainEqual({ id: 'binding.accept', reason: 'one; two' })
  })
})

describe('a definition', () => {
  it('cannot be changed in its depths', () => {
    const length = { min: 32, max: 32 }
    const carrier = { claim: 'text' }
    const text64: InputDefinition = { source: 'evidence', length: 64 }
    const profile = defineProfile({
      ...base,
      inputs: { text: text64, nonce: { source: 'verifier', length }, key: { source: 'expected', length } },
      edges: [
        { kind: 'commit', carrier: 'REPORT_DATA', layout: [input('text')] },
        { kind: 'commit', carrier, layout: [input('nonce'), input('key')] },
      ],
      freshness: { challenge: 'nonce' },
    })
    length.max = 64
    carrier.claim = 'key'
    const own = definitionOf(profile)
    expect(own.inputs['nonce']?.length).toEqual({ min: 32, max: 32 })
    expect(Object.isFrozen(own.inputs['nonce']?.length)).toBe(true)
    expect(own.edges[1]).toMatchObject({ carrier: { claim: 'text' } })
    expect(Object.isFrozen(own.edges[1]?.kind === 'commit' ? own.edges[1].carrier : null)).toBe(true)
    expect(() => profile.with({ nonce: ownChallenge(bytes(40, 3)), key: bytes(32, 1) })).toThrow(
      'input nonce has 32 bytes, not 40',
    )
  })

  it('may name an input as every object has one', async () => {
    const profile = defineProfile({
      ...base,
      inputs: { nonce: keyAndNonce.inputs.nonce, constructor: anyKey },
      edges: [
        {
          kind: 'commit',
          carrier: 'REPORT_DATA',
          layout: [hash('sha256', input('nonce')), hash('sha256', input('constructor'))],
        },
      ],
      freshness: { challenge: 'nonce' },
    })
    expect(await refusal({}, profile.with({ nonce: challenge } as never))).toMatchObject({
      code: 'BINDING_INPUT_MISSING',
      details: { input: 'constructor' },
    })
  })
})
