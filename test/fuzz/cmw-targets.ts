// The decoders of conceptual message wrappers, and of CBOR, as targets.
import { readCbor } from '../../src/encoding/cbor.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { mutateInPlace, mutateJson } from './mutate-structured.js'
import { require } from './require.js'
import { cborWrappers, jsonWrappers } from './seeds.js'
import type { Target } from './targets.js'

const codes = /^(EVIDENCE_(MALFORMED|SIZE|DUPLICATE|TABLE|PROVIDER)|REPORT_LENGTH)$/

async function decodeAs(bytes: Uint8Array): Promise<void> {
  const { report } = await decodeEvidence(bytes, 'cmw')
  require(report.length === 1184, 'a report')
}

export const cmwTargets: readonly Target[] = [
  {
    name: 'decodeEvidence as cmw in JSON',
    seeds: jsonWrappers,
    mutator: mutateJson,
    codes,
    run: decodeAs,
  },
  {
    name: 'decodeEvidence as cmw in CBOR',
    seeds: cborWrappers,
    mutator: mutateInPlace,
    codes,
    run: decodeAs,
  },
  {
    name: 'readCbor',
    seeds: cborWrappers,
    mutator: mutateInPlace,
    codes: /^EVIDENCE_MALFORMED$/,
    run: (bytes) => readCbor(bytes, { code: 'EVIDENCE_MALFORMED', what: 'fuzz', maxDepth: 8, maxItems: 512 }),
  },
]
