import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { rawCertTable } from '../../test/support/cert-table.js'
import { concat } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { decodeEvidence } from './evidence.js'

const { report, table } = labEvidence({ line: 'Genoa' })
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
type Sketch = Readonly<Record<string, Uint8Array>>
const files = (sketch: Sketch): ReadonlyMap<string, Uint8Array> => new Map(Object.entries(sketch))
const provider = utf8('sev_guest\n')

describe.each(['tsm-dir', 'auto'] as const)('the directory of a TSM report, as %s', (format) => {
  it.each<[string, Sketch, number]>([
    ['as the kernel fills it', { auxblob: table, outblob: report, provider }, 1],
    ['without a provider', { outblob: report, auxblob: table }, 1],
    ['with a provider without line end', { outblob: report, provider: utf8('sev_guest') }, 0],
    ['the report alone', { outblob: report }, 0],
    ['with an empty table', { outblob: report, auxblob: new Uint8Array() }, 0],
    [
      'with everything that the kernel has',
      {
        ...{ inblob: new Uint8Array(64), outblob: report, auxblob: table, provider },
        ...{ generation: utf8('2\n'), privlevel: utf8('0\n'), privlevel_floor: utf8('0\n') },
        ...{ manifestblob: new Uint8Array(), service_provider: utf8('svsm\n') },
        ...{ service_guid: utf8('x\n'), service_manifest_version: utf8('0\n') },
      },
      1,
    ],
  ])('is read: %s', async (_, sketch, endorsementKeys) => {
    const evidence = await decodeEvidence(files(sketch), format)
    expect(evidence).toMatchObject({ format: 'tsm-dir', endorsementKeys, crls: 0, attachments: [] })
    expect(evidence.report).toEqual(report)
  })
})

describe('what is no such directory', () => {
  it.each<[string, Sketch, string]>([
    ['nothing', {}, 'EVIDENCE_MALFORMED'],
    ['no report', { auxblob: table, provider }, 'EVIDENCE_MALFORMED'],
    ['a short report', { outblob: report.subarray(1) }, 'REPORT_LENGTH'],
    ['a long report', { outblob: concat(report, Uint8Array.of(0)) }, 'REPORT_LENGTH'],
    ['an empty report', { outblob: new Uint8Array() }, 'REPORT_LENGTH'],
    ['a report as hex', { outblob: utf8(Buffer.from(report).toString('hex')) }, 'REPORT_LENGTH'],
    ['another provider', { outblob: report, provider: utf8('tdx_guest\n') }, 'EVIDENCE_PROVIDER'],
    ['an empty provider', { outblob: report, provider: new Uint8Array() }, 'EVIDENCE_PROVIDER'],
    ['a provider after white space', { outblob: report, provider: utf8(' sev_guest') }, 'EVIDENCE_PROVIDER'],
    ['a provider that is no text', { outblob: report, provider: Uint8Array.of(0xff) }, 'EVIDENCE_PROVIDER'],
    ['a table cut short', { outblob: report, auxblob: table.subarray(0, 40) }, 'EVIDENCE_TABLE'],
    [
      'a table too large',
      { outblob: report, auxblob: rawCertTable([], new Uint8Array(256 * 1024 - 23)) },
      'EVIDENCE_SIZE',
    ],
    ['an unknown file', { outblob: report, 'vcek.der': table }, 'EVIDENCE_MALFORMED'],
    ['a name in capitals', { outblob: report, Auxblob: table }, 'EVIDENCE_MALFORMED'],
    ['a path', { outblob: report, './auxblob': table }, 'EVIDENCE_MALFORMED'],
    ['a name of every object', { outblob: report, constructor: table }, 'EVIDENCE_MALFORMED'],
  ])('%s', async (_, sketch, expected) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(files(sketch), 'tsm-dir'))).toBe(expected)
  })
})
