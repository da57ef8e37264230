/**
 * Replay: recomputes the verdict that a bundle records, by the policy and at the time that the bundle records.
 *
 * Both are the word of whoever made the bundle, and so a replay never says that evidence is good. It says that this
 * library comes to the verdict in the file, or where it differs.
 */
import { sha256Hex } from '../crypto/digests.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import { copyBytes, equalBytes, requireBytes } from '../encoding/bytes.js'
import { parseStrictJson } from '../encoding/json.js'
import { toUtf8 } from '../encoding/text.js'
import type { JsonValue } from '../errors/error.js'
import { readBundleDocument } from '../evidence/bundle-document.js'
import { malformed } from '../evidence/container.js'
import { decodeEvidence } from '../evidence/evidence.js'
import { isMembers, jsonLimits } from '../evidence/json-fields.js'
import { maxEvidenceBytes, requireSize } from '../evidence/limits.js'
import { libraryVersion } from '../verify/version.js'
import { type Appraise, judge, verdictText } from './bundle-create.js'
import { impossible, readRun } from './bundle-run.js'

/** A place where the recorded verdict and the recomputed one differ. */
export interface ReplayDifference {
  /** Such as `$.checks[3].outcome`. */
  readonly path: string
  /** JSON, cut at 200 characters; `null` where there is nothing, and for the verdict itself: a replay gives none. */
  readonly recorded: string | null
  readonly recomputed: string | null
}

/** What a replay came to. Says nothing about whether the evidence is good. */
export interface ReplayJson {
  readonly schema: 'attested/replay@1'
  readonly outcome: 'reproduced' | 'not reproduced'
  /** SHA-256 of the bundle, hex. */
  readonly bundleDigest: string
  /** The time that the bundle records, RFC 3339. */
  readonly at: string
  /** Of the policy that the bundle records. */
  readonly policyDigest: string | null
  /** SHA-256 of the signed 672 bytes of the report, hex; `null` unless they were found to be signed. */
  readonly evidenceDigest: string | null
  /** That the verdict was recorded with; it is not compared. */
  readonly recordedVersion: string
  readonly libraryVersion: string
  /** The first 64 of them. */
  readonly differences: readonly ReplayDifference[]
  readonly remark: string
}

/** What is listed: a refusal in the place of another changes most checks. */
export const maxDifferences = 64
const maxShown = 200
const what = 'attested-bundle: record'

const remark =
  'policy and time are those of whoever made the bundle: this is no verdict on the evidence, only a recomputation'

/** @throws VerificationError `EVIDENCE_MALFORMED`, or what the parts of a bundle are refused with. */
export async function replayBundleWith(input: Uint8Array, verifier: Appraise): Promise<ReplayJson> {
  requireSize(requireBytes(input, 'bundle'), maxEvidenceBytes, 'bundle')
  const bytes = copyBytes(input)
  const { crls, record } = readBundleDocument(bytes)
  const run = readRun(record.run, record, crls.length)
  const recorded = readVerdict(record.verdict)
  // The recorded times are for the recomputation alone. Given as the caller's, they would mean something.
  const evidence = await decodeEvidence(bytes, 'attested-bundle', {
    crls: run.crls.map(({ fetchedAt, scope }, index) => ({
      crl: crls[index] ?? new Uint8Array(),
      ...(fetchedAt === null ? {} : { fetchedAt: new Date(fetchedAt) }),
      ...(scope === null ? {} : { scope }),
    })),
  })
  const verdict = await judge(evidence, record.policy, run.binding, run.at, verifier).catch(asMalformed)
  const recomputed = parseStrictJson(verdictText(verdict), jsonLimits('the recomputed verdict'))
  const differences = differencesOf(recorded.members, membersOf(recomputed))
  return {
    schema: 'attested/replay@1',
    outcome: differences.length === 0 ? 'reproduced' : 'not reproduced',
    bundleDigest: sha256Hex(bytes),
    at: new Date(run.at).toISOString(),
    policyDigest: verdict.policyDigest,
    evidenceDigest: verdict.evidenceDigest,
    recordedVersion: recorded.version,
    libraryVersion,
    differences,
    remark,
  }
}

/** A record that asks for what the library calls misuse is a bad record, not a mistake of the caller. */
function asMalformed(error: unknown): never {
  throw error instanceof TypeError ? impossible(error) : error
}

/** It is shown beside our own words: no room for those of whoever made the bundle. */
const plainVersion = /^[0-9]{1,5}(?:\.[0-9]{1,5}){2}(?:-[0-9a-z.]{1,20})?$/

interface RecordedVerdict {
  readonly members: Members
  readonly version: string
}

type Members = Readonly<Record<string, JsonValue>>

const membersOf = (value: JsonValue): Members => (isMembers(value) ? value : {})

/** @throws VerificationError `EVIDENCE_MALFORMED`. */
export function readVerdict(bytes: Uint8Array): RecordedVerdict {
  const value = parseStrictJson(bytes, jsonLimits(`${what}: verdict`))
  const members = membersOf(value)
  const version = members['libraryVersion']
  if (members['schema'] !== 'attested/verdict@1' || typeof version !== 'string')
    throw malformed(what, 'verdict is not of schema attested/verdict@1')
  if (!plainVersion.test(version)) throw malformed(what, 'libraryVersion is no version')
  if (!equalBytes(toUtf8(canonicalJson(value)), bytes)) throw malformed(what, 'verdict is not canonical')
  return { members, version }
}

/** What says most comes first: a refusal in the place of another changes most checks. */
const first: readonly string[] = ['code', 'verdict', 'message']

function differencesOf(recorded: Members, recomputed: Members): readonly ReplayDifference[] {
  const found: ReplayDifference[] = []
  for (const key of first) compare(`$.${key}`, memberOf(recorded, key), memberOf(recomputed, key), found)
  const rest = (members: Members): Members =>
    Object.fromEntries(
      Object.entries(members).filter(([key]) => key !== 'libraryVersion' && !first.includes(key)),
    )
  compare('$', rest(recorded), rest(recomputed), found)
  return found
}

const memberOf = (members: Members, key: string): JsonValue | undefined =>
  Object.hasOwn(members, key) ? members[key] : undefined

/** Walks both at once: as deep as the strict reader let either be. */
function compare(
  path: string,
  recorded: JsonValue | undefined,
  recomputed: JsonValue | undefined,
  found: ReplayDifference[],
): void {
  if (found.length >= maxDifferences) return
  const [left, right] = [partsOf(recorded), partsOf(recomputed)]
  if (left === null || right === null || left.isList !== right.isList) {
    if (shown(recorded) === shown(recomputed)) return
    const isVerdict = path === '$.verdict'
    found.push({
      path: path.slice(0, maxShown),
      recorded: isVerdict ? null : cut(shown(recorded)),
      recomputed: isVerdict ? null : cut(shown(recomputed)),
    })
    return
  }
  for (const key of new Set([...left.members.keys(), ...right.members.keys()])) {
    const step = left.isList
      ? `[${key}]`
      : plainKey.test(key)
        ? `.${key}`
        : `[${JSON.stringify(key.slice(0, 64))}]`
    compare(path + step, left.members.get(key), right.members.get(key), found)
  }
}

/** As our own members are named. A record of somebody else may hold anything. */
const plainKey = /^[A-Za-z][A-Za-z0-9]{0,63}$/

interface Parts {
  readonly isList: boolean
  readonly members: ReadonlyMap<string, JsonValue>
}

function partsOf(value: JsonValue | undefined): Parts | null {
  if (typeof value !== 'object' || value === null) return null
  return { isList: Array.isArray(value), members: new Map(Object.entries(value as Members)) }
}

const shown = (value: JsonValue | undefined): string | null =>
  value === undefined ? null : canonicalJson(value)

const cut = (text: string | null): string | null =>
  text === null || text.length <= maxShown ? text : `${text.slice(0, maxShown)}...`
