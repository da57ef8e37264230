import { describe, expect, it } from 'vitest'
import type { Extensions, VekOptions } from '../../test/support/certificates.js'
import {
  AMD_OIDS,
  LAB_CSP_ID,
  dropExtension,
  makeVek,
  repeatExtension,
  setExtension,
  subjectKeyIdentifier,
} from '../../test/support/certificates.js'
import { ascii, concat, ia5, integer, octetString, tlv, utf8 } from '../../test/support/der.js'
import { compressedSpki, ecKey, p256Spki, rsaKey } from '../../test/support/keys.js'
import type { Line } from '../../test/support/names.js'
import { LINES, amdName, authorityName } from '../../test/support/names.js'
import { labEvidence, labPki } from '../../test/support/pki.js'
import { hwIdOf, labChipId } from '../../test/support/report.js'
import { sha256Hex } from '../crypto/digests.js'
import { isVerificationError } from '../errors/error.js'
import { parseEndorsementKey } from './endorsement-key.js'

type Made = Partial<VekOptions> & { readonly line?: Line; readonly kind?: 'vcek' | 'vlek' }

const key = ecKey('endorsement key test')
function make(options: Made = {}): Uint8Array {
  const { line = 'Milan', kind = 'vcek' } = options
  const { ask, asvk } = labPki().lines[line]
  // Reading a leaf does not look at its signature, so none is made: RSA would take most of the time here.
  const sign = () => new Uint8Array(512)
  return makeVek({ line, kind, authority: kind === 'vcek' ? ask : asvk, key, sign, ...options }).der
}

function codeOf(der: Uint8Array): string | null {
  try {
    parseEndorsementKey(der)
    return null
  } catch (error) {
    if (isVerificationError(error)) return error.code
    throw error
  }
}

const edited = (edit: (list: Extensions) => Extensions, options: Made = {}) =>
  codeOf(make({ ...options, edit }))

describe('an endorsement key', () => {
  it.each(LINES.flatMap((line) => (['vcek', 'vlek'] as const).map((kind) => [line, kind] as const)))(
    'of %s, %s, is read',
    (line, kind) => {
      const { vek } = labEvidence({ line, signer: kind })
      const read = parseEndorsementKey(vek)
      expect(read).toMatchObject({ kind, productLine: line, cspId: kind === 'vlek' ? LAB_CSP_ID : null })
      expect(read.hwId).toEqual(kind === 'vcek' ? hwIdOf(line, labChipId(line)) : null)
      expect(read.tcb.layout).toBe(line === 'Turin' ? 'family1Ah' : 'family19h')
      expect(read.point).toHaveLength(97)
      expect(read.spkiSha256).toBe(sha256Hex(read.certificate.spki))
    },
  )

  it('may have its extensions in any order', () => {
    for (const line of LINES) expect(edited((list) => [...list].reverse(), { line })).toBeNull()
  })

  it('may have its hwID raw or in an OCTET STRING, as the length says', () => {
    for (const line of LINES) {
      const read = parseEndorsementKey(make({ line, wrappedHwId: true }))
      expect(read.hwId).toEqual(hwIdOf(line, labChipId(line)))
    }
    // A raw identifier that begins like a header stays what it is.
    const hwId = concat(Uint8Array.of(4, 62), new Uint8Array(62).fill(9))
    expect(parseEndorsementKey(make({ hwId })).hwId).toEqual(hwId)
  })
})

describe('names', () => {
  it.each<readonly [string, Made]>([
    ['another subject', { subject: amdName('SEV-XCEK') }],
    ['the subject of the other kind', { subject: amdName('SEV-VLEK') }],
    ['an issuer of no line', { issuer: amdName('SEV-Venice') }],
    ['an issuer without a prefix', { issuer: amdName('Milan') }],
    ['the root as issuer', { issuer: authorityName('ark', 'Milan') }],
    ['the issuer of the other kind', { issuer: authorityName('asvk', 'Milan') }],
    ['an issuer by a name that objects have', { issuer: amdName('SEV-constructor') }],
  ])('%s', (_name, options) => {
    expect(codeOf(make(options))).toBe('CERTIFICATE_PROFILE')
  })
})

describe('the public key', () => {
  const off = Uint8Array.from(key.spki)
  off[off.length - 1] = (off.at(-1) ?? 0) ^ 1

  it.each<readonly [string, Uint8Array, string]>([
    ['an RSA key', rsaKey('ask-Milan').spki, 'CERTIFICATE_PROFILE'],
    ['a P-256 key', p256Spki('wrong curve'), 'CERTIFICATE_MALFORMED'],
    ['a compressed point', compressedSpki(key), 'CERTIFICATE_MALFORMED'],
    ['a point off the curve', off, 'CERTIFICATE_MALFORMED'],
  ])('%s', (_name, spki, code) => {
    expect(codeOf(make({ spki }))).toBe(code)
  })
})

describe('extensions', () => {
  const everywhere = Object.values(AMD_OIDS)

  it('are each required, where the line and the kind have them', () => {
    for (const line of LINES) {
      for (const kind of ['vcek', 'vlek'] as const) {
        const other = kind === 'vcek' ? AMD_OIDS.cspId : AMD_OIDS.hwId
        const absent: readonly string[] = [line === 'Turin' ? AMD_OIDS.spl4 : AMD_OIDS.fmcSpl, other]
        for (const oid of everywhere.filter((one) => !absent.includes(one)))
          expect([oid, edited((list) => dropExtension(list, oid), { line, kind })]).toEqual([
            oid,
            'CERTIFICATE_PROFILE',
          ])
        for (const oid of absent) {
          const value =
            oid === AMD_OIDS.cspId
              ? ia5('CN=x')
              : oid === AMD_OIDS.hwId
                ? new Uint8Array(64).fill(1)
                : integer(0)
          const code = edited((list) => [...list, { oid, value }], { line, kind })
          expect([oid, code]).toEqual([oid, 'CERTIFICATE_PROFILE'])
        }
      }
    }
  })

  it('occur once and are not critical', () => {
    for (const oid of [AMD_OIDS.structVersion, AMD_OIDS.snpSpl, AMD_OIDS.hwId]) {
      expect(edited((list) => repeatExtension(list, oid))).toBe('CERTIFICATE_MALFORMED')
      expect(edited((list) => setExtension(list, oid, { critical: true }))).toBe('CERTIFICATE_PROFILE')
    }
  })

  it.each<readonly [string, (list: Extensions) => Extensions, string]>([
    [
      'one of somebody else',
      (list) => [...list, subjectKeyIdentifier(new Uint8Array(20))],
      'CERTIFICATE_PROFILE',
    ],
    [
      'one of AMD that nobody knows',
      (list) => [...list, { oid: '1.3.6.1.4.1.3704.1.6', value: integer(0) }],
      'CERTIFICATE_UNSUPPORTED',
    ],
    [
      'one below a known one',
      (list) => [...list, { oid: `${AMD_OIDS.snpSpl}.1`, value: integer(0) }],
      'CERTIFICATE_UNSUPPORTED',
    ],
    [
      'one whose number only begins like AMD’s arc',
      (list) => [...list, { oid: '1.3.6.1.4.1.3704.12', value: integer(0) }],
      'CERTIFICATE_PROFILE',
    ],
  ])('other than AMD’s are refused: %s', (_name, edit, code) => {
    expect(edited(edit)).toBe(code)
  })
})

describe('the values of extensions', () => {
  const set = (oid: string, value: Uint8Array) => (list: Extensions) => setExtension(list, oid, { value })

  it.each<readonly [string, Made, (list: Extensions) => Extensions, string]>([
    ['structVersion 1 on Milan', {}, set(AMD_OIDS.structVersion, integer(1)), 'CERTIFICATE_UNSUPPORTED'],
    [
      'structVersion 0 on Turin',
      { line: 'Turin' },
      set(AMD_OIDS.structVersion, integer(0)),
      'CERTIFICATE_UNSUPPORTED',
    ],
    [
      'structVersion 2',
      { line: 'Turin' },
      set(AMD_OIDS.structVersion, integer(2)),
      'CERTIFICATE_UNSUPPORTED',
    ],
    [
      'the product name of another line',
      {},
      set(AMD_OIDS.productName, ia5('Genoa-B0')),
      'CERTIFICATE_PROFILE',
    ],
    [
      'a product name that only begins right',
      {},
      set(AMD_OIDS.productName, ia5('Milano')),
      'CERTIFICATE_PROFILE',
    ],
    ['an empty product name', {}, set(AMD_OIDS.productName, ia5('')), 'CERTIFICATE_PROFILE'],
    ['a product name in UTF-8', {}, set(AMD_OIDS.productName, utf8('Milan')), 'DER_UNEXPECTED'],
    ['a level above 255', {}, set(AMD_OIDS.snpSpl, integer(256)), 'CERTIFICATE_PROFILE'],
    ['a negative level', {}, set(AMD_OIDS.snpSpl, integer(-1)), 'DER_LIMIT'],
    ['a level that is not minimal', {}, set(AMD_OIDS.snpSpl, Uint8Array.of(2, 2, 0, 1)), 'DER_NOT_CANONICAL'],
    [
      'a level with something after it',
      {},
      set(AMD_OIDS.snpSpl, concat(integer(1), integer(1))),
      'DER_TRAILING_DATA',
    ],
    ['an empty level', {}, set(AMD_OIDS.snpSpl, new Uint8Array()), 'DER_TRUNCATED'],
    ['spl4 that is not zero', {}, set(AMD_OIDS.spl4, integer(1)), 'CERTIFICATE_PROFILE'],
    ['spl5 that is not zero', { line: 'Turin' }, set(AMD_OIDS.spl5, integer(1)), 'CERTIFICATE_PROFILE'],
    ['spl6 that is not zero', {}, set(AMD_OIDS.spl6, integer(1)), 'CERTIFICATE_PROFILE'],
    ['spl7 that is not zero', { kind: 'vlek' }, set(AMD_OIDS.spl7, integer(255)), 'CERTIFICATE_PROFILE'],
    ['a hwID one byte short', {}, set(AMD_OIDS.hwId, new Uint8Array(63).fill(1)), 'CERTIFICATE_PROFILE'],
    ['a hwID one byte long', {}, set(AMD_OIDS.hwId, new Uint8Array(65).fill(1)), 'CERTIFICATE_PROFILE'],
    [
      '66 bytes that are no OCTET STRING',
      {},
      set(AMD_OIDS.hwId, new Uint8Array(66).fill(1)),
      'CERTIFICATE_PROFILE',
    ],
    ['a short hwID on Milan', {}, set(AMD_OIDS.hwId, new Uint8Array(8).fill(1)), 'CERTIFICATE_PROFILE'],
    [
      'a long hwID on Turin',
      { line: 'Turin' },
      set(AMD_OIDS.hwId, new Uint8Array(64).fill(1)),
      'CERTIFICATE_PROFILE',
    ],
    ['a hwID of zeros', {}, set(AMD_OIDS.hwId, new Uint8Array(64)), 'CERTIFICATE_PROFILE'],
    [
      'a wrapped hwID of zeros',
      {},
      set(AMD_OIDS.hwId, octetString(new Uint8Array(64))),
      'CERTIFICATE_PROFILE',
    ],
    ['an empty cspID', { kind: 'vlek' }, set(AMD_OIDS.cspId, ia5('')), 'CERTIFICATE_PROFILE'],
    ['a long cspID', { kind: 'vlek' }, set(AMD_OIDS.cspId, ia5('x'.repeat(257))), 'CERTIFICATE_PROFILE'],
    [
      'a cspID with a line end',
      { kind: 'vlek' },
      set(AMD_OIDS.cspId, ia5('CN=a\nCN=b')),
      'DER_NOT_CANONICAL',
    ],
    ['a cspID without a header', { kind: 'vlek' }, set(AMD_OIDS.cspId, ascii('CN=a')), 'DER_'],
    ['a cspID that is a NULL', { kind: 'vlek' }, set(AMD_OIDS.cspId, tlv(5)), 'DER_UNEXPECTED'],
  ])('%s', (_name, options, edit, code) => {
    expect(edited(edit, options) ?? 'accepted').toMatch(new RegExp(`^${code}`))
  })

  it('are levels by name: each one is read from its own extension', () => {
    const oids = {
      bootloader: 'blSpl',
      tee: 'teeSpl',
      snp: 'snpSpl',
      microcode: 'ucodeSpl',
      fmc: 'fmcSpl',
    } as const
    for (const line of ['Genoa', 'Turin'] as const) {
      for (const [name, oid] of Object.entries(oids).filter(
        ([level]) => level !== 'fmc' || line === 'Turin',
      )) {
        const { tcb } = parseEndorsementKey(make({ line, tcb: 0n, edit: set(AMD_OIDS[oid], integer(255)) }))
        expect(Object.entries(tcb).filter(([, value]) => value === 255)).toEqual([[name, 255]])
      }
    }
  })
})
