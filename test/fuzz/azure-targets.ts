// The decoders of Azure's evidence, as targets.
import { hclRuntime, tpmQuote } from '../../src/binding/azure-codecs.js'
import { readerOf } from '../../src/binding/codec.js'
import { containsBytes } from '../../src/encoding/bytes.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from '../../src/evidence/evidence.js'
import { mutateInPlace, mutateJson } from './mutate-structured.js'
import { require } from './require.js'
import { hclBlobs, quotes, reports, runtimeDocuments, thimDocuments, vtpmDocuments } from './seeds.js'
import type { Target } from './targets.js'

const [report = new Uint8Array()] = reports

export const azureTargets: readonly Target[] = [
  {
    name: 'decodeEvidence as azure-hcl',
    seeds: hclBlobs,
    mutator: mutateInPlace,
    codes: /^EVIDENCE_(MALFORMED|SIZE)$/,
    run: async (bytes) => {
      const evidence = await decodeEvidence(bytes, 'azure-hcl')
      const claims = attachmentsOf(evidence).get('runtimeData')
      require(containsBytes(bytes.subarray(0x20), evidence.report), 'the report that came')
      require(claims !== undefined && claims.length + 0x4d4 <= bytes.length, 'claims inside')
    },
  },
  {
    name: 'decodeEvidence as az-snp-vtpm',
    seeds: vtpmDocuments,
    mutator: mutateJson,
    codes: /^EVIDENCE_(MALFORMED|SIZE)$/,
    run: async (bytes) => {
      const evidence = await decodeEvidence(bytes, 'az-snp-vtpm')
      require(evidence.report.length === 1184, 'a report')
      const pcrs = attachmentsOf(evidence).get('pcrs')?.length ?? 0
      require(pcrs > 0 && pcrs <= 768 && pcrs % 32 === 0, 'PCRs of 32 bytes')
    },
  },
  {
    name: 'certificates of Azure beside the report',
    seeds: thimDocuments,
    mutator: mutateJson,
    codes: /^EVIDENCE_(MALFORMED|SIZE)$/,
    run: async (bytes) => {
      const { leaves } = partsOfEvidence(
        await decodeEvidence(report, 'snp-report', { endorsementKey: bytes }),
      )
      require(leaves.length === 1, 'one endorsement key')
    },
  },
  {
    name: 'the codec of runtime claims',
    seeds: runtimeDocuments,
    mutator: mutateJson,
    codes: /^BINDING_(DOCUMENT|KEY)_MALFORMED$/,
    run: async (bytes) => {
      const { claims } = await readerOf(hclRuntime)(bytes)
      require((claims['akPub']?.length ?? 0) >= 44, 'a key')
    },
  },
  {
    name: 'the codec of quotes',
    seeds: quotes,
    mutator: mutateInPlace,
    codes: /^BINDING_DOCUMENT_MALFORMED$/,
    run: async (bytes) => {
      const { claims } = await readerOf(tpmQuote)(bytes)
      const { quoteNonce, quotePcrSelection, quotePcrDigest } = claims
      require(quotePcrSelection?.length === 3 && quotePcrDigest?.length === 32, 'a selection and a digest')
      require(quoteNonce !== undefined && containsBytes(bytes, quoteNonce), 'the nonce that came')
    },
  },
]
