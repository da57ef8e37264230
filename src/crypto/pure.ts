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

interface PureRsaKey extends EngineKey {
  readonly n: bigint
  readonly e: bigint
}
interface PureP384Key extends EngineKey {
  readonly point: Uint8Array
}

/** The engine. Its results are those of the WebCrypto engine, for every input. */
export const pureEngine: CryptoEngine = {
  name,
  importRsaKey: (spki) =>
    Promise.resolve<PureRsaKey>({
      engine: name,
      algorithm: 'RSA-PSS-SHA384',
      n: modulusOfSpki(spki),
      e: 65537n,
    }),
  importP384Key: (point) =>
    Promise.resolve<PureP384Key>({ engine: name, algorithm: 'ECDSA-P384-SHA384', point: point.slice() }),
  verifyRsaPss: (key, signature, message) => {
    const { n, e } = requireKey<PureRsaKey>(key, 'RSA-PSS-SHA384')
    // RFC 8017 §5.2.2: a representative that is not below the modulus verifies nothing.
    const inRange = signature.length === 512 && bigEndianInteger(signature) < n
    return Promise.resolve(inRange && pss.verify({ n, e }, message, signature))
  },
  verifyP384: (key, signature, message) => {
    const { point } = requireKey<PureP384Key>(key, 'ECDSA-P384-SHA384')
    // The library refuses a high s unless told otherwise; most genuine reports have one.
    return Promise.resolve(
      signature.length === 96 && p384.verify(signature, message, point, { lowS: false, prehash: true }),
    )
  },
}

function requireKey<Key extends EngineKey>(key: EngineKey, algorithm: EngineKey['algorithm']): Key {
  if (key.engine !== name || key.algorithm !== algorithm)
    throw new TypeError('a key of another engine or algorithm')
  return key as Key
}
