import { describe, expect, it } from 'vitest'
import { profileIds, profileNamed } from '../profiles/registry.js'
import { makeCodec } from './codec.js'
import type { Edge, ProfileDefinition } from './definition.js'
import { type Segment, any, concat, frame, hash, input, literal, padRight } from './expression.js'
import { type Profile, defineProfile } from './profile.js'
import { separationOf } from './separation.js'

const profileOf = (
  id: string,
  layout: readonly Segment[],
  more: { readonly carrier?: 'HOST_DATA'; readonly edges?: readonly Edge[] } = {},
): Profile => {
  const definition: ProfileDefinition = {
    id,
    title: 'a test',
    source: 'nowhere',
    inputs: {
      pin: { source: 'expected', length: 32 },
      ...(more.edges?.[0]?.kind !== 'sign'
        ? {}
        : { seal: { source: 'evidence', length: 64 }, text: { source: 'evidence', length: 9 } }),
    },
    edges: [{ kind: 'commit', carrier: more.carrier ?? 'REPORT_DATA', layout }, ...(more.edges ?? [])],
    freshness: { none: 'a test' },
    ...(layout.some(({ kind }) => kind === 'any') ? { weak: [{ rule: 'any', reason: 'a test' }] } : {}),
  }
  return defineProfile(definition)
}

const pin = input('pin')
const codec = (name: string) => makeCodec({ name, gives: [], mustAccept: false }, () => ({ claims: {} }))
const decoded = (name: string): readonly Edge[] => [{ kind: 'decode', of: 'pin', codec: codec(name) }]
const sealed = (algorithm: 'ED25519' | 'ECDSA-P256-SHA256'): readonly Edge[] => [
  { kind: 'sign', algorithm, key: 'pin', keyForm: 'spki-der', message: input('text'), signature: 'seal' },
]

describe('what keeps two profiles apart', () => {
  it.each<readonly [string, Profile, Profile, string]>([
    [
      'frames',
      profileOf('a/1', [hash('sha512', frame('pin'))]),
      profileOf('b/1', [hash('sha512', frame('pin'))]),
      'tag',
    ],
    [
      'prefixes',
      profileOf('a/1', [hash('sha512', concat(literal('a:'), pin))]),
      profileOf('b/1', [hash('sha512', concat(literal('b:'), pin))]),
      'tag',
    ],
    [
      'one prefix that begins the other',
      profileOf('a/1', [hash('sha512', concat(literal('a'), pin))]),
      profileOf('b/1', [hash('sha512', concat(literal('a:'), pin))]),
      'nothing',
    ],
    [
      'a prefix and none',
      profileOf('a/1', [hash('sha512', concat(literal('a:'), pin))]),
      profileOf('b/1', [hash('sha512', pin)]),
      'nothing',
    ],
    [
      'other algorithms',
      profileOf('a/1', [hash('sha512', pin)]),
      profileOf('b/1', [hash('sha3-512', pin)]),
      'layout',
    ],
    [
      'halves and a whole',
      profileOf('a/1', [hash('sha256', pin), hash('sha256', pin)]),
      profileOf('b/1', [hash('sha512', pin)]),
      'layout',
    ],
    [
      'a digest and zeros, and two digests',
      profileOf('a/1', [padRight(64, hash('sha256', pin))]),
      profileOf('b/1', [hash('sha256', pin), hash('sha256', pin)]),
      'layout',
    ],
    ['the same', profileOf('a/1', [hash('sha512', pin)]), profileOf('b/1', [hash('sha512', pin)]), 'nothing'],
    [
      'raw bytes and a digest',
      profileOf('a/1', [pin, any(32)]),
      profileOf('b/1', [hash('sha512', pin)]),
      'nothing',
    ],
    [
      'raw bytes before zeros, and a digest',
      profileOf('a/1', [padRight(64, pin)]),
      profileOf('b/1', [hash('sha512', pin)]),
      'layout',
    ],
    [
      'raw bytes before zeros, and a digest before zeros',
      profileOf('a/1', [padRight(64, pin)]),
      profileOf('b/1', [padRight(64, hash('sha256', pin))]),
      'nothing',
    ],
    [
      'raw bytes before zeros, and a longer digest before zeros',
      profileOf('a/1', [padRight(64, pin)]),
      profileOf('b/1', [padRight(64, hash('sha384', pin))]),
      'layout',
    ],
    [
      'fields',
      profileOf('a/1', [hash('sha256', pin)], { carrier: 'HOST_DATA' }),
      profileOf('b/1', [hash('sha512', pin)]),
      'carrier',
    ],
    [
      'documents',
      profileOf('a/1', [hash('sha512', pin)], { edges: decoded('x') }),
      profileOf('b/1', [hash('sha512', pin)], { edges: decoded('y') }),
      'codec',
    ],
    [
      'keys',
      profileOf('a/1', [hash('sha512', pin)], { edges: sealed('ED25519') }),
      profileOf('b/1', [hash('sha512', pin)], { edges: sealed('ECDSA-P256-SHA256') }),
      'key',
    ],
  ])('%s', (_, a, b, kind) => {
    expect(separationOf(a, b)).toMatchObject({ kind })
    expect(separationOf(b, a)).toMatchObject({ kind })
  })

  it('says what, on one line', () => {
    const [a, b] = [
      profileOf('a/1', [hash('sha512', concat(literal('a:'), pin))]),
      profileOf('b/1', [hash('sha512', concat(literal('b:'), pin))]),
    ]
    expect(separationOf(a, b).reason).toBe('REPORT_DATA: what is hashed begins with "a:" or "b:"')
    expect(() => separationOf(a, a)).toThrow(TypeError)
    expect(() => separationOf(a, {} as Profile)).toThrow(TypeError)
  })

  it('is something for every two profiles of this library, but where the caller pins all 64 bytes', async () => {
    const all = await Promise.all(profileIds.map(profileNamed))
    const pairs = all.flatMap((a, at) => all.slice(at + 1).map((b) => [a, b] as const))
    const alike = pairs.flatMap(([a, b]) => {
      if (a === null || b === null) throw new Error('no such profile')
      return separationOf(a, b).kind === 'nothing' ? [[a.id, b.id]] : []
    })
    expect(alike.length).toBeGreaterThan(0)
    // The caller of these pins all that the layout does not fix.
    const pins = ['manifest/1', 'manifest-sha384/1', 'manifest-sha512/1']
    for (const pair of alike) expect(pair.some((id) => pins.includes(id ?? ''))).toBe(true)
  })
})
