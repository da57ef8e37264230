import { createHash, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ascii, bitString, concat, hex, integer, nullValue, oid, sequence } from '../../test/support/der.js'
import { ecSpki, rsaKey } from '../../test/support/keys.js'
import { type PairName, derOf, pair } from '../../test/support/statements.js'
import { isVerificationError } from '../errors/error.js'
import { type StatementKey, type StatementKeyForm, materialOfKey, readStatementKey } from './statement-key.js'

function problemOf(bytes: Uint8Array, form: StatementKeyForm): string {
  try {
    readStatementKey(bytes, form)
  } catch (error) {
    if (!isVerificationError(error)) throw error
    expect(error.code).toBe('BINDING_KEY_MALFORMED')
    expect(error.verdict).toBe('malformed')
    expect(error.stage).toBe('BINDING')
    const { problem } = error.details
    expect(error.message).toBe(`public key: ${typeof problem === 'string' ? problem : ''}`)
    return error.message.slice('public key: '.length)
  }
  return 'read'
}

const names = ['rsa2048', 'p256', 'p384', 'ed25519'] as const
const pemOf = (name: PairName): string =>
  pair(name).publicKey.export({ type: 'spki', format: 'pem' }).toString()
const jwkOf = (name: PairName): Uint8Array =>
  ascii(JSON.stringify(pair(name).publicKey.export({ format: 'jwk' })))
const rsaSpki = (modulus: bigint): Uint8Array =>
  sequence(
    sequence(oid('1.2.840.113549.1.1.1'), nullValue()),
    bitString(sequence(integer(modulus), integer(65537))),
  )

describe('a key', () => {
  it.each([
    ['rsa2048', 'rsa', 2048],
    ['p256', 'p256', 256],
    ['p384', 'p384', 384],
    ['ed25519', 'ed25519', 256],
  ] as const)('%s is the same in every form', (name, kind, bits) => {
    const spki = derOf(pair(name).publicKey)
    const spkiSha256 = createHash('sha256').update(spki).digest('hex')
    const keys = [
      readStatementKey(spki, 'spki-der'),
      readStatementKey(ascii(pemOf(name)), 'spki-pem'),
      readStatementKey(ascii(pemOf(name).trimEnd()), 'spki-pem'),
      readStatementKey(jwkOf(name), 'jwk'),
    ]
    for (const key of keys) {
      expect(key).toEqual({ kind, bits, spki, spkiSha256 })
      expect(Object.isFrozen(key)).toBe(true)
      expect(materialOfKey(key).spki).toEqual(spki)
      expect(materialOfKey(key).kind).toBe(kind)
    }
  })

  it('of RSA has up to 4096 bits in every form', () => {
    const { spki, privateKey } = rsaKey('ark-Milan')
    const publicKey = createPublicKey(privateKey)
    const pem = ascii(publicKey.export({ type: 'spki', format: 'pem' }).toString())
    expect(pem).toHaveLength(800)
    for (const key of [
      readStatementKey(spki, 'spki-der'),
      readStatementKey(pem, 'spki-pem'),
      readStatementKey(ascii(JSON.stringify(publicKey.export({ format: 'jwk' }))), 'jwk'),
    ])
      expect(key).toMatchObject({ kind: 'rsa', bits: 4096, spki })
    expect(readStatementKey(rsaSpki(2n ** 3071n + 1n), 'spki-der').bits).toBe(3072)
  })

  it('gives copies, and keeps its own', () => {
    const bytes = derOf(pair('p256').publicKey)
    const spki = bytes.slice()
    const key = readStatementKey(bytes, 'spki-der')
    bytes.fill(0)
    key.spki.fill(0)
    expect(key.spki).toEqual(spki)
    expect(materialOfKey(key).spki).toEqual(spki)
    expect(materialOfKey(key).value).toEqual(spki.slice(-65))
  })

  it('is made by this reader alone', () => {
    const key = readStatementKey(derOf(pair('p256').publicKey), 'spki-der')
    for (const other of [{ ...key }, new Proxy(key, {}), Object.create(key), null, undefined, 'key', 1])
      expect(() => materialOfKey(other as StatementKey)).toThrow(
        new TypeError('key must come from readStatementKey'),
      )
  })

  it('is read from bytes in a named form', () => {
    const wrong: readonly unknown[] = ['text', null, undefined, [1], new Uint16Array(2), new ArrayBuffer(4)]
    for (const bytes of wrong)
      expect(() => readStatementKey(bytes as Uint8Array, 'spki-der')).toThrow(
        new TypeError('key must be a Uint8Array'),
      )
    for (const form of ['der', 'pem', '', 'toString', '__proto__', undefined, null])
      expect(() => readStatementKey(new Uint8Array(1), form as StatementKeyForm)).toThrow(
        new TypeError("form must be 'spki-der', 'spki-pem' or 'jwk'"),
      )
  })

  it('is not read in another form', () => {
    for (const name of names) {
      const der = derOf(pair(name).publicKey)
      expect(problemOf(ascii(pemOf(name)), 'spki-der')).toMatch(/^(not the SubjectPublicKeyInfo|longer)/)
      expect(problemOf(der, 'spki-pem')).toBe('not one block of PEM')
      expect(() => readStatementKey(der, 'jwk')).toThrow(/^JWK is not strict JSON/)
    }
  })

  it('is not longer than the longest', () => {
    expect(problemOf(new Uint8Array(551), 'spki-der')).toBe('longer than 550 bytes')
    expect(problemOf(new Uint8Array(550), 'spki-der')).toMatch(/^not the SubjectPublicKeyInfo/)
    expect(problemOf(new Uint8Array(801), 'spki-pem')).toBe('longer than 800 bytes')
    expect(problemOf(new Uint8Array(800), 'spki-pem')).toBe('not one block of PEM')
    expect(problemOf(new Uint8Array(16385), 'jwk')).toBe('longer than 16384 bytes')
  })

  it('has a length that a caller cannot lie about', () => {
    class Liar extends Uint8Array {
      override get length(): number {
        return 1
      }
    }
    expect(problemOf(new Liar(551), 'spki-der')).toBe('longer than 550 bytes')
  })
})

describe('a key in PEM', () => {
  const pem = pemOf('rsa2048')
  const body = pem.split('\n').slice(1, -2).join('')
  const block = (label: string, lines: readonly string[]): string =>
    [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
  const lines = (width: number): readonly string[] =>
    body.match(new RegExp(`.{1,${String(width)}}`, 'g')) ?? []
  const around = 'not a PUBLIC KEY block in lines of 64 characters with nothing around it'
  const none = 'not one block of PEM'

  it('is what OpenSSL writes', () => {
    expect(block('PUBLIC KEY', lines(64))).toBe(pem)
    expect(problemOf(ascii(pem), 'spki-pem')).toBe('read')
  })

  it.each<[string, string, string]>([
    ['two line feeds at the end', `${pem}\n`, around],
    ['a space at the end', `${pem.trimEnd()} `, none],
    ['a space after the line feed', `${pem} `, around],
    ['a line feed before', `\n${pem}`, around],
    ['a space before', ` ${pem}`, none],
    ['carriage returns', pem.replaceAll('\n', '\r\n'), around],
    ['a carriage return at the end', `${pem.trimEnd()}\r\n`, around],
    ['text before', `x\n${pem}`, none],
    ['text after', `${pem}x`, none],
    ['a byte order mark', `\ufeff${pem}`, none],
    ['two blocks', pemOf('p256') + pemOf('p256'), none],
    ['lines of 76', block('PUBLIC KEY', lines(76)), around],
    ['lines of 63', block('PUBLIC KEY', lines(63)), around],
    ['an empty line', pem.replace('\n', '\n\n'), none],
    ['a header', pem.replace('\n', '\nProc-Type: 4\n'), none],
    ['no end', pem.slice(0, 60), none],
    ['no block', 'x', none],
    ['nothing', '', none],
    ['the label RSA PUBLIC KEY', block('RSA PUBLIC KEY', lines(64)), around],
    ['the label PRIVATE KEY', block('PRIVATE KEY', lines(64)), around],
    ['the label CERTIFICATE', block('CERTIFICATE', lines(64)), around],
    ['base64url', pem.replace(/[+/]/g, '-'), around],
    ['base64 that is none', pem.replace('\nM', '\n*'), none],
    ['padding', pem.replace('\n-----END', '=\n-----END'), none],
  ])('has nothing else: %s', (_, text, problem) => {
    expect(problemOf(new TextEncoder().encode(text), 'spki-pem')).toBe(problem)
  })

  it('is UTF-8', () => {
    expect(problemOf(concat(ascii(pem), hex('ff')), 'spki-pem')).toBe(none)
  })

  it('holds a SubjectPublicKeyInfo', () => {
    const text = block('PUBLIC KEY', [
      Buffer.from(rsaSpki(2n ** 1023n + 1n))
        .toString('base64')
        .slice(0, 64),
    ])
    expect(problemOf(ascii(text), 'spki-pem')).toBe(
      'not the SubjectPublicKeyInfo of RSA (2048 to 4096 bits, e = 65537), P-256, P-384 or Ed25519 in its one form',
    )
  })
})

describe('a key is sound', () => {
  const size = 'an RSA modulus that has not 2048 to 4096 bits, a multiple of eight'
  const rsaJwk = (modulus: Uint8Array): Uint8Array =>
    ascii(JSON.stringify({ kty: 'RSA', e: 'AQAB', n: Buffer.from(modulus).toString('base64url') }))
  const filled = (length: number, first: number, last: number): Uint8Array => {
    const out = new Uint8Array(length).fill(0x55)
    out[0] = first
    out[length - 1] = last
    return out
  }

  it.each<[string, Uint8Array, string]>([
    ['2048 bits', filled(256, 0x80, 1), 'read'],
    ['4096 bits', filled(512, 0xff, 0xff), 'read'],
    ['2047 bits', filled(256, 0x7f, 1), size],
    ['2048 bits and a zero', filled(257, 0, 1), size],
    ['1024 bits', filled(128, 0x80, 1), size],
    ['2040 bits', filled(255, 0x80, 1), size],
    ['4104 bits', filled(513, 0x80, 1), size],
    ['one byte', Uint8Array.of(0x81), size],
    ['an even number', filled(256, 0x80, 2), 'an RSA modulus that is even'],
    ['a power of two', concat(hex('80'), new Uint8Array(255)), 'an RSA modulus that is even'],
  ])('RSA: %s', (_, modulus, problem) => {
    expect(problemOf(rsaJwk(modulus), 'jwk')).toBe(problem)
  })

  it('RSA in DER as well', () => {
    expect(problemOf(rsaSpki(2n ** 2047n + 1n), 'spki-der')).toBe('read')
    expect(problemOf(rsaSpki(2n ** 2047n), 'spki-der')).toBe('an RSA modulus that is even')
  })

  it('points are on the curve', () => {
    const off = (name: 'p256' | 'p384'): Uint8Array => {
      const spki = derOf(pair(name).publicKey)
      return spki.map((byte, at) => (at === spki.length - 1 ? byte ^ 1 : byte))
    }
    expect(problemOf(off('p256'), 'spki-der')).toBe('a point that is not on the curve P-256')
    expect(problemOf(off('p384'), 'spki-der')).toBe('a point that is not on the curve P-384')
    expect(problemOf(ecSpki(concat(hex('04'), new Uint8Array(64)), 'P-256'), 'spki-der')).toBe(
      'a point that is not on the curve P-256',
    )
    const { x } = pair('p256').publicKey.export({ format: 'jwk' })
    expect(problemOf(ascii(JSON.stringify({ kty: 'EC', crv: 'P-256', x, y: x })), 'jwk')).toBe(
      'a point that is not on the curve P-256',
    )
  })

  it('Ed25519 keys are of the prime order', () => {
    const problem = 'an Ed25519 key that is not a point of the prime order'
    for (const key of [`01${'00'.repeat(31)}`, '00'.repeat(32), 'ff'.repeat(32), `ec${'ff'.repeat(30)}7f`])
      expect(problemOf(hex(`302a300506032b6570032100${key}`), 'spki-der')).toBe(problem)
    expect(problemOf(ascii(`{"kty":"OKP","crv":"Ed25519","x":"${'A'.repeat(43)}"}`), 'jwk')).toBe(problem)
  })
})
