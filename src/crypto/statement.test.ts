// What the platform and the pure code say about signatures, made well and badly, with node:crypto as the judge.
import { constants, createHash, privateEncrypt, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Random, randomFrom } from '../../test/fuzz/random.js'
import { concat, hex } from '../../test/support/der.js'
import { rsaKey, rsaKeyFromPrivate } from '../../test/support/keys.js'
import { emsaPss, signPkcs1, signPss } from '../../test/support/pss.js'
import { type PairName, all, answers, keyOf, pair } from '../../test/support/statements.js'
import { bigEndianInteger } from '../encoding/bytes.js'
import { toUtf8 } from '../encoding/text.js'
import type { StatementAlgorithm } from './statement-algorithm.js'
import { readStatementKey } from './statement-key.js'
import type { SaltLength } from './statement.js'

const message = toUtf8('a statement')
const other = toUtf8('another statement')
const rsa = rsaKeyFromPrivate('statement', pair('rsa2048').privateKey)
const key = keyOf(pair('rsa2048').publicKey)
const modulus = bigEndianInteger(rsa.spki.subarray(33, 33 + 256))
const bytesOf = (value: bigint, size = 256): Uint8Array => hex(value.toString(16).padStart(2 * size, '0'))
const flip = (bytes: Uint8Array, at: number, bit = 1): Uint8Array =>
  bytes.map((byte, index) => (index === (at + bytes.length) % bytes.length ? byte ^ bit : byte))

/** Signs an encoded message as it is. */
const rawRsa = (encoded: Uint8Array): Uint8Array =>
  new Uint8Array(
    privateEncrypt({ key: pair('rsa2048').privateKey, padding: constants.RSA_NO_PADDING }, encoded),
  )

describe('RSASSA-PSS', () => {
  const algorithm = 'RSA-PSS-SHA256'
  const pss = (saltLength: number): Uint8Array => signPss(message, rsa, { hash: 'sha256', saltLength })
  const judge = (signature: Uint8Array, saltLength: SaltLength): ReturnType<typeof answers> =>
    answers({ algorithm, saltLength, key, message, signature })

  it.each<[number, SaltLength, boolean]>([
    [0, 0, true],
    [32, 32, true],
    [221, 221, true],
    [222, 222, true],
    [222, 'max', true],
    [0, 1, false],
    [0, 'max', false],
    [1, 0, false],
    [32, 0, false],
    [32, 31, false],
    [32, 33, false],
    [32, 222, false],
    [32, 'max', false],
    [221, 222, false],
    [221, 'max', false],
    [222, 32, false],
    [222, 221, false],
    [222, 223, false],
    [222, 0xffff, false],
    [222, Number.MAX_SAFE_INTEGER, false],
  ])('with a salt of %i, verified with %s: %s', async (made, asked, expected) => {
    expect(await judge(pss(made), asked)).toEqual(all(expected))
  })

  it('of RSA-4096 has room for 478 bytes of salt', async () => {
    const large = rsaKey('ark-Milan')
    const signature = signPss(message, large, { hash: 'sha256', saltLength: 478 })
    const spki = readStatementKey(large.spki, 'spki-der')
    for (const [saltLength, expected] of [
      ['max', true],
      [478, true],
      [479, false],
      [477, false],
      [222, false],
    ] as const)
      expect(await answers({ algorithm, saltLength, key: spki, message, signature })).toEqual(all(expected))
  })

  const encoded = emsaPss(message, 2048, { hash: 'sha256', saltLength: 32 })
  const good = pss(32)
  it.each<[string, Uint8Array]>([
    ['nothing', hex('')],
    ['a byte less', good.subarray(1)],
    ['a byte less at the end', good.subarray(0, -1)],
    ['a byte more', concat(good, hex('00'))],
    ['a zero before', concat(hex('00'), good)],
    ['zeros', new Uint8Array(256)],
    ['one', bytesOf(1n)],
    ['ones', new Uint8Array(256).fill(0xff)],
    ['n', bytesOf(modulus)],
    ['n − 1', bytesOf(modulus - 1n)],
    ['n + 1', bytesOf(modulus + 1n)],
    ['the representative and n', bytesOf(bigEndianInteger(good) + modulus, 257)],
    ['the negative', bytesOf(modulus - bigEndianInteger(good))],
    ['another message', signPss(other, rsa, { hash: 'sha256', saltLength: 32 })],
    ['SHA-384', signPss(message, rsa, { hash: 'sha384', mgfHash: 'sha256', saltLength: 32 })],
    ['SHA-1', signPss(message, rsa, { hash: 'sha1', mgfHash: 'sha256', saltLength: 32 })],
    ['MGF1 with SHA-1', signPss(message, rsa, { hash: 'sha256', mgfHash: 'sha1', saltLength: 32 })],
    ['MGF1 with SHA-512', signPss(message, rsa, { hash: 'sha256', mgfHash: 'sha512', saltLength: 32 })],
    ['PKCS #1 v1.5', signPkcs1(message, rsa, 'sha256')],
    ['another trailer', rawRsa(flip(encoded, -1, 0x70))],
    ['a changed hash', rawRsa(flip(encoded, -2))],
    ['changed padding', rawRsa(flip(encoded, 5))],
    ['a changed salt', rawRsa(flip(encoded, -40))],
    ['a changed separator', rawRsa(flip(encoded, 256 - 33 - 33))],
    // The bit above the 2047 of the encoding, for a modulus large enough to hold it.
    ...(bigEndianInteger(flip(encoded, 0, 0x80)) < modulus
      ? [['a bit above', rawRsa(flip(encoded, 0, 0x80))] as [string, Uint8Array]]
      : []),
  ])('is not %s', async (_, signature) => {
    expect(await judge(signature, 32)).toEqual(all(false))
  })

  it('is by the key', async () => {
    expect(await judge(good, 32)).toEqual(all(true))
    const signature = new Uint8Array(good)
    const stranger = readStatementKey(rsaKey('ark-Milan').spki, 'spki-der')
    expect(await answers({ algorithm, saltLength: 32, key: stranger, message, signature })).toEqual(
      all(false),
    )
    expect(await answers({ algorithm, saltLength: 32, key, message: other, signature })).toEqual(all(false))
  })
})

describe('RSASSA-PKCS1-v1_5', () => {
  const algorithm = 'RSA-PKCS1-SHA256'
  const judge = (signature: Uint8Array): ReturnType<typeof answers> =>
    answers({ algorithm, key, message, signature })
  const info = hex('3031300d060960864801650304020105000420')
  const digest = new Uint8Array(createHash('sha256').update(message).digest())
  /** EMSA-PKCS1-v1_5 with parts to get wrong. */
  const encoded = (
    tail: Uint8Array,
    { head = hex('0001'), fill = 0xff, separator = 0, after = hex('') } = {},
  ): Uint8Array =>
    concat(
      head,
      new Uint8Array(256 - head.length - 1 - tail.length - after.length).fill(fill),
      Uint8Array.of(separator),
      tail,
      after,
    )
  const tail = concat(info, digest)

  it('verifies, and is spelled here as there', async () => {
    const signature = signPkcs1(message, rsa, 'sha256')
    expect(rawRsa(encoded(tail))).toEqual(signature)
    expect(await judge(signature)).toEqual(all(true))
    expect(await answers({ algorithm, key, message: other, signature })).toEqual(all(false))
    const large = rsaKey('ark-Milan')
    const spki = readStatementKey(large.spki, 'spki-der')
    expect(
      await answers({ algorithm, key: spki, message, signature: signPkcs1(message, large, 'sha256') }),
    ).toEqual(all(true))
  })

  it.each<[string, Uint8Array]>([
    ['nothing', hex('')],
    ['zeros', new Uint8Array(256)],
    ['one', bytesOf(1n)],
    ['n', bytesOf(modulus)],
    ['n − 1', bytesOf(modulus - 1n)],
    ['a byte less', signPkcs1(message, rsa, 'sha256').subarray(1)],
    ['a byte more', concat(signPkcs1(message, rsa, 'sha256'), hex('00'))],
    ['a zero before', concat(hex('00'), signPkcs1(message, rsa, 'sha256'))],
    ['SHA-1', signPkcs1(message, rsa, 'sha1')],
    ['SHA-384', signPkcs1(message, rsa, 'sha384')],
    ['PSS', signPss(message, rsa, { hash: 'sha256', saltLength: 32 })],
    ['the digest alone', rawRsa(encoded(digest))],
    ['no NULL', rawRsa(encoded(concat(hex('302f300b0609608648016503040201'), hex('0420'), digest)))],
    ['the name of SHA-384', rawRsa(encoded(concat(hex('3031300d060960864801650304020205000420'), digest)))],
    ['a long length', rawRsa(encoded(concat(hex('308131300d060960864801650304020105000420'), digest)))],
    ['padding of zeros', rawRsa(encoded(tail, { fill: 0 }))],
    ['padding of FE', rawRsa(encoded(tail, { fill: 0xfe }))],
    ['block type 2', rawRsa(encoded(tail, { head: hex('0002') }))],
    ['block type 0', rawRsa(encoded(tail, { head: hex('0000') }))],
    ['no separator', rawRsa(encoded(tail, { separator: 0xff }))],
    ['bytes after the digest', rawRsa(encoded(tail, { after: hex('00000000') }))],
    ['short padding and bytes after', rawRsa(encoded(tail, { after: new Uint8Array(190) }))],
    ['another digest', rawRsa(encoded(flip(tail, -1)))],
  ])('is not %s', async (_, signature) => {
    expect(await judge(signature)).toEqual(all(false))
  })
})

describe('all algorithms', () => {
  const cases: readonly (readonly [StatementAlgorithm, PairName, number | undefined])[] = [
    ['RSA-PSS-SHA256', 'rsa2048', 32],
    ['RSA-PSS-SHA256', 'rsa2048', 222],
    ['RSA-PKCS1-SHA256', 'rsa2048', undefined],
    ['ECDSA-P256-SHA256', 'p256', undefined],
    ['ECDSA-P256-SHA256-DER', 'p256', undefined],
    ['ECDSA-P384-SHA384', 'p384', undefined],
    ['ECDSA-P384-SHA384-DER', 'p384', undefined],
    ['ED25519', 'ed25519', undefined],
  ]

  it.each(cases)('%s by %s says what node:crypto says', async (algorithm, name, saltLength) => {
    const random = randomFrom(cases.findIndex(([each]) => each === algorithm) + 1)
    const signer = keyOf(pair(name).publicKey)
    const counts = { yes: 0, no: 0 }
    for (let i = 0; i < 20; i += 1) {
      const text = random.bytes(random.below(200))
      const made = signatureBy(algorithm, name, text, saltLength)
      const signature = i % 4 === 0 ? made : mutated(made, random)
      const said = await answers({ algorithm, saltLength, key: signer, message: text, signature })
      expect(said).toEqual(all(said.node))
      counts[said.node ? 'yes' : 'no'] += 1
    }
    expect(counts.yes).toBeGreaterThanOrEqual(5)
    expect(counts.no).toBeGreaterThan(10)
  })
})

function signatureBy(
  algorithm: StatementAlgorithm,
  name: PairName,
  text: Uint8Array,
  saltLength?: number,
): Uint8Array {
  const dsaEncoding = algorithm.endsWith('DER') ? 'der' : 'ieee-p1363'
  const { privateKey } = pair(name)
  if (saltLength !== undefined) return signPss(text, rsa, { hash: 'sha256', saltLength })
  if (name === 'rsa2048') return signPkcs1(text, rsa, 'sha256')
  if (name === 'ed25519') return new Uint8Array(sign(null, text, privateKey))
  return new Uint8Array(sign(name === 'p256' ? 'sha256' : 'sha384', text, { key: privateKey, dsaEncoding }))
}

function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice()
  const at = random.below(copy.length)
  switch (random.below(6)) {
    case 0:
      copy[at] = random.below(256)
      return copy
    case 1:
      return flip(copy, at, 1 << random.below(8))
    case 2:
      return copy.subarray(0, at)
    case 3:
      return concat(copy, random.bytes(1 + random.below(3)))
    case 4:
      return copy.fill(random.pick([0, 0xff]), at)
    default:
      return random.bytes(copy.length)
  }
}
