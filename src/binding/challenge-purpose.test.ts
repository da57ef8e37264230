import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChallengePurpose, copyPurpose, digestOfPurpose } from './challenge-purpose.js'

const policyDigest = '0123456789abcdef'.repeat(4)
const purpose: ChallengePurpose = { policyDigest, profile: 'digest/sha256', context: 'session 7' }
const hex = (of: ChallengePurpose): string => Buffer.from(digestOfPurpose(of)).toString('hex')

describe('the copy of a purpose', () => {
  it('is frozen, and does not change with what it was made of', () => {
    const given = { ...purpose }
    const copy = copyPurpose(given)
    given.context = 'session 8'
    expect(copy).toEqual(purpose)
    expect(Object.isFrozen(copy)).toBe(true)
  })

  it('reads each member once', () => {
    const answers = ['a', 'b']
    const copy = copyPurpose({
      policyDigest,
      profile: 'p',
      get context() {
        return answers.shift() ?? 'c'
      },
    })
    expect(copy.context).toBe('a')
    expect(answers).toEqual(['b'])
  })

  it('takes members of a prototype, as objects of a class have them', () => {
    expect(copyPurpose(Object.create(purpose) as never)).toEqual(purpose)
  })

  it.each([undefined, null, 7, 'text', () => purpose])('is no copy of %o', (wrong) => {
    expect(() => copyPurpose(wrong as never)).toThrow(TypeError)
    expect(() => copyPurpose(wrong as never)).toThrow(/^purpose must be an object$/)
  })

  it.each(['policyDigest', 'profile', 'context'] as const)('needs %s, as text', (name) => {
    for (const wrong of [undefined, null, 7, [], ['a'], {}, new Uint8Array(32), new String('a')])
      expect(() => copyPurpose({ ...purpose, [name]: wrong as never })).toThrow(
        new RegExp(`^purpose\\.${name} must be `),
      )
    const { [name]: _, ...rest } = purpose
    expect(() => copyPurpose(rest as never)).toThrow(TypeError)
  })

  it('has the digest of a policy as policyDigest tells it', () => {
    const wrong = [
      '',
      policyDigest.slice(1),
      `${policyDigest}0`,
      policyDigest.toUpperCase(),
      `${policyDigest}\n`,
      `g${policyDigest.slice(1)}`,
      `${policyDigest.slice(1)}g`,
    ]
    for (const one of wrong)
      expect(() => copyPurpose({ ...purpose, policyDigest: one })).toThrow(
        /^purpose\.policyDigest must be 64/,
      )
  })

  it('has a profile of 1 to 128 characters', () => {
    for (const length of [1, 128])
      expect(copyPurpose({ ...purpose, profile: 'p'.repeat(length) }).profile).toHaveLength(length)
    for (const length of [0, 129])
      expect(() => copyPurpose({ ...purpose, profile: 'p'.repeat(length) })).toThrow(
        /^purpose\.profile must be text of 1 to 128 characters$/,
      )
  })

  it('has a context of at most 1024 characters, or an empty one', () => {
    for (const length of [0, 1024])
      expect(copyPurpose({ ...purpose, context: 'c'.repeat(length) }).context).toHaveLength(length)
    expect(() => copyPurpose({ ...purpose, context: 'c'.repeat(1025) })).toThrow(
      /^purpose\.context must be text of at most 1024 characters$/,
    )
  })

  it('refuses a fourth member, which nobody would compare', () => {
    for (const extra of ['audience', 'policydigest', 'toString', ''])
      expect(() => copyPurpose({ ...purpose, [extra]: 'x' })).toThrow(
        /^purpose is \{ policyDigest, profile, context \}, and no more$/,
      )
    const own = JSON.parse(`{"policyDigest":"${policyDigest}","profile":"p","context":"","__proto__":1}`)
    expect(() => copyPurpose(own)).toThrow(TypeError)
  })
})

describe('the digest of a purpose', () => {
  it('is that of its canonical JSON, as another implementation would write it', () => {
    const json = `{"context":"session 7","policyDigest":"${policyDigest}","profile":"digest/sha256","schema":"attested/challenge-purpose@1"}`
    expect(hex(purpose)).toBe(createHash('sha256').update(json).digest('hex'))
  })

  it('differs with each member, and where text moves from one to the other', () => {
    const digests = [
      purpose,
      { ...purpose, policyDigest: policyDigest.replace('0', '1') },
      { ...purpose, profile: 'digest/sha384' },
      { ...purpose, context: 'session 8' },
      { ...purpose, context: '' },
      { ...purpose, profile: 'session 7', context: 'digest/sha256' },
      { ...purpose, profile: 'digest/sha256","x":"', context: 'session 7' },
    ].map(hex)
    expect(new Set(digests).size).toBe(digests.length)
  })

  it('differs for lone surrogates, and what replaces or escapes them', () => {
    const contexts = ['\ud800', '\ud801', '\udc00', '\ufffd', '\\ud800', '\ud800\udc00']
    expect(new Set(contexts.map((context) => hex({ ...purpose, context }))).size).toBe(contexts.length)
  })

  it('differs for any two purposes that differ', () => {
    const unit = fc.constantFrom('a', 'b', '"', ':', ',', '{', '\\', 'ud800', '\ud800', '\udc00')
    const part = fc.string({ unit, maxLength: 4 })
    const any = fc.record({ policyDigest: fc.constant(policyDigest), profile: part, context: part })
    fc.assert(
      fc.property(any, any, (a, b) => {
        const same = a.profile === b.profile && a.context === b.context
        expect(hex(a) === hex(b)).toBe(same)
      }),
    )
  })
})
