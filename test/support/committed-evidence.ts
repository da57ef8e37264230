// Synthetic evidence that commits to a manifest, as a guest would make it: REPORT_DATA of a profile, and the answer of
// a 2cVM agent with its key and its signature.
import { createHash } from 'node:crypto'
import { frameBytes } from '../../src/binding/frame.js'
import { agentBody } from './agent-2cvm.js'
import { concat } from './der.js'
import { type RsaKey, rsaKey } from './keys.js'
import { type EvidenceOptions, type LabEvidence, labEvidence } from './pki.js'
import { signPss } from './pss.js'

const sha = (algorithm: 'sha256' | 'sha384' | 'sha512', bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash(algorithm).update(bytes).digest())

/** The SubjectPublicKeyInfo of a key as PEM text, 64 characters a line, as OpenSSL writes it. */
export function pemOf({ spki }: RsaKey): Uint8Array {
  const lines =
    Buffer.from(spki)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return new TextEncoder().encode(
    `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`,
  )
}

/** The signature of a 2cVM agent: RSASSA-PSS, SHA-256, salt as long as the key allows. */
export function agentSignature(
  manifest: Uint8Array,
  key: RsaKey = rsaKey('tee'),
  saltLength = 222,
): Uint8Array {
  return signPss(manifest, key, { hash: 'sha256', mgfHash: 'sha256', saltLength })
}

export interface AgentEvidence extends LabEvidence {
  /** The HTTP body. */
  readonly body: Uint8Array
  readonly teeKeyPem: Uint8Array
}

/** What an agent answers that is locked on these bytes of a manifest, asked with this nonce. */
export function agentEvidence(
  manifest: Uint8Array,
  nonce: Uint8Array,
  options: EvidenceOptions = {},
): AgentEvidence {
  const teeKeyPem = pemOf(rsaKey('tee'))
  const reportData = concat(sha('sha256', nonce), sha('sha256', teeKeyPem))
  const evidence = labEvidence({ ...options, report: { ...options.report, reportData } })
  const base64 = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes).toString('base64'))
  const body = agentBody(evidence.report, {
    manifest: new TextDecoder().decode(manifest),
    signature: base64(agentSignature(manifest)),
    key: base64(teeKeyPem),
  })
  return { ...evidence, body, teeKeyPem }
}

/** REPORT_DATA of `manifest-nonce/1`, over the digest of canonical bytes. */
export function manifestNonceData(canonical: Uint8Array, nonce: Uint8Array): Uint8Array {
  const inputs = [['manifest', sha('sha256', canonical)] as const, ['nonce', nonce] as const]
  return sha('sha512', frameBytes('REPORT_DATA', 'manifest-nonce/1', inputs))
}

/** REPORT_DATA of `manifest/1`. */
export function manifestData(canonical: Uint8Array): Uint8Array {
  return concat(sha('sha256', canonical), new Uint8Array(32))
}
