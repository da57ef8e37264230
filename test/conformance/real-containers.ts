// Every container of a real item against its raw report: read by its name and recognised, it holds the same bytes, and
// is judged the same. Directories are made of the parts of each item, since nobody publishes them as such.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { policyFromReport } from '../../src/appraisal/from-report.js'
import type { Unchecked } from '../../src/errors/ledger.js'
import { isVerificationError } from '../../src/errors/error.js'
import { type Evidence, type EvidenceExtras, decodeEvidence } from '../../src/evidence/evidence.js'
import { parseReport } from '../../src/report/report.js'
import { policyOf } from '../support/policy-case.js'
import { type RealItem, realItems } from '../support/real-folder.js'
import { amdCache, amdVerifier, fileOf, reportOf } from './real-evidence.js'

type Input = Parameters<typeof decodeEvidence>[0]

export interface ContainerRow {
  readonly item: string
  readonly container: string
  /** What `auto` recognised, or the code that it refused with. */
  readonly recognised: string
  readonly report: 'equal' | 'differs' | 'rebuilt, equal' | ''
  /** That of the container, and that of the raw report where it is another. */
  readonly verdict: string
  readonly ok: boolean
}

const rawFiles: readonly string[] = ['report.bin', 'vek.der', 'meta.json']
const unbound: Unchecked = { unchecked: 'about containers' }

function directoriesOf(item: RealItem): readonly (readonly [name: string, input: Input])[] {
  const report = reportOf(item)
  const key = fileOf(item, 'vek')
  const table = fileOf(item, 'auxblob')
  const files = (entries: readonly (readonly [string, Uint8Array | null])[]): Input =>
    new Map(entries.flatMap(([name, bytes]) => (bytes === null ? [] : [[name, bytes] as const])))
  const provider = new TextEncoder().encode('sev_guest\n')
  return [
    [
      'parts as snpguest-dir',
      files([
        ['attestation-report.bin', report],
        [`${item.meta.signer}.der`, key],
      ]),
    ],
    [
      'parts as tsm-dir',
      files([
        ['outblob', report],
        ['auxblob', table],
        ['provider', provider],
      ]),
    ],
  ]
}

/** All files of an item that are no parts, whether any format knows them or not. */
const documentsOf = ({ folder }: RealItem): readonly (readonly [name: string, input: Input])[] =>
  readdirSync(folder)
    .filter((name) => !rawFiles.includes(name))
    .map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))])

async function verdictOf(item: RealItem, evidence: Evidence): Promise<string> {
  const { policy } = policyFromReport(parseReport(reportOf(item)))
  const appraisal = await amdVerifier.appraiseEvidence({
    evidence,
    policy: await policyOf(policy),
    binding: unbound,
    at: new Date(item.meta.expect.at),
    cache: amdCache,
  })
  return appraisal.verdict === 'accepted' ? 'accepted' : `${appraisal.verdict} ${appraisal.code}`
}

async function decodeWithKey(item: RealItem, input: Input): Promise<Evidence> {
  const alone = await decodeEvidence(input, 'auto')
  const key = fileOf(item, 'vek')
  const extras: EvidenceExtras = key === null ? {} : { endorsementKey: key }
  const named = await decodeEvidence(input, alone.format, alone.endorsementKeys === 0 ? extras : {})
  if (Buffer.compare(alone.report, named.report) !== 0) throw new Error('two reports of one container')
  return named
}

async function rowOf(item: RealItem, container: string, input: Input): Promise<ContainerRow> {
  const key = fileOf(item, 'vek')
  const raw = await decodeEvidence(reportOf(item), 'snp-report', key === null ? {} : { endorsementKey: key })
  try {
    const evidence = await decodeWithKey(item, input)
    const same = Buffer.compare(evidence.report, raw.report) === 0
    const [got, expected] = [await verdictOf(item, evidence), await verdictOf(item, raw)]
    return {
      item: item.slug,
      container,
      recognised: evidence.format,
      report: same ? (evidence.reconstructed ? 'rebuilt, equal' : 'equal') : 'differs',
      verdict: got === expected ? got : `${got}, raw: ${expected}`,
      ok: same && got === expected,
    }
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return { item: item.slug, container, recognised: error.code, report: '', verdict: '', ok: false }
  }
}

/** All containers; files beside the report that no format recognises are left out. */
export async function containerRows(): Promise<readonly ContainerRow[]> {
  const rows: ContainerRow[] = []
  for (const item of realItems()) {
    for (const [name, input] of [...documentsOf(item), ...directoriesOf(item)]) {
      const row = await rowOf(item, name, input)
      if (row.recognised !== 'EVIDENCE_FORMAT') rows.push(row)
    }
  }
  return rows
}
