import { constants, createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ascii, toHex } from './der.js'
import { RSA_KEY_NAMES, rsaKey } from './keys.js'
import type { RsaKey } from './keys.js'
import { pssAlgorithm, signPkcs1, signPss } from './pss.js'
import type { PssOptions } from './pss.js'

const message = ascii('what is signed')
const otherSizes = new Map<string, number>([
  ['weak-ask', 2048],
  ['tee', 2048],
  ['tee-small', 1024],
  ['tee-e3', 2048],
])

function verifies(key: RsaKey, signature: Uint8Array, hash: string, saltLength: number): boolean {
  const publicKey = createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' })
  return verify(
    hash,
    message,
    { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
    signature,
  )
}

describe('RSASSA-PSS', () => {
  it.each(RSA_KEY_NAMES)('signs with %s', (name) => {
    const key = rsaKey(name)
    expect(key.modulusBits).toBe(otherSizes.get(name) ?? 4096)
    expect(key.privateKey.asymmetricKeyDetails?.publicExponent).toBe(name === 'tee-e3' ? 3n : 65537n)
    expect(verifies(key, signPss(message, key), 'sha384', 48)).toBe(true)
  })

  it('has a different key under every name', () => {
    expect(new Set(RSA_KEY_NAMES.map((name) => toHex(rsaKey(name).keyId))).size).toBe(RSA_KEY_NAMES.length)
  })

  it.each<[PssOptions, string, number]>([
    [{ hash: 'sha256' }, 'sha256', 48],
    [{ hash: 'sha512', saltLength: 64 }, 'sha512', 64],
    [{ saltLength: 32 }, 'sha384', 32],
    [{ saltLength: 0 }, 'sha384', 0],
    [{ hash: 'sha1', saltLength: 20 }, 'sha1', 20],
  ])('signs with %o, and only so', (options, hash, saltLength) => {
    const key = rsaKey('ask-Milan')
    const signature = signPss(message, key, options)
    expect(verifies(key, signature, hash, saltLength)).toBe(true)
    expect(verifies(key, signature, 'sha384', 48)).toBe(false)
    expect(signPss(message, key, options)).toEqual(signature)
  })

  it('signs with the longest salt that a key has room for', () => {
    const key = rsaKey('tee')
    const signature = signPss(message, key, { hash: 'sha256', saltLength: 222 })
    expect(verifies(key, signature, 'sha256', 222)).toBe(true)
    expect(verifies(key, signature, 'sha256', 221)).toBe(false)
  })

  it('signs with another mask hash, which a strict verifier refuses', () => {
    const key = rsaKey('ask-Milan')
    expect(verifies(key, signPss(message, key, { mgfHash: 'sha1' }), 'sha384', 48)).toBe(false)
  })

  it('writes both encodings of the algorithm', () => {
    const plain = toHex(pssAlgorithm())
    const explicit = toHex(pssAlgorithm({ explicitTrailer: true }))
    expect(plain.slice(0, 4)).toBe('3041')
    expect(plain.endsWith('a203020130')).toBe(true)
    expect(explicit.slice(0, 4)).toBe('3046')
    expect(explicit.endsWith('a203020130a303020101')).toBe(true)
  })
})

it('signs with RSASSA-PKCS1-v1_5', () => {
  const key = rsaKey('ark-Turin')
  const publicKey = createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' })
  expect(verify('sha384', message, publicKey, signPkcs1(message, key))).toBe(true)
})
