/**
 * Evidence: a report, and what came with it. Untrusted in every part.
 *
 * Decoding takes a container apart and copies it; it verifies nothing. Of the certificates in a container only
 * the endorsement key and CRLs are ever used; others are compared with the pinned ones.
 */
import type { EvidenceParts } from './assemble.js'
import type { EvidenceFormat } from './container.js'
import { type EvidenceExtras, type Files, copyExtras, copyInput } from './input.js'
import { evidenceFormats, isEvidenceFormat, maxBytesOf } from './registry.js'

export type { CrlInput, EvidenceCrl, EvidenceExtras } from './input.js'

declare const evidenceBrand: unique symbol

/** Decoded evidence. Untrusted. Made by {@link decodeEvidence} alone. */
export interface Evidence {
  readonly [evidenceBrand]: true
  /** The format that was named or recognised. */
  readonly format: EvidenceFormat
  /** The report's bytes, a copy; not parsed yet. */
  readonly report: Uint8Array
  /** True if the format holds fields, and the report's bytes were written from them. */
  readonly reconstructed: boolean
  /** How many certificates came that may be the endorsement key. */
  readonly endorsementKeys: number
  readonly crls: number
  /** Names of what came beside the report, for bindings: {@link attachmentsOf} has the bytes. */
  readonly attachments: readonly string[]
}

const partsOf = new WeakMap<Evidence, EvidenceParts>()

/** The parts of evidence, for this package only. @throws TypeError for what {@link decodeEvidence} did not make. */
export function partsOfEvidence(evidence: Evidence): EvidenceParts {
  const parts = typeof evidence === 'object' ? partsOf.get(evidence) : undefined
  if (parts === undefined) throw new TypeError('evidence must come from decodeEvidence')
  return parts
}

/**
 * What came beside the report, by name. Untrusted, whatever the report says: it is the binding that ties it.
 *
 * @returns Copies.
 * @throws TypeError for what {@link decodeEvidence} did not make.
 */
export function attachmentsOf(evidence: Evidence): ReadonlyMap<string, Uint8Array> {
  return partsOfEvidence(evidence).attachments
}

/**
 * Takes a container of evidence apart. Nothing is verified, and nothing in the result is trusted.
 *
 * @param input - The container's bytes, or the files of a directory by name; copied. At most 1 MiB and 64 files.
 * @param format - Its format, or `auto`: then exactly one format must recognise it.
 * @param extras - What the container does not hold.
 * @throws VerificationError `EVIDENCE_*`, `REPORT_LENGTH`.
 * @throws TypeError for wrong arguments.
 */
export async function decodeEvidence(
  input: Uint8Array | Files,
  format: EvidenceFormat | 'auto',
  extras: EvidenceExtras = {},
): Promise<Evidence> {
  if (format !== 'auto' && !isEvidenceFormat(format)) {
    throw new TypeError(`format must be auto or one of ${evidenceFormats.join(', ')}`)
  }
  // Copied before the first wait: the caller may change its objects while we do.
  const own = copyInput(input, maxBytesOf(format))
  const added = copyExtras(extras)
  const { assemble } = await import('./assemble.js')
  const { format: name, parts } = await assemble(own, format, added)
  const evidence = Object.freeze({
    format: name,
    get report() {
      return parts.report.slice()
    },
    reconstructed: parts.reconstructed,
    endorsementKeys: parts.leaves.length,
    crls: parts.crls.length,
    attachments: Object.freeze([...parts.attachments.keys()]),
  }) as Evidence
  partsOf.set(evidence, parts)
  return evidence
}
