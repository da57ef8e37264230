import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../test/fuzz/random.js'
import { concat, hex } from '../../test/support/der.js'
import { ecSpki, p256Spki } from '../../test/support/keys.js'
import { bigEndianInteger } from '../encoding/bytes.js'
import { isP256Point } from './p256-point.js'

const p = p256.Point.Fp.ORDER
const coordinate = (value: bigint): Uint8Array => hex(value.toString(16).padStart(64, '0'))
const pointOf = (x: bigint, y: bigint): Uint8Array => concat(hex('04'), coordinate(x), coordinate(y))
const labPoint = (label: string): Uint8Array => p256Spki(label).slice(-65)
const points = Array.from({ length: 10 }, (_, index) => labPoint(`point ${String(index)}`))

/** OpenSSL's word on an uncompressed point. */
function nodeTakes(point: Uint8Array): boolean {
  try {
    createPublicKey({ key: Buffer.from(ecSpki(point, 'P-256')), format: 'der', type: 'spki' })
    return true
  } catch {
    return false
  }
}

describe('points of P-256', () => {
  it('are those of generated and derived keys', () => {
    for (let i = 0; i < 20; i += 1) {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const point = concat(hex('04'), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url'))
      expect(isP256Point(point)).toBe(true)
    }
    expect(points.every(isP256Point)).toBe(true)
  })

  it('are what node:crypto says, for points with one byte changed and for random ones', () => {
    const random = randomFrom(256)
    let accepted = 0
    for (let i = 0; i < 300; i += 1) {
      const point = (points[i % 10] ?? hex('')).slice()
      if (i % 3 > 0) point[1 + random.below(64)] = random.below(256)
      else if (i % 2 === 0) point.set(random.bytes(64), 1)
      const ours = isP256Point(point)
      expect(ours).toBe(nodeTakes(point))
      if (ours) accepted += 1
    }
    expect(accepted).toBeGreaterThan(20)
    expect(accepted).toBeLessThan(100)
  })

  it('come in pairs: x with y and with −y', () => {
    const [x, y] = [
      bigEndianInteger(labPoint('pair').subarray(1, 33)),
      bigEndianInteger(labPoint('pair').subarray(33)),
    ]
    expect(isP256Point(pointOf(x, y))).toBe(true)
    expect(isP256Point(pointOf(x, p - y))).toBe(true)
    expect(isP256Point(pointOf(y, x))).toBe(false)
    expect(isP256Point(pointOf(x, y + 1n))).toBe(false)
  })

  it('have coordinates below p: there is no second spelling', () => {
    // x = 0 is on the curve with y² = b; p + 0 would be the same point to a reader that reduces.
    const { y } = p256.Point.fromBytes(concat(hex('02'), coordinate(0n))).toAffine()
    expect(isP256Point(pointOf(0n, y))).toBe(true)
    expect(isP256Point(pointOf(0n, p - y))).toBe(true)
    expect(nodeTakes(pointOf(0n, y))).toBe(true)
    for (const [x, other] of [
      [p, y],
      [p, p],
      [p + 1n, y],
      [2n ** 256n - 1n, 2n ** 256n - 1n],
      [0n, 0n],
      [0n, p],
    ] as const)
      expect(isP256Point(pointOf(x, other))).toBe(false)
    // A y that has a second spelling in 256 bits: below 2^256 − p, which is large enough to find one.
    let small = 0n
    const found = (): { readonly x: bigint; readonly y: bigint } => {
      for (;;) {
        small += 1n
        try {
          return p256.Point.fromBytes(concat(hex('02'), coordinate(small))).toAffine()
        } catch {
          // No point has this x.
        }
      }
    }
    const point = found()
    expect(isP256Point(pointOf(point.x, point.y))).toBe(true)
    expect(isP256Point(pointOf(point.x + p, point.y))).toBe(false)
    expect(nodeTakes(pointOf(point.x + p, point.y))).toBe(false)
  })

  it('have one encoding of 65 bytes', () => {
    const point = labPoint('encoding')
    for (const first of [0, 1, 2, 3, 5, 6, 7, 0xff])
      expect(isP256Point(concat(Uint8Array.of(first), point.subarray(1)))).toBe(false)
    expect(isP256Point(point.subarray(0, 64))).toBe(false)
    expect(isP256Point(concat(point, hex('00')))).toBe(false)
    expect(isP256Point(concat(hex('04'), point))).toBe(false)
    expect(isP256Point(p256.Point.fromBytes(point).toBytes(true))).toBe(false)
    expect(isP256Point(hex('00'))).toBe(false)
    expect(isP256Point(hex(''))).toBe(false)
  })
})
