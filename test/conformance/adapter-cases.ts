// Cases for the outside suite's contract, made by the lab: its JSON input from evidence, with any part replaced.
import { gzipSync } from 'node:zlib'
import { toBase64 } from '../../src/encoding/base64.js'
import { toHex } from '../../src/encoding/hex.js'
import { X509_OIDS, makeArk, makeAsk } from '../support/certificates.js'
import { rsaKey } from '../support/keys.js'
import { type EvidenceOptions, type LabEvidence, LAB_NOW, labEvidence } from '../support/pki.js'
import { patchReport, signReport } from '../support/report.js'
import { runAdapter } from './adapter-run.js'

/** The members of an input; `undefined` leaves one out. */
export type CaseMembers = Readonly<Record<string, unknown>>

export const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${toBase64(der).replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`

export const zipped = (bytes: Uint8Array): string => toBase64(new Uint8Array(gzipSync(bytes)))

/** A case that brings the lab's authorities. */
export function labCase(evidence: LabEvidence, over: CaseMembers = {}): CaseMembers {
  return {
    schema_version: '1',
    attestation_doc_b64: zipped(evidence.report),
    vcek_der_b64: toBase64(evidence.vek),
    amd_root_ca_pem: pem(evidence.ark),
    ask_pem: pem(evidence.ask),
    expiration_check_date_unix: LAB_NOW.getTime() / 1000,
    ...over,
  }
}

const plainEvidence = labEvidence()

/** The report of a case without options: Milan, version 3, signed by its VCEK. */
export const plainReport: Uint8Array = plainEvidence.report

/** A case whose evidence has these options. */
export const lab = (options: EvidenceOptions | null = null, over: CaseMembers = {}): CaseMembers =>
  labCase(options === null ? plainEvidence : labEvidence(options), over)

/** A case that expects something of the plain report. */
export const withPolicy = (stated: CaseMembers): CaseMembers => lab(null, { policy: stated })

/** The plain report with some bytes changed, signed again by its key. */
export function resigned(offset: number, ...bytes: readonly number[]): CaseMembers {
  const edited = patchReport(plainReport, offset, Uint8Array.from(bytes))
  return labCase(plainEvidence, { attestation_doc_b64: zipped(signReport(edited, plainEvidence.scalar)) })
}

/** Authorities of a case's own making, as lenient as the contract allows: no usage, path length, identifiers, points. */
export function authorities(
  arkOptions: Parameters<typeof makeArk>[1],
  askOptions: Parameters<typeof makeAsk>[2],
): CaseMembers {
  const keep = [X509_OIDS.basicConstraints]
  const edit: NonNullable<typeof askOptions>['edit'] = (list) =>
    list.filter(({ oid }) => keep.includes(oid as never))
  const ark = makeArk('Milan', { key: rsaKey('attacker-ark'), serial: 1n, edit, ...arkOptions })
  const ask = makeAsk('Milan', ark, { key: rsaKey('attacker-ask'), serial: 2n, edit, ...askOptions })
  const evidence = labEvidence({ vek: { authority: ask, serial: 0x1234n } })
  return labCase(evidence, { amd_root_ca_pem: pem(ark.der), ask_pem: pem(ask.der) })
}

/** A case over AMD's pinned authorities. */
export const genuineCase = (
  report: Uint8Array,
  leaf: Uint8Array,
  at: string,
  policy: CaseMembers,
): CaseMembers => ({
  schema_version: '1',
  attestation_doc_b64: zipped(report),
  vcek_der_b64: toBase64(leaf),
  expiration_check_date_unix: Math.floor(new Date(at).getTime() / 1000),
  policy,
})

export interface Answer {
  readonly exitCode: number
  readonly code: string | null
  readonly output: Readonly<Record<string, unknown>>
}

export async function answer(members: CaseMembers | string): Promise<Answer> {
  const input = typeof members === 'string' ? members : JSON.stringify(members)
  const { exitCode, stdout, stderr } = await runAdapter('verify-attestation-sev', input)
  const output = JSON.parse(stdout) as Readonly<Record<string, unknown>>
  const rejection = output['rejection'] as { readonly code: string } | undefined
  if (exitCode === 1) throw new Error(stderr)
  return { exitCode, code: rejection?.code ?? null, output }
}

/** What the policy of a case says when it expects exactly what a report says. */
export const fullPolicy = (report: {
  readonly measurement: Uint8Array
  readonly hostData: Uint8Array
  readonly reportData: Uint8Array
  readonly idKeyDigest: Uint8Array
  readonly authorKeyDigest: Uint8Array
}): CaseMembers => ({
  expected_measurement_hex: toHex(report.measurement),
  expected_host_data_hex: toHex(report.hostData),
  expected_report_data_hex: toHex(report.reportData),
  expected_id_key_digest_hex: toHex(report.idKeyDigest),
  expected_author_key_digest_hex: toHex(report.authorKeyDigest),
  enforce_spec_defaults: true,
})
