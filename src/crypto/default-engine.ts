/** The engine that this runtime gets. */
import { VerificationError } from '../errors/error.js'
import type { CryptoEngine } from './engine.js'
import { webCryptoEngine } from './webcrypto.js'

/**
 * @throws VerificationError `CRYPTO_UNSUPPORTED` where the runtime has no WebCrypto.
 */
export function defaultEngine(): CryptoEngine {
  const engine = webCryptoEngine()
  if (engine === null) {
    throw new VerificationError('CRYPTO_UNSUPPORTED', 'the runtime has no crypto.subtle', {
      engine: 'webcrypto',
    })
  }
  return engine
}
