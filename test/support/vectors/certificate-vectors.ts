// Stage certificate: endorsement keys that the lab signed although they are not what AMD issues. The signature over
// each is valid, so the reader alone stands between it and acceptance.
import { AMD_OIDS, dropExtension, repeatExtension, setExtension } from '../certificates.js'
import { bitString, boolean, concat, ia5, integer, octetString, sequence, utf8 } from '../der.js'
import { algorithms, times } from './certificate-form-vectors.js'
import {
  add,
  edit,
  fine,
  kds,
  limit,
  malformed,
  notCanonical,
  profile,
  profileWhy,
  refused,
  rfc,
  trailing,
  turin,
  unexpected,
  unsupported,
  valueOf,
  vlek,
  x690,
} from './certificate-sketch.js'
import { subjects } from './certificate-subject-vectors.js'
import { type TestSketch, type VectorFile, group, vectorFile } from './format.js'
import { accepted } from './inputs.js'

const extensions: readonly TestSketch[] = [
  ...Object.entries(AMD_OIDS)
    .filter(([name]) => !['fmcSpl', 'cspId'].includes(name))
    .map(([name, id]) =>
      refused(
        `without ${name}`,
        edit((list) => dropExtension(list, id)),
        profile,
        profileWhy,
      ),
    ),
  refused(
    'Turin without fmcSpl',
    edit((list) => dropExtension(list, AMD_OIDS.fmcSpl)),
    profile,
    profileWhy,
    kds,
    turin,
  ),
  refused(
    'a VLEK without cspID',
    edit((list) => dropExtension(list, AMD_OIDS.cspId)),
    profile,
    profileWhy,
    kds,
    vlek,
  ),
  ...['blSpl', 'hwId', 'productName'].map((name) =>
    refused(
      `${name} twice`,
      edit((list) => repeatExtension(list, AMD_OIDS[name as 'blSpl'])),
      malformed,
      'two readers could take different ones',
      rfc,
    ),
  ),
  fine(
    'extensions in reverse order',
    edit((list) => [...list].reverse()),
    'the order differs between lines and means nothing',
  ),
  fine(
    'hwID first',
    edit((list) => [
      ...list.filter(({ oid: id }) => id === AMD_OIDS.hwId),
      ...dropExtension(list, AMD_OIDS.hwId),
    ]),
    'the order means nothing',
  ),
  ...['structVersion', 'blSpl', 'hwId'].map((name) =>
    refused(
      `${name} is critical`,
      edit((list) => setExtension(list, AMD_OIDS[name as 'blSpl'], { critical: true })),
      profile,
      profileWhy,
    ),
  ),
  refused(
    'a default criticality written out',
    edit((list) => setExtension(list, AMD_OIDS.blSpl, { critical: false })),
    notCanonical,
    'DER leaves defaults out',
    x690,
  ),
  refused(
    'an unknown AMD extension',
    add('1.3.6.1.4.1.3704.1.6', integer(0)),
    unsupported,
    'it can change what the others mean',
  ),
  refused(
    'an unknown SPL',
    add('1.3.6.1.4.1.3704.1.3.10', integer(0)),
    unsupported,
    'it can change what the others mean',
  ),
  refused('BasicConstraints with CA', add('2.5.29.19', sequence(boolean(true))), profile, profileWhy),
  refused('KeyUsage', add('2.5.29.15', bitString(Uint8Array.of(0x80), 7)), profile, profileWhy),
  refused(
    'an unknown critical extension',
    edit((list) => [...list, { oid: '1.2.3', critical: true, value: integer(1) }]),
    profile,
    profileWhy,
  ),
  refused('no extensions', { extensions: null }, malformed, 'they are what ties the key to chip and TCB'),
  refused('an empty list of extensions', { extensions: [] }, malformed, 'RFC 5280 wants at least one', rfc),
  refused(
    'hwID in a VLEK',
    add(AMD_OIDS.hwId, new Uint8Array(64).fill(7)),
    profile,
    'a VLEK names no chip',
    kds,
    vlek,
  ),
  refused('cspID in a VCEK', add(AMD_OIDS.cspId, ia5('CN=somebody')), profile, 'a VCEK names no provider'),
  refused('fmcSPL on Genoa', add(AMD_OIDS.fmcSpl, integer(0)), profile, 'Genoa has no FMC'),
  refused('spl4 on Turin', add(AMD_OIDS.spl4, integer(0)), profile, 'Turin has no spl4', kds, turin),
  ...(['spl4', 'spl5', 'spl6', 'spl7'] as const).map((name) =>
    refused(
      `${name} is 1`,
      valueOf(AMD_OIDS[name], integer(1)),
      profile,
      'a level that REPORTED_TCB does not carry',
    ),
  ),
]

const values: readonly TestSketch[] = [
  refused(
    'structVersion 1 on Genoa',
    { structVersion: 1 },
    unsupported,
    'another version has other extensions',
  ),
  refused(
    'structVersion 0 on Turin',
    { structVersion: 0 },
    unsupported,
    'another version has other extensions',
    kds,
    turin,
  ),
  refused('structVersion 2', { structVersion: 2 }, unsupported, 'another version has other extensions'),
  refused(
    'productName Milan under Genoa',
    { productName: 'Milan-B0' },
    profile,
    'the certificate contradicts itself',
  ),
  refused(
    'productName GenoaX',
    { productName: 'GenoaX' },
    profile,
    'only what stands before a hyphen counts, and all of it',
  ),
  fine('productName Genoa-B1', { productName: 'Genoa-B1' }, 'the stepping is not reliable and not judged'),
  refused(
    'productName as UTF8String',
    valueOf(AMD_OIDS.productName, utf8('Genoa')),
    unexpected,
    'one type, one reading',
  ),
  refused(
    'productName with a NUL',
    valueOf(AMD_OIDS.productName, ia5('Genoa\0')),
    notCanonical,
    'a C reader stops at it',
  ),
  refused(
    'an SPL of 256',
    valueOf(AMD_OIDS.teeSpl, integer(256)),
    profile,
    'a level is a byte: 256 would wrap to 0',
  ),
  refused(
    'a negative SPL',
    valueOf(AMD_OIDS.teeSpl, integer(-1)),
    limit,
    'a level is a byte: -1 would wrap to 255',
  ),
  refused(
    'a non-minimal SPL',
    valueOf(AMD_OIDS.teeSpl, Uint8Array.of(2, 2, 0, 0)),
    notCanonical,
    'one value, one encoding',
    x690,
  ),
  refused(
    'an empty SPL',
    valueOf(AMD_OIDS.teeSpl, Uint8Array.of(2, 0)),
    notCanonical,
    'an INTEGER has content',
    x690,
  ),
  refused(
    'bytes after an SPL',
    valueOf(AMD_OIDS.teeSpl, Uint8Array.of(2, 1, 0, 0)),
    trailing,
    'two readers could take different ends',
    x690,
  ),
  refused(
    'an SPL as OCTET STRING',
    valueOf(AMD_OIDS.teeSpl, octetString(Uint8Array.of(0))),
    unexpected,
    'one type, one reading',
    x690,
  ),
  ...[0, 1, 8, 63, 65, 66, 128].map((length) =>
    refused(
      `hwID of ${String(length)} bytes`,
      valueOf(AMD_OIDS.hwId, new Uint8Array(length).fill(9)),
      profile,
      'a prefix of an identifier is another one',
    ),
  ),
  refused(
    'hwID of zeros',
    valueOf(AMD_OIDS.hwId, new Uint8Array(64)),
    profile,
    'zero is what a masked CHIP_ID looks like',
  ),
  refused(
    'hwID in an OCTET STRING with a wrong length',
    valueOf(AMD_OIDS.hwId, concat(Uint8Array.of(4, 0x3f), new Uint8Array(64).fill(9))),
    profile,
    'length decides',
  ),
  refused(
    'Turin: hwID of 64 bytes',
    valueOf(AMD_OIDS.hwId, new Uint8Array(64).fill(9)),
    profile,
    'Turin has 8',
    kds,
    turin,
  ),
  refused('an empty cspID', valueOf(AMD_OIDS.cspId, ia5('')), profile, 'it names nobody', kds, vlek),
  refused(
    'cspID as UTF8String',
    valueOf(AMD_OIDS.cspId, utf8('CN=x')),
    unexpected,
    'one type, one reading',
    kds,
    vlek,
  ),
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
