import { describe, expect, it } from 'vitest'
import { jsonBytes } from '../../test/support/azure.js'
import { gcpDocument, skrRaw, url } from '../../test/support/containers-c.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Milan', version: 5 })
const document = gcpDocument(lab)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

async function refusalOf(value: unknown, format: 'gcp-snp' | 'auto' = 'gcp-snp'): Promise<string> {
  try {
    return (await decodeEvidence(jsonBytes(value), format)).format
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

describe.each(['gcp-snp', 'auto'] as const)('evidence for the API of Google, as %s', (format) => {
  it('is a report and the certificates of its table', async () => {
    const evidence = await decodeEvidence(jsonBytes(document), format)
    expect(evidence).toMatchObject({ format: 'gcp-snp', reconstructed: false, crls: 0, attachments: [] })
    expect(evidence.report).toEqual(lab.report)
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect([leaves, intermediates, roots]).toEqual([[{ kind: 'vcek', der: lab.vek }], [lab.ask], [lab.ark]])
  })

  it.each([
    ['base64url', url],
    ['base64url without padding', (bytes: Uint8Array) => url(bytes).replace(/=+$/, '')],
    ['base64 without padding', (bytes: Uint8Array) => base64(bytes).replace(/=+$/, '')],
  ])('may be %s', async (_, write) => {
    const value = { report: write(lab.report), auxBlob: write(lab.table) }
    const evidence = await decodeEvidence(jsonBytes(value), format)
    expect(evidence.report).toEqual(lab.report)
    expect(evidence.endorsementKeys).toBe(1)
  })

  it('may have an empty table', async () => {
    const evidence = await decodeEvidence(jsonBytes({ ...document, auxBlob: '' }), format)
    expect(evidence).toMatchObject({ format: 'gcp-snp', endorsementKeys: 0 })
  })
})

describe('without a table', () => {
  it.each([
    ['absent', { report: document.report }],
    ['null', { report: document.report, auxBlob: null }],
  ])('it is a report where the format is named: %s', async (_, value) => {
    expect(await decodeEvidence(jsonBytes(value), 'gcp-snp')).toMatchObject({ endorsementKeys: 0 })
    expect(await refusalOf(value, 'auto')).toBe('EVIDENCE_FORMAT not recognised as any evidence format')
  })
})

const what = 'EVIDENCE_MALFORMED gcp-snp'

describe('what is no such evidence', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], `${what}: not a JSON object`],
    ['an unknown member', { ...document, aux_blob: '' }, `${what}: unknown key "aux_blob"`],
    ['no report', { auxBlob: document.auxBlob }, `${what}: report is not text`],
    ['a report that is a list', { ...document, report: [] }, `${what}: report is not text`],
    [
      'a report in both alphabets',
      { ...document, report: `+_${document.report.slice(2)}` },
      `${what}: report is not base64`,
    ],
    ['a table that is a number', { ...document, auxBlob: 1 }, `${what}: auxBlob is not text`],
    ['a table in another alphabet', { ...document, auxBlob: '!' }, `${what}: auxBlob is not base64`],
    ['a report in hex', { ...skrRaw(lab) }, 'REPORT_LENGTH report: expected 1184 bytes, got 1776'],
    [
      'a byte too few',
      { ...document, report: base64(lab.report.slice(1)) },
      'REPORT_LENGTH report: expected 1184 bytes, got 1183',
    ],
    [
      'half a table',
      { ...document, auxBlob: base64(lab.table.slice(0, 23)) },
      'EVIDENCE_TABLE certificate table does not end with an entry of zeros',
    ],
    ['what is nested', { ...document, report: [[]] }, `${what} is not strict JSON: nested deeper than 1`],
  ])('%s', async (_, value, refusal) => {
    expect(await refusalOf(value)).toBe(refusal)
  })

  it('one larger than 512 KiB', async () => {
    const text = JSON.stringify(document)
    const most = 512 * 1024
    const filled = (size: number): Uint8Array => new TextEncoder().encode(text.padEnd(size))
    expect((await decodeEvidence(filled(most), 'gcp-snp')).report).toEqual(lab.report)
    await expect(decodeEvidence(filled(most + 1), 'gcp-snp')).rejects.toMatchObject({ code: 'EVIDENCE_SIZE' })
  })
})
