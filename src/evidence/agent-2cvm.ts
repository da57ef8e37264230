/**
 * The answer of a 2cVM attestation agent to `GET /v1/attestation/`: a report, the key that it commits to, and the
 * manifest that this key signed. Source: idlab-discover/2cVM-attestation-agent, `agent/routes/attestation.py`.
 *
 *   { "platform_attestation": base64(report), "tee_pub_key": base64(PEM text),
 *     "commitment_attestation": { "commitment_manifest": {…} | null,
 *                                 "commitment_manifest_signature": base64 | null } }
 *
 * No certificate comes with it. Whether key and manifest belong to the report is the binding's to say.
 */
import { parseStrictJsonWithSpans } from '../encoding/json-spans.js'
import { malformed, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'
import {
  type Members,
  bytesMember,
  jsonLimits,
  memberOf,
  optionalBytes,
  requireKnown,
  requireMembers,
} from './json-fields.js'

const what = '2cvm-agent'
const bodyKeys: ReadonlySet<string> = new Set([
  'platform_attestation',
  'commitment_attestation',
  'tee_pub_key',
])
const commitmentKeys: ReadonlySet<string> = new Set(['commitment_manifest', 'commitment_manifest_signature'])
const manifestPath = ['commitment_attestation', 'commitment_manifest'] as const

/** What an agent answers that was started without SEV-SNP, which is its default. */
const mockReport = 'abcdef'

export const agent2cvm: BytesFormat = {
  name: '2cvm-agent',
  takes: 'bytes',
  recognises: ({ members }) => members !== null && [...bodyKeys].every((key) => Object.hasOwn(members, key)),
  decode: (bytes) => {
    // Spans, because the signature is over these bytes of the manifest and no others.
    const { value, spans } = parseStrictJsonWithSpans(bytes, jsonLimits(what), [manifestPath])
    const body = requireMembers(value, what)
    requireKnown(body, what, bodyKeys)
    const [span = null] = spans
    const commitment = requireMembers(body['commitment_attestation'], `${what}: commitment_attestation`)
    requireKnown(commitment, what, commitmentKeys)
    if (body['platform_attestation'] === mockReport)
      throw malformed(what, 'platform_attestation is the mock of an agent that runs without SEV-SNP')
    return {
      ...reportAlone(bytesMember(body, 'platform_attestation', what, 'base64')),
      attachments: {
        teeKeyPem: bytesMember(body, 'tee_pub_key', what, 'base64'),
        ...signedManifest(commitment, span === null ? null : bytes.subarray(...span)),
      },
    }
  },
}

/** An agent that nobody locked has neither; one without the other is worth as little, so neither is handed on. */
function signedManifest(commitment: Members, slice: Uint8Array | null): Record<string, Uint8Array | null> {
  const signature = optionalBytes(commitment, 'commitment_manifest_signature', what, 'base64')
  const value = memberOf(commitment, 'commitment_manifest')
  if (value === null || signature === null) return { manifest: null, manifestSignature: null }
  requireMembers(value, `${what}: commitment_manifest`)
  return { manifest: slice, manifestSignature: signature }
}
