/** All rules over one manifest: every finding, and everything that was left open. */
import { sha256Hex } from '../crypto/digests.js'
import { VerificationError } from '../errors/error.js'
import { printableLine } from '../errors/printable.js'
import { compositionFindings } from './composition.js'
import { type Expectations, requireExpectations } from './expectations.js'
import type { Finding, RuleId } from './finding.js'
import { flowOfModel } from './flow.js'
import { type Manifest, requireManifest } from './manifest.js'
import type { ManifestSchema } from './model.js'
import { type ManifestOptions, readManifest } from './parse.js'
import type { RuleSubject } from './rule.js'
import { ruleRows } from './rules.js'

/** What the rules say about a manifest. Errors among the findings refuse it. */
export interface ManifestCheck {
  readonly schema: ManifestSchema
  /** SHA-256 of the bytes that are committed to, hex. */
  readonly digest: string
  /** In the order of the rules, then of the document. */
  readonly findings: readonly Finding[]
  /** Rules, or parts of rules, that were not applied: never passed. */
  readonly unchecked: readonly { readonly rule: RuleId; readonly reason: string }[]
}

/**
 * Applies every rule and reports every finding; throws for none.
 *
 * @param expectations - What the participant expects for whom this is judged. With `null` the rules M10, M11 and M16,
 *   and parts of M2 and M8, are unchecked.
 * @throws TypeError for arguments that `parseManifest` and `parseExpectations` did not make, or of two schemas.
 */
export function checkManifest(manifest: Manifest, expectations: Expectations | null): ManifestCheck {
  const { schema, model, bytes } = requireManifest(manifest)
  const subject: RuleSubject = {
    model,
    expectations: documentFor(schema, expectations),
    flow: once(() => flowOfModel(model)),
    composition: once(() => compositionFindings(model)),
  }
  const findings: Finding[] = []
  const unchecked: ManifestCheck['unchecked'][number][] = []
  for (const { id, severity, appliesTo, judge } of ruleRows) {
    if (!appliesTo.includes(schema)) {
      unchecked.push({ rule: id, reason: `has no meaning for ${schema}` })
      continue
    }
    const outcome = judge(subject)
    for (const note of outcome.notes) {
      findings.push({
        rule: id,
        severity: note.severity ?? severity,
        path: note.path,
        message: printableLine(note.message),
      })
    }
    for (const reason of outcome.unchecked) unchecked.push({ rule: id, reason: printableLine(reason) })
  }
  return { schema, digest: sha256Hex(bytes), findings, unchecked }
}

/**
 * Reads and checks in one step, so that a document that breaks its schema is a finding of M1 like any other.
 *
 * @throws VerificationError `MANIFEST_MALFORMED`, `MANIFEST_NOT_CANONICAL`.
 * @throws TypeError for wrong arguments.
 */
export function checkManifestText(
  input: string | Uint8Array,
  options: ManifestOptions,
  expectations: Expectations | null,
): ManifestCheck {
  const reading = readManifest(input, options)
  if (reading.manifest !== null) return checkManifest(reading.manifest, expectations)
  const { schema, digest, findings } = reading
  documentFor(schema, expectations)
  const unchecked = ruleRows
    .filter(({ id }) => id !== 'M1')
    .map(({ id, appliesTo }) => ({
      rule: id,
      reason: appliesTo.includes(schema)
        ? 'the document does not follow its schema'
        : `has no meaning for ${schema}`,
    }))
  return { schema, digest, findings, unchecked }
}

/**
 * The same as {@link checkManifest}, for those who need a yes: returns only if no finding is an error.
 *
 * @throws VerificationError with the code of the first broken rule, and all errors in `details.findings` (at most 100).
 * @throws TypeError as {@link checkManifest}.
 */
export function requireSoundManifest(manifest: Manifest, expectations: Expectations): ManifestCheck {
  const check = checkManifest(manifest, requireExpectations(expectations))
  const errors = check.findings.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (first === undefined) return check
  const code = ruleRows.find(({ id }) => id === first.rule)?.code ?? 'MANIFEST_SCHEMA'
  throw new VerificationError(code, `manifest ${first.path}: ${first.message} (${first.rule})`, {
    rule: first.rule,
    path: first.path,
    findings: errors.slice(0, 100).map((finding) => ({ ...finding })),
  })
}

function documentFor(schema: ManifestSchema, expectations: Expectations | null): RuleSubject['expectations'] {
  if (expectations === null) return null
  const own = requireExpectations(expectations)
  if (own.schema !== schema)
    throw new TypeError(`expectations are for ${own.schema}, the manifest is ${schema}`)
  return own.document
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}
