// The call itself: what is misuse, what is a wrong key, which engine is asked.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sign } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { rsaKeyFromPrivate } from '../../test/support/keys.js'
import { signPkcs1, signPss } from '../../test/support/pss.js'
import { realItems } from '../../test/support/real-folder.js'
import { type PairName, keyOf, pair } from '../../test/support/statements.js'
import { toUtf8 } from '../encoding/text.js'
import { isVerificationError } from '../errors/error.js'
import { type StatementAlgorithm, normalSignature, ruleOf } from './statement-algorithm.js'
import { type StatementKey, materialOfKey, readStatementKey } from './statement-key.js'
import { type Statement, verifyStatement } from './statement.js'
import { verifyInWebCrypto } from './statement-webcrypto.js'

afterEach(() => vi.unstubAllGlobals())

const message = toUtf8('a statement')
const rsa = rsaKeyFromPrivate('statement', pair('rsa2048').privateKey)
const ecdsa = (name: 'p256' | 'p384', dsaEncoding: 'der' | 'ieee-p1363'): Uint8Array => {
  const { privateKey } = pair(name)
  return new Uint8Array(
    sign(name === 'p256' ? 'sha256' : 'sha384', message, { key: privateKey, dsaEncoding }),
  )
}
const made: Readonly<Record<StatementAlgorithm, readonly [PairName, Uint8Array, number?]>> = {
  'RSA-PSS-SHA256': ['rsa2048', signPss(message, rsa, { hash: 'sha256', saltLength: 222 }), 222],
  'RSA-PKCS1-SHA256': ['rsa2048', signPkcs1(message, rsa, 'sha256')],
  'ECDSA-P256-SHA256': ['p256', ecdsa('p256', 'ieee-p1363')],
  'ECDSA-P256-SHA256-DER': ['p256', ecdsa('p256', 'der')],
  'ECDSA-P384-SHA384': ['p384', ecdsa('p384', 'ieee-p1363')],
  'ECDSA-P384-SHA384-DER': ['p384', ecdsa('p384', 'der')],
  ED25519: ['ed25519', new Uint8Array(sign(null, message, pair('ed25519').privateKey))],
}
const algorithms = Object.keys(made) as StatementAlgorithm[]
const statementBy = (algorithm: StatementAlgorithm): Statement => {
  const [name, signature, saltLength] = made[algorithm]
  return { algorithm, saltLength, key: keyOf(pair(name).publicKey), message, signature }
}
const rejection = (statement: object): Promise<unknown> =>
  verifyStatement(statement as Statement).then(
    () => 'no rejection',
    (error: unknown) => error,
  )

describe('misuse is a TypeError', () => {
  const good = statementBy('ECDSA-P256-SHA256')
  const pss = statementBy('RSA-PSS-SHA256')
  it.each<[string, object, string]>([
    ['no algorithm', { ...good, algorithm: undefined }, 'algorithm is not the name of a signature algorithm'],
    [
      'an inherited name',
      { ...good, algorithm: 'toString' },
      'algorithm is not the name of a signature algorithm',
    ],
    ['an engine of another name', { ...good, engine: 'openssl' }, "engine must be 'webcrypto' or 'pure'"],
    ['an empty engine', { ...good, engine: '' }, "engine must be 'webcrypto' or 'pure'"],
    ['no engine, null', { ...good, engine: null }, "engine must be 'webcrypto' or 'pure'"],
    ['no key', { ...good, key: undefined }, 'key must come from readStatementKey'],
    ['a copied key', { ...good, key: { ...good.key } }, 'key must come from readStatementKey'],
    ['text', { ...good, message: 'text' }, 'message must be a Uint8Array'],
    ['no signature', { ...good, signature: null }, 'signature must be a Uint8Array'],
    ['a salt where there is none', { ...good, saltLength: 32 }, 'saltLength is for RSASSA-PSS alone'],
    ['a salt of 0 where there is none', { ...good, saltLength: 0 }, 'saltLength is for RSASSA-PSS alone'],
    ['null as salt', { ...good, saltLength: null }, 'saltLength is for RSASSA-PSS alone'],
    ...[undefined, null, -1, 1.5, Number.NaN, Infinity, 2 ** 53, '32', 'digest', 32n].map(
      (saltLength): [string, object, string] => [
        `PSS with the salt length ${String(saltLength)}`,
        { ...pss, saltLength },
        "saltLength must be a number of bytes or 'max'",
      ],
    ),
  ])('%s', async (_, statement, problem) => {
    expect(await rejection(statement)).toEqual(new TypeError(problem))
  })

  it('whatever the key is of', async () => {
    const statement = { ...good, key: pss.key, message: 'text' }
    expect(await rejection(statement)).toEqual(new TypeError('message must be a Uint8Array'))
  })
})

describe('a statement', () => {
  it.each(algorithms)('by %s verifies on the platform and in pure code', async (algorithm) => {
    const statement = statementBy(algorithm)
    for (const engine of [undefined, 'webcrypto', 'pure']) {
      expect(await verifyStatement({ ...statement, engine })).toBe(true)
      expect(await verifyStatement({ ...statement, engine, message: toUtf8('another') })).toBe(false)
    }
  })

  it.each(algorithms)('by %s needs a key of its kind', async (algorithm) => {
    const statement = statementBy(algorithm)
    const { key: expected } = ruleOf(algorithm)
    for (const name of ['rsa2048', 'p256', 'p384', 'ed25519'] as const) {
      const key = keyOf(pair(name).publicKey)
      if (key.kind === expected) continue
      for (const engine of ['webcrypto', 'pure']) {
        const error = await rejection({ ...statement, key, engine })
        expect(isVerificationError(error)).toBe(true)
        expect(error).toMatchObject({
          code: 'BINDING_KEY_MALFORMED',
          message: `public key: of the kind ${key.kind}, where the signature needs ${expected}`,
          details: { expected, actual: key.kind },
        })
      }
    }
  })

  it('is copied before anything else happens, and its members are read once', async () => {
    const { algorithm, key, signature } = statementBy('ED25519')
    const [text, bytes] = [message.slice(), signature.slice()]
    const reads: Record<string, number> = {}
    const members: Readonly<Record<string, unknown>> = { algorithm, key, message: text, signature: bytes }
    const counting = new Proxy(
      {},
      {
        get: (_, name) => {
          reads[String(name)] = (reads[String(name)] ?? 0) + 1
          return members[String(name)]
        },
      },
    )
    const verifying = verifyStatement(counting as Statement)
    text.fill(0)
    bytes.fill(0)
    expect(await verifying).toBe(true)
    expect(new Set(Object.values(reads))).toEqual(new Set([1]))
  })

  it('may come in a Buffer', async () => {
    const { algorithm, key, signature } = statementBy('ECDSA-P384-SHA384')
    const statement = { algorithm, key, message: Buffer.from(message), signature: Buffer.from(signature) }
    expect(await verifyStatement(statement)).toBe(true)
  })
})

describe('the platform', () => {
  const subtleWith = (members: object): void => {
    vi.stubGlobal('crypto', { subtle: members })
  }
  const failing = (error: unknown) => (): Promise<never> =>
    // The platform may reject with anything.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    Promise.reject(error)
  const { subtle } = globalThis.crypto
  const importKey = subtle.importKey.bind<SubtleCrypto['importKey']>(subtle)

  const questionBy = (algorithm: StatementAlgorithm): Parameters<typeof verifyInWebCrypto>[0] => {
    const { key, signature } = statementBy(algorithm)
    const rule = ruleOf(algorithm)
    const material = materialOfKey(key)
    const normal = normalSignature(rule, material, new Uint8Array(signature)) ?? new Uint8Array()
    const saltLength = made[algorithm][2] ?? 0
    return {
      scheme: rule.scheme,
      key: material,
      message: new Uint8Array(message),
      signature: normal,
      saltLength,
    }
  }

  it.each(algorithms)('of this runtime does %s itself', async (algorithm) => {
    const question = questionBy(algorithm)
    expect(await verifyInWebCrypto(question)).toBe(true)
    expect(await verifyInWebCrypto({ ...question, message: new Uint8Array(3) })).toBe(false)
  })

  it.each<[string, unknown]>([
    ['without crypto', undefined],
    ['without crypto.subtle', {}],
    ['with a hollow crypto', { subtle: undefined }],
    [
      'that fails with NotSupportedError',
      { subtle: { importKey: failing(new DOMException('x', 'NotSupportedError')) } },
    ],
    ['that fails with text', { subtle: { importKey: failing('no') } }],
    ['that throws', { subtle: { importKey: null } }],
    [
      'that cannot verify',
      { subtle: { importKey, verify: failing(new DOMException('x', 'OperationError')) } },
    ],
  ])('%s is replaced by pure code, with the same answers', async (_, crypto) => {
    vi.stubGlobal('crypto', crypto)
    for (const algorithm of algorithms) {
      expect(await verifyInWebCrypto(questionBy(algorithm))).toBeNull()
      const statement = statementBy(algorithm)
      expect(await verifyStatement(statement)).toBe(true)
      expect(await verifyStatement({ ...statement, message: toUtf8('another'), engine: 'webcrypto' })).toBe(
        false,
      )
    }
  })

  it('is taken at its word, and not asked by the pure engine', async () => {
    const verify = vi.fn(() => Promise.resolve(false))
    subtleWith({ importKey, verify })
    const statement = statementBy('RSA-PSS-SHA256')
    expect(await verifyStatement(statement)).toBe(false)
    expect(await verifyStatement({ ...statement, engine: 'webcrypto' })).toBe(false)
    expect(verify).toHaveBeenCalledTimes(2)
    expect(await verifyStatement({ ...statement, engine: 'pure' })).toBe(true)
    expect(verify).toHaveBeenCalledTimes(2)
  })

  it('is not asked about a signature of the wrong form', async () => {
    const imported = vi.fn(importKey)
    subtleWith({ importKey: imported, verify: () => Promise.resolve(true) })
    for (const algorithm of algorithms) {
      const signature = made[algorithm][1].subarray(1)
      expect(await verifyStatement({ ...statementBy(algorithm), signature })).toBe(false)
    }
    expect(await verifyStatement({ ...statementBy('RSA-PSS-SHA256'), saltLength: 223 })).toBe(false)
    expect(imported).not.toHaveBeenCalled()
    expect(await verifyStatement({ ...statementBy('RSA-PSS-SHA256'), saltLength: 221 })).toBe(true)
  })

  it('without it, and without the pure code, nothing is said about a signature', async () => {
    const { algorithm, signature, key } = statementBy('ED25519')
    vi.resetModules()
    vi.doMock('./statement-pure.js', () => {
      throw new Error('offline')
    })
    try {
      const [fresh, keys] = await Promise.all([import('./statement.js'), import('./statement-key.js')])
      const statement = { algorithm, signature, message, key: keys.readStatementKey(key.spki, 'spki-der') }
      expect(await fresh.verifyStatement(statement)).toBe(true)
      vi.stubGlobal('crypto', undefined)
      await expect(fresh.verifyStatement(statement)).rejects.toMatchObject({
        name: 'VerificationError',
        code: 'CRYPTO_UNSUPPORTED',
        message: 'the pure code for signatures cannot be loaded',
        details: { engine: 'pure', scheme: 'ed25519' },
      })
    } finally {
      vi.doUnmock('./statement-pure.js')
      vi.resetModules()
    }
  })
})

// The attestation keys of Azure's virtual TPMs, out of the documents that reports commit to, and their quotes.
const azure = realItems().filter(({ meta }) => meta.files['hcl'] !== undefined)
describe.skipIf(azure.length === 0)('attestation keys of Azure', () => {
  const keyIn = (hcl: Uint8Array): StatementKey => {
    const size = new DataView(hcl.buffer, hcl.byteOffset).getUint32(1232, true)
    const text = new TextDecoder().decode(hcl.subarray(1236, 1236 + size))
    const { keys } = JSON.parse(text) as { readonly keys: readonly { readonly kid: string }[] }
    return readStatementKey(toUtf8(JSON.stringify(keys.find(({ kid }) => kid === 'HCLAkPub'))), 'jwk')
  }

  it.each(azure.map(({ slug, folder, meta }) => ({ slug, folder, files: meta.files })))(
    'in $slug',
    async ({ folder, files }) => {
      const file = (name = ''): Uint8Array => new Uint8Array(readFileSync(join(folder, name)))
      const key = keyIn(file(files['hcl']))
      expect(key).toMatchObject({ kind: 'rsa', bits: 2048 })
      for (const [role, expected] of [
        ['tpmQuote', true],
        ['otherQuote', false],
      ] as const) {
        const [text, signature] = [files[`${role}Message`], files[`${role}Signature`]]
        if (text === undefined || signature === undefined) continue
        for (const engine of ['webcrypto', 'pure']) {
          const statement = { key, message: file(text), signature: file(signature), engine }
          expect(await verifyStatement({ ...statement, algorithm: 'RSA-PKCS1-SHA256' })).toBe(expected)
          expect(await verifyStatement({ ...statement, algorithm: 'RSA-PSS-SHA256', saltLength: 32 })).toBe(
            false,
          )
        }
      }
    },
  )
})
