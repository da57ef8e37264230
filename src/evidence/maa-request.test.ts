import { describe, expect, it } from 'vitest'
import { jsonBytes, runtimeClaims, thimDocument } from '../../test/support/azure.js'
import { maaReport, maaRequest, url, uvmEndorsement, uvmList } from '../../test/support/containers-c.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Milan', version: 2 })
const report = maaReport(lab)
const claims = runtimeClaims()
type Changed = Readonly<Record<string, unknown>>

async function refusalOf(bytes: Uint8Array, format: 'maa-request' | 'auto' = 'maa-request'): Promise<string> {
  try {
    return (await decodeEvidence(bytes, format)).format
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

describe.each(['maa-request', 'auto'] as const)('a request, as %s', (format) => {
  it('is a report, its certificates, an endorsement and runtime data', async () => {
    const evidence = await decodeEvidence(maaRequest(report), format)
    expect(evidence).toMatchObject({
      format: 'maa-request',
      reconstructed: false,
      crls: 0,
      attachments: ['uvmEndorsements', 'runtimeData'],
    })
    expect(evidence.report).toEqual(lab.report)
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect([leaves, intermediates, roots]).toEqual([[{ kind: 'vcek', der: lab.vek }], [lab.ask], [lab.ark]])
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({
      uvmEndorsements: uvmEndorsement,
      runtimeData: claims,
    })
  })

  it('may be written without padding', async () => {
    const bare = (text: string): string => text.replace(/=+$/, '')
    const inner = {
      SnpReport: bare(report.SnpReport),
      VcekCertChain: bare(url(jsonBytes(thimDocument(lab)))),
      Endorsements: bare(uvmList(bare(url(uvmEndorsement)))),
    }
    const bytes = maaRequest(inner, {
      report: bare(url(jsonBytes(inner))),
      runtimeData: { data: bare(url(claims)), dataType: 'Binary' },
      initTimeData: { data: bare(url(lab.vek)), dataType: 'Binary' },
      draftPolicyForAttestation: 'version=1.1;',
    })
    const evidence = await decodeEvidence(bytes, format)
    expect(evidence.report).toEqual(lab.report)
    expect(evidence.endorsementKeys).toBe(1)
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({
      uvmEndorsements: uvmEndorsement,
      runtimeData: claims,
      initTimeData: lab.vek,
    })
  })

  it.each<[string, Changed, Changed]>([
    ['absent', { Endorsements: undefined }, { initTimeData: undefined, nonce: undefined }],
    ['null', { Endorsements: null }, { initTimeData: null, nonce: null, draftPolicyForAttestation: null }],
    ['empty', { Endorsements: '' }, { nonce: '' }],
  ])('may have no endorsement, data or nonce: %s', async (_, inner, outer) => {
    const bytes = maaRequest({ ...report, ...inner }, { runtimeData: { data: '', dataType: '' }, ...outer })
    expect(await decodeEvidence(bytes, format)).toMatchObject({ format: 'maa-request', attachments: [] })
  })
})

it('a request without runtime data is read where the format is named', async () => {
  for (const runtimeData of [undefined, null]) {
    const bytes = maaRequest(report, { runtimeData })
    expect(await decodeEvidence(bytes, 'maa-request')).toMatchObject({ attachments: ['uvmEndorsements'] })
    expect(await refusalOf(bytes, 'auto')).toBe('EVIDENCE_FORMAT not recognised as any evidence format')
  }
})

const what = 'EVIDENCE_MALFORMED maa-request'

describe('what is no request', () => {
  it.each<[string, Uint8Array, string]>([
    ['a list', jsonBytes([]), `${what}: not a JSON object`],
    ['an unknown member', maaRequest(report, { quote: '' }), `${what}: unknown key "quote"`],
    ['no report', maaRequest(report, { report: null }), `${what}: report is not text`],
    ['a report that is no base64', maaRequest(report, { report: '+' }), `${what}: report is not base64url`],
    ['a report that is a list', maaRequest([]), `${what}: report: not a JSON object`],
    [
      'a report that is text',
      maaRequest(report, { report: url(lab.report) }),
      `${what}: report is not strict JSON: not UTF-8`,
    ],
    ['an unknown member of the report', maaRequest({ ...report, x: 1 }), `${what}: report: unknown key "x"`],
    ['no SnpReport', maaRequest({ ...report, SnpReport: null }), `${what}: report: SnpReport is not text`],
    [
      'SnpReport in plain base64',
      maaRequest({ ...report, SnpReport: `+/${report.SnpReport.slice(2)}` }),
      `${what}: report: SnpReport is not base64url`,
    ],
    [
      'a report in the report of the report',
      maaRequest({ ...report, SnpReport: [] }),
      `${what}: report: SnpReport is not text`,
    ],
    [
      'a list in a list',
      maaRequest({ ...report, SnpReport: [[]] }),
      `${what}: report is not strict JSON: nested deeper than 1`,
    ],
    [
      'no chain',
      maaRequest({ ...report, VcekCertChain: null }),
      `${what}: report: VcekCertChain is not text`,
    ],
    [
      'a chain that is no PEM',
      maaRequest({ ...report, VcekCertChain: url(new TextEncoder().encode('-----BEGIN ')) }),
      `${what}: report: VcekCertChain: not PEM of CERTIFICATE alone`,
    ],
    [
      'endorsements that are no JSON',
      maaRequest({ ...report, Endorsements: url(uvmEndorsement) }),
      `${what}: Endorsements is not strict JSON: not UTF-8`,
    ],
    [
      'endorsements that are a list',
      maaRequest({ ...report, Endorsements: url(jsonBytes([])) }),
      `${what}: Endorsements: not a JSON object`,
    ],
    [
      'other endorsements',
      maaRequest({ ...report, Endorsements: url(jsonBytes({ Uvm: [''], Host: [] })) }),
      `${what}: Endorsements: unknown key "Host"`,
    ],
    [
      'an endorsement that is no list',
      maaRequest({ ...report, Endorsements: url(jsonBytes({ Uvm: 'a' })) }),
      `${what}: Endorsements: Uvm is not a list of one`,
    ],
    [
      'no endorsement in the list',
      maaRequest({ ...report, Endorsements: uvmList() }),
      `${what}: Endorsements: Uvm is not a list of one`,
    ],
    [
      'two endorsements',
      maaRequest({ ...report, Endorsements: uvmList('AA', 'AA') }),
      `${what}: Endorsements: Uvm is not a list of one`,
    ],
    [
      'an endorsement that is a number',
      maaRequest({ ...report, Endorsements: uvmList(1) }),
      `${what}: Endorsements: Uvm is not text`,
    ],
    [
      'an endorsement in plain base64',
      maaRequest({ ...report, Endorsements: uvmList('+/==') }),
      `${what}: Endorsements: Uvm is not base64url`,
    ],
    [
      'endorsements in depth',
      maaRequest({ ...report, Endorsements: uvmList([[]]) }),
      `${what}: Endorsements is not strict JSON: nested deeper than 2`,
    ],
    [
      'data that are text',
      maaRequest(report, { runtimeData: 'e30' }),
      `${what}: runtimeData: not a JSON object`,
    ],
    [
      'data with an unknown member',
      maaRequest(report, { initTimeData: { data: '', dataType: '', x: 1 } }),
      `${what}: initTimeData: unknown key "x"`,
    ],
    [
      'data without a type',
      maaRequest(report, { runtimeData: { data: '' } }),
      `${what}: runtimeData: dataType is not text`,
    ],
    [
      'data that are an object',
      maaRequest(report, { runtimeData: { data: {}, dataType: 'JSON' } }),
      `${what}: runtimeData: data is not text`,
    ],
    [
      'data in plain base64',
      maaRequest(report, { initTimeData: { data: '++++', dataType: 'JSON' } }),
      `${what}: initTimeData: data is not base64url`,
    ],
    [
      'a nonce of 65 bits',
      maaRequest(report, { nonce: 2n ** 64n }),
      `${what}: nonce is not an integer of 64 bits`,
    ],
    ['a nonce below zero', maaRequest(report, { nonce: -1 }), `${what}: nonce is not an integer of 64 bits`],
    [
      'a nonce that is a list',
      maaRequest(report, { nonce: [] }),
      `${what}: nonce is not an integer of 64 bits`,
    ],
    [
      'a draft that is a number',
      maaRequest(report, { draftPolicyForAttestation: 1 }),
      `${what}: draftPolicyForAttestation is not text`,
    ],
    [
      'a byte too few',
      maaRequest({ ...report, SnpReport: url(lab.report.slice(1)) }),
      'REPORT_LENGTH report: expected 1184 bytes, got 1183',
    ],
    [
      'what is nested',
      maaRequest(report, { runtimeData: { data: [[]] } }),
      `${what} is not strict JSON: nested deeper than 2`,
    ],
  ])('%s', async (_, bytes, refusal) => {
    expect(await refusalOf(bytes)).toBe(refusal)
  })

  it('one larger than 512 KiB', async () => {
    const most = 512 * 1024
    const filled = (size: number): Uint8Array => {
      const request = maaRequest(report)
      const bytes = new Uint8Array(size).fill(0x20)
      bytes.set(request)
      return bytes
    }
    expect(await refusalOf(filled(most))).toBe('maa-request')
    expect(await refusalOf(filled(most + 1))).toBe('EVIDENCE_SIZE evidence: more than 524288 bytes')
  })
})
