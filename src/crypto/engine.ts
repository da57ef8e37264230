/** What verification needs of a crypto engine. */

/** An imported public key. Only the engine that made it can use it. */
export interface EngineKey {
  readonly engine: string
  readonly algorithm: 'RSA-PSS-SHA384' | 'ECDSA-P384-SHA384'
}

/**
 * Signature checks with pinned algorithms: nothing here is chosen by a certificate.
 *
 * All methods throw `CRYPTO_UNSUPPORTED` for what the runtime cannot do. `false` always means that the
 * signature does not verify.
 */
export interface CryptoEngine {
  readonly name: string
  /** Imports an RSA key from its SubjectPublicKeyInfo (rsaEncryption), for RSASSA-PSS with SHA-384. */
  readonly importRsaKey: (spki: Uint8Array) => Promise<EngineKey>
  /** Imports a P-384 key from its uncompressed point, 97 bytes, known to be on the curve. */
  readonly importP384Key: (point: Uint8Array) => Promise<EngineKey>
  /** RSASSA-PSS, SHA-384, MGF1 with SHA-384, salt of 48 bytes. */
  readonly verifyRsaPss: (key: EngineKey, signature: Uint8Array, message: Uint8Array) => Promise<boolean>
  /** ECDSA P-384 with SHA-384; `signature` is r ‖ s, big-endian, 96 bytes. A high s is normal in reports. */
  readonly verifyP384: (key: EngineKey, signature: Uint8Array, message: Uint8Array) => Promise<boolean>
}

const imported = new WeakMap<object, Map<CryptoEngine, Promise<EngineKey>>>()

/** The key of `owner` in an engine, imported once: importing costs more than using it. */
export function importOnce(
  engine: CryptoEngine,
  owner: object,
  importKey: () => Promise<EngineKey>,
): Promise<EngineKey> {
  const perEngine = imported.get(owner) ?? new Map<CryptoEngine, Promise<EngineKey>>()
  imported.set(owner, perEngine)
  const known = perEngine.get(engine)
  if (known !== undefined) return known
  // Of an engine that throws, too, the failure is a rejected promise: the chain may be under way beside this.
  const importing = new Promise<EngineKey>((resolve) => {
    resolve(importKey())
  })
  perEngine.set(engine, importing)
  // A failure is not remembered: the next verification tries again.
  importing.catch(() => perEngine.delete(engine))
  return importing
}
