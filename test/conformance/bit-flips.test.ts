// Single-bit flips of a genuine report are refused, with the code of a committed table: every one in CI, otherwise every
// fifth and those at the ends of each region. The policy is made from
// the very report, so nothing of it could be the first to refuse: what appraisal would say comes after the signature.
import { describe, expect, it } from 'vitest'
import { policyFromReport } from '../../src/appraisal/from-report.js'
import { parsePolicy } from '../../src/appraisal/policy.js'
import { bindings } from '../../src/binding/forms.js'
import { createEndorsementCache } from '../../src/endorsement/cache.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { parseReport } from '../../src/report/report.js'
import { appraiseEvidence } from '../../src/verify/amd.js'
import { GENUINE_AT, genuineGenoa } from '../support/genuine-genoa.js'
import { every, inCi, sampleOf } from '../support/sampling.js'
import { regions } from './bit-flips-regions.js'

const { report, leaf } = genuineGenoa()
const bitCount = 8 * report.length

async function makeJudge(): Promise<(bytes: Uint8Array) => Promise<string>> {
  const parsed = parseReport(report)
  const policy = await parsePolicy(JSON.stringify(policyFromReport(parsed, { endorsementKey: leaf }).policy))
  const fixed = {
    policy,
    binding: bindings.reportData(parsed.reportData, { freshness: { unchecked: 'a stored sample' } }),
    at: GENUINE_AT,
    // The leaf is never touched: without it most of the time would go into reading the same certificate.
    cache: createEndorsementCache(),
  }
  return async (bytes) => {
    const evidence = await decodeEvidence(bytes, 'snp-report', { endorsementKey: leaf })
    const outcome = await appraiseEvidence({ ...fixed, evidence })
    return outcome.verdict === 'accepted' ? 'accepted' : outcome.code
  }
}

const flip = (bit: number): Uint8Array => {
  const bytes = report.slice()
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return bytes
}

describe('a genuine report with one bit flipped', () => {
  it('has a table that says something of every bit, and of each once', () => {
    expect(report).toHaveLength(0x4a0)
    const ends = [0, ...regions.map(({ to }) => to)]
    expect(regions.map(({ from }) => from)).toEqual(ends.slice(0, -1))
    expect(ends.at(-1)).toBe(9472)
    expect(regions.every(({ from, to }) => from < to)).toBe(true)
  })

  // Five and eight have no common factor, so that each bit of a byte has its turn.
  const sampled = sampleOf(
    Array.from({ length: bitCount }, (_, bit) => bit),
    5,
  )
  const bits = [...new Set([...sampled, ...regions.flatMap(({ from, to }) => [from, to - 1])])]

  it(`is refused, with the code of the table: ${every('fifth')} bit`, async () => {
    const judge = await makeJudge()
    expect(await judge(report)).toBe('accepted')
    const wrong: string[] = []
    let refused = 0
    const batch = 128
    for (let start = 0; start < bits.length; start += batch) {
      const some = bits.slice(start, start + batch)
      const codes = await Promise.all(some.map((bit) => judge(flip(bit))))
      some.forEach((bit, index) => {
        const code = codes[index] ?? 'no answer'
        const region = regions.find(({ from, to }) => from <= bit && bit < to)
        if (code !== 'accepted') refused += 1
        if (code !== region?.code)
          wrong.push(`0x${(bit >> 3).toString(16)} bit ${bit & 7}: ${code}, not ${region?.code}`)
      })
    }
    expect(wrong).toEqual([])
    expect(refused).toBe(inCi ? 9472 : bits.length)
  })
})
