/**
 * Answers of KDS in a store: untrusted bytes under the address they came from, which names product, chip and every SPL,
 * and whose server it was: one that a proxy has planted does not answer those who ask AMD in the same store.
 *
 * What comes out is read again as if it had just come from the network, and verified like anything else. One thing is
 * taken from the store: the time at which a CRL was fetched. Whoever can write into the store can make an old CRL look
 * newer, by as much as the cache keeps one.
 */
import { sha256Hex } from '../crypto/digests.js'
import { concatBytes } from '../encoding/bytes.js'
import { toUtf8 } from '../encoding/text.js'
import { type Store, StoreFullError } from '../store/store.js'
import type { Fetched } from './transport.js'

export interface AnswerCache {
  /** An answer that is no older than `maxAgeMs`, or `null`. Failures of the store are thrown as they are. */
  readonly read: (path: string, maxAgeMs: number, now: number) => Promise<Fetched | null>
  /** Keeps an answer in the place of what was there. A full store keeps nothing, and that is no failure. */
  readonly write: (path: string, answer: Fetched, expiresAt: number) => Promise<void>
  /** Lets an answer go. */
  readonly drop: (path: string) => Promise<void>
}

const timeBytes = 8

/** @param baseUrl - Where the answers come from. A key has room for its digest, whatever its length. */
export function createAnswerCache(store: Store, baseUrl: string): AnswerCache {
  const prefix = `attested/kds/1/${sha256Hex(toUtf8(baseUrl)).slice(0, 32)}`
  const keyOf = (path: string): string => prefix + path
  return {
    read: async (path, maxAgeMs, now) => {
      const value = await store.get(keyOf(path))
      if (value === null || value.length < timeBytes) return null
      const fetchedAt = Number(new DataView(value.buffer, value.byteOffset).getBigUint64(0))
      // A time ahead of ours is no time at which we fetched anything.
      if (fetchedAt > now || now - fetchedAt >= maxAgeMs) return null
      return { bytes: value.slice(timeBytes), fetchedAt }
    },
    write: async (path, { bytes, fetchedAt }, expiresAt) => {
      const time = new Uint8Array(timeBytes)
      new DataView(time.buffer).setBigUint64(0, BigInt(fetchedAt))
      await store.take(keyOf(path))
      try {
        await store.setIfAbsent(keyOf(path), concatBytes(time, bytes), { expiresAt })
      } catch (error) {
        if (!(error instanceof StoreFullError)) throw error
      }
    },
    drop: async (path) => {
      await store.take(keyOf(path))
    },
  }
}
