// Stage der: certificates that are BER but not DER, under a valid signature, and truncated ones.
import { concat, explicit, integer, longFormTlv, octetString, oid, sequence, set, tlv, utf8 } from '../der.js'
import { amdName, nameDer } from '../names.js'
import { labEvidence } from '../pki.js'
import { limit, malformed, notCanonical, refused, trailing, unexpected, x690 } from './certificate-sketch.js'
import { attribute } from './certificate-subject-vectors.js'
import { type TestSketch, type VectorFile, group, vectorFile } from './format.js'
import { accepted } from './inputs.js'

const spliced =
  (offset: number, remove: number, insert: readonly number[]) =>
  (tbs: Uint8Array): Uint8Array =>
    Uint8Array.from([...tbs.slice(0, offset), ...insert, ...tbs.slice(offset + remove)])

/** The TBS starts 30 82 LL LL a0 03 02 01 02 02 01 00: header, version, serial number. */
const ber: readonly TestSketch[] = [
  refused(
    'indefinite length of the TBS',
    { editTbs: (tbs) => Uint8Array.from([0x30, 0x80, ...tbs.slice(4), 0, 0]) },
    notCanonical,
    'BER that is not DER',
    x690,
  ),
  refused(
    'length of the TBS with a leading zero',
    { editTbs: spliced(1, 1, [0x83, 0]) },
    notCanonical,
    'one length, one encoding',
    x690,
  ),
  refused(
    'length of the TBS in five bytes',
    { editTbs: spliced(1, 1, [0x85, 0, 0, 0]) },
    limit,
    'lengths have at most four bytes',
    x690,
  ),
  refused(
    'version in long form',
    { editTbs: fixLength(spliced(4, 2, [0xa0, 0x81, 0x03])) },
    notCanonical,
    'one length, one encoding',
    x690,
  ),
  refused(
    'version number in two bytes',
    { version: explicit(0, Uint8Array.of(2, 2, 0, 2)) },
    notCanonical,
    'one number, one encoding',
    x690,
  ),
  refused(
    'bytes after the version number',
    { version: explicit(0, concat(integer(2), integer(0))) },
    trailing,
    'two readers could take different ends',
    x690,
  ),
  refused(
    'bytes after the certificate',
    { trailing: Uint8Array.of(0) },
    trailing,
    'a document ends where it ends',
    x690,
  ),
  refused(
    'a second certificate after it',
    { trailing: labEvidence({ line: 'Genoa', version: 3 }).vek },
    trailing,
    'a document ends where it ends',
    x690,
  ),
  refused(
    'an element after the signature',
    { extraOuter: integer(1) },
    trailing,
    'a certificate has three members',
    x690,
  ),
  refused(
    'an element after the extensions',
    { extraTbs: integer(1) },
    trailing,
    'the signed part ends with the extensions',
    x690,
  ),
  refused(
    'a name as SET',
    { subject: Uint8Array.from([0x31, ...nameDer(amdName('SEV-VCEK')).slice(1)]) },
    unexpected,
    'one type, one reading',
    x690,
  ),
  refused(
    'an RDN in long form',
    { subject: sequence(longFormTlv(0x31, 1, attribute(utf8('SEV-VCEK')))) },
    notCanonical,
    'one length, one encoding',
    x690,
  ),
  refused(
    'an attribute OID with a leading 80',
    { subject: sequence(set(sequence(tlv(6, Uint8Array.of(0x80, 0x55, 4, 3)), utf8('SEV-VCEK')))) },
    notCanonical,
    'one arc, one encoding',
    x690,
  ),
  refused(
    'an attribute OID that does not end',
    { subject: sequence(set(sequence(tlv(6, Uint8Array.of(0x55, 4, 0x83)), utf8('SEV-VCEK')))) },
    notCanonical,
    'arcs end',
    x690,
  ),
  refused(
    'a constructed string in a name',
    { subject: sequence(set(sequence(oid('2.5.4.3'), tlv(0x2c, utf8('SEV-VCEK'))))) },
    malformed,
    'DER strings are primitive',
    x690,
  ),
  refused(
    'a tag of two bytes in a name',
    { subject: sequence(set(sequence(oid('2.5.4.3'), Uint8Array.of(0x1f, 0x0c, 1, 0x41)))) },
    unexpected,
    'none occurs',
    x690,
  ),
  refused(
    'a criticality of 01',
    {
      extensions: explicit(
        3,
        sequence(sequence(oid('1.2.3'), Uint8Array.of(1, 1, 1), octetString(integer(1)))),
      ),
    },
    notCanonical,
    'DER knows 00 and FF',
    x690,
  ),
  refused(
    'an extension with a fourth member',
    { extensions: explicit(3, sequence(sequence(oid('1.2.3'), octetString(integer(1)), integer(1)))) },
    trailing,
    'an extension has three members',
    x690,
  ),
  refused(
    '33 extensions',
    {
      edit: (list) => [
        ...list,
        ...Array.from({ length: 33 }, (_, index) => ({ oid: `1.2.3.${String(index)}`, value: integer(1) })),
      ],
    },
    limit,
    'the count is bounded',
    x690,
  ),
]

function fixLength(change: (tbs: Uint8Array) => Uint8Array): (tbs: Uint8Array) => Uint8Array {
  return (tbs) => {
    const edited = change(tbs)
    const length = edited.length - 4
    return Uint8Array.from([0x30, 0x82, length >> 8, length & 0xff, ...edited.slice(4)])
  }
}

const whole = labEvidence({ line: 'Genoa', version: 3 }).vek
const cut: readonly TestSketch[] = [1, 2, 3, 4, 100, 600, whole.length - 513, whole.length - 1].map(
  (length): TestSketch => ({
    comment: `the first ${String(length)} bytes`,
    why: 'a truncated certificate is none',
    source: x690,
    flags: ['edge'],
    input: { endorsementKey: Buffer.from(whole.slice(0, length)).toString('base64') },
    code: 'DER_TRUNCATED',
    verdict: 'malformed',
    failed: ['endorsement.certificate'],
  }),
)

export function derVectors(): VectorFile {
  const input = accepted({ line: 'Genoa', version: 3 })
  return vectorFile('der', [
    group('der/ber', 'BER that is not DER, under a valid signature', input, ber),
    group('der/truncated', 'Truncated certificates', input, cut),
  ])
}
