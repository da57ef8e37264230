import { describe, expect, it } from 'vitest'
import { azureEvidence, jsonBytes, vtpmDocument } from '../../test/support/azure.js'
import { pem } from '../../test/support/cert-table.js'
import { attestationRsDocument } from '../../test/support/containers.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa', version: 5 })
const vlek = labEvidence({ line: 'Genoa', version: 3, signer: 'vlek' })
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const inner = attestationRsDocument(lab)
const outer = { platform: 'snp', evidence: inner }

async function refusalOf(value: unknown): Promise<unknown> {
  try {
    await decodeEvidence(jsonBytes(value), 'attestation-rs')
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}

describe.each(['attestation-rs', 'auto'] as const)('evidence of attestation-rs, as %s', (format) => {
  it.each([
    ['in its envelope', outer],
    ['alone', inner],
  ])('%s', async (_, value) => {
    const evidence = await decodeEvidence(jsonBytes(value), format)
    expect(evidence).toMatchObject({
      format: 'attestation-rs',
      reconstructed: false,
      crls: 0,
      attachments: [],
    })
    expect(evidence.report).toEqual(lab.report)
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect([leaves, intermediates, roots]).toEqual([[{ kind: 'vcek', der: lab.vek }], [lab.ask], [lab.ark]])
  })

  it.each([
    ['null', { attestation_report: inner.attestation_report, cert_chain: null }],
    ['absent', { attestation_report: inner.attestation_report }],
  ])('whose chain is %s', async (_, evidence) => {
    for (const value of [evidence, { ...outer, evidence }])
      expect((await decodeEvidence(jsonBytes(value), format)).endorsementKeys).toBe(0)
  })

  it('of Azure, in the form of its virtual TPM', async () => {
    const azure = azureEvidence()
    const document = { platform: 'az-snp', evidence: vtpmDocument(azure) }
    const evidence = await decodeEvidence(jsonBytes(document), format)
    expect(evidence).toMatchObject({
      format: 'attestation-rs',
      attachments: ['runtimeData', 'tpmQuote', 'tpmSignature', 'pcrs'],
    })
    const alone = await decodeEvidence(jsonBytes(document.evidence), 'az-snp-vtpm')
    expect(evidence.report).toEqual(alone.report)
    expect(attachmentsOf(evidence)).toEqual(attachmentsOf(alone))
    expect(partsOfEvidence(evidence).leaves).toEqual(partsOfEvidence(alone).leaves)
  })

  it('with a VLEK, and no authorities', async () => {
    for (const cert_chain of [{ vcek: base64(vlek.vek) }, { vcek: base64(vlek.vek), ask: null, ark: null }]) {
      const evidence = await decodeEvidence(jsonBytes({ ...inner, cert_chain }), format)
      const { leaves, intermediates, roots } = partsOfEvidence(evidence)
      expect([leaves, intermediates, roots]).toEqual([[{ kind: 'vlek', der: vlek.vek }], [], []])
    }
  })
})

const rs = 'EVIDENCE_MALFORMED attestation-rs: '
const chained = (changed: object): object => ({ ...inner, cert_chain: { ...inner.cert_chain, ...changed } })

describe('what is no evidence of attestation-rs', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], `${rs}not a JSON object`],
    ['nothing', {}, `${rs}attestation_report is not text`],
    ['another platform', { ...outer, platform: 'tdx' }, `${rs}platform is neither snp nor az-snp`],
    [
      'evidence of Azure on another',
      { ...outer, evidence: vtpmDocument(azureEvidence()) },
      `${rs}unknown key "version"`,
    ],
    ['no platform', { evidence: inner }, `${rs}platform is neither snp nor az-snp`],
    ['an unknown member outside', { ...outer, x: 1 }, `${rs}unknown key "x"`],
    ['an unknown member inside', { ...outer, evidence: { ...inner, x: 1 } }, `${rs}unknown key "x"`],
    [
      'evidence in evidence',
      { ...outer, evidence: { platform: 'snp', evidence: null } },
      `${rs}unknown key "platform"`,
    ],
    [
      'what is nested',
      { ...outer, evidence: { ...outer, evidence: { ...outer, evidence: outer } } },
      'EVIDENCE_MALFORMED attestation-rs is not strict JSON: nested deeper than 5',
    ],
    ['no evidence', { ...outer, evidence: null }, `${rs}evidence: not a JSON object`],
    ['a report in hex', { ...inner, attestation_report: 'x' }, `${rs}attestation_report is not base64`],
    [
      'a report in base64url',
      { ...inner, attestation_report: `-_${inner.attestation_report.slice(2)}` },
      `${rs}attestation_report is not base64`,
    ],
    [
      '1183 bytes',
      { ...inner, attestation_report: base64(lab.report.slice(1)) },
      'REPORT_LENGTH report: expected 1184 bytes, got 1183',
    ],
    ['a chain in a list', { ...inner, cert_chain: [] }, `${rs}cert_chain: not a JSON object`],
    ['an unknown certificate', chained({ vlek: '' }), `${rs}cert_chain: unknown key "vlek"`],
    ['no VCEK', chained({ vcek: null }), `${rs}cert_chain: vcek is not text`],
    [
      'two VCEKs',
      chained({ vcek: base64(utf8(pem(lab.vek).repeat(2))) }),
      `${rs}cert_chain: vcek: more than one certificate`,
    ],
    ['an ASK as PEM', chained({ ask: pem(lab.ask) }), `${rs}cert_chain: ask is not base64`],
    ['an ARK that is a number', chained({ ark: 1 }), `${rs}cert_chain: ark is not text`],
  ])('%s', async (_, value, refusal) => {
    expect(await refusalOf(value)).toBe(refusal)
  })
})
