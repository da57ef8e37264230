// Vectors that one guard alone refuses: with it knocked out, and nothing else, the verifier would accept. The table of
// knock-outs (test/support/knock-outs) proves that of each. They are groups of the files of their stages.
import { type VectorFile, type VectorGroup, group, vectorFile } from './format.js'
import { certificateGuards } from './guard-certificate-vectors.js'
import { chainGuards } from './guard-chain-vectors.js'
import { containerGuards } from './guard-container-vectors.js'
import { crlGuards } from './guard-crl-vectors.js'
import { derGuards } from './guard-der-vectors.js'
import { policyGuards } from './guard-policy-vectors.js'
import { endorsementGuards, reportGuards } from './guard-report-vectors.js'
import { jsonGuards, textGuards } from './guard-text-vectors.js'
import { accepted } from './inputs.js'

const input = accepted({ line: 'Genoa', version: 3 })
const groups: readonly VectorGroup[] = [
  group('container/guards', 'Containers that one guard refuses', input, [...containerGuards, ...textGuards]),
  group('policy/guards', 'Policies that one rule refuses', input, [...policyGuards, ...jsonGuards]),
  group('der/guards', 'Certificates that one guard of the DER reader refuses', input, derGuards),
  group(
    'certificate/guards',
    'Certificates that one guard of their reader refuses',
    input,
    certificateGuards,
  ),
  group('report/guards', 'Reports that one guard refuses', input, reportGuards),
  group('endorsement/guards', 'Product lines exchanged, with nothing else to tell', input, endorsementGuards),
  group('chain/guards', 'Intermediates that one guard refuses', input, chainGuards),
  group('revocation/guards', 'CRLs that one guard refuses', input, crlGuards),
]

/** The files with the groups of their stages behind their own. */
export const withGuardVectors = (files: readonly VectorFile[]): readonly VectorFile[] =>
  files.map((file) => {
    const more = groups.filter(({ id }) => id.startsWith(`${file.stage}/`))
    return more.length === 0 ? file : vectorFile(file.stage, [...file.groups, ...more])
  })
