import { describe, expect, it } from 'vitest'
import { pair } from '../../test/support/statements.js'
import { toUtf8 } from '../encoding/text.js'
import { isVerificationError } from '../errors/error.js'
import { readJwk } from './jwk.js'

type Members = Record<string, unknown>
const exported = (name: Parameters<typeof pair>[0]): Members => ({
  ...pair(name).publicKey.export({ format: 'jwk' }),
})
const rsa = exported('rsa2048')
const p256 = exported('p256')
const p384 = exported('p384')
const ed25519 = exported('ed25519')

const bytesOf = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(String(text), 'base64url'))
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const read = (jwk: unknown): ReturnType<typeof readJwk> => readJwk(toUtf8(JSON.stringify(jwk)))

function problemOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (!isVerificationError(error)) throw error
    expect(error.code).toBe('BINDING_KEY_MALFORMED')
    expect(error.verdict).toBe('malformed')
    expect(error.message).toMatch(/^JWK/)
    return error.message
  }
  throw new Error('it was read')
}

const without = (jwk: Members, name: string): Members =>
  Object.fromEntries(Object.entries(jwk).filter(([key]) => key !== name))

describe('a JSON Web Key', () => {
  it('of four kinds is read', () => {
    expect(read(rsa)).toEqual({ kind: 'rsa', value: bytesOf(rsa['n']) })
    for (const [kind, jwk] of [
      ['p256', p256],
      ['p384', p384],
    ] as const) {
      const { x, y } = jwk
      expect(read(jwk)).toEqual({ kind, value: Uint8Array.of(4, ...bytesOf(x), ...bytesOf(y)) })
    }
    expect(read(ed25519)).toEqual({ kind: 'ed25519', value: bytesOf(ed25519['x']) })
  })

  it('may have members that name it or say what it is for, in any order', () => {
    const { n, e } = rsa
    for (const extra of [
      { kid: 'HCLAkPub', key_ops: ['sign'] },
      { kid: 'HCLAkPub', key_ops: ['encrypt'] },
      { use: 'sig', alg: 'RS256', x5c: ['AA=='], 'x5t#S256': 'A', constructor: 1, toString: { a: [null] } },
    ])
      expect(read({ ...extra, n, e, kty: 'RSA' })).toEqual(read(rsa))
  })

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])('with the private member %s is refused', (name) => {
    for (const value of ['AA', null, []])
      expect(problemOf(() => read({ ...rsa, [name]: value }))).toBe(
        `JWK: a private or symmetric key: it has "${name}"`,
      )
  })

  it.each<[string, unknown]>([
    ['a list', [rsa]],
    ['null', null],
    ['text', 'RSA'],
    ['a number', 1],
    ['a boolean', true],
  ])('is an object, not %s', (_, json) => {
    expect(problemOf(() => read(json))).toBe('JWK: not an object')
  })

  const kinds = 'JWK: "kty" and "crv" are none of RSA, EC with P-256 or P-384, OKP with Ed25519'
  it.each<[string, Members]>([
    ['nothing', {}],
    ['no kty', without(rsa, 'kty')],
    ['kty in small letters', { ...rsa, kty: 'rsa' }],
    ['a symmetric kty', { ...rsa, kty: 'oct' }],
    ['kty as a list', { ...rsa, kty: ['RSA'] }],
    ['EC without crv', without(p256, 'crv')],
    ['P-521', { ...p256, crv: 'P-521' }],
    ['secp256k1', { ...p256, crv: 'secp256k1' }],
    ['P-256 as OKP', { ...p256, kty: 'OKP' }],
    ['P-384 as OKP', { ...p384, kty: 'OKP' }],
    ['Ed25519 as EC', { ...ed25519, kty: 'EC' }],
    ['X25519', { ...ed25519, crv: 'X25519' }],
    ['Ed448', { ...ed25519, crv: 'Ed448' }],
    ['OKP without crv', without(ed25519, 'crv')],
  ])('is of a kind: %s', (_, jwk) => {
    expect(problemOf(() => read(jwk))).toBe(kinds)
  })

  it.each([undefined, 'AQAC', 'Aw', 'AAEAAQ', 'AQAB=', 'AQ AB', 65537, null])(
    'of RSA has no e of %j',
    (e) => {
      expect(problemOf(() => read({ ...rsa, e }))).toBe('JWK: "e" is not "AQAB" (65537)')
    },
  )

  const n = String(rsa['n'])
  const y = String(p256['y'])
  it.each<[string, Members, string]>([
    ['no n', without(rsa, 'n'), 'n'],
    ['n as a number', { ...rsa, n: 5 }, 'n'],
    ['n as a list', { ...rsa, n: [n] }, 'n'],
    ['an empty n', { ...rsa, n: '' }, 'n'],
    ['n with padding', { ...rsa, n: `${n}==` }, 'n'],
    ['n in the other alphabet', { ...rsa, n: `+/${n.slice(2)}` }, 'n'],
    ['n with a slash', { ...rsa, n: `/${n.slice(1)}` }, 'n'],
    ['n with white space', { ...rsa, n: `${n}\n` }, 'n'],
    ['n with white space before', { ...rsa, n: ` ${n}` }, 'n'],
    ['n with stray bits', { ...rsa, n: `${n.slice(0, -1)}_` }, 'n'],
    ['n of an impossible length', { ...rsa, n: n.slice(0, -1) }, 'n'],
    ['no x', without(p256, 'x'), 'x'],
    ['no y', without(p256, 'y'), 'y'],
    ['y with padding', { ...p256, y: `${y}=` }, 'y'],
    ['no x of P-384', without(p384, 'x'), 'x'],
    ['no x of Ed25519', without(ed25519, 'x'), 'x'],
    ['x of Ed25519 as an object', { ...ed25519, x: {} }, 'x'],
  ])('has numbers in base64url: %s', (_, jwk, name) => {
    expect(problemOf(() => read(jwk))).toBe(`JWK: "${name}" is not base64url without padding`)
  })

  it.each<[string, Members, string, string]>([
    ['x of P-256 with a zero', p256, 'x', '"x" has 33 bytes, not 32'],
    ['y of P-256 with a zero', p256, 'y', '"y" has 33 bytes, not 32'],
    ['x of P-384 with a zero', p384, 'x', '"x" has 49 bytes, not 48'],
    ['y of P-384 with a zero', p384, 'y', '"y" has 49 bytes, not 48'],
    ['x of Ed25519 with a zero', ed25519, 'x', '"x" has 33 bytes, not 32'],
  ])('has numbers of their one length: %s', (_, jwk, name, problem) => {
    const value = base64url(Uint8Array.of(0, ...bytesOf(jwk[name])))
    expect(problemOf(() => read({ ...jwk, [name]: value }))).toBe(`JWK: ${problem}`)
    const shorter = base64url(bytesOf(jwk[name]).subarray(1))
    expect(problemOf(() => read({ ...jwk, [name]: shorter }))).toMatch(/^JWK: "[xy]" has (31|47) bytes, not/)
  })

  it('does not take members that objects inherit', () => {
    expect(problemOf(() => readJwk(toUtf8('{"kty":"RSA","e":"AQAB","__proto__":{"n":"AA"}}')))).toMatch(
      /^JWK is not strict JSON: the key "__proto__"/,
    )
  })

  it('does not take members that the page gave to all objects', () => {
    Object.defineProperty(Object.prototype, 'e', { value: 'AQAB', configurable: true })
    try {
      expect(problemOf(() => read(without(rsa, 'e')))).toBe('JWK: "e" is not "AQAB" (65537)')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'e')
    }
  })

  it('is strict JSON of a bounded size and depth', () => {
    const text = JSON.stringify(rsa)
    for (const other of [
      '',
      '{',
      `${text}x`,
      `\ufeff${text}`,
      text.replace('{', '{"e":"AQAB",'),
      text.replace('{', '{"a":01,'),
      text.replace('{', '{"a":[[[[1]]]],'),
    ])
      expect(problemOf(() => readJwk(toUtf8(other)))).toMatch(/^JWK is not strict JSON: /)
    expect(readJwk(toUtf8(text.replace('{', '{"a":[[[1]]],')))).toEqual(read(rsa))
    expect(problemOf(() => readJwk(Uint8Array.of(0x22, 0xff, 0x22)))).toMatch(/not UTF-8/)
    const padded = (length: number): Uint8Array => toUtf8(text + ' '.repeat(length - text.length))
    expect(readJwk(padded(16384))).toEqual(read(rsa))
    expect(problemOf(() => readJwk(padded(16385)))).toBe('JWK is not strict JSON: longer than 16384 bytes')
  })
})
