import { describe, expect, it } from 'vitest'
import { ecKey, rsaKey, signEcdsa, P384_ORDER } from '../../test/support/keys.js'
import { signPkcs1, signPss } from '../../test/support/pss.js'
import { concatBytes } from '../encoding/bytes.js'
import type { CryptoEngine } from './engine.js'
import { pureEngine } from './pure.js'
import { modulusOfSpki } from './rsa-spki.js'
import { webCryptoEngine } from './webcrypto.js'

const web = webCryptoEngine()
const engines: readonly (readonly [string, CryptoEngine])[] = [
  ['pure', pureEngine],
  ...(web === null ? [] : [['WebCrypto', web] as const]),
]
const message = new TextEncoder().encode('a message')
const rsa = rsaKey('ark-Milan')
const ec = ecKey('pure engine')
const bytes = (value: bigint): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(96, '0'), 'hex'))
const made = signEcdsa(message, ec.scalar)
const [r, s] = [made.slice(0, 48), made.slice(48)].map((half) =>
  BigInt('0x' + Buffer.from(half).toString('hex')),
) as [bigint, bigint]
const flip = (value: Uint8Array, at: number): Uint8Array =>
  value.map((byte, index) => (index === at ? byte ^ 1 : byte))

describe.each(engines)('the engine %s', (_, engine) => {
  const good = signPss(message, rsa)
  it.each([
    ['a signature', good, true],
    ['its first byte changed', flip(good, 0), false],
    ['its last byte changed', flip(good, 511), false],
    ['one byte less', good.slice(1), false],
    ['one byte more', concatBytes(good, new Uint8Array(1)), false],
    ['nothing', new Uint8Array(), false],
    ['zeros', new Uint8Array(512), false],
    ['the representative one modulus higher', addModulus(good), false],
    ['a salt of 32', signPss(message, rsa, { saltLength: 32 }), false],
    ['SHA-256', signPss(message, rsa, { hash: 'sha256' }), false],
    ['MGF1 with SHA-256', signPss(message, rsa, { mgfHash: 'sha256' }), false],
    ['PKCS #1 v1.5', signPkcs1(message, rsa), false],
    ['another key', signPss(message, rsaKey('ark-Genoa')), false],
  ])('RSASSA-PSS: %s', async (_name, signature, expected) => {
    const key = await engine.importRsaKey(rsa.spki)
    expect(await engine.verifyRsaPss(key, signature, message)).toBe(expected)
  })

  it.each([
    ['a signature', concatBytes(bytes(r), bytes(s)), true],
    ['its twin with the other s', concatBytes(bytes(r), bytes(P384_ORDER - s)), true],
    ['r changed', concatBytes(bytes(r ^ 1n), bytes(s)), false],
    ['r and s exchanged', concatBytes(bytes(s), bytes(r)), false],
    ['r = 0', concatBytes(bytes(0n), bytes(s)), false],
    ['s = 0', concatBytes(bytes(r), bytes(0n)), false],
    ['s = n', concatBytes(bytes(r), bytes(P384_ORDER)), false],
    ['95 bytes', concatBytes(bytes(r), bytes(s)).slice(1), false],
    ['97 bytes', concatBytes(bytes(r), bytes(s), new Uint8Array(1)), false],
  ])('ECDSA: %s', async (_name, signature, expected) => {
    const key = await engine.importP384Key(ec.point)
    expect(await engine.verifyP384(key, signature, message)).toBe(expected)
    expect(await engine.verifyP384(key, signature, flip(message, 0))).toBe(false)
  })

  it('refuses keys of another algorithm or engine', async () => {
    const [rsaOne, ecOne] = [await engine.importRsaKey(rsa.spki), await engine.importP384Key(ec.point)]
    await expect(engine.verifyRsaPss(ecOne, good, message)).rejects.toThrow(TypeError)
    await expect(engine.verifyP384(rsaOne, good, message)).rejects.toThrow(TypeError)
    await expect(engine.verifyRsaPss({ ...rsaOne, engine: 'other' }, good, message)).rejects.toThrow(
      TypeError,
    )
  })
})

function addModulus(signature: Uint8Array): Uint8Array {
  const value = BigInt('0x' + Buffer.from(signature).toString('hex')) + modulusOfSpki(rsa.spki)
  const text = value.toString(16)
  return new Uint8Array(Buffer.from(text.padStart(text.length + (text.length % 2), '0'), 'hex'))
}

describe('the modulus', () => {
  it('is found in a key of this size alone', () => {
    expect(modulusOfSpki(rsa.spki).toString(16)).toHaveLength(1024)
    expect(() => modulusOfSpki(rsa.spki.slice(1))).toThrow(TypeError)
  })
})
