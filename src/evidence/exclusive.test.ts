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
import { labEvidence } from '../../test/support/pki.js'
import type { EvidenceFormat } from './container.js'
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
]

describe('a format', () => {
  it.each(samples)('alone claims its sample: %s', (name, bytes) => {
    expect(claimed(bytes)).toEqual([name])
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
  ])('claims not %s', (_, value) => {
    expect(claimed(jsonBytes(value))).toEqual([])
  })
})
