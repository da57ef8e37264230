// The one signature algorithm and the two kinds of keys that AMD's certificates have; everything else is refused.
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Outcome, outcomeOf } from '../../test/fuzz/outcome.js'
import {
  bitString,
  concat,
  explicit,
  hex,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
} from '../../test/support/der.js'
import { compressedSpki, ecKey, ecSpki, p256Spki, rsaKey } from '../../test/support/keys.js'
import { ecdsaAlgorithm, pkcs1Algorithm, pssAlgorithm } from '../../test/support/pss.js'
import { readPublicKey, requireAlgorithm } from './algorithm.js'

const judge = (inner: Uint8Array, outer: Uint8Array = inner): Outcome =>
  outcomeOf(() => requireAlgorithm(inner, outer, 'x'))

describe('the signature algorithm', () => {
  const plain = pssAlgorithm()
  const trailer = pssAlgorithm({ explicitTrailer: true })

  it.each<[string, Uint8Array, Uint8Array, Outcome]>([
    ['without trailerField', plain, plain, 'accepted'],
    ['with trailerField written out', trailer, trailer, 'accepted'],
    ['without inside, with outside', plain, trailer, 'CERTIFICATE_ALGORITHM_MISMATCH'],
    ['with inside, without outside', trailer, plain, 'CERTIFICATE_ALGORITHM_MISMATCH'],
    ['another salt outside', plain, pssAlgorithm({ saltLength: 32 }), 'CERTIFICATE_ALGORITHM_MISMATCH'],
    ['another salt inside', pssAlgorithm({ saltLength: 32 }), plain, 'CERTIFICATE_ALGORITHM'],
    ['PKCS #1 v1.5 outside', plain, pkcs1Algorithm(), 'CERTIFICATE_ALGORITHM_MISMATCH'],
    ['PKCS #1 v1.5 inside', pkcs1Algorithm(), plain, 'CERTIFICATE_ALGORITHM'],
    ['nothing outside', plain, hex(''), 'CERTIFICATE_ALGORITHM_MISMATCH'],
  ])('%s', (_, inner, outer, expected) => {
    expect(judge(inner, outer)).toBe(expected)
  })

  const hash = explicit(0, sequence(oid('2.16.840.1.101.3.4.2.2'), nullValue()))
  const bareHash = explicit(0, sequence(oid('2.16.840.1.101.3.4.2.2')))
  const mask = explicit(1, sequence(oid('1.2.840.113549.1.1.8'), hash.subarray(2)))
  const salt = explicit(2, integer(48))
  const pss = (...parameters: readonly Uint8Array[]): Uint8Array =>
    sequence(oid('1.2.840.113549.1.1.10'), ...parameters)

  it('is spelled here as in the lab', () => {
    expect(pss(sequence(hash, mask, salt))).toEqual(plain)
    expect(pss(sequence(hash, mask, salt, explicit(3, integer(1))))).toEqual(trailer)
  })

  it.each<[string, Uint8Array]>([
    ['PKCS #1 v1.5', pkcs1Algorithm()],
    ['PKCS #1 v1.5 with SHA-256', pkcs1Algorithm('sha256')],
    ['ECDSA', ecdsaAlgorithm()],
    ['SHA-256', pssAlgorithm({ hash: 'sha256' })],
    ['SHA-512', pssAlgorithm({ hash: 'sha512' })],
    ['SHA-1', pssAlgorithm({ hash: 'sha1' })],
    ['MGF1 with SHA-256', pssAlgorithm({ mgfHash: 'sha256' })],
    ['a salt of 0', pssAlgorithm({ saltLength: 0 })],
    ['a salt of 32', pssAlgorithm({ saltLength: 32 })],
    ['a salt of 47', pssAlgorithm({ saltLength: 47 })],
    ['a salt of 304', pssAlgorithm({ saltLength: 304 })],
    ['trailerField 2', pss(sequence(hash, mask, salt, explicit(3, integer(2))))],
    ['trailerField twice', pss(sequence(hash, mask, salt, explicit(3, integer(1)), explicit(3, integer(1))))],
    ['no parameters', pss()],
    ['NULL as parameters', pss(nullValue())],
    ['empty parameters, which mean SHA-1 and a salt of 20', pss(sequence())],
    ['no salt length', pss(sequence(hash, mask))],
    ['no hash', pss(sequence(mask, salt))],
    ['no mask', pss(sequence(hash, salt))],
    ['a hash without NULL', pss(sequence(bareHash, mask, salt))],
    ['parameters in another order', pss(sequence(salt, hash, mask))],
    ['a salt length that is not minimal', pss(sequence(hash, mask, explicit(2, hex('02020030'))))],
    ['parameters twice', pss(sequence(hash, mask, salt), sequence(hash, mask, salt))],
    ['an empty sequence', sequence()],
    ['nothing', hex('')],
    ['a byte more', concat(plain, hex('00'))],
    ['a byte less', plain.subarray(0, -1)],
  ])('is not %s', (_, algorithm) => {
    expect(judge(algorithm)).toBe('CERTIFICATE_ALGORITHM')
  })

  it('is told in a refusal by its first bytes only', () => {
    const long = sequence(octetString(new Uint8Array(5000)))
    expect(() => requireAlgorithm(plain, long, 'CRL')).toThrow(
      expect.objectContaining({
        code: 'CERTIFICATE_ALGORITHM_MISMATCH',
        details: expect.objectContaining({ unsigned: expect.stringMatching(/^.{160}$/) as string }) as object,
      }),
    )
  })
})

const read = (spki: Uint8Array): string => {
  let kind = ''
  const outcome = outcomeOf(() => {
    const key = readPublicKey(spki)
    ;({ kind } = key)
  })
  return outcome === 'accepted' ? kind : outcome
}

const rsaSpki = (key: Uint8Array, algorithm?: Uint8Array, unused = 0): Uint8Array =>
  sequence(algorithm ?? sequence(oid('1.2.840.113549.1.1.1'), nullValue()), bitString(key, unused))
const generated = (modulusLength: number, publicExponent = 65537): Uint8Array =>
  new Uint8Array(
    generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({
      type: 'spki',
      format: 'der',
    }),
  )

describe('public keys', () => {
  const ec = ecKey('algorithm test')
  const rsa = rsaKey('ark-Milan')
  const [modulus, exponent] = [2n ** 4095n + 1n, integer(65537)]

  it('are P-384, uncompressed, or RSA-4096 with e = 65537', () => {
    expect(readPublicKey(ec.spki)).toEqual({ kind: 'p384', point: ec.point })
    const key = readPublicKey(rsa.spki)
    const jwk = createPublicKey(rsa.privateKey).export({ format: 'jwk' })
    expect(key).toEqual({ kind: 'rsa4096', modulus: new Uint8Array(Buffer.from(jwk.n ?? '', 'base64url')) })
    expect(read(rsaSpki(sequence(integer(modulus), exponent)))).toBe('rsa4096')
  })

  it.each<[string, Uint8Array, Outcome]>([
    ['P-256', p256Spki('algorithm test'), 'CERTIFICATE_MALFORMED'],
    ['P-384, compressed', compressedSpki(ec), 'CERTIFICATE_MALFORMED'],
    ['P-384, a byte more', ecSpki(concat(ec.point, hex('00'))), 'CERTIFICATE_MALFORMED'],
    ['P-384, a byte less', ecSpki(ec.point.subarray(0, -1)), 'CERTIFICATE_MALFORMED'],
    ['P-384, hybrid', ecSpki(concat(hex('06'), ec.point.subarray(1))), 'CERTIFICATE_MALFORMED'],
    ['P-384, the point at infinity', ecSpki(hex('00')), 'CERTIFICATE_MALFORMED'],
    ['a P-384 point on a curve called P-256', ecSpki(ec.point, 'P-256'), 'CERTIFICATE_MALFORMED'],
    [
      'a P-384 point without a curve',
      rsaSpki(ec.point, sequence(oid('1.2.840.10045.2.1'))),
      'CERTIFICATE_MALFORMED',
    ],
    [
      'a key for key agreement alone',
      rsaSpki(ec.point, sequence(oid('1.3.132.1.12'), oid('1.3.132.0.34'))),
      'CERTIFICATE_MALFORMED',
    ],
    ['Ed25519', hex(`302a300506032b6570032100${'01'.repeat(32)}`), 'CERTIFICATE_MALFORMED'],
    ['RSA-2048', generated(2048), 'CERTIFICATE_MALFORMED'],
    ['RSA of 4095 bits', rsaSpki(sequence(integer(2n ** 4094n + 1n), exponent)), 'CERTIFICATE_MALFORMED'],
    ['RSA of 4097 bits', rsaSpki(sequence(integer(2n ** 4096n + 1n), exponent)), 'CERTIFICATE_MALFORMED'],
    ['RSA with e = 3', rsaSpki(sequence(integer(modulus), integer(3))), 'CERTIFICATE_MALFORMED'],
    ['RSA with e = 1', rsaSpki(sequence(integer(modulus), integer(1))), 'CERTIFICATE_MALFORMED'],
    [
      'RSA with e = 65537, not minimal',
      rsaSpki(sequence(integer(modulus), hex('020400010001'))),
      'CERTIFICATE_MALFORMED',
    ],
    ['RSA with a negative modulus', rsaSpki(sequence(integer(-modulus), exponent)), 'CERTIFICATE_MALFORMED'],
    [
      'RSA for PSS alone',
      rsaSpki(sequence(integer(modulus), exponent), sequence(oid('1.2.840.113549.1.1.10'))),
      'CERTIFICATE_MALFORMED',
    ],
    [
      'RSA without NULL',
      rsaSpki(sequence(integer(modulus), exponent), sequence(oid('1.2.840.113549.1.1.1'))),
      'CERTIFICATE_MALFORMED',
    ],
    [
      'RSA with unused bits',
      rsaSpki(sequence(integer(modulus), exponent), undefined, 1),
      'CERTIFICATE_MALFORMED',
    ],
    [
      'RSA with a third number',
      rsaSpki(sequence(integer(modulus), exponent, integer(1))),
      'CERTIFICATE_MALFORMED',
    ],
    [
      'RSA with bytes after the numbers',
      rsaSpki(concat(sequence(integer(modulus), exponent), hex('00'))),
      'CERTIFICATE_MALFORMED',
    ],
    ['RSA without exponent', rsaSpki(sequence(integer(modulus))), 'DER_TRUNCATED'],
    ['RSA without a key', rsaSpki(hex('')), 'DER_TRUNCATED'],
    [
      'RSA without a bit string',
      sequence(sequence(oid('1.2.840.113549.1.1.1'), nullValue())),
      'DER_TRUNCATED',
    ],
    ['an empty sequence', sequence(), 'DER_TRUNCATED'],
    [
      'an element after the key',
      concat(sequence(rsa.spki.subarray(4), nullValue())),
      'CERTIFICATE_MALFORMED',
    ],
  ])('are not %s', (_, spki, expected) => {
    expect(read(spki)).toBe(expected)
  })
})
