import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseReport } from '../report/report.js'
import { createMemoryStore } from '../store/memory.js'
import type { Store } from '../store/store.js'
import { StoreFullError } from '../store/store.js'
import { type FakeKds, body, close, stall, startFakeKds, status } from '../../test/support/kds.js'
import { LAB_NOW, labCrl, labEvidence, labPki } from '../../test/support/pki.js'
import { labChipId } from '../../test/support/report.js'
import { type KdsClientOptions, createKdsClient } from './client.js'
import { vcekIdOf, vcekUrl } from './url.js'

const milan = labEvidence()
const turin = labEvidence({ line: 'Turin' })
const otherChip = labEvidence({ report: { chipId: labChipId('Milan').map((byte) => byte ^ 1) } })
const otherTcb = labEvidence({ report: { reportedTcb: { bootloader: 1, tee: 0, snp: 1, microcode: 1 } } })
const report = parseReport(milan.report)
const pathOf = (evidence: { readonly report: Uint8Array }) =>
  vcekUrl(parseReport(evidence.report)).slice('https://kdsintf.amd.com'.length)

let kds: FakeKds
beforeAll(async () => {
  kds = await startFakeKds(new Map([milan, turin].map((evidence) => [pathOf(evidence), evidence])))
})
afterAll(() => kds.close())
beforeEach(() => {
  kds.asked.length = 0
  kds.next.length = 0
  kds.always = null
})

function client(stated: Partial<KdsClientOptions> = {}) {
  let time = LAB_NOW.getTime()
  const options: KdsClientOptions = {
    fetch: (url, init) => fetch(url, init),
    now: () => time,
    random: () => 0,
    baseUrl: kds.baseUrl,
    sleep: (ms) => (ms === 10_000 ? new Promise(() => undefined) : Promise.resolve()),
    ...stated,
  }
  return {
    ...createKdsClient(options),
    advance: (ms: number) => {
      time += ms
    },
  }
}
const serverOf = (baseUrl: string): string => createHash('sha256').update(baseUrl).digest('hex').slice(0, 32)
const memory = (maxEntries = 10): Store => createMemoryStore({ maxEntries, now: () => LAB_NOW.getTime() })
/** One that forgets nothing: what stands in it is for the client to judge. */
function plainStore(): Store & { readonly entries: Map<string, Uint8Array>; readonly expiry: number[] } {
  const entries = new Map<string, Uint8Array>()
  const expiry: number[] = []
  return {
    entries,
    expiry,
    get: async (key) => entries.get(key) ?? null,
    setIfAbsent: async (key, value, { expiresAt }) => {
      if (entries.has(key)) return false
      expiry.push(expiresAt)
      entries.set(key, value)
      return true
    },
    take: async (key) => {
      const value = entries.get(key) ?? null
      entries.delete(key)
      return value
    },
    compareAndSet: () => Promise.reject(new Error('not used')),
  }
}

const failure = (code: string, message: string | RegExp) =>
  expect.objectContaining({
    code,
    verdict: 'unverifiable',
    message: expect.stringMatching(message) as unknown,
  })

describe('a client', () => {
  it('fetches the VCEK of a report, or of a chip and its TCB', async () => {
    const { vcek } = client()
    expect(await vcek(report)).toEqual(milan.vek)
    expect(await vcek(vcekIdOf(parseReport(turin.report)))).toEqual(turin.vek)
    expect(kds.asked).toEqual([`GET ${pathOf(milan)}`, `GET ${pathOf(turin)}`])
  })

  it.each(['Milan', 'Genoa', 'Turin'] as const)('fetches chains and CRLs of %s', async (line) => {
    const { ark, ask, asvk } = labPki().lines[line]
    const { chain, crl } = client()
    expect(await chain(line, 'vcek')).toEqual({ intermediate: ask.der, root: ark.der })
    expect(await chain(line, 'vlek')).toEqual({ intermediate: asvk.der, root: ark.der })
    for (const scope of ['vcek', 'vlek'] as const)
      expect(await crl(line, scope)).toEqual({ crl: labCrl(line), fetchedAt: LAB_NOW, scope })
    expect(kds.asked.map((line) => line.split('/').at(-1))).toEqual([
      'cert_chain',
      'cert_chain',
      'crl',
      'crl',
    ])
  })

  it('asks every time where nothing is kept, and gives each caller bytes of its own', async () => {
    const { vcek } = client()
    const first = await vcek(report)
    first.fill(0)
    const [second, third] = await Promise.all([vcek(report), vcek(report)])
    second.fill(0)
    expect(third).toEqual(milan.vek)
    expect(kds.asked).toHaveLength(2)
  })

  it('does not ask for what no report of its kind can have', async () => {
    const { vcek } = client()
    const vlek = parseReport(labEvidence({ signer: 'vlek' }).report)
    await expect(vcek(vlek)).rejects.toMatchObject({ code: 'ENDORSEMENT_MISSING' })
    await expect(vcek({ product: 'Rome' } as never)).rejects.toThrow(TypeError)
    await expect(client().crl('Milan', 'x' as never)).rejects.toThrow(TypeError)
    expect(kds.asked).toEqual([])
  })

  it.each([
    ['fetch', { fetch: undefined }, /^fetch must be a function$/],
    ['now', { now: 1 }, /^now must be a function$/],
    ['random', { random: null }, /^random must be a function$/],
    ['baseUrl', { baseUrl: 'x' }, /^baseUrl must/],
    ['timeoutMs', { timeoutMs: 0 }, /^timeoutMs must be an integer from 1 to 2147483647$/],
    ['timeoutMs', { timeoutMs: 2 ** 31 }, /^timeoutMs must/],
    ['maxRetries', { maxRetries: -1 }, /^maxRetries must be an integer from 0/],
    ['maxWaitMs', { maxWaitMs: Infinity }, /^maxWaitMs must/],
    ['notFoundMs', { notFoundMs: 0.5 }, /^notFoundMs must/],
    ['crlMaxAgeMs', { crlMaxAgeMs: NaN }, /^crlMaxAgeMs must/],
  ])('takes no wrong %s', (_, stated, message) => {
    expect(() => client(stated as never)).toThrow(TypeError)
    expect(() => client(stated as never)).toThrow(message)
  })

  it('is frozen', () => {
    const made = createKdsClient({
      fetch,
      now: Date.now,
      random: Math.random,
      timeoutMs: 2 ** 31 - 1,
      maxWaitMs: 0,
    })
    expect(Object.isFrozen(made)).toBe(true)
  })
})

describe('a lie', () => {
  it.each([
    ['another chip', () => otherChip.vek, /^the VCEK of a Milan chip: the answer is that of another chip$/],
    ['a page', () => '<html>', /^the VCEK of a Milan chip: the answer is none: /],
    ['a byte more', () => new Uint8Array(16_385), /^the VCEK of a Milan chip: more than 16384 bytes$/],
  ])('is not handed on, and not kept: %s', async (_, lie, message) => {
    kds.always = body(lie(), { 'content-type': 'application/pkix-cert' })
    const store = plainStore()
    await expect(client({ store }).vcek(report)).rejects.toEqual(failure('KDS_RESPONSE', message))
    expect([kds.asked.length, store.entries.size]).toEqual([1, 0])
  })

  it('has a size of its own per kind of document', async () => {
    kds.next.push(body(new Uint8Array(65_537)), body(new Uint8Array(1024 * 1024 - 7)))
    await expect(client().chain('Milan', 'vcek')).rejects.toEqual(
      failure('KDS_RESPONSE', /more than 65536 bytes$/),
    )
    await expect(client().crl('Milan', 'vcek')).rejects.toEqual(
      failure('KDS_RESPONSE', /more than 1048568 bytes$/),
    )
  })
})

describe('single flight', () => {
  it('asks once for all that want one thing at one time', async () => {
    const { vcek, crl } = client()
    const all = await Promise.all([
      ...Array.from({ length: 20 }, () => vcek(report)),
      ...Array.from({ length: 20 }, async () => (await crl('Milan', 'vcek')).crl),
    ])
    expect(all.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => milan.vek))
    expect(kds.asked).toHaveLength(2)
    await vcek(report)
    expect(kds.asked).toHaveLength(3)
  })

  it('shares a failure, and nobody inherits it later', async () => {
    kds.next.push(status(400))
    const { vcek } = client()
    const both = await Promise.allSettled([vcek(report), vcek(report)])
    expect(both).toEqual(Array(2).fill({ status: 'rejected', reason: failure('KDS_RESPONSE', /400/) }))
    expect(await vcek(report)).toEqual(milan.vek)
    expect(kds.asked).toHaveLength(2)
  })

  it('lets one give up and the others go on', async () => {
    const controller = new AbortController()
    const { vcek } = client()
    const [given, kept] = [vcek(report, { signal: controller.signal }), vcek(report)]
    controller.abort()
    await expect(given).rejects.toEqual(failure('KDS_ABORTED', /^the caller gave up$/))
    expect(await kept).toEqual(milan.vek)
    expect(kds.asked.length).toBeLessThanOrEqual(1)
  })

  it('ends the request with the last who waits, and starts anew for the next', async () => {
    const controller = new AbortController()
    const signals: (AbortSignal | null | undefined)[] = []
    kds.next.push((...args) => (controller.abort(), stall(...args)))
    const { vcek } = client({ fetch: (url, init) => (signals.push(init.signal), fetch(url, init)) })
    const asked = { signal: controller.signal }
    const gone = await Promise.allSettled([vcek(report, asked), vcek(report, asked)])
    expect(gone.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
    expect(await vcek(report)).toEqual(milan.vek)
    expect(signals).toHaveLength(2)
  })

  it('asks nothing for one who gave up before', async () => {
    await expect(client().vcek(report, { signal: AbortSignal.abort() })).rejects.toEqual(
      failure('KDS_ABORTED', /./),
    )
    expect(kds.asked).toEqual([])
  })
})

describe('what is kept', () => {
  it('answers for the same chip and TCB alone', async () => {
    const store = memory()
    expect(await client({ store }).vcek(report)).toEqual(milan.vek)
    expect(await client({ store }).vcek(report)).toEqual(milan.vek)
    expect(kds.asked).toHaveLength(1)
    await expect(client({ store }).vcek(parseReport(otherChip.report))).rejects.toEqual(
      failure('KDS_NOT_FOUND', /./),
    )
    await expect(client({ store }).vcek(parseReport(otherTcb.report))).rejects.toEqual(
      failure('KDS_NOT_FOUND', /./),
    )
    await client({ store }).chain('Milan', 'vcek')
    await client({ store }).chain('Milan', 'vcek')
    expect(kds.asked).toHaveLength(4)
  })

  it('answers for the same server alone', async () => {
    const store = memory()
    const proxy = 'https://proxy.example'
    const ask = (url: string) => fetch(url.replace(proxy, kds.baseUrl))
    const through = { store, baseUrl: proxy, fetch: ask }
    const forged = labEvidence({ chain: 'attacker' })
    kds.next.push(body(forged.vek))
    expect(await client(through).vcek(report)).toEqual(forged.vek)
    expect(await client({ store }).vcek(report)).toEqual(milan.vek)
    // The same base in another spelling is the same server.
    expect(await client({ ...through, baseUrl: `${proxy}:443/` }).vcek(report)).toEqual(forged.vek)
    expect(kds.asked).toHaveLength(2)
    // A key of the store has room for any base.
    kds.next.push(body(milan.vek))
    expect(await client({ ...through, baseUrl: `${proxy}/${'x'.repeat(2000)}` }).vcek(report)).toEqual(
      milan.vek,
    )
  })

  it('is asked for anew on demand, and replaced', async () => {
    const store = memory()
    const forged = labEvidence({ chain: 'attacker' })
    kds.next.push(body(forged.vek))
    const { vcek } = client({ store })
    // The names are right: only verification can tell.
    expect(await vcek(report)).toEqual(forged.vek)
    expect(await vcek(report)).toEqual(forged.vek)
    expect(await vcek(report, { refresh: true })).toEqual(milan.vek)
    expect(await vcek(report)).toEqual(milan.vek)
    expect(kds.asked).toHaveLength(2)
  })

  it('does not answer one who wants it anew at the same time', async () => {
    const store = memory()
    const { vcek } = client({ store })
    await vcek(report)
    await Promise.all([vcek(report), vcek(report, { refresh: true }), vcek(report, { refresh: true })])
    expect(kds.asked).toHaveLength(2)
  })

  it('keeps the time at which a CRL was fetched, and the CRL for six hours', async () => {
    const store = plainStore()
    const made = client({ store })
    await made.crl('Milan', 'vcek')
    expect(store.expiry).toEqual([LAB_NOW.getTime() + 6 * 3_600_000])
    made.advance(6 * 3_600_000 - 1)
    expect((await made.crl('Milan', 'vcek')).fetchedAt).toEqual(LAB_NOW)
    // One kind does not answer for the other: AMD publishes both.
    await made.crl('Milan', 'vlek')
    expect(kds.asked).toHaveLength(2)
    made.advance(1)
    expect((await made.crl('Milan', 'vcek')).fetchedAt.getTime()).toBe(LAB_NOW.getTime() + 6 * 3_600_000)
    expect(kds.asked).toHaveLength(3)
  })

  it('is no CRL that has ended: an old one is handed on as it came, for verification to refuse', async () => {
    const old = labCrl('Milan', { thisUpdate: new Date('2024-01-01T00:00:00Z'), nextUpdate: LAB_NOW })
    kds.always = body(old)
    const store = plainStore()
    expect(await client({ store }).crl('Milan', 'vcek')).toEqual({
      crl: old,
      fetchedAt: LAB_NOW,
      scope: 'vcek',
    })
    expect(store.entries.size).toBe(0)
    const soon = labCrl('Milan', { nextUpdate: new Date(LAB_NOW.getTime() + 1000) })
    kds.always = body(soon)
    const made = client({ store })
    await made.crl('Milan', 'vcek')
    expect(store.expiry).toEqual([LAB_NOW.getTime() + 1000])
    made.advance(999)
    await made.crl('Milan', 'vcek')
    expect(kds.asked).toHaveLength(2)
    made.advance(1)
    await made.crl('Milan', 'vcek')
    expect(kds.asked).toHaveLength(3)
  })

  it('stays no longer for the time that it spent in another cache', async () => {
    const store = plainStore()
    kds.next.push(body(labCrl('Milan'), { age: '3600' }))
    expect((await client({ store }).crl('Milan', 'vcek')).fetchedAt.getTime()).toBe(
      LAB_NOW.getTime() - 3_600_000,
    )
    expect(store.expiry).toEqual([LAB_NOW.getTime() + 5 * 3_600_000])
    kds.next.push(body(labCrl('Genoa'), { age: '21600' }))
    await client({ store }).crl('Genoa', 'vcek')
    expect(store.entries.size).toBe(1)
  })

  it.each([
    ['too short', () => new Uint8Array(7)],
    ['no document', () => new Uint8Array(8)],
    ['another document', () => Buffer.concat([new Uint8Array(8), otherChip.vek])],
    ['of a time to come', (good: Uint8Array) => ((good[5]! += 1), good)],
    ['cut', (good: Uint8Array) => good.slice(0, -1)],
  ])('is not used if it is %s', async (_, damage) => {
    const store = plainStore()
    await client({ store }).vcek(report)
    const [[key, value] = []] = store.entries
    expect(key).toBe(`attested/kds/1/${serverOf(kds.baseUrl)}${pathOf(milan)}`)
    store.entries.set(key ?? '', new Uint8Array(damage(value?.slice() ?? new Uint8Array())))
    expect(await client({ store }).vcek(report)).toEqual(milan.vek)
    expect(kds.asked).toHaveLength(2)
    // And it is replaced.
    expect(await client({ store }).vcek(report)).toEqual(milan.vek)
    expect(kds.asked).toHaveLength(2)
  })

  it('is nothing where the store is full; any other failure of the store is told', async () => {
    const full: Store = { ...plainStore(), setIfAbsent: () => Promise.reject(new StoreFullError()) }
    expect(await client({ store: full }).vcek(report)).toEqual(milan.vek)
    const broken = new Error('connection lost')
    for (const member of ['get', 'take', 'setIfAbsent'] as const) {
      const store: Store = { ...plainStore(), [member]: () => Promise.reject(broken) }
      await expect(client({ store }).vcek(report)).rejects.toBe(broken)
    }
  })
})

describe('what is not found', () => {
  const missing = parseReport(otherChip.report)

  it('is not asked for again within a minute', async () => {
    const { vcek, advance } = client()
    await expect(vcek(missing)).rejects.toEqual(failure('KDS_NOT_FOUND', /: status 404$/))
    advance(59_999)
    await expect(vcek(missing)).rejects.toEqual(failure('KDS_NOT_FOUND', /: not found a moment ago$/))
    expect(await vcek(report)).toEqual(milan.vek)
    expect(kds.asked).toHaveLength(2)
    advance(1)
    await expect(vcek(missing)).rejects.toEqual(failure('KDS_NOT_FOUND', /: status 404$/))
    expect(kds.asked).toHaveLength(3)
    // Nor does a clock that was set back make it stand longer.
    advance(-60_000)
    await expect(vcek(missing)).rejects.toEqual(failure('KDS_NOT_FOUND', /: status 404$/))
  })

  it('is asked for again on demand, and then known', async () => {
    kds.next.push(status(404))
    const { vcek } = client()
    await expect(vcek(report)).rejects.toEqual(failure('KDS_NOT_FOUND', /./))
    await vcek(report, { refresh: true })
    expect(await vcek(report)).toEqual(milan.vek)
  })

  it('is asked for each time where that is wanted, and after any other failure', async () => {
    const eager = client({ notFoundMs: 0 })
    await expect(eager.vcek(missing)).rejects.toEqual(failure('KDS_NOT_FOUND', /404/))
    await expect(eager.vcek(missing)).rejects.toEqual(failure('KDS_NOT_FOUND', /404/))
    kds.next.push(close)
    const { vcek } = client({ maxRetries: 0 })
    await expect(vcek(report)).rejects.toEqual(failure('KDS_UNAVAILABLE', /./))
    expect(await vcek(report)).toEqual(milan.vek)
  })
})
