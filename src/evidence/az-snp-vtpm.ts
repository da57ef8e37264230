/**
 * Evidence of Azure confidential VMs as Trustee takes it: the blob of the paravisor, a quote by the virtual TPM, the
 * values of its PCRs, and the VCEK. Source: confidential-containers/trustee, `deps/verifier/src/az_snp_vtpm`.
 *
 *   without a version  { "quote": { "signature": [bytes], "message": [bytes], "pcrs": [[bytes], …] },
 *                        "report": [bytes], "vcek": PEM }
 *   version 1 and 2    { "version": 1, "tpm_quote": { "signature": hex, "message": hex, "pcrs": [hex, …] },
 *                        "hcl_report": base64url, "vcek": base64url of DER }
 *
 * Version 2 differs in what the guest wrote into the claims (`user-data`), not in its form. The values of the PCRs come
 * as one attachment, one after the other; nothing says that they are those of the quote: the binding compares them.
 */
import { concatBytes } from '../encoding/bytes.js'
import { toUtf8 } from '../encoding/text.js'
import { type ContainerParts, malformed, readLeaf } from './container.js'
import type { BytesFormat } from './format.js'
import { readHcl } from './hcl.js'
import {
  type Members,
  byteListMember,
  bytesMember,
  memberOf,
  readJson,
  requireKnown,
  requireMembers,
  textMember,
} from './json-fields.js'

const oldKeys: ReadonlySet<string> = new Set(['quote', 'report', 'vcek'])
const newKeys: ReadonlySet<string> = new Set(['version', 'tpm_quote', 'hcl_report', 'vcek'])
const quoteKeys: ReadonlySet<string> = new Set(['signature', 'message', 'pcrs'])

/** PCRs of a TPM for PCs. All have the size of SHA-256, the only bank that is asked for. */
const maxPcrs = 24
const pcrBytes = 32

/** How bytes are written in a version. */
type ReadBytes = (members: Members, key: string, what: string) => Uint8Array

const asHex: ReadBytes = (members, key, what) => bytesMember(members, key, what, 'hex')
const hasAll = (members: Members, keys: ReadonlySet<string>): boolean =>
  [...keys].every((key) => Object.hasOwn(members, key))

/**
 * Reads the members of such a document, which may stand inside another.
 *
 * @returns Attachments `runtimeData`, `tpmQuote`, `tpmSignature` and `pcrs`.
 * @throws VerificationError `EVIDENCE_MALFORMED`, `EVIDENCE_SIZE`.
 */
export function readVtpmEvidence(members: Members, what: string): ContainerParts {
  const isOld = !Object.hasOwn(members, 'version')
  requireKnown(members, what, isOld ? oldKeys : newKeys)
  if (!isOld && ![1, 2].some((version) => version === members['version']))
    throw malformed(what, 'version is neither 1 nor 2')
  const blob = isOld
    ? byteListMember(members, 'report', what)
    : bytesMember(members, 'hcl_report', what, 'base64url')
  const vcek = isOld
    ? toUtf8(textMember(members, 'vcek', what))
    : bytesMember(members, 'vcek', what, 'base64url')
  const hcl = readHcl(blob, what)
  const quote = requireMembers(members[isOld ? 'quote' : 'tpm_quote'], `${what}: quote`)
  return {
    ...hcl,
    leaves: [{ kind: 'vcek', der: readLeaf(vcek, `${what}: vcek`) }],
    attachments: {
      ...hcl.attachments,
      ...readQuote(quote, isOld ? byteListMember : asHex, `${what}: quote`),
    },
  }
}

function readQuote(quote: Members, read: ReadBytes, what: string): Record<string, Uint8Array> {
  requireKnown(quote, what, quoteKeys)
  const values = memberOf(quote, 'pcrs')
  if (!Array.isArray(values) || values.length === 0 || values.length > maxPcrs)
    throw malformed(what, `pcrs is not a list of 1 to ${String(maxPcrs)} values`)
  const pcrs = values.map((value: Members[string]) => read({ pcr: value }, 'pcr', what))
  if (pcrs.some(({ length }) => length !== pcrBytes)) throw malformed(what, 'a PCR has not 32 bytes')
  return {
    tpmQuote: read(quote, 'message', what),
    tpmSignature: read(quote, 'signature', what),
    pcrs: concatBytes(...pcrs),
  }
}

/** Whether members look like such a document: all that one of its versions has. */
export const isVtpmEvidence = (members: Members): boolean =>
  hasAll(members, oldKeys) || hasAll(members, newKeys)

const what = 'az-snp-vtpm'

export const azSnpVtpm: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) => members !== null && isVtpmEvidence(members),
  decode: (bytes) => readVtpmEvidence(requireMembers(readJson(bytes, what, 4), what), what),
}
