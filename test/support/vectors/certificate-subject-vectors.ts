// Names, keys, serial numbers and versions of endorsement keys that the lab signed although AMD issues no such.
import {
  bitString,
  concat,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  printable,
  sequence,
  set,
  tlv,
  utf8,
} from '../der.js'
import { compressedSpki, ecKey, p256Spki, rsaKey } from '../keys.js'
import { amdName } from '../names.js'
import {
  type Outcome,
  fine,
  limit,
  malformed,
  notCanonical,
  profile,
  refused,
  rfc,
  trailing,
  unexpected,
  x690,
} from './certificate-sketch.js'
import { type TestSketch } from './format.js'

const lab = ecKey('certificate vectors')
const off = Uint8Array.from(lab.point, (byte, index) => (index === 96 ? byte ^ 1 : byte))
const fieldPrime = (2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n).toString(16)
const beyond = Uint8Array.from([4, ...Buffer.from(fieldPrime, 'hex'), ...lab.point.slice(49)])
const spkiOf = (point: Uint8Array): Uint8Array =>
  sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.34')), bitString(point))

export const subjects: readonly TestSketch[] = [
  ...['SEV-VLEK', 'VCEK', 'SEV-VCEK2', 'sev-vcek'].map((name) => {
    const wanted: Outcome = profile
    return refused(
      `subject ${name} under SEV-Genoa`,
      { subject: amdName(name) },
      wanted,
      'the name says which kind of key it is',
    )
  }),
  ...['SEV-Venice', 'Genoa', 'SEV-genoa', 'SEV-VLEK-Genoa', 'ARK-Genoa'].map((name) =>
    refused(`issuer ${name}`, { issuer: amdName(name) }, profile, 'the issuer says kind and product line'),
  ),
  refused(
    'two common names in the subject',
    { subject: [...amdName('SEV-VCEK'), { oid: 'CN', value: 'other' }] },
    malformed,
    'two readers could take different ones',
    rfc,
  ),
  refused(
    'no common name',
    { subject: amdName('SEV-VCEK').filter(({ oid: id }) => id !== 'CN') },
    malformed,
    'nothing says what it is',
    rfc,
  ),
  refused(
    'a common name as BMPString',
    { subject: rawName(tlv(0x1e, new TextEncoder().encode('SEV-VCEK'))) },
    malformed,
    'text that readers decode differently',
    rfc,
  ),
  refused(
    'a common name that is not UTF-8',
    { subject: rawName(tlv(0x0c, Uint8Array.of(0x53, 0xff))) },
    malformed,
    'text that readers decode differently',
    rfc,
  ),
  fine(
    'a common name as PrintableString',
    { subject: rawName(printable('SEV-VCEK')) },
    'both text types occur in names',
  ),
  refused(
    'two attributes in one RDN',
    { subject: sequence(set(attribute(utf8('SEV-VCEK')), attribute(utf8('x'), '2.5.4.10'))) },
    trailing,
    'AMD writes one',
    rfc,
  ),
  refused('an RSA key', { spki: rsaKey('attacker-ask').spki }, profile, 'endorsement keys are P-384 keys'),
  refused(
    'a P-256 key',
    { spki: p256Spki('certificate vectors') },
    malformed,
    'endorsement keys are P-384 keys',
  ),
  refused('a compressed point', { spki: compressedSpki(lab) }, malformed, 'one key, one encoding'),
  refused('a point off the curve', { spki: spkiOf(off) }, malformed, 'signatures under it prove nothing'),
  refused('a coordinate not below p', { spki: spkiOf(beyond) }, malformed, 'one key, one encoding'),
  refused(
    'the point at infinity',
    { spki: spkiOf(Uint8Array.of(0)) },
    malformed,
    'signatures under it prove nothing',
  ),
  ...[1, 255, 0x20001, 2n ** 151n].map((serial) =>
    fine(`serial number ${String(serial)}`, { serial }, 'AMD writes 0; another number changes nothing', rfc),
  ),
  refused(
    'a negative serial number',
    { serial: Uint8Array.of(0x80) },
    malformed,
    'serial numbers are from 0 up',
    rfc,
  ),
  refused(
    'a non-minimal serial number',
    { serial: Uint8Array.of(0, 1) },
    notCanonical,
    'one number, one encoding',
    x690,
  ),
  refused(
    'an empty serial number',
    { serial: new Uint8Array() },
    notCanonical,
    'an INTEGER has content',
    x690,
  ),
  refused(
    'a serial number of 21 bytes',
    { serial: new Uint8Array(21).fill(1) },
    limit,
    'RFC 5280 allows 20',
    rfc,
  ),
  refused(
    'X.509 version 1',
    { version: 1, extensions: null },
    malformed,
    'only version 3 has extensions',
    rfc,
  ),
  refused('X.509 version 2', { version: 2 }, malformed, 'only version 3 has extensions', rfc),
  refused('X.509 version 4', { version: 4 }, malformed, 'there is no such version', rfc),
  refused('no version', { version: null }, unexpected, 'absent means version 1', rfc),
  refused(
    'a subject unique identifier',
    {
      extensions: concat(
        implicit(2, Uint8Array.of(0, 1)),
        explicit(3, sequence(sequence(oid('1.2.3'), octetString(integer(0))))),
      ),
    },
    malformed,
    'AMD writes none',
    rfc,
  ),
]

export function attribute(value: Uint8Array, id = '2.5.4.3'): Uint8Array {
  return sequence(oid(id), value)
}
function rawName(value: Uint8Array): Uint8Array {
  return sequence(set(attribute(value)))
}
