// Evidence as devices and services of clouds hand it on, written by us, out of a report. Every part can be made wrong.
import { jsonBytes, runtimeClaims } from './azure.js'
import { pem } from './cert-table.js'
import { wideJson } from './containers.js'
import type { LabEvidence } from './pki.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Base64url with padding, as Go writes it. */
export const url = (bytes: Uint8Array): string => base64(bytes).replaceAll('+', '-').replaceAll('/', '_')

export interface ResponseParts {
  readonly length?: number
  readonly status?: number
  readonly size?: number
  /** Single bytes by offset. */
  readonly bytes?: Readonly<Record<number, number>>
}

/** MSG_REPORT_RSP in the buffer of the device. */
export function guestResponse(report: Uint8Array, parts: ResponseParts = {}): Uint8Array {
  const { length = 4000, status = 0, size = 1184, bytes = {} } = parts
  const response = new Uint8Array(length)
  response.set(report.subarray(0, Math.max(0, length - 0x20)), 0x20)
  const view = new DataView(response.buffer)
  view.setUint32(0, status, true)
  view.setUint32(4, size, true)
  for (const [offset, value] of Object.entries(bytes)) response[Number(offset)] = value
  return response
}

/** `SevSnpAttestation`, as an object to edit. */
export const gcpDocument = ({ report, table }: Pick<LabEvidence, 'report' | 'table'>) => ({
  report: base64(report),
  auxBlob: base64(table),
})

/** PEM as hosts on Azure hand it on: the endorsement key first. */
export const pemChain = ({ vek, ask, ark }: Pick<LabEvidence, 'vek' | 'ask' | 'ark'>): Uint8Array =>
  utf8(pem(vek) + pem(ask) + pem(ark))

/** Something with the first byte of COSE_Sign1: nobody reads it. */
export const uvmEndorsement: Uint8Array = Uint8Array.from({ length: 300 }, (_, at) =>
  at === 0 ? 0xd2 : (at * 7) & 0xff,
)

export const uvmList = (...list: readonly unknown[]): string => url(jsonBytes({ Uvm: list }))

/** The inner document of a request to Microsoft Azure Attestation, as an object to edit. */
export const maaReport = (evidence: LabEvidence) => ({
  SnpReport: url(evidence.report),
  VcekCertChain: url(pemChain(evidence)),
  Endorsements: uvmList(url(uvmEndorsement)),
})

/** Such a request. */
export const maaRequest = (report: unknown, changed: Readonly<Record<string, unknown>> = {}): Uint8Array =>
  utf8(
    wideJson({
      report: url(jsonBytes(report)),
      runtimeData: { data: url(runtimeClaims()), dataType: 'JSON' },
      initTimeData: { data: '', dataType: '' },
      nonce: 2n ** 64n - 1n,
      ...changed,
    }),
  )

/** The answer to `/attest/raw`. */
export const skrRaw = ({ report }: Pick<LabEvidence, 'report'>) => ({ report: hex(report) })

/** The answer to `/attest/combined`, as an object to edit. */
export const skrCombined = (evidence: LabEvidence) => ({
  endorsed_tcb: '0300000000000873',
  endorsements: base64(pemChain(evidence)),
  evidence: base64(evidence.report),
  uvm_endorsements: base64(uvmEndorsement),
})

export const nodeId: Uint8Array = Uint8Array.from({ length: 32 }, (_, at) => 255 - at)

/** The answer to `/node/quotes/self`, as an object to edit. */
export const nodeQuote = (evidence: LabEvidence) => ({
  endorsements: base64(pemChain(evidence)),
  format: 'AMD_SEV_SNP_v1',
  measurement: hex(evidence.report.subarray(0x90, 0xc0)),
  node_id: hex(nodeId),
  raw: base64(evidence.report),
  uvm_endorsements: base64(uvmEndorsement),
})

/** QuoteInfo, as an object to edit. */
export const quoteInfo = (evidence: LabEvidence) => ({
  format: 'AMD_SEV_SNP_v1',
  quote: base64(evidence.report),
  endorsements: base64(pemChain(evidence)),
  uvm_endorsements: base64(uvmEndorsement),
  endorsed_tcb: '0300000000000873',
})
