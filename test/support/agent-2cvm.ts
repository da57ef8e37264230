// What a 2cVM attestation agent answers, written by us: compact JSON, beyond ASCII as it is.
import { ascii } from './der.js'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** The shape of a TEE key as the agent encodes it. Nobody has its private key. */
export const agentKeyPem = `-----BEGIN PUBLIC KEY-----\n${'MIIB'.repeat(16)}\n-----END PUBLIC KEY-----\n`

/** A manifest as text: its very bytes are signed. */
export const agentManifest =
  '{"participants":[{"name":"imec","DID":"did:web:imec.example"}],"composition":"package demo:flow; // é\u{1f512}\\n"}'

export interface AgentAnswer {
  readonly report: string
  readonly manifest: string
  readonly signature: string
  readonly key: string
}

/** The HTTP body; each part is JSON text, so that anything can stand there. */
export function agentBody(report: Uint8Array, parts: Partial<AgentAnswer> = {}): Uint8Array {
  const {
    report: reportText = JSON.stringify(base64(report)),
    manifest = agentManifest,
    signature = JSON.stringify(base64(new Uint8Array(256).fill(0x5a))),
    key = JSON.stringify(base64(ascii(agentKeyPem))),
  } = parts
  const commitment = `{"commitment_manifest":${manifest},"commitment_manifest_signature":${signature}}`
  return new TextEncoder().encode(
    `{"platform_attestation":${reportText},"commitment_attestation":${commitment},"tee_pub_key":${key}}`,
  )
}
