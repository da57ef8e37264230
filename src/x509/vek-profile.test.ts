// Endorsement keys: what each extension may be, on which product line, in which kind of certificate. One code each.
import { describe, expect, it } from 'vitest'
import { type Outcome, outcomeOf } from '../../test/fuzz/outcome.js'
import {
  AMD_OIDS,
  X509_OIDS,
  basicConstraints,
  dropExtension,
  keyUsage,
  makeVek,
  repeatExtension,
  setExtension,
} from '../../test/support/certificates.js'
import type { Extensions, VekOptions } from '../../test/support/certificates.js'
import {
  ascii,
  bitString,
  concat,
  explicit,
  hex,
  ia5,
  integer,
  octetString,
  tlv,
  utf8,
} from '../../test/support/der.js'
import { compressedSpki, ecKey, ecSpki, p256Spki, rsaKey } from '../../test/support/keys.js'
import { LINES, amdName } from '../../test/support/names.js'
import type { Line, VekKind } from '../../test/support/names.js'
import { labPki } from '../../test/support/pki.js'
import { defaultTcb, hwIdOf, labChipId } from '../../test/support/report.js'
import { parseEndorsementKey } from '../endorsement/endorsement-key.js'

type Options = Partial<Omit<VekOptions, 'line' | 'kind'>>

/** A leaf of the lab; nobody checks its signature here. */
function leaf(line: Line, kind: VekKind, options: Options = {}): Uint8Array {
  const authority = labPki().lines[line][kind === 'vcek' ? 'ask' : 'asvk']
  return makeVek({ authority, sign: () => new Uint8Array(512), ...options, line, kind }).der
}
const judge = (line: Line, kind: VekKind, options?: Options): Outcome =>
  outcomeOf(() => parseEndorsementKey(leaf(line, kind, options)))

const edit = (change: (list: Extensions) => Extensions): Options => ({ edit: change })
const value = (name: keyof typeof AMD_OIDS, bytes: Uint8Array): Options =>
  edit((list) => setExtension(list, AMD_OIDS[name], { value: bytes }))
const without = (name: keyof typeof AMD_OIDS): Options => edit((list) => dropExtension(list, AMD_OIDS[name]))
const extra = (id: string, bytes: Uint8Array): Options => edit((list) => [...list, { oid: id, value: bytes }])

const levels = ['blSpl', 'teeSpl', 'snpSpl', 'ucodeSpl'] as const
const zeroLevels = ['spl5', 'spl6', 'spl7'] as const
const texts = { vcek: ['productName'], vlek: ['productName', 'cspId'] } as const

describe.each(
  LINES.flatMap((line) => [
    { line, kind: 'vcek' as const },
    { line, kind: 'vlek' as const },
  ]),
)('a $kind of $line', ({ line, kind }) => {
  const turin = line === 'Turin'
  const wanted = [
    'structVersion',
    'productName',
    ...levels,
    ...zeroLevels,
    turin ? 'fmcSpl' : 'spl4',
    kind === 'vcek' ? 'hwId' : 'cspId',
  ] as const

  it('says its line, kind, TCB and owner, in any order', () => {
    const key = parseEndorsementKey(leaf(line, kind))
    const { bootloader, tee, snp, microcode } = defaultTcb(line)
    expect(key).toMatchObject({ kind, productLine: line, tcb: { bootloader, tee, snp, microcode } })
    expect('fmc' in key.tcb).toBe(turin)
    expect(key.hwId).toEqual(kind === 'vcek' ? hwIdOf(line, labChipId(line)) : null)
    expect(key.cspId === null).toBe(kind === 'vcek')
    const turned = parseEndorsementKey(
      leaf(
        line,
        kind,
        edit((list) => [...list].reverse()),
      ),
    )
    expect({ ...turned, certificate: null }).toEqual({ ...key, certificate: null })
  })

  it.each(wanted)('must have %s, once and not critical', (name) => {
    expect(judge(line, kind, without(name))).toBe('CERTIFICATE_PROFILE')
    expect(
      judge(
        line,
        kind,
        edit((list) => repeatExtension(list, AMD_OIDS[name])),
      ),
    ).toBe('CERTIFICATE_MALFORMED')
    const critical = edit((list) => setExtension(list, AMD_OIDS[name], { critical: true }))
    expect(judge(line, kind, critical)).toBe('CERTIFICATE_PROFILE')
    const written = edit((list) => setExtension(list, AMD_OIDS[name], { critical: false }))
    expect(judge(line, kind, written)).toBe('DER_NOT_CANONICAL')
  })

  it.each(['structVersion', ...levels, ...zeroLevels, turin ? 'fmcSpl' : 'spl4'] as const)(
    'has %s as one minimal INTEGER',
    (name) => {
      const level = (levels as readonly string[]).includes(name) || name === 'fmcSpl'
      const cases: readonly (readonly [string, Uint8Array, Outcome])[] = [
        ['a byte too many', hex('02020000'), 'DER_NOT_CANONICAL'],
        ['no byte', hex('0200'), 'DER_NOT_CANONICAL'],
        ['a long length', hex('02810100'), 'DER_NOT_CANONICAL'],
        ['an indefinite length', hex('028000'), 'DER_NOT_CANONICAL'],
        ['nothing', hex(''), 'DER_TRUNCATED'],
        ['half', hex('0202ff'), 'DER_TRUNCATED'],
        ['a byte after it', hex('02010000'), 'DER_TRAILING_DATA'],
        ['two', concat(integer(0), integer(0)), 'DER_TRAILING_DATA'],
        ['a BOOLEAN', hex('010100'), 'DER_UNEXPECTED'],
        ['an ENUMERATED', hex('0a0100'), 'DER_UNEXPECTED'],
        ['an OCTET STRING', octetString(hex('00')), 'DER_UNEXPECTED'],
        ['an INTEGER in an OCTET STRING', octetString(integer(0)), 'DER_UNEXPECTED'],
        ['a raw byte', hex('00'), 'DER_TRUNCATED'],
        ['a tagged INTEGER', explicit(0, integer(0)), 'DER_UNEXPECTED'],
        ['−1', integer(-1), 'DER_LIMIT'],
        ['2^31', integer(2 ** 31), 'DER_LIMIT'],
        ['2^64', integer(2n ** 64n), 'DER_LIMIT'],
        [
          '255',
          integer(255),
          level ? 'accepted' : name === 'structVersion' ? 'CERTIFICATE_UNSUPPORTED' : 'CERTIFICATE_PROFILE',
        ],
        ['256', integer(256), name === 'structVersion' ? 'CERTIFICATE_UNSUPPORTED' : 'CERTIFICATE_PROFILE'],
      ]
      for (const [what, bytes, expected] of cases)
        expect(judge(line, kind, value(name, bytes)), what).toBe(expected)
    },
  )

  it.each(texts[kind])('has %s as one IA5String', (name) => {
    const cases: readonly (readonly [string, Uint8Array, Outcome])[] = [
      ['UTF-8', utf8(line), 'DER_UNEXPECTED'],
      ['a printable string', tlv(0x13, ascii(line)), 'DER_UNEXPECTED'],
      ['raw text', ascii('Milan'), 'DER_TRUNCATED'],
      ['a zero byte', ia5(`${line}\0`), 'DER_NOT_CANONICAL'],
      ['a byte above 7E', ia5(`${line}\x7f`), 'DER_NOT_CANONICAL'],
      ['a line end', ia5(`${line}\n`), 'DER_NOT_CANONICAL'],
      ['two', concat(ia5(line), ia5(line)), 'DER_TRAILING_DATA'],
      ['nothing', hex(''), 'DER_TRUNCATED'],
      ['an empty text', ia5(''), 'CERTIFICATE_PROFILE'],
    ]
    for (const [what, bytes, expected] of cases)
      expect(judge(line, kind, value(name, bytes)), what).toBe(expected)
  })

  it('has the structVersion of its line', () => {
    for (const version of [0, 1, 2, 3]) {
      const known = version === (turin ? 1 : 0)
      expect(judge(line, kind, { structVersion: version })).toBe(
        known ? 'accepted' : 'CERTIFICATE_UNSUPPORTED',
      )
    }
  })

  it('has the product name of its line, with or without a stepping', () => {
    for (const [name, expected] of [
      [line, 'accepted'],
      [`${line}-B1`, 'accepted'],
      [line.toLowerCase(), 'CERTIFICATE_PROFILE'],
      [`${line}X`, 'CERTIFICATE_PROFILE'],
      [` ${line}`, 'CERTIFICATE_PROFILE'],
      [`-${line}`, 'CERTIFICATE_PROFILE'],
      ...LINES.filter((other) => other !== line).map((other) => [other, 'CERTIFICATE_PROFILE'] as const),
    ] as const)
      expect(judge(line, kind, { productName: name }), name).toBe(expected)
  })

  it('has nothing of another line or kind, and nothing that is not AMD’s', () => {
    const cases: readonly (readonly [string, Options, Outcome])[] = [
      [
        turin ? 'spl4' : 'fmcSpl',
        extra(turin ? AMD_OIDS.spl4 : AMD_OIDS.fmcSpl, integer(0)),
        'CERTIFICATE_PROFILE',
      ],
      [
        kind === 'vcek' ? 'cspID' : 'hwID',
        kind === 'vcek'
          ? extra(AMD_OIDS.cspId, ia5('CN=x'))
          : extra(AMD_OIDS.hwId, new Uint8Array(64).fill(1)),
        'CERTIFICATE_PROFILE',
      ],
      ['the next level', extra('1.3.6.1.4.1.3704.1.3.10', integer(0)), 'CERTIFICATE_UNSUPPORTED'],
      ['the next of AMD’s', extra('1.3.6.1.4.1.3704.1.6', integer(0)), 'CERTIFICATE_UNSUPPORTED'],
      ['something below a level', extra(`${AMD_OIDS.snpSpl}.1`, integer(0)), 'CERTIFICATE_UNSUPPORTED'],
      ['another arc of AMD’s', extra('1.3.6.1.4.1.3704.2', integer(0)), 'CERTIFICATE_PROFILE'],
      ['an arc that begins alike', extra('1.3.6.1.4.1.3704.10', integer(0)), 'CERTIFICATE_PROFILE'],
      ['the arc itself', extra('1.3.6.1.4.1.3704.1', integer(0)), 'CERTIFICATE_PROFILE'],
      ['a key usage', edit((list) => [...list, keyUsage(0)]), 'CERTIFICATE_PROFILE'],
      ['basic constraints', edit((list) => [...list, basicConstraints(0)]), 'CERTIFICATE_PROFILE'],
      [
        'a key identifier',
        extra(X509_OIDS.subjectKeyIdentifier, octetString(hex('01'))),
        'CERTIFICATE_PROFILE',
      ],
      ['an unknown extension', extra('1.2.3.4', hex('00')), 'CERTIFICATE_PROFILE'],
    ]
    for (const [what, options, expected] of cases) expect(judge(line, kind, options), what).toBe(expected)
  })

  it('has the names of its kind and line', () => {
    const own = kind === 'vcek' ? 'SEV-VCEK' : 'SEV-VLEK'
    const other = kind === 'vcek' ? 'SEV-VLEK' : 'SEV-VCEK'
    const prefix = kind === 'vcek' ? 'SEV-' : 'SEV-VLEK-'
    for (const name of [other, `${own} `, own.toLowerCase(), `${own}-${line}`, 'SEV', `SEV-${line}`, 'x'])
      expect(judge(line, kind, { subject: amdName(name) }), name).toBe('CERTIFICATE_PROFILE')
    for (const name of [
      `${kind === 'vcek' ? 'SEV-VLEK-' : 'SEV-'}${line}`,
      `ARK-${line}`,
      `${prefix}Venice`,
      `${prefix}${line} `,
      `${prefix}${line.toLowerCase()}`,
      `${prefix}constructor`,
      prefix,
      line,
      own,
    ])
      expect(judge(line, kind, { issuer: amdName(name) }), name).toBe('CERTIFICATE_PROFILE')
    const [elsewhere = 'Genoa'] = LINES.filter((one) => one !== line)
    expect(judge(line, kind, { issuer: amdName(`${prefix}${elsewhere}`) })).not.toBe('accepted')
  })

  it('has a P-384 key, a point on the curve', () => {
    const { point, spki } = ecKey('vek profile')
    const changed = (index: number): Uint8Array => {
      const copy = point.slice()
      copy[index] = (copy[index] ?? 0) ^ 1
      return copy
    }
    // p as a coordinate means 0 to a reader that reduces it.
    const p = hex((2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n).toString(16))
    const b = hex(
      'b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef',
    )
    for (const [what, key, expected] of [
      ['its own', spki, 'accepted'],
      ['RSA', rsaKey('ark-Milan').spki, 'CERTIFICATE_PROFILE'],
      ['P-256', p256Spki('vek profile'), 'CERTIFICATE_MALFORMED'],
      ['compressed', compressedSpki(ecKey('vek profile')), 'CERTIFICATE_MALFORMED'],
      ['off the curve in x', ecSpki(changed(10)), 'CERTIFICATE_MALFORMED'],
      ['off the curve in y', ecSpki(changed(96)), 'CERTIFICATE_MALFORMED'],
      ['zero', ecSpki(concat(hex('04'), new Uint8Array(96))), 'CERTIFICATE_MALFORMED'],
      ['x = p', ecSpki(concat(hex('04'), p, b)), 'CERTIFICATE_MALFORMED'],
      ['all FF', ecSpki(concat(hex('04'), new Uint8Array(96).fill(0xff))), 'CERTIFICATE_MALFORMED'],
      ['no algorithm', bitString(point), 'DER_UNEXPECTED'],
    ] as const)
      expect(judge(line, kind, { spki: key }), what).toBe(expected)
  })
})

describe('hwID', () => {
  it.each(LINES)('of %s is as long as CHIP_ID counts, raw or in an OCTET STRING', (line) => {
    const id = hwIdOf(line, labChipId(line))
    const { length } = id
    // A raw identifier may begin like the header of an OCTET STRING: the length decides.
    const likeHeader = concat(Uint8Array.of(0x04, length - 2), id.subarray(2))
    for (const [what, bytes, expected] of [
      ['raw', id, id],
      ['wrapped', octetString(id), id],
      ['raw, like a header', likeHeader, likeHeader],
      ['wrapped, like a header', octetString(likeHeader), likeHeader],
    ] as const)
      expect(parseEndorsementKey(leaf(line, 'vcek', value('hwId', bytes))).hwId, what).toEqual(expected)
    for (const [what, bytes] of [
      ['a byte less', id.subarray(1)],
      ['a byte more', concat(id, hex('00'))],
      ['two bytes more', concat(hex('0000'), id)],
      ['wrapped in another type', tlv(0x03, id)],
      ['wrapped, with another length', concat(Uint8Array.of(0x04, length + 1), id)],
      ['wrapped, a byte less', octetString(id.subarray(1))],
      ['wrapped, a byte more', octetString(concat(id, hex('00')))],
      ['wrapped twice', octetString(octetString(id))],
      ['empty', hex('')],
      ['zero', new Uint8Array(length)],
      ['zero, wrapped', octetString(new Uint8Array(length))],
      ['of the other lines', labChipId('Milan').subarray(0, length === 8 ? 64 : 8)],
    ] as const)
      expect(judge(line, 'vcek', value('hwId', bytes)), what).toBe('CERTIFICATE_PROFILE')
  })
})

describe('cspID', () => {
  it('is text of 1 to 256 characters', () => {
    expect(parseEndorsementKey(leaf('Milan', 'vlek', { cspId: 'CN=x' })).cspId).toBe('CN=x')
    expect(judge('Milan', 'vlek', { cspId: 'c'.repeat(256) })).toBe('accepted')
    expect(judge('Milan', 'vlek', { cspId: 'c'.repeat(257) })).toBe('CERTIFICATE_PROFILE')
  })
})
