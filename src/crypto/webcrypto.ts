/** The engine on the platform's WebCrypto, which every runtime we know has in a secure context. */
import { copyBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import type { CryptoEngine, EngineKey } from './engine.js'

const name = 'webcrypto'
const rsa = { name: 'RSA-PSS', hash: 'SHA-384' } as const
const rsaVerify = { name: 'RSA-PSS', saltLength: 48 } as const
const p384 = { name: 'ECDSA', namedCurve: 'P-384' } as const
const p384Verify = { name: 'ECDSA', hash: 'SHA-384' } as const

interface WebCryptoKey extends EngineKey {
  readonly key: CryptoKey
}

/** One engine per platform object: imported keys and cached leaves belong to an engine, so a new one has none. */
const engines = new WeakMap<SubtleCrypto, CryptoEngine>()

/** The WebCrypto engine, or `null` where `crypto.subtle` does not exist (plain http pages, some runtimes). */
export function webCryptoEngine(): CryptoEngine | null {
  const subtle = (globalThis as { readonly crypto?: { readonly subtle?: SubtleCrypto } }).crypto?.subtle
  if (subtle === undefined) return null
  const engine = engines.get(subtle) ?? makeEngine(subtle)
  engines.set(subtle, engine)
  return engine
}

function makeEngine(subtle: SubtleCrypto): CryptoEngine {
  return {
    name,
    importRsaKey: async (spki) => ({
      engine: name,
      algorithm: 'RSA-PSS-SHA384',
      key: await attempt('import an RSA key', () =>
        subtle.importKey('spki', copyBytes(spki), rsa, false, ['verify']),
      ),
    }),
    importP384Key: async (point) => ({
      engine: name,
      algorithm: 'ECDSA-P384-SHA384',
      key: await attempt('import a P-384 key', () =>
        subtle.importKey('raw', copyBytes(point), p384, false, ['verify']),
      ),
    }),
    verifyRsaPss: (key, signature, message) =>
      attempt('verify RSASSA-PSS', () =>
        subtle.verify(rsaVerify, cryptoKey(key, 'RSA-PSS-SHA384'), copyBytes(signature), copyBytes(message)),
      ),
    verifyP384: (key, signature, message) =>
      attempt('verify ECDSA P-384', () =>
        subtle.verify(
          p384Verify,
          cryptoKey(key, 'ECDSA-P384-SHA384'),
          copyBytes(signature),
          copyBytes(message),
        ),
      ),
  }
}

function cryptoKey(key: EngineKey, algorithm: EngineKey['algorithm']): CryptoKey {
  if (key.engine !== name || key.algorithm !== algorithm || !('key' in key)) {
    throw new TypeError('a key of another engine or algorithm')
  }
  return (key as WebCryptoKey).key
}

/**
 * Runs an operation of the platform. Keys were checked before, so whatever the platform throws is something
 * that it cannot do: it is never counted as a signature that does not verify.
 */
async function attempt<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof TypeError && cause.message === 'a key of another engine or algorithm') throw cause
    throw new VerificationError(
      'CRYPTO_UNSUPPORTED',
      `the runtime cannot ${what}`,
      { engine: name },
      { cause },
    )
  }
}
