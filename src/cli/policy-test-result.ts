/** What `attested policy test` says about an item: its verdicts, what differs between them, what to look at. */
import type { CheckOutcome, CheckResult, ErrorCode, RefusalVerdict } from '../errors/index.js'
import { printableValue } from './output.js'

/** How an item fared under one policy. */
export interface Judgement {
  readonly verdict: 'accepted' | RefusalVerdict
  readonly code: ErrorCode | null
  readonly checks: readonly CheckResult[]
}

/** `same`: verdict, code and every check. `otherReason`: neither accepts it, or both do, but a check differs. */
export type ItemEffect = 'same' | 'newlyAccepted' | 'noLongerAccepted' | 'otherReason'

export interface CheckChange {
  readonly id: string
  readonly live: CheckOutcome
  readonly candidate: CheckOutcome
}

export interface Finding {
  readonly severity: 'error' | 'warning'
  readonly item: string
  readonly message: string
}

export interface VerdictSummary {
  readonly verdict: Judgement['verdict']
  readonly code: ErrorCode | null
  /** The ids of the checks that failed. */
  readonly failed: readonly string[]
}

export interface ItemResult {
  readonly item: string
  readonly at: string
  /** `null` where the container could not be read. */
  readonly format: string | null
  /** What its case file expects of the candidate. */
  readonly expected: Judgement['verdict'] | null
  readonly candidate: VerdictSummary
  readonly live: VerdictSummary | null
  readonly effect: ItemEffect | null
  readonly changed: readonly CheckChange[]
  readonly findings: readonly Finding[]
}

export interface PolicyTestJson {
  readonly schema: 'attested/policy-test@1'
  /** Digest of the candidate policy. */
  readonly candidate: string
  readonly live: string | null
  readonly items: readonly ItemResult[]
  readonly findings: readonly Finding[]
}

interface Compared {
  readonly item: string
  readonly at: string
  readonly format: string | null
  readonly expected: Judgement['verdict'] | null
  readonly candidate: Judgement
  readonly live: Judgement | null
}

/** Puts the verdicts of one item beside each other. */
export function compare({ candidate, live, ...rest }: Compared): ItemResult {
  const changed = live === null ? [] : changedChecks(live.checks, candidate.checks)
  const effect = live === null ? null : effectOf(live, candidate, changed)
  const [now, was] = [summaryOf(candidate), live === null ? null : summaryOf(live)]
  const findings = findingsOf(rest, now, was, effect)
  return { ...rest, candidate: now, live: was, effect, changed, findings }
}

const summaryOf = ({ verdict, code, checks }: Judgement): VerdictSummary => ({
  verdict,
  code,
  failed: checks.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id),
})

function changedChecks(
  live: readonly CheckResult[],
  candidate: readonly CheckResult[],
): readonly CheckChange[] {
  const before = new Map(live.map(({ id, outcome }) => [id, outcome]))
  return candidate.flatMap(({ id, outcome }) => {
    const was = before.get(id) ?? 'notReached'
    return was === outcome ? [] : [{ id, live: was, candidate: outcome }]
  })
}

function effectOf(live: Judgement, candidate: Judgement, changed: readonly CheckChange[]): ItemEffect {
  const [was, is] = [live.verdict === 'accepted', candidate.verdict === 'accepted']
  if (was !== is) return is ? 'newlyAccepted' : 'noLongerAccepted'
  return live.code === candidate.code && changed.length === 0 ? 'same' : 'otherReason'
}

function findingsOf(
  { item, expected }: Pick<Compared, 'item' | 'expected'>,
  candidate: VerdictSummary,
  live: VerdictSummary | null,
  effect: ItemEffect | null,
): readonly Finding[] {
  const say = (severity: Finding['severity'], message: string): Finding => ({ severity, item, message })
  const findings: Finding[] = []
  if (effect === 'newlyAccepted')
    findings.push(say('error', `accepted by the candidate, but not by the live policy (${live?.code ?? ''})`))
  if (effect === 'noLongerAccepted')
    findings.push(
      say('error', `accepted by the live policy, but not by the candidate (${candidate.code ?? ''})`),
    )
  if (effect === 'otherReason') findings.push(say('warning', 'the same answer, but other checks decide it'))
  if (expected !== null && expected !== candidate.verdict)
    findings.push(say('error', `${candidate.verdict} by the candidate, but expected to be ${expected}`))
  if (expected === null && candidate.verdict === 'malformed')
    findings.push(say('error', `cannot be read (${candidate.code ?? ''})`))
  return findings
}

/** The result for people. */
export function textOf({ candidate, live, items, findings }: PolicyTestJson): string {
  const count = (side: 'candidate' | 'live'): string =>
    `${String(items.filter((item) => item[side]?.verdict === 'accepted').length)} of ${String(items.length)}`
  return [
    `candidate ${candidate}`,
    ...(live === null ? [] : [`live      ${live}`]),
    '',
    ...items.flatMap(itemLines),
    '',
    `accepted by the candidate: ${count('candidate')}`,
    ...(live === null ? [] : [`accepted by the live policy: ${count('live')}`]),
    ...findings.map(({ severity, item, message }) => `${severity}: ${printableValue(item)}: ${message}`),
  ].join('\n')
}

function itemLines(result: ItemResult): readonly string[] {
  const { item, candidate, live, effect, changed } = result
  const beside = live === null ? '' : ` (live: ${summaryText(live)})`
  const failed = candidate.failed.length === 0 ? [] : [`  failed: ${candidate.failed.join(', ')}`]
  const changes = changed.map(({ id, live: was, candidate: is }) => `  ${id}: ${was} -> ${is}`)
  const mark = effect === null || effect === 'same' ? '  ' : '! '
  return [`${mark}${printableValue(item)}: ${summaryText(candidate)}${beside}`, ...failed, ...changes].map(
    (line, index) => (index === 0 ? line : `  ${line}`),
  )
}

const summaryText = ({ verdict, code }: VerdictSummary): string =>
  code === null ? verdict : `${verdict} ${code}`
