// Guards of src/evidence: containers.
import { makeCertTable } from '../cert-table.js'
import { labEvidence } from '../pki.js'
import { accepted, base64 } from '../vectors/inputs.js'
import { type Edit, type MadeCase, becomes, of, pointsOf, refuses } from './point.js'

const guards = (...comments: readonly string[]): readonly string[] => of('container/guards', ...comments)
const table = (...comments: readonly string[]): readonly string[] => of('container/cert-table', ...comments)
const tsm = (...comments: readonly string[]): readonly string[] => of('container/tsm', ...comments)

const agent = (...comments: readonly string[]): readonly string[] => of('container/2cvm-agent', ...comments)
const guest = (...comments: readonly string[]): readonly string[] => of('container/snpguest-dir', ...comments)

const { report, vek } = labEvidence({ line: 'Genoa', version: 3 })
/** Too large to be committed. */
const largeTable: MadeCase = {
  name: 'tsm: a table of 300 KiB',
  code: 'EVIDENCE_SIZE',
  make: () => {
    const data = new Uint8Array(300 * 1024)
    const auxblob = base64(makeCertTable([{ guid: 'ecae0c0f-9502-43b1-afa2-0ae2e0d565b6', data }]))
    const text = JSON.stringify({ outblob: base64(report), auxblob })
    return {
      ...accepted({ line: 'Genoa', version: 3 }),
      format: 'tsm',
      evidence: base64(new TextEncoder().encode(text)),
    }
  },
}

const largeDirectory: MadeCase = {
  name: 'tsm-dir: a manifest of 1 MiB',
  code: 'EVIDENCE_SIZE',
  make: () => ({
    ...accepted({ line: 'Genoa', version: 3 }),
    format: 'tsm-dir',
    files: { outblob: base64(report), manifestblob: base64(new Uint8Array(1024 * 1024)) },
    endorsementKey: base64(vek),
  }),
}

/** Reads blocks of base64 without looking at what is between them. */
const lenientPem = `[...text.matchAll(/-----BEGIN ([^-]+)-----([^-]+)-----END/g)]
    .map(([, label, body]) => ({ label, bytes: Uint8Array.from(atob(body), (one) => one.charCodeAt(0)) }))`

export const evidenceEdits: readonly Edit[] = [
  ...pointsOf('evidence/cert-table.ts', [
    becomes(
      'size',
      "requireSize(table, maxTableBytes, 'certificate table')",
      "if (on('.size')) requireSize(table, maxTableBytes, 'certificate table')",
      [largeTable],
    ),
    // A table that does not end has no more entries.
    becomes(
      'end',
      'if (at + entryBytes > table.length) throw',
      "if (at + entryBytes > table.length && !on('.end')) break\n    if (at + entryBytes > table.length) throw",
      guards('a table of 23 bytes'),
    ),
    refuses('many', 'entries.length === maxEntries', guards('65 entries, all unknown')),
    refuses('guid', 'isFilledWith(table, 0, at, at + 16)', guards('an entry without a GUID')),
    refuses('twice', 'entries.some((entry) => entry.guid === guid)', guards('the GUID of the ASK twice')),
    refuses('header', 'offset < header', guards('an unknown entry inside the header')),
    refuses('empty', 'length === 0', guards('an unknown entry of no bytes')),
    refuses('outside', 'offset + length > table.length', guards('an unknown entry past the end')),
    refuses('missing', 'bytes.length <= reportBytes', guards('no table, the key given beside it'), {
      behind: ['evidence/cert-table.end'],
    }),
  ]),
  ...pointsOf('evidence/container.ts', [
    becomes(
      'documentSize',
      'requireSize(bytes, max, what)',
      "if (on('.documentSize')) requireSize(bytes, max, what)",
      guards('a VCEK entry of PEM and 16 KiB of line ends'),
    ),
    // What is no PEM is read leniently.
    becomes(
      'pem',
      'const blocks = fromPem(text)',
      `const blocks = fromPem(text) ?? (on('.pem') ? null : ${lenientPem})`,
      guards('two PEM blocks and text between them'),
    ),
    refuses(
      'label',
      'blocks.some((block) => block.label !== label)',
      guards('a VCEK as PEM under the label X509 CRL'),
    ),
    refuses('one', 'der === undefined || more.length > 0', [
      ...table('two certificates in the VCEK entry'),
      ...guards('two CRLs in one PEM'),
      ...of('container/pkcs10-csr', 'two requests as PEM'),
      ...of('container/ra-tls', 'two certificates as PEM'),
    ]),
  ]),
  ...pointsOf('evidence/limits.ts', [
    refuses('length', 'actual > max', [
      ...guards('hex and 16 KiB of white space', 'a VCEK as PEM and 16 KiB of line ends'),
      largeTable,
      largeDirectory,
    ]),
  ]),
  ...pointsOf('evidence/input.ts', [
    becomes(
      'size',
      "requireSize(input, max, 'evidence')",
      "if (on('.size')) requireSize(input, max, 'evidence')",
      guards('hex and 16 KiB of white space'),
      { behind: ['evidence/assemble.recognisedSize'] },
    ),
    refuses('manyFiles', 'Number(size) > maxFiles', guest('more than 64 files'), {
      behind: ['evidence/snpguest-dir.unknown'],
    }),
    becomes(
      'total',
      "requireLength(total, max, 'evidence')",
      "if (on('.total')) requireLength(total, max, 'evidence')",
      [largeDirectory],
    ),
    refuses('manyGiven', 'certificates.length > maxCertificates', guards('17 certificates'), {
      behind: ['evidence/assemble.manyCertificates'],
    }),
    refuses('manyGivenCrls', 'crls.length > maxCrls', guards('9 CRLs'), {
      behind: ['evidence/assemble.manyCrls'],
    }),
    becomes(
      'extraSize',
      'requireSize(bytes, max, what)',
      "if (on('.extraSize')) requireSize(bytes, max, what)",
      guards('a VCEK as PEM and 16 KiB of line ends'),
    ),
  ]),
  ...pointsOf('evidence/assemble.ts', [
    refuses(
      'keyFirst',
      'authorities.some((der) => kindOfLeaf(der) !== null)',
      guards('a second key behind the one beside the report'),
      { behind: ['check:intermediates'] },
    ),
    becomes(
      'ofAKind',
      'if (new Set(kinds).size === kinds.length) return',
      "if (!on('.ofAKind') || new Set(kinds).size === kinds.length) return",
      of('container/attested-bundle', 'two keys of one kind'),
      { behind: ['verify/leaf.two'] },
    ),
    becomes(
      'recognisedSize',
      "requireSize(input, maxBytesOf(format.name), 'evidence')",
      "if (on('.recognisedSize')) requireSize(input, maxBytesOf(format.name), 'evidence')",
      guards('auto: hex and 16 KiB of white space'),
    ),
    // A document is a directory of one file.
    becomes(
      'notDirectory',
      "if (format.takes === 'files') throw",
      "if (format.takes === 'files' && !on('.notDirectory')) return format.decode(new Map([['outblob', input]]))\n    if (format.takes === 'files') throw",
      of('container/tsm-dir', 'as the document that it is not'),
    ),
    // A directory is its first file.
    becomes(
      'notDocument',
      "if (format.takes === 'bytes') throw",
      "if (format.takes === 'bytes' && !on('.notDocument')) return format.decode([...input.values()][0])\n  if (format.takes === 'bytes') throw",
      of('container/tsm-dir', 'as the directory that it is not'),
    ),
    refuses('length', 'held.report.length !== reportBytes', guards('tsm: outblob of 1185 bytes'), {
      behind: ['report/report.length'],
    }),
    refuses(
      'manyCertificates',
      'authorities.length > maxCertificates',
      guards('18 certificates in two PEM texts'),
    ),
    refuses('manyCrls', 'crls.length > maxCrls', guards('8 CRLs beside one in the table')),
    // The caller's key is taken, and the one in the container left.
    becomes(
      'anotherKey',
      'if (held.length > 0 &&',
      "if (held.length > 0 && !on('.anotherKey')) return [{ kind: null, der: added }]\n  if (held.length > 0 &&",
      guards('another VCEK in the table than the right one beside it'),
    ),
  ]),
  ...pointsOf('evidence/recognise.ts', [
    // What no format recognises is taken for a report and a table.
    becomes(
      'unknown',
      'const [only, ...more] = recognising',
      "const [only = on('.unknown') ? undefined : await formatNamed('snp-report+cert-table'), ...more] = recognising",
      guards('auto: a table whose first entry is unknown'),
    ),
    // The first one that recognises it is taken.
    refuses('several', 'more.length > 0', agent('an answer that is also a TSM report, recognised'), {
      behind: ['evidence/json-fields.unknown'],
    }),
  ]),
  ...pointsOf('evidence/snp-report.ts', [
    // Bytes of another length are taken for a report as they are.
    becomes(
      'binaryLength',
      'if (!isAsciiText(bytes) || bytes.length === 0) throw',
      "if ((!isAsciiText(bytes) || bytes.length === 0) && !on('.binaryLength')) return reportAlone(bytes)\n    if (!isAsciiText(bytes) || bytes.length === 0) throw",
      of('report/length', 'one byte long'),
      { behind: ['evidence/assemble.length', 'report/report.length'] },
    ),
    // Text is read as far as it is hex.
    becomes(
      'text',
      'const report = fromText(bytes)',
      `const report = fromText(bytes) ?? (on('.text') ? null
      : Uint8Array.from(fromUtf8(bytes).match(/[0-9a-f]{2}/gi), (one) => parseInt(one, 16)))`,
      of('container/snp-report', 'hex with one digit too many'),
      { covers: ['if (report === null) throw'] },
    ),
    refuses('textLength', 'report.length !== reportBytes', of('container/snp-report', 'hex of 1185 bytes'), {
      behind: ['evidence/assemble.length', 'report/report.length'],
    }),
  ]),
  ...pointsOf('evidence/json-fields.ts', [
    // An array is its first element.
    becomes(
      'object',
      "if (!isMembers(value)) throw malformed(what, 'not a JSON object')",
      "if (Array.isArray(value) && !on('.object')) return value[0]\n  if (!isMembers(value)) throw malformed(what, 'not a JSON object')",
      [
        ...guards('tsm: an array of one object'),
        ...agent('an array of one answer', 'a commitment that is an array'),
      ],
    ),
    refuses('unknown', '!known.has(key)', [
      ...tsm('an unknown key'),
      ...agent('an unknown key', 'an unknown key beside the manifest'),
    ]),
    // What is no text is taken as it prints.
    becomes(
      'text',
      "if (typeof value !== 'string') throw malformed(what, `${key} is not text`)",
      "if (typeof value !== 'string' && !on('.text')) return String(value)\n  if (typeof value !== 'string') throw malformed(what, `${key} is not text`)",
      agent('a report in a list'),
    ),
    // White space in base64 is skipped.
    becomes(
      'base64',
      'fromTextForm(textMember(members, key, what), form)',
      "fromTextForm(textMember(members, key, what).replaceAll(on('.base64') ? '' : ' ', ''), form)",
      tsm('outblob with white space'),
      { covers: ['if (bytes === null) throw'] },
    ),
    refuses('alphabet', "form === 'base64' && /[-_]/.test(text)", agent('a report in base64url')),
  ]),
  ...pointsOf('evidence/tsm.ts', [
    {
      find: "(typeof provider !== 'string' || provider.trimEnd() !== 'sev_guest')",
      replace: `(typeof provider !== 'string'
      ? on('.providerType')
      : on('.provider') && provider.trimEnd() !== 'sev_guest')`,
      points: [
        {
          id: 'providerType',
          cases: [...tsm('provider null'), ...of('container/tsm-dir', 'provider that is no text')],
        },
        {
          id: 'provider',
          cases: [
            ...tsm('provider tdx_guest', 'provider with white space before it'),
            ...of('container/tsm-dir', 'provider tdx_guest', 'provider with white space before it'),
          ],
        },
      ],
    },
  ]),
  ...pointsOf('evidence/tsm-dir.ts', [
    refuses(
      'unknown',
      "!tsmNames.has(name) && name !== 'inblob'",
      of('container/tsm-dir', 'an unknown file'),
    ),
    refuses('missing', 'report === undefined', of('container/tsm-dir', 'no outblob'), {
      instead: { code: 'TypeError', reason: 'there is no report to accept' },
    }),
  ]),
  ...pointsOf('evidence/snpguest-dir.ts', [
    refuses('unknown', '!isKnown(name)', guest('an unknown file', 'a file in a folder')),
    refuses('missing', 'report === null', guest('no report'), {
      instead: { code: 'TypeError', reason: 'there is no report to accept' },
    }),
    // The first one is taken.
    refuses('twice', 'more.length > 0', guest('two reports', 'the VCEK as PEM and as DER')),
  ]),
  ...pointsOf('evidence/agent-2cvm.ts', [
    refuses(
      'mock',
      "body['platform_attestation'] === mockReport",
      agent('the mock of an agent without SEV-SNP'),
      { instead: { code: 'EVIDENCE_MALFORMED', reason: 'it is no report either; the message is clearer' } },
    ),
  ]),
]
