// The proxy in docs/kds-proxy.md is run: its code is what the page shows.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createKdsClient } from '../../src/kds/client.js'
import { vcekUrl } from '../../src/kds/url.js'
import { parseReport } from '../../src/report/report.js'
import { body, startFakeKds, status } from '../support/kds.js'
import type { FakeKds } from '../support/kds.js'
import { LAB_NOW, labCrl, labEvidence, labPki } from '../support/pki.js'
import { repositoryRoot } from '../support/real-folder.js'

const page = readFileSync(join(repositoryRoot(), 'docs/kds-proxy.md'), 'utf8')
const [, code = ''] = /^```js\n([^]*?)^```$/m.exec(page) ?? []

interface Worker {
  readonly fetch: (
    request: Request,
    env: { readonly KDS: string },
    context: { readonly waitUntil: (work: Promise<unknown>) => void },
  ) => Promise<Response>
}

const milan = labEvidence()
const turin = labEvidence({ line: 'Turin' })
const report = parseReport(milan.report)
const pathOf = (evidence: { readonly report: Uint8Array }) =>
  vcekUrl(parseReport(evidence.report)).slice('https://kdsintf.amd.com'.length)

let kds: FakeKds
let worker: Worker
beforeAll(async () => {
  kds = await startFakeKds(new Map([milan, turin].map((one) => [pathOf(one), one])))
  const folder = join(repositoryRoot(), '.build/kds-proxy')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'worker.mjs'), code)
  worker = ((await import(join(folder, 'worker.mjs'))) as { default: Worker }).default
})
afterAll(() => kds.close())
beforeEach(() => {
  kds.asked.length = 0
  kds.next.length = 0
})

const waiting: Promise<unknown>[] = []
const call = (path: string, init: RequestInit = {}) =>
  worker.fetch(
    new Request(`https://kds.example${path}`, init),
    { KDS: kds.baseUrl },
    {
      waitUntil: (work) => void waiting.push(work),
    },
  )

/** A client that knows no other way than through the proxy. */
const client = () =>
  createKdsClient({
    fetch: (url, { redirect: _, credentials: __, cache: ___, ...init }) =>
      call(url.slice('https://kds.example'.length), init),
    now: () => LAB_NOW.getTime(),
    random: () => 0,
    sleep: (ms) => (ms === 10_000 ? new Promise(() => undefined) : Promise.resolve()),
    baseUrl: 'https://kds.example',
    maxRetries: 1,
  })

describe('the proxy of the documentation', () => {
  it('is about thirty lines', () => {
    expect(code.split('\n').length).toBeLessThan(36)
  })

  it('serves a client all that it asks for', async () => {
    const { vcek, chain, crl } = client()
    expect(await vcek(report)).toEqual(milan.vek)
    expect(await vcek(parseReport(turin.report))).toEqual(turin.vek)
    const { ark, asvk } = labPki().lines.Genoa
    expect(await chain('Genoa', 'vlek')).toEqual({ intermediate: asvk.der, root: ark.der })
    expect((await crl('Milan', 'vcek')).crl).toEqual(labCrl('Milan'))
  })

  it('lets a page read the answer, and when to come again', async () => {
    kds.next.push(status(429, { 'retry-after': '77' }))
    const { headers, status: code } = await call('/vcek/v1/Milan/crl')
    expect(code).toBe(429)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-expose-headers')).toBe('retry-after, age')
    expect(headers.get('retry-after')).toBe('77')
    kds.next.push(status(429, { 'retry-after': '77' }))
    await expect(client().vcek(report)).rejects.toMatchObject({
      code: 'KDS_RATE_LIMITED',
      details: { retryAfterMs: 77_000 },
    })
  })

  it.each([
    '/',
    '/vcek/v1/Rome/crl',
    '/vcek/v1/Milan/crl?x=1',
    '/vcek/v1/Milan/cert',
    '/vlek/v1/Milan/cert?blSPL=1&teeSPL=1&snpSPL=1&ucodeSPL=1',
    '/x/vcek/v1/Milan/crl',
    '/vcek/v1/Milan/%2e%2e/crl',
    pathOf(milan).replace('?', '00?'),
    pathOf(milan).split('?')[0] ?? '',
    `${pathOf(milan)}&x=1`,
    pathOf(milan).replace('snpSPL=', 'snpSPL=1111'),
  ])('passes on no %s', async (path) => {
    expect((await call(path)).status).toBe(403)
    expect(kds.asked).toEqual([])
  })

  it('passes on nothing but questions', async () => {
    expect((await call('/vcek/v1/Milan/crl', { method: 'POST', body: 'x' })).status).toBe(403)
    expect(kds.asked).toEqual([])
  })

  it('follows nothing, and says what is not there', async () => {
    kds.next.push(status(302, { location: 'https://elsewhere.example' }))
    expect((await call('/vcek/v1/Milan/crl')).status).toBe(502)
    kds.next.push(status(404))
    await expect(client().vcek(report)).rejects.toMatchObject({ code: 'KDS_NOT_FOUND' })
  })

  it('keeps certificates where the runtime has a cache, and never a CRL', async () => {
    const kept = new Map<string, Response>()
    vi.stubGlobal('caches', {
      default: {
        match: async (url: string) => kept.get(url)?.clone(),
        put: async (url: string, response: Response) => void kept.set(url, response),
      },
    })
    for (let time = 0; time < 2; time += 1) {
      expect(await client().vcek(report)).toEqual(milan.vek)
      await Promise.all(waiting)
      const { headers } = await call('/vcek/v1/Milan/crl')
      expect(headers.get('cache-control')).toBe('no-store')
    }
    expect(kds.asked.map((line) => line.includes('/crl'))).toEqual([false, true, true])
    expect([...kept.values()].map(({ headers }) => headers.get('cache-control'))).toEqual([
      'public, max-age=2592000',
    ])
    // What was refused is not kept.
    kds.next.push(status(404), body(turin.vek))
    await call(pathOf(turin))
    expect((await call(pathOf(turin))).status).toBe(200)
  })
})
