/** Makes offline bundles: evidence, and as a record how it was judged. */
import { parsePolicy } from '../appraisal/policy.js'
import { copyBytes, requireBytes } from '../encoding/bytes.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import { toUtf8 } from '../encoding/text.js'
import { timeOf } from '../encoding/time.js'
import type { JsonValue } from '../errors/error.js'
import { isUnchecked } from '../errors/ledger.js'
import { writeBundle } from '../evidence/bundle-document.js'
import { type Evidence, partsOfEvidence } from '../evidence/evidence.js'
import type { Verifier } from '../verify/pipeline.js'
import { type RecordedRun, writeRun } from './bundle-run.js'
import { type RecordedBinding, bindingFrom } from './recorded-binding.js'
import { type VerdictJson, acceptedToJson, refusedToJson } from './verdict.js'

/** What a bundle is made of: that of a verification, as data. */
export interface BundleInput {
  /** From `decodeEvidence`. */
  readonly evidence: Evidence
  /** The policy document; kept as it is. */
  readonly policy: string | Uint8Array
  readonly binding: RecordedBinding
  /** The time at which certificates are judged: the caller's. */
  readonly at: Date
}

export interface MadeBundle {
  /** The file: canonical JSON, the same for the same input. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** What the verification came to, whatever that is. */
  readonly verdict: VerdictJson
}

export type Appraise = Pick<Verifier, 'appraiseEvidence'>

/** The verification that a bundle records, and nothing that depends on when it runs. */
export async function judge(
  evidence: Evidence,
  policy: string | Uint8Array,
  recorded: RecordedBinding,
  at: number,
  { appraiseEvidence }: Appraise,
): Promise<VerdictJson> {
  const binding = await bindingFrom(recorded)
  const appraisal = await appraiseEvidence({
    evidence,
    policy: await parsePolicy(policy),
    binding,
    at: new Date(at),
  })
  return appraisal.verdict === 'accepted' ? acceptedToJson(appraisal.verified) : refusedToJson(appraisal)
}

/** A verdict as JSON and nothing else: members that are `undefined` are not in it. */
export const verdictText = (verdict: VerdictJson): string =>
  canonicalJson(JSON.parse(JSON.stringify(verdict)) as JsonValue)

/**
 * Verifies evidence and makes a bundle of it and of the verdict, whatever that is.
 *
 * @throws VerificationError for a policy, manifest or expectations that cannot be read, `EVIDENCE_SIZE` for what is
 *   too large for a bundle.
 * @throws TypeError for missing or wrong input.
 */
export async function createBundleWith(input: BundleInput, verifier: Appraise): Promise<MadeBundle> {
  // Copied before the first wait: the caller may change its objects while we do.
  const { evidence, at } = input
  const parts = partsOfEvidence(evidence)
  const policy = typeof input.policy === 'string' ? toUtf8(input.policy) : copyOf(input.policy, 'policy')
  const binding = copyOfBinding(input.binding)
  const time = timeOf(at)
  if (time === null) throw new TypeError('at must be a valid Date')

  const verdict = await judge(evidence, policy, binding, time, verifier)
  const run: RecordedRun = {
    at: time,
    binding,
    crls: parts.crls.map(({ fetchedAt, scope }) => ({ fetchedAt, scope })),
    format: evidence.format,
  }
  const documents = 'profile' in binding ? binding : { manifest: null, expectations: null }
  const bytes = writeBundle({
    report: parts.report,
    keys: parts.leaves,
    certificates: [...parts.intermediates, ...parts.roots],
    crls: parts.crls.map(({ der }) => der),
    attachments: parts.attachments,
    record: {
      policy,
      run: writeRun(run),
      verdict: toUtf8(verdictText(verdict)),
      manifest: documents.manifest,
      expectations: documents.expectations,
    },
  })
  return { bytes, verdict }
}

const copyOf = (value: unknown, name: string): Uint8Array<ArrayBuffer> => copyBytes(requireBytes(value, name))

function copyOfBinding(binding: RecordedBinding): RecordedBinding {
  if (typeof (binding as unknown) !== 'object' || (binding as unknown) === null)
    throw new TypeError('binding must be an object')
  if (isUnchecked(binding)) return { unchecked: textOf(binding.unchecked) }
  if ('reportData' in binding) {
    const { reportData, challenge } = binding
    if (typeof (challenge as unknown) !== 'boolean') throw new TypeError('challenge must be true or false')
    return { reportData: copyOf(reportData, 'reportData'), challenge }
  }
  const { profile, inputs, manifest, expectations } = binding
  if (typeof (profile as unknown) !== 'string') throw new TypeError('profile must be the id of a profile')
  const entries = [...new Map(inputs)].map(([name, value]): [string, RecordedInput] => [
    name,
    isUnchecked(value) ? { unchecked: textOf(value.unchecked) } : copyOf(value, `input ${name}`),
  ])
  return {
    profile,
    inputs: new Map(entries),
    manifest: manifest === null ? null : copyOf(manifest, 'manifest'),
    expectations: expectations === null ? null : copyOf(expectations, 'expectations'),
  }
}

type RecordedInput = Uint8Array | { readonly unchecked: string }

function textOf(reason: unknown): string {
  if (typeof reason !== 'string' || reason.trim() === '')
    throw new TypeError('binding { unchecked } needs a reason')
  // A record with one could be written, and not be read again.
  if (/[\ud800-\udfff]/u.test(reason)) throw new TypeError('a reason must not hold a lone surrogate')
  return reason
}
