import { generateKeyPairSync, sign } from 'node:crypto'
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, it } from 'vitest'
import { concat, hex } from '../../test/support/der.js'
import { isEd25519Key, verifyEd25519 } from './ed25519-point.js'

const p = 2n ** 255n - 19n
/** A number of 255 bits and the sign bit, as RFC 8032 §5.1.2 encodes them. */
const encoded = (y: bigint, sign: 0 | 1 = 0): Uint8Array =>
  hex((y + (sign === 1 ? 2n ** 255n : 0n)).toString(16).padStart(64, '0')).reverse()
const published = hex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a')
const torsion = ED25519_TORSION_SUBGROUP.map(hex)

describe('Ed25519 keys', () => {
  it('are those of generated pairs, and the published one of RFC 8032 §7.1', () => {
    expect(isEd25519Key(published)).toBe(true)
    for (let i = 0; i < 10; i += 1) {
      const { publicKey } = generateKeyPairSync('ed25519')
      const { x = '' } = publicKey.export({ format: 'jwk' })
      expect(isEd25519Key(new Uint8Array(Buffer.from(x, 'base64url')))).toBe(true)
    }
    expect(isEd25519Key(ed25519.Point.BASE.toBytes())).toBe(true)
    expect(isEd25519Key(ed25519.Point.BASE.negate().toBytes())).toBe(true)
  })

  it('are not one of the eight points of small order', () => {
    expect(torsion).toHaveLength(8)
    for (const point of torsion) expect(isEd25519Key(point)).toBe(false)
  })

  it('hold none of them: a key and a point of small order is no key', () => {
    const key = ed25519.Point.fromBytes(published)
    const sums = torsion.map((point) => key.add(ed25519.Point.fromBytes(point)).toBytes())
    expect(sums.map(isEd25519Key)).toEqual(torsion.map((_, index) => index === 0))
  })

  it('have y below p, and no sign where x is 0', () => {
    // Every y from p to 2^255 − 1 is a second spelling of a y below 19.
    for (let y = p; y < 2n ** 255n; y += 1n) {
      expect(isEd25519Key(encoded(y))).toBe(false)
      expect(isEd25519Key(encoded(y, 1))).toBe(false)
    }
    for (const y of [1n, p - 1n]) expect(isEd25519Key(encoded(y, 1))).toBe(false)
  })

  it('are points of the curve, and free of small order, as the library for curves says of small y', () => {
    const [none, mixed, sound]: string[][] = [[], [], []]
    for (let y = 2n; y < 26n; y += 1n) {
      const bytes = encoded(y)
      let list = none
      try {
        list = ed25519.Point.fromBytes(bytes).isTorsionFree() ? sound : mixed
      } catch {
        // Half of all y belong to no point.
      }
      list?.push(String(y))
      expect(isEd25519Key(bytes)).toBe(list === sound)
    }
    for (const list of [none, mixed]) expect(list).not.toEqual([])
  })

  it('have 32 bytes', () => {
    for (const other of [hex(''), published.subarray(1), concat(published, hex('00')), new Uint8Array(32)])
      expect(isEd25519Key(other)).toBe(false)
  })
})

describe('the check of a signature', () => {
  it('takes the published signatures', () => {
    const signature = hex(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    )
    expect(verifyEd25519(published, signature, hex(''))).toBe(true)
    expect(verifyEd25519(published, signature, hex('00'))).toBe(false)
    const another = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')
    const second = hex(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )
    expect(verifyEd25519(another, second, hex('72'))).toBe(true)
    expect(verifyEd25519(published, second, hex('72'))).toBe(false)
  })

  it('takes those of node:crypto', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const key = new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'))
    for (let length = 0; length < 140; length += 13) {
      const message = new Uint8Array(length).fill(length)
      expect(verifyEd25519(key, new Uint8Array(sign(null, message, privateKey)), message)).toBe(true)
    }
  })

  it('needs a key', () => {
    expect(() => verifyEd25519(new Uint8Array(31), new Uint8Array(64), hex(''))).toThrow(
      new TypeError('not an Ed25519 key'),
    )
  })
})
