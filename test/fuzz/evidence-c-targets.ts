// The decoders of the guest device's answer and of the documents of services of Google and Microsoft, as targets.
import type { EvidenceFormat } from '../../src/evidence/container.js'
import { attachmentsOf, decodeEvidence } from '../../src/evidence/evidence.js'
import { jsonBytes, thimDocument } from '../support/azure.js'
import {
  gcpDocument,
  guestResponse,
  maaReport,
  maaRequest,
  nodeQuote,
  quoteInfo,
  skrCombined,
  skrRaw,
  url,
} from '../support/containers-c.js'
import { type Mutator, mutateInPlace, mutateJson } from './mutate-structured.js'
import { require } from './require.js'
import { type Seeds, labSeeds } from './seeds.js'
import type { Target } from './targets.js'

const attachmentNames = ['nodeId', 'uvmEndorsements', 'runtimeData', 'initTimeData']

const decoder = (
  format: EvidenceFormat,
  seeds: Seeds,
  mutator: Mutator,
  part = '',
  within: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Target => ({
  name: `decodeEvidence as ${format}${part}`,
  seeds,
  mutator,
  codes: /^(EVIDENCE_(MALFORMED|SIZE|DUPLICATE|TABLE)|REPORT_LENGTH)$/,
  run: async (bytes) => {
    const document = within(bytes)
    const evidence = await decodeEvidence(document, format)
    require(evidence.report.length === 1184 && !evidence.reconstructed, 'the report that came')
    require(evidence.endorsementKeys <= 2, 'few keys')
    for (const [name, { length }] of attachmentsOf(evidence))
      require(attachmentNames.includes(name) && length > 0 && length < document.length, 'a part of it')
  },
})

export const evidenceCTargets: readonly Target[] = [
  decoder(
    'sev-guest-response',
    labSeeds.flatMap(({ report }) => [4000, 1216].map((length) => guestResponse(report, { length }))),
    mutateInPlace,
  ),
  decoder(
    'gcp-snp',
    labSeeds.map((one) => jsonBytes(gcpDocument(one))),
    mutateJson,
  ),
  decoder(
    'maa-request',
    labSeeds.flatMap((one) => [
      maaRequest(maaReport(one)),
      maaRequest({ ...maaReport(one), VcekCertChain: url(jsonBytes(thimDocument(one))) }, { nonce: 'a' }),
    ]),
    mutateJson,
  ),
  // What is base64 in the request is a document of its own.
  decoder(
    'maa-request',
    labSeeds.map((one) => jsonBytes(maaReport(one))),
    mutateJson,
    ', its report',
    (bytes) => maaRequest(null, { report: url(bytes) }),
  ),
  decoder(
    'aci-skr',
    labSeeds.flatMap((one) => [skrRaw(one), skrCombined(one)].map(jsonBytes)),
    mutateJson,
  ),
  decoder(
    'ccf-quote',
    labSeeds.flatMap((one) => [nodeQuote(one), quoteInfo(one)].map(jsonBytes)),
    mutateJson,
  ),
]
