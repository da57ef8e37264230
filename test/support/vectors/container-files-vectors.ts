// Stage container: one report in several files of a directory.
import { pem } from '../cert-table.js'
import { concat } from '../der.js'
import { labEvidence, labPki } from '../pki.js'
import { bad, ok, utf8 } from './container-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, inputOf, policyWith } from './inputs.js'

const own = labEvidence({ line: 'Genoa', version: 3 })
const vlek = labEvidence({ line: 'Genoa', signer: 'vlek', version: 3 })
const { ask, ark } = labPki().lines.Genoa

type Sketch = Readonly<Record<string, Uint8Array | string>>

/** The certificates are in the files; nothing is given beside them. */
const directory = (format: string, sketch: Sketch): Partial<VectorInput> => ({
  format,
  files: Object.fromEntries(
    Object.entries(sketch).map(([name, content]) => [
      name,
      base64(typeof content === 'string' ? utf8(content) : content),
    ]),
  ),
  endorsementKey: null,
})

const kernel = 'Linux configfs-tsm'
const tsm = (sketch: Sketch, format = 'tsm-dir'): Partial<VectorInput> =>
  directory(format, { outblob: own.report, auxblob: own.table, ...sketch })
const withKey = { endorsementKey: base64(own.vek) }

const tsmDirs: readonly TestSketch[] = [
  ok('outblob, auxblob, provider', 'as the kernel shows it', tsm({ provider: 'sev_guest\n' })),
  ok('the same, recognised', 'as the kernel shows it', tsm({ provider: 'sev_guest\n' }, 'auto')),
  ok('no provider', 'a copy may leave it out', tsm({})),
  ok('provider without a line end', 'a copy may drop it', tsm({ provider: 'sev_guest' })),
  ok('an empty auxblob, the key given beside it', 'hosts need not fill the table', {
    ...tsm({ auxblob: '' }),
    ...withKey,
  }),
  ok('outblob alone, the key given beside it', 'hosts need not fill the table', {
    ...directory('tsm-dir', { outblob: own.report }),
    ...withKey,
  }),
  ok(
    'everything that the kernel has',
    'files of the same folder',
    tsm({
      ...{ inblob: new Uint8Array(64), provider: 'sev_guest\n', generation: '2\n', privlevel: '0\n' },
      ...{ privlevel_floor: '0\n', manifestblob: '', service_provider: 'svsm\n', service_guid: 'x\n' },
    }),
  ),
  bad('provider tdx_guest', 'EVIDENCE_PROVIDER', 'another technology', tsm({ provider: 'tdx_guest\n' }), kernel),
  bad(
    'provider with white space before it',
    'EVIDENCE_PROVIDER',
    'the kernel writes none',
    tsm({ provider: ' sev_guest\n' }),
    kernel,
  ),
  bad(
    'provider that is no text',
    'EVIDENCE_PROVIDER',
    'it names nobody',
    tsm({ provider: Uint8Array.of(0xff) }),
    kernel,
  ),
  bad('an unknown file', 'EVIDENCE_MALFORMED', 'nothing is read past', tsm({ 'vcek.der': own.vek })),
  bad('no outblob', 'EVIDENCE_MALFORMED', 'no report', directory('tsm-dir', { provider: 'sev_guest\n' })),
  bad(
    'outblob of 1183 bytes',
    'REPORT_LENGTH',
    'a report has 1184 bytes',
    tsm({ outblob: own.report.slice(1) }),
  ),
  bad('auxblob cut short', 'EVIDENCE_TABLE', 'the table does not end', tsm({ auxblob: own.table.slice(0, 40) })),
  bad('as the document that it is not', 'EVIDENCE_FORMAT', 'a document is no directory', { format: 'tsm-dir' }),
  bad('as the directory that it is not', 'EVIDENCE_FORMAT', 'a directory is no document', {
    ...directory('snp-report', { outblob: own.report }),
    ...withKey,
  }),
]

const guest = (sketch: Sketch, format = 'snpguest-dir'): Partial<VectorInput> =>
  directory(format, { 'attestation-report.bin': own.report, 'vcek.der': own.vek, ...sketch })
const ambiguous = 'two readers could take different ones'

const guestDirs: readonly TestSketch[] = [
  ok('report and VCEK', 'the rest is pinned', guest({})),
  ok('the same, recognised', 'the rest is pinned', guest({}, 'auto')),
  ok(
    'all that the tool writes, as PEM',
    'certificates beside the key are compared with the pinned ones',
    directory('snpguest-dir', {
      'attestation-report.bin': own.report,
      'vcek.pem': pem(own.vek),
      'ask.pem': pem(ask.der),
      'ark.pem': pem(ark.der),
      'request-file.txt': new Uint8Array(64),
    }),
  ),
  ok(
    'report.bin and VLEK, with its ASVK',
    'the other kind of key',
    directory('snpguest-dir', { 'report.bin': vlek.report, 'vlek.der': vlek.vek, 'asvk.der': vlek.ask }),
  ),
  ok('VLEK beside the VCEK', 'SIGNING_KEY chooses', guest({ 'vlek.der': vlek.vek })),
  ok('PEM in a file that is called DER', 'the content says what it is', guest({ 'vcek.der': pem(own.vek) })),
  ok('the CRL satisfies a number floor', 'it has no fetch time, so its number must do', {
    ...guest({ 'crl.der': own.crl }),
    policy: policyWith('revocation', {
      crl: 'required',
      graceDays: 0,
      minNumbers: { Genoa: 7 },
      maxFetchAgeDays: 30,
    }),
  }),
  bad('two reports', 'EVIDENCE_DUPLICATE', ambiguous, guest({ 'report.bin': vlek.report })),
  bad('the VCEK as PEM and as DER', 'EVIDENCE_DUPLICATE', ambiguous, guest({ 'vcek.pem': pem(own.vek) })),
  bad('an unknown file', 'EVIDENCE_MALFORMED', 'nothing is read past', guest({ 'vek.der': own.vek })),
  bad('a file in a folder', 'EVIDENCE_MALFORMED', 'nothing is read past', guest({ 'certs/ask.der': ask.der })),
  bad('no report', 'EVIDENCE_MALFORMED', 'no report', directory('snpguest-dir', { 'vcek.der': own.vek })),
  bad(
    'a report of 1185 bytes',
    'REPORT_LENGTH',
    'a report has 1184 bytes',
    guest({ 'attestation-report.bin': concat(own.report, Uint8Array.of(0)) }),
  ),
  bad(
    'two keys in one file',
    'EVIDENCE_MALFORMED',
    'one key signed',
    guest({ 'vcek.der': pem(own.vek) + pem(vlek.vek) }),
  ),
  bad(
    'two CRLs in one file',
    'EVIDENCE_MALFORMED',
    'one CRL, one number',
    guest({ 'crl.pem': pem(own.crl, 'X509 CRL').repeat(2) }),
  ),
  bad(
    'the files of two formats, recognised',
    'EVIDENCE_MALFORMED',
    'a TSM directory has no certificates beside it',
    guest({ outblob: own.report }, 'auto'),
  ),
  bad(
    'an unknown file, recognised',
    'EVIDENCE_FORMAT',
    'nothing is guessed: name the format',
    guest({ 'notes.txt': 'x' }, 'auto'),
  ),
  bad(
    'more than 64 files',
    'EVIDENCE_SIZE',
    'the count is bounded',
    guest(Object.fromEntries(Array.from({ length: 63 }, (_, index) => [`file ${String(index)}`, '']))),
  ),
]

export const filesGroups = (): readonly VectorGroup[] => [
  group('container/tsm-dir', 'configfs-tsm as a directory', inputOf(own), tsmDirs),
  group('container/snpguest-dir', 'A directory of snpguest', inputOf(own), guestDirs),
]
