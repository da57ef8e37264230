/**
 * A client of AMD's key distribution service. Everything that it reaches for is given to it: network, clock, chance.
 *
 * Nothing that it returns is trusted: it is evidence like what a stranger brings, and means something only after
 * verification. A server that lies can therefore only withhold: an answer, or a newer CRL, or that of the other kind of
 * key, since both are issued by the ARK.
 */
import { copyBytes } from '../encoding/bytes.js'
import { VerificationError, isVerificationError } from '../errors/error.js'
import type { Store } from '../store/store.js'
import { type Sleep, refuseAborted, sleep } from './abort.js'
import { createAnswerCache } from './cache.js'
import { type DocumentKind, chainDocument, crlDocument, vcekDocument } from './documents.js'
import { createFlights } from './flights.js'
import { type Missing, createMissing } from './missing.js'
import { type Prewarm, prewarmWith } from './prewarm.js'
import type { KdsReader, KdsRequestOptions } from './reader.js'
import { type Fetched, type KdsFetch, type Transport, clock, createTransport } from './transport.js'
import { amdKds, authorityPath, requireBaseUrl, vcekIdFrom, vcekPath } from './url.js'

export interface KdsClientOptions {
  /** `globalThis.fetch`, or one with a proxy behind it. In a browser it needs `baseUrl`: AMD's service has no CORS. */
  readonly fetch: KdsFetch
  /** The time, in milliseconds since 1970: `Date.now`, unless a test tells it. */
  readonly now: () => number
  /** From 0 up to 1, such as `Math.random`: it spreads retries, and nothing secret comes of it. */
  readonly random: () => number
  /** Where answers are kept between calls. Without it each call asks the network. */
  readonly store?: Store
  /** Of a proxy. Default: AMD's service. */
  readonly baseUrl?: string
  /** Waits, and ends early without an error when the signal aborts. Default: the runtime's timer. */
  readonly sleep?: Sleep
  /** For one attempt, body included. Default: 10 000. */
  readonly timeoutMs?: number
  /** Further attempts after 429, a status of 500 and more, no answer, a cut one or a late one. Default: 4. */
  readonly maxRetries?: number
  /** The longest wait between attempts; a Retry-After beyond it ends the call. Default: 60 000. */
  readonly maxWaitMs?: number
  /** How long an answer of "not found" stands without asking again. Default: 60 000; 0 for never. */
  readonly notFoundMs?: number
  /** How long a CRL is kept in the store. Default: six hours. Its fetch time stays that of the request. */
  readonly crlMaxAgeMs?: number
}

/** A {@link KdsReader} that can also fetch ahead of need. */
export interface KdsClient extends KdsReader {
  /** Fills the store ahead of need. Says of each item, in order, what came of it; a failure ends nothing else. */
  readonly prewarm: Prewarm
}

const hour = 3_600_000
/** Nothing in them changes; but a wrong one that a proxy planted should not stay for years. */
const certificateMaxAgeMs = 30 * 24 * hour

/** @throws TypeError for options that are missing or wrong. */
export function createKdsClient(options: KdsClientOptions): KdsClient {
  const { store } = options
  for (const name of ['fetch', 'now', 'random'] as const)
    if (typeof options[name] !== 'function') throw new TypeError(`${name} must be a function`)
  const baseUrl = requireBaseUrl(options.baseUrl ?? amdKds)
  const crlMaxAgeMs = count(options.crlMaxAgeMs ?? 6 * hour, 'crlMaxAgeMs', 0)
  const parts: Parts = {
    now: () => clock(options),
    baseUrl,
    cache: store === undefined ? null : createAnswerCache(store, baseUrl),
    missing: createMissing(count(options.notFoundMs ?? 60_000, 'notFoundMs', 0)),
    transport: createTransport({
      fetch: options.fetch,
      now: options.now,
      random: options.random,
      sleep: options.sleep ?? sleep,
      timeoutMs: count(options.timeoutMs ?? 10_000, 'timeoutMs', 1),
      maxRetries: count(options.maxRetries ?? 4, 'maxRetries', 0),
      maxWaitMs: count(options.maxWaitMs ?? 60_000, 'maxWaitMs', 0),
    }),
  }
  const join = createFlights<Fetched>()

  async function get<T>(
    path: string,
    document: DocumentKind<T>,
    maxAgeMs: number,
    { signal, refresh = false }: KdsRequestOptions,
  ): Promise<{ readonly value: T; readonly fetchedAt: number }> {
    const start = (ends: AbortSignal): Promise<Fetched> =>
      answer(parts, { path, document, maxAgeMs, refresh }, ends)
    // What is kept must not answer one who wants it anew, so the two are flights of their own.
    const { bytes, fetchedAt } = await join(`${refresh ? 'refresh' : 'any'} ${path}`, start, signal)
    // Each caller has bytes of its own.
    return { value: document.read(copyBytes(bytes)).value, fetchedAt }
  }

  const client: KdsReader = {
    vcek: async (of, asked = {}) => {
      const id = vcekIdFrom(of)
      return (await get(vcekPath(id), vcekDocument(id), certificateMaxAgeMs, asked)).value
    },
    chain: async (product, kind, asked = {}) => {
      const path = authorityPath(product, kind, 'cert_chain')
      return (await get(path, chainDocument(product, kind), certificateMaxAgeMs, asked)).value
    },
    crl: async (product, kind, asked = {}) => {
      const path = authorityPath(product, kind, 'crl')
      const { value, fetchedAt } = await get(path, crlDocument(product, kind), crlMaxAgeMs, asked)
      return { crl: value, fetchedAt: new Date(fetchedAt), scope: kind }
    },
  }
  return Object.freeze({ ...client, prewarm: prewarmWith(client) })
}

interface Parts {
  readonly now: () => number
  readonly baseUrl: string
  readonly cache: ReturnType<typeof createAnswerCache> | null
  readonly missing: Missing
  readonly transport: Transport
}

interface Question {
  readonly path: string
  readonly document: DocumentKind<unknown>
  readonly maxAgeMs: number
  readonly refresh: boolean
}

/** What is kept, or else what the network says; either way only what reads as the document. */
async function answer(
  { now, baseUrl, cache, missing, transport }: Parts,
  { path, document, maxAgeMs, refresh }: Question,
  signal: AbortSignal,
): Promise<Fetched> {
  if (!refresh) {
    const kept = (await cache?.read(path, maxAgeMs, now())) ?? null
    if (kept !== null && isStill(document, kept.bytes, now())) return kept
    if (missing.has(path, now()))
      throw new VerificationError('KDS_NOT_FOUND', `${document.what}: not found a moment ago`)
  }
  refuseAborted(signal)
  const target = { url: baseUrl + path, what: document.what, maxBytes: document.maxBytes }
  const fetched = await transport(target, signal).catch((error: unknown) => {
    if (isVerificationError(error) && error.code === 'KDS_NOT_FOUND') missing.add(path, now())
    throw error
  })
  const { expiresAt } = document.read(fetched.bytes)
  missing.delete(path)
  const end = Math.min(expiresAt, fetched.fetchedAt + maxAgeMs)
  if (end > now()) await cache?.write(path, fetched, end)
  return fetched
}

/** Whatever is in the store, it must read as what was asked for, and not have ended. */
function isStill(document: DocumentKind<unknown>, bytes: Uint8Array, now: number): boolean {
  try {
    return document.read(bytes).expiresAt > now
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return false
  }
}

function count(value: number, name: string, least: number): number {
  // A timer takes no more than 31 bits.
  if (!Number.isSafeInteger(value) || value < least || value > 0x7fff_ffff)
    throw new TypeError(`${name} must be an integer from ${String(least)} to 2147483647`)
  return value
}
