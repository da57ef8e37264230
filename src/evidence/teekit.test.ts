import { describe, expect, it } from 'vitest'
import { jsonBytes } from '../../test/support/azure.js'
import { pem } from '../../test/support/cert-table.js'
import { teekitDocument } from '../../test/support/containers.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa', version: 5 })
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

async function refusalOf(value: unknown): Promise<unknown> {
  try {
    await decodeEvidence(jsonBytes(value), 'teekit')
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}

const quoted = teekitDocument(lab)

describe.each(['teekit', 'auto'] as const)('the answer of teekit, as %s', (format) => {
  it('is a report, its certificates and a nonce', async () => {
    const evidence = await decodeEvidence(jsonBytes(quoted), format)
    expect(evidence).toMatchObject({
      format: 'teekit',
      reconstructed: false,
      crls: 0,
      attachments: ['nonce'],
    })
    expect(evidence.report).toEqual(lab.report)
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect([leaves, intermediates, roots]).toEqual([[{ kind: 'vcek', der: lab.vek }], [lab.ask], [lab.ark]])
    expect(attachmentsOf(evidence).get('nonce')).toEqual(new Uint8Array(32).fill(9))
  })

  it('may be short', async () => {
    const { quote, vcek_cert } = quoted
    for (const value of [
      { quote, vcek_cert },
      { quote, vcek_cert, ask_cert: null, ark_cert: null, nonce: null, tee_type: null },
    ]) {
      const evidence = await decodeEvidence(jsonBytes(value), format)
      const { leaves, intermediates, roots } = partsOfEvidence(evidence)
      expect([leaves.length, intermediates, roots, evidence.attachments]).toEqual([1, [], [], []])
    }
  })
})

const tk = 'EVIDENCE_MALFORMED teekit: '

describe('what is no answer of teekit', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], `${tk}not a JSON object`],
    ['an unknown member', { ...quoted, x: 1 }, `${tk}unknown key "x"`],
    ['TDX', { ...quoted, tee_type: 'tdx' }, `${tk}tee_type is not sev-snp`],
    ['a kind that is a number', { ...quoted, tee_type: 1 }, `${tk}tee_type is not sev-snp`],
    ['no quote', { ...quoted, quote: null }, `${tk}quote is not text`],
    ['a quote in base64url', { ...quoted, quote: `-_${quoted.quote.slice(2)}` }, `${tk}quote is not base64`],
    [
      '1183 bytes',
      { ...quoted, quote: base64(lab.report.slice(1)) },
      'REPORT_LENGTH report: expected 1184 bytes, got 1183',
    ],
    ['no VCEK', { ...quoted, vcek_cert: null }, `${tk}vcek_cert is not text`],
    [
      'two VCEKs',
      { ...quoted, vcek_cert: pem(lab.vek).repeat(2) },
      `${tk}vcek_cert: more than one certificate`,
    ],
    [
      'a CRL for a VCEK',
      { ...quoted, vcek_cert: pem(lab.crl, 'X509 CRL') },
      `${tk}vcek_cert: not PEM of CERTIFICATE alone`,
    ],
    ['an ASK that is a number', { ...quoted, ask_cert: 1 }, `${tk}ask_cert is not text`],
    [
      'a CRL for an ARK',
      { ...quoted, ark_cert: pem(lab.crl, 'X509 CRL') },
      `${tk}ark_cert: not PEM of CERTIFICATE alone`,
    ],
    ['a nonce in hex', { ...quoted, nonce: 'x' }, `${tk}nonce is not base64`],
    [
      'what is nested',
      { ...quoted, nonce: [[]] },
      'EVIDENCE_MALFORMED teekit is not strict JSON: nested deeper than 1',
    ],
  ])('%s', async (_, value, refusal) => {
    expect(await refusalOf(value)).toBe(refusal)
  })
})
