/**
 * The quote of a node of CCF. Source: microsoft/CCF, `src/node/rpc/node_frontend.h` and
 * `include/ccf/ds/quote_info.h`.
 *
 *   GET /node/quotes/self, /node/attestations/self
 *     { "format": "AMD_SEV_SNP_v1", "node_id": 64 hex digits, "raw": base64(report), "endorsements": base64(PEM),
 *       "uvm_endorsements"?: base64(COSE), "measurement"?: text, of older versions "mrenclave"?: text }
 *   QuoteInfo: what a node joins with, and what the ledger keeps
 *     { "format": "AMD_SEV_SNP_v1", "quote": base64(report), "endorsements": base64(PEM),
 *       "uvm_endorsements"?: base64(COSE), "endorsed_tcb"?: text }
 *
 * Lists of the quotes of all nodes hold many reports and are not read. The governance API has a `quoteInfo` as well,
 * without a report. The identity of a node is the digest of its key, which REPORT_DATA is said to commit to: it is
 * handed on for a binding. The endorsement of the utility VM is handed on as it is: it is signed by Microsoft, not by
 * AMD. Measurement and TCB repeat what report and certificate say, and are not used.
 */
import { malformed, orNull, reportAlone } from './container.js'
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

const what = 'ccf-quote'
const sevSnp = 'AMD_SEV_SNP_v1'
/** What nodes have on SGX and without hardware, to be told so. */
const formats: readonly unknown[] = [sevSnp, 'OE_SGX_v1', 'Insecure_Virtual']
const nodeIdBytes = 32

const unused = ['measurement', 'mrenclave', 'endorsed_tcb'] as const
const nodeKeys: ReadonlySet<string> = new Set([
  'format',
  'node_id',
  'raw',
  'endorsements',
  'uvm_endorsements',
  'measurement',
  'mrenclave',
])
const infoKeys: ReadonlySet<string> = new Set([
  'format',
  'quote',
  'endorsements',
  'uvm_endorsements',
  'endorsed_tcb',
])

function readNodeId(quote: Members): Uint8Array {
  const nodeId = bytesMember(quote, 'node_id', what, 'hex')
  if (nodeId.length !== nodeIdBytes) throw malformed(what, 'node_id has not 32 bytes')
  return nodeId
}

export const ccfQuote: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) =>
    members !== null &&
    formats.includes(memberOf(members, 'format')) &&
    typeof memberOf(members, 'endorsements') === 'string',
  decode: (bytes) => {
    const quote = requireMembers(readJson(bytes, what, 1), what)
    const ofNode = Object.hasOwn(quote, 'raw')
    requireKnown(quote, what, ofNode ? nodeKeys : infoKeys)
    if (memberOf(quote, 'format') !== sevSnp) throw malformed(what, `format is not ${sevSnp}`)
    for (const key of unused) optionalText(quote, key, what)
    return {
      ...reportAlone(bytesMember(quote, ofNode ? 'raw' : 'quote', what, 'base64')),
      ...readHostCertificates(bytesMember(quote, 'endorsements', what, 'base64'), `${what}: endorsements`),
      attachments: {
        nodeId: ofNode ? readNodeId(quote) : null,
        uvmEndorsements: orNull(optionalBytes(quote, 'uvm_endorsements', what, 'base64')),
      },
    }
  },
}
