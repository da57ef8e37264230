/**
 * What the quote service of teekit answers for an SEV-SNP machine. Source: canvasxyz/teekit,
 * `packages/kettle/src/services/quote.ts` and `packages/tunnel/src/types.ts`.
 *
 *   { "quote": base64(report), "vcek_cert": PEM, "ask_cert"?: PEM, "ark_cert"?: PEM,
 *     "nonce"?: base64, "tee_type"?: "sev-snp" }
 *
 * The nonce is the machine's own choice, and REPORT_DATA the digest of it and of a key that is not in here. Members
 * are fixed, and others refused. The CBOR messages of its tunnel are another format.
 */
import { toUtf8 } from '../encoding/text.js'
import { malformed, readCertificates, readLeaf, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'
import {
  bytesMember,
  memberOf,
  optionalBytes,
  readJson,
  requireKnown,
  requireMembers,
  textMember,
} from './json-fields.js'

const what = 'teekit'
const keys: ReadonlySet<string> = new Set(['quote', 'vcek_cert', 'ask_cert', 'ark_cert', 'nonce', 'tee_type'])

export const teekit: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) =>
    members !== null && Object.hasOwn(members, 'quote') && Object.hasOwn(members, 'vcek_cert'),
  decode: (bytes) => {
    const members = requireMembers(readJson(bytes, what, 1), what)
    requireKnown(members, what, keys)
    const type = memberOf(members, 'tee_type')
    if (type !== null && type !== 'sev-snp') throw malformed(what, 'tee_type is not sev-snp')
    const pem = (name: string): Uint8Array => toUtf8(textMember(members, name, what))
    return {
      ...reportAlone(bytesMember(members, 'quote', what, 'base64')),
      leaves: [{ kind: 'vcek', der: readLeaf(pem('vcek_cert'), `${what}: vcek_cert`) }],
      authorities: ['ask_cert', 'ark_cert'].flatMap((name) =>
        memberOf(members, name) === null ? [] : readCertificates(pem(name), `${what}: ${name}`),
      ),
      attachments: { nonce: optionalBytes(members, 'nonce', what, 'base64') },
    }
  },
}
