/**
 * What a Tinfoil enclave answers at `/.well-known/tinfoil-attestation`. Source: tinfoilsh/tinfoil-js,
 * `packages/verifier/src/attestation.ts`.
 *
 *   { "format": "https://tinfoil.sh/predicate/sev-snp-guest/v2", "body": base64(gzip(report)) }
 *
 * Version 1 has the report without gzip. No certificate comes with it. The enclave's keys are in REPORT_DATA: the
 * digest of its TLS key, then in version 2 its key for HPKE. They are handed on as attachments, so that a binding
 * has them as inputs; that they are the report's own bytes makes them no more than the report is.
 * Both members are fixed; others are refused. The envelope of version 3 of the verifier is another format.
 */
import { gunzip } from '../encoding/gzip.js'
import { fields, reportBytes } from '../report/layout.js'
import { type ContainerParts, malformed, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'
import {
  type Members,
  bytesMember,
  readJson,
  requireKnown,
  requireMembers,
  textMember,
} from './json-fields.js'

const predicates = 'https://tinfoil.sh/predicate/'
const keys: ReadonlySet<string> = new Set(['format', 'body'])
const keyBytes = 32

/** A report, its keys, and nothing else. Reads such a document, which may stand inside another. */
export async function readTinfoil(members: Members, what: string): Promise<ContainerParts> {
  requireKnown(members, what, keys)
  const format = textMember(members, 'format', what)
  const version = [1, 2].find((one) => format === `${predicates}sev-snp-guest/v${String(one)}`)
  if (version === undefined) throw malformed(what, 'format is not that of SEV-SNP guests, version 1 or 2')
  const body = bytesMember(members, 'body', what, 'base64')
  const report =
    version === 1
      ? body
      : await gunzip(body, { code: 'EVIDENCE_MALFORMED', what: `${what}: body`, maxLength: reportBytes })
  const [tls, hpke] = [0, keyBytes].map((from) => {
    const at = fields.reportData.offset + from
    return report.slice(at, at + keyBytes)
  })
  return {
    ...reportAlone(report),
    attachments: { tlsKeyDigest: tls ?? null, hpkeKey: version === 1 ? null : (hpke ?? null) },
  }
}

const what = 'tinfoil'

export const tinfoil: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) =>
    members !== null && typeof members['body'] === 'string' && isPredicate(members['format']),
  decode: (bytes) => readTinfoil(requireMembers(readJson(bytes, what, 1), what), what),
}

const isPredicate = (value: unknown): boolean => typeof value === 'string' && value.startsWith(predicates)
