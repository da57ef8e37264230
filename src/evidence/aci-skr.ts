/**
 * What the sidecar for secure key release answers in a confidential container group of Azure. Source:
 * microsoft/confidential-sidecar-containers, `cmd/skr/README.md` and `pkg/skr`.
 *
 *   POST /attest/raw       { "report": hex(report) }
 *   POST /attest/combined  { "evidence": base64(report), "endorsements": base64(PEM), "uvm_endorsements"?: base64(COSE),
 *                            "endorsed_tcb"?: text }
 *
 * The endorsement of the utility VM is handed on as it is: it is signed by Microsoft, not by AMD. `endorsed_tcb`
 * repeats what the certificate says and is not used. A sidecar without the hardware answers a report that nobody
 * signed; it is refused as such.
 */
import { fromHex } from '../encoding/hex.js'
import { reportBytes } from '../report/layout.js'
import { type ContainerParts, orNull, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'
import { readHostCertificates } from './host-certificates.js'
import {
  type Members,
  bytesMember,
  memberOf,
  optionalBytes,
  optionalText,
  readJson,
  requireKnown,
  requireMembers,
} from './json-fields.js'

const what = 'aci-skr'
const rawKeys: ReadonlySet<string> = new Set(['report'])
const combinedKeys: ReadonlySet<string> = new Set([
  'evidence',
  'endorsements',
  'uvm_endorsements',
  'endorsed_tcb',
])

/** One member with a report in hex: base64 of it would be of others. */
function isRaw(members: Members): boolean {
  const report = memberOf(members, 'report')
  return (
    Object.keys(members).length === 1 && typeof report === 'string' && fromHex(report)?.length === reportBytes
  )
}

const isCombined = (members: Members): boolean =>
  ['evidence', 'endorsements'].every((key) => typeof memberOf(members, key) === 'string')

function readCombined(members: Members): ContainerParts {
  requireKnown(members, what, combinedKeys)
  optionalText(members, 'endorsed_tcb', what)
  return {
    ...reportAlone(bytesMember(members, 'evidence', what, 'base64')),
    ...readHostCertificates(bytesMember(members, 'endorsements', what, 'base64'), `${what}: endorsements`),
    attachments: { uvmEndorsements: orNull(optionalBytes(members, 'uvm_endorsements', what, 'base64')) },
  }
}

export const aciSkr: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) => members !== null && (isRaw(members) || isCombined(members)),
  decode: (bytes) => {
    const members = requireMembers(readJson(bytes, what, 1), what)
    if (Object.hasOwn(members, 'evidence')) return readCombined(members)
    requireKnown(members, what, rawKeys)
    return reportAlone(bytesMember(members, 'report', what, 'hex'))
  },
}
