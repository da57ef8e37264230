// Stage certificate, guards: for each guard of the certificate reader an endorsement key that it alone refuses.
import { p384 } from '@noble/curves/nist.js'
import { AMD_OIDS, extensionDer, vekExtensions } from '../certificates.js'
import { bitString, concat, explicit, hex, ia5, integer, oid, sequence, set, tlv, utf8 } from '../der.js'
import { ecKey, ecSpki } from '../keys.js'
import { hwIdOf, labChipId } from '../report.js'
import { kds, malformed, profile, refused, rfc, valueOf, vlek } from './certificate-sketch.js'
import { attribute } from './certificate-subject-vectors.js'
import { type TestSketch } from './format.js'
import { beside } from './guard-der-vectors.js'
import { evidenceOf } from './inputs.js'

const named = (name: Uint8Array) => ({ subject: sequence(set(attribute(name))) })
const unit = (value: Uint8Array) => beside(attribute(value, '2.5.4.11'))
const whyText = 'text that readers decode differently'
const chip = hwIdOf('Genoa', labChipId('Genoa'))
const hwId = (...parts: readonly (Uint8Array | number)[]) =>
  valueOf(AMD_OIDS.hwId, concat(...parts.map((one) => (typeof one === 'number' ? Uint8Array.of(one) : one))))
const lab = ecKey('guard vectors')
const masked = { chipId: new Uint8Array(64) }
const withMask = (sketch: TestSketch, value: Uint8Array): TestSketch => ({
  ...sketch,
  input: evidenceOf({ line: 'Genoa', version: 3, report: masked, vek: valueOf(AMD_OIDS.hwId, value) }),
})

/** A point whose abscissa x is so small that x + p has 48 bytes too. */
function wrapped(): Uint8Array {
  const { p } = p384.Point.CURVE()
  for (let x = 0n; ; x += 1n) {
    try {
      const point = p384.Point.fromHex('02' + x.toString(16).padStart(96, '0')).toBytes(false)
      return concat(Uint8Array.of(4), hex((x + p).toString(16).padStart(96, '0')), point.slice(49))
    } catch {
      continue
    }
  }
}

export const certificateGuards: readonly TestSketch[] = [
  refused(
    'a P-384 point under the OID of another curve',
    {
      key: lab,
      spki: sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.36.3.3.2.8.1.1.11')), bitString(lab.point)),
    },
    malformed,
    'endorsement keys are P-384 keys',
  ),
  refused(
    'a coordinate of x + p, for a point of small x',
    { spki: ecSpki(wrapped()) },
    malformed,
    'one key, one encoding',
  ),
  refused('an attribute that is not UTF-8', unit(tlv(0x0c, Uint8Array.of(0xff))), malformed, whyText, rfc),
  refused('an empty attribute', unit(utf8('')), malformed, 'a name has text', rfc),
  refused('a common name as IA5String', named(ia5('SEV-VCEK')), malformed, whyText, rfc),
  refused(
    '17 attributes',
    beside(...Array.from({ length: 16 }, (_, index) => attribute(utf8('x'), `1.2.3.${String(index)}`))),
    malformed,
    'the count is bounded',
    rfc,
  ),
  refused(
    'two common names, the second SEV-VCEK',
    beside(attribute(utf8('other'))),
    malformed,
    'two readers could take different ones',
    rfc,
  ),
  refused(
    'extensions under [2]',
    {
      extensions: explicit(2, sequence(...vekExtensions({ line: 'Genoa', kind: 'vcek' }).map(extensionDer))),
    },
    malformed,
    'extensions stand under [3]',
    rfc,
  ),
  {
    ...refused('blSpl is 266, whose ninth bit falls into TEE', {}, profile, 'a level is a byte', kds),
    input: evidenceOf({
      line: 'Genoa',
      version: 3,
      report: { tcb: { bootloader: 0x0a, tee: 1, snp: 0x17, microcode: 0x54 } },
      vek: valueOf(AMD_OIDS.blSpl, integer(0x10a)),
    }),
  },
  refused('hwID is a zero and the chip', hwId(0, chip), profile, 'an identifier has one length'),
  refused(
    'hwID is the chip under the header 05 40',
    hwId(5, 0x40, chip),
    profile,
    'an OCTET STRING has tag 04',
  ),
  refused('hwID is the chip under the header 04 3f', hwId(4, 0x3f, chip), profile, 'one length, one reading'),
  withMask(
    refused('hwID of 8 bytes, CHIP_ID masked', {}, profile, 'a prefix of an identifier is another one'),
    chip.slice(0, 8),
  ),
  withMask(
    refused(
      'hwID of zeros, CHIP_ID masked',
      {},
      profile,
      'zero is what a masked CHIP_ID looks like: no chip has it',
    ),
    new Uint8Array(64),
  ),
  refused(
    'cspID of 257 characters',
    valueOf(AMD_OIDS.cspId, ia5('x'.repeat(257))),
    profile,
    'bounded',
    kds,
    vlek,
  ),
]
