// No bytes are claimed by two formats: shown for a sample of each, for changes of it, and for two of them in one.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentBody } from '../../test/support/agent-2cvm.js'
import {
  azureEvidence,
  jsonBytes,
  thimDocument,
  vtpmDocument,
  vtpmDocumentV0,
} from '../../test/support/azure.js'
import {
  cborBytes,
  cborCollection,
  cborRecord,
  cborTag,
  jsonCollection,
  jsonRecord,
  reportType,
  tableTag,
  tsmCbor,
  tsmCborType,
} from '../../test/support/cmw.js'
import {
  gcpDocument,
  guestResponse,
  maaReport,
  maaRequest,
  nodeQuote,
  quoteInfo,
  skrCombined,
  skrRaw,
} from '../../test/support/containers-c.js'
import {
  attestationRsDocument,
  goEvidence,
  oldSerdeReport,
  serdeReport,
  teekitDocument,
  tinfoilBundleText,
  tinfoilDocument,
  trusteeEvidence,
} from '../../test/support/containers.js'
import { concat } from '../../test/support/der.js'
import {
  c8sValue,
  enarx,
  enarxValue,
  evidenceOids,
  makeKeyCertificate,
  makeRequest,
  oakDocument,
  oldEnarxValue,
} from '../../test/support/key-documents.js'
import { labEvidence } from '../../test/support/pki.js'
import { bundleBytes } from '../../test/support/vectors/container-bundle-vectors.js'
import type { EvidenceFormat } from './container.js'
import type { Files } from './input.js'
import { evidenceFormats, formatNamed } from './registry.js'
import { sniffOf } from './sniff.js'

const lab = labEvidence({ line: 'Genoa', version: 3 })
const azure = azureEvidence()
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const formats = await Promise.all(evidenceFormats.map(formatNamed))
const claimed = (bytes: Uint8Array): readonly EvidenceFormat[] => {
  const sniff = sniffOf(bytes)
  return formats.flatMap((format) =>
    format.takes === 'bytes' && format.recognises(sniff) ? [format.name] : [],
  )
}

const rs = attestationRsDocument(lab)
const samples: readonly (readonly [EvidenceFormat, Uint8Array])[] = [
  ['snp-report', lab.report],
  ['snp-report', utf8(Buffer.from(lab.report).toString('hex'))],
  ['snp-report', utf8(`\n${Buffer.from(lab.report).toString('base64')}`)],
  ['snp-report+cert-table', concat(lab.report, lab.table)],
  ['tsm', jsonBytes({ outblob: Buffer.from(lab.report).toString('base64') })],
  ['az-snp-vtpm', jsonBytes(vtpmDocumentV0(azure))],
  ['az-snp-vtpm', jsonBytes(vtpmDocument(azure))],
  ['azure-hcl', azure.blob],
  ['thim', jsonBytes(thimDocument(lab))],
  ['2cvm-agent', agentBody(lab.report)],
  ['go-sev-guest', goEvidence(lab)],
  ['trustee-snp', trusteeEvidence(serdeReport(lab.report))],
  ['trustee-snp', trusteeEvidence(oldSerdeReport(lab.report), null)],
  ['tinfoil', jsonBytes(tinfoilDocument(lab.report))],
  ['tinfoil', jsonBytes(tinfoilDocument(lab.report, 1))],
  // Of another technology, to be told so.
  ['tinfoil', jsonBytes({ format: 'https://tinfoil.sh/predicate/tdx-guest/v2', body: '' })],
  ['attestation-rs', jsonBytes(rs)],
  ['attestation-rs', jsonBytes({ platform: 'snp', evidence: rs })],
  ['attestation-rs', jsonBytes({ platform: 'gcp-snp', evidence: rs })],
  ['teekit', jsonBytes(teekitDocument(lab))],
  ['tinfoil-bundle', utf8(tinfoilBundleText(lab))],
  ['pkcs10-csr', makeRequest(enarx(enarxValue(lab)))],
  ['pkcs10-csr', makeRequest(enarx(oldEnarxValue(lab)))],
  ['ra-tls', makeKeyCertificate(enarx(enarxValue(lab)))],
  ['ra-tls', makeKeyCertificate([{ oid: evidenceOids.c8s, value: c8sValue(lab) }])],
  ['ra-tls', makeKeyCertificate([{ oid: evidenceOids.contrast, value: goEvidence(lab) }])],
  ['oak-evidence', oakDocument(lab)],
  ['sev-guest-response', guestResponse(lab.report)],
  ['sev-guest-response', guestResponse(lab.report, { length: 1216 })],
  // Without a report, to be told so.
  ['sev-guest-response', guestResponse(new Uint8Array(1184), { status: 0x16, size: 0 })],
  ['gcp-snp', jsonBytes(gcpDocument(lab))],
  ['maa-request', maaRequest(maaReport(lab))],
  ['aci-skr', jsonBytes(skrRaw(lab))],
  ['aci-skr', jsonBytes(skrCombined(lab))],
  ['ccf-quote', jsonBytes(nodeQuote(lab))],
  ['ccf-quote', jsonBytes(quoteInfo(lab))],
  ['ccf-quote', jsonBytes({ ...nodeQuote(lab), format: 'OE_SGX_v1' })],
  ['cmw', jsonBytes(jsonRecord(reportType, lab.report, 4))],
  ['cmw', jsonBytes(jsonCollection(lab))],
  ['cmw', cborRecord(tsmCborType, tsmCbor(lab))],
  [
    'cmw',
    cborCollection({
      a: cborRecord(reportType, lab.report, 4),
      b: cborTag(tableTag, cborBytes(lab.table)),
    }),
  ],
  ['attested-bundle', bundleBytes()],
]
const directories: readonly (readonly [EvidenceFormat, Files])[] = [
  ['tsm-dir', new Map([['outblob', lab.report]])],
  [
    'tsm-dir',
    new Map([
      ['outblob', lab.report],
      ['auxblob', lab.table],
      ['provider', utf8('sev_guest\n')],
    ]),
  ],
  ['snpguest-dir', new Map([['report.bin', lab.report]])],
  [
    'snpguest-dir',
    new Map([
      ['attestation-report.bin', lab.report],
      ['vcek.pem', lab.vek],
    ]),
  ],
]

describe('a format', () => {
  it.each(samples)('alone claims its sample: %s', (name, bytes) => {
    expect(claimed(bytes)).toEqual([name])
  })

  it.each(directories)('alone claims its directory: %s', (name, files) => {
    const claiming = formats.filter((format) => format.takes === 'files' && format.recognises(files))
    expect(claiming.map((format) => format.name)).toEqual([name])
  })

  it('has a sample here', () => {
    const sampled = new Set([...samples, ...directories].map(([name]) => name))
    expect(evidenceFormats.filter((name) => !sampled.has(name))).toEqual([])
  })

  it('claims no changed sample beside another', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        ([, bytes], at, value) => {
          const changed = bytes.slice()
          changed[at % changed.length] = value
          expect(claimed(changed).length).toBeLessThan(2)
          expect(claimed(bytes.slice(0, at % bytes.length)).length).toBeLessThan(2)
        },
      ),
      { numRuns: 200 },
    )
  })

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['a document of another kind', { format: 'https://example.org/', body: '' }],
    ['a document whose body is no text', { format: tinfoilDocument(lab.report).format, body: 1 }],
    ['a document without a body', { format: tinfoilDocument(lab.report).format }],
    ['a format that is no text', { format: 1, body: '' }],
    ['evidence without a platform', { evidence: rs }],
    ['evidence whose report is no text', { platform: 'snp', evidence: { attestation_report: {} } }],
    ['evidence that is text', { platform: 'snp', evidence: '' }],
    ['a report that is a list', { attestation_report: [] }],
    ['a report that is null', { attestation_report: null }],
    ['a quote alone', { quote: '' }],
    ['a certificate alone', { vcek_cert: '' }],
    ['a bundle without a VCEK', { enclaveAttestationReport: {} }],
    ['a VCEK without a bundle', { vcek: '' }],
    ['a report in base64 alone', { report: gcpDocument(lab).report }],
    ['a table alone', { auxBlob: '' }],
    ['a report and a table that are no text', { report: 1, auxBlob: [] }],
    ['a report in hex with something beside it', { ...skrRaw(lab), x: 1 }],
    ['runtime data that are text', { report: '', runtimeData: '' }],
    ['runtime data that are a list', { report: '', runtimeData: [] }],
    ['runtime data alone', { runtimeData: { data: '', dataType: '' } }],
    ['quotes of many', { quotes: [nodeQuote(lab)] }],
    ['a quote of an unknown format', { ...nodeQuote(lab), format: 'AMD_SEV_SNP_v2' }],
  ])('claims not %s', (_, value) => {
    expect(claimed(jsonBytes(value))).toEqual([])
  })
})
