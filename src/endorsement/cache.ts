/**
 * A cache of endorsement keys whose certificate was verified, in the memory of this process only.
 *
 * Found by the exact bytes of the leaf. A hit skips parsing the leaf and the RSA verification under the same
 * issuer, nothing else: dates, CRLs, ties, signature and policy are judged again on every call.
 */
import type { CryptoEngine } from '../crypto/engine.js'
import { equalBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import type { Issuer } from './anchors.js'
import type { EndorsementKey } from './endorsement-key.js'

/** What was verified about a leaf. */
export interface VerifiedLeaf {
  readonly key: EndorsementKey
  readonly engine: CryptoEngine
  /** The issuer whose key verified the leaf's signature. */
  readonly issuer: Issuer
}

/** Opaque; made by {@link createEndorsementCache}. */
export interface EndorsementCache {
  readonly max: number
  readonly size: number
  readonly clear: () => void
}

const entriesOf = new WeakMap<EndorsementCache, Map<string, VerifiedLeaf>>()

/**
 * Makes a cache to pass to many verifications.
 *
 * @param options - `max`: how many leaves to keep, 512 unless told; the one that was used longest ago goes.
 * @throws TypeError if `max` is not a positive integer.
 */
export function createEndorsementCache(options: { readonly max?: number } = {}): EndorsementCache {
  const { max = 512 } = options
  if (!Number.isSafeInteger(max) || max < 1) throw new TypeError('max must be a positive integer')
  const entries = new Map<string, VerifiedLeaf>()
  const cache: EndorsementCache = Object.freeze({
    max,
    get size() {
      return entries.size
    },
    clear: () => {
      entries.clear()
    },
  })
  entriesOf.set(cache, entries)
  return cache
}

/** @throws TypeError for an object that {@link createEndorsementCache} did not make. */
export function requireCache(cache: EndorsementCache): EndorsementCache {
  entriesIn(cache)
  return cache
}

function entriesIn(cache: EndorsementCache): Map<string, VerifiedLeaf> {
  const entries = entriesOf.get(cache)
  if (entries === undefined) throw new TypeError('cache must come from createEndorsementCache')
  return entries
}

// The last bytes are signature: as good as a hash to find a leaf, and its bytes themselves decide.
const slotOf = (der: Uint8Array, engine: CryptoEngine): string => `${engine.name} ${toHex(der.subarray(-16))}`

/** The verified leaf of exactly these bytes, for this engine. */
export function lookUpLeaf(
  cache: EndorsementCache,
  der: Uint8Array,
  engine: CryptoEngine,
): VerifiedLeaf | null {
  const entries = entriesIn(cache)
  const slot = slotOf(der, engine)
  const leaf = entries.get(slot)
  if (leaf?.engine !== engine || !equalBytes(leaf.key.certificate.der, der)) return null
  // The one that was used last is the last to go.
  entries.delete(slot)
  entries.set(slot, leaf)
  return leaf
}

/** Keeps a leaf. Called only after its signature verified. */
export function keepLeaf(cache: EndorsementCache, leaf: VerifiedLeaf): void {
  const entries = entriesIn(cache)
  const slot = slotOf(leaf.key.certificate.der, leaf.engine)
  entries.delete(slot)
  entries.set(slot, leaf)
  if (entries.size > cache.max) entries.delete(entries.keys().next().value ?? slot)
}
