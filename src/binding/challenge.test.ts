import { describe, expect, it } from 'vitest'
import { bytesOfChallenge, ownChallenge } from './challenge.js'

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

describe('a look-alike', () => {
  it('has no bytes', () => {
    const challenge = ownChallenge(random)
    const fakes = [
      {},
      { basis: 'asserted' },
      { ...challenge },
      Object.create(challenge),
      structuredClone(challenge),
    ]
    for (const fake of [...fakes, new Proxy(challenge, {}), random, null, undefined, 'x', 1])
      expect(() => bytesOfChallenge(fake as never)).toThrow(TypeError)
  })
})
