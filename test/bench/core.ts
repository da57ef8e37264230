// The main job: the same chip again, a chip not seen before, reading, and the start of a process.
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { isFilledWith } from '../../src/encoding/bytes.js'
import { measureColdStart } from './cold.js'
import { limitsOf } from './limits.js'
import { type Medians, type TimedCase, interleave, of } from './measure.js'
import { type Sample, readSamples } from './samples.js'
import { type BenchRow, printRows } from './table.js'

export interface CoreOptions {
  readonly rounds: number
  readonly processes: number
}

const warmUpRounds = 300

export async function benchCore({ rounds, processes }: CoreOptions): Promise<void> {
  const samples = await readSamples()
  for (const sample of samples) {
    const medians = await interleave(await casesOf(sample), rounds, Math.min(warmUpRounds, rounds))
    printRows(`${sample.name}: medians of ${rounds} interleaved single calls`, rowsOf(sample, medians))
  }
  const [first] = samples.filter(({ name }) => name.startsWith('Genoa'))
  if (first === undefined) throw new Error('no genuine sample of Genoa')
  printRows(
    `Start of a process, ${first.name}: medians of ${processes} interleaved fresh processes`,
    await measureColdStart(first, processes),
  )
}

const open = { unchecked: 'not measured here' } as const

/** One verification as a service does it: evidence from bytes, then the whole of `verifyEvidence`. */
async function verificationOf(
  { report, leaf, at, crl, api }: Sample,
  withCrl: boolean,
): Promise<(cache: ReturnType<Sample['api']['createEndorsementCache']>) => Promise<void>> {
  const parsed = api.parseReport(report)
  const rule = { crl: 'required', graceDays: 0, minNumbers: open, maxFetchAgeDays: 30 } as const
  const draft = api.policyFromReport(parsed).policy
  const policy = await api.parsePolicy(JSON.stringify({ ...draft, revocation: withCrl ? rule : open }))
  const { reportData } = parsed
  const binding = isFilledWith(reportData, 0)
    ? open
    : api.bindings.reportData(reportData, { freshness: open })
  const crls = withCrl && crl !== null ? [{ crl, fetchedAt: at }] : []
  return async (cache) => {
    const evidence = await api.decodeEvidence(report, 'snp-report', { endorsementKey: leaf, crls })
    const { verdict } = await api.verifyEvidence({ evidence, policy, binding, at, cache })
    // A refusal throws, so a result that is not `accepted` does not exist; the check keeps the call alive.
    if (verdict !== 'accepted') throw new Error('not accepted')
  }
}

async function casesOf(sample: Sample): Promise<readonly TimedCase[]> {
  const limits = await limitsOf(sample)
  const verify = await verificationOf(sample, false)
  const verifyWithCrl = sample.crl === null ? null : await verificationOf(sample, true)
  const warm = sample.api.createEndorsementCache()
  const many = (calls: number, run: () => unknown): Omit<TimedCase, 'name'> => ({
    calls,
    run: () => {
      for (let i = 0; i < calls; i += 1) run()
    },
  })
  return [
    { name: 'L1', run: limits.l1 },
    { name: 'L2', run: limits.l2 },
    { name: 'L2par', run: limits.l2par },
    { name: 'warm', run: () => verify(warm) },
    { name: 'new chip', run: () => verify(sample.api.createEndorsementCache()) },
    ...(verifyWithCrl === null ? [] : [{ name: 'warm with CRL', run: () => verifyWithCrl(warm) }]),
    { name: 'parse report', ...many(10, () => sample.api.parseReport(sample.report)) },
    { name: 'parse VEK', ...many(10, () => parseEndorsementKey(sample.leaf)) },
  ]
}

function rowsOf(sample: Sample, medians: Medians): readonly BenchRow[] {
  const row = (what: string, name: string, to: string, limit: number | null): BenchRow => {
    const time = of(medians, name)
    return { what, ratio: time / of(medians, to), to, limit, time }
  }
  return [
    row('P-384 verification, key at hand (L1)', 'L1', 'L1', null),
    row('key import, RSA-4096, P-384 (L2)', 'L2', 'L1', null),
    row('the same with both under way (L2par)', 'L2par', 'L2', null),
    row('same chip again', 'warm', 'L1', 1.05),
    ...(sample.crl === null ? [] : [row('same chip again, with a CRL', 'warm with CRL', 'L1', null)]),
    row('new chip', 'new chip', 'L2', 1),
    row('new chip', 'new chip', 'L2par', 1.08),
    row('parse report', 'parse report', 'L1', 0.01),
    row('parse VEK', 'parse VEK', 'L1', 0.02),
  ]
}
