// Whole evidence with something changed in it, through the lab verifier: whatever is accepted has signed bytes, a
// signature and an endorsement key that were made so, and says what they say. All else must be refused.
import type { PolicyDocument } from '../../src/appraisal/document.js'
import type { Policy } from '../../src/appraisal/policy.js'
import { sha256Hex } from '../../src/crypto/digests.js'
import { equalBytes } from '../../src/encoding/bytes.js'
import { type EndorsementCache, createEndorsementCache } from '../../src/endorsement/cache.js'
import type { EvidenceFormat } from '../../src/evidence/container.js'
import { type EvidenceExtras, decodeEvidence, partsOfEvidence } from '../../src/evidence/evidence.js'
import { concat } from '../support/der.js'
import { inputOf, labVerifier, policyOf } from '../support/lab-verifier.js'
import { LAB_NOW } from '../support/pki.js'
import { SIGNED_SIZE } from '../support/report.js'
import { type Mutator, mutateDer, mutateInPlace, mutateJson } from './mutate-structured.js'
import { agentBody } from '../support/agent-2cvm.js'
import { type Seeds, crls, directories, filesOf, labSeeds, leaves } from './seeds.js'
import type { Target } from './targets.js'

/** Which evidence signed bytes belong to, by digest. */
const genuine = new Map(labSeeds.map((one) => [sha256Hex(one.report.subarray(0, SIGNED_SIZE)), one]))
const labLeaves = leaves.slice(0, labSeeds.length)
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
  readonly place: (
    bytes: Uint8Array,
  ) => readonly [container: Uint8Array | ReadonlyMap<string, Uint8Array>, extras: EvidenceExtras]
  readonly stated?: Partial<PolicyDocument>
  /** Only the seeds themselves are accepted. Containers have parts that mean nothing, and those may change. */
  readonly exact: boolean
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
    exact: true,
  },
  {
    name: 'the endorsement key',
    format: 'snp-report',
    seeds: labLeaves,
    mutator: mutateDer,
    place: (bytes) => [lab.report, { endorsementKey: bytes }],
    exact: true,
  },
  {
    name: 'the report and its table',
    format: 'snp-report+cert-table',
    seeds: labSeeds.map(({ report, table }) => concat(report, table)),
    mutator: mutateInPlace,
    place: (bytes) => [bytes, {}],
    exact: false,
  },
  {
    name: 'a TSM report',
    format: 'tsm',
    seeds: tsmReports,
    mutator: mutateJson,
    place: (bytes) => [bytes, {}],
    exact: false,
  },
  {
    name: 'a TSM directory',
    format: 'tsm-dir',
    seeds: directories.slice(0, labSeeds.length),
    mutator: mutateJson,
    place: (bytes) => [filesOf(bytes), {}],
    exact: false,
  },
  {
    name: 'the answer of an agent',
    format: '2cvm-agent',
    seeds: [agentBody(lab.report)],
    mutator: mutateJson,
    place: (bytes) => [bytes, { endorsementKey: lab.vek }],
    exact: false,
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

/** What is accepted is what was made, whole: the report with its signature, and its key. */
function requireGenuine(
  digest: string,
  measurement: Uint8Array,
  { report, leaves: found }: ReturnType<typeof partsOfEvidence>,
): void {
  const made = genuine.get(digest)
  if (made === undefined) throw new Error('accepted bytes that nobody signed')
  if (!equalBytes(report, made.report)) throw new Error('accepted with another signature')
  if (!found.some(({ der }) => equalBytes(der, made.vek))) throw new Error('accepted without the key')
  if (!equalBytes(measurement, made.report.subarray(0x90, 0xc0)))
    throw new Error('accepted, and says what nobody signed')
}

async function judgeWay(way: Way, policy: Policy, cache: EndorsementCache, bytes: Uint8Array): Promise<void> {
  const [container, extras] = way.place(bytes)
  const evidence = await decodeEvidence(container, way.format, extras)
  // Half of them with the cache, chosen by the bytes so that one input always goes one way.
  const cached = (bytes.length + (bytes.at(-1) ?? 0)) % 2 === 0
  const input = await inputOf(evidence, { policy, ...(cached ? { cache } : {}) })
  const { evidenceDigest, report } = await labVerifier.verifyEvidence(input)
  requireGenuine(evidenceDigest, report.measurement, partsOfEvidence(evidence))
  if (way.exact && !way.seeds.some((seed) => equalBytes(seed, bytes)))
    throw new Error('accepted with changed bytes')
}

/** Each way as a target. A hundred times slower than decoders: what survives decoding costs two signatures. */
export async function evidenceTargets(): Promise<readonly Target[]> {
  const targets = ways.map(async (way): Promise<Target> => {
    const policy = await policyOf(way.stated)
    const cache = createEndorsementCache({ max: 2 })
    return {
      name: `evidence with ${way.name} changed`,
      seeds: way.seeds,
      mutator: way.mutator,
      codes: /./,
      every: 8,
      run: (bytes) => judgeWay(way, policy, cache, bytes),
    }
  })
  return Promise.all(targets)
}
