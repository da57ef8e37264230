// Guards of src/evidence: containers.
import { makeCertTable } from '../cert-table.js'
import { labEvidence } from '../pki.js'
import { accepted, base64 } from '../vectors/inputs.js'
import { type Edit, type MadeCase, becomes, of, pointsOf, refuses } from './point.js'

const guards = (...comments: readonly string[]): readonly string[] => of('container/guards', ...comments)
const table = (...comments: readonly string[]): readonly string[] => of('container/cert-table', ...comments)
const tsm = (...comments: readonly string[]): readonly string[] => of('container/tsm', ...comments)

const { report } = labEvidence({ line: 'Genoa', version: 3 })
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
      guards('a VCEK as PEM and 16 KiB of line ends'),
      { covers: ['if (length > max)'] },
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
    becomes(
      'twoCertificates',
      "if (der === undefined || more.length > 0) throw malformed(what, 'more than one certificate')",
      "if (on('.twoCertificates') && more.length > 0) throw malformed(what, 'more than one certificate')",
      table('two certificates in the VCEK entry'),
    ),
    becomes(
      'twoCrls',
      "if (der === undefined || more.length > 0) throw malformed(what, 'more than one CRL')",
      "if (on('.twoCrls') && more.length > 0) throw malformed(what, 'more than one CRL')",
      guards('two CRLs in one PEM'),
    ),
  ]),
  ...pointsOf('evidence/evidence.ts', [
    becomes(
      'size',
      "requireSize(input, maxBytesOf[format], 'evidence')",
      "if (on('.size')) requireSize(input, maxBytesOf[format], 'evidence')",
      guards('hex and 16 KiB of white space'),
      { behind: ['evidence/evidence.recognisedSize'] },
    ),
    becomes(
      'recognisedSize',
      "requireSize(bytes, maxBytesOf[container.name], 'evidence')",
      "if (on('.recognisedSize')) requireSize(bytes, maxBytesOf[container.name], 'evidence')",
      guards('auto: hex and 16 KiB of white space'),
    ),
    refuses('length', 'held.report.length !== reportBytes', guards('tsm: outblob of 1185 bytes'), {
      behind: ['report/report.length'],
    }),
    refuses(
      'manyCertificates',
      'authorities.length > maxCertificates',
      guards('18 certificates in two PEM texts'),
    ),
    becomes(
      'manyCrls',
      ']\n  if (crls.length > maxCrls)',
      "]\n  if (on('.manyCrls') && crls.length > maxCrls)",
      guards('8 CRLs beside one in the table'),
    ),
    refuses('manyGiven', 'certificates.length > maxCertificates', guards('17 certificates'), {
      behind: ['evidence/evidence.manyCertificates'],
    }),
    becomes(
      'manyGivenCrls',
      "  if (crls.length > maxCrls) throw tooMany('CRLs', maxCrls)\n  return {",
      "  if (on('.manyGivenCrls') && crls.length > maxCrls) throw tooMany('CRLs', maxCrls)\n  return {",
      guards('9 CRLs'),
      { behind: ['evidence/evidence.manyCrls'] },
    ),
    // The caller's key is taken, and the one in the container left.
    becomes(
      'anotherKey',
      'if (held.length > 0 &&',
      "if (held.length > 0 && !on('.anotherKey')) return [{ kind: null, der: added }]\n  if (held.length > 0 &&",
      guards('another VCEK in the table than the right one beside it'),
    ),
  ]),
  ...pointsOf('evidence/registry.ts', [
    // What no format recognises is taken for a report and a table.
    becomes(
      'unknown',
      'const [only, ...more] = recognising',
      "const [only = on('.unknown') ? undefined : await formatNamed('snp-report+cert-table'), ...more] = recognising",
      guards('auto: a table whose first entry is unknown'),
      { covers: ['if (only === undefined || more.length > 0)'] },
    ),
  ]),
  ...pointsOf('evidence/snp-report.ts', [
    // Bytes of another length are taken for a report as they are.
    becomes(
      'binaryLength',
      'if (!isAsciiText(bytes) || bytes.length === 0) throw',
      "if ((!isAsciiText(bytes) || bytes.length === 0) && !on('.binaryLength')) return partsOf(bytes)\n    if (!isAsciiText(bytes) || bytes.length === 0) throw",
      of('report/length', 'one byte long'),
      { behind: ['evidence/evidence.length', 'report/report.length'] },
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
      behind: ['evidence/evidence.length', 'report/report.length'],
    }),
  ]),
  ...pointsOf('evidence/tsm.ts', [
    refuses('unknownKey', '!knownKeys.has(key)', tsm('an unknown key')),
    {
      find: "(typeof provider !== 'string' || provider.trimEnd() !== 'sev_guest')",
      replace: `(typeof provider !== 'string'
      ? on('.providerType')
      : on('.provider') && provider.trimEnd() !== 'sev_guest')`,
      points: [
        { id: 'providerType', cases: tsm('provider null') },
        { id: 'provider', cases: tsm('provider tdx_guest', 'provider with white space before it') },
      ],
    },
    // An array is its first element.
    becomes(
      'object',
      "if (typeof value === 'object' && value !== null && !Array.isArray(value))",
      "if (Array.isArray(value) && !on('.object')) return value[0]\n    if (typeof value === 'object' && value !== null && !Array.isArray(value))",
      guards('tsm: an array of one object'),
      { covers: ["if (strict) throw malformed('tsm', 'not a JSON object')"] },
    ),
    // White space in base64 is skipped.
    becomes(
      'base64',
      "const bytes = typeof value === 'string' ? fromBase64(value, 'optional') : null",
      "const bytes = typeof value === 'string' ? fromBase64(on('.base64') ? value : value.replaceAll(' ', ''), 'optional') : null",
      tsm('outblob with white space'),
      { covers: ['if (bytes === null) throw'] },
    ),
  ]),
]
