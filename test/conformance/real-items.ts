// The table of items: every real item with a report, judged by the policy drafted from it, as its meta.json expects.
import { bindings } from '../../src/binding/forms.js'
import type { Binding } from '../../src/binding/binding.js'
import { policyFromReport } from '../../src/appraisal/from-report.js'
import type { ErrorCode } from '../../src/errors/error.js'
import type { Unchecked } from '../../src/errors/ledger.js'
import { type Evidence, decodeEvidence } from '../../src/evidence/evidence.js'
import type { EvidenceFormat } from '../../src/evidence/container.js'
import { parseReport } from '../../src/report/report.js'
import { policyOf } from '../support/policy-case.js'
import { verdictFor } from '../support/policy-edit.js'
import { bindingTo, factsOf } from '../support/policy-subject.js'
import { type RealItem, realItems } from '../support/real-folder.js'
import { amdCache, amdVerifier, fileOf, lineOf, reportOf } from './real-evidence.js'

export interface ItemRow {
  readonly source: 'real'
  readonly item: string
  /** How it was run, where that is not the usual way. */
  readonly note: string
  readonly expected: string
  readonly got: string
  readonly code: string
  readonly ok: boolean
  readonly failing: readonly string[]
}

interface Expectation {
  readonly code: ErrorCode
  readonly failed: string
}

/**
 * The code that the facts of an item demand, in the order of verification: key, ties, chain, signature, appraisal.
 * `expect.code` of the item is in words; the facts behind it were computed by other programs.
 */
export function expectedRefusal({ slug, meta: { facts, vek } }: RealItem): Expectation {
  if (vek === null) return { code: 'ENDORSEMENT_MISSING', failed: 'endorsement.certificate' }
  if (facts['hwIdMatches'] === false)
    return { code: 'ENDORSEMENT_CHIP_ID_MISMATCH', failed: 'endorsement.chipId' }
  if (facts['tcbMatches'] === false)
    return { code: 'ENDORSEMENT_TCB_MISMATCH', failed: 'endorsement.reportedTcb' }
  if (facts['chainValid'] === false) return { code: 'CHAIN_SIGNATURE', failed: 'chain.signature' }
  if (facts['signatureValid'] === false) return { code: 'SIGNATURE_INVALID', failed: 'signature' }
  if (facts['debug'] === true) return { code: 'APPRAISAL_DEBUG', failed: 'debug' }
  throw new Error(`${slug}: nothing in its facts says why it is not accepted`)
}

const refusal = (verdict: string, code: string, failed: readonly string[]): string =>
  `${verdict} ${code} {${failed.join(', ')}}`

interface Run {
  readonly note: string
  readonly evidence: () => Promise<Evidence>
  /** Whether the policy is drafted with the endorsement key at hand. */
  readonly withKey: boolean
  readonly binding: Binding | Unchecked
  readonly refused: Expectation | null
}

async function runItem(item: RealItem, run: Run): Promise<ItemRow> {
  const leaf = fileOf(item, 'vek')
  const options = leaf === null || !run.withKey ? {} : { endorsementKey: leaf }
  const { policy } = policyFromReport(parseReport(reportOf(item)), options)
  const appraisal = await amdVerifier.appraiseEvidence({
    evidence: await run.evidence(),
    policy: await policyOf(policy),
    binding: run.binding,
    at: new Date(item.meta.expect.at),
    cache: amdCache,
  })
  const { refused } = run
  const accepted = 'unchecked' in run.binding ? 'accepted, unbound' : 'accepted, verified'
  const expected =
    refused === null ? accepted : refusal(verdictFor(refused.code), refused.code, [refused.failed])
  const got =
    appraisal.verdict === 'accepted'
      ? `accepted, ${appraisal.verified.kind}`
      : refusal(
          appraisal.verdict,
          appraisal.code,
          appraisal.checks.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id),
        )
  return {
    source: 'real',
    item: item.slug,
    note: run.note,
    expected,
    got,
    code: appraisal.verdict === 'accepted' ? '' : appraisal.code,
    ok: got === expected,
    failing: refused === null ? [] : [refused.failed],
  }
}

function runsOf(item: RealItem): readonly Run[] {
  const report = reportOf(item)
  const leaf = fileOf(item, 'vek')
  const extras = leaf === null ? {} : { endorsementKey: leaf }
  const { reportData } = factsOf(report, lineOf(item))
  const zero = item.meta.facts['reportDataZero'] === true
  const usual: Run = {
    note: zero ? 'binding unchecked' : '',
    evidence: () => decodeEvidence(report, 'snp-report', extras),
    withKey: true,
    binding: bindingTo(reportData),
    refused: item.meta.expect.core === 'accepted' ? null : expectedRefusal(item),
  }
  const runs = [usual]
  if (leaf !== null) runs.push({ ...usual, note: 'policy drafted without the key', withKey: false })
  if (zero) {
    runs.push({
      ...usual,
      note: 'binding to zeros',
      binding: bindings.reportData(reportData, { freshness: { unchecked: 'a stored sample' } }),
      refused: { code: 'BINDING_EMPTY', failed: 'binding.empty' },
    })
  }
  const container = fileOf(item, 'container')
  if (item.meta.container === 'tsm' && container !== null) {
    for (const format of ['tsm', 'auto'] satisfies (EvidenceFormat | 'auto')[]) {
      const evidence = () => decodeEvidence(container, format)
      runs.push({ ...usual, note: `container as ${format}, key out of it`, evidence })
    }
  }
  return runs
}

/** Every item, run in every way that it can be. */
export async function itemRows(): Promise<readonly ItemRow[]> {
  const rows: ItemRow[] = []
  for (const item of realItems()) {
    rows.push(...(await Promise.all(runsOf(item).map((run) => runItem(item, run)))))
  }
  return rows
}
