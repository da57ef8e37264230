import { describe, expect, it } from 'vitest'
import { jsonBytes, thimDocument } from '../../test/support/azure.js'
import { pem } from '../../test/support/cert-table.js'
import { skrCombined, skrRaw, uvmEndorsement } from '../../test/support/containers-c.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Milan', version: 2 })
const raw = skrRaw(lab)
const combined = skrCombined(lab)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

async function refusalOf(value: unknown, format: 'aci-skr' | 'auto' = 'aci-skr'): Promise<string> {
  try {
    return (await decodeEvidence(jsonBytes(value), format)).format
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

describe.each(['aci-skr', 'auto'] as const)('the answer of the sidecar, as %s', (format) => {
  it.each([
    ['lower', raw.report],
    ['upper', raw.report.toUpperCase()],
  ])('is a report alone, in %s case', async (_, report) => {
    const evidence = await decodeEvidence(jsonBytes({ report }), format)
    expect(evidence).toMatchObject({
      format: 'aci-skr',
      reconstructed: false,
      endorsementKeys: 0,
      crls: 0,
      attachments: [],
    })
    expect(evidence.report).toEqual(lab.report)
  })

  it('is a report, its certificates and the endorsement of the utility VM', async () => {
    const evidence = await decodeEvidence(jsonBytes(combined), format)
    expect(evidence).toMatchObject({ format: 'aci-skr', crls: 0, attachments: ['uvmEndorsements'] })
    expect(evidence.report).toEqual(lab.report)
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect([leaves, intermediates, roots]).toEqual([[{ kind: 'vcek', der: lab.vek }], [lab.ask], [lab.ark]])
    expect(attachmentsOf(evidence).get('uvmEndorsements')).toEqual(uvmEndorsement)
  })

  it.each([
    ['absent', { evidence: combined.evidence, endorsements: '' }],
    ['null', { ...combined, endorsements: '', uvm_endorsements: null, endorsed_tcb: null }],
    ['empty', { ...combined, endorsements: '', uvm_endorsements: '', endorsed_tcb: '' }],
  ])('may have no certificates and no endorsement: %s', async (_, value) => {
    expect(await decodeEvidence(jsonBytes(value), format)).toMatchObject({
      format: 'aci-skr',
      endorsementKeys: 0,
      attachments: [],
    })
  })

  it('may have the answer of the metadata service', async () => {
    const value = { ...combined, endorsements: base64(jsonBytes(thimDocument(lab))) }
    expect(await decodeEvidence(jsonBytes(value), format)).toMatchObject({ endorsementKeys: 1 })
  })
})

const what = 'EVIDENCE_MALFORMED aci-skr'

describe('what is no answer of the sidecar', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], `${what}: not a JSON object`],
    ['an error', { error: 'failed' }, `${what}: unknown key "error"`],
    ['nothing', {}, `${what}: report is not text`],
    ['an unknown member of the raw answer', { ...raw, x: 1 }, `${what}: unknown key "x"`],
    ['a report that is null', { report: null }, `${what}: report is not text`],
    ['a report in base64', { report: base64(lab.report) }, `${what}: report is not hex`],
    ['a digit too few', { report: raw.report.slice(1) }, `${what}: report is not hex`],
    [
      'a byte too few',
      { report: raw.report.slice(2) },
      'REPORT_LENGTH report: expected 1184 bytes, got 1183',
    ],
    ['an unknown member', { ...combined, x: 1 }, `${what}: unknown key "x"`],
    ['both in one', { ...combined, ...raw }, `${what}: unknown key "report"`],
    ['evidence that is null', { ...combined, evidence: null }, `${what}: evidence is not text`],
    [
      'evidence in hex',
      { ...combined, evidence: raw.report },
      'REPORT_LENGTH report: expected 1184 bytes, got 1776',
    ],
    [
      'evidence in base64url',
      { ...combined, evidence: `-_${combined.evidence.slice(2)}` },
      `${what}: evidence is not base64`,
    ],
    ['no endorsements', { ...combined, endorsements: null }, `${what}: endorsements is not text`],
    [
      'endorsements as PEM',
      { ...combined, endorsements: pem(lab.vek) },
      `${what}: endorsements is not base64`,
    ],
    [
      'endorsements with a key in it',
      { ...combined, endorsements: base64(new TextEncoder().encode(pem(lab.vek, 'PRIVATE KEY'))) },
      `${what}: endorsements: not PEM of CERTIFICATE alone`,
    ],
    [
      'an endorsement in hex',
      { ...combined, uvm_endorsements: 'abc' },
      `${what}: uvm_endorsements is not base64`,
    ],
    ['a TCB that is a number', { ...combined, endorsed_tcb: 1 }, `${what}: endorsed_tcb is not text`],
    ['what is nested', { ...combined, evidence: [[]] }, `${what} is not strict JSON: nested deeper than 1`],
  ])('%s', async (_, value, refusal) => {
    expect(await refusalOf(value)).toBe(refusal)
  })

  it.each<[string, unknown]>([
    ['a report in base64', { report: base64(lab.report) }],
    ['a byte too few', { report: raw.report.slice(2) }],
    ['a byte more', { report: `${raw.report}00` }],
    ['a member beside it', { ...raw, x: 1 }],
    ['evidence alone', { evidence: combined.evidence }],
    ['endorsements alone', { endorsements: combined.endorsements }],
    ['evidence that is an object', { ...combined, evidence: {} }],
    ['endorsements that are null', { ...combined, endorsements: null }],
  ])('is not recognised: %s', async (_, value) => {
    expect(await refusalOf(value, 'auto')).toBe('EVIDENCE_FORMAT not recognised as any evidence format')
  })

  it('one larger than 256 KiB', async () => {
    const filled = (size: number): Uint8Array => new TextEncoder().encode(JSON.stringify(raw).padEnd(size))
    expect((await decodeEvidence(filled(256 * 1024), 'aci-skr')).report).toEqual(lab.report)
    await expect(decodeEvidence(filled(256 * 1024 + 1), 'aci-skr')).rejects.toMatchObject({
      code: 'EVIDENCE_SIZE',
    })
  })
})
