// One document over a real connection, from a service that misbehaves in every way that we know.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isVerificationError } from '../errors/error.js'
import {
  type FakeKds,
  type Misbehaviour,
  body,
  close,
  cutAfter,
  endless,
  stall,
  stallInBody,
  startFakeKds,
  status,
} from '../../test/support/kds.js'
import { sleep } from './abort.js'
import { type TransportOptions, createTransport } from './transport.js'

const start = Date.parse('2026-06-01T00:00:00Z')
const maxBytes = 100
const answer = new Uint8Array(maxBytes).fill(7)

let kds: FakeKds
beforeAll(async () => {
  kds = await startFakeKds(new Map())
})
afterAll(() => kds.close())
beforeEach(() => {
  kds.asked.length = 0
  kds.next.length = 0
  kds.always = body(answer)
})

/** A transport whose waits take no time but move its clock; a time limit is a real one. */
function transport(stated: Partial<TransportOptions> = {}) {
  let time = start
  const waits: number[] = []
  const timeoutMs = stated.timeoutMs ?? 5000
  const get = createTransport({
    fetch: (url, init) => fetch(url, init),
    now: () => time,
    random: () => 0.5,
    sleep: async (ms, signal) => {
      if (ms === timeoutMs) return sleep(ms, signal)
      waits.push(ms)
      time += ms
    },
    timeoutMs,
    maxRetries: 3,
    maxWaitMs: 60_000,
    ...stated,
  })
  return {
    waits,
    advance: (ms: number) => {
      time += ms
    },
    get: (signal = new AbortController().signal) =>
      get({ url: `${kds.baseUrl}/x`, what: 'the thing', maxBytes }, signal),
  }
}

/** The failure, with how often was asked. */
async function failureOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => 'no failure',
    (thrown: unknown) => thrown,
  )
  if (!isVerificationError(error)) throw new Error(`expected a VerificationError, got ${String(error)}`)
  return { code: error.code, message: error.message, details: error.details, asked: kds.asked.length }
}

describe('an answer', () => {
  it('is its bytes, and the time at which it was asked for', async () => {
    const { get, waits } = transport()
    expect(await get()).toEqual({ bytes: answer, fetchedAt: start })
    expect(kds.asked).toEqual(['GET /x'])
    expect(waits).toEqual([])
  })

  it('is older by the age that a cache admits', async () => {
    kds.next.push(
      body(answer, { age: '60' }),
      body(answer, { age: '-60' }),
      body(answer, { age: '9'.repeat(9) }),
    )
    const { get } = transport({ now: () => 1_000_000_000 })
    expect((await get()).fetchedAt).toBe(1_000_000_000 - 60_000)
    expect((await get()).fetchedAt).toBe(1_000_000_000)
    expect((await get()).fetchedAt).toBe(0)
  })

  it('may be empty, or compressed: the content type and such are not looked at', async () => {
    kds.next.push(body(''), body('{"a":1}', { 'content-type': 'text/html' }))
    const { get } = transport()
    expect((await get()).bytes.length).toBe(0)
    expect((await get()).bytes.length).toBe(7)
  })

  it('is asked for without credentials, redirects and caches, and by fetch alone', async () => {
    const seen: unknown[] = []
    const bare = {
      fetch(this: unknown, url: string, init: RequestInit) {
        seen.push(this, url, { ...init, signal: null })
        return Promise.resolve(new Response('a'))
      },
    }
    await transport(bare).get()
    expect(seen).toEqual([
      undefined,
      `${kds.baseUrl}/x`,
      { method: 'GET', redirect: 'manual', credentials: 'omit', cache: 'no-store', signal: null },
    ])
  })
})

describe('an answer that will not do', () => {
  const once: readonly (readonly [string, Misbehaviour, string, string, object])[] = [
    ['status 404', status(404), 'KDS_NOT_FOUND', 'the thing: status 404', { status: 404 }],
    ['status 400', status(400), 'KDS_RESPONSE', 'the thing: status 400', { status: 400 }],
    ['status 403', status(403), 'KDS_RESPONSE', 'the thing: status 403', { status: 403 }],
    ['status 204', status(204, {}, ''), 'KDS_RESPONSE', 'the thing: status 204', { status: 204 }],
    ['status 206', status(206), 'KDS_RESPONSE', 'the thing: status 206', { status: 206 }],
    ['a redirect', status(302, { location: '/y' }), 'KDS_RESPONSE', 'the thing: a redirect', { status: 302 }],
    ['a redirect', status(300), 'KDS_RESPONSE', 'the thing: a redirect', { status: 300 }],
    ['status 399', status(399), 'KDS_RESPONSE', 'the thing: a redirect', { status: 399 }],
    ['a byte too many', body(new Uint8Array(101)), 'KDS_RESPONSE', 'the thing: more than 100 bytes', {}],
    ['no end', endless, 'KDS_RESPONSE', 'the thing: more than 100 bytes', {}],
  ]
  it.each(once)('%s is asked for once', async (_, misbehaviour, code, message, details) => {
    kds.next.push(misbehaviour)
    expect(await failureOf(transport().get())).toEqual({ code, message, details, asked: 1 })
  })

  const again: readonly (readonly [string, Misbehaviour, string, string, object])[] = [
    ['status 429', status(429), 'KDS_RATE_LIMITED', 'the thing: status 429', { status: 429 }],
    ['status 500', status(500), 'KDS_UNAVAILABLE', 'the thing: status 500', { status: 500 }],
    ['status 503', status(503), 'KDS_UNAVAILABLE', 'the thing: status 503', { status: 503 }],
    ['a connection closed', close, 'KDS_UNAVAILABLE', 'the thing: no answer', {}],
    ['an answer cut', cutAfter(answer, 50), 'KDS_UNAVAILABLE', 'the thing: no answer', {}],
  ]
  it.each(again)(
    '%s is asked for again, with longer waits',
    async (_, misbehaviour, code, message, details) => {
      kds.always = misbehaviour
      const { get, waits } = transport()
      expect(await failureOf(get())).toEqual({ code, message, details, asked: 4 })
      expect(waits).toEqual([500, 1000, 2000])
    },
  )

  it.each(again)('%s is forgotten once an answer comes', async (_, misbehaviour) => {
    kds.next.push(misbehaviour, misbehaviour, misbehaviour)
    expect((await transport().get()).bytes).toEqual(answer)
    expect(kds.asked).toHaveLength(4)
  })

  it('is not asked for again where no retries are allowed', async () => {
    kds.always = close
    expect(await failureOf(transport({ maxRetries: 0 }).get())).toMatchObject({ asked: 1 })
  })

  it('is one that is shorter or longer than it says, whatever fetch makes of it', async () => {
    const says = (length: string, headers = {}) =>
      transport({
        fetch: async () => new Response(answer, { headers: { 'content-length': length, ...headers } }),
        maxRetries: 1,
      })
    const cut = { code: 'KDS_UNAVAILABLE', message: 'the thing: the answer was cut' }
    expect(await failureOf(says('99').get())).toMatchObject(cut)
    expect(await failureOf(says('0').get())).toMatchObject(cut)
    // Beyond the limit it is not even read.
    expect(await failureOf(says('101').get())).toMatchObject({ code: 'KDS_RESPONSE' })
    for (const [length, headers] of [
      ['100', {}],
      ['99', { 'content-encoding': 'gzip' }],
      ['x', {}],
    ] as const)
      expect((await says(length, headers).get()).bytes).toEqual(answer)
  })

  it('is one without bytes', async () => {
    const stream = new ReadableStream({
      start: (controller) => {
        controller.enqueue('text')
        controller.close()
      },
    })
    const get = (response: Response) => transport({ fetch: async () => response, maxRetries: 0 }).get()
    expect(await failureOf(get(new Response(stream)))).toMatchObject({
      code: 'KDS_RESPONSE',
      message: 'the thing: the answer is no bytes',
    })
    expect((await get(new Response(null))).bytes.length).toBe(0)
  })

  it('is one that a fetch got by following redirects, or that a browser hides', async () => {
    for (const shown of [{ redirected: true }, { type: 'opaqueredirect', status: 0 }]) {
      const response = new Proxy(new Response('a'), {
        get: (target, key) =>
          Object.hasOwn(shown, key) ? Reflect.get(shown, key) : Reflect.get(target, key),
      })
      const { get } = transport({ fetch: async () => response })
      expect(await failureOf(get())).toMatchObject({ code: 'KDS_RESPONSE', message: 'the thing: a redirect' })
    }
  })
})

describe('a time limit', () => {
  it.each([
    ['the answer', stall],
    ['its body', stallInBody],
  ])('ends the wait for %s', async (_, misbehaviour) => {
    kds.always = misbehaviour
    const { get, waits } = transport({ timeoutMs: 60, maxRetries: 1 })
    // How often was asked is not counted: on a busy machine the time can be over before the request is there.
    expect(await failureOf(get())).toMatchObject({
      code: 'KDS_TIMEOUT',
      message: 'the thing: no whole answer in 60 ms',
      details: {},
    })
    expect(waits).toEqual([500])
  })

  it('ends it even where fetch heeds no signal, and tells it to stop', async () => {
    const signals: (AbortSignal | null | undefined)[] = []
    const { get } = transport({
      fetch: (_, { signal }) => (signals.push(signal), new Promise(() => undefined)),
      timeoutMs: 20,
      maxRetries: 0,
    })
    expect((await failureOf(get())).code).toBe('KDS_TIMEOUT')
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
  })
})

describe('a fetch that does not heed its signal', () => {
  it('is not read from any more once the time is over', async () => {
    let [pulls, cancelled] = [0, 0]
    const drip = (): ReadableStream =>
      new ReadableStream({
        pull: async (stream) => {
          await new Promise((resolve) => setTimeout(resolve, 1))
          pulls += 1
          stream.enqueue(new Uint8Array(0))
        },
        cancel: () => {
          cancelled += 1
          throw new Error('this too may fail')
        },
      })
    const { get } = transport({ fetch: async () => new Response(drip()), timeoutMs: 50, maxRetries: 0 })
    expect((await failureOf(get())).code).toBe('KDS_TIMEOUT')
    await expect.poll(() => cancelled).toBe(1)
    const before = pulls
    await sleep(50, new AbortController().signal)
    expect([pulls - before, cancelled]).toEqual([0, 1])
  })
})

describe('Retry-After', () => {
  it.each([
    ['7', 7000],
    ['Mon, 01 Jun 2026 00:00:09 GMT', 9000],
  ])('%s is waited for, and a little more', async (header, ms) => {
    for (const code of [429, 503]) {
      kds.asked.length = 0
      kds.next.push(status(code, { 'retry-after': header }))
      const { get, waits } = transport()
      expect((await get()).bytes).toEqual(answer)
      expect([code, waits]).toEqual([code, [ms + 500]])
    }
  })

  it('ends the call where it is longer than allowed', async () => {
    const limited = { code: 'KDS_RATE_LIMITED', details: { status: 429, retryAfterMs: 60_000 }, asked: 1 }
    kds.next.push(status(429, { 'retry-after': '60' }))
    expect(await failureOf(transport().get())).toMatchObject(limited)
    kds.asked.length = 0
    kds.next.push(status(429, { 'retry-after': '59' }))
    expect((await transport({ maxWaitMs: 59_500 }).get()).bytes).toEqual(answer)
    kds.asked.length = 0
    kds.next.push(status(429, { 'retry-after': '59' }))
    expect(await failureOf(transport({ maxWaitMs: 59_499 }).get())).toMatchObject({ asked: 1 })
  })

  it('is meant for all that is still wanted, until its time has come', async () => {
    kds.next.push(status(429, { 'retry-after': '100' }))
    const { get, waits, advance } = transport()
    await failureOf(get())
    expect(await failureOf(get())).toEqual({
      code: 'KDS_RATE_LIMITED',
      message: 'the thing: the server asked for a longer wait than is allowed',
      details: { retryAfterMs: 100_000 },
      asked: 1,
    })
    advance(90_000)
    expect((await get()).bytes).toEqual(answer)
    expect(waits).toEqual([10_500])
    advance(10_000)
    await get()
    expect(waits).toEqual([10_500])
  })

  it.each([
    ['999999999', 60_000, 600_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 60_000, 600_000],
    ['601', 60_000, 600_000],
    ['600', 60_000, 600_000],
    ['599', 60_000, 599_000],
    // Whoever allows longer waits is held back for as long.
    ['999999999', 700_000, 700_000],
  ])('%s silences a client with waits of %d ms for %d ms', async (header, maxWaitMs, ms) => {
    kds.next.push(status(503, { 'retry-after': header }))
    const { get, waits, advance } = transport({ maxWaitMs, random: () => 0 })
    // Not even a wait of the very limit is tried: the server named another.
    expect(await failureOf(get())).toMatchObject({ code: 'KDS_UNAVAILABLE', asked: 1 })
    advance(ms - 7)
    expect((await get()).bytes).toEqual(answer)
    expect(waits).toEqual([7])
    await get()
    expect(waits).toEqual([7])
  })

  it('is not made longer by a clock that is set back', async () => {
    kds.next.push(status(429, { 'retry-after': '30' }))
    const { get, waits, advance } = transport()
    await get()
    advance(-1_000_000)
    await get()
    expect(waits).toEqual([30_500, 30_500])
  })

  it('is not made shorter by a later answer', async () => {
    // Two that are under way at one time, answered in this order.
    const seconds = ['100', '1']
    const { get, waits } = transport({
      fetch: async () =>
        new Response('', { status: 429, headers: { 'retry-after': seconds.shift() ?? '0' } }),
    })
    const both = await Promise.allSettled([get(), get()])
    expect(both.map((one) => one.status)).toEqual(['rejected', 'rejected'])
    expect(waits).toEqual([])
  })
})

describe('giving up', () => {
  it('ends a request and a wait', async () => {
    const controller = new AbortController()
    kds.always = (...args) => (controller.abort('enough'), stall(...args))
    expect(await failureOf(transport().get(controller.signal))).toMatchObject({
      code: 'KDS_ABORTED',
      asked: 1,
    })

    kds.asked.length = 0
    kds.always = close
    const waiting = new AbortController()
    const { get } = transport({
      sleep: async (ms, signal) => {
        if (ms === 5000) return sleep(ms, signal)
        waiting.abort()
      },
    })
    expect(await failureOf(get(waiting.signal))).toMatchObject({ code: 'KDS_ABORTED', asked: 1 })
    expect(await failureOf(get(AbortSignal.abort()))).toMatchObject({ code: 'KDS_ABORTED', asked: 1 })
  })
})

describe('clock and chance', () => {
  it.each([NaN, -1, 0.5, undefined])('a clock that says %s is a mistake of the caller', async (time) => {
    await expect(transport({ now: () => time as number }).get()).rejects.toThrow(TypeError)
    await expect(transport({ now: () => time as number }).get()).rejects.toThrow(/^now\(\) must be whole/)
  })

  it.each([NaN, -0.1, 1.1, '0.5'])('so is chance of %s', async (value) => {
    kds.always = close
    await expect(transport({ random: () => value as number }).get()).rejects.toThrow(
      /^random\(\) must be from 0 up to 1$/,
    )
  })
})
