// Stage report: structure, versions, reserved bytes and bits, signature encoding. Every edited report is signed
// again, so that the guard of the report parser alone refuses it.
import { P384_ORDER } from '../keys.js'
import type { Line, VekKind } from '../names.js'
import { LINES } from '../names.js'
import { type EvidenceOptions, labEvidence } from '../pki.js'
import { patchReport, setSignature, signatureOf, signReport, twinSignature } from '../report.js'
import { type TestSketch, type VectorFile, group, vectorFile } from './format.js'
import { accepted, base64, evidenceOf } from './inputs.js'

const abi = 'AMD 56860, ATTESTATION_REPORT'

interface Place {
  readonly line: Line
  readonly signer: VekKind
  readonly version: number
}

const places: readonly Place[] = LINES.flatMap((line) =>
  (['vcek', 'vlek'] as const).flatMap((signer) =>
    [2, 3, 4, 5]
      .filter((version) => line !== 'Turin' || version > 2)
      .map((version) => ({ line, signer, version })),
  ),
)

const versions: readonly TestSketch[] = [
  ...places.map(({ line, signer, version }): TestSketch => ({
    comment: `version ${String(version)}, ${line}, ${signer}`,
    why: 'a genuine report of this kind must be accepted',
    source: abi,
    input: evidenceOf({ line, signer, version }),
  })),
  ...[0, 1, 6, 7, 0x100, 0xffffffff].map((version): TestSketch => ({
    comment: `version ${String(version)}`,
    why: 'another version gives other meanings to bytes that were reserved',
    source: abi,
    input: evidenceOf({ line: 'Genoa', version }),
    code: 'REPORT_VERSION_UNSUPPORTED',
    verdict: 'unverifiable',
    failed: ['report.structure'],
  })),
]

/** A byte set in the signed part, and the report signed again. */
function resigned(
  options: EvidenceOptions,
  offset: number,
  bytes: Uint8Array,
): Partial<{ evidence: string; endorsementKey: string }> {
  const { report, vek, scalar } = labEvidence(options)
  return {
    evidence: base64(signReport(patchReport(report, offset, bytes), scalar)),
    endorsementKey: base64(vek),
  }
}

const one = Uint8Array.of(1)
const everyVersion = [0x4c, 0x4f, 0x1eb, 0x1ef]
const reservedBytes: readonly (readonly [version: number, offsets: readonly number[]])[] = [
  [2, [...everyVersion, 0x188, 0x189, 0x18a, 0x18b, 0x19f, 0x1f8, 0x1ff, 0x200, 0x207, 0x208, 0x29f]],
  [3, [...everyVersion, 0x18b, 0x19f, 0x1f8, 0x1ff, 0x200, 0x207, 0x208, 0x29f]],
  [4, [...everyVersion, 0x18b, 0x19f, 0x1f8, 0x207, 0x208, 0x29f]],
  [5, [...everyVersion, 0x18b, 0x19f, 0x208, 0x21f, 0x220, 0x25f, 0x280, 0x29f]],
]

const reserved: readonly TestSketch[] = reservedBytes.flatMap(([version, offsets]) =>
  offsets.map((offset): TestSketch => ({
    comment: `version ${String(version)}: reserved byte 0x${offset.toString(16)} is 1`,
    why: 'a reserved byte with a value means something that this verifier does not know',
    source: abi,
    input: resigned({ line: 'Genoa', version }, offset, one),
    code: 'REPORT_RESERVED_NONZERO',
    verdict: 'malformed',
    failed: ['report.structure'],
  })),
)

const word = (value: bigint, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn))

const reservedBits: readonly TestSketch[] = [
  ...[26, 27, 31, 32, 40, 63].map((bit): TestSketch =>
    bits(`POLICY bit ${String(bit)} is set`, 0x08, word(0x30000n | (1n << BigInt(bit)), 8)),
  ),
  bits('POLICY bit 17 is clear', 0x08, word(0x10000n, 8)),
  ...[5, 6, 16, 31].map((bit): TestSketch =>
    bits(`KEY_INFO bit ${String(bit)} is set`, 0x48, word(1n << BigInt(bit), 4)),
  ),
  ...['CURRENT', 'REPORTED', 'COMMITTED', 'LAUNCH'].flatMap((name, index) => {
    const offset = [0x38, 0x180, 0x1e0, 0x1f0][index] ?? 0
    return [2, 3, 4, 5].map((byte) =>
      bits(`${name}_TCB byte ${String(byte)} of family 19h is 1`, offset + byte, one),
    )
  }),
  ...[4, 5, 6].map((byte) =>
    bits(`CURRENT_TCB byte ${String(byte)} of Turin is 1`, 0x38 + byte, one, { line: 'Turin', version: 5 }),
  ),
]

function bits(
  comment: string,
  offset: number,
  bytes: Uint8Array,
  options: EvidenceOptions = { line: 'Milan', version: 3 },
): TestSketch {
  return {
    comment,
    why: 'a reserved bit without its value means something that this verifier does not know',
    source: abi,
    input: resigned(options, offset, bytes),
    code: 'REPORT_RESERVED_NONZERO',
    verdict: 'malformed',
    failed: ['report.structure'],
  }
}

const signers: readonly TestSketch[] = [
  ...[2, 3, 4, 5, 6, 7].map((signingKey): TestSketch => ({
    comment: `SIGNING_KEY ${String(signingKey)}`,
    why: 'a key that is neither VCEK nor VLEK has another certificate profile',
    source: 'AMD 56860, SIGNING_KEY',
    input: evidenceOf({ line: 'Genoa', version: 5, report: { signingKey } }),
    code: 'REPORT_SIGNER_UNSUPPORTED',
    verdict: 'unverifiable',
    failed: ['report.signer'],
  })),
  {
    comment: 'MASK_CHIP_KEY is set, and the report signed all the same',
    why: 'firmware does not sign such a report',
    source: 'AMD 56860, MASK_CHIP_KEY',
    flags: ['bypass'],
    input: evidenceOf({ line: 'Milan', report: { maskChipKey: true } }),
    code: 'REPORT_UNSIGNED',
    failed: ['report.signed'],
  },
  {
    comment: 'MASK_CHIP_KEY is set, and the signature zero as firmware writes it',
    why: 'nobody signed it',
    source: 'AMD 56860, MASK_CHIP_KEY',
    flags: ['bypass'],
    input: evidenceOf({ line: 'Milan', report: { maskChipKey: true }, unsigned: true }),
    code: 'REPORT_UNSIGNED',
    failed: ['report.signed'],
  },
  ...[0xffffffff, 4, 0x80000000].map((vmpl): TestSketch => ({
    comment: `VMPL ${String(vmpl)}`,
    why: 'a host can obtain a signed report of any guest; its VMPL is FFFFFFFF, and -1 as a signed integer',
    source: 'AMD 56860, SNP_HV_REPORT_REQ',
    flags: ['bypass'],
    input: evidenceOf({ line: 'Genoa', version: 5, report: { vmpl } }),
    code: 'REPORT_VMPL',
    failed: ['report.vmpl'],
  })),
  ...[0, 2, 0xffffffff].map((signatureAlgo): TestSketch => ({
    comment: `SIGNATURE_ALGO ${String(signatureAlgo)}`,
    why: 'another algorithm is another signature',
    source: abi,
    flags: ['modified'],
    input: evidenceOf({ line: 'Genoa', report: { signatureAlgo } }),
    code: 'REPORT_ALGORITHM_UNSUPPORTED',
    verdict: 'unverifiable',
    failed: ['report.structure'],
  })),
  ...(
    [
      [0x19, 0x20],
      [0x19, 0x9f],
      [0x19, 0xb0],
      [0x1a, 0x20],
      [0x1a, 0x50],
      [0x18, 0x01],
      [0, 0],
    ] as const
  ).map(([family, model]): TestSketch => ({
    comment: `CPUID family ${family.toString(16)}h model ${model.toString(16)}h`,
    why: 'silicon that we do not know has no roots and no TCB layout',
    source: 'AMD 57230, product names',
    flags: ['edge'],
    input: evidenceOf({ line: 'Genoa', version: 3, report: { cpuid: { family, model, stepping: 1 } } }),
    code: 'REPORT_PRODUCT_UNKNOWN',
    verdict: 'unverifiable',
    failed: ['report.product'],
  })),
  ...(
    [
      ['Milan', 0x19, 0x00],
      ['Milan', 0x19, 0x0f],
      ['Genoa', 0x19, 0x10],
      ['Genoa', 0x19, 0x1f],
      ['Genoa', 0x19, 0xa0],
      ['Genoa', 0x19, 0xaf],
      ['Turin', 0x1a, 0x00],
      ['Turin', 0x1a, 0x1f],
    ] as const
  ).map(([line, family, model]): TestSketch => ({
    comment: `${line} at the edge of its models: ${model.toString(16)}h`,
    why: 'ranges of models are inclusive; Bergamo and Siena (A0h to AFh) belong to Genoa, Turin Dense to Turin',
    source: 'AMD 57230, product names',
    flags: ['valid', 'edge'],
    input: evidenceOf({ line, version: 5, report: { cpuid: { family, model, stepping: 2 } } }),
  })),
]

const genoa = labEvidence({ line: 'Genoa', version: 3 })
const scalars: readonly (readonly [name: string, value: bigint])[] = [
  ['0', 0n],
  ['n', P384_ORDER],
  ['n + 1', P384_ORDER + 1n],
  ['2^384 - 1', 2n ** 384n - 1n],
]

const encoding: readonly TestSketch[] = [
  ...(['r', 's'] as const).flatMap((part) =>
    scalars.map(([name, value]): TestSketch => ({
      comment: `${part} = ${name}`,
      why: 'r and s are from 1 to n - 1',
      source: 'FIPS 186-5 §6.4.2',
      flags: ['malleable'],
      input: {
        evidence: base64(setSignature(genoa.report, { ...signatureOf(genoa.report), [part]: value })),
      },
      code: 'REPORT_SIGNATURE_ENCODING',
      verdict: 'malformed',
      failed: ['report.structure'],
    })),
  ),
  ...(['r', 's'] as const).map((part): TestSketch => ({
    comment: `${part} = n - 1`,
    why: 'well formed, but no signature of this report',
    source: 'FIPS 186-5 §6.4.2',
    flags: ['edge'],
    input: {
      evidence: base64(setSignature(genoa.report, { ...signatureOf(genoa.report), [part]: P384_ORDER - 1n })),
    },
    code: 'SIGNATURE_INVALID',
    failed: ['signature'],
  })),
  {
    comment: 'the other valid signature (r, n - s)',
    why: 'ECDSA is malleable and firmware does not choose the low s: both must verify, and neither identifies a report',
    source: 'FIPS 186-5 §6.4',
    flags: ['valid', 'malleable'],
    input: { evidence: base64(twinSignature(genoa.report)) },
  },
  ...[0x2d0, 0x2e7, 0x318, 0x32f, 0x330, 0x400, 0x49f].map((offset): TestSketch => ({
    comment: `byte 0x${offset.toString(16)} after the signature's value is 1`,
    why: 'the signature covers none of these bytes: two reports would be one',
    source: abi,
    flags: ['encoding', 'malleable'],
    input: { evidence: base64(patchReport(genoa.report, offset, one)) },
    code: 'REPORT_SIGNATURE_ENCODING',
    verdict: 'malformed',
    failed: ['report.structure'],
  })),
]

const lengths: readonly TestSketch[] = (
  [
    ['empty', 0],
    ['one byte short', 1183],
    ['one byte long', 1185],
    ['the signed part only', 672],
    ['twice', 2368],
  ] as const
).map(([name, length]): TestSketch => ({
  comment: name,
  why: 'a report has exactly 1184 bytes; what follows it is not signed',
  source: abi,
  flags: ['edge'],
  input: { evidence: base64(Uint8Array.from({ length }, (_, index) => genoa.report[index % 1184] ?? 0)) },
  code: 'REPORT_LENGTH',
  verdict: 'malformed',
}))

export function reportVectors(): VectorFile {
  const input = accepted({ line: 'Genoa', version: 3 })
  return vectorFile('report', [
    group('report/version', 'Report versions, product lines and signers', input, versions),
    group('report/reserved', 'Reserved bytes, signed again', input, reserved),
    group(
      'report/bits',
      'Reserved bits, signed again',
      accepted({ line: 'Milan', version: 3 }),
      reservedBits,
    ),
    group('report/signer', 'Who signed, for whom, on which silicon', input, signers),
    group('report/signature-encoding', 'The encoding of the signature', input, encoding),
    group('report/length', 'The length of a report', input, lengths),
  ])
}
