/**
 * What a guest sends to Microsoft Azure Attestation, `POST /attest/SevSnpVm`. Sources: its REST reference;
 * microsoft/confidential-sidecar-containers, `pkg/common/maa.go`. Everything is base64url, with or without padding.
 *
 *   { "report": base64url({ "SnpReport": report, "VcekCertChain": PEM, "Endorsements"?: base64url({ "Uvm": [COSE] }) }),
 *     "runtimeData"?: { "data": base64url, "dataType": text }, "initTimeData"?: { the same },
 *     "nonce"?: text or a 64-bit integer, "draftPolicyForAttestation"?: text }
 *
 * The endorsement of the utility VM is handed on as it is: it is signed by Microsoft, not by AMD. Runtime data are what
 * REPORT_DATA is said to commit to, data of the start HOST_DATA: that they do is the binding's to say. `nonce` and the
 * draft of a policy are for the service alone, and `dataType` says how it shows the data: they are not used.
 */
import { type ContainerParts, malformed, orNull, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'
import { readHostCertificates } from './host-certificates.js'
import {
  type Members,
  bytesMember,
  isMembers,
  memberOf,
  optionalBytes,
  optionalText,
  readJson,
  requireKnown,
  requireMembers,
  textMember,
  wordMember,
} from './json-fields.js'

const what = 'maa-request'
const requestKeys: ReadonlySet<string> = new Set([
  'report',
  'runtimeData',
  'initTimeData',
  'nonce',
  'draftPolicyForAttestation',
])
const reportKeys: ReadonlySet<string> = new Set(['SnpReport', 'VcekCertChain', 'Endorsements'])
const dataKeys: ReadonlySet<string> = new Set(['data', 'dataType'])
const endorsementKeys: ReadonlySet<string> = new Set(['Uvm'])

function readReport(request: Members): ContainerParts {
  const where = `${what}: report`
  const held = requireMembers(readJson(bytesMember(request, 'report', what, 'base64url'), where, 1), where)
  requireKnown(held, where, reportKeys)
  const endorsements = orNull(optionalBytes(held, 'Endorsements', where, 'base64url'))
  return {
    ...reportAlone(bytesMember(held, 'SnpReport', where, 'base64url')),
    ...readHostCertificates(
      bytesMember(held, 'VcekCertChain', where, 'base64url'),
      `${where}: VcekCertChain`,
    ),
    attachments: { uvmEndorsements: endorsements === null ? null : readUvm(endorsements) },
  }
}

function readUvm(bytes: Uint8Array): Uint8Array {
  const where = `${what}: Endorsements`
  const endorsements = requireMembers(readJson(bytes, where, 2), where)
  requireKnown(endorsements, where, endorsementKeys)
  const list = memberOf(endorsements, 'Uvm')
  const items: readonly Members[string][] = Array.isArray(list) ? list : []
  const [item] = items
  // Of several nothing says which one is of this utility VM.
  if (item === undefined || items.length > 1) throw malformed(where, 'Uvm is not a list of one')
  return bytesMember({ Uvm: item }, 'Uvm', where, 'base64url')
}

function readData(request: Members, key: string): Uint8Array | null {
  const value = memberOf(request, key)
  if (value === null) return null
  const where = `${what}: ${key}`
  const data = requireMembers(value, where)
  requireKnown(data, where, dataKeys)
  textMember(data, 'dataType', where)
  return orNull(bytesMember(data, 'data', where, 'base64url'))
}

/** What is for the service alone has its type all the same. */
function requireRest(request: Members): void {
  const nonce = memberOf(request, 'nonce')
  if (nonce !== null && typeof nonce !== 'string') wordMember(request, 'nonce', what, 64)
  optionalText(request, 'draftPolicyForAttestation', what)
}

export const maaRequest: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) =>
    members !== null &&
    typeof memberOf(members, 'report') === 'string' &&
    isMembers(memberOf(members, 'runtimeData')),
  decode: (bytes) => {
    const request = requireMembers(readJson(bytes, what, 2), what)
    requireKnown(request, what, requestKeys)
    requireRest(request)
    const held = readReport(request)
    return {
      ...held,
      attachments: {
        ...held.attachments,
        runtimeData: readData(request, 'runtimeData'),
        initTimeData: readData(request, 'initTimeData'),
      },
    }
  },
}
