// Whole evidence with something changed in it, through the lab verifier: whatever is accepted has signed bytes and an
// endorsement key that were made so, and says what they say. Everything else is refused, never thrown.
import { expect, test } from 'vitest'
import type { PolicyDocument } from '../../src/appraisal/document.js'
import { createEndorsementCache } from '../../src/endorsement/cache.js'
import { partsOfEvidence } from '../../src/evidence/evidence.js'
import { type EvidenceExtras, decodeEvidence } from '../../src/evidence/evidence.js'
import type { EvidenceFormat } from '../../src/evidence/container.js'
import { VerificationError } from '../../src/errors/error.js'
import { sha256Hex } from '../../src/crypto/digests.js'
import { equalBytes } from '../../src/encoding/bytes.js'
import { inputOf, labVerifier, policyOf } from '../support/lab-verifier.js'
import { concat, toHex } from '../support/der.js'
import { LAB_NOW } from '../support/pki.js'
import { SIGNED_SIZE } from '../support/report.js'
import { mutate } from './mutate.js'
import { type Mutator, mutateDer, mutateInPlace, mutateJson } from './mutate-structured.js'
import { randomFrom } from './random.js'
import { type Seeds, crls, leaves, labSeeds } from './seeds.js'
import { fuzzRuns, fuzzSeed } from './settings.js'

/** Which signed bytes go with which leaf, by digest. */
const genuine = new Map(
  labSeeds.map(({ report, vek }) => [sha256Hex(report.subarray(0, SIGNED_SIZE)), toHex(vek)]),
)
const labLeaves = leaves.slice(0, labSeeds.length)
const tables = labSeeds.map(({ report, table }) => concat(report, table))
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const tsmReports = labSeeds.map(({ report, table }) =>
  new TextEncoder().encode(
    JSON.stringify({ outblob: base64(report), auxblob: base64(table), provider: 'sev_guest' }),
  ),
)
const lab = labSeeds[1] ?? labSeeds[0]!

interface Way {
  readonly name: string
  readonly format: EvidenceFormat
  readonly seeds: Seeds
  readonly mutator: Mutator
  /** What is decoded, and what beside it, given the mutated bytes. */
  readonly place: (bytes: Uint8Array) => readonly [container: Uint8Array, extras: EvidenceExtras]
  readonly stated?: Partial<PolicyDocument>
  /** Only the seeds themselves are accepted: nothing else in the input could change. */
  readonly exact?: boolean
}

const ways: readonly Way[] = [
  {
    name: 'the report',
    format: 'snp-report',
    seeds: labSeeds.map(({ report }) => report),
    mutator: mutateInPlace,
    place: (bytes) => [
      bytes,
      { endorsementKey: labLeaves.find((_, index) => bytes[0] === labSeeds[index]?.report[0]) ?? lab.vek },
    ],
  },
  {
    name: 'the endorsement key',
    format: 'snp-report',
    seeds: labLeaves,
    mutator: mutateDer,
    place: (bytes) => [lab.report, { endorsementKey: bytes }],
  },
  {
    name: 'the report and its table',
    format: 'snp-report+cert-table',
    seeds: tables,
    mutator: mutateInPlace,
    place: (bytes) => [bytes, {}],
  },
  {
    name: 'a TSM report',
    format: 'tsm',
    seeds: tsmReports,
    mutator: mutateJson,
    place: (bytes) => [bytes, {}],
  },
  {
    name: 'an intermediate or root',
    format: 'snp-report',
    seeds: [lab.ask, lab.ark],
    mutator: mutateDer,
    place: (bytes) => [lab.report, { endorsementKey: lab.vek, certificates: [bytes] }],
    exact: true,
  },
  {
    name: 'a CRL',
    format: 'snp-report',
    seeds: crls.slice(0, 3),
    mutator: mutateDer,
    place: (bytes) => [lab.report, { endorsementKey: lab.vek, crls: [{ crl: bytes, fetchedAt: LAB_NOW }] }],
    stated: { revocation: { crl: 'required', graceDays: 0, minNumbers: { Milan: 7 }, maxFetchAgeDays: 30 } },
    exact: true,
  },
]

test.each(ways)('$name changed', async ({ format, seeds, mutator, place, stated, exact = false }) => {
  const random = randomFrom(fuzzSeed)
  const policy = await policyOf(stated)
  const cache = createEndorsementCache({ max: 2 })
  const outcomes = new Map<string, number>()
  const judge = async (bytes: Uint8Array, cached: boolean): Promise<string> => {
    const [container, extras] = place(bytes)
    const evidence = await decodeEvidence(container, format, extras)
    const input = await inputOf(evidence, { policy, ...(cached ? { cache } : {}) })
    const outcome = await labVerifier.appraiseEvidence(input)
    if (outcome.verdict !== 'accepted') return outcome.code
    const { evidenceDigest, report } = outcome.verified
    const leaf = genuine.get(evidenceDigest)
    if (exact && !seeds.some((seed) => equalBytes(seed, bytes)))
      throw new Error('accepted with changed bytes')
    if (leaf === undefined) throw new Error('accepted bytes that nobody signed')
    if (!partsOfEvidence(evidence).leaves.some(({ der }) => toHex(der) === leaf))
      throw new Error('accepted without the key')
    const signed = labSeeds.find((one) => sha256Hex(one.report.subarray(0, SIGNED_SIZE)) === evidenceDigest)
    expect(toHex(report.measurement)).toBe(toHex(signed?.report.subarray(0x90, 0xc0) ?? container))
    return 'accepted'
  }
  for (const seed of seeds)
    expect(await judge(seed, true)).toMatch(
      /^(accepted|ENDORSEMENT_\w+|SIGNATURE_INVALID|REVOCATION_MISSING)$/,
    )
  for (let run = 0; run * 8 < fuzzRuns; run += 1) {
    const bytes = (run % 4 === 0 ? mutate : mutator)(random, seeds)
    const outcome = await judge(bytes, run % 2 === 0).catch((error: unknown) => {
      if (error instanceof VerificationError) return error.code
      throw new Error(`run ${run}: ${toHex(bytes)}`, { cause: error })
    })
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  expect([...outcomes.keys()].filter((outcome) => outcome !== 'accepted').length).toBeGreaterThan(1)
})
