/** A policy in words: what it demands, what it leaves open, and how its TCB floors stand to known bulletins. */
import { isUnchecked } from '../errors/ledger.js'
import { newestFloorEdition } from '../product/floors.js'
import { type BulletinStanding, bulletinsOf } from './bulletins.js'
import type { PolicyDocument, TcbRule } from './document.js'
import { type FloorExplanation, explainFloor } from './floor-text.js'
import type { FloorRule } from './floors.js'
import { type Policy, factsOfPolicy, policyDigest } from './policy.js'

/** One demand, in words. */
export interface PolicyStatement {
  /** The key in the policy document. */
  readonly path: string
  readonly text: string
}

/** One demand that is left open, and why. */
export interface OpenItem {
  readonly path: string
  readonly reason: string
}

/** Each key of the document is in `statements` or in `open`, and none in both. */
export interface PolicyExplanation {
  readonly digest: string
  readonly statements: readonly PolicyStatement[]
  readonly open: readonly OpenItem[]
  readonly floors: readonly FloorExplanation[]
  readonly bulletins: readonly BulletinStanding[]
  /** The edition of recommended floors that the bulletins are taken from. */
  readonly edition: string
}

/** Explains a policy. What it says is about the policy alone: no evidence is judged. */
export function explainPolicy(policy: Policy): PolicyExplanation {
  const { floors } = factsOfPolicy(policy)
  const statements: PolicyStatement[] = []
  const open: OpenItem[] = []
  collect(policy, '', statements, open)
  return {
    digest: policyDigest(policy),
    statements,
    open: [...open, ...openParts(policy, floors)],
    floors: floors.map(explainFloor),
    bulletins: bulletinsOf(policy, floors),
    edition: newestFloorEdition,
  }
}

/** Walks the document: a leaf that demands something is a statement, everything else is open. */
function collect(value: unknown, path: string, statements: PolicyStatement[], open: OpenItem[]): void {
  if (path === 'version') return
  if (isUnchecked(value)) open.push({ path, reason: value.unchecked })
  else if (path === 'tcb') statements.push({ path, text: tcbText(value as TcbRule) })
  else if (value instanceof Object && !Array.isArray(value)) {
    for (const [key, member] of Object.entries(value))
      collect(member, path === '' ? key : `${path}.${key}`, statements, open)
  } else {
    const reason = openReason(path, value)
    if (reason === null) statements.push({ path, text: describeValue(path, value) })
    else open.push({ path, reason })
  }
}

const tcbText = (rule: TcbRule): string =>
  'recommended' in rule
    ? `at least the floors recommended on ${rule.recommended.asOf}`
    : 'at least the floor that names the silicon; silicon without a floor is refused'

/** Why a value that is stated demands nothing; `null` where it demands something. */
function openReason(path: string, value: unknown): string | null {
  if (path.startsWith('denied.'))
    return Array.isArray(value) && value.length === 0 ? 'nothing is denied' : null
  if (value === 'any') return 'any is accepted'
  return value === 'allow' ? 'either is accepted' : null
}

/** Words that say more than the value. */
const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  idBlock: { none: 'no ID block was used' },
  identity: { required: 'the policy says which software runs' },
  provisionalFirmware: {
    forbid: 'the firmware that runs is committed',
    microcodeOnly: 'the firmware that runs is committed, but for microcode',
  },
  intermediates: {
    pinned: 'only the pinned ASK and ASVK',
    arkSigned: 'the pinned ASK and ASVK, and any of their profile that the pinned ARK signed',
  },
  'platform.unknownBits': { forbid: 'bits that this version does not know are not set' },
}

function describeValue(path: string, value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) =>
      item instanceof Object ? measurementText(item) : String(item),
    )
    if (path.startsWith('denied.')) return `none of ${items.join(', ')}`
    return items.length === 1 ? `is ${items.join()}` : `is one of ${items.join(', ')}`
  }
  const text = String(value)
  const worded = words[path]?.[text]
  if (worded !== undefined) return worded
  if (value === 'require') return 'is set'
  if (value === 'forbid') return 'is not set'
  if (path === 'freshness' || /\.min[A-Z]/.test(path)) return `at least ${text}`
  return path.endsWith('Days') ? `at most ${text} days` : text
}

/** What is open inside the floors, and CRL numbers of products that have none. */
function openParts(
  { products, tcb, revocation }: PolicyDocument,
  floors: readonly FloorRule[],
): readonly OpenItem[] {
  const open: OpenItem[] = []
  if (!isUnchecked(revocation) && !isUnchecked(revocation.minNumbers)) {
    const { minNumbers } = revocation
    for (const product of products.filter((one) => minNumbers[one] === undefined))
      open.push({ path: `revocation.minNumbers.${product}`, reason: `no floor for ${product}` })
  }
  const isRecommended = !isUnchecked(tcb) && 'recommended' in tcb
  // Recommended floors are all alike in what they leave open, and no entry of the document.
  floors.slice(0, isRecommended ? 1 : floors.length).forEach((rule, index) => {
    for (const [name, part] of [...Object.entries(rule.tcbs), ['mitigations', rule.mitigations] as const]) {
      const path = isRecommended ? `tcb.recommended.${name}` : `tcb.floors.${String(index)}.${name}`
      if (isUnchecked(part)) open.push({ path, reason: part.unchecked })
    }
  })
  return open
}

const measurementText = (item: object): string => {
  const { label, value, notAfter } = item as {
    readonly label: string
    readonly value: string
    readonly notAfter?: string
  }
  return `"${label}" ${value}${notAfter === undefined ? '' : ` until ${notAfter}`}`
}
