// Stages certificate and der: endorsement keys that the lab signed although they are not what AMD issues. The
// signature over each is valid, so the reader alone stands between it and acceptance.
import { AMD_OIDS, type Extensions, type VekOptions, dropExtension, repeatExtension, setExtension } from '../certificates.js'
import { bitString, boolean, concat, explicit, generalizedTime, ia5, implicit, integer, longFormTlv, octetString, oid, printable, sequence, set, tlv, utf8 } from '../der.js'
import { compressedSpki, ecKey, p256Spki, rsaKey } from '../keys.js'
import { amdName, nameDer } from '../names.js'
import { labEvidence, labPki } from '../pki.js'
import { ecdsaAlgorithm, pkcs1Algorithm, pssAlgorithm, signPkcs1, signPss } from '../pss.js'
import { type TestSketch, type VectorFile, group, vectorFile } from './format.js'
import { accepted, evidenceOf } from './inputs.js'

type Vek = Omit<Partial<VekOptions>, 'line' | 'kind'>
type Outcome = readonly [code: string, verdict: 'malformed' | 'rejected' | 'unverifiable']

const kds = 'AMD 57230, VCEK and VLEK certificates'
const rfc = 'RFC 5280 §4.1'
const x690 = 'ITU-T X.690'
const malformed: Outcome = ['CERTIFICATE_MALFORMED', 'malformed']
const profile: Outcome = ['CERTIFICATE_PROFILE', 'rejected']
const unsupported: Outcome = ['CERTIFICATE_UNSUPPORTED', 'unverifiable']
const notCanonical: Outcome = ['DER_NOT_CANONICAL', 'malformed']
const unexpected: Outcome = ['DER_UNEXPECTED', 'malformed']
const trailing: Outcome = ['DER_TRAILING_DATA', 'malformed']
const limit: Outcome = ['DER_LIMIT', 'malformed']
const algorithm: Outcome = ['CERTIFICATE_ALGORITHM', 'rejected']
const mismatch: Outcome = ['CERTIFICATE_ALGORITHM_MISMATCH', 'rejected']

type Place = { readonly line?: 'Milan' | 'Genoa' | 'Turin'; readonly signer?: 'vcek' | 'vlek' }

function refused(comment: string, vek: Vek, [code, verdict]: Outcome, why: string, source = kds, place: Place = {}): TestSketch {
  return {
    comment,
    why,
    source,
    flags: code.startsWith('DER') ? ['encoding'] : code.includes('ALGORITHM') ? ['modified'] : ['missingStep'],
    input: evidenceOf({ line: 'Genoa', version: 3, ...place, vek }),
    code,
    verdict,
    failed: ['endorsement.certificate'],
  }
}

const fine = (comment: string, vek: Vek, why: string, source = kds, place: Place = {}): TestSketch => ({
  comment,
  why,
  source,
  flags: ['valid', 'edge'],
  input: evidenceOf({ line: 'Genoa', version: 3, ...place, vek }),
})

const edit = (change: (list: Extensions) => Extensions): Vek => ({ edit: change })
const valueOf = (id: string, value: Uint8Array): Vek => edit((list) => setExtension(list, id, { value }))
const add = (id: string, value: Uint8Array): Vek => edit((list) => [...list, { oid: id, value }])
const profileWhy = "only exactly AMD's extensions mean what this verifier takes them to mean"
const vlek: Place = { line: 'Milan', signer: 'vlek' }
const turin: Place = { line: 'Turin' }

const extensions: readonly TestSketch[] = [
  ...Object.entries(AMD_OIDS)
    .filter(([name]) => !['fmcSpl', 'cspId'].includes(name))
    .map(([name, id]) => refused(`without ${name}`, edit((list) => dropExtension(list, id)), profile, profileWhy)),
  refused('Turin without fmcSpl', edit((list) => dropExtension(list, AMD_OIDS.fmcSpl)), profile, profileWhy, kds, turin),
  refused('a VLEK without cspID', edit((list) => dropExtension(list, AMD_OIDS.cspId)), profile, profileWhy, kds, vlek),
  ...['blSpl', 'hwId', 'productName'].map((name) =>
    refused(`${name} twice`, edit((list) => repeatExtension(list, AMD_OIDS[name as 'blSpl'])), malformed, 'two readers could take different ones', rfc),
  ),
  fine('extensions in reverse order', edit((list) => [...list].reverse()), 'the order differs between lines and means nothing'),
  fine('hwID first', edit((list) => [...list.filter(({ oid: id }) => id === AMD_OIDS.hwId), ...dropExtension(list, AMD_OIDS.hwId)]), 'the order means nothing'),
  ...['structVersion', 'blSpl', 'hwId'].map((name) =>
    refused(`${name} is critical`, edit((list) => setExtension(list, AMD_OIDS[name as 'blSpl'], { critical: true })), profile, profileWhy),
  ),
  refused('a default criticality written out', edit((list) => setExtension(list, AMD_OIDS.blSpl, { critical: false })), notCanonical, 'DER leaves defaults out', x690),
  refused('an unknown AMD extension', add('1.3.6.1.4.1.3704.1.6', integer(0)), unsupported, 'it can change what the others mean'),
  refused('an unknown SPL', add('1.3.6.1.4.1.3704.1.3.10', integer(0)), unsupported, 'it can change what the others mean'),
  refused('BasicConstraints with CA', add('2.5.29.19', sequence(boolean(true))), profile, profileWhy),
  refused('KeyUsage', add('2.5.29.15', bitString(Uint8Array.of(0x80), 7)), profile, profileWhy),
  refused('an unknown critical extension', edit((list) => [...list, { oid: '1.2.3', critical: true, value: integer(1) }]), profile, profileWhy),
  refused('no extensions', { extensions: null }, malformed, 'they are what ties the key to chip and TCB'),
  refused('an empty list of extensions', { extensions: [] }, malformed, 'RFC 5280 wants at least one', rfc),
  refused('hwID in a VLEK', add(AMD_OIDS.hwId, new Uint8Array(64).fill(7)), profile, 'a VLEK names no chip', kds, vlek),
  refused('cspID in a VCEK', add(AMD_OIDS.cspId, ia5('CN=somebody')), profile, 'a VCEK names no provider'),
  refused('fmcSPL on Genoa', add(AMD_OIDS.fmcSpl, integer(0)), profile, 'Genoa has no FMC'),
  refused('spl4 on Turin', add(AMD_OIDS.spl4, integer(0)), profile, 'Turin has no spl4', kds, turin),
  ...(['spl4', 'spl5', 'spl6', 'spl7'] as const).map((name) =>
    refused(`${name} is 1`, valueOf(AMD_OIDS[name], integer(1)), profile, 'a level that REPORTED_TCB does not carry'),
  ),
]

const values: readonly TestSketch[] = [
  refused('structVersion 1 on Genoa', { structVersion: 1 }, unsupported, 'another version has other extensions'),
  refused('structVersion 0 on Turin', { structVersion: 0 }, unsupported, 'another version has other extensions', kds, turin),
  refused('structVersion 2', { structVersion: 2 }, unsupported, 'another version has other extensions'),
  refused('productName Milan under Genoa', { productName: 'Milan-B0' }, profile, 'the certificate contradicts itself'),
  refused('productName GenoaX', { productName: 'GenoaX' }, profile, 'only what stands before a hyphen counts, and all of it'),
  fine('productName Genoa-B1', { productName: 'Genoa-B1' }, 'the stepping is not reliable and not judged'),
  refused('productName as UTF8String', valueOf(AMD_OIDS.productName, utf8('Genoa')), unexpected, 'one type, one reading'),
  refused('productName with a NUL', valueOf(AMD_OIDS.productName, ia5('Genoa\0')), notCanonical, 'a C reader stops at it'),
  refused('an SPL of 256', valueOf(AMD_OIDS.teeSpl, integer(256)), profile, 'a level is a byte: 256 would wrap to 0'),
  refused('a negative SPL', valueOf(AMD_OIDS.teeSpl, integer(-1)), limit, 'a level is a byte: -1 would wrap to 255'),
  refused('a non-minimal SPL', valueOf(AMD_OIDS.teeSpl, Uint8Array.of(2, 2, 0, 0)), notCanonical, 'one value, one encoding', x690),
  refused('an empty SPL', valueOf(AMD_OIDS.teeSpl, Uint8Array.of(2, 0)), notCanonical, 'an INTEGER has content', x690),
  refused('bytes after an SPL', valueOf(AMD_OIDS.teeSpl, Uint8Array.of(2, 1, 0, 0)), trailing, 'two readers could take different ends', x690),
  refused('an SPL as OCTET STRING', valueOf(AMD_OIDS.teeSpl, octetString(Uint8Array.of(0))), unexpected, 'one type, one reading', x690),
  ...[0, 1, 8, 63, 65, 66, 128].map((length) =>
    refused(`hwID of ${String(length)} bytes`, valueOf(AMD_OIDS.hwId, new Uint8Array(length).fill(9)), profile, 'a prefix of an identifier is another one'),
  ),
  refused('hwID of zeros', valueOf(AMD_OIDS.hwId, new Uint8Array(64)), profile, 'zero is what a masked CHIP_ID looks like'),
  refused('hwID in an OCTET STRING with a wrong length', valueOf(AMD_OIDS.hwId, concat(Uint8Array.of(4, 0x3f), new Uint8Array(64).fill(9))), profile, 'length decides'),
  refused('Turin: hwID of 64 bytes', valueOf(AMD_OIDS.hwId, new Uint8Array(64).fill(9)), profile, 'Turin has 8', kds, turin),
  refused('an empty cspID', valueOf(AMD_OIDS.cspId, ia5('')), profile, 'it names nobody', kds, vlek),
  refused('cspID as UTF8String', valueOf(AMD_OIDS.cspId, utf8('CN=x')), unexpected, 'one type, one reading', kds, vlek),
]

const lab = ecKey('certificate vectors')
const off = Uint8Array.from(lab.point, (byte, index) => (index === 96 ? byte ^ 1 : byte))
const fieldPrime = (2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n).toString(16)
const beyond = Uint8Array.from([4, ...Buffer.from(fieldPrime, 'hex'), ...lab.point.slice(49)])
const spkiOf = (point: Uint8Array): Uint8Array =>
  sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.34')), bitString(point))

const subjects: readonly TestSketch[] = [
  ...['SEV-VLEK', 'VCEK', 'SEV-VCEK2', 'sev-vcek'].map((name) => {
    const wanted: Outcome = profile
    return refused(`subject ${name} under SEV-Genoa`, { subject: amdName(name) }, wanted, 'the name says which kind of key it is')
  }),
  ...['SEV-Venice', 'Genoa', 'SEV-genoa', 'SEV-VLEK-Genoa', 'ARK-Genoa'].map((name) =>
    refused(`issuer ${name}`, { issuer: amdName(name) }, profile, 'the issuer says kind and product line'),
  ),
  refused('two common names in the subject', { subject: [...amdName('SEV-VCEK'), { oid: 'CN', value: 'other' }] }, malformed, 'two readers could take different ones', rfc),
  refused('no common name', { subject: amdName('SEV-VCEK').filter(({ oid: id }) => id !== 'CN') }, malformed, 'nothing says what it is', rfc),
  refused('a common name as BMPString', { subject: rawName(tlv(0x1e, new TextEncoder().encode('SEV-VCEK'))) }, malformed, 'text that readers decode differently', rfc),
  refused('a common name that is not UTF-8', { subject: rawName(tlv(0x0c, Uint8Array.of(0x53, 0xff))) }, malformed, 'text that readers decode differently', rfc),
  fine('a common name as PrintableString', { subject: rawName(printable('SEV-VCEK')) }, 'both text types occur in names'),
  refused('two attributes in one RDN', { subject: sequence(set(attribute(utf8('SEV-VCEK')), attribute(utf8('x'), '2.5.4.10'))) }, trailing, 'AMD writes one', rfc),
  refused('an RSA key', { spki: rsaKey('attacker-ask').spki }, profile, 'endorsement keys are P-384 keys'),
  refused('a P-256 key', { spki: p256Spki('certificate vectors') }, malformed, 'endorsement keys are P-384 keys'),
  refused('a compressed point', { spki: compressedSpki(lab) }, malformed, 'one key, one encoding'),
  refused('a point off the curve', { spki: spkiOf(off) }, malformed, 'signatures under it prove nothing'),
  refused('a coordinate not below p', { spki: spkiOf(beyond) }, malformed, 'one key, one encoding'),
  refused('the point at infinity', { spki: spkiOf(Uint8Array.of(0)) }, malformed, 'signatures under it prove nothing'),
  ...[1, 255, 0x20001, 2n ** 151n].map((serial) => fine(`serial number ${String(serial)}`, { serial }, 'AMD writes 0; another number changes nothing', rfc)),
  refused('a negative serial number', { serial: Uint8Array.of(0x80) }, malformed, 'serial numbers are from 0 up', rfc),
  refused('a non-minimal serial number', { serial: Uint8Array.of(0, 1) }, notCanonical, 'one number, one encoding', x690),
  refused('an empty serial number', { serial: new Uint8Array() }, notCanonical, 'an INTEGER has content', x690),
  refused('a serial number of 21 bytes', { serial: new Uint8Array(21).fill(1) }, limit, 'RFC 5280 allows 20', rfc),
  refused('X.509 version 1', { version: 1, extensions: null }, malformed, 'only version 3 has extensions', rfc),
  refused('X.509 version 2', { version: 2 }, malformed, 'only version 3 has extensions', rfc),
  refused('X.509 version 4', { version: 4 }, malformed, 'there is no such version', rfc),
  refused('no version', { version: null }, unexpected, 'absent means version 1', rfc),
  refused('a subject unique identifier', { extensions: concat(implicit(2, Uint8Array.of(0, 1)), explicit(3, sequence(sequence(oid('1.2.3'), octetString(integer(0)))))) }, malformed, 'AMD writes none', rfc),
]

function attribute(value: Uint8Array, id = '2.5.4.3'): Uint8Array {
  return sequence(oid(id), value)
}
function rawName(value: Uint8Array): Uint8Array {
  return sequence(set(attribute(value)))
}

const ask = labPki().lines.Genoa.ask.key
const algorithms: readonly TestSketch[] = [
  fine('trailerField written out', { algorithm: pssAlgorithm({ explicitTrailer: true }) }, 'AMD wrote it out until 2024'),
  fine('trailerField left out', { algorithm: pssAlgorithm() }, 'AMD leaves it out since 2024'),
  refused('signed with, unsigned without trailerField', { innerAlgorithm: pssAlgorithm({ explicitTrailer: true }) }, mismatch, 'the two must be equal', rfc),
  refused('PSS with SHA-256', { algorithm: pssAlgorithm({ hash: 'sha256', mgfHash: 'sha256', saltLength: 32 }), sign: (tbs) => signPss(tbs, ask, { hash: 'sha256', mgfHash: 'sha256', saltLength: 32 }) }, algorithm, 'the algorithm is pinned, not chosen by the certificate'),
  refused('PSS with MGF1-SHA-256', { algorithm: pssAlgorithm({ mgfHash: 'sha256' }), sign: (tbs) => signPss(tbs, ask, { mgfHash: 'sha256' }) }, algorithm, 'the algorithm is pinned'),
  refused('PSS with a salt of 32', { algorithm: pssAlgorithm({ saltLength: 32 }), sign: (tbs) => signPss(tbs, ask, { saltLength: 32 }) }, algorithm, 'the algorithm is pinned'),
  refused('PKCS#1 v1.5', { algorithm: pkcs1Algorithm(), sign: (tbs) => signPkcs1(tbs, ask) }, algorithm, 'the algorithm is pinned'),
  refused('ECDSA', { algorithm: ecdsaAlgorithm() }, algorithm, 'the algorithm is pinned'),
  refused('PSS in the signed part, PKCS#1 outside', { outerAlgorithm: pkcs1Algorithm() }, mismatch, 'the two must be equal', rfc),
  refused('PKCS#1 in the signed part, PSS outside', { innerAlgorithm: pkcs1Algorithm() }, algorithm, 'the signed one counts, and is pinned', rfc),
  refused('a signature of 256 bytes', { sign: (tbs) => signPss(tbs, rsaKey('weak-ask')) }, malformed, 'RSA-4096 makes 512'),
  refused('unused bits in the signature', { unusedSignatureBits: 1 }, notCanonical, 'a signature is whole bytes', x690),
]

const utc = (text: string): Uint8Array => tlv(0x17, new TextEncoder().encode(text))
const general = (text: string): Uint8Array => tlv(0x18, new TextEncoder().encode(text))
const timeWhy = 'one instant, one encoding, and no date that does not exist'
const times: readonly TestSketch[] = [
  ...['2601010000Z', '260101000000+0000', '260101000000', '260231000000Z', '261301000000Z', '260101240000Z', '260101006000Z', '260101000060Z', '260100000000Z', '26010100000 Z', ''].map((text) =>
    refused(`notBefore UTCTime "${text}"`, { notBefore: utc(text) }, notCanonical, timeWhy, 'RFC 5280 §4.1.2.5'),
  ),
  ...['20260101000000Z', '20491231235959Z', '20500101000000.5Z', '205001010000Z', '20500231000000Z'].map((text) =>
    refused(`notAfter GeneralizedTime "${text}"`, { notAfter: general(text) }, notCanonical, timeWhy, 'RFC 5280 §4.1.2.5'),
  ),
  refused('notBefore as IA5String', { notBefore: ia5('260101000000Z') }, unexpected, timeWhy, 'RFC 5280 §4.1.2.5'),
  fine('notBefore UTCTime of 1950', { notBefore: utc('500101000000Z') }, 'two digits from 50 are of the last century', 'RFC 5280 §4.1.2.5'),
  fine('notAfter GeneralizedTime of 9999', { notAfter: generalizedTime(new Date('9999-12-31T23:59:59Z')) }, 'RFC 5280 writes it for "no end"', 'RFC 5280 §4.1.2.5'),
  fine('29 February of a leap year', { notBefore: utc('240229000000Z') }, 'it exists', 'RFC 5280 §4.1.2.5'),
  refused('29 February of another year', { notBefore: utc('230229000000Z') }, notCanonical, timeWhy, 'RFC 5280 §4.1.2.5'),
]

export function certificateVectors(): VectorFile {
  const input = accepted({ line: 'Genoa', version: 3 })
  return vectorFile('certificate', [
    group('certificate/extensions', 'The list of extensions', input, extensions),
    group('certificate/values', 'The values of extensions', input, values),
    group('certificate/subject', 'Names, keys, serial numbers, versions', input, subjects),
    group('certificate/algorithm', 'Signature algorithms', input, algorithms),
    group('certificate/time', 'Times', input, times),
  ])
}

const spliced = (offset: number, remove: number, insert: readonly number[]) => (tbs: Uint8Array): Uint8Array =>
  Uint8Array.from([...tbs.slice(0, offset), ...insert, ...tbs.slice(offset + remove)])

/** The TBS starts 30 82 LL LL a0 03 02 01 02 02 01 00: header, version, serial number. */
const ber: readonly TestSketch[] = [
  refused('indefinite length of the TBS', { editTbs: (tbs) => Uint8Array.from([0x30, 0x80, ...tbs.slice(4), 0, 0]) }, notCanonical, 'BER that is not DER', x690),
  refused('length of the TBS with a leading zero', { editTbs: spliced(1, 1, [0x83, 0]) }, notCanonical, 'one length, one encoding', x690),
  refused('length of the TBS in five bytes', { editTbs: spliced(1, 1, [0x85, 0, 0, 0]) }, limit, 'lengths have at most four bytes', x690),
  refused('version in long form', { editTbs: fixLength(spliced(4, 2, [0xa0, 0x81, 0x03])) }, notCanonical, 'one length, one encoding', x690),
  refused('version number in two bytes', { version: explicit(0, Uint8Array.of(2, 2, 0, 2)) }, notCanonical, 'one number, one encoding', x690),
  refused('bytes after the version number', { version: explicit(0, concat(integer(2), integer(0))) }, trailing, 'two readers could take different ends', x690),
  refused('bytes after the certificate', { trailing: Uint8Array.of(0) }, trailing, 'a document ends where it ends', x690),
  refused('a second certificate after it', { trailing: labEvidence({ line: 'Genoa', version: 3 }).vek }, trailing, 'a document ends where it ends', x690),
  refused('an element after the signature', { extraOuter: integer(1) }, trailing, 'a certificate has three members', x690),
  refused('an element after the extensions', { extraTbs: integer(1) }, trailing, 'the signed part ends with the extensions', x690),
  refused('a name as SET', { subject: Uint8Array.from([0x31, ...nameDer(amdName('SEV-VCEK')).slice(1)]) }, unexpected, 'one type, one reading', x690),
  refused('an RDN in long form', { subject: sequence(longFormTlv(0x31, 1, attribute(utf8('SEV-VCEK')))) }, notCanonical, 'one length, one encoding', x690),
  refused('an attribute OID with a leading 80', { subject: sequence(set(sequence(tlv(6, Uint8Array.of(0x80, 0x55, 4, 3)), utf8('SEV-VCEK')))) }, notCanonical, 'one arc, one encoding', x690),
  refused('an attribute OID that does not end', { subject: sequence(set(sequence(tlv(6, Uint8Array.of(0x55, 4, 0x83)), utf8('SEV-VCEK')))) }, notCanonical, 'arcs end', x690),
  refused('a constructed string in a name', { subject: sequence(set(sequence(oid('2.5.4.3'), tlv(0x2c, utf8('SEV-VCEK'))))) }, malformed, 'DER strings are primitive', x690),
  refused('a tag of two bytes in a name', { subject: sequence(set(sequence(oid('2.5.4.3'), Uint8Array.of(0x1f, 0x0c, 1, 0x41)))) }, unexpected, 'none occurs', x690),
  refused('a criticality of 01', { extensions: explicit(3, sequence(sequence(oid('1.2.3'), Uint8Array.of(1, 1, 1), octetString(integer(1))))) }, notCanonical, 'DER knows 00 and FF', x690),
  refused('an extension with a fourth member', { extensions: explicit(3, sequence(sequence(oid('1.2.3'), octetString(integer(1)), integer(1)))) }, trailing, 'an extension has three members', x690),
  refused('33 extensions', { edit: (list) => [...list, ...Array.from({ length: 33 }, (_, index) => ({ oid: `1.2.3.${String(index)}`, value: integer(1) }))] }, limit, 'the count is bounded', x690),
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
