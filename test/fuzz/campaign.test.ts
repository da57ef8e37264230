// The fuzzer finds what is planted: a fuzzer that could find nothing would be as quiet as a good library.
import { expect, test } from 'vitest'
import { VerificationError } from '../../src/errors/error.js'
import { concat } from '../support/der.js'
import { labEvidence } from '../support/pki.js'
import { feed } from './campaign.js'
import { judge } from './judge.js'
import type { Target } from './targets.js'
import { evidenceTargets } from './ways.js'

const seed = Uint8Array.from({ length: 40 }, (_, index) => index)
const planted = (run: Target['run'], seeds = [seed]): Target => ({
  name: 'planted',
  seeds,
  codes: /^DER_/,
  run,
})

async function problems(target: Target, seconds = 0.05): Promise<readonly string[]> {
  const { findings, inputs } = await feed(target, 1, { seconds }, () => undefined)
  expect(inputs).toBeGreaterThan(0)
  return [...new Set(findings.map(({ problem }) => problem))]
}

test('nothing in a target that refuses as it should', async () => {
  const target = planted((bytes) => {
    if (bytes[0] !== 0) throw new VerificationError('DER_TRUNCATED', 'planted')
  })
  expect(await problems(target)).toEqual([])
})

test('another error', async () => {
  const rare = planted((bytes) => {
    if (bytes[7] === 0xff) throw new RangeError('planted')
  })
  expect(await problems(rare, 0.2)).toEqual(['RangeError: planted'])
})

test('an error after a while', async () => {
  const later = planted(async (bytes) => {
    await Promise.resolve()
    if (bytes[7] === 0xff) throw new TypeError('planted')
  })
  expect(await problems(later, 0.2)).toEqual(['TypeError: planted'])
})

test('a code that the target does not say', async () => {
  const target = planted((bytes) => {
    if (bytes.length !== 40) throw new VerificationError('CHAIN_SIGNATURE', 'planted')
  })
  expect(await problems(target)).toEqual(['code CHAIN_SIGNATURE: planted'])
})

test('a refusal that holds the document', async () => {
  const target = planted((bytes) => {
    throw new VerificationError('DER_LIMIT', 'planted', { all: 'x'.repeat(3000 + bytes.length) })
  })
  expect(await problems(target)).toContain('long refusal: DER_LIMIT')
})

test('an input that takes long', async () => {
  const target = planted((bytes) => {
    const start = process.cpuUsage()
    const spent = (): number => {
      const { user, system } = process.cpuUsage(start)
      return user + system
    }
    while (bytes.length !== 40 && spent() < 260_000);
  })
  expect((await problems(target, 0.1)).join()).toMatch(/^took 2[67]\d ms/)
}, 60_000)

test('memory that is kept', async () => {
  const kept: Uint8Array[] = []
  const target = planted(() => {
    if (kept.length < 1000) kept.push(new Uint8Array(64 * 1024))
  })
  expect((await problems(target, 0.3)).join()).toMatch(/^keeps \d+ MB$/)
})

test('a seed that is written to', async () => {
  const target = planted((bytes) => bytes.fill(99, 3, 4), [seed.slice()])
  expect(await problems(target)).toContain('a seed was written to')
})

test('evidence that is accepted, and that no seed is', async () => {
  const ways = await evidenceTargets()
  const other = labEvidence({ report: { guestSvn: 7 } })
  const bugOf = async (name: string, bytes: Uint8Array): Promise<string | null> => {
    const way = ways.find((one) => one.name.includes(name))
    if (way === undefined) throw new Error(`no way ${name}`)
    return (await judge(way, bytes)).bug
  }
  expect(await bugOf('report and its table', concat(other.report, other.table))).toMatch(/nobody signed/)
  // The same key in another certificate of the same authority.
  const again = labEvidence({ vek: { notAfter: new Date('2032-01-01T00:00:00Z') } })
  expect(await bugOf('endorsement key', again.vek)).toMatch(/without the key/)
})
