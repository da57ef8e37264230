/** The engine that this runtime gets: the platform's where it has one, else the one in plain TypeScript. */
import type { CryptoEngine } from './engine.js'
import { webCryptoEngine } from './webcrypto.js'

/** The platform's engine at once, or the pure one, which is loaded on first use. */
export function defaultEngine(): CryptoEngine | Promise<CryptoEngine> {
  return webCryptoEngine() ?? import('./pure.js').then(({ pureEngine }) => pureEngine)
}
