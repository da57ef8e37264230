// The decoders of certificates and requests with evidence, and of the evidence of Oak, as targets.
import { containsBytes } from '../../src/encoding/bytes.js'
import type { EvidenceFormat } from '../../src/evidence/container.js'
import { attachmentsOf, decodeEvidence } from '../../src/evidence/evidence.js'
import { mutateDer, mutateInPlace } from './mutate-structured.js'
import { require } from './require.js'
import { keyCertificates, oakMessages, requests } from './seeds.js'
import type { Target } from './targets.js'

/** Everything that is handed on stands in the document. */
async function decodeAs(bytes: Uint8Array, format: EvidenceFormat): Promise<void> {
  const evidence = await decodeEvidence(bytes, format)
  require(evidence.reconstructed || containsBytes(bytes, evidence.report), 'the report that came')
  for (const [name, value] of attachmentsOf(evidence))
    require(containsBytes(bytes, value), `the ${name} that came`)
}

const codes = /^(EVIDENCE_(MALFORMED|SIZE|DUPLICATE)|REPORT_LENGTH)$/

export const evidenceBTargets: readonly Target[] = [
  {
    name: 'decodeEvidence as pkcs10-csr',
    seeds: requests,
    mutator: mutateDer,
    codes,
    run: (bytes) => decodeAs(bytes, 'pkcs10-csr'),
  },
  {
    name: 'decodeEvidence as ra-tls',
    seeds: keyCertificates,
    mutator: mutateDer,
    codes,
    run: (bytes) => decodeAs(bytes, 'ra-tls'),
  },
  {
    name: 'decodeEvidence as oak-evidence',
    seeds: oakMessages,
    mutator: mutateInPlace,
    codes,
    run: (bytes) => decodeAs(bytes, 'oak-evidence'),
  },
]
