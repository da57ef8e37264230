/**
 * Everything that a client of Tinfoil verifies, in one document. Source: tinfoilsh/tinfoil-js,
 * `packages/verifier/src/bundle.ts` and `types.ts`.
 *
 *   { "domain": text, "enclaveAttestationReport": { "format", "body" }, "digest": 64 hex digits,
 *     "releaseTag"?: text, "sigstoreBundle": {…}, "vcek": base64 of DER, "enclaveCert": PEM }
 *
 * The report and the VCEK are evidence. The rest is handed on as it came, for bindings and for those who verify
 * releases: nothing of it is read here, least of all the certificate of the enclave, and nothing says that it
 * belongs to the report. Members are fixed, and others refused.
 */
import { parseStrictJsonWithSpans } from '../encoding/json-spans.js'
import { toUtf8 } from '../encoding/text.js'
import { malformed, readLeaf } from './container.js'
import type { BytesFormat } from './format.js'
import {
  bytesMember,
  jsonLimits,
  memberOf,
  optionalText,
  requireKnown,
  requireMembers,
  textMember,
} from './json-fields.js'
import { readTinfoil } from './tinfoil.js'

const what = 'tinfoil-bundle'
const keys: ReadonlySet<string> = new Set([
  'domain',
  'enclaveAttestationReport',
  'digest',
  'releaseTag',
  'sigstoreBundle',
  'vcek',
  'enclaveCert',
])
const digestBytes = 32

export const tinfoilBundle: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) =>
    members !== null && Object.hasOwn(members, 'enclaveAttestationReport') && Object.hasOwn(members, 'vcek'),
  decode: async (bytes) => {
    // The bundle of signatures is handed on as these very bytes.
    const { value, spans } = parseStrictJsonWithSpans(bytes, jsonLimits(what), [['sigstoreBundle']])
    const bundle = requireMembers(value, what)
    requireKnown(bundle, what, keys)
    const inner = `${what}: enclaveAttestationReport`
    const held = await readTinfoil(requireMembers(memberOf(bundle, 'enclaveAttestationReport'), inner), inner)
    requireMembers(memberOf(bundle, 'sigstoreBundle'), `${what}: sigstoreBundle`)
    const [span = null] = spans
    const text = (name: string): Uint8Array => toUtf8(textMember(bundle, name, what))
    const releaseTag = optionalText(bundle, 'releaseTag', what)
    const releaseDigest = bytesMember(bundle, 'digest', what, 'hex')
    if (releaseDigest.length !== digestBytes) throw malformed(what, 'digest has not 32 bytes')
    return {
      ...held,
      leaves: [{ kind: 'vcek', der: readLeaf(bytesMember(bundle, 'vcek', what, 'base64'), `${what}: vcek`) }],
      attachments: {
        ...held.attachments,
        domain: text('domain'),
        releaseDigest,
        releaseTag: releaseTag === null ? null : toUtf8(releaseTag),
        sigstoreBundle: span === null ? null : bytes.subarray(...span),
        enclaveCertificate: text('enclaveCert'),
      },
    }
  },
}
