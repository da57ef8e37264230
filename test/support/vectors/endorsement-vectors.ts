// Stages endorsement and signature: the ties between report and key, and the key's signature. Every certificate
// is genuine and every report signed, so that one tie alone refuses.
import { createHash } from 'node:crypto'
import { ecKey } from '../keys.js'
import { type EvidenceOptions, labEvidence, labPki } from '../pki.js'
import { LINES, type Line } from '../names.js'
import { defaultTcb, patchReport, signReport } from '../report.js'
import { makeVek } from '../certificates.js'
import { type TestSketch, type VectorFile, type VectorInput, group, vectorFile } from './format.js'
import { accepted, base64 } from './inputs.js'

const kds = 'AMD 57230, VCEK and VLEK certificates'

/** A report signed by the key of a certificate that was made for something else. */
function crossed(report: EvidenceOptions, certificate: EvidenceOptions): Partial<VectorInput> {
  const other = labEvidence(certificate)
  const { report: bytes } = labEvidence({ ...report, unsigned: true })
  return { evidence: base64(signReport(bytes, other.scalar)), endorsementKey: base64(other.vek) }
}

const lines: readonly Line[] = LINES

const kinds: readonly TestSketch[] = lines.flatMap((line) =>
  (['vcek', 'vlek'] as const).map((signer): TestSketch => {
    const other = signer === 'vcek' ? 'vlek' : 'vcek'
    return {
      comment: `${line}: SIGNING_KEY says ${signer}, the certificate and signature are of a ${other}`,
      why: 'a VLEK proves some machine of a provider where a chip is required, and the reverse',
      source: kds,
      flags: ['bypass'],
      input: crossed({ line, signer, version: 3 }, { line, signer: other, version: 3 }),
      code: 'ENDORSEMENT_KIND',
      failed: ['endorsement.signer'],
    }
  }),
)

const products: readonly TestSketch[] = [
  ...lines.flatMap((line) =>
    lines
      .filter((other) => other !== line)
      .map((other): TestSketch => ({
        comment: `report of ${line}, certificate and signature of ${other}`,
        why: 'the TCB would be read in the wrong layout and held against the wrong floor',
        source: 'AMD 57230, product names',
        flags: ['bypass'],
        input: crossed({ line, version: 3 }, { line: other, version: 3 }),
        code: 'ENDORSEMENT_PRODUCT',
        failed: ['endorsement.product'],
      })),
  ),
  {
    comment: 'version 2, which names no silicon, under Turin',
    why: 'no Turin part ever made a report of version 2',
    source: 'AMD 57230, product names',
    flags: ['edge'],
    input: crossed({ line: 'Milan', version: 2 }, { line: 'Turin', version: 3 }),
    code: 'ENDORSEMENT_PRODUCT',
    failed: ['endorsement.product'],
  },
]

const otherChip = Uint8Array.from(createHash('sha512').update('another chip').digest())
const turinChip = (id: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: 64 }, (_, index) => (index < 8 ? (id[index] ?? 0) : 0))
const firstByteOf = (chip: Uint8Array): Uint8Array => Uint8Array.of((chip[0] ?? 0) ^ 1)

function chipTests(line: Line): readonly TestSketch[] {
  const own = labEvidence({ line, version: 3 })
  const chip = own.report.slice(0x1a0, 0x1e0)
  const edit = (offset: number, bytes: Uint8Array): Partial<VectorInput> => ({
    evidence: base64(signReport(patchReport(own.report, offset, bytes), own.scalar)),
    endorsementKey: base64(own.vek),
  })
  const refused = (comment: string, input: Partial<VectorInput>): TestSketch => ({
    comment: `${line}: ${comment}`,
    why: 'otherwise the key of any chip at the same TCB would do',
    source: 'AMD 57230, hwID',
    flags: ['bypass'],
    input,
    code: 'ENDORSEMENT_CHIP_ID_MISMATCH',
    failed: ['endorsement.chipId'],
  })
  const lastSignificant = line === 'Turin' ? 0x1a7 : 0x1df
  return [
    refused('CHIP_ID of another chip', edit(0x1a0, line === 'Turin' ? turinChip(otherChip) : otherChip)),
    refused('first byte of CHIP_ID differs', edit(0x1a0, firstByteOf(chip))),
    refused(
      'last significant byte of CHIP_ID differs',
      edit(lastSignificant, Uint8Array.of((own.report[lastSignificant] ?? 0) ^ 0x80)),
    ),
    ...(line === 'Turin'
      ? [
          refused('a byte after the 8 significant ones is 1', edit(0x1a8, Uint8Array.of(1))),
          refused('the last byte of CHIP_ID is 1', edit(0x1df, Uint8Array.of(1))),
        ]
      : []),
    {
      comment: `${line}: CHIP_ID is masked`,
      why: 'a host may mask CHIP_ID; the signature still binds the key, and the key the chip',
      source: 'AMD 56860, CHIP_ID',
      flags: ['valid', 'edge'],
      input: edit(0x1a0, new Uint8Array(64)),
    },
  ]
}

const wrapped = (line: Line): TestSketch => {
  const { vek, scalar } = wrappedVek(line)
  return {
    comment: `${line}: hwID inside an OCTET STRING`,
    why: 'the specification can be read this way, and certificates like this exist',
    source: 'AMD 57230, hwID',
    flags: ['valid', 'edge'],
    input: { ...crossedWith(line, scalar), endorsementKey: base64(vek) },
  }
}

function wrappedVek(line: Line): { readonly vek: Uint8Array; readonly scalar: Uint8Array } {
  const made = makeVek({ line, kind: 'vcek', authority: labPki().lines[line].ask, wrappedHwId: true })
  return { vek: made.der, scalar: made.key.scalar }
}

const crossedWith = (line: Line, scalar: Uint8Array): Partial<VectorInput> => ({
  evidence: base64(signReport(labEvidence({ line, version: 3, unsigned: true }).report, scalar)),
})

const tcbTests: readonly TestSketch[] = lines.flatMap((line) => {
  const components =
    line === 'Turin'
      ? (['fmc', 'bootloader', 'tee', 'snp', 'microcode'] as const)
      : (['bootloader', 'tee', 'snp', 'microcode'] as const)
  const tcb = defaultTcb(line)
  return components.flatMap((component) =>
    [1, -1].map((step): TestSketch => {
      const value = ((typeof tcb === 'bigint' ? 0 : (tcb[component] ?? 0)) + step + 256) % 256
      const certified = typeof tcb === 'bigint' ? tcb : { ...tcb, [component]: value }
      return {
        comment: `${line}: ${component} of the certificate is ${step > 0 ? 'above' : 'below'} REPORTED_TCB`,
        why: 'only the key proves REPORTED_TCB, and a floor on it is worth nothing otherwise',
        source: kds,
        flags: ['bypass'],
        input: crossed({ line, version: 3 }, { line, version: 3, vek: { tcb: certified } }),
        code: 'ENDORSEMENT_TCB_MISMATCH',
        failed: ['endorsement.reportedTcb'],
      }
    }),
  )
})

export function endorsementVectors(): VectorFile {
  const input = accepted({ line: 'Milan', version: 3 })
  return vectorFile('endorsement', [
    group('endorsement/kind', 'VCEK and VLEK exchanged', input, kinds),
    group('endorsement/product', 'Product lines exchanged', input, products),
    group('endorsement/chip', 'CHIP_ID and hwID', input, [
      ...lines.flatMap(chipTests),
      ...lines.map(wrapped),
    ]),
    group('endorsement/tcb', 'REPORTED_TCB and the certificate', input, tcbTests),
    group('endorsement/missing', 'No endorsement key', input, [
      {
        comment: 'no certificate at all',
        why: 'without a certificate nothing can be verified',
        source: kds,
        input: {
          format: 'snp-report',
          evidence: base64(labEvidence({ line: 'Milan', version: 3 }).report),
          endorsementKey: null,
        },
        code: 'ENDORSEMENT_MISSING',
        verdict: 'unverifiable',
        failed: ['endorsement.certificate'],
      },
    ]),
  ])
}

const signedFields: readonly (readonly [name: string, offset: number])[] = [
  ['GUEST_SVN', 0x04],
  ['FAMILY_ID', 0x10],
  ['IMAGE_ID', 0x20],
  ['PLATFORM_INFO', 0x40],
  ['REPORT_DATA', 0x50],
  ['MEASUREMENT', 0x90],
  ['HOST_DATA', 0xc0],
  ['ID_KEY_DIGEST', 0xe0],
  ['AUTHOR_KEY_DIGEST', 0x110],
  ['REPORT_ID', 0x140],
  ['REPORT_ID_MA', 0x160],
  ['CURRENT_VERSION', 0x1e8],
  ['COMMITTED_VERSION', 0x1ec],
]

export function signatureVectors(): VectorFile {
  const groups = lines.map((line) => {
    const own = labEvidence({ line, version: 5 })
    const invalid = (comment: string, why: string, report: Uint8Array): TestSketch => ({
      comment,
      why,
      source: 'AMD 56860, ATTESTATION_REPORT signature',
      flags: ['bypass'],
      input: { evidence: base64(report) },
      code: 'SIGNATURE_INVALID',
      failed: ['signature'],
    })
    return group(
      `signature/${line.toLowerCase()}`,
      `Reports of ${line} that the endorsement key did not sign`,
      accepted({ line, version: 5 }),
      [
        ...signedFields.map(([name, offset]) =>
          invalid(
            `a byte of ${name} changed`,
            'all 672 bytes are signed',
            patchReport(own.report, offset, Uint8Array.of((own.report[offset] ?? 0) ^ 0x10)),
          ),
        ),
        invalid(
          'signed by another key',
          'anybody can sign',
          signReport(own.report, ecKey('somebody else').scalar),
        ),
        invalid(
          'signed before LAUNCH_MIT_VECTOR changed',
          'the mitigation vectors are signed too',
          signedBefore(own.report, own.scalar),
        ),
      ],
    )
  })
  return vectorFile('signature', groups)
}

/** A report with the signature of one that differs in LAUNCH_MIT_VECTOR. */
function signedBefore(report: Uint8Array, scalar: Uint8Array): Uint8Array {
  const before = patchReport(report, 0x1f8, Uint8Array.of((report[0x1f8] ?? 0) ^ 0x40))
  const { buffer } = Uint8Array.from(signReport(before, scalar))
  return Uint8Array.from([...report.slice(0, 0x2a0), ...new Uint8Array(buffer).slice(0x2a0)])
}
