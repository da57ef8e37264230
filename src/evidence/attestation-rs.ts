/**
 * Evidence of attestation-rs, which c8s uses. Source: confidential-dot-ai/attestation-rs,
 * `platforms/snp/evidence.rs` and `platforms/az_snp/evidence.rs`.
 *
 *   { "platform": "snp", "evidence": { "attestation_report": base64,
 *                                      "cert_chain": { "vcek": base64 of DER, "ask"?: …, "ark"?: … } | null } }
 *
 * or the inner object alone. `vcek` may hold a VLEK: the certificate says which it is. On Azure `platform` is `az-snp`
 * and the evidence a document of `az-snp-vtpm`. Other platforms, and unknown members, are refused.
 */
import { isVtpmEvidence, readVtpmEvidence } from './az-snp-vtpm.js'
import {
  type ContainerParts,
  kindOfLeaf,
  malformed,
  readCertificates,
  readLeaf,
  reportAlone,
} from './container.js'
import type { BytesFormat } from './format.js'
import {
  type Members,
  bytesMember,
  isMembers,
  memberOf,
  optionalBytes,
  readJson,
  requireKnown,
  requireMembers,
} from './json-fields.js'

const what = 'attestation-rs'
const envelopeKeys: ReadonlySet<string> = new Set(['platform', 'evidence'])
const evidenceKeys: ReadonlySet<string> = new Set(['attestation_report', 'cert_chain'])
const chainKeys: ReadonlySet<string> = new Set(['vcek', 'ask', 'ark'])

const isEnvelope = (members: Members): boolean => Object.hasOwn(members, 'evidence')
const hasReport = (members: Members): boolean => typeof memberOf(members, 'attestation_report') === 'string'

function recognises(members: Members): boolean {
  if (!isEnvelope(members)) return hasReport(members)
  const evidence = memberOf(members, 'evidence')
  if (typeof memberOf(members, 'platform') !== 'string' || !isMembers(evidence)) return false
  return hasReport(evidence) || isVtpmEvidence(evidence)
}

function readOwn(evidence: Members): ContainerParts {
  requireKnown(evidence, what, evidenceKeys)
  return {
    ...reportAlone(bytesMember(evidence, 'attestation_report', what, 'base64')),
    ...readChain(evidence),
  }
}

function readEnvelope(document: Members): ContainerParts {
  requireKnown(document, what, envelopeKeys)
  const inner = `${what}: evidence`
  const evidence = requireMembers(document['evidence'], inner)
  if (document['platform'] === 'az-snp') return readVtpmEvidence(evidence, inner)
  if (document['platform'] !== 'snp') throw malformed(what, 'platform is neither snp nor az-snp')
  return readOwn(evidence)
}

function readChain(evidence: Members): Omit<ContainerParts, 'report'> {
  const value = memberOf(evidence, 'cert_chain')
  if (value === null) return { leaves: [], authorities: [], crls: [] }
  const where = `${what}: cert_chain`
  const chain = requireMembers(value, where)
  requireKnown(chain, where, chainKeys)
  const der = readLeaf(bytesMember(chain, 'vcek', where, 'base64'), `${where}: vcek`)
  const authorities = ['ask', 'ark'].flatMap((name) => {
    const certificate = optionalBytes(chain, name, where, 'base64')
    return certificate === null ? [] : readCertificates(certificate, `${where}: ${name}`)
  })
  return { leaves: [{ kind: kindOfLeaf(der), der }], authorities, crls: [] }
}

export const attestationRs: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: ({ members }) => members !== null && recognises(members),
  decode: (bytes) => {
    const document = requireMembers(readJson(bytes, what, 5), what)
    return isEnvelope(document) ? readEnvelope(document) : readOwn(document)
  },
}
