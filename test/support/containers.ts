// Evidence in containers of other projects, written by us, out of a report: protobuf, Rust's serde, gzip. Every part
// can be made wrong. Fields are cut out of the report here by offset, independently of the reader.
import { gzipSync } from 'node:zlib'
import { pem } from './cert-table.js'
import { concat } from './der.js'
import { type LabEvidence, labPki } from './pki.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** A number as protobuf writes it; `padding` bytes more than it needs. */
export function varint(value: bigint, padding = 0): Uint8Array {
  const out: number[] = []
  let rest = value
  do {
    out.push(Number(rest & 0x7fn))
    rest >>= 7n
  } while (rest > 0n)
  for (let left = padding; left > 0; left -= 1) out.push(0)
  return Uint8Array.from(out, (group, at) => (at < out.length - 1 ? group | 0x80 : group))
}

/** The key of a field. */
export const keyOf = (number: number, wire: number): Uint8Array =>
  varint((BigInt(number) << 3n) | BigInt(wire))
export const wordField = (number: number, value: bigint): Uint8Array =>
  concat(keyOf(number, 0), varint(value))
export const bytesField = (number: number, value: Uint8Array): Uint8Array =>
  concat(keyOf(number, 2), varint(BigInt(value.length)), value)

/** Fields of go-sev-guest's Report that are integers: number, offset, length. */
const goWords: readonly (readonly [number: number, offset: number, length: number])[] = [
  [1, 0x00, 4],
  [2, 0x04, 4],
  [3, 0x08, 8],
  [6, 0x30, 4],
  [7, 0x34, 4],
  [8, 0x38, 8],
  [9, 0x40, 8],
  [10, 0x48, 4],
  [18, 0x180, 8],
  [20, 0x1e0, 8],
  [21, 0x1e8, 1],
  [22, 0x1e9, 1],
  [23, 0x1ea, 1],
  [24, 0x1ec, 1],
  [25, 0x1ed, 1],
  [26, 0x1ee, 1],
  [27, 0x1f0, 8],
  [30, 0x1f8, 8],
  [31, 0x200, 8],
]
const goBytes: readonly (readonly [number: number, offset: number, length: number])[] = [
  [4, 0x10, 16],
  [5, 0x20, 16],
  [11, 0x50, 64],
  [12, 0x90, 48],
  [13, 0xc0, 32],
  [14, 0xe0, 48],
  [15, 0x110, 48],
  [16, 0x140, 32],
  [17, 0x160, 32],
  [19, 0x1a0, 64],
  [28, 0x2a0, 512],
]

const wordAt = (report: Uint8Array, offset: number, length: number): bigint =>
  [...report.subarray(offset, offset + length)].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
const cut = (report: Uint8Array, offset: number, length: number): Uint8Array =>
  report.slice(offset, offset + length)

function fmsOf(report: Uint8Array): bigint {
  const [family = 0, model = 0, stepping = 0] = report.subarray(0x188, 0x18b)
  const base = Math.min(family, 15)
  return BigInt(
    (family - base) * 0x100000 + (model >> 4) * 0x10000 + base * 0x100 + (model & 15) * 0x10 + stepping,
  )
}

/** Fields by number; `null` leaves one out, and others take the place of the right ones. */
export type GoFields = Readonly<Record<number, Uint8Array | null>>

/** The message Report. As the language's default, zero is not written. */
export function goReport(report: Uint8Array, changed: GoFields = {}): Uint8Array {
  const fields = new Map<number, Uint8Array | null>([
    ...goWords.map(([number, offset, length]) => {
      const value = wordAt(report, offset, length)
      return [number, value === 0n ? null : wordField(number, value)] as const
    }),
    ...goBytes.map(
      ([number, offset, length]) => [number, bytesField(number, cut(report, offset, length))] as const,
    ),
    [29, fmsOf(report) === 0n ? null : wordField(29, fmsOf(report))],
  ])
  for (const [number, field] of Object.entries(changed)) fields.set(Number(number), field)
  return concat(
    ...[...fields].sort(([a], [b]) => a - b).flatMap(([, field]) => (field === null ? [] : [field])),
  )
}

export const contrastCrl = '00569ee4-e480-4fba-bbf4-45b629901180'
export const extra = (key: string | Uint8Array, value: Uint8Array): Uint8Array =>
  bytesField(7, concat(bytesField(1, typeof key === 'string' ? utf8(key) : key), bytesField(2, value)))

/** The message CertificateChain of lab evidence, without a CRL. */
export const goChain = ({ vek, ask, ark, signer }: LabEvidence): Uint8Array =>
  concat(bytesField(signer === 'vlek' ? 6 : 1, vek), bytesField(2, ask), bytesField(3, ark))

/** Product "Genoa" with a stepping: nobody reads it. */
const goProduct = concat(wordField(1, 2n), bytesField(3, wordField(1, 1n)))

/** The message Attestation. */
export const goAttestation = (
  report: Uint8Array,
  chain: Uint8Array | null,
  rest: Uint8Array = bytesField(3, goProduct),
): Uint8Array => concat(bytesField(1, report), chain === null ? new Uint8Array() : bytesField(2, chain), rest)

export const goEvidence = (evidence: LabEvidence): Uint8Array =>
  goAttestation(goReport(evidence.report), goChain(evidence))

const list = (report: Uint8Array, offset: number, length: number): readonly number[] => [
  ...report.subarray(offset, offset + length),
]
const number = (report: Uint8Array, offset: number, length: number): bigint => wordAt(report, offset, length)

/** JSON with `bigint` as a plain number, however large. */
export const wideJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'bigint' ? `\u0001${String(one)}\u0001` : one,
  ).replaceAll(/"\\u0001([0-9-]+)\\u0001"/g, '$1')

const commonFields = (report: Uint8Array) => ({
  version: number(report, 0, 4),
  guest_svn: number(report, 4, 4),
  policy: number(report, 8, 8),
  family_id: list(report, 0x10, 16),
  image_id: list(report, 0x20, 16),
  vmpl: number(report, 0x30, 4),
  sig_algo: number(report, 0x34, 4),
  plat_info: number(report, 0x40, 8),
  report_data: list(report, 0x50, 64),
  measurement: list(report, 0x90, 48),
  host_data: list(report, 0xc0, 32),
  id_key_digest: list(report, 0xe0, 48),
  author_key_digest: list(report, 0x110, 48),
  report_id: list(report, 0x140, 32),
  report_id_ma: list(report, 0x160, 32),
  chip_id: list(report, 0x1a0, 64),
})

/** TCB_VERSION of the newer structure, as it is of Turin or of those before. */
function newTcb(report: Uint8Array, offset: number) {
  const [a = 0, b = 0, c = 0, d = 0, , , g = 0, h = 0] = report.subarray(offset, offset + 8)
  return report[0] !== 2 && report[0x188] === 0x1a
    ? { fmc: a, bootloader: b, tee: c, snp: d, microcode: h }
    : { fmc: null, bootloader: a, tee: b, snp: g, microcode: h }
}
function oldTcb(report: Uint8Array, offset: number) {
  const [bootloader, tee, , , , , snp, microcode] = report.subarray(offset, offset + 8)
  return { bootloader, tee, _reserved: list(report, offset + 2, 4), snp, microcode }
}
const firmware = (report: Uint8Array, offset: number) => ({
  major: report[offset + 2],
  minor: report[offset + 1],
  build: report[offset],
})

/** `attestation_report` of the newer structure, as an object to edit. */
export function serdeReport(report: Uint8Array) {
  const cpuid = (at: number): number | null => (report[0] === 2 ? null : (report[at] ?? 0))
  const mitigations = (at: number): bigint | null => ((report[0] ?? 0) < 5 ? null : number(report, at, 8))
  return {
    ...commonFields(report),
    key_info: number(report, 0x48, 4),
    current_tcb: newTcb(report, 0x38),
    reported_tcb: newTcb(report, 0x180),
    committed_tcb: newTcb(report, 0x1e0),
    launch_tcb: newTcb(report, 0x1f0),
    cpuid_fam_id: cpuid(0x188),
    cpuid_mod_id: cpuid(0x189),
    cpuid_step: cpuid(0x18a),
    current: firmware(report, 0x1e8),
    committed: firmware(report, 0x1ec),
    launch_mit_vector: mitigations(0x1f8),
    current_mit_vector: mitigations(0x200),
    signature: { r: list(report, 0x2a0, 72), s: list(report, 0x2e8, 72) },
  }
}

/** `attestation_report` of the older structure, as an object to edit. */
export const oldSerdeReport = (report: Uint8Array) => ({
  ...commonFields(report),
  _author_key_en: number(report, 0x48, 4),
  _reserved_0: number(report, 0x4c, 4),
  current_tcb: oldTcb(report, 0x38),
  reported_tcb: oldTcb(report, 0x180),
  committed_tcb: oldTcb(report, 0x1e0),
  launch_tcb: oldTcb(report, 0x1f0),
  _reserved_1: list(report, 0x188, 24),
  current_build: report[0x1e8],
  current_minor: report[0x1e9],
  current_major: report[0x1ea],
  _reserved_2: report[0x1eb],
  committed_build: report[0x1ec],
  committed_minor: report[0x1ed],
  committed_major: report[0x1ee],
  _reserved_3: report[0x1ef],
  _reserved_4: list(report, 0x1f8, 168),
  signature: {
    r: list(report, 0x2a0, 72),
    s: list(report, 0x2e8, 72),
    _reserved: list(report, 0x330, 368),
  },
})

export const serdeEntry = (cert_type: unknown, data: Uint8Array) => ({ cert_type, data: [...data] })

/** What Trustee takes. */
export const trusteeEvidence = (report: unknown, cert_chain?: unknown): Uint8Array =>
  utf8(
    wideJson(
      cert_chain === undefined ? { attestation_report: report } : { attestation_report: report, cert_chain },
    ),
  )

/** Gzip as Go writes it: no name, no time. */
export const gzip = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes))

export const tinfoilDocument = (report: Uint8Array, version = 2) => ({
  format: `https://tinfoil.sh/predicate/sev-snp-guest/v${String(version)}`,
  body: base64(version === 1 ? report : gzip(report)),
})

export const tinfoilSignatures = '{ "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json" }'
/** The bundle of Tinfoil as text. */
export const tinfoilBundleText = (
  { report, vek }: Pick<LabEvidence, 'report' | 'vek'>,
  changed: Readonly<Record<string, unknown>> = {},
): string =>
  JSON.stringify({
    domain: 'router.example',
    enclaveAttestationReport: tinfoilDocument(report),
    digest: 'ab'.repeat(32),
    releaseTag: 'v1.2.3',
    sigstoreBundle: 'SIGNATURES',
    vcek: base64(vek),
    enclaveCert: pem(vek),
    ...changed,
  }).replace('"SIGNATURES"', tinfoilSignatures)

/** The inner document of attestation-rs, as an object to edit. */
export const attestationRsDocument = ({ report, vek, ask, ark }: LabEvidence) => ({
  attestation_report: base64(report),
  cert_chain: { vcek: base64(vek), ask: base64(ask), ark: base64(ark) },
})

/** The answer of teekit's quote service, as an object to edit. */
export const teekitDocument = ({ report, vek, line }: LabEvidence) => ({
  quote: base64(report),
  vcek_cert: pem(vek),
  ask_cert: pem(labPki().lines[line].ask.der),
  ark_cert: pem(labPki().lines[line].ark.der),
  nonce: base64(new Uint8Array(32).fill(9)),
  tee_type: 'sev-snp',
})
