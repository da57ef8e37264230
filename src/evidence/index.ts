/** Taking evidence apart. Nothing here verifies anything. */
export { decodeEvidence } from './evidence.js'
export type { CrlInput, Evidence, EvidenceExtras } from './evidence.js'
export { evidenceFormats } from './registry.js'
export type { EvidenceFormat } from './container.js'
