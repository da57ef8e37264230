// The form of signatures, on its own: what is refused here never reaches an engine.
import { describe, expect, it } from 'vitest'
import { concat, hex, integer, nullValue, sequence, tlv } from '../../test/support/der.js'
import {
  type StatementAlgorithm,
  isStatementAlgorithm,
  normalSignature,
  ruleOf,
} from './statement-algorithm.js'
import type { BareKey, KeyKind } from './spki.js'

const names: readonly StatementAlgorithm[] = [
  'RSA-PSS-SHA256',
  'RSA-PKCS1-SHA256',
  'ECDSA-P256-SHA256',
  'ECDSA-P256-SHA256-DER',
  'ECDSA-P384-SHA384',
  'ECDSA-P384-SHA384-DER',
  'ED25519',
]

/** Only the kind and, for RSA, the modulus matter to the form. */
const keyOf = (kind: KeyKind, value: Uint8Array = new Uint8Array(32)): BareKey => ({ kind, value })
const normal = (
  algorithm: StatementAlgorithm,
  signature: Uint8Array,
  key = keyOf(ruleOf(algorithm).key),
): Uint8Array | null => normalSignature(ruleOf(algorithm), key, new Uint8Array(signature))
const bigEndian = (value: bigint, size: number): Uint8Array => hex(value.toString(16).padStart(2 * size, '0'))

describe('signature algorithms', () => {
  it('have seven names', () => {
    expect(names.every(isStatementAlgorithm)).toBe(true)
    for (const other of [
      'RSA-PSS-SHA384',
      'RSA-PSS',
      'ed25519',
      'ECDSA-P256-SHA384',
      'none',
      '',
      'toString',
      '__proto__',
      null,
      undefined,
      1,
      ['ED25519'],
    ])
      expect(isStatementAlgorithm(other)).toBe(false)
  })

  it('have a kind of key each', () => {
    expect(names.map((name) => ruleOf(name).key)).toEqual([
      'rsa',
      'rsa',
      'p256',
      'p256',
      'p384',
      'p384',
      'ed25519',
    ])
  })
})

describe('a signature by RSA', () => {
  const modulus = concat(hex('80'), new Uint8Array(254), hex('01'))
  const key = keyOf('rsa', modulus)
  const below = concat(hex('80'), new Uint8Array(255))

  it.each(['RSA-PSS-SHA256', 'RSA-PKCS1-SHA256'] as const)(
    '%s is as long as the modulus and below it',
    (name) => {
      expect(normal(name, below, key)).toEqual(below)
      expect(normal(name, new Uint8Array(256), key)).toEqual(new Uint8Array(256))
      expect(normal(name, modulus, key)).toBeNull()
      expect(normal(name, new Uint8Array(256).fill(0xff), key)).toBeNull()
      for (const length of [0, 1, 255, 257, 512]) expect(normal(name, new Uint8Array(length), key)).toBeNull()
    },
  )
})

const curves = [
  {
    raw: 'ECDSA-P256-SHA256',
    der: 'ECDSA-P256-SHA256-DER',
    size: 32,
    // SEC 2 §2.4.2.
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  },
  {
    raw: 'ECDSA-P384-SHA384',
    der: 'ECDSA-P384-SHA384-DER',
    size: 48,
    // SEC 2 §2.5.1.
    order: BigInt(
      '39402006196394479212279040100143613805079739270465446667946905279627659399113263569398956308152294913554433653942643',
    ),
  },
] as const

describe.each(curves)('a signature by $raw', ({ raw, der, size, order }) => {
  const pair = (r: bigint, s: bigint): Uint8Array => concat(bigEndian(r, size), bigEndian(s, size))
  const derPair = (r: bigint, s: bigint): Uint8Array => sequence(integer(r), integer(s))

  it.each<[string, bigint, bigint, boolean]>([
    ['ones', 1n, 1n, true],
    ['the largest', order - 1n, order - 1n, true],
    ['r = 0', 0n, 1n, false],
    ['s = 0', 1n, 0n, false],
    ['r = n', order, 1n, false],
    ['s = n', 1n, order, false],
    ['r beyond', 2n ** BigInt(8 * size) - 1n, 1n, false],
    ['s beyond', 1n, 2n ** BigInt(8 * size) - 1n, false],
    ['a top bit', 2n ** BigInt(8 * size - 1), 2n ** BigInt(8 * size - 1), true],
    ['a byte less', 2n ** BigInt(8 * size - 8) - 1n, 2n ** BigInt(8 * size - 9), true],
  ])('has r and s from 1 to n − 1: %s', (_, r, s, expected) => {
    const bytes = expected ? pair(r, s) : null
    expect(normal(raw, pair(r, s))).toEqual(bytes)
    expect(normal(der, derPair(r, s))).toEqual(bytes)
  })

  it('has two halves of its size', () => {
    for (const length of [0, 1, size, 2 * size - 1, 2 * size + 1, 2 * size + 2, 3 * size])
      expect(normal(raw, new Uint8Array(length).fill(1))).toBeNull()
    expect(normal(raw, new Uint8Array(2 * size).fill(1))).not.toBeNull()
  })

  it('is not taken in the other encoding', () => {
    expect(normal(raw, derPair(order - 1n, order - 1n))).toBeNull()
    expect(normal(der, pair(order - 1n, order - 1n))).toBeNull()
    expect(normal(der, pair(1n, 1n))).toBeNull()
  })

  const one = integer(1)
  it.each<[string, Uint8Array]>([
    ['nothing', hex('')],
    ['an empty sequence', sequence()],
    ['one number', sequence(one)],
    ['three numbers', sequence(one, one, one)],
    ['a byte after', concat(sequence(one, one), hex('00'))],
    ['a byte inside', sequence(one, one, hex('00'))],
    ['a byte less', sequence(one, one).subarray(0, -1)],
    ['a set', tlv(0x31, one, one)],
    ['octet strings', sequence(hex('040101'), one)],
    ['NULL', sequence(one, nullValue())],
    ['a zero too many in r', sequence(hex('02020001'), one)],
    ['a zero too many in s', sequence(one, hex('02020001'))],
    ['an empty r', sequence(hex('0200'), one)],
    ['an empty s', sequence(one, hex('0200'))],
    ['a negative r', sequence(integer(-1), one)],
    ['a negative s', sequence(one, integer(-1))],
    ['a negative r of full size', sequence(tlv(0x02, new Uint8Array(size).fill(0x80)), one)],
    ['a long length', concat(hex('308106'), one, one)],
    ['an indefinite length', concat(hex('3080'), one, one, hex('0000'))],
    ['a number of one byte more', sequence(tlv(0x02, hex('01'), new Uint8Array(size)), one)],
    ['a number of two bytes more', sequence(tlv(0x02, hex('0080'), new Uint8Array(size)), one)],
    ['a large number', sequence(tlv(0x02, hex('7f'), new Uint8Array(5000)), one)],
  ])('in DER is strict: %s', (_, signature) => {
    expect(normal(der, signature)).toBeNull()
  })

  it('in DER gives r ‖ s', () => {
    expect(normal(der, sequence(one, integer(2)))).toEqual(pair(1n, 2n))
  })
})

describe('a signature by ED25519', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const p = 2n ** 255n - 19n
  const littleEndian = (value: bigint): Uint8Array => bigEndian(value, 32).reverse()
  const signature = (r: bigint, s: bigint): Uint8Array => concat(littleEndian(r), littleEndian(s))
  const sign = 2n ** 255n

  it.each<[string, bigint, bigint, boolean]>([
    ['S = 0', 2n, 0n, true],
    ['the largest S', 2n, order - 1n, true],
    ['S = L', 2n, order, false],
    ['S beyond', 2n, 2n ** 256n - 1n, false],
    ['a large S that is below L only backwards', 2n, 2n ** 255n, false],
    ['R = 0', 0n, 1n, true],
    ['R = 0 with a sign', sign, 1n, true],
    ['R with a sign', sign + 2n, 1n, true],
    ['the largest y', p - 2n, 1n, true],
    ['the largest y with a sign', sign + p - 2n, 1n, true],
    ['y = p', p, 1n, false],
    ['y = p with a sign', sign + p, 1n, false],
    ['y = p + 1', p + 1n, 1n, false],
    ['all ones', 2n ** 256n - 1n, 1n, false],
    ['all ones without a sign', sign - 1n, 1n, false],
    ['the identity', 1n, 1n, true],
    ['the identity with a sign', sign + 1n, 1n, false],
    ['y = −1', p - 1n, 1n, true],
    ['y = −1 with a sign', sign + p - 1n, 1n, false],
  ])('has S below L and R in its one encoding: %s', (_, r, s, expected) => {
    expect(normal('ED25519', signature(r, s))).toEqual(expected ? signature(r, s) : null)
  })

  it('has 64 bytes', () => {
    for (const length of [0, 32, 63, 65, 96]) expect(normal('ED25519', new Uint8Array(length))).toBeNull()
    expect(normal('ED25519', new Uint8Array(64))).not.toBeNull()
  })
})
