import { generateKeyPairSync, sign } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { concat, hex } from '../../test/support/der.js'
import { P384_ORDER, ecKey, p256Spki, rsaKey, signEcdsa } from '../../test/support/keys.js'
import { codeOf, evidenceOf, inputOf, labVerifier } from '../../test/support/lab-verifier.js'
import { labEvidence } from '../../test/support/pki.js'
import { signPkcs1, signPss } from '../../test/support/pss.js'
import { defaultEngine } from './default-engine.js'
import { type CryptoEngine, type EngineKey, importOnce } from './engine.js'
import { webCryptoEngine } from './webcrypto.js'

afterEach(() => vi.unstubAllGlobals())

function realEngine(): CryptoEngine {
  const engine = webCryptoEngine()
  if (engine === null) throw new Error('this runtime has no WebCrypto')
  return engine
}

const message = new TextEncoder().encode('a message')
const other = new TextEncoder().encode('another message')

describe('ECDSA P-384', () => {
  const engine = realEngine()
  const key = ecKey('webcrypto')
  const signature = signEcdsa(message, key.scalar)
  const r = signature.subarray(0, 48)
  const s = BigInt(`0x${Buffer.from(signature.subarray(48)).toString('hex')}`)
  const scalar = (value: bigint): Uint8Array => hex(value.toString(16).padStart(96, '0'))
  const judge = async (bytes: Uint8Array, text = message, point = key.point): Promise<boolean> =>
    engine.verifyP384(await engine.importP384Key(point), bytes, text)

  it('verifies with s in either half', async () => {
    const [low, high] = s > P384_ORDER / 2n ? [P384_ORDER - s, s] : [s, P384_ORDER - s]
    expect(high > P384_ORDER / 2n).toBe(true)
    expect(await judge(concat(r, scalar(low)))).toBe(true)
    expect(await judge(concat(r, scalar(high)))).toBe(true)
  })

  it('says no to everything else', async () => {
    expect(await judge(signature, other)).toBe(false)
    expect(await judge(signature, message, ecKey('webcrypto, another').point)).toBe(false)
    expect(await judge(concat(r, scalar(s ^ 1n)))).toBe(false)
    expect(await judge(concat(scalar(s), r))).toBe(false)
    // Zero, and the order and beyond, whatever an engine does with them.
    for (const [one, two] of [
      [0n, 0n],
      [0n, s],
      [s, 0n],
      [1n, 1n],
      [P384_ORDER, s],
      [s, P384_ORDER],
      [2n ** 384n - 1n, 2n ** 384n - 1n],
    ] as const)
      expect(await judge(concat(scalar(one), scalar(two)))).toBe(false)
    for (const length of [0, 1, 95, 97, 104, 192])
      expect(await judge(new Uint8Array(length).fill(1))).toBe(false)
    // DER is another format of the same numbers.
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    expect(await judge(new Uint8Array(sign('sha384', message, privateKey)))).toBe(false)
  })

  it('takes copies of what it is given', async () => {
    const [bytes, text] = [signature.slice(), message.slice()]
    const judging = engine.verifyP384(await engine.importP384Key(key.point), bytes, text)
    bytes.fill(0)
    text.fill(0)
    expect(await judging).toBe(true)
  })

  it('cannot import what is no point of the curve', async () => {
    const p256 = p256Spki('webcrypto').slice(-65)
    for (const point of [key.point.subarray(1), new Uint8Array(97), p256, hex('')])
      expect(await asyncOutcomeOf(() => engine.importP384Key(point))).toBe('CRYPTO_UNSUPPORTED')
  })
})

describe('RSASSA-PSS', () => {
  const engine = realEngine()
  const key = rsaKey('ark-Milan')
  const judge = async (signature: Uint8Array, text = message, spki = key.spki): Promise<boolean> =>
    engine.verifyRsaPss(await engine.importRsaKey(spki), signature, text)

  it('verifies SHA-384 with a salt of 48 bytes', async () => {
    expect(await judge(signPss(message, key))).toBe(true)
  })

  it.each([
    ['another message', signPss(other, key)],
    ['another key', signPss(message, rsaKey('ark-Genoa'))],
    ['a salt of 32', signPss(message, key, { saltLength: 32 })],
    ['no salt', signPss(message, key, { saltLength: 0 })],
    ['SHA-256', signPss(message, key, { hash: 'sha256' })],
    ['MGF1 with SHA-256', signPss(message, key, { mgfHash: 'sha256' })],
    ['PKCS #1 v1.5', signPkcs1(message, key)],
    ['zeros', new Uint8Array(512)],
    ['FF', new Uint8Array(512).fill(0xff)],
    ['a byte less', signPss(message, key).subarray(1)],
    ['a byte more', concat(signPss(message, key), hex('00'))],
    ['a zero in front', concat(hex('00'), signPss(message, key))],
    ['nothing', hex('')],
  ])('says no to %s', async (_, signature) => {
    expect(await judge(signature)).toBe(false)
  })

  it('imports SubjectPublicKeyInfo of RSA alone', async () => {
    for (const spki of [ecKey('webcrypto').spki, key.spki.subarray(1), hex('3000'), hex('')])
      expect(await asyncOutcomeOf(() => engine.importRsaKey(spki))).toBe('CRYPTO_UNSUPPORTED')
  })
})

describe('keys', () => {
  const engine = realEngine()

  it('of the other kind are a mistake of the caller, never a signature that does not verify', async () => {
    const ec = await engine.importP384Key(ecKey('webcrypto').point)
    const rsa = await engine.importRsaKey(rsaKey('ark-Milan').spki)
    await expect(engine.verifyRsaPss(ec, new Uint8Array(512), message)).rejects.toThrow(TypeError)
    await expect(engine.verifyP384(rsa, new Uint8Array(96), message)).rejects.toThrow(TypeError)
  })

  it('of another engine as well', async () => {
    const foreign: EngineKey = { engine: 'pure', algorithm: 'ECDSA-P384-SHA384' }
    const hollow: EngineKey = { engine: 'webcrypto', algorithm: 'ECDSA-P384-SHA384' }
    for (const key of [foreign, hollow])
      await expect(engine.verifyP384(key, new Uint8Array(96), message)).rejects.toThrow(TypeError)
  })

  it('are imported once per engine and owner, and again after a failure', async () => {
    const [owner, another] = [{}, {}]
    const key: EngineKey = { engine: 'x', algorithm: 'RSA-PSS-SHA384' }
    const importKey = vi.fn(() => Promise.resolve(key))
    await Promise.all([1, 2, 3].map(() => importOnce(engine, owner, importKey)))
    expect(importKey).toHaveBeenCalledTimes(1)
    await importOnce(engine, another, importKey)
    await importOnce({ ...engine }, owner, importKey)
    expect(importKey).toHaveBeenCalledTimes(3)
    // A new engine has no keys, so asking for the runtime's engine must not make one.
    expect(defaultEngine()).toBe(realEngine())
    await importOnce(await defaultEngine(), owner, importKey)
    expect(importKey).toHaveBeenCalledTimes(3)
    const failing = {}
    await expect(importOnce(engine, failing, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    const throwing = (): never => {
      throw new Error('at once')
    }
    await expect(importOnce(engine, failing, throwing)).rejects.toThrow('at once')
    expect(await importOnce(engine, failing, importKey)).toBe(key)
  })
})

describe('a runtime', () => {
  const subtleWith = (members: Partial<SubtleCrypto>): void => {
    vi.stubGlobal('crypto', { subtle: { ...members } })
  }
  const failing = (error: unknown) => (): Promise<never> =>
    // The platform may reject with anything.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    Promise.reject(error)
  const { subtle } = globalThis.crypto
  const importKey = subtle.importKey.bind<SubtleCrypto['importKey']>(subtle)
  // Made before anything is stubbed: making them needs a runtime that works.
  const { point } = ecKey('runtime')
  const { spki } = rsaKey('ark-Milan')

  it.each([
    ['without crypto', undefined],
    ['without crypto.subtle, as on plain http pages', {}],
    ['with a hollow crypto', { subtle: undefined }],
  ])('%s gets the pure engine', async (_, crypto) => {
    vi.stubGlobal('crypto', crypto)
    expect(webCryptoEngine()).toBeNull()
    expect((await defaultEngine()).name).toBe('pure')
  })

  it.each([
    ['a DOMException', new DOMException('unsupported', 'NotSupportedError')],
    ['an OperationError', new DOMException('failed', 'OperationError')],
    ['a TypeError of the platform', new TypeError('cannot read')],
    ['anything else', 'text'],
  ])('that fails with %s is unsupported, in every operation', async (_, error) => {
    subtleWith({ importKey: failing(error) })
    const broken = realEngine()
    expect(await asyncOutcomeOf(() => broken.importRsaKey(spki))).toBe('CRYPTO_UNSUPPORTED')
    expect(await asyncOutcomeOf(() => broken.importP384Key(point))).toBe('CRYPTO_UNSUPPORTED')
    subtleWith({ importKey, verify: failing(error) })
    const half = realEngine()
    const rsa = await half.importRsaKey(spki)
    const ec = await half.importP384Key(point)
    expect(await asyncOutcomeOf(() => half.verifyRsaPss(rsa, new Uint8Array(512), message))).toBe(
      'CRYPTO_UNSUPPORTED',
    )
    expect(await asyncOutcomeOf(() => half.verifyP384(ec, new Uint8Array(96), message))).toBe(
      'CRYPTO_UNSUPPORTED',
    )
  })

  it('that throws instead of rejecting is unsupported too', async () => {
    subtleWith({
      importKey: (() => {
        throw new Error('not implemented')
      }) as SubtleCrypto['importKey'],
    })
    expect(await asyncOutcomeOf(() => realEngine().importP384Key(point))).toBe('CRYPTO_UNSUPPORTED')
  })

  it('that says no is taken at its word', async () => {
    subtleWith({ importKey, verify: () => Promise.resolve(false) })
    const engine = realEngine()
    const ec = await engine.importP384Key(point)
    expect(await engine.verifyP384(ec, new Uint8Array(96), message)).toBe(false)
  })

  it('that cannot do its part never gives a verdict about a signature', async () => {
    const lab = labEvidence()
    const input = await inputOf(evidenceOf(lab))
    expect(await codeOf(labVerifier, input)).toBeNull()
    for (const members of [
      { importKey: failing(new Error('no')) },
      { importKey, verify: failing(new Error('no')) },
    ]) {
      subtleWith(members)
      const outcome = await labVerifier.appraiseEvidence(input)
      expect(outcome).toMatchObject({ verdict: 'unverifiable', code: 'CRYPTO_UNSUPPORTED' })
    }
    vi.unstubAllGlobals()
    // Nothing of the failure is remembered.
    expect(await codeOf(labVerifier, input)).toBeNull()
  })
})
