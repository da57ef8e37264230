// The decoders of other projects' containers, and of the encodings under them, as targets.
import { gunzip } from '../../src/encoding/gzip.js'
import { readProtobuf } from '../../src/encoding/protobuf.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import type { EvidenceFormat } from '../../src/evidence/container.js'
import { gzip } from '../support/containers.js'
import { type Mutator, mutateInPlace, mutateJson } from './mutate-structured.js'
import { require } from './require.js'
import {
  type Seeds,
  attestationRsDocuments,
  goAttestations,
  teekitDocuments,
  tinfoilBundles,
  tinfoilDocuments,
  trusteeDocuments,
} from './seeds.js'
import type { Target } from './targets.js'

const decoder = (format: EvidenceFormat, seeds: Seeds, mutator: Mutator, isRebuilt = false): Target => ({
  name: `decodeEvidence as ${format}`,
  seeds,
  mutator,
  codes: /^(EVIDENCE_(MALFORMED|SIZE|DUPLICATE)|REPORT_LENGTH)$/,
  run: async (bytes) => {
    const { report, reconstructed, endorsementKeys } = await decodeEvidence(bytes, format)
    require(report.length === 1184 && reconstructed === isRebuilt && endorsementKeys <= 2, 'one report')
  },
})

const small = [gzip(new Uint8Array()), gzip(Uint8Array.from({ length: 40 }, (_, at) => at))]

export const foreignContainerTargets: readonly Target[] = [
  decoder('go-sev-guest', goAttestations, mutateInPlace, true),
  decoder('trustee-snp', trusteeDocuments, mutateJson, true),
  decoder('tinfoil', tinfoilDocuments, mutateJson),
  decoder('tinfoil-bundle', tinfoilBundles, mutateJson),
  decoder('attestation-rs', attestationRsDocuments, mutateJson),
  decoder('teekit', teekitDocuments, mutateJson),
  {
    name: 'readProtobuf',
    seeds: goAttestations,
    mutator: mutateInPlace,
    codes: /^POLICY_INVALID$/,
    run: (bytes) => {
      const fields = readProtobuf(bytes, { code: 'POLICY_INVALID', what: 'fuzz', maxFields: 100 })
      require(fields.length <= 100 && fields.every(({ number }) => number > 0), 'some fields')
    },
  },
  {
    name: 'gunzip',
    seeds: small,
    mutator: mutateInPlace,
    codes: /^POLICY_INVALID$/,
    run: async (bytes) => {
      const content = await gunzip(bytes, { code: 'POLICY_INVALID', what: 'fuzz', maxLength: 100 })
      require(content.length <= 100, 'as much as may come out')
    },
  },
]
