import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { gzip } from '../../test/support/containers.js'
import { concat } from '../../test/support/der.js'
import { isVerificationError } from '../errors/error.js'
import { gunzip } from './gzip.js'

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const limits = { code: 'EVIDENCE_MALFORMED', what: 'sample', maxLength: 20_000 } as const

async function problemOf(bytes: Uint8Array, maxLength: number = limits.maxLength): Promise<unknown> {
  try {
    await gunzip(bytes, { ...limits, maxLength })
  } catch (error) {
    if (!isVerificationError(error) || error.code !== 'EVIDENCE_MALFORMED') throw error
    expect(error.message).toBe(`sample is not strict gzip: ${textOf(error.details['problem'])}`)
    return error.details['problem']
  }
  return 'accepted'
}

const content = Uint8Array.from({ length: 5000 }, (_, at) => (at * at) % 251)
const packed = gzip(content)
const changed = (at: number, value: number): Uint8Array =>
  packed.map((byte, index) => (index === at ? value : byte))
const trailer = packed.length - 8
const inside = (...bytes: readonly number[]): Uint8Array =>
  concat(packed.slice(0, trailer), Uint8Array.from(bytes), packed.slice(trailer))

describe('content', () => {
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a byte', Uint8Array.of(7)],
    ['some bytes', content],
    ['as many as may be', new Uint8Array(limits.maxLength)],
  ])('%s', async (_, bytes) => {
    expect(await gunzip(gzip(bytes), limits)).toEqual(bytes)
    for (const level of [0, 1, 9])
      expect(await gunzip(new Uint8Array(gzipSync(bytes, { level })), limits)).toEqual(bytes)
  })

  it('whatever time, level and system the header names', async () => {
    for (const at of [4, 5, 6, 7, 8, 9]) expect(await gunzip(changed(at, 0x55), limits)).toEqual(content)
  })

  it('is out of bytes that may be a view', async () => {
    const view = concat(new Uint8Array(3), packed, new Uint8Array(3)).subarray(3, 3 + packed.length)
    expect(await gunzip(view, limits)).toEqual(content)
  })
})

const header = 'no header'
const data = 'the data cannot be decompressed'

describe('what is refused', () => {
  it.each<[string, unknown, Uint8Array]>([
    ['nothing', header, new Uint8Array()],
    ['17 bytes', header, packed.slice(0, 17)],
    ['18 bytes, none of them data', data, packed.slice(0, 18)],
    ['another first byte', header, changed(0, 0x1e)],
    ['another second byte', header, changed(1, 0x8a)],
    ['another method', header, changed(2, 7)],
    ...[1, 2, 4, 8, 16, 32, 128].map((flag): [string, unknown, Uint8Array] => [
      `flag ${String(flag)}`,
      'more than the plain header',
      changed(3, flag),
    ]),
    ['data of another kind', data, changed(10, 0xff)],
    ['data cut short', data, concat(packed.slice(0, 40), packed.slice(trailer))],
    ['no trailer', data, packed.slice(0, trailer)],
    ['another checksum', 'another checksum comes out', changed(trailer, (packed[trailer] ?? 0) ^ 1)],
    ['another length', 'another length comes out', changed(trailer + 4, (packed[trailer + 4] ?? 0) ^ 1)],
  ])('%s', async (_, problem, bytes) => {
    expect(await problemOf(bytes)).toBe(problem)
  })

  // A strict platform refuses these as data, another one reads past what stands behind.
  it.each<[string, Uint8Array]>([
    ['a byte behind the data', inside(0)],
    ['bytes behind the data', inside(1, 2, 3, 4, 5)],
    ['very many bytes behind the data', inside(...new Uint8Array(60_000))],
    ['a byte behind the trailer', concat(packed, Uint8Array.of(0))],
    ['a second member', concat(packed, packed)],
    ['a first member of nothing', concat(gzip(new Uint8Array()), packed)],
    ['a second member of nothing', concat(packed, gzip(new Uint8Array()))],
  ])('%s', async (_, bytes) => {
    expect([data, 'something stands behind the data']).toContain(await problemOf(bytes))
  })

  it('more than may come out', async () => {
    const max = content.length
    expect(await problemOf(packed, max)).toBe('accepted')
    expect(await problemOf(packed, max - 1)).toBe(`more than ${String(max - 1)} bytes come out`)
    const start = performance.now()
    expect(await problemOf(gzip(new Uint8Array(1 << 26)), 1184)).toBe('more than 1184 bytes come out')
    expect(performance.now() - start).toBeLessThan(5000)
  })
})

describe('a platform without decompression', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('is said to be one', async () => {
    vi.stubGlobal('DecompressionStream', undefined)
    await expect(gunzip(packed, limits)).rejects.toMatchObject({
      code: 'CRYPTO_UNSUPPORTED',
      verdict: 'unverifiable',
      message: 'this platform has no DecompressionStream',
    })
  })
})
