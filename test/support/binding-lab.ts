// Profiles over reports that the lab signs: what a verification with a binding comes to.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { PolicyDocument } from '../../src/appraisal/document.js'
import type { Binding } from '../../src/binding/binding.js'
import { ownChallenge } from '../../src/binding/challenge.js'
import type { ProfileDefinition } from '../../src/binding/definition.js'
import { hash, input } from '../../src/binding/expression.js'
import type { RefusedEvidence, UnidentifiedEvidence, VerifiedEvidence } from '../../src/verify/result.js'
import { evidenceOf, inputOf, labVerifier, policyOf } from './lab-verifier.js'
import { labEvidence } from './pki.js'
import type { ReportFields } from './report.js'

export const sha = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  new Uint8Array(
    createHash('sha256')
      .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
      .digest(),
  )
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const bytes = (length: number, from: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (from + 7 * at) & 0xff)
export const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

export const nonce = bytes(32, 3)
export const challenge = ownChallenge(nonce)
const pair = generateKeyPairSync('ed25519')
export const key = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }))
export const signed = (message: Uint8Array): Uint8Array =>
  new Uint8Array(sign(null, message, pair.privateKey))

type Report = Partial<ReportFields>
type Accepted = VerifiedEvidence | UnidentifiedEvidence

const measurement = 'ab'.repeat(48)
export const identified: Partial<PolicyDocument> = { measurements: [{ label: 'agent', value: measurement }] }

export async function judge(
  report: Report,
  binding: Binding,
  policy: Partial<PolicyDocument> = identified,
): Promise<Accepted | RefusedEvidence> {
  const lab = labEvidence({ report: { measurement: new Uint8Array(48).fill(0xab), ...report } })
  const input = await inputOf(evidenceOf(lab), { policy: await policyOf(policy), binding })
  const outcome = await labVerifier.appraiseEvidence(input)
  return outcome.verdict === 'accepted' ? (outcome.verified as Accepted) : outcome
}

export async function accepted(...args: Parameters<typeof judge>): Promise<Accepted> {
  const outcome = await judge(...args)
  if (outcome.verdict !== 'accepted') throw new Error(`refused: ${outcome.code} ${outcome.error.message}`)
  return outcome
}

/** Code, failed check, and what was expected and seen. */
export async function refusal(...args: Parameters<typeof judge>) {
  const outcome = await judge(...args)
  if (outcome.verdict === 'accepted') return { code: null }
  const failed = outcome.checks.filter((check) => check.outcome === 'failed')
  return {
    code: outcome.code,
    check: failed.map(({ id }) => id).join(),
    details: outcome.error.details,
    remark: failed[0]?.reason,
  }
}

export const base = { id: 'test/1', title: 'a test', source: 'nowhere' } as const

export const keyAndNonce = {
  ...base,
  inputs: {
    nonce: { source: 'verifier', length: { min: 16, max: 64 } },
    key: { source: 'evidence', length: { min: 32, max: 100 } },
  },
  edges: [
    {
      kind: 'commit',
      carrier: 'REPORT_DATA',
      layout: [hash('sha256', input('nonce')), hash('sha256', input('key'))],
    },
  ],
  freshness: { challenge: 'nonce' },
} as const satisfies ProfileDefinition
