// How tests are written of what a report commits to: stages binding, manifest and profile.
import { createHash } from 'node:crypto'
import { agentBody } from '../agent-2cvm.js'
import { type AgentGuest, type AgentParts, agentGuest, compactJson } from '../agent-body.js'
import { concat, toHex } from '../der.js'
import { type Loose, agentDocument, attestedDocument, changed } from '../manifest-documents.js'
import { type EvidenceOptions, type LabEvidence, labEvidence } from '../pki.js'
import type { AcceptInput, BindingInput, Json, TestSketch, VectorInput } from './format.js'
import { base64, inputOf, policyWith } from './inputs.js'

export type Changes = Readonly<Record<string, unknown>>
export type Hash = 'sha256' | 'sha384' | 'sha512'

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
export const digestOf = (algorithm: Hash, bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash(algorithm).update(bytes).digest())
export const hexDigest = (algorithm: Hash, text: string): string => toHex(digestOf(algorithm, utf8(text)))

/** RFC 8785 for documents of text: members in the order of their UTF-16 units. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return compactJson(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${compactJson(key)}:${canonical(member)}`).join(',')}}`
}

const prefixed = (bytes: Uint8Array, size: 1 | 4): Uint8Array => {
  const length = Uint8Array.of(bytes.length >>> 24, bytes.length >>> 16, bytes.length >>> 8, bytes.length)
  return concat(length.slice(4 - size), bytes)
}

/** The native frame, as docs/commitments.md defines it. The carrier is 1 for REPORT_DATA, 2 for HOST_DATA. */
export function frameOf(carrier: 1 | 2, profile: string, inputs: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const sorted = Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1))
  return concat(
    utf8('SNPCLAIM'),
    Uint8Array.of(1, carrier),
    prefixed(utf8(profile), 1),
    Uint8Array.of(sorted.length),
    ...sorted.map(([name, value]) => concat(prefixed(utf8(name), 1), prefixed(value, 4))),
  )
}

const base: EvidenceOptions = { line: 'Genoa', version: 5 }
const made = new Map<string, LabEvidence>()

/** One report per commitment: many tests share theirs. */
function reportOn(fields: { readonly reportData?: Uint8Array; readonly hostData?: Uint8Array }): LabEvidence {
  const id = Object.entries(fields)
    .map(([name, bytes]) => `${name} ${toHex(bytes)}`)
    .join()
  const evidence = made.get(id) ?? labEvidence({ ...base, report: fields })
  made.set(id, evidence)
  return evidence
}

/** Evidence with this in REPORT_DATA, zeros behind it. */
export const withReportData = (...parts: readonly Uint8Array[]): Partial<VectorInput> => {
  const reportData = new Uint8Array(64)
  reportData.set(concat(...parts))
  return { evidence: base64(reportOn({ reportData }).report) }
}
/** Evidence with this in HOST_DATA, and the lab's own REPORT_DATA unless told. */
export const withHostData = (hostData: Uint8Array, reportData?: Uint8Array): Partial<VectorInput> => ({
  evidence: base64(reportOn({ hostData, ...(reportData === undefined ? {} : { reportData }) }).report),
})

/** Random once, then always the same. */
export const nonce: Uint8Array = digestOf('sha256', utf8('a challenge of the lab'))
export const freshPolicy: Json = policyWith('freshness', 'challenge')

const plain = inputOf(labEvidence(base))
/** What groups begin with: the endorsement key is that of all their reports. */
export const reportInput: VectorInput = plain
export const agentInput: VectorInput = { ...plain, format: '2cvm-agent', policy: freshPolicy }

export const agentText = (changes: Changes = {}): string => compactJson(changed(agentDocument, changes))
export const attestedText = (changes: Changes = {}): string => canonical(changed(attestedDocument, changes))

/** Evidence of an agent; `reportData` replaces what its guest would commit to. */
export function agentEvidence(
  guest: Partial<AgentGuest>,
  reportData: (usual: AgentParts['reportData']) => Uint8Array = (usual) => usual,
  edit: (body: string) => string = (body) => body,
): Partial<VectorInput> {
  const parts = agentGuest({ manifest: agentText(), nonce, ...guest })
  const { report } = reportOn({ reportData: reportData(parts.reportData) })
  const body = new TextDecoder().decode(agentBody(report, parts.answer))
  return { evidence: base64(utf8(edit(body))) }
}

export const agentBinding = (accept: AcceptInput, challenge: Uint8Array = nonce): BindingInput => ({
  form: 'profile',
  profile: '2cvm-agent/1',
  inputs: { nonce: toHex(challenge) },
  accept: { manifest: accept },
})

export const anyManifest: AcceptInput = { unchecked: 'this vector is about something else' }
export const pinned = (text: string, algorithm: Hash = 'sha256'): AcceptInput => ({
  digest: hexDigest(algorithm, text),
})
export const expecting = (document: Loose, schema: string): AcceptInput => ({
  // A document of tests is JSON.
  expect: document as Json,
  schema,
})

type Rest = Partial<Pick<TestSketch, 'flags' | 'failed' | 'verdict' | 'source'>>

/** A case that must be accepted. */
export const fine = (comment: string, why: string, source: string, input: Partial<VectorInput>): TestSketch => ({
  comment,
  why,
  source,
  flags: ['valid'],
  input,
})

/** A refusal: its code and the one check that fails, `null` where none has run yet. */
export function refused(
  comment: string,
  why: string,
  source: string,
  [code, check]: readonly [code: string, check: string | null],
  input: Partial<VectorInput>,
  rest: Rest = {},
): TestSketch {
  const verdict = /_MALFORMED$|^EVIDENCE_/.test(code)
    ? 'malformed'
    : code.endsWith('_MISSING')
      ? 'unverifiable'
      : 'rejected'
  return {
    comment,
    why,
    source,
    flags: ['missingStep'],
    input,
    code,
    verdict,
    failed: check === null ? [] : [check],
    ...rest,
  }
}
