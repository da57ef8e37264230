import { describe, expect, it } from 'vitest'
import { jsonBytes, thimDocument } from '../../test/support/azure.js'
import { nodeId, nodeQuote, quoteInfo, uvmEndorsement } from '../../test/support/containers-c.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Milan', version: 2 })
const quote = nodeQuote(lab)
const info = quoteInfo(lab)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

async function refusalOf(value: unknown, format: 'ccf-quote' | 'auto' = 'ccf-quote'): Promise<string> {
  try {
    return (await decodeEvidence(jsonBytes(value), format)).format
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

describe.each(['ccf-quote', 'auto'] as const)('a quote, as %s', (format) => {
  it.each<[string, unknown, Readonly<Record<string, Uint8Array>>]>([
    ['a node', quote, { nodeId, uvmEndorsements: uvmEndorsement }],
    ['one that joins', info, { uvmEndorsements: uvmEndorsement }],
  ])('of %s is a report, its certificates and what belongs to it', async (_, value, attachments) => {
    const evidence = await decodeEvidence(jsonBytes(value), format)
    expect(evidence).toMatchObject({ format: 'ccf-quote', reconstructed: false, crls: 0 })
    expect(evidence.report).toEqual(lab.report)
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect([leaves, intermediates, roots]).toEqual([[{ kind: 'vcek', der: lab.vek }], [lab.ask], [lab.ark]])
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual(attachments)
  })

  it.each<[string, unknown, readonly string[]]>([
    [
      'absent',
      { format: quote.format, node_id: quote.node_id, raw: quote.raw, endorsements: '' },
      ['nodeId'],
    ],
    ['null', { ...quote, endorsements: '', uvm_endorsements: null, measurement: null }, ['nodeId']],
    ['empty', { ...info, endorsements: '', uvm_endorsements: '', endorsed_tcb: '' }, []],
    ['absent, in QuoteInfo', { format: info.format, quote: info.quote, endorsements: '' }, []],
  ])('may have no certificates and no endorsement: %s', async (_, value, attachments) => {
    expect(await decodeEvidence(jsonBytes(value), format)).toMatchObject({ endorsementKeys: 0, attachments })
  })

  it('may be of an older version', async () => {
    const { measurement, ...rest } = quote
    expect(await refusalOf({ ...rest, mrenclave: measurement }, format)).toBe('ccf-quote')
  })

  it('may have the answer of the metadata service', async () => {
    const value = { ...info, endorsements: base64(jsonBytes(thimDocument(lab))) }
    expect(await decodeEvidence(jsonBytes(value), format)).toMatchObject({ endorsementKeys: 1 })
  })
})

const what = 'EVIDENCE_MALFORMED ccf-quote'

describe('what is no quote', () => {
  it.each<[string, unknown, string]>([
    ['a list', [quote.raw], `${what}: not a JSON object`],
    ['quotes of all nodes', { quotes: [quote] }, `${what} is not strict JSON: nested deeper than 1`],
    ['nothing', {}, `${what}: format is not AMD_SEV_SNP_v1`],
    ['SGX', { ...quote, format: 'OE_SGX_v1' }, `${what}: format is not AMD_SEV_SNP_v1`],
    ['no hardware', { ...info, format: 'Insecure_Virtual' }, `${what}: format is not AMD_SEV_SNP_v1`],
    ['another version', { ...quote, format: 'AMD_SEV_SNP_v2' }, `${what}: format is not AMD_SEV_SNP_v1`],
    ['an unknown member', { ...quote, x: 1 }, `${what}: unknown key "x"`],
    ['an unknown member of QuoteInfo', { ...info, x: 1 }, `${what}: unknown key "x"`],
    ['a quote beside it', { ...quote, quote: quote.raw }, `${what}: unknown key "quote"`],
    ['a node in QuoteInfo', { ...info, node_id: quote.node_id }, `${what}: unknown key "node_id"`],
    ['a TCB of a node', { ...quote, endorsed_tcb: '' }, `${what}: unknown key "endorsed_tcb"`],
    ['a measurement in QuoteInfo', { ...info, measurement: '' }, `${what}: unknown key "measurement"`],
    [
      'what the governance API says',
      { format: quote.format, uvmEndorsements: '', endorsedTcb: '' },
      `${what}: unknown key "uvmEndorsements"`,
    ],
    ['no report', { format: info.format, endorsements: '' }, `${what}: quote is not text`],
    ['a report that is null', { ...quote, raw: null }, `${what}: raw is not text`],
    ['a report in base64url', { ...quote, raw: `-_${quote.raw.slice(2)}` }, `${what}: raw is not base64`],
    [
      'a byte too few',
      { ...info, quote: base64(lab.report.slice(1)) },
      'REPORT_LENGTH report: expected 1184 bytes, got 1183',
    ],
    ['no endorsements', { ...quote, endorsements: null }, `${what}: endorsements is not text`],
    [
      'endorsements with a CRL',
      { ...quote, endorsements: base64(new TextEncoder().encode('-----BEGIN X509 CRL-----')) },
      `${what}: endorsements: not PEM of CERTIFICATE alone`,
    ],
    ['no node', { ...quote, node_id: null }, `${what}: node_id is not text`],
    ['a node in base64', { ...quote, node_id: base64(nodeId) }, `${what}: node_id is not hex`],
    ['a node of 31 bytes', { ...quote, node_id: 'ab'.repeat(31) }, `${what}: node_id has not 32 bytes`],
    ['a node of 33 bytes', { ...quote, node_id: 'ab'.repeat(33) }, `${what}: node_id has not 32 bytes`],
    [
      'an endorsement that is a list',
      { ...quote, uvm_endorsements: [] },
      `${what}: uvm_endorsements is not text`,
    ],
    [
      'an endorsement in hex',
      { ...quote, uvm_endorsements: 'abc' },
      `${what}: uvm_endorsements is not base64`,
    ],
    ['a measurement that is a number', { ...quote, measurement: 1 }, `${what}: measurement is not text`],
    ['an older one that is a number', { ...quote, mrenclave: 1 }, `${what}: mrenclave is not text`],
    ['a TCB that is a number', { ...info, endorsed_tcb: 1 }, `${what}: endorsed_tcb is not text`],
  ])('%s', async (_, value, refusal) => {
    expect(await refusalOf(value)).toBe(refusal)
  })

  it.each(['OE_SGX_v1', 'Insecure_Virtual'])('is recognised, to be told so: %s', async (format) => {
    expect(await refusalOf({ ...quote, format }, 'auto')).toBe(`${what}: format is not AMD_SEV_SNP_v1`)
  })

  it.each<[string, unknown]>([
    ['another format', { ...quote, format: 'AMD_SEV_SNP_v2' }],
    ['a format that is null', { ...quote, format: null }],
    ['no endorsements', { ...quote, endorsements: null }],
  ])('is not recognised: %s', async (_, value) => {
    expect(await refusalOf(value, 'auto')).toBe('EVIDENCE_FORMAT not recognised as any evidence format')
  })

  it('one larger than 256 KiB', async () => {
    const filled = (size: number): Uint8Array => new TextEncoder().encode(JSON.stringify(quote).padEnd(size))
    expect((await decodeEvidence(filled(256 * 1024), 'ccf-quote')).report).toEqual(lab.report)
    await expect(decodeEvidence(filled(256 * 1024 + 1), 'ccf-quote')).rejects.toMatchObject({
      code: 'EVIDENCE_SIZE',
    })
  })
})
