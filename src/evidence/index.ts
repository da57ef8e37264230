/** Taking evidence apart. Nothing here verifies anything. */
export { attachmentsOf, decodeEvidence } from './evidence.js'
export type { Evidence } from './evidence.js'
export type { CrlInput, EvidenceExtras } from './input.js'
export { evidenceFormats } from './registry.js'
export type { EvidenceFormat } from './container.js'
