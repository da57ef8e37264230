/**
 * Evidence of Project Oak as binary protobuf: a report, the key that it commits to, and the certificates of the
 * layers above. Source: project-oak/oak, `proto/attestation/evidence.proto`.
 *
 *   Evidence          { 1: RootLayerEvidence, 2: LayerEvidence, repeated, 3: ApplicationKeys, 4: event log }
 *   RootLayerEvidence { 1: platform (1 is SEV-SNP), 2: report, 3: key of the first layer }
 *   LayerEvidence     { 1: certificate }
 *   ApplicationKeys   { 1: certificate of the encryption key, 2: certificate of the signing key }
 *
 * Keys and certificates are COSE or a point, by the version of Oak: they are handed on as they are. The certificates
 * are signed by the key of the layer below and say nothing before the report is bound to the first. Endorsements come
 * apart from it, and the caller gives the certificate of the report's key.
 */
import { reportBytes } from '../report/layout.js'
import { malformed, orNull, readOr, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'
import { tooMany } from './limits.js'
import {
  type Fields,
  type MessageShape,
  bytesField,
  manyBytes,
  readFields,
  wordField,
} from './protobuf-fields.js'

const what = 'oak-evidence'
/** AMD_SEV_SNP of the enumeration of platforms. */
const sevSnp = 1n
/** More than any deployment has: four have been seen. */
const maxLayers = 8

const evidenceShape: MessageShape = new Map([
  [1, ['root_layer', 'bytes']],
  [2, ['layers', 'bytes', 'many']],
  [3, ['application_keys', 'bytes']],
  [4, ['event_log', 'bytes']],
])
const rootShape: MessageShape = new Map([
  [1, ['platform', 'varint']],
  [2, ['remote_attestation_report', 'bytes']],
  [3, ['eca_public_key', 'bytes']],
])
const layerShape: MessageShape = new Map([[1, ['eca_certificate', 'bytes']]])
const keysShape: MessageShape = new Map([
  [1, ['encryption_public_key_certificate', 'bytes']],
  [2, ['signing_public_key_certificate', 'bytes']],
])

const readEvidence = (bytes: Uint8Array): Fields => readFields(bytes, what, evidenceShape)
const readRoot = (evidence: Fields): Fields =>
  readFields(bytesField(evidence, 'root_layer'), `${what}: root_layer`, rootShape)

function readLayers(evidence: Fields): Record<string, Uint8Array> {
  const layers = manyBytes(evidence, 'layers')
  if (layers.length > maxLayers) throw tooMany('layers', maxLayers)
  return Object.fromEntries(
    layers.map((layer, index) => {
      const certificate = bytesField(readFields(layer, `${what}: layers`, layerShape), 'eca_certificate')
      if (certificate.length === 0) throw malformed(what, 'a layer has no certificate')
      return [`layer${String(index + 1)}`, certificate]
    }),
  )
}

function isEvidence(bytes: Uint8Array): boolean {
  const root = readRoot(readEvidence(bytes))
  return bytesField(root, 'remote_attestation_report').length === reportBytes
}

export const oakEvidence: BytesFormat = {
  name: what,
  takes: 'bytes',
  // The key of the first field, before anything is read.
  recognises: ({ bytes }) => bytes[0] === 0x0a && readOr(false, () => isEvidence(bytes)),
  decode: (bytes) => {
    const evidence = readEvidence(bytes)
    const root = readRoot(evidence)
    if (wordField(root, 'platform') !== sevSnp) throw malformed(what, 'the platform is not AMD_SEV_SNP')
    const keys = readFields(bytesField(evidence, 'application_keys'), `${what}: application_keys`, keysShape)
    return {
      ...reportAlone(bytesField(root, 'remote_attestation_report')),
      attachments: {
        rootEcaKey: orNull(bytesField(root, 'eca_public_key')),
        ...readLayers(evidence),
        encryptionKeyCertificate: orNull(bytesField(keys, 'encryption_public_key_certificate')),
        signingKeyCertificate: orNull(bytesField(keys, 'signing_public_key_certificate')),
        eventLog: orNull(bytesField(evidence, 'event_log')),
      },
    }
  },
}
