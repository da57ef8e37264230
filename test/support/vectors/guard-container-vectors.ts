// Stage container, guards: for each guard of the container formats evidence that it alone refuses. What is inside is
// genuine, so that nothing else does.
import { makeCertTable, pem, rawCertTable } from '../cert-table.js'
import { concat } from '../der.js'
import { labCrl, labEvidence, labPki } from '../pki.js'
import { type CrlInput, type TestSketch, type VectorInput } from './format.js'
import { base64 } from './inputs.js'

const own = labEvidence({ line: 'Genoa', version: 3 })
const other = labEvidence({ line: 'Genoa', version: 3, report: { chipId: new Uint8Array(64).fill(7) } })
const { ask } = labPki().lines.Genoa
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

const bad = (
  comment: string,
  code: string,
  why: string,
  input: Partial<VectorInput>,
  source = 'attested evidence formats',
): TestSketch => ({ comment, why, source, flags: ['container'], input, code, verdict: 'malformed' })

const many = 'the count is bounded'
const ghcb = 'AMD 56421 (GHCB), SNP Extended Guest Request'
/** A table behind the report; the endorsement key is given beside it. */
const withTable = (table: Uint8Array, format = 'snp-report+cert-table'): Partial<VectorInput> => ({
  evidence: base64(concat(own.report, table)),
  format,
})
const unknownGuid = 'ecae0c0f-9502-43b1-afa2-0ae2e0d565b6'
const unknown = (offset: number, length: number): Uint8Array =>
  rawCertTable([{ guid: unknownGuid, offset, length }], Uint8Array.of(1, 2, 3, 4))
const outside = "offset and length are the host's; they must stay inside, whatever the entry is"

const crl: CrlInput = { crl: base64(own.crl) }
const askPem = pem(ask.der)
const large = 'the size is bounded before anything is copied'
const tsm = (value: string): Partial<VectorInput> => ({ evidence: base64(text(value)), format: 'tsm' })
const outblob = (bytes: Uint8Array): string => JSON.stringify({ outblob: base64(bytes) })

export const containerGuards: readonly TestSketch[] = [
  bad('a table of 23 bytes', 'EVIDENCE_TABLE', 'the table does not end', withTable(new Uint8Array(23)), ghcb),
  bad(
    'no table, the key given beside it',
    'EVIDENCE_TABLE',
    'the table is missing',
    withTable(new Uint8Array()),
    ghcb,
  ),
  bad(
    'the GUID of the ASK twice',
    'EVIDENCE_DUPLICATE',
    'two readers could take different ones',
    withTable(makeCertTable([ask, ask].map(({ der }) => ({ guid: 'ask', data: der })))),
    ghcb,
  ),
  bad(
    '65 entries, all unknown',
    'EVIDENCE_TABLE',
    many,
    withTable(
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
    'an entry without a GUID',
    'EVIDENCE_TABLE',
    'some readers end the table there',
    withTable(
      rawCertTable(
        [
          { guid: new Uint8Array(16), offset: 72, length: 1 },
          { guid: 'vcek', offset: 73, length: own.vek.length },
        ],
        concat(Uint8Array.of(1), own.vek),
      ),
    ),
    ghcb,
  ),
  bad('an unknown entry inside the header', 'EVIDENCE_TABLE', outside, withTable(unknown(24, 24)), ghcb),
  bad('an unknown entry of no bytes', 'EVIDENCE_TABLE', outside, withTable(unknown(48, 0)), ghcb),
  bad('an unknown entry past the end', 'EVIDENCE_TABLE', outside, withTable(unknown(48, 5)), ghcb),
  bad(
    'auto: a table whose first entry is unknown',
    'EVIDENCE_FORMAT',
    'nothing is guessed: name the format',
    withTable(
      makeCertTable([
        { guid: unknownGuid, data: Uint8Array.of(1) },
        { guid: 'vcek', data: own.vek },
      ]),
      'auto',
    ),
  ),
  bad(
    'another VCEK in the table than the right one beside it',
    'EVIDENCE_DUPLICATE',
    'neither would be chosen',
    withTable(makeCertTable([{ guid: 'vcek', data: other.vek }])),
  ),
  bad('hex and 16 KiB of white space', 'EVIDENCE_SIZE', large, {
    evidence: base64(text(Buffer.from(own.report).toString('hex') + '\n'.repeat(16 * 1024))),
    format: 'snp-report',
  }),
  bad('auto: hex and 16 KiB of white space', 'EVIDENCE_SIZE', large, {
    evidence: base64(text(Buffer.from(own.report).toString('hex') + '\n'.repeat(16 * 1024))),
    format: 'auto',
  }),
  bad('a VCEK as PEM and 16 KiB of line ends', 'EVIDENCE_SIZE', large, {
    endorsementKey: base64(text(pem(own.vek) + '\n'.repeat(16 * 1024))),
  }),
  bad(
    'a VCEK entry of PEM and 16 KiB of line ends',
    'EVIDENCE_SIZE',
    large,
    withTable(makeCertTable([{ guid: 'vcek', data: text(pem(own.vek) + '\n'.repeat(16 * 1024)) }])),
  ),
  bad('a VCEK as PEM under the label X509 CRL', 'EVIDENCE_MALFORMED', 'the label says what it is', {
    endorsementKey: base64(text(pem(own.vek, 'X509 CRL'))),
  }),
  bad(
    'a second key behind the one beside the report',
    'EVIDENCE_MALFORMED',
    'which was meant is not guessed',
    {
      endorsementKey: base64(text(pem(own.vek) + pem(other.vek))),
    },
  ),
  bad(
    'two PEM blocks and text between them',
    'EVIDENCE_MALFORMED',
    'text has carried certificates past reviewers',
    {
      certificates: [base64(text(askPem + 'This is the intermediate:\n' + askPem))],
    },
  ),
  bad('two CRLs in one PEM', 'EVIDENCE_MALFORMED', 'one CRL, one fetch time', {
    crls: [{ crl: base64(text(pem(own.crl, 'X509 CRL') + pem(labCrl('Milan'), 'X509 CRL'))) }],
  }),
  bad('17 certificates', 'EVIDENCE_SIZE', many, {
    certificates: new Array<string>(17).fill(base64(ask.der)),
  }),
  bad('18 certificates in two PEM texts', 'EVIDENCE_SIZE', many, {
    certificates: new Array<string>(2).fill(base64(text(askPem.repeat(9)))),
  }),
  bad('9 CRLs', 'EVIDENCE_SIZE', many, { crls: new Array<CrlInput>(9).fill(crl) }),
  bad('8 CRLs beside one in the table', 'EVIDENCE_SIZE', many, {
    ...withTable(makeCertTable([{ guid: 'crl', data: labCrl('Genoa', { number: 8 }) }])),
    crls: new Array<CrlInput>(8).fill(crl),
  }),
  bad(
    'tsm: outblob of 1185 bytes',
    'REPORT_LENGTH',
    'a report has 1184 bytes',
    tsm(outblob(concat(own.report, Uint8Array.of(0)))),
  ),
  bad('tsm: a string that is not UTF-8', 'EVIDENCE_MALFORMED', 'not every reader keeps it', {
    evidence: base64(
      concat(
        text(outblob(own.report).replace('}', ',"service_provider":"')),
        Uint8Array.of(0xff),
        text('"}'),
      ),
    ),
    format: 'tsm',
  }),
  bad('tsm: an array of one object', 'EVIDENCE_MALFORMED', 'no object', tsm(`[${outblob(own.report)}]`)),
]
