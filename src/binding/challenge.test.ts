import { describe, expect, it } from 'vitest'
import { VerificationError } from '../errors/error.js'
import {
  bytesOfChallenge,
  ownChallenge,
  purposeOfChallenge,
  redeemedChallenge,
  requirePurpose,
  spendChallenge,
} from './challenge.js'

const random = Uint8Array.from({ length: 32 }, (_, index) => 7 * index + 1)

describe('a challenge of the caller’s own', () => {
  it('has 16 bytes or more', () => {
    expect(bytesOfChallenge(ownChallenge(random.subarray(0, 16)))).toEqual(random.slice(0, 16))
    for (const length of [0, 1, 8, 15])
      expect(() => ownChallenge(random.subarray(0, length))).toThrow(TypeError)
  })

  it('has not so many that they are a document', () => {
    expect(() => ownChallenge(new Uint8Array(1025).fill(1))).toThrow(TypeError)
    expect(() => ownChallenge(new Uint8Array(1024).fill(1))).not.toThrow()
  })

  it('is not all zero, as padding is', () => {
    expect(() => ownChallenge(new Uint8Array(32))).toThrow(TypeError)
    expect(() => ownChallenge(Uint8Array.from([...new Uint8Array(31), 1]))).not.toThrow()
  })

  it('is asserted, and says so', () => {
    const challenge = ownChallenge(random)
    expect(challenge.basis).toBe('asserted')
    expect(Object.isFrozen(challenge)).toBe(true)
  })

  it('does not change with the bytes it was made of', () => {
    const bytes = random.slice()
    const challenge = ownChallenge(bytes)
    bytes.fill(0)
    expect(bytesOfChallenge(challenge)).toEqual(random)
  })

  it('is read from the bytes themselves, whatever a subclass says of them', () => {
    class Long extends Uint8Array {
      override get length(): number {
        return 64
      }
      override get byteLength(): number {
        return 64
      }
    }
    expect(() => ownChallenge(new Long(8).fill(1))).toThrow(TypeError)
    expect(bytesOfChallenge(ownChallenge(Buffer.from(random)))).toEqual(random)
  })

  it.each([undefined, null, 'a string of 32 characters, or so', 32, [...random], random.buffer, {}])(
    'is made of bytes, not %o',
    (value) => {
      expect(() => ownChallenge(value as never)).toThrow(TypeError)
    },
  )
})

const purpose = { policyDigest: 'ab'.repeat(32), profile: 'digest/sha256', context: 'session 7' }

describe('a challenge out of a store', () => {
  it('says so, and has its bytes and purpose', () => {
    const challenge = redeemedChallenge(random, purpose)
    expect(challenge).toEqual({ basis: 'store' })
    expect(Object.isFrozen(challenge)).toBe(true)
    expect(bytesOfChallenge(challenge)).toEqual(random)
    expect(purposeOfChallenge(challenge)).toEqual(purpose)
  })

  it('counts for its policy and profile', () => {
    const challenge = redeemedChallenge(random, purpose)
    const required = (policyDigest: string, profile: string) => () => {
      requirePurpose(challenge, policyDigest, profile)
    }
    expect(required(purpose.policyDigest, purpose.profile)).not.toThrow()
    const other = 'cd'.repeat(32)
    for (const profile of [purpose.profile, 'report-data'])
      expect(required(other, profile)).toThrow(
        expect.objectContaining({
          code: 'FRESHNESS_PURPOSE',
          verdict: 'rejected',
          stage: 'FRESHNESS',
          message: 'the challenge was issued for another policyDigest',
          details: { expected: purpose.policyDigest, actual: other },
        }),
      )
    expect(required(purpose.policyDigest, 'report-data')).toThrow(
      expect.objectContaining({
        code: 'FRESHNESS_PURPOSE',
        message: 'the challenge was issued for another profile',
        details: { expected: 'digest/sha256', actual: 'report-data' },
      }),
    )
    for (const near of ['digest/sha25', 'digest/sha2567', '', 'DIGEST/SHA256'])
      expect(required(purpose.policyDigest, near)).toThrow(VerificationError)
  })

  it('is used up once, each of its own', () => {
    const [one, two] = [redeemedChallenge(random, purpose), redeemedChallenge(random, purpose)]
    expect(() => {
      spendChallenge(one)
    }).not.toThrow()
    for (let time = 0; time < 2; time += 1)
      expect(() => {
        spendChallenge(one)
      }).toThrow(
        expect.objectContaining({
          code: 'FRESHNESS_REPLAYED',
          verdict: 'rejected',
          message: 'the challenge was used for an acceptance before',
        }),
      )
    expect(() => {
      spendChallenge(two)
    }).not.toThrow()
    // What it is does not change.
    expect(bytesOfChallenge(one)).toEqual(random)
    requirePurpose(one, purpose.policyDigest, purpose.profile)
  })
})

describe('an asserted challenge', () => {
  it('has no purpose and is not tracked', () => {
    const challenge = ownChallenge(random)
    expect(purposeOfChallenge(challenge)).toBeNull()
    expect(() => {
      requirePurpose(challenge, 'any', 'any')
      spendChallenge(challenge)
      spendChallenge(challenge)
    }).not.toThrow()
  })
})

describe('a look-alike', () => {
  const makers = [
    ['an asserted challenge', () => ownChallenge(random)],
    ['one out of a store', () => redeemedChallenge(random, purpose)],
  ] as const

  it.each(makers)('of %s has no bytes and no purpose, and cannot be used up', (_, make) => {
    const challenge = make()
    const fakes: readonly unknown[] = [
      {},
      { basis: 'asserted' },
      { basis: 'store' },
      { ...challenge },
      Object.assign({}, challenge, { bytes: random, purpose }),
      Object.create(challenge),
      Object.setPrototypeOf({ basis: 'store' }, challenge),
      structuredClone(challenge),
      JSON.parse(JSON.stringify(challenge)),
      new Proxy(challenge, {}),
      random,
      null,
      undefined,
      'x',
      1,
      () => challenge,
    ]
    for (const fake of fakes)
      for (const use of [
        bytesOfChallenge,
        purposeOfChallenge,
        spendChallenge,
        (one: typeof challenge) => {
          requirePurpose(one, purpose.policyDigest, purpose.profile)
        },
      ])
        expect(() => use(fake as never)).toThrow(
          /^freshness must be a challenge from ownChallenge or a challenge store, or \{ unchecked \}$/,
        )
    expect(() => bytesOfChallenge({} as never)).toThrow(TypeError)
  })
})
