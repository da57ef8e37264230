import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bitString, concat, hex, integer, nullValue, oid, sequence } from '../../test/support/der.js'
import { compressedSpki, ecKey, ecSpki, p256Spki, rsaKey } from '../../test/support/keys.js'
import { derOf, pair } from '../../test/support/statements.js'
import { type BareKey, fromSpki, hasKeySize, toSpki } from './spki.js'

const rsaEncryption = sequence(oid('1.2.840.113549.1.1.1'), nullValue())
const modulusOf = (bits: number): bigint => 2n ** BigInt(bits - 1) + 1n
const rsaSpki = (
  modulus: Uint8Array,
  exponent: Uint8Array = integer(65537),
  algorithm: Uint8Array = rsaEncryption,
  unused = 0,
): Uint8Array => sequence(algorithm, bitString(sequence(modulus, exponent), unused))
const prefix25519 = '302a300506032b6570032100'

describe('SubjectPublicKeyInfo', () => {
  it.each([
    ['rsa', derOf(pair('rsa2048').publicKey), 256],
    ['rsa', rsaKey('ark-Milan').spki, 512],
    ['p256', derOf(pair('p256').publicKey), 65],
    ['p384', derOf(pair('p384').publicKey), 97],
    ['ed25519', derOf(pair('ed25519').publicKey), 32],
  ] as const)('%s of OpenSSL is read, and written as it was', (kind, spki, size) => {
    const key = fromSpki(spki)
    expect(key?.kind).toBe(kind)
    expect(key?.value).toHaveLength(size)
    expect(key === null ? null : toSpki(key)).toEqual(spki)
  })

  it('of RSA holds the modulus', () => {
    const { n = '' } = pair('rsa2048').publicKey.export({ format: 'jwk' })
    expect(fromSpki(derOf(pair('rsa2048').publicKey))).toEqual({
      kind: 'rsa',
      value: new Uint8Array(Buffer.from(n, 'base64url')),
    })
  })

  it('of RSA is built as DER requires at every size, as OpenSSL reads it', () => {
    for (const bytes of [256, 257, 258, 300, 384, 509, 510, 511, 512]) {
      const bits = bytes * 8
      const spki = rsaSpki(integer(modulusOf(bits)))
      const key = fromSpki(spki)
      expect(key?.value).toHaveLength(bytes)
      expect(key === null ? null : toSpki(key)).toEqual(spki)
      const read = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
      expect(read.asymmetricKeyDetails).toMatchObject({ modulusLength: bits, publicExponent: 65537n })
    }
  })

  const ec = ecKey('spki test')
  const p256 = p256Spki('spki test').slice(-65)
  it.each<[string, Uint8Array]>([
    ['nothing', hex('')],
    ['one byte', hex('30')],
    ['RSA-1024', rsaSpki(integer(modulusOf(1024)))],
    ['RSA of 2040 bits', rsaSpki(integer(modulusOf(2040)))],
    ['RSA of 2047 bits', rsaSpki(integer(modulusOf(2047)))],
    ['RSA of 2049 bits', rsaSpki(integer(modulusOf(2049)))],
    ['RSA of 4095 bits', rsaSpki(integer(modulusOf(4095)))],
    ['RSA of 4097 bits', rsaSpki(integer(modulusOf(4097)))],
    ['RSA of 4104 bits', rsaSpki(integer(modulusOf(4104)))],
    ['RSA with e = 3', rsaSpki(integer(modulusOf(2048)), integer(3))],
    ['RSA with e = 65539', rsaSpki(integer(modulusOf(2048)), integer(65539))],
    ['RSA with e = 65537 and a zero', rsaSpki(integer(modulusOf(2048)), hex('020400010001'))],
    ['RSA with a negative modulus', rsaSpki(integer(-modulusOf(2048)))],
    ['RSA with a modulus and a zero more', rsaSpki(hex(`020201020000${'ff'.repeat(256)}`))],
    [
      'RSA without parameters',
      rsaSpki(integer(modulusOf(2048)), undefined, sequence(oid('1.2.840.113549.1.1.1'))),
    ],
    [
      'RSA for PSS alone',
      rsaSpki(integer(modulusOf(2048)), undefined, sequence(oid('1.2.840.113549.1.1.10'))),
    ],
    [
      'RSA for PSS alone, with NULL',
      rsaSpki(integer(modulusOf(2048)), undefined, sequence(oid('1.2.840.113549.1.1.10'), nullValue())),
    ],
    ['RSA with unused bits', rsaSpki(integer(modulusOf(2048)), undefined, undefined, 1)],
    ['RSA, a byte more', concat(rsaSpki(integer(modulusOf(2048))), hex('00'))],
    ['RSA, a byte less', rsaSpki(integer(modulusOf(2048))).subarray(0, -1)],
    ['RSA, a byte before', concat(hex('00'), rsaSpki(integer(modulusOf(2048))))],
    ['RSA as PKCS #1', sequence(integer(modulusOf(2048)), integer(65537))],
    ['P-256, compressed', ecSpki(concat(hex('02'), p256.subarray(1, 33)), 'P-256')],
    ['P-256, a byte more', ecSpki(concat(p256, hex('00')), 'P-256')],
    ['P-256, a byte less', ecSpki(p256.subarray(0, -1), 'P-256')],
    ['P-256, a byte after', concat(p256Spki('spki test'), hex('00'))],
    ['a P-256 point on a curve called P-384', ecSpki(p256, 'P-384')],
    ['a P-384 point on a curve called P-256', ecSpki(ec.point, 'P-256')],
    ['P-384, compressed', compressedSpki(ec)],
    ['P-384, a byte after', concat(ec.spki, hex('00'))],
    ['the point at infinity', ecSpki(hex('00'))],
    ['P-521', concat(hex('30819b301006072a8648ce3d020106052b81040023038186000401'), new Uint8Array(131))],
    ['a P-256 point without a curve', sequence(sequence(oid('1.2.840.10045.2.1')), bitString(p256))],
    [
      'a P-256 key for key agreement',
      sequence(sequence(oid('1.3.132.1.12'), oid('1.2.840.10045.3.1.7')), bitString(p256)),
    ],
    [
      'a P-256 key with unused bits',
      sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), bitString(p256, 1)),
    ],
    ['secp256k1', sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.10')), bitString(p256))],
    ['X25519', hex(`302a300506032b656e032100${'01'.repeat(32)}`)],
    ['Ed448', hex(`3043300506032b6571033a00${'01'.repeat(57)}`)],
    ['Ed25519 with NULL', hex(`302c300706032b65700500032100${'01'.repeat(32)}`)],
    ['Ed25519 of 31 bytes', hex(`3029300506032b6570032000${'01'.repeat(31)}`)],
    ['Ed25519, a byte after', hex(`${prefix25519}${'01'.repeat(33)}`)],
    ['Ed25519, a byte less', hex(`${prefix25519}${'01'.repeat(31)}`)],
    ['a bare Ed25519 key', hex('01'.repeat(32))],
    ['a bare P-384 point', ec.point],
    ['bytes of the length of RSA-2048', new Uint8Array(294).fill(0xff)],
    ['bytes of the length of P-256', new Uint8Array(91).fill(4)],
    ['zeros of the length of Ed25519', new Uint8Array(44)],
  ])('%s is none', (_, spki) => {
    expect(fromSpki(spki)).toBeNull()
  })

  it('is not read with any byte of its headers changed', () => {
    for (const name of ['rsa2048', 'p256', 'p384', 'ed25519'] as const) {
      const spki = derOf(pair(name).publicKey)
      const varies = fromSpki(spki)?.value.length ?? 0
      const tail = name === 'rsa2048' ? 5 : 0
      for (let at = 0; at < spki.length; at += 1) {
        if (at >= spki.length - tail - varies && at < spki.length - tail) continue
        for (const bit of [1, 0x80]) {
          const changed = spki.map((byte, index) => (index === at ? byte ^ bit : byte))
          expect(fromSpki(changed), `${name} at ${String(at)}`).toBeNull()
        }
      }
    }
  })
})

describe('the size of a key', () => {
  it.each([
    ['rsa', 255, false],
    ['rsa', 256, true],
    ['rsa', 257, true],
    ['rsa', 512, true],
    ['rsa', 513, false],
    ['p256', 64, false],
    ['p256', 65, true],
    ['p256', 66, false],
    ['p384', 96, false],
    ['p384', 97, true],
    ['p384', 98, false],
    ['ed25519', 31, false],
    ['ed25519', 32, true],
    ['ed25519', 33, false],
    ['ed25519', 0, false],
  ] as const)('%s of %i bytes: %s', (kind, size, expected) => {
    const key: BareKey = { kind, value: new Uint8Array(size).fill(0x80) }
    expect(hasKeySize(key)).toBe(expected)
  })

  it('of RSA counts from the top bit', () => {
    const size = 256
    expect(hasKeySize({ kind: 'rsa', value: new Uint8Array(size).fill(0x7f) })).toBe(false)
    expect(hasKeySize({ kind: 'p256', value: new Uint8Array(65).fill(0x04) })).toBe(true)
  })
})
