/** What a file of a format provides. */
import type { ContainerParts, EvidenceFormat } from './container.js'
import type { Files } from './input.js'
import type { Sniff } from './sniff.js'

/** A format of one document. */
export interface BytesFormat {
  readonly name: EvidenceFormat
  readonly takes: 'bytes'
  /** Cheap and strict: true only for bytes that look like this format and no other. Never throws. */
  readonly recognises: (sniff: Sniff) => boolean
  /** Gets bytes within the limit of the registry. @throws VerificationError `EVIDENCE_*`, `REPORT_LENGTH`. */
  readonly decode: (bytes: Uint8Array) => ContainerParts | Promise<ContainerParts>
}

/** A format of several files in one directory. */
export interface FilesFormat {
  readonly name: EvidenceFormat
  readonly takes: 'files'
  readonly recognises: (files: Files) => boolean
  readonly decode: (files: Files) => ContainerParts | Promise<ContainerParts>
}

export type ContainerFormat = BytesFormat | FilesFormat
