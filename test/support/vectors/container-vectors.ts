// Stage container: how evidence arrives. Every accepted case is one report; every refused one could be read in
// two ways, or hides something.
import { TABLE_GUIDS, makeCertTable, mixedEndianGuid, pem, rawCertTable } from '../cert-table.js'
import { concat } from '../der.js'
import { type LabEvidence, labEvidence, labPki } from '../pki.js'
import { agentGroup } from './container-agent-vectors.js'
import { filesGroups } from './container-files-vectors.js'
import { bad, ok, utf8 as text } from './container-sketch.js'
import { type TestSketch, type VectorFile, type VectorInput, group, vectorFile } from './format.js'
import { base64, inputOf, policyWith } from './inputs.js'

const own = labEvidence({ line: 'Genoa', version: 3 })
const otherChip = labEvidence({ line: 'Genoa', version: 3, report: { chipId: new Uint8Array(64).fill(7) } })
const vlek = labEvidence({ line: 'Genoa', signer: 'vlek', version: 3 })
const ghcb = 'AMD 56421 (GHCB), SNP Extended Guest Request'

const hexText = Buffer.from(own.report).toString('hex')
const as = (evidence: Uint8Array, format = 'snp-report'): Partial<VectorInput> => ({
  evidence: base64(evidence),
  format,
})

const raw: readonly TestSketch[] = [
  ...['snp-report', 'auto'].flatMap((format) => [
    ok(`${format}: binary`, 'the report as firmware wrote it', as(own.report, format)),
    ok(`${format}: hex`, 'text is how people pass bytes on', as(text(hexText), format)),
    ok(
      `${format}: hex in capitals, in lines`,
      'text is wrapped',
      as(text(hexText.toUpperCase().replace(/(.{60})/g, '$1\r\n')), format),
    ),
    ok(`${format}: base64`, 'text is how people pass bytes on', as(text(base64(own.report) + '\n'), format)),
    ok(
      `${format}: base64url without padding`,
      'some tools write it',
      as(text(Buffer.from(own.report).toString('base64url')), format),
    ),
  ]),
  bad('hex with one digit too many', 'EVIDENCE_MALFORMED', 'half a byte is no byte', as(text(hexText + '0'))),
  bad('hex of 1183 bytes', 'REPORT_LENGTH', 'a report has 1184 bytes', as(text(hexText.slice(2)))),
  bad('hex of 1185 bytes', 'REPORT_LENGTH', 'a report has 1184 bytes', as(text(hexText + '00'))),
  bad(
    'base64 with a character that is none',
    'EVIDENCE_MALFORMED',
    'skipping it would let two texts be one report',
    as(text('*' + base64(own.report))),
  ),
  bad(
    'base64 in both alphabets',
    'EVIDENCE_MALFORMED',
    'one alphabet, one reading',
    as(text('+-' + base64(own.report).slice(2))),
  ),
  bad(
    'auto: random bytes',
    'EVIDENCE_FORMAT',
    'nothing is guessed',
    as(
      Uint8Array.from({ length: 2000 }, (_, index) => (index * 37) & 0xff),
      'auto',
    ),
  ),
  bad('auto: nothing', 'EVIDENCE_FORMAT', 'nothing is guessed', as(new Uint8Array(), 'auto')),
  bad('auto: text that is none', 'EVIDENCE_FORMAT', 'nothing is guessed', as(text('hello, world'), 'auto')),
]

const table = (bytes: Uint8Array, evidence: LabEvidence = own): Partial<VectorInput> => ({
  evidence: base64(concat(evidence.report, bytes)),
  format: 'snp-report+cert-table',
  endorsementKey: null,
})
const vcekAt = (offset: number, length: number) => ({ guid: 'vcek' as const, offset, length })
const outside = (comment: string, offset: number, length: number): TestSketch =>
  bad(
    comment,
    'EVIDENCE_TABLE',
    "offset and length are the host's; they must stay inside",
    table(rawCertTable([vcekAt(offset, length)], own.vek)),
    ghcb,
  )

const { ask, ark } = labPki().lines.Genoa
const tables: readonly TestSketch[] = [
  ok('ARK, ASK and VCEK as DER', 'the usual table', table(own.table)),
  ok('the same, recognised', 'the usual table', { ...table(own.table), format: 'auto' }),
  ok(
    'the same as PEM',
    'some clouds fill in PEM',
    table(
      makeCertTable([
        { guid: 'ark', data: text(pem(ark.der)) },
        { guid: 'ask', data: text(pem(ask.der)) },
        { guid: 'vcek', data: text(pem(own.vek)) },
      ]),
    ),
  ),
  ok('the VCEK alone', 'the rest is pinned', table(makeCertTable([{ guid: 'vcek', data: own.vek }]))),
  ok(
    'an unknown GUID with anything in it',
    'unknown entries are ignored',
    table(
      makeCertTable([
        { guid: 'ecae0c0f-9502-43b1-afa2-0ae2e0d565b6', data: Uint8Array.of(1, 2, 3, 4) },
        { guid: 'vcek', data: own.vek },
      ]),
    ),
  ),
  ok(
    'a VLEK beside a VCEK, for a VCEK report',
    'SIGNING_KEY chooses',
    table(
      makeCertTable([
        { guid: 'vlek', data: vlek.vek },
        { guid: 'vcek', data: own.vek },
      ]),
    ),
  ),
  ok(
    'a VLEK beside a VCEK, for a VLEK report',
    'SIGNING_KEY chooses',
    table(
      makeCertTable([
        { guid: 'vcek', data: own.vek },
        { guid: 'vlek', data: vlek.vek },
      ]),
      vlek,
    ),
  ),
  ok('with the same VCEK given beside it', 'the same certificate twice is one', {
    ...table(own.table),
    endorsementKey: base64(own.vek),
  }),
  ok('a CRL out of the table satisfies a number floor', 'it has no fetch time, so its number must do', {
    ...table(
      makeCertTable([
        { guid: 'vcek', data: own.vek },
        { guid: 'crl', data: own.crl },
      ]),
    ),
    policy: policyWith('revocation', {
      crl: 'required',
      graceDays: 0,
      minNumbers: { Genoa: 7 },
      maxFetchAgeDays: 30,
    }),
  }),
  ok('a VLEK, and the VCEK given beside it', 'SIGNING_KEY chooses', {
    ...table(makeCertTable([{ guid: 'vlek', data: vlek.vek }])),
    endorsementKey: base64(own.vek),
  }),
  ok('a CRL in the table that the caller also gives, with its fetch time', 'the caller knows more of it', {
    ...table(
      makeCertTable([
        { guid: 'vcek', data: own.vek },
        { guid: 'crl', data: own.crl },
      ]),
    ),
    crls: [{ crl: base64(own.crl), fetchedAt: '2026-05-30T00:00:00Z' }],
    policy: policyWith('revocation', {
      crl: 'required',
      graceDays: 0,
      minNumbers: { unchecked: 'not part of this vector' },
      maxFetchAgeDays: 30,
    }),
  }),
  bad('with another VCEK given beside it', 'EVIDENCE_DUPLICATE', 'neither would be chosen', {
    ...table(own.table),
    endorsementKey: base64(otherChip.vek),
  }),
  bad(
    'a GUID twice',
    'EVIDENCE_DUPLICATE',
    'two readers could take different ones',
    table(
      makeCertTable([
        { guid: 'vcek', data: own.vek },
        { guid: 'vcek', data: own.vek },
      ]),
    ),
    ghcb,
  ),
  bad(
    'no entry of zeros at the end',
    'EVIDENCE_TABLE',
    'the table does not end',
    table(
      rawCertTable([{ guid: 'vcek', offset: 24, length: own.vek.length }], own.vek.slice(0, 23), {
        terminated: false,
      }),
    ),
    ghcb,
  ),
  outside('offset inside the header', 24, 100),
  outside('offset 0', 0, 100),
  outside('one byte past the end', 48, own.vek.length + 1),
  outside('length 2^32 - 1', 48, 0xffffffff),
  outside('offset 2^32 - 1', 0xffffffff, 2),
  outside('offset and length that add up to 2^32 and wrap', 0xffffff00, 0x100 + 48),
  outside('length 0', 48, 0),
  bad(
    '65 entries',
    'EVIDENCE_TABLE',
    'the count is bounded',
    table(
      makeCertTable(
        Array.from({ length: 65 }, (_, index) => ({
          guid: `00000000-0000-0000-0000-0000000000${(index + 1).toString(16).padStart(2, '0')}`,
          data: Uint8Array.of(1),
        })),
      ),
    ),
    ghcb,
  ),
  bad(
    'two certificates in the VCEK entry',
    'EVIDENCE_MALFORMED',
    'one key signed',
    table(makeCertTable([{ guid: 'vcek', data: text(pem(own.vek) + pem(vlek.vek)) }])),
  ),
  bad(
    'a private key in the VCEK entry',
    'EVIDENCE_MALFORMED',
    'it is no certificate',
    table(makeCertTable([{ guid: 'vcek', data: text(pem(own.vek, 'EC PRIVATE KEY')) }])),
  ),
  bad(
    'text before the PEM',
    'EVIDENCE_MALFORMED',
    'nothing but PEM',
    table(makeCertTable([{ guid: 'vcek', data: text(`${pem(own.vek)}hello\n`) }])),
  ),
  bad(
    'a certificate of more than 16 KiB',
    'EVIDENCE_SIZE',
    'sizes are bounded',
    table(makeCertTable([{ guid: 'vcek', data: new Uint8Array(16 * 1024 + 1).fill(0x30) }])),
  ),
  bad(
    'a table of more than 256 KiB',
    'EVIDENCE_SIZE',
    'sizes are bounded',
    table(concat(own.table, new Uint8Array(256 * 1024))),
  ),
  bad('the report alone', 'EVIDENCE_TABLE', 'the table is missing', { ...table(new Uint8Array()) }),
  {
    comment: 'the GUID in the mixed order of other tables',
    why: 'this table writes GUIDs in order; the entry is another, unknown one',
    source: ghcb,
    flags: ['container'],
    input: table(
      rawCertTable(
        [{ guid: mixedEndianGuid(TABLE_GUIDS.vcek), offset: 48, length: own.vek.length }],
        own.vek,
      ),
    ),
    code: 'ENDORSEMENT_MISSING',
    verdict: 'unverifiable',
    failed: ['endorsement.certificate'],
  },
  {
    comment: 'a VLEK in the VCEK entry',
    why: 'the certificate says what it is, the table does not',
    source: ghcb,
    flags: ['container', 'bypass'],
    input: table(makeCertTable([{ guid: 'vcek', data: vlek.vek }])),
    code: 'ENDORSEMENT_KIND',
    failed: ['endorsement.signer'],
  },
]

const url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const tsmText = (value: string): Partial<VectorInput> => ({
  evidence: base64(text(value)),
  format: 'tsm',
  endorsementKey: null,
})
const tsm = (members: Readonly<Record<string, unknown>>): Partial<VectorInput> =>
  tsmText(
    JSON.stringify({ outblob: url(own.report), auxblob: url(own.table), provider: 'sev_guest', ...members }),
  )
const source = 'Linux configfs-tsm'

const tsms: readonly TestSketch[] = [
  ok('outblob, auxblob, provider', 'as tools write it', tsm({})),
  ok('the same, recognised', 'as tools write it', { ...tsm({}), format: 'auto' }),
  ok('provider with a line end', 'the kernel file ends with one', tsm({ provider: 'sev_guest\n' })),
  ok(
    'no provider',
    'some tools leave it out',
    tsmText(JSON.stringify({ outblob: url(own.report), auxblob: url(own.table) })),
  ),
  ok('no auxblob, the key given beside it', 'hosts need not fill the table', {
    ...tsmText(JSON.stringify({ outblob: url(own.report) })),
    endorsementKey: base64(own.vek),
  }),
  ok('an empty auxblob, the key given beside it', 'hosts need not fill the table', {
    ...tsm({ auxblob: '' }),
    endorsementKey: base64(own.vek),
  }),
  ok(
    'standard base64 with padding',
    'some tools write it',
    tsm({ outblob: base64(own.report), auxblob: base64(own.table) }),
  ),
  ok('generation and privlevel', 'files of the same folder', tsm({ generation: 3, privlevel: 0 })),
  bad(
    'provider tdx_guest',
    'EVIDENCE_PROVIDER',
    'another technology',
    tsm({ provider: 'tdx_guest' }),
    source,
  ),
  bad(
    'provider with white space before it',
    'EVIDENCE_PROVIDER',
    'the kernel writes none',
    tsm({ provider: ' sev_guest' }),
    source,
  ),
  bad('provider null', 'EVIDENCE_PROVIDER', 'it names nobody', tsm({ provider: null }), source),
  bad('an unknown key', 'EVIDENCE_MALFORMED', 'nothing is read past', tsm({ extra: 1 })),
  bad(
    'a duplicate key',
    'EVIDENCE_MALFORMED',
    'two readers could take different ones',
    tsmText(`{"outblob":"${url(own.report)}","outblob":"${url(vlek.report)}"}`),
  ),
  bad('no outblob', 'EVIDENCE_MALFORMED', 'no report', tsmText('{"provider":"sev_guest"}')),
  bad('outblob that is no text', 'EVIDENCE_MALFORMED', 'no report', tsm({ outblob: 5 })),
  bad(
    'outblob with white space',
    'EVIDENCE_MALFORMED',
    'one text, one reading',
    tsm({ outblob: ' ' + url(own.report) }),
  ),
  bad(
    'outblob of 1183 bytes',
    'REPORT_LENGTH',
    'a report has 1184 bytes',
    tsm({ outblob: url(own.report.slice(1)) }),
  ),
  bad('an array', 'EVIDENCE_MALFORMED', 'no object', tsmText('[]')),
  bad(
    'bytes after the object',
    'EVIDENCE_MALFORMED',
    'a document ends where it ends',
    tsmText(`{"outblob":"${url(own.report)}"} {}`),
  ),
  bad(
    'a byte order mark',
    'EVIDENCE_MALFORMED',
    'JSON has none',
    tsmText(`\ufeff{"outblob":"${url(own.report)}"}`),
  ),
]

export function containerVectors(): VectorFile {
  return vectorFile('container', [
    group('container/snp-report', 'The bare report', inputOf(own), raw),
    group('container/cert-table', 'Report and certificate table', inputOf(own), tables),
    group('container/tsm', 'configfs-tsm as JSON', inputOf(own), tsms),
    ...filesGroups(),
    agentGroup(),
  ])
}
