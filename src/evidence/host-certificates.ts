/**
 * AMD's certificates as containers on Azure hand them on: they get them from their host, in the form of the metadata
 * service. Sources: microsoft/confidential-sidecar-containers, `pkg/attest` and `pkg/common/maa.go`; microsoft/CCF.
 *
 *   PEM of VCEK, ASK and ARK, one after the other, or the answer of the metadata service as it is (`thim.ts`)
 *
 * The first is the endorsement key, by its place: the others are compared with the pinned ones, so a chain in another
 * order is refused.
 */
import { type ContainerParts, kindOfLeaf, readCertificates } from './container.js'
import { readThim } from './thim.js'

/**
 * Reads such certificates. No bytes are no certificates: hosts need not have any.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`, `EVIDENCE_SIZE`.
 */
export function readHostCertificates(bytes: Uint8Array, what: string): Omit<ContainerParts, 'report'> {
  const [leaf, ...authorities] = chainOf(bytes, what)
  return {
    leaves: leaf === undefined ? [] : [{ kind: kindOfLeaf(leaf), der: leaf }],
    authorities,
    crls: [],
  }
}

function chainOf(bytes: Uint8Array, what: string): readonly Uint8Array[] {
  if (bytes.length === 0) return []
  // An object of JSON, which begins as no certificate does.
  if (bytes[0] !== 0x7b) return readCertificates(bytes, what)
  const { leaf, authorities } = readThim(bytes)
  return [leaf, ...authorities]
}
