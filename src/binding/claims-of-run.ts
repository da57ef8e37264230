/** The claims of a run that held: which are verified, which merely committed, how fresh each is. */
import type { FreshnessLevel } from '../appraisal/document.js'
import { sha256Hex } from '../crypto/digests.js'
import {
  type BoundClaims,
  type ClaimWithBytes,
  type CommittedKey,
  type ManifestRules,
  makeClaims,
} from './claims.js'
import type { Edge, ProfileDefinition } from './definition.js'
import type { Accepted } from './accept.js'
import type { Found, Run } from './run.js'

export function claimsOf(run: Run, accepted: Accepted): BoundClaims {
  const { definition, given, context, found } = run
  const { freshness } = definition
  const level: FreshnessLevel | 'none' =
    'challenge' in freshness ? 'challenge' : 'session' in freshness ? 'session' : 'none'
  const claims = [...found].map(([name, item]): ClaimWithBytes => {
    const trusted = accepted.names.has(rootOf(name, found)) && !(given.unaccepted?.has(name) ?? false)
    const host = item.statement.by === 'host'
    const enforced = item.statement.enforced && context.softwareIdentity !== 'none'
    return {
      name,
      bytes: item.bytes,
      path: item.path,
      freshness: item.statement.fresh ? level : 'none',
      status: host && !(trusted && enforced) ? 'launchedWith' : trusted ? 'verified' : 'committed',
    }
  })
  // A claim that leads on may be old: what it leads to has its own freshness. What the host chose is never fresh.
  const leads = new Set(definition.edges.flatMap(sourcesOf))
  const ends = [...found].filter(([name, { statement }]) => statement.by !== 'host' && !leads.has(name))
  const overall = ends.length > 0 && ends.every(([, { statement }]) => statement.fresh) ? level : 'none'
  return makeClaims({
    profile: definition.id,
    claims,
    keys: Object.entries(definition.keys ?? {}).flatMap(
      ([claim, { possession }]): readonly CommittedKey[] => {
        // defineProfile refuses a key that no edge leads to.
        const key = found.get(claim)
        return key === undefined ? [] : [{ claim, possession, sha256: sha256Hex(key.bytes) }]
      },
    ),
    manifest: run.manifest,
    manifestRules: rulesOf(accepted.rules),
    unbound: [...freeFields(definition), ...run.unbound],
    freshness: overall,
    // A session is the caller's word, whatever challenge stands beside it.
    freshnessBasis:
      overall === 'none' ? null : overall === 'session' ? 'asserted' : (given.challenge?.basis ?? 'asserted'),
    channel: 'session' in freshness && overall === 'session' ? 'bound' : 'unbound',
    assumptions: run.assumptions,
    weak: (definition.weak ?? []).map(({ rule, reason }) => `${rule}: ${reason}`),
    experimental: definition.experimental ?? null,
  })
}

/** Which manifest it is stands in the claims already. */
const rulesOf = (check: Accepted['rules']): ManifestRules | null =>
  check === null ? null : { findings: check.findings, unchecked: check.unchecked }

/**
 * REPORT_DATA where the profile looks elsewhere: the guest may have put anything there. For what the host or the launch
 * block sets there are keys of the policy, which say so themselves where they are open.
 */
const freeFields = ({ edges }: ProfileDefinition): readonly string[] =>
  edges.some((edge) => edge.kind === 'commit' && edge.carrier === 'REPORT_DATA') ? [] : ['REPORT_DATA']

/** What an edge leads on from: a document in which nothing further is found is itself an end. */
function sourcesOf(edge: Edge): readonly string[] {
  switch (edge.kind) {
    case 'sign':
      return [edge.key]
    case 'decode':
      return edge.codec.gives.length > 0 ? [edge.of] : []
    case 'commit':
      return typeof edge.carrier === 'string' ? [] : [edge.carrier.claim]
  }
}

function rootOf(name: string, found: ReadonlyMap<string, Found>): string {
  const parent = found.get(name)?.parent ?? null
  return parent === null ? name : rootOf(parent, found)
}
