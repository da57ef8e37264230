/**
 * Certificates as Azure hands them to a VM: the answer of its metadata service to
 * `GET /metadata/THIM/amd/certification`. Sources: Microsoft, Trusted Hardware Identity Management;
 * microsoft/confidential-sidecar-containers, `pkg/attest` (`THIMCerts`).
 *
 *   { "vcekCert": PEM, "tcbm": 16 hex digits, "certificateChain": PEM of ASK and ARK, "cacheControl": text }
 *
 * It holds no report, so it is no evidence: it stands in the place of an endorsement key. The VCEK is taken; the others
 * are compared with the pinned ones. `tcbm` repeats what the certificate says, and `cacheControl` is about caches: what
 * they say is not used.
 */
import { toUtf8 } from '../encoding/text.js'
import { malformed, readCertificates, readLeaf } from './container.js'
import type { BytesFormat } from './format.js'
import { optionalText, readJson, requireKnown, requireMembers, textMember } from './json-fields.js'

const what = 'thim'
const keys: ReadonlySet<string> = new Set(['vcekCert', 'tcbm', 'certificateChain', 'cacheControl'])

export interface ThimCertificates {
  /** DER, the VCEK. */
  readonly leaf: Uint8Array
  /** DER: hints. */
  readonly authorities: readonly Uint8Array[]
}

/** @throws VerificationError `EVIDENCE_MALFORMED`, `EVIDENCE_SIZE`. */
export function readThim(bytes: Uint8Array): ThimCertificates {
  const members = requireMembers(readJson(bytes, what, 1), what)
  requireKnown(members, what, keys)
  for (const key of ['tcbm', 'cacheControl']) optionalText(members, key, what)
  return {
    leaf: readLeaf(toUtf8(textMember(members, 'vcekCert', what)), `${what}: vcekCert`),
    authorities: readCertificates(
      toUtf8(textMember(members, 'certificateChain', what)),
      `${what}: certificateChain`,
    ),
  }
}

export const thim: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) =>
    members !== null && Object.hasOwn(members, 'vcekCert') && Object.hasOwn(members, 'certificateChain'),
  decode: (bytes) => {
    readThim(bytes)
    throw malformed(what, 'certificates without a report: give them beside one, as its endorsement key')
  },
}
