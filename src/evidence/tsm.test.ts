import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { rawCertTable } from '../../test/support/cert-table.js'
import { ascii, concat } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { realFolder, repositoryRoot } from '../../test/support/real-folder.js'
import { decodeEvidence } from './evidence.js'

const { report, table } = labEvidence({ line: 'Genoa' })
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const outblob = base64(report)
const auxblob = base64(table)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const json = (members: Readonly<Record<string, unknown>>): Uint8Array => utf8(JSON.stringify(members))

describe.each(['tsm', 'auto'] as const)('a TSM report, as %s', (format) => {
  it.each([
    ['both blobs', { outblob, auxblob }, 1],
    ['base64url without padding', { outblob: base64url(report), auxblob: base64url(table) }, 1],
    ['no table', { outblob }, 0],
    ['an empty table', { outblob, auxblob: '' }, 0],
    ['its provider', { outblob, auxblob, provider: 'sev_guest' }, 1],
    [
      'its provider and a line end, as the kernel writes it',
      { outblob, auxblob, provider: 'sev_guest\n' },
      1,
    ],
    [
      'everything that the kernel has',
      {
        ...{ outblob, auxblob, provider: 'sev_guest\n', generation: '1', privlevel: 0, privlevel_floor: 0 },
        ...{ manifestblob: '', service_provider: 'svsm', service_guid: 'x', service_manifest_version: 0 },
      },
      1,
    ],
  ])('is read with %s', async (_, members, endorsementKeys) => {
    const evidence = await decodeEvidence(json(members), format)
    expect(evidence).toMatchObject({ format: 'tsm', endorsementKeys, crls: 0 })
    expect(evidence.report).toEqual(report)
  })

  it('is read in any layout', async () => {
    const text = JSON.stringify({ auxblob, outblob }, null, '\t')
    expect((await decodeEvidence(utf8(`\r\n ${text}\n`), format)).report).toEqual(report)
  })

  it('is read from the committed genuine one', async () => {
    const bytes = readFileSync(join(repositoryRoot(), 'vectors/real/genoa-v3.tsm.json'))
    expect(await decodeEvidence(bytes, format)).toMatchObject({ format: 'tsm', endorsementKeys: 1, crls: 0 })
  })

  it.skipIf(realFolder() === null)('is read from the genuine one as it was found', async () => {
    const folder = join(realFolder() ?? '', 'veraison-genoa-v3-tsm')
    const evidence = await decodeEvidence(readFileSync(join(folder, 'tsm.json')), format)
    expect(Buffer.from(evidence.report).equals(readFileSync(join(folder, 'report.bin')))).toBe(true)
  })
})

describe('what is no TSM report', () => {
  it.each([
    ['no report', json({ auxblob }), 'EVIDENCE_MALFORMED'],
    ['a report that is no text', json({ outblob: 5 }), 'EVIDENCE_MALFORMED'],
    ['a report that is null', json({ outblob: null }), 'EVIDENCE_MALFORMED'],
    ['a report in hex', json({ outblob: Buffer.from(report).toString('hex') }), 'REPORT_LENGTH'],
    ['an empty report', json({ outblob: '' }), 'REPORT_LENGTH'],
    ['a short report', json({ outblob: base64(report.subarray(1)) }), 'REPORT_LENGTH'],
    ['a long report', json({ outblob: base64(concat(report, Uint8Array.of(0))) }), 'REPORT_LENGTH'],
    ['a report with a line end', json({ outblob: `${outblob}\n` }), 'EVIDENCE_MALFORMED'],
    [
      'a wrapped report',
      json({ outblob: `${outblob.slice(0, 64)}\n${outblob.slice(64)}` }),
      'EVIDENCE_MALFORMED',
    ],
    ['a report of two alphabets', json({ outblob: `-+${outblob.slice(2)}` }), 'EVIDENCE_MALFORMED'],
    ['a report with stray bits', json({ outblob: `${outblob.slice(0, -4)}AAB=` }), 'EVIDENCE_MALFORMED'],
    ['a table that is no base64', json({ outblob, auxblob: '!' }), 'EVIDENCE_MALFORMED'],
    ['a table that is null', json({ outblob, auxblob: null }), 'EVIDENCE_MALFORMED'],
    ['a table that is an array', json({ outblob, auxblob: [...table] }), 'EVIDENCE_MALFORMED'],
    [
      'a table that is not well formed',
      json({ outblob, auxblob: base64(table.subarray(0, 40)) }),
      'EVIDENCE_TABLE',
    ],
    [
      'a table of 256 KiB and a byte',
      json({ outblob, auxblob: base64(rawCertTable([], new Uint8Array(256 * 1024 - 23))) }),
      'EVIDENCE_SIZE',
    ],
    ['another provider', json({ outblob, provider: 'tdx_guest' }), 'EVIDENCE_PROVIDER'],
    ['another provider that begins alike', json({ outblob, provider: 'sev_guest2' }), 'EVIDENCE_PROVIDER'],
    ['a provider after white space', json({ outblob, provider: ' sev_guest' }), 'EVIDENCE_PROVIDER'],
    ['a provider in capitals', json({ outblob, provider: 'SEV_GUEST' }), 'EVIDENCE_PROVIDER'],
    ['an empty provider', json({ outblob, provider: '' }), 'EVIDENCE_PROVIDER'],
    ['a provider that is null', json({ outblob, provider: null }), 'EVIDENCE_PROVIDER'],
    ['a provider that is a list', json({ outblob, provider: ['sev_guest'] }), 'EVIDENCE_PROVIDER'],
    ['an unknown key', json({ outblob, vcek: 'x' }), 'EVIDENCE_MALFORMED'],
    ['a key in capitals', json({ outblob, Auxblob: auxblob }), 'EVIDENCE_MALFORMED'],
    ['two reports', utf8(`{"outblob":"${outblob}","outblob":"${outblob}"}`), 'EVIDENCE_MALFORMED'],
    [
      'two reports, one key escaped',
      utf8(`{"outblob":"${outblob}","outblo\\u0062":"${outblob}"}`),
      'EVIDENCE_MALFORMED',
    ],
    ['__proto__', utf8(`{"outblob":"${outblob}","__proto__":{}}`), 'EVIDENCE_MALFORMED'],
    ['a list', utf8(`[{"outblob":"${outblob}"}]`), 'EVIDENCE_MALFORMED'],
    ['a text', utf8(JSON.stringify(outblob)), 'EVIDENCE_MALFORMED'],
    ['two objects', utf8(`{"outblob":"${outblob}"}{}`), 'EVIDENCE_MALFORMED'],
    ['half an object', utf8(`{"outblob":"${outblob}"`), 'EVIDENCE_MALFORMED'],
    ['a comma too many', utf8(`{"outblob":"${outblob}",}`), 'EVIDENCE_MALFORMED'],
    ['a byte order mark', utf8(`\ufeff{"outblob":"${outblob}"}`), 'EVIDENCE_MALFORMED'],
    [
      'bytes that are not UTF-8',
      concat(ascii(`{"outblob":"`), Uint8Array.of(0xff), ascii('"}')),
      'EVIDENCE_MALFORMED',
    ],
    ['nothing', new Uint8Array(), 'EVIDENCE_MALFORMED'],
    ['something nested deeply', json({ outblob, generation: [[[[[1]]]]] }), 'EVIDENCE_MALFORMED'],
    ['512 KiB and a byte', utf8(JSON.stringify({ outblob }).padEnd(512 * 1024 + 1)), 'EVIDENCE_SIZE'],
  ])('%s', async (_, bytes, expected) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'tsm'))).toBe(expected)
  })

  it('512 KiB with white space are read', async () => {
    const bytes = utf8(JSON.stringify({ outblob }).padEnd(512 * 1024))
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'tsm'))).toBe('accepted')
  })
})
