import { describe, expect, it } from 'vitest'
import { makeCodec } from './codec.js'
import type { Edge, InputDefinition, ProfileDefinition } from './definition.js'
import { type Segment, any, concat, frame, hash, input, literal, padRight, truncate } from './expression.js'
import { defineProfile, definitionOf } from './profile.js'

const evidence = (length: InputDefinition['length']): InputDefinition => ({ source: 'evidence', length })
const loose = evidence({ min: 1, max: 100 })
const nonce: InputDefinition = { source: 'verifier', length: 32 }
const codec = makeCodec({ name: 'test', gives: ['part'], mustAccept: false }, () => ({ claims: {} }))

const commit = (...layout: readonly Segment[]): Edge => ({
  kind: 'commit',
  carrier: 'REPORT_DATA',
  layout,
})
const sign = (more: object = {}): Edge => ({
  kind: 'sign',
  algorithm: 'ED25519',
  key: 'key',
  keyForm: 'spki-der',
  message: input('message'),
  signature: 'signature',
  ...more,
})

/** Accepted as it is. */
const plain: ProfileDefinition = {
  id: 'test/1',
  title: 'a test',
  source: 'nowhere',
  inputs: { nonce, key: loose },
  edges: [commit(hash('sha256', input('nonce')), hash('sha256', input('key')))],
  freshness: { challenge: 'nonce' },
}
const signed: ProfileDefinition = {
  ...plain,
  inputs: { ...plain.inputs, message: loose, signature: loose },
  edges: [...plain.edges, sign()],
}

const errorOf = (definition: object): string | null => {
  try {
    defineProfile(definition as ProfileDefinition)
    return null
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return error.message
  }
}

describe('a definition', () => {
  it('that keeps the rules makes a profile', () => {
    expect(errorOf(plain)).toBeNull()
    expect(errorOf(signed)).toBeNull()
    const profile = defineProfile(plain)
    expect(profile).toMatchObject({ id: 'test/1', title: 'a test', source: 'nowhere', experimental: null })
    expect(Object.isFrozen(profile)).toBe(true)
  })

  it('cannot be changed afterwards', () => {
    const layout: Segment[] = [hash('sha256', input('nonce')), hash('sha256', input('key'))]
    const inputs = { nonce: { ...nonce }, key: { ...loose } }
    const edges: Edge[] = [{ kind: 'commit', carrier: 'REPORT_DATA', layout }]
    const weak = [{ rule: 'any' as const, reason: 'x' }]
    const profile = defineProfile({ ...plain, inputs, edges })
    layout[1] = any(32)
    edges.pop()
    weak.pop()
    Object.assign(inputs.key, { source: 'expected' })
    const own = definitionOf(profile)
    expect(own.inputs['key']).toEqual(loose)
    expect(own.edges).toHaveLength(1)
    expect(own.edges[0]).toMatchObject({ layout: [{ kind: 'hash' }, { kind: 'hash' }] })
    for (const part of [own, own.inputs, own.inputs['key'], own.edges, own.edges[0], own.freshness])
      expect(Object.isFrozen(part)).toBe(true)
    expect(() => definitionOf({ ...profile })).toThrow('a profile must come from defineProfile')
  })

  it.each<readonly [string, object, string]>([
    ['no version', { id: 'test' }, 'the id of a profile is name/version'],
    ['version 0', { id: 'test/0' }, 'the id of a profile is name/version'],
    ['an id in capitals', { id: 'Test/1' }, 'the id of a profile is name/version'],
    ['an id that is no text', { id: 1 }, 'the id of a profile is name/version'],
    ['no title', { title: ' ' }, 'title and source must say something'],
    ['no source', { source: undefined }, 'title and source must say something'],
    ['no edges', { edges: [] }, 'a profile has edges'],
    ['edges that are no list', { edges: { length: 1 } }, 'a profile has edges'],
    ['an unknown edge', { edges: [{ kind: 'trust' }] }, 'an edge is commit, sign or decode'],
    ['an input that nothing uses', { inputs: { ...plain.inputs, more: loose } }, 'input more is not used'],
    ['an input that is not declared', { inputs: { nonce } }, 'input key is not declared'],
    ['an input with a bad name', { inputs: { ...plain.inputs, 'a-b': loose } }, 'the name of an input is'],
    [
      'a source of its own',
      { inputs: { nonce, key: { source: 'me', length: 1 } } },
      'the source of an input',
    ],
    ['an input of no bytes', { inputs: { nonce, key: evidence(0) } }, 'an input has 1 byte or more'],
    [
      'an input without a bound',
      { inputs: { nonce, key: evidence({ min: 1, max: Infinity }) } },
      'an input has',
    ],
    ['an input that is too large', { inputs: { nonce, key: evidence(4 * 1024 * 1024 + 1) } }, 'an input has'],
    ['bounds turned round', { inputs: { nonce, key: evidence({ min: 3, max: 2 }) } }, 'an input has'],
    [
      'a short challenge',
      { inputs: { nonce: { ...nonce, length: 15 }, key: loose } },
      'a challenge has at least',
    ],
    [
      'a pin that evidence can lack',
      { inputs: { nonce, key: { source: 'expected', length: 32, missing: 'MANIFEST_NOT_LOCKED' } } },
      'only evidence can lack an input',
    ],
    ['an empty experimental', { experimental: '' }, 'experimental must say something'],
  ])('is refused with %s', (_, change, message) => {
    expect(errorOf({ ...plain, ...change })).toContain(message)
  })
})

describe('a commitment', () => {
  const withLayout = (...layout: readonly Segment[]) => ({ ...plain, edges: [commit(...layout)] })
  const [h1, h2] = [hash('sha256', input('nonce')), hash('sha256', input('key'))]

  it.each<readonly [string, object, string]>([
    ['no carrier', { carrier: 'MEASURED' }, 'no such carrier'],
    ['a carrier out of a prototype', { carrier: 'toString' }, 'no such carrier'],
    ['no layout', { layout: [] }, 'a layout has segments'],
    ['a layout that is no list', { layout: h1 }, 'a layout has segments'],
    ['a look-alike', { layout: [{ kind: 'any', size: 64 }] }, 'a layout is made of expressions'],
    ['enforcement of what the guest says', { enforcement: 'yes' }, 'only what the host chooses'],
    [
      'a claim that nothing proves',
      { carrier: { claim: 'key' }, layout: [h1] },
      'key is used before an edge proves it',
    ],
  ])('is refused with %s', (_, change, message) => {
    expect(errorOf({ ...plain, edges: [{ ...plain.edges[0], ...change }] })).toContain(message)
  })

  it.each<readonly [string, ProfileDefinition, string]>([
    ['63 bytes', withLayout(h1, truncate(31, h2)), 'the layout has 63 bytes, REPORT_DATA has 64'],
    ['96 bytes', withLayout(h1, h2, h1), 'the layout has 96 bytes, REPORT_DATA has 64'],
    ['a part of any size', withLayout(h1, input('key')), 'every part of REPORT_DATA has a fixed size'],
    ['free bytes', withLayout(h1, any(32)), 'breaks rule any'],
    ['31 bytes of a digest', withLayout(h1, truncate(31, h2), literal('x')), 'breaks rule digest'],
    [
      'loose parts side by side',
      withLayout(hash('sha512', concat(input('key'), input('nonce'), input('key')))),
      'breaks rule concatenation',
    ],
    ['a loose part padded', withLayout(hash('sha512', padRight(100, input('key')))), 'breaks rule padding'],
  ])('is refused with %s', (_, definition, message) => {
    expect(errorOf({ ...definition, inputs: { nonce, key: loose } })).toContain(message)
  })

  it('may break a rule that it declares, and no other', () => {
    const broken = { ...withLayout(h1, truncate(31, h2), literal('x')) }
    expect(errorOf({ ...broken, weak: [{ rule: 'digest', reason: 'the wire format' }] })).toBeNull()
    expect(errorOf({ ...broken, weak: [{ rule: 'any', reason: 'the wire format' }] })).toContain(
      'breaks rule digest',
    )
    expect(errorOf({ ...broken, weak: [{ rule: 'digest', reason: '' }] })).toContain(
      'weak must say something',
    )
    expect(errorOf({ ...plain, weak: [{ rule: 'digest', reason: 'none' }] })).toContain(
      'declares digest and does not break it',
    )
  })

  it('with a frame is in REPORT_DATA or HOST_DATA', () => {
    const framed = (carrier: string, size: number) => ({
      ...plain,
      inputs: { key: loose },
      freshness: { none: 'a test' },
      edges: [{ kind: 'commit', carrier, layout: [truncate(size, hash('sha512', frame('key')))] }],
      weak: size < 32 ? [{ rule: 'digest', reason: 'small' }] : [],
    })
    expect(errorOf(framed('REPORT_DATA', 64))).toBeNull()
    expect(errorOf(framed('HOST_DATA', 32))).toBeNull()
    for (const carrier of ['FAMILY_ID', 'IMAGE_ID'])
      expect(errorOf(framed(carrier, 16))).toContain('a frame is for REPORT_DATA or HOST_DATA')
  })

  it('of the host says how it is enforced, or nothing', () => {
    const host = (more: object) => ({
      ...plain,
      inputs: { key: { source: 'expected', length: 32 } },
      freshness: { none: 'at launch' },
      edges: [{ kind: 'commit', carrier: 'HOST_DATA', layout: [input('key')], ...more }],
    })
    expect(errorOf(host({}))).toBeNull()
    expect(errorOf(host({ enforcement: 'the guest compares' }))).toBeNull()
    expect(errorOf(host({ enforcement: ' ' }))).toContain('enforcement must say something')
  })
})

describe('a signature', () => {
  it.each<readonly [string, object, string]>([
    ['an algorithm of its own', { algorithm: 'RS1' }, 'no such signature algorithm'],
    ['another form of key', { keyForm: 'pgp' }, 'no such form of a key'],
    ['a salt where there is none', { saltLength: 32 }, 'RSASSA-PSS has a salt length'],
    ['no salt length', { algorithm: 'RSA-PSS-SHA256' }, 'RSASSA-PSS has a salt length'],
    [
      'a negative salt length',
      { algorithm: 'RSA-PSS-SHA256', saltLength: -1 },
      'RSASSA-PSS has a salt length',
    ],
    ['a key that nothing proves', { key: 'message' }, 'message is used before an edge proves it'],
    ['a key without a name', { key: '' }, 'the name of an input'],
    ['a signature that is not declared', { signature: 'seal' }, 'input seal is not declared'],
    ['a message that is not declared', { message: input('text') }, 'input text is not declared'],
    [
      'a message that is a look-alike',
      { message: { kind: 'input', name: 'message' } },
      'a layout is made of expressions',
    ],
    [
      'a message with two loose parts',
      { message: concat(input('message'), input('key')) },
      'breaks rule concatenation',
    ],
    ['a message that is a frame', { message: frame('message') }, 'a frame is for REPORT_DATA'],
    ['an empty assumption', { assumption: '' }, 'assumption must say something'],
  ])('is refused with %s', (_, change, message) => {
    expect(errorOf({ ...signed, edges: [...plain.edges, sign(change)] })).toContain(message)
  })

  it('comes with the evidence', () => {
    const inputs = { ...signed.inputs, signature: { source: 'expected', length: 64 } }
    expect(errorOf({ ...signed, inputs })).toContain('a signature comes with the evidence')
  })

  it.each(['max', 0, 222] as const)('of RSASSA-PSS may have a salt of %s', (saltLength) => {
    expect(
      errorOf({ ...signed, edges: [...plain.edges, sign({ algorithm: 'RSA-PSS-SHA256', saltLength })] }),
    ).toBeNull()
  })

  it.each<readonly [string, Edge[], boolean]>([
    ['the same message type', [sign(), sign()], false],
    ['one without a tag', [sign(), sign({ message: concat(literal('b'), input('message')) })], false],
    [
      'tags of which one begins the other',
      [
        sign({ message: concat(literal('a'), input('message')) }),
        sign({ message: concat(literal('ab'), input('message')) }),
      ],
      false,
    ],
    [
      'different tags',
      [
        sign({ message: concat(literal('aa'), input('message')) }),
        sign({ message: concat(literal('ab'), input('message')) }),
      ],
      true,
    ],
    [
      'nested tags',
      [
        sign({ message: concat(concat(literal('aa'), literal('x')), input('message')) }),
        sign({ message: concat(literal('b'), input('message')) }),
      ],
      true,
    ],
  ])('beside another by the same key: %s', (_, signs, good) => {
    const error = errorOf({ ...signed, edges: [...plain.edges, ...signs] })
    if (good) expect(error).toBeNull()
    else expect(error).toContain('breaks rule tag')
  })
})

describe('a decoding', () => {
  const decode = (of: string): Edge => ({ kind: 'decode', of, codec })
  it('gives claims that later edges may use', () => {
    const inputs = { ...plain.inputs, message: loose, signature: loose }
    expect(
      errorOf({ ...plain, inputs, edges: [...plain.edges, decode('key'), sign({ key: 'part' })] }),
    ).toBeNull()
    expect(
      errorOf({ ...plain, inputs, edges: [...plain.edges, sign({ key: 'part' }), decode('key')] }),
    ).toContain('part is used before')
  })

  it.each<readonly [string, Edge, string]>([
    ['of what nothing proves', decode('other'), 'other is used before an edge proves it'],
    [
      'by a look-alike of a codec',
      { kind: 'decode', of: 'key', codec: { ...codec } },
      'a codec must be one of this library',
    ],
  ])('is refused %s', (_, edge, message) => {
    expect(errorOf({ ...plain, edges: [...plain.edges, edge] })).toContain(message)
  })

  it('gives each name one meaning', () => {
    expect(errorOf({ ...plain, edges: [...plain.edges, decode('key'), decode('nonce')] })).toContain(
      'claim part has two meanings',
    )
    expect(
      errorOf({ ...plain, inputs: { ...plain.inputs, part: loose }, edges: [...plain.edges, decode('key')] }),
    ).toContain('claim part has two meanings')
  })
})

describe('freshness', () => {
  const session: InputDefinition = { source: 'session', length: 32 }
  it.each<readonly [string, object, string]>([
    ['nothing', { freshness: {} }, 'a profile states its freshness'],
    ['no freshness', { freshness: undefined }, 'a profile states its freshness'],
    ['two', { freshness: { challenge: 'nonce', none: 'why' } }, 'a profile states its freshness'],
    ['a reason without words', { freshness: { none: ' ' } }, 'freshness none must say something'],
    [
      'none beside a challenge',
      { freshness: { none: 'why' } },
      'a profile with a challenge or session has freshness',
    ],
    [
      'evidence for a challenge',
      { freshness: { challenge: 'key' } },
      'freshness names a challenge or session',
    ],
    [
      'a challenge for a session',
      { freshness: { session: 'nonce' } },
      'freshness names a challenge or session',
    ],
    ['another word', { freshness: { monotonic: 'nonce' } }, 'freshness names a challenge or session'],
    [
      'nothing that is declared',
      { freshness: { challenge: 'other' } },
      'freshness names a challenge or session',
    ],
  ])('is refused with %s', (_, change, message) => {
    expect(errorOf({ ...plain, ...change })).toContain(message)
  })

  it('may come from a session', () => {
    const inputs = { nonce: session, key: loose }
    expect(errorOf({ ...plain, inputs, freshness: { session: 'nonce' } })).toBeNull()
  })

  it('is nothing that the host can say', () => {
    const edges: Edge[] = [
      {
        kind: 'commit',
        carrier: 'HOST_DATA',
        layout: [hash('sha256', concat(input('nonce'), input('key')))],
      },
    ]
    expect(errorOf({ ...plain, edges })).toContain('what the host chooses is not fresh')
  })
})

describe('a key', () => {
  it.each<readonly [string, object, string]>([
    ['that nothing proves', { other: { possession: 'none' } }, 'key other is not proven'],
    ['that signs no challenge', { key: { possession: 'signedChallenge' } }, 'key key signs no challenge'],
    [
      'of no connection',
      { key: { possession: 'handshake' } },
      "key key is not that of the caller's connection",
    ],
    ['that does not say', { key: { possession: 'yes' } }, 'key key does not say what shows possession'],
  ])('is refused %s', (_, keys, message) => {
    expect(errorOf({ ...signed, keys })).toContain(message)
  })

  it('may sign the challenge', () => {
    const edges = [...plain.edges, sign({ message: concat(input('nonce'), input('message')) })]
    expect(errorOf({ ...signed, edges, keys: { key: { possession: 'signedChallenge' } } })).toBeNull()
  })

  it('may be that of the session', () => {
    const definition = {
      ...plain,
      inputs: { tls: { source: 'session', length: 64 } },
      edges: [commit(input('tls'))],
      freshness: { session: 'tls' },
      keys: { tls: { possession: 'handshake' } },
    }
    expect(errorOf(definition)).toBeNull()
  })
})
