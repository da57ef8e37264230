/** The verdict as text for a terminal or a log: one headline, then every check, the unchecked ones included. */
import { explainCode } from '../errors/explain.js'
import { printableLine } from '../errors/printable.js'
import type { ManifestRules } from '../binding/claims.js'
import type { JsonValue } from '../errors/error.js'
import type { BindingJson, VerdictJson } from './verdict.js'

/** Everything that the first line must not leave to be found further down. */
function headline({ kind, binding, softwareIdentity, freshness, report, checks }: VerdictJson): string {
  const isDebug = kind === 'debug'
  const debugGuest = isDebug && report !== null && ((BigInt(report.policy) >> 19n) & 1n) === 1n
  const caveats = [
    ...(debugGuest ? ['the host can read and change the memory of this DEBUG guest'] : []),
    ...(isDebug && !debugGuest
      ? ['by the verification for development, which takes DEBUG guests as well']
      : []),
    ...(softwareIdentity === 'none' ? ['the policy does not say which software runs'] : []),
    ...(binding === null
      ? ['nobody checked what the report commits to']
      : [...acceptanceCaveat(binding, checks), ...bindingCaveats(binding)]),
    ...(freshness === 'none' ? ['it may be old: a replayed report gives the same answer'] : []),
  ]
  return caveats.length === 0 ? 'accepted' : `accepted, but: ${caveats.join('; ')}`
}

/** What the caller took over without a look: a manifest, or reference values such as those of PCRs. */
function acceptanceCaveat(
  { manifest, verified }: BindingJson,
  checks: VerdictJson['checks'],
): readonly string[] {
  if (manifest !== null && verified['manifest'] === undefined)
    return ['nobody accepted the manifest that the report commits to']
  const isOpen = checks.some(({ id, outcome }) => id === 'binding.accept' && outcome === 'unchecked')
  return isOpen ? ['nobody compared part of what the report commits to'] : []
}

function bindingCaveats({
  manifestRules,
  experimental,
  weak,
  unbound,
  profile,
}: BindingJson): readonly string[] {
  return [
    ...(manifestRules === null ? [] : warningCaveat(manifestRules.findings.length)),
    ...(unbound.length === 0 ? [] : [`nothing constrains ${unbound.join(', ')}`]),
    ...(weak.length === 0 ? [] : [`the format of ${profile} is weak`]),
    ...(experimental === null ? [] : [`${profile} is experimental`]),
  ]
}

/** In a manifest that its rules accept every finding is a warning. */
function warningCaveat(count: number): readonly string[] {
  if (count === 0) return []
  return [count === 1 ? 'a rule warns of the manifest' : `rules warn of the manifest ${String(count)} times`]
}

const marks = { passed: 'ok  ', failed: 'FAIL', unchecked: 'open', notReached: '-   ' } as const

/** Renders a verdict. */
export function verdictToText(verdict: VerdictJson): string {
  const lines: string[] = []
  if (verdict.verdict === 'accepted') {
    lines.push(headline(verdict), ...facts(verdict))
  } else {
    lines.push(`${verdict.verdict}: ${verdict.code ?? ''}`, `  ${printableLine(verdict.message ?? '')}`)
    const explained = verdict.code === null ? null : explainCode(verdict.code)
    if (explained !== null) lines.push(`  rule: ${explained.meaning} (${explained.source})`)
    lines.push(`  judged at ${verdict.at}`)
  }
  if (verdict.checks.length > 0) lines.push('', 'checks:')
  for (const check of verdict.checks) {
    lines.push(`  ${marks[check.outcome]} ${check.id}${remark(check)}`)
  }
  const open = verdict.unchecked.filter(({ id }) => !verdict.checks.some((check) => check.id === id))
  for (const { id, reason } of open) lines.push(`  open ${id}: ${printableLine(reason)}`)
  const count = verdict.unchecked.length
  if (verdict.verdict === 'accepted')
    lines.push('', `${String(count)} not checked (open), for the reasons given`)
  return lines.join('\n') + '\n'
}

function facts(verdict: VerdictJson): readonly string[] {
  const { report, binding, crl } = verdict
  const rows: readonly Row[] = [
    ['product', verdict.product],
    ['signer', verdict.signer],
    ['chip', verdict.chipId],
    ['provider', verdict.cspId],
    [
      'measurement',
      report === null
        ? null
        : `${report.measurement}${verdict.measurementLabel === null ? '' : ` (${verdict.measurementLabel})`}`,
    ],
    ['software identified by', verdict.softwareIdentity],
    ...(binding === null ? [] : bindingRows(binding)),
    [
      'freshness',
      verdict.freshnessBasis === null
        ? verdict.freshness
        : `${verdict.freshness} (${verdict.freshnessBasis})`,
    ],
    ['channel', channelText(verdict)],
    ['CRL', crl === null ? null : `${crl.issuer} number ${crl.number}, next update ${crl.nextUpdate}`],
    ['judged at', verdict.at],
    ['valid until', verdict.validUntil],
    ['policy', verdict.policyDigest],
    ['evidence', verdict.evidenceDigest],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name.padEnd(width)}  ${printableLine(value ?? '')}`)
}

type Row = readonly [name: string, value: string | null]

/** More than REPORT_DATA has is to be read from the JSON: a key or the values of PCRs fill a terminal. */
const maxHex = 128

const listOf = (values: Readonly<Record<string, string>>): string | null => {
  const items = Object.entries(values).map(([name, hex]) =>
    hex.length <= maxHex
      ? `${name} ${hex}`
      : `${name} ${hex.slice(0, 64)}... (${String(hex.length / 2)} bytes)`,
  )
  return items.length === 0 ? null : items.join(', ')
}

function bindingRows(binding: BindingJson): readonly Row[] {
  const { committed, verified, launchedWith, manifest, manifestRules, keys } = binding
  const open = Object.fromEntries(
    Object.entries(committed).filter(([name]) => !Object.hasOwn(verified, name)),
  )
  return [
    ['binding', binding.profile],
    ['commits to', listOf(verified)],
    ['commits to, unaccepted', listOf(open)],
    ['launched with', listOf(launchedWith)],
    ['manifest', manifest === null ? null : `${manifest.schema} ${manifest.digest}`],
    ...warningRows(manifestRules?.findings ?? []),
    ...keys.map(({ claim, sha256, possession }): Row => [
      'key',
      `${claim} sha256:${sha256}, possession ${possession}`,
    ]),
    ['proven by', binding.provenance],
    ...binding.assumptions.map((text): Row => ['assumed', text]),
    ...binding.weak.map((text): Row => ['weak', text]),
    ['experimental', binding.experimental],
  ]
}

/** A manifest of thousands of parts may be warned of as often. */
const maxWarnings = 16

function warningRows(findings: ManifestRules['findings']): readonly Row[] {
  const more = findings.length - maxWarnings
  return [
    ...findings
      .slice(0, maxWarnings)
      .map(({ rule, path, message }): Row => ['warning', `${rule} ${path}: ${message}`]),
    ...(more > 0 ? [['warning', `and ${String(more)} more, all of them in the JSON`] as const] : []),
  ]
}

/** An unbound channel is the normal case, and what to do about it is not widely known. */
function channelText({ channel, binding }: VerdictJson): string {
  const [key] = binding?.keys ?? []
  if (channel === 'bound' || key === undefined) return channel
  return `${channel}: whoever answers may only pass messages on; encrypt to ${key.claim}`
}

function remark(check: VerdictJson['checks'][number]): string {
  const parts: string[] = []
  if (check.reason !== undefined) parts.push(check.reason)
  if (check.outcome === 'failed') {
    if (check.expected !== undefined) parts.push(`expected ${short(check.expected)}`)
    if (check.actual !== undefined) parts.push(`got ${short(check.actual)}`)
    parts.push(`see ${check.source}`)
  }
  return parts.length === 0 ? '' : `: ${printableLine(parts.join('; '))}`
}

function short(value: JsonValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 297)}...` : text
}
