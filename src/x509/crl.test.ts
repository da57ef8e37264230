// Revocation lists: spoiled DER, and well-formed DER outside AMD's profile. One code each.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { derNodes, derTree, writeSpoiled } from '../../test/fuzz/der-tree.js'
import { type Outcome, outcomeOf } from '../../test/fuzz/outcome.js'
import { X509_OIDS, authorityKeyIdentifier, repeatExtension } from '../../test/support/certificates.js'
import type { Extension, Extensions } from '../../test/support/certificates.js'
import { crlNumber, makeCrl } from '../../test/support/crl.js'
import type { CrlOptions } from '../../test/support/crl.js'
import {
  ascii,
  concat,
  explicit,
  generalizedTime,
  hex,
  integer,
  longFormTlv,
  nullValue,
  octetString,
  sequence,
  tlv,
  utf8,
} from '../../test/support/der.js'
import { labCrl, labPki } from '../../test/support/pki.js'
import { pkcs1Algorithm, pssAlgorithm } from '../../test/support/pss.js'
import { realFolder } from '../../test/support/real-folder.js'
import { maxCrlBytes, parseCrl } from './crl.js'

/** A list of the lab; nobody checks its signature here. */
function crl(options: Partial<CrlOptions> = {}): Uint8Array {
  const authority = labPki().lines.Genoa.ark
  return makeCrl({ authority, entries: [{ serial: 0x20001 }], sign: () => new Uint8Array(512), ...options })
    .der
}

type Case = readonly [name: string, options: Partial<CrlOptions>, expected: Outcome]

function check(cases: readonly Case[]): void {
  it.each(cases)('%s', (_, options, expected) => {
    expect(outcomeOf(() => parseCrl(crl(options)))).toBe(expected)
  })
}

const extension = (oid: string, critical?: boolean): Extension => ({
  oid,
  value: nullValue(),
  ...(critical === undefined ? {} : { critical }),
})
const more = (...added: readonly Extension[]): Partial<CrlOptions> => ({
  edit: (list) => [...list, ...added],
})
const only = (...list: Extensions): Partial<CrlOptions> => ({ edit: () => list })
const number = (content: string): Partial<CrlOptions> =>
  only({ oid: X509_OIDS.crlNumber, value: hex(content) })

const deltaIndicator = '2.5.29.27'
const issuingPoint = '2.5.29.28'
const reason = '2.5.29.21'
const certificateIssuer = '2.5.29.29'

describe('a list', () => {
  const utc = (text: string): Uint8Array => tlv(0x17, ascii(text))
  check([
    ['with an entry', {}, 'accepted'],
    ['without the list of entries', { entries: [] }, 'accepted'],
    ['with an empty list of entries', { rawEntries: sequence() }, 'REVOCATION_MALFORMED'],
    ['of version 1', { version: null }, 'DER_UNEXPECTED'],
    ['of version 1, written out', { version: 1 }, 'REVOCATION_MALFORMED'],
    ['of version 3', { version: 3 }, 'REVOCATION_MALFORMED'],
    ['of version −1', { version: integer(-1) }, 'DER_LIMIT'],
    ['with the version tagged, as in certificates', { version: explicit(0, integer(1)) }, 'DER_UNEXPECTED'],
    ['without nextUpdate', { nextUpdate: null }, 'REVOCATION_MALFORMED'],
    ['without nextUpdate and entries', { nextUpdate: null, entries: [] }, 'REVOCATION_MALFORMED'],
    [
      'with a third time',
      { nextUpdate: concat(utc('270101000000Z'), utc('280101000000Z')) },
      'DER_UNEXPECTED',
    ],
    ['with a time that is not canonical', { thisUpdate: utc('2605010000Z') }, 'DER_NOT_CANONICAL'],
    [
      'with GeneralizedTime too early',
      { nextUpdate: generalizedTime(new Date(Date.UTC(2049, 0))) },
      'DER_NOT_CANONICAL',
    ],
    ['with GeneralizedTime', { nextUpdate: generalizedTime(new Date(Date.UTC(2050, 0))) }, 'accepted'],
    ['with a text as time', { thisUpdate: utf8('260501000000Z') }, 'DER_UNEXPECTED'],
    ['of an issuer without common name', { issuer: [{ oid: 'O', value: 'x' }] }, 'REVOCATION_MALFORMED'],
    ['with PKCS #1 v1.5', { algorithm: pkcs1Algorithm() }, 'REVOCATION_MALFORMED'],
    ['with another salt', { algorithm: pssAlgorithm({ saltLength: 32 }) }, 'REVOCATION_MALFORMED'],
    ['with trailerField written out', { algorithm: pssAlgorithm({ explicitTrailer: true }) }, 'accepted'],
    [
      'with another algorithm outside',
      { outerAlgorithm: pssAlgorithm({ explicitTrailer: true }) },
      'REVOCATION_MALFORMED',
    ],
    ['with a short signature', { sign: () => new Uint8Array(511) }, 'REVOCATION_MALFORMED'],
    ['with a long signature', { sign: () => new Uint8Array(513) }, 'REVOCATION_MALFORMED'],
    ['with unused bits', { unusedSignatureBits: 1 }, 'DER_NOT_CANONICAL'],
    ['with an element after the signature', { extraOuter: nullValue() }, 'DER_TRAILING_DATA'],
    ['with an element after the extensions', { extraTbs: nullValue() }, 'DER_TRAILING_DATA'],
    ['with a byte after it', { trailing: hex('00') }, 'DER_TRAILING_DATA'],
  ])
})

describe('entries', () => {
  const entries = (...list: readonly Uint8Array[]): Partial<CrlOptions> => ({ rawEntries: sequence(...list) })
  const date = tlv(0x17, ascii('260501120000Z'))
  const entry = (serial: Uint8Array, ...rest: readonly Uint8Array[]): Uint8Array =>
    sequence(serial, date, ...rest)
  check([
    [
      'twice the same serial number',
      { entries: [{ serial: 5 }, { serial: 6 }, { serial: 5 }] },
      'REVOCATION_MALFORMED',
    ],
    ['serial number 0, which is that of every leaf', { entries: [{ serial: 0 }] }, 'accepted'],
    ['a serial number of 20 bytes', { entries: [{ serial: 2n ** 159n - 1n }] }, 'accepted'],
    ['a serial number of 21 bytes', { entries: [{ serial: 2n ** 159n }] }, 'DER_LIMIT'],
    ['a serial number that is not minimal', { entries: [{ serial: hex('00020001') }] }, 'DER_NOT_CANONICAL'],
    ['a serial number without bytes', { entries: [{ serial: hex('') }] }, 'DER_NOT_CANONICAL'],
    [
      'a date that does not exist',
      { entries: [{ serial: 5, date: tlv(0x17, ascii('260231000000Z')) }] },
      'DER_NOT_CANONICAL',
    ],
    ['no date', entries(sequence(integer(5))), 'DER_TRUNCATED'],
    ['no serial number', entries(sequence(date)), 'DER_UNEXPECTED'],
    ['an empty entry', entries(sequence()), 'DER_TRUNCATED'],
    ['an entry that is no sequence', entries(integer(5)), 'DER_UNEXPECTED'],
    ['a reason', { entries: [{ serial: 5, extensions: [extension(reason)] }] }, 'accepted'],
    [
      'a critical reason',
      { entries: [{ serial: 5, extensions: [extension(reason, true)] }] },
      'REVOCATION_UNSUPPORTED',
    ],
    [
      'another issuer, critical',
      { entries: [{ serial: 5, extensions: [extension(certificateIssuer, true)] }] },
      'REVOCATION_UNSUPPORTED',
    ],
    [
      'a reason twice',
      { entries: [{ serial: 5, extensions: [extension(reason), extension(reason)] }] },
      'REVOCATION_MALFORMED',
    ],
    ['an empty list of extensions', entries(entry(integer(5), sequence())), 'REVOCATION_MALFORMED'],
    [
      'two lists of extensions',
      entries(entry(integer(5), sequence(sequence(hex('0603551d15'), octetString(hex('')))), sequence())),
      'DER_TRAILING_DATA',
    ],
  ])

  it('are read whatever their reason, with their dates', () => {
    const parsed = parseCrl(
      crl({
        entries: [
          { serial: 0 },
          { serial: 0x20001, date: new Date('2022-10-31T12:00:00Z'), extensions: [extension(reason)] },
          { serial: 0x80 },
        ],
      }),
    )
    expect([...parsed.revoked]).toEqual([
      ['00', Date.UTC(2026, 4, 1, 12)],
      ['020001', Date.UTC(2022, 9, 31, 12)],
      ['0080', Date.UTC(2026, 4, 1, 12)],
    ])
  })

  it('are at most 20 000', () => {
    const list = (count: number): Uint8Array =>
      crl({ rawEntries: sequence(...Array.from({ length: count }, (_, index) => entry(integer(index + 1)))) })
    expect(parseCrl(list(20_000)).revoked.size).toBe(20_000)
    expect(() => parseCrl(list(20_001))).toThrow(
      expect.objectContaining({ code: 'DER_LIMIT', message: 'too many CRL entries' }),
    )
  })
})

describe('extensions', () => {
  check([
    ['a number alone', only(crlNumber(9)), 'accepted'],
    ['an unknown one, not critical', more(extension('1.2.3.4')), 'accepted'],
    ['a freshest-CRL pointer, not critical', more(extension('2.5.29.46')), 'accepted'],
    ['an unknown one, critical', more(extension('1.2.3.4', true)), 'REVOCATION_UNSUPPORTED'],
    ['a delta CRL indicator', more(extension(deltaIndicator, true)), 'REVOCATION_UNSUPPORTED'],
    ['an issuing distribution point', more(extension(issuingPoint, true)), 'REVOCATION_UNSUPPORTED'],
    ['critical FALSE written out', more(extension('1.2.3.4', false)), 'DER_NOT_CANONICAL'],
    [
      'a number twice',
      { edit: (list) => repeatExtension(list, X509_OIDS.crlNumber) },
      'REVOCATION_MALFORMED',
    ],
    ['no number', { number: null }, 'REVOCATION_MALFORMED'],
    [
      'an empty list',
      { number: null, edit: () => [], extraTbs: explicit(0, sequence()) },
      'REVOCATION_MALFORMED',
    ],
    ['none', { number: null, edit: () => [] }, 'DER_TRUNCATED'],
    ['a number of 20 bytes', only(crlNumber(2n ** 159n - 1n)), 'accepted'],
    ['a number of 21 bytes', only(crlNumber(2n ** 159n)), 'DER_LIMIT'],
    ['a negative number', only(crlNumber(-1)), 'REVOCATION_MALFORMED'],
    ['a number that is not minimal', number('02020009'), 'DER_NOT_CANONICAL'],
    ['a number and a byte', number('02010900'), 'DER_TRAILING_DATA'],
    ['a number of another type', number('0a0109'), 'DER_UNEXPECTED'],
    ['an empty number', number(''), 'DER_TRUNCATED'],
  ])

  it('give the number', () => {
    expect(parseCrl(crl({ number: 0 })).number).toBe(0n)
    expect(parseCrl(crl({ number: 2n ** 64n })).number).toBe(2n ** 64n)
    const keyId = labPki().lines.Genoa.ark.key.keyId
    expect(parseCrl(crl(only(crlNumber(9), authorityKeyIdentifier(keyId)))).number).toBe(9n)
  })
})

const folder = realFolder()
const real = folder === null ? [] : readdirSync(join(folder, 'crls')).filter((name) => name.endsWith('.der'))

it.skipIf(folder === null)('genuine lists are among the samples', () => {
  expect(real).toHaveLength(5)
})

describe.each([
  { name: 'of the lab', der: labCrl('Genoa') },
  ...real.map((name) => ({ name, der: new Uint8Array(readFileSync(join(folder ?? '', 'crls', name))) })),
])('the list $name', ({ der }) => {
  const tree = derTree(der)
  // Algorithm identifiers are compared as bytes, not walked.
  const expectedCode = (path: string, own: Outcome): Outcome =>
    path.startsWith('0.1.') || path.startsWith('1.') ? 'REVOCATION_MALFORMED' : own

  it('is refused for one length, one tag, or one byte too few', () => {
    expect(outcomeOf(() => parseCrl(der))).toBe('accepted')
    const wrong: string[] = []
    for (const { path, content } of derNodes(tree)) {
      const long = writeSpoiled(tree, path, (tag) => longFormTlv(tag, 1, content))
      const open = writeSpoiled(tree, path, (tag) => concat(Uint8Array.of(tag, 0x80), content, hex('0000')))
      for (const spoiled of [long, open]) {
        const got = outcomeOf(() => parseCrl(spoiled))
        if (got !== expectedCode(path, 'DER_NOT_CANONICAL')) wrong.push(`${path}: ${got}`)
      }
      const high = writeSpoiled(tree, path, (tag, inner) =>
        concat(Uint8Array.of(tag | 0x1f), tlv(tag, inner).subarray(1)),
      )
      const got = outcomeOf(() => parseCrl(high))
      // nextUpdate is looked for by its tag, and a list of entries may be missing.
      const own = path === '0.4' ? 'REVOCATION_MALFORMED' : 'DER_UNEXPECTED'
      if (got !== expectedCode(path, own)) wrong.push(`${path}, high tag: ${got}`)
    }
    expect(wrong).toEqual([])
    const cuts = new Set(Array.from(der, (_, length) => outcomeOf(() => parseCrl(der.subarray(0, length)))))
    expect([...cuts]).toEqual(['DER_TRUNCATED'])
    expect(outcomeOf(() => parseCrl(concat(der, hex('00'))))).toBe('DER_TRAILING_DATA')
  })
})

describe('a list as a whole', () => {
  it('of more than 1 MiB is not read', () => {
    const padded = (length: number): Uint8Array =>
      crl(more({ oid: '1.2.3.4', value: new Uint8Array(length) }))
    const rest = padded(900_000).length - 900_000
    expect(outcomeOf(() => parseCrl(padded(maxCrlBytes - rest)))).toBe('accepted')
    expect(outcomeOf(() => parseCrl(padded(maxCrlBytes - rest + 1)))).toBe('DER_LIMIT')
  })

  it('is a copy', () => {
    const der = crl()
    const parsed = parseCrl(der)
    const tbs = parsed.tbs.slice()
    der.fill(0)
    expect(parsed.tbs).toEqual(tbs)
    expect(parsed.signature).toHaveLength(512)
  })
})
