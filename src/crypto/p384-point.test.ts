import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../test/fuzz/random.js'
import { concat, hex } from '../../test/support/der.js'
import { compressedSpki, ecKey, ecSpki } from '../../test/support/keys.js'
import { isP384Point } from './p384-point.js'

const p = 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n
const coordinate = (value: bigint): Uint8Array => hex(value.toString(16).padStart(96, '0'))
const pointOf = (x: bigint, y: bigint): Uint8Array => concat(hex('04'), coordinate(x), coordinate(y))

/** OpenSSL's word on an uncompressed point. */
function nodeTakes(point: Uint8Array): boolean {
  try {
    createPublicKey({ key: Buffer.from(ecSpki(point)), format: 'der', type: 'spki' })
    return true
  } catch {
    return false
  }
}

describe('points of P-384', () => {
  it('are those of generated and derived keys', () => {
    for (let i = 0; i < 20; i += 1) {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const point = concat(hex('04'), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url'))
      expect(isP384Point(point)).toBe(true)
      expect(isP384Point(ecKey(`point ${i}`).point)).toBe(true)
    }
  })

  it('are what node:crypto says, for points with one byte changed and for random ones', () => {
    const random = randomFrom(384)
    let accepted = 0
    for (let i = 0; i < 300; i += 1) {
      const point = ecKey(`point ${i % 20}`).point.slice()
      if (i % 3 > 0) point[1 + random.below(96)] = random.below(256)
      else if (i % 2 === 0) point.set(random.bytes(96), 1)
      const ours = isP384Point(point)
      expect(ours).toBe(nodeTakes(point))
      if (ours) accepted += 1
    }
    expect(accepted).toBeGreaterThan(20)
    expect(accepted).toBeLessThan(100)
  })

  it('come in pairs: x with y and with −y', () => {
    const [x, y] = [
      BigInt(`0x${Buffer.from(ecKey('pair').point.subarray(1, 49)).toString('hex')}`),
      BigInt(`0x${Buffer.from(ecKey('pair').point.subarray(49)).toString('hex')}`),
    ]
    expect(isP384Point(pointOf(x, y))).toBe(true)
    expect(isP384Point(pointOf(x, p - y))).toBe(true)
    expect(isP384Point(pointOf(y, x))).toBe(false)
    expect(isP384Point(pointOf(x, y + 1n))).toBe(false)
  })

  it('have coordinates below p: there is no second spelling', () => {
    // x = 0 is on the curve with y² = b; p + 0 would be the same point to a reader that reduces.
    const b =
      0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn
    let y = 1n
    // p ≡ 3 (mod 4), so a square root is a power.
    for (let base = b, exponent = (p + 1n) / 4n; exponent > 0n; exponent >>= 1n, base = (base * base) % p)
      if ((exponent & 1n) === 1n) y = (y * base) % p
    expect((y * y) % p).toBe(b)
    expect(isP384Point(pointOf(0n, y))).toBe(true)
    expect(nodeTakes(pointOf(0n, y))).toBe(true)
    expect(isP384Point(pointOf(p, y))).toBe(false)
    expect(isP384Point(pointOf(0n, p - y))).toBe(true)
    for (const [x, other] of [
      [p, p],
      [p + 1n, y],
      [2n ** 384n - 1n, 2n ** 384n - 1n],
      [0n, 0n],
      [0n, p],
    ] as const)
      expect(isP384Point(pointOf(x, other))).toBe(false)
  })

  it('have one encoding of 97 bytes', () => {
    const { point } = ecKey('encoding')
    for (const first of [0, 1, 2, 3, 5, 6, 7, 0xff])
      expect(isP384Point(concat(Uint8Array.of(first), point.subarray(1)))).toBe(false)
    expect(isP384Point(point.subarray(0, 96))).toBe(false)
    expect(isP384Point(concat(point, hex('00')))).toBe(false)
    expect(isP384Point(concat(hex('04'), point))).toBe(false)
    expect(isP384Point(compressedSpki(ecKey('encoding')).slice(-49))).toBe(false)
    expect(isP384Point(hex('00'))).toBe(false)
    expect(isP384Point(hex(''))).toBe(false)
  })
})
