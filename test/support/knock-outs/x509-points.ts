// Guards of src/x509: certificates and CRLs.
import { labCrl } from '../pki.js'
import { accepted, base64 } from '../vectors/inputs.js'
import { type Edit, type MadeCase, becomes, of, pointsOf, refuses, requires, skips } from './point.js'

const guards = (...comments: readonly string[]): readonly string[] => of('der/guards', ...comments)
const rsaKey = (comment: string): readonly string[] => of('chain/guards', `arkSigned: ${comment}`)

/** Engines refuse such a key as well, or read another one: then the leaf is not signed by it. */
const engines = { behind: ['check:chain.signature'] }

/** Too large to be committed. */
const largeCrl = (name: string, code: string, options: Parameters<typeof labCrl>[1]): MadeCase => ({
  name,
  code,
  make: () => ({
    ...accepted({ line: 'Genoa', version: 3 }),
    crls: [{ crl: base64(labCrl('Genoa', options)) }],
  }),
})
const crlOfTwoMiB = largeCrl('a CRL of 2 MiB', 'EVIDENCE_SIZE', {
  edit: (list) => [...list, { oid: '1.2.3.4', value: new Uint8Array(2 ** 21) }],
})
const entries = largeCrl('20001 entries', 'DER_LIMIT', {
  entries: Array.from({ length: 20_001 }, (_, index) => ({ serial: 0x100000 + index })),
})

export const x509Edits: readonly Edit[] = [
  ...pointsOf('x509/algorithm.ts', [
    refuses(
      'pinned',
      '!equalBytes(inner, withoutTrailer) && !equalBytes(inner, withTrailer)',
      of('certificate/algorithm', 'ECDSA'),
    ),
    refuses('mismatch', '!equalBytes(inner, outer)', [
      ...of(
        'certificate/algorithm',
        'signed with, unsigned without trailerField',
        'PSS in the signed part, PKCS#1 outside',
      ),
      ...of('revocation/genuine', 'signed and unsigned algorithm differ in encoding'),
    ]),
    // The last 97 bytes of any key are a P-384 point then; in an intermediate, any key is an RSA key.
    becomes(
      'key',
      '!equalBytes(algorithm, rsaPrefix)',
      `!on('.key') && spki.length < 200) {
    return { kind: 'p384', point: spki.slice(-97) }
  }
  if (on('.key') && !equalBytes(algorithm, rsaPrefix)`,
      [
        ...of('certificate/guards', 'a P-384 point under the OID of another curve'),
        ...rsaKey('rsaEncryption without NULL'),
      ],
    ),
    requires('unusedBits', 'bits.bytes[bits.at] === 0', rsaKey('a bit of the RSA key unused'), engines),
    requires('end.key', 'key.at === key.end', rsaKey('a third number in the RSA key'), engines),
    requires('end.bits', 'key.end === bits.end', rsaKey('an element after the RSA key')),
    requires(
      'end.spki',
      'cursor.at === cursor.end',
      rsaKey('an element after the bits of the RSA key'),
      engines,
    ),
    requires(
      'modulus',
      "toHex(modulus.subarray(0, 5)) === '0282020100'",
      rsaKey('an RSA-2048 key, and a leaf that it signed'),
      { behind: ['x509/certificate.signatureLength'] },
    ),
    requires('topBit', '(modulus[5] ?? 0) >= 0x80', rsaKey('an RSA key whose top bit is clear'), engines),
    requires('exponent', "toHex(exponent) === '0203010001'", rsaKey('an RSA key with the exponent 17')),
    refuses('rsa', '!ok', rsaKey('an RSA key with the exponent 17')),
  ]),
  ...pointsOf('x509/name.ts', [
    skips('end.rdn', 'finish(rdn, what)', of('certificate/subject', 'two attributes in one RDN')),
    skips('end.attribute', 'finish(attribute, what)', guards('an attribute with a third member')),
    // Text that is none counts as a question mark.
    becomes(
      'utf8',
      'fromUtf8(contentOf(attribute, value))',
      "(fromUtf8(contentOf(attribute, value)) ?? (on('.utf8') ? null : '?'))",
      of('certificate/guards', 'an attribute that is not UTF-8'),
    ),
    refuses('stringType', '!isText', of('certificate/guards', 'a common name as IA5String')),
    refuses('empty', 'text.length === 0', of('certificate/guards', 'an empty attribute')),
    refuses('twice', 'seen.has(oid)', of('certificate/guards', 'two common names, the second SEV-VCEK')),
    refuses('many', 'seen.size === maxAttributes', of('certificate/guards', '17 attributes')),
    // A name without a common name has the one that is looked for.
    becomes(
      'commonName',
      'if (common === null) throw',
      "if (common === null && !on('.commonName')) return { raw, commonName: 'SEV-VCEK' }\n  if (common === null) throw",
      of('certificate/subject', 'no common name'),
    ),
  ]),
  ...pointsOf('x509/extension.ts', [
    refuses('default', '!critical', [
      ...of('certificate/extensions', 'a default criticality written out'),
      ...of('revocation/genuine', 'a default written out'),
    ]),
    skips('end', 'finish(item, `${what} extension`)', guards('blSpl with a fourth member')),
    refuses('twice', 'extensions.has(oid)', [
      ...of('certificate/extensions', 'blSpl twice', 'hwId twice', 'productName twice'),
      ...of('revocation/genuine', 'an extension twice'),
    ]),
    refuses('many', 'extensions.size === maxExtensions', of('revocation/guards', '33 extensions')),
    refuses(
      'none',
      'extensions.size === 0',
      of('revocation/guards', 'an entry with an empty list of extensions'),
    ),
  ]),
  ...pointsOf('x509/certificate.ts', [
    refuses(
      'size',
      'input.length > maxCertificateBytes',
      of('chain/guards', 'arkSigned: a certificate of more than 16 KiB'),
    ),
    skips(
      'end.document',
      "finish(document, 'certificate')",
      of('der/ber', 'bytes after the certificate', 'a second certificate after it'),
    ),
    becomes(
      'version',
      "readSmallInteger(version, 'version') !== 2",
      "(readSmallInteger(version, 'version') !== 2 && on('.version'))",
      of('certificate/subject', 'X.509 version 2', 'X.509 version 4'),
    ),
    skips('end.version', "finish(version, 'version')", of('der/ber', 'bytes after the version number')),
    refuses(
      'negativeSerial',
      '(serial[0] ?? 0) >= 0x80',
      of('certificate/subject', 'a negative serial number'),
    ),
    skips('end.validity', "finish(validity, 'validity')", guards('a third time in the validity')),
    refuses('extensions', 'peekTag(tbs) !== contextTag(3)', of('certificate/guards', 'extensions under [2]')),
    skips(
      'end.extensions',
      "finish(wrapper, 'extensions')",
      guards('an element after the list of extensions'),
    ),
    skips('end.tbs', "finish(tbs, 'TBSCertificate')", of('der/ber', 'an element after the extensions')),
    skips(
      'end.certificate',
      "finish(certificate, 'certificate')",
      of('der/ber', 'an element after the signature'),
    ),
    // No RSA-4096 key made a signature of another length.
    refuses(
      'signatureLength',
      'signature.length !== 512',
      of('certificate/algorithm', 'a signature of 256 bytes'),
      { behind: ['check:chain.signature'] },
    ),
  ]),
  ...pointsOf('x509/crl.ts', [
    refuses('size', 'input.length > maxCrlBytes', [crlOfTwoMiB], {
      behind: ['evidence/container.documentSize', 'evidence/input.extraSize'],
    }),
    skips('end.document', "finish(document, 'CRL')", of('revocation/genuine', 'bytes after the CRL')),
    becomes(
      'version',
      "readSmallInteger(tbs, 'CRL version') !== 1",
      "(readSmallInteger(tbs, 'CRL version') !== 1 && on('.version'))",
      of('revocation/genuine', 'version 3'),
    ),
    // Without nextUpdate it never ends.
    becomes(
      'nextUpdate',
      "if (next !== tags.utcTime && next !== tags.generalizedTime) throw malformed('no nextUpdate')\n  const nextUpdate = readTime(tbs, 'nextUpdate')",
      `const isThere = next === tags.utcTime || next === tags.generalizedTime
  if (!isThere && on('.nextUpdate')) throw malformed('no nextUpdate')
  const nextUpdate = isThere ? readTime(tbs, 'nextUpdate') : 253402300799000`,
      of('revocation/genuine', 'no nextUpdate'),
    ),
    skips(
      'end.extensions',
      "finish(wrapper, 'CRL extensions')",
      of('revocation/guards', 'an element after the list of extensions'),
    ),
    skips(
      'end.tbs',
      "finish(tbs, 'TBSCertList')",
      of('revocation/guards', 'an element after the extensions'),
    ),
    skips('end.list', "finish(list, 'CRL')", of('revocation/guards', 'an element after the signature')),
    skips(
      'critical',
      'refuseCritical(extensions, new Set([crlNumberOid, authorityKeyOid]))',
      of(
        'revocation/genuine',
        'a delta CRL (critical indicator)',
        'an indirect CRL (critical distribution point)',
        'an unknown critical extension',
      ),
    ),
    refuses(
      'signatureLength',
      'signature.length !== 512',
      of('revocation/guards', 'a signature of 256 bytes'),
      { behind: ['check:revocation.signature'] },
    ),
    becomes(
      'criticalInEntry',
      "refuseCritical(readExtensions(entry, 'CRL entry'), new Set())",
      "refuseCritical(readExtensions(entry, 'CRL entry'), new Set(on('.criticalInEntry') ? [] : ['2.5.29.29']))",
      of('revocation/genuine', 'an entry with a critical certificate issuer'),
    ),
    refuses(
      'unknown',
      'critical && !known.has(oid)',
      of('revocation/genuine', 'an unknown critical extension'),
    ),
    skips(
      'end.entry',
      "finish(entry, 'CRL entry')",
      of('revocation/guards', 'an element after the extensions of an entry'),
    ),
    refuses('twice', 'revoked.has(serial)', of('revocation/genuine', 'a serial number listed twice')),
    refuses('many', 'revoked.size === maxEntries', [entries]),
    refuses('none', 'revoked.size === 0', of('revocation/genuine', 'an empty list of entries')),
    // A list without a number has the highest.
    becomes(
      'number',
      'if (extension === undefined) throw',
      "if (extension === undefined && !on('.number')) return 1n << 159n\n  if (extension === undefined) throw",
      of('revocation/genuine', 'no CRL number'),
    ),
    skips(
      'end.number',
      "finish(cursor, 'CRL number')",
      of('revocation/guards', 'bytes after the CRL number'),
    ),
    refuses('negativeNumber', '(content[0] ?? 0) >= 0x80', of('revocation/genuine', 'a negative CRL number')),
  ]),
]
