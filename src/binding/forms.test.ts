import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ownChallenge } from './challenge.js'
import { type Binding, type PlainFacts, factsOfBinding } from './binding.js'
import { bindings } from './forms.js'

const data = Uint8Array.from({ length: 64 }, (_, index) => index + 1)
const stored = { freshness: { unchecked: 'a stored sample' } } as const
const sizes = { sha256: 32, sha384: 48, sha512: 64 } as const

function plainOf(binding: Binding): PlainFacts {
  const facts = factsOfBinding(binding)
  if (facts.kind !== 'plain') throw new Error('not a plain form')
  return facts
}

describe('REPORT_DATA as it is', () => {
  it('is exactly 64 bytes', () => {
    expect(plainOf(bindings.reportData(data, stored))).toMatchObject({
      profile: 'report-data',
      expected: data,
      claims: { reportData: data },
      path: ['REPORT_DATA'],
      challenge: null,
      challengeBytes: null,
      freshnessReason: 'a stored sample',
    })
    for (const length of [0, 32, 63, 65, 128])
      expect(() => bindings.reportData(new Uint8Array(length), stored)).toThrow(TypeError)
  })

  it('does not change with the bytes it was made of', () => {
    const bytes = data.slice()
    const binding = bindings.reportData(bytes, stored)
    bytes.fill(0)
    expect(plainOf(binding).expected).toEqual(data)
  })
})

describe('a digest', () => {
  it.each(['sha256', 'sha384', 'sha512'] as const)(
    'of %s has zeros behind it, up to 64 bytes',
    (algorithm) => {
      const bytes = Uint8Array.of(1, 2, 3)
      const { expected, claims, profile, path } = plainOf(bindings.digest(algorithm, bytes, stored))
      const digest = createHash(algorithm).update(bytes).digest()
      expect(profile).toBe(`digest/${algorithm}`)
      expect(path).toEqual([`REPORT_DATA[0..${String(sizes[algorithm])}]`])
      expect(Buffer.from(expected)).toEqual(Buffer.concat([digest, Buffer.alloc(64 - sizes[algorithm])]))
      expect(Buffer.from(claims[algorithm] ?? [])).toEqual(digest)
    },
  )

  it.each(['sha1', 'sha-256', 'SHA256', 'md5', '', 'toString', '__proto__', undefined, null, 256])(
    'is of an algorithm that we name, not %o',
    (algorithm) => {
      expect(() => bindings.digest(algorithm as never, data, stored)).toThrow(TypeError)
    },
  )

  it.each([undefined, null, 'text', [1, 2, 3], data.buffer])('is of bytes, not %o', (bytes) => {
    expect(() => bindings.digest('sha256', bytes as never, stored)).toThrow(TypeError)
  })
})

describe('freshness', () => {
  it('comes from a challenge', () => {
    const challenge = ownChallenge(data.subarray(0, 32))
    const facts = plainOf(bindings.reportData(data, { freshness: challenge }))
    expect(facts).toMatchObject({ challenge, challengeBytes: data.slice(0, 32), freshnessReason: null })
  })

  it.each<readonly [string, unknown]>([
    ['no options', undefined],
    ['null', null],
    ['nothing stated', {}],
    ['undefined', { freshness: undefined }],
    ['null stated', { freshness: null }],
    ['plain bytes', { freshness: data.subarray(0, 32) }],
    ['a string', { freshness: 'challenge' }],
    ['a look-alike', { freshness: { basis: 'asserted' } }],
    ['a copy of a challenge', { freshness: { ...ownChallenge(data) } }],
    ['an empty reason', { freshness: { unchecked: '' } }],
    ['a reason that is no text', { freshness: { unchecked: true } }],
    ['a reason by another name', { freshness: { skip: 'why' } }],
  ])('is stated, or left unchecked with a reason: %s', (_name, options) => {
    expect(() => bindings.reportData(data, options as never)).toThrow(TypeError)
    expect(() => bindings.digest('sha256', data, options as never)).toThrow(TypeError)
  })
})

describe('a look-alike', () => {
  it('is no binding', () => {
    const binding = bindings.reportData(data, stored)
    expect(Object.isFrozen(binding)).toBe(true)
    const fakes = [
      {},
      { profile: 'report-data' },
      { ...binding },
      Object.create(binding),
      structuredClone(binding),
    ]
    for (const fake of [...fakes, new Proxy(binding, {}), null, undefined, 'x', 1, data])
      expect(() => factsOfBinding(fake as never)).toThrow(TypeError)
  })
})
