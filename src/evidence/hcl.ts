/**
 * What Azure's paravisor leaves in the virtual TPM of a confidential VM, at NV index 0x01400001: a header, the report
 * that it asked for when the VM started, and the runtime claims that this report commits to.
 * Sources: microsoft/openvmm (IGVM attestation protocol); kinvolk/azure-cvm-tooling, `az-cvm-vtpm/src/hcl`.
 *
 *   0x000  "HCLA", version, size, request type, status, 12 reserved bytes
 *   0x020  report
 *   0x4c0  size, version, report type, hash type, size of the claims
 *   0x4d4  claims: JSON
 *          zeros up to the size of the NV index
 *
 * Header and request data are signed by nobody. They say how to read the rest, so there is one reading or none: other
 * versions and types are refused, and sizes must agree. That the report commits to the claims is the binding's to say.
 */
import { isFilledWith, u32le } from '../encoding/bytes.js'
import { word32Hex } from '../encoding/hex.js'
import { reportBytes } from '../report/layout.js'
import { type ContainerParts, malformed, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'

const headerBytes = 0x20
const requestAt = headerBytes + reportBytes
const requestBytes = 20
const claimsAt = requestAt + requestBytes

/** Words that have one meaning here. The offset is behind the name, then the values that are known. */
const words: readonly (readonly [name: string, offset: number, known: readonly number[]])[] = [
  ['signature', 0x00, [0x414c4348]],
  ['version', 0x04, [1, 2]],
  // 2: for the certificate of the attestation key.
  ['request type', 0x0c, [2]],
  ['status', 0x10, [0]],
  // From version 2 on a word of capabilities stands before the claims; none has been seen.
  ['version of the request data', requestAt + 4, [1]],
  // 2: SEV-SNP. 4 is TDX.
  ['report type', requestAt + 8, [2]],
  // 1: SHA-256. The profile names the algorithm, not the evidence: 2 and 3 would be others.
  ['hash type', requestAt + 12, [1]],
]

/**
 * Takes a blob apart.
 *
 * @returns Views into it, with the claims as attachment `runtimeData`.
 * @throws VerificationError `EVIDENCE_MALFORMED`.
 */
export function readHcl(blob: Uint8Array, what: string): ContainerParts {
  if (blob.length < claimsAt) throw malformed(what, `fewer than ${String(claimsAt)} bytes`)
  for (const [name, offset, known] of words) {
    const value = u32le(blob, offset)
    if (!known.includes(value)) throw malformed(what, `the ${name} ${word32Hex(value)} is not known`)
  }
  if (!isFilledWith(blob, 0, 0x14, headerBytes)) throw malformed(what, 'reserved bytes are not zero')
  const end = claimsAt + u32le(blob, requestAt + 16)
  if (end > blob.length) throw malformed(what, 'the claims are longer than the blob')
  if (u32le(blob, requestAt) !== end - requestAt || u32le(blob, 0x08) !== end)
    throw malformed(what, 'the sizes do not agree')
  // Nothing signs what stands behind the claims: there is nothing to be said there.
  if (!isFilledWith(blob, 0, end)) throw malformed(what, 'bytes behind the claims are not zero')
  return {
    ...reportAlone(blob.subarray(headerBytes, requestAt)),
    attachments: { runtimeData: blob.subarray(claimsAt, end) },
  }
}

export const azureHcl: BytesFormat = {
  name: 'azure-hcl',
  takes: 'bytes',
  recognises: ({ bytes }) => bytes.length >= claimsAt && u32le(bytes, 0) === 0x414c4348,
  decode: (bytes) => readHcl(bytes, 'azure-hcl'),
}
