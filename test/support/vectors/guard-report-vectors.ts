// Stages report and endorsement, guards: reports that one guard alone refuses, signed again after each edit.
import { labEvidence } from '../pki.js'
import { patchReport, signReport } from '../report.js'
import { type TestSketch, type VectorInput } from './format.js'
import { base64, evidenceOf, policyWith, unboundReason } from './inputs.js'

const abi = 'AMD 56860, ATTESTATION_REPORT'
const turin = labEvidence({ line: 'Turin', version: 5 })
const resigned = (offset: number): Partial<VectorInput> => ({
  evidence: base64(signReport(patchReport(turin.report, offset, Uint8Array.of(1)), turin.scalar)),
  endorsementKey: base64(turin.vek),
})

export const reportGuards: readonly TestSketch[] = [
  ...(
    [
      ['REPORTED', 0x180],
      ['COMMITTED', 0x1e0],
      ['LAUNCH', 0x1f0],
    ] as const
  ).flatMap(([name, offset]) =>
    [4, 5, 6].map((byte): TestSketch => ({
      comment: `${name}_TCB byte ${String(byte)} of Turin is 1`,
      why: 'a reserved byte with a value means something that this verifier does not know',
      source: abi,
      input: resigned(offset + byte),
      code: 'REPORT_RESERVED_NONZERO',
      verdict: 'malformed',
      failed: ['report.structure'],
    })),
  ),
  ...[0xffffffff, 4].map((vmpl): TestSketch => ({
    comment: `VMPL ${String(vmpl)}, which the policy leaves unchecked`,
    why: 'a host can obtain a signed report of any guest, and no policy accepts one',
    source: 'AMD 56860, SNP_HV_REPORT_REQ',
    flags: ['bypass'],
    input: {
      ...evidenceOf({ line: 'Genoa', version: 5, report: { vmpl } }),
      policy: policyWith('vmpl', { unchecked: unboundReason }),
    },
    code: 'REPORT_VMPL',
    failed: ['report.vmpl'],
  })),
]

const tcb = { bootloader: 4, tee: 0, snp: 0x18, microcode: 0x20 }

/** A report of one line under the key of another, with nothing but the product to tell. */
function crossed(signer: 'vcek' | 'vlek'): Partial<VectorInput> {
  const report = { tcb, chipId: new Uint8Array(64) }
  const other = labEvidence({ line: 'Genoa', signer, version: 3, report })
  const { report: bytes } = labEvidence({ line: 'Milan', signer, version: 3, report, unsigned: true })
  return { evidence: base64(signReport(bytes, other.scalar)), endorsementKey: base64(other.vek) }
}

export const endorsementGuards: readonly TestSketch[] = (['vcek', 'vlek'] as const).map((signer) => ({
  comment: `report of Milan under a ${signer} of Genoa, TCB alike, no chip named`,
  why: 'the report would be held against the floors of another product',
  source: 'AMD 57230, product names',
  flags: ['bypass'],
  input: crossed(signer),
  code: 'ENDORSEMENT_PRODUCT',
  failed: ['endorsement.product'],
}))
