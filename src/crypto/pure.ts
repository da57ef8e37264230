/**
 * The engine in plain TypeScript, for runtimes without `crypto.subtle`: pages over plain http, React Native.
 * Loaded on first use; several times slower than the platform's.
 */
import { p384 } from '@noble/curves/nist.js'
import { sha384 } from '@noble/hashes/sha2.js'
import { PSS, mgf1 } from 'micro-rsa-dsa-dh/rsa.js'
import { bigEndianInteger } from '../encoding/bytes.js'
import type { CryptoEngine, EngineKey } from './engine.js'
import { modulusOfSpki } from './rsa-spki.js'

const name = 'pure'
const pss = PSS(sha384, mgf1(sha384), 48)
const exponent = 65537n

/** What the keys of this engine stand for; a key of another engine is in neither. */
const moduli = new WeakMap<EngineKey, bigint>()
const points = new WeakMap<EngineKey, Uint8Array>()

function valueOf<T>(values: WeakMap<EngineKey, T>, key: EngineKey): T {
  const value = values.get(key)
  if (value === undefined) throw new TypeError('a key of another engine or algorithm')
  return value
}

/** The engine. Its results are those of the WebCrypto engine, for every input. */
export const pureEngine: CryptoEngine = {
  name,
  importRsaKey: (spki) => {
    const key: EngineKey = { engine: name, algorithm: 'RSA-PSS-SHA384' }
    moduli.set(key, modulusOfSpki(spki))
    return Promise.resolve(key)
  },
  importP384Key: (point) => {
    const key: EngineKey = { engine: name, algorithm: 'ECDSA-P384-SHA384' }
    points.set(key, point.slice())
    return Promise.resolve(key)
  },
  // Async, so that a wrong key rejects as it does in the other engine.
  // eslint-disable-next-line @typescript-eslint/require-await
  verifyRsaPss: async (key, signature, message) => {
    const n = valueOf(moduli, key)
    // RFC 8017 §5.2.2: a representative that is not below the modulus verifies nothing.
    const inRange = signature.length === 512 && bigEndianInteger(signature) < n
    return inRange && pss.verify({ n, e: exponent }, message, signature)
  },
  // eslint-disable-next-line @typescript-eslint/require-await
  verifyP384: async (key, signature, message) => {
    const point = valueOf(points, key)
    // The library refuses a high s unless told otherwise; most genuine reports have one.
    return signature.length === 96 && p384.verify(signature, message, point, { lowS: false, prehash: true })
  },
}
