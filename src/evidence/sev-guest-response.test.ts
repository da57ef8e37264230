import { describe, expect, it } from 'vitest'
import { makeCertTable } from '../../test/support/cert-table.js'
import { type ResponseParts, guestResponse } from '../../test/support/containers-c.js'
import { concat } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { decodeEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa', version: 5 })
const answer = (parts: ResponseParts = {}): Uint8Array => guestResponse(lab.report, parts)

async function refusalOf(bytes: Uint8Array, format: 'sev-guest-response' | 'auto'): Promise<unknown> {
  try {
    return (await decodeEvidence(bytes, format)).format
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

describe.each(['sev-guest-response', 'auto'] as const)('the answer of the device, as %s', (format) => {
  it.each([4000, 1280, 1216])('of %d bytes is a report', async (length) => {
    const evidence = await decodeEvidence(answer({ length }), format)
    expect(evidence).toMatchObject({
      format: 'sev-guest-response',
      reconstructed: false,
      endorsementKeys: 0,
      crls: 0,
      attachments: [],
    })
    expect(evidence.report).toEqual(lab.report)
  })

  it('takes an endorsement key beside it', async () => {
    expect(await decodeEvidence(answer(), format, { endorsementKey: lab.vek })).toMatchObject({
      endorsementKeys: 1,
    })
  })
})

const what = 'EVIDENCE_MALFORMED sev-guest-response:'
const sizes = '1216, 1280, 4000'
const unknown = 'EVIDENCE_FORMAT not recognised as any evidence format'

describe('what is no such answer', () => {
  it.each<[string, Uint8Array, string, string]>([
    [
      'a status',
      answer({ status: 0x16 }),
      `${what} the status of the firmware is 0x00000016, not success`,
      'the same',
    ],
    [
      'a status without a report',
      guestResponse(new Uint8Array(1184), { status: 0x27, size: 0 }),
      `${what} the status of the firmware is 0x00000027, not success`,
      'the same',
    ],
    [
      'a status above one byte',
      answer({ status: 0x100 }),
      `${what} the status of the firmware is 0x00000100, not success`,
      unknown,
    ],
    [
      'a status in the fourth byte',
      answer({ status: 0x8000_0000 }),
      `${what} the status of the firmware is 0x80000000, not success`,
      unknown,
    ],
    ['a size of 1183', answer({ size: 1183 }), `${what} the size of the report is 1183, not 1184`, unknown],
    ['a size of 1185', answer({ size: 1185 }), `${what} the size of the report is 1185, not 1184`, unknown],
    [
      'a size beyond 16 bits',
      answer({ size: 0x104a0 }),
      `${what} the size of the report is 66720, not 1184`,
      unknown,
    ],
    [
      'the first reserved byte',
      answer({ bytes: { 0x08: 1 } }),
      `${what} reserved bytes are not zero`,
      unknown,
    ],
    [
      'the last reserved byte',
      answer({ bytes: { 0x1f: 1 } }),
      `${what} reserved bytes are not zero`,
      unknown,
    ],
    [
      'a byte behind the report',
      answer({ bytes: { 1216: 1 } }),
      `${what} bytes behind the report are not zero`,
      unknown,
    ],
    [
      'a byte at the end',
      answer({ bytes: { 3999: 1 } }),
      `${what} bytes behind the report are not zero`,
      unknown,
    ],
    ['a byte less', answer({ length: 1215 }), `${what} 1215 bytes, and not one of ${sizes}`, unknown],
    ['a byte more', answer({ length: 1217 }), `${what} 1217 bytes, and not one of ${sizes}`, unknown],
    [
      'a byte less than with padding',
      answer({ length: 1279 }),
      `${what} 1279 bytes, and not one of ${sizes}`,
      unknown,
    ],
    [
      'a byte more than with padding',
      answer({ length: 1281 }),
      `${what} 1281 bytes, and not one of ${sizes}`,
      unknown,
    ],
    [
      'a byte in the padding',
      answer({ length: 1280, bytes: { 1279: 1 } }),
      `${what} bytes behind the report are not zero`,
      unknown,
    ],
    ['3999 bytes', answer({ length: 3999 }), `${what} 3999 bytes, and not one of ${sizes}`, unknown],
    ['4001 bytes', answer({ length: 4001 }), `${what} 4001 bytes, and not one of ${sizes}`, unknown],
    ['nothing', new Uint8Array(), `${what} 0 bytes, and not one of ${sizes}`, unknown],
    ['a report alone', lab.report, `${what} 1184 bytes, and not one of ${sizes}`, 'snp-report'],
    ['zeros', new Uint8Array(4000), `${what} the size of the report is 0, not 1184`, unknown],
    [
      'a report and zeros',
      concat(lab.report, new Uint8Array(4000 - 1184)),
      `${what} the status of the firmware is 0x00000005, not success`,
      unknown,
    ],
    ['4097 bytes', answer({ length: 4097 }), 'EVIDENCE_SIZE evidence: more than 4096 bytes', unknown],
  ])('%s', async (_, bytes, refusal, recognised) => {
    expect(await refusalOf(bytes, 'sev-guest-response')).toBe(refusal)
    expect(await refusalOf(bytes, 'auto')).toBe(recognised === 'the same' ? refusal : recognised)
  })

  it('is a report with a table of such a length', async () => {
    const guid = 'vcek'
    const short = concat(lab.report, makeCertTable([{ guid, data: lab.vek }]))
    const table = makeCertTable([
      { guid, data: lab.vek },
      {
        guid: 'ecae0c0f-9502-43b1-afa2-0ae2e0d565b6',
        data: new Uint8Array(4000 - short.length - 24).fill(1),
      },
    ])
    const bytes = concat(lab.report, table)
    expect(bytes.length).toBe(4000)
    expect(await refusalOf(bytes, 'auto')).toBe('snp-report+cert-table')
  })

  it('is not the same with a table in the place of the last bytes', async () => {
    const response = answer()
    response.set(makeCertTable([{ guid: 'vcek', data: lab.vek }]).subarray(0, 16), 1184)
    expect(await refusalOf(response, 'auto')).toMatch(/^EVIDENCE_TABLE /)
    expect(await refusalOf(response, 'sev-guest-response')).toBe('sev-guest-response')
  })
})
