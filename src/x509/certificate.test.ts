// Certificates that are well-formed DER but not of AMD's profile, or not the same to every reader: one code each.
import { describe, expect, it } from 'vitest'
import { type Outcome, outcomeOf } from '../../test/fuzz/outcome.js'
import { X509_OIDS, keyUsage, makeCertificate, repeatExtension } from '../../test/support/certificates.js'
import type { CertificateOptions, Extensions } from '../../test/support/certificates.js'
import {
  ascii,
  bitString,
  boolean,
  concat,
  explicit,
  generalizedTime,
  hex,
  ia5,
  implicit,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  set,
  tlv,
  toHex,
  utf8,
} from '../../test/support/der.js'
import { ecKey, rsaKey } from '../../test/support/keys.js'
import { amdName, nameDer } from '../../test/support/names.js'
import { maxCertificateBytes, parseCertificate } from './certificate.js'

const key = ecKey('certificate test')
const extensions: Extensions = [
  keyUsage(5),
  { oid: X509_OIDS.subjectKeyIdentifier, value: octetString(hex('0102')) },
]

/** A certificate of AMD's shape with some parts replaced. Nobody checks the signature here. */
function certificate(options: Partial<CertificateOptions> = {}): Uint8Array {
  return makeCertificate({
    serial: 0,
    issuer: amdName('SEV-Milan'),
    subject: amdName('SEV-VCEK'),
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2033-01-01T00:00:00Z'),
    spki: key.spki,
    extensions,
    sign: () => new Uint8Array(512).fill(7),
    ...options,
  }).der
}

type Case = readonly [name: string, options: Partial<CertificateOptions>, expected: Outcome]

function check(cases: readonly Case[]): void {
  it.each(cases)('%s', (_, options, expected) => {
    expect(outcomeOf(() => parseCertificate(certificate(options)))).toBe(expected)
  })
}

describe('version and serial number', () => {
  check([
    ['version 3', { version: 3 }, 'accepted'],
    ['version 1, as the default', { version: null }, 'DER_UNEXPECTED'],
    ['version 1, written out', { version: 1 }, 'CERTIFICATE_MALFORMED'],
    ['version 2', { version: 2 }, 'CERTIFICATE_MALFORMED'],
    ['version 4', { version: 4 }, 'CERTIFICATE_MALFORMED'],
    ['version −1', { version: explicit(0, integer(-1)) }, 'DER_LIMIT'],
    ['two versions', { version: explicit(0, integer(2), integer(2)) }, 'DER_TRAILING_DATA'],
    ['version as octets', { version: explicit(0, octetString(hex('02'))) }, 'DER_UNEXPECTED'],
    ['version without its tag', { version: integer(2) }, 'DER_UNEXPECTED'],
    ['serial 0, as all of AMD’s leaves have', { serial: 0 }, 'accepted'],
    ['serial 2^159 − 1', { serial: 2n ** 159n - 1n }, 'accepted'],
    ['serial 2^159', { serial: 2n ** 159n }, 'DER_LIMIT'],
    ['serial of 200 bytes', { serial: 1n << 1600n }, 'DER_LIMIT'],
    ['serial −1', { serial: -1 }, 'CERTIFICATE_MALFORMED'],
    ['serial −2^159', { serial: -(2n ** 159n) }, 'CERTIFICATE_MALFORMED'],
    ['serial 0 in two bytes', { serial: hex('0000') }, 'DER_NOT_CANONICAL'],
    ['serial 1 in two bytes', { serial: hex('0001') }, 'DER_NOT_CANONICAL'],
    ['serial without bytes', { serial: hex('') }, 'DER_NOT_CANONICAL'],
  ])
})

describe('validity', () => {
  const utc = (text: string): Uint8Array => tlv(0x17, ascii(text))
  check([
    ['the last second of UTCTime', { notAfter: utc('491231235959Z') }, 'accepted'],
    [
      'the first second of GeneralizedTime',
      { notAfter: generalizedTime(new Date(Date.UTC(2050, 0))) },
      'accepted',
    ],
    ['the first second of UTCTime', { notBefore: utc('500101000000Z') }, 'accepted'],
    [
      'GeneralizedTime too early',
      { notAfter: generalizedTime(new Date(Date.UTC(2049, 11, 31))) },
      'DER_NOT_CANONICAL',
    ],
    [
      'GeneralizedTime in 1949',
      { notBefore: generalizedTime(new Date(Date.UTC(1949, 11, 31))) },
      'DER_NOT_CANONICAL',
    ],
    ['no seconds', { notBefore: utc('2601010000Z') }, 'DER_NOT_CANONICAL'],
    ['an offset', { notBefore: utc('260101000000+0000') }, 'DER_NOT_CANONICAL'],
    ['31 February', { notAfter: utc('330231000000Z') }, 'DER_NOT_CANONICAL'],
    ['24:00', { notAfter: utc('330101240000Z') }, 'DER_NOT_CANONICAL'],
    ['a text as time', { notAfter: utf8('330101000000Z') }, 'DER_UNEXPECTED'],
    ['three times', { notAfter: concat(utc('330101000000Z'), utc('330101000000Z')) }, 'DER_TRAILING_DATA'],
    ['one time', { notAfter: new Uint8Array() }, 'DER_TRUNCATED'],
  ])

  it('is read to the second, and says nothing about now', () => {
    const parsed = parseCertificate(
      certificate({ notBefore: utc('500101000000Z'), notAfter: utc('491231235959Z') }),
    )
    expect(parsed.notBefore).toBe(Date.UTC(1950, 0))
    expect(parsed.notAfter).toBe(Date.UTC(2049, 11, 31, 23, 59, 59))
  })
})

describe('names', () => {
  const attribute = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), value)
  const cn = '2.5.4.3'
  const many = Array.from({ length: 16 }, (_, index) => ({ oid: `2.5.4.${index + 100}`, value: 'x' }))
  check([
    ['a common name alone', { subject: [{ oid: 'CN', value: 'x' }] }, 'accepted'],
    ['a printable common name', { subject: [{ oid: 'CN', value: 'x', type: 'printable' }] }, 'accepted'],
    ['no attributes', { issuer: [] }, 'CERTIFICATE_MALFORMED'],
    ['no common name', { issuer: [{ oid: 'O', value: 'x' }] }, 'CERTIFICATE_MALFORMED'],
    [
      'two common names',
      { subject: [...amdName('SEV-VCEK'), { oid: 'CN', value: 'SEV-VCEK' }] },
      'CERTIFICATE_MALFORMED',
    ],
    [
      'two equal attributes',
      { subject: [...amdName('SEV-VCEK'), { oid: 'O', value: 'x' }] },
      'CERTIFICATE_MALFORMED',
    ],
    ['an empty common name', { subject: [{ oid: 'CN', value: '' }] }, 'CERTIFICATE_MALFORMED'],
    ['an IA5 common name', { subject: [{ oid: 'CN', value: 'x', type: 'ia5' }] }, 'CERTIFICATE_MALFORMED'],
    [
      'a teletex common name',
      { subject: sequence(set(attribute(cn, tlv(0x14, ascii('x'))))) },
      'CERTIFICATE_MALFORMED',
    ],
    [
      'a BMP common name',
      { subject: sequence(set(attribute(cn, tlv(0x1e, hex('0078'))))) },
      'CERTIFICATE_MALFORMED',
    ],
    [
      'a name that is not UTF-8',
      { subject: sequence(set(attribute(cn, tlv(0x0c, hex('ff'))))) },
      'CERTIFICATE_MALFORMED',
    ],
    ['a sequence as name', { subject: sequence(set(attribute(cn, sequence()))) }, 'CERTIFICATE_MALFORMED'],
    [
      'two attributes in one RDN',
      { subject: sequence(set(attribute(cn, utf8('x')), attribute('2.5.4.10', utf8('y')))) },
      'DER_TRAILING_DATA',
    ],
    ['an empty RDN', { subject: sequence(set()) }, 'DER_TRUNCATED'],
    ['an attribute without value', { subject: sequence(set(sequence(oid(cn)))) }, 'DER_TRUNCATED'],
    [
      'an attribute of three',
      { subject: sequence(set(sequence(oid(cn), utf8('x'), utf8('y')))) },
      'DER_TRAILING_DATA',
    ],
    ['16 attributes', { subject: [...many.slice(1), { oid: 'CN', value: 'x' }] }, 'accepted'],
    ['17 attributes', { subject: [...many, { oid: 'CN', value: 'x' }] }, 'CERTIFICATE_MALFORMED'],
    ['a set as name', { issuer: tlv(0x31, nameDer(amdName('SEV-Milan')).subarray(2)) }, 'DER_UNEXPECTED'],
  ])

  it('keep their bytes', () => {
    const issuer = amdName('SEV-Milan')
    const parsed = parseCertificate(certificate({ issuer, subject: amdName('SEV-VCEK') }))
    expect(parsed.issuer).toEqual({ raw: nameDer(issuer), commonName: 'SEV-Milan' })
    expect(parsed.subject.commonName).toBe('SEV-VCEK')
  })
})

describe('signatures', () => {
  const signature = (length: number): Partial<CertificateOptions> => ({ sign: () => new Uint8Array(length) })
  check([
    ['512 bytes', signature(512), 'accepted'],
    ['511 bytes', signature(511), 'CERTIFICATE_MALFORMED'],
    ['513 bytes', signature(513), 'CERTIFICATE_MALFORMED'],
    ['256 bytes', signature(256), 'CERTIFICATE_MALFORMED'],
    ['none', signature(0), 'CERTIFICATE_MALFORMED'],
    ['unused bits', { unusedSignatureBits: 1, sign: () => new Uint8Array(512) }, 'DER_NOT_CANONICAL'],
    ['more than 7 unused bits', { unusedSignatureBits: 8 }, 'DER_NOT_CANONICAL'],
    ['an element after the signature', { extraOuter: nullValue() }, 'DER_TRAILING_DATA'],
    ['a second signature', { extraOuter: bitString(new Uint8Array(512)) }, 'DER_TRAILING_DATA'],
    ['a byte after the certificate', { trailing: hex('00') }, 'DER_TRAILING_DATA'],
    ['an element inside, after the extensions', { extraTbs: nullValue() }, 'DER_TRAILING_DATA'],
  ])
})

describe('extensions', () => {
  const one = extensions[1]?.value ?? hex('')
  const ext = (...parts: readonly Uint8Array[]): Uint8Array => explicit(3, sequence(sequence(...parts)))
  const id = oid(X509_OIDS.subjectKeyIdentifier)
  const list = (count: number): Extensions =>
    Array.from({ length: count }, (_, index) => ({ oid: `2.5.29.${1000 + index}`, value: hex('00') }))
  check([
    ['in the other order', { extensions: [...extensions].reverse() }, 'accepted'],
    ['32 of them', { extensions: list(32) }, 'accepted'],
    ['33 of them', { extensions: list(33) }, 'DER_LIMIT'],
    ['none', { extensions: null }, 'CERTIFICATE_MALFORMED'],
    ['an empty list', { extensions: [] }, 'CERTIFICATE_MALFORMED'],
    ['an empty wrapper', { extensions: explicit(3) }, 'DER_TRUNCATED'],
    [
      'two lists',
      { extensions: explicit(3, sequence(sequence(id, octetString(one))), sequence()) },
      'DER_TRAILING_DATA',
    ],
    [
      'one of them twice',
      { extensions: repeatExtension(extensions, X509_OIDS.keyUsage) },
      'CERTIFICATE_MALFORMED',
    ],
    [
      'one twice, with other values',
      { extensions: [...extensions, { oid: X509_OIDS.keyUsage, value: hex('00') }] },
      'CERTIFICATE_MALFORMED',
    ],
    [
      'critical FALSE written out',
      { extensions: ext(id, boolean(false), octetString(one)) },
      'DER_NOT_CANONICAL',
    ],
    ['critical as 01', { extensions: ext(id, hex('010101'), octetString(one)) }, 'DER_NOT_CANONICAL'],
    [
      'critical twice',
      { extensions: ext(id, boolean(true), boolean(true), octetString(one)) },
      'DER_UNEXPECTED',
    ],
    ['no value', { extensions: ext(id) }, 'DER_TRUNCATED'],
    ['a value that is no octet string', { extensions: ext(id, integer(1)) }, 'DER_UNEXPECTED'],
    ['a bit string as value', { extensions: ext(id, bitString(one)) }, 'DER_UNEXPECTED'],
    ['two values', { extensions: ext(id, octetString(one), octetString(one)) }, 'DER_TRAILING_DATA'],
    ['no identifier', { extensions: ext(octetString(one)) }, 'DER_UNEXPECTED'],
    [
      'an identifier that is not minimal',
      { extensions: ext(hex('0604551d800e'), octetString(one)) },
      'DER_NOT_CANONICAL',
    ],
    [
      'an issuer’s unique identifier',
      { extensions: concat(implicit(1, hex('00aa')), explicit(3, sequence())) },
      'CERTIFICATE_MALFORMED',
    ],
    [
      'a subject’s unique identifier',
      { extensions: concat(implicit(2, hex('00aa')), explicit(3, sequence())) },
      'CERTIFICATE_MALFORMED',
    ],
    ['under [3] without constructing', { extensions: implicit(3, hex('3000')) }, 'CERTIFICATE_MALFORMED'],
    ['under another tag', { extensions: explicit(4, sequence()) }, 'CERTIFICATE_MALFORMED'],
  ])

  it('are kept in order, with their values', () => {
    const { extensions: read } = parseCertificate(certificate())
    expect([...read.values()]).toEqual([
      { oid: X509_OIDS.keyUsage, critical: true, value: extensions[0]?.value },
      { oid: X509_OIDS.subjectKeyIdentifier, critical: false, value: one },
    ])
  })
})

describe('a certificate', () => {
  it('of more than 16 KiB is not read', () => {
    const padded = (length: number): Uint8Array =>
      certificate({ extensions: [{ oid: '2.5.29.1000', value: new Uint8Array(length) }] })
    const rest = padded(10_000).length - 10_000
    expect(outcomeOf(() => parseCertificate(padded(maxCertificateBytes - rest)))).toBe('accepted')
    expect(outcomeOf(() => parseCertificate(padded(maxCertificateBytes - rest + 1)))).toBe('DER_LIMIT')
  })

  it('is a copy', () => {
    const der = certificate({ serial: 0x1234 })
    const parsed = parseCertificate(der)
    const before = [parsed.der, parsed.tbs, parsed.spki, parsed.signature, parsed.issuer.raw].map(toHex)
    der.fill(0)
    expect([parsed.der, parsed.tbs, parsed.spki, parsed.signature, parsed.issuer.raw].map(toHex)).toEqual(
      before,
    )
    expect(parsed.serial).toBe('1234')
  })

  it('has a key of one of two kinds', () => {
    const rsa = rsaKey('ark-Milan')
    expect(parseCertificate(certificate()).key).toEqual({ kind: 'p384', point: key.point })
    const read = parseCertificate(certificate({ spki: rsa.spki })).key
    expect(read.kind).toBe('rsa4096')
    expect(parseCertificate(certificate({ spki: rsa.spki })).spki).toEqual(rsa.spki)
  })

  it.each([
    ['text', ia5('x')],
    ['an empty sequence', sequence()],
    ['a sequence of nothing much', sequence(sequence(), sequence(), bitString(hex('')))],
  ])('is not %s', (_, bytes) => {
    expect(outcomeOf(() => parseCertificate(bytes))).toMatch(/^DER_/)
  })
})
