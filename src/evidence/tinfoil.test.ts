import { describe, expect, it } from 'vitest'
import { jsonBytes } from '../../test/support/azure.js'
import { gzip, tinfoilDocument } from '../../test/support/containers.js'
import { concat } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa', version: 3 })
const { report } = lab
const [tls, hpke] = [report.slice(0x50, 0x70), report.slice(0x70, 0x90)]
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const document = tinfoilDocument(report)

async function refusalOf(bytes: Uint8Array): Promise<unknown> {
  try {
    await decodeEvidence(bytes, 'tinfoil')
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}

describe.each(['tinfoil', 'auto'] as const)('the document of an enclave, as %s', (format) => {
  it('of version 2 is a report and two keys', async () => {
    const evidence = await decodeEvidence(jsonBytes(document), format)
    expect(evidence).toMatchObject({
      format: 'tinfoil',
      reconstructed: false,
      endorsementKeys: 0,
      attachments: ['tlsKeyDigest', 'hpkeKey'],
    })
    expect(evidence.report).toEqual(report)
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({ tlsKeyDigest: tls, hpkeKey: hpke })
  })

  it('of version 1 is a report and one key', async () => {
    const evidence = await decodeEvidence(jsonBytes(tinfoilDocument(report, 1)), format)
    expect(evidence.report).toEqual(report)
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({ tlsKeyDigest: tls })
  })
})

const text = 'EVIDENCE_MALFORMED tinfoil: '
const notGzip = 'EVIDENCE_MALFORMED tinfoil: body is not strict gzip: '
const predicate = `${text}format is not that of SEV-SNP guests, version 1 or 2`
const withBody = (bytes: Uint8Array): object => ({ ...document, body: base64(bytes) })

describe('what is no such document', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], `${text}not a JSON object`],
    ['an unknown member', { ...document, vcek: '' }, `${text}unknown key "vcek"`],
    ['no format', { body: document.body }, `${text}format is not text`],
    ['version 3', tinfoilDocument(report, 3), predicate],
    ['TDX', { ...document, format: 'https://tinfoil.sh/predicate/tdx-guest/v2' }, predicate],
    ['a format with more', { ...document, format: `${document.format}/` }, predicate],
    ['no body', { format: document.format }, `${text}body is not text`],
    [
      'a body in base64url',
      { ...document, body: `-_${document.body.slice(2)}` },
      `${text}body is not base64`,
    ],
    [
      'a body without padding',
      { ...document, body: base64(concat(gzip(report), new Uint8Array(3))).slice(0, -1) },
      `${text}body is not base64`,
    ],
    ['a body that is not compressed', withBody(report), `${notGzip}no header`],
    [
      'a compressed body of version 1',
      { ...tinfoilDocument(report, 1), body: document.body },
      'REPORT_LENGTH',
    ],
    ['1183 bytes', withBody(gzip(report.slice(1))), 'REPORT_LENGTH report: expected 1184 bytes, got 1183'],
    [
      '1185 bytes',
      withBody(gzip(concat(report, new Uint8Array(1)))),
      `${notGzip}more than 1184 bytes come out`,
    ],
    ['very many bytes', withBody(gzip(new Uint8Array(4_000_000))), `${notGzip}more than 1184 bytes come out`],
    ['nothing', withBody(gzip(new Uint8Array())), 'REPORT_LENGTH report: expected 1184 bytes, got 0'],
    ['two members', withBody(concat(gzip(report), gzip(report))), notGzip],
    [
      'what is nested',
      { ...document, body: [[]] },
      'EVIDENCE_MALFORMED tinfoil is not strict JSON: nested deeper than 1',
    ],
  ])('%s', async (_, value, refusal) => {
    const actual = await refusalOf(jsonBytes(value))
    expect(actual).toContain(refusal)
    if (!refusal.endsWith(': ') && refusal !== 'REPORT_LENGTH') expect(actual).toBe(refusal)
  })
})
