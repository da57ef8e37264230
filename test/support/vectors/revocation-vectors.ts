// Stage revocation: what a CRL must be, and what a policy can demand of it.
import { amdName } from '../names.js'
import { rsaKey } from '../keys.js'
import { LINES, type Line, type VekKind } from '../names.js'
import { labCrl, labPki } from '../pki.js'
import { pssAlgorithm, signPss } from '../pss.js'
import type { CrlOptions } from '../crl.js'
import { concat, integer, sequence } from '../der.js'
import { type CrlInput, type Json, type TestSketch, type VectorFile, group, vectorFile } from './format.js'
import { accepted, base64, evidenceOf, policyWith } from './inputs.js'

const rfc = 'RFC 5280 §5, §6.3'
const rule = { crl: 'required', graceDays: 0, minNumbers: { Genoa: 7 }, maxFetchAgeDays: 30 } as const
const stated = { unchecked: 'not part of this vector' }
const policyOf = (changes: Readonly<Record<string, Json>> = {}): Json => policyWith('revocation', { ...rule, ...changes })

const fetchedAt = '2026-05-30T00:00:00Z'
const crlOf = (options: Partial<CrlOptions> = {}, more: Partial<CrlInput> = { fetchedAt }): CrlInput => ({
  crl: base64(labCrl('Genoa', options)),
  ...more,
})

const accept = (comment: string, why: string, crls: readonly CrlInput[], policy: Json = policyOf(), at?: string): TestSketch => ({
  comment,
  why,
  source: rfc,
  flags: ['valid'],
  input: { crls, policy, ...(at === undefined ? {} : { at }) },
})
const unverifiable = (
  comment: string,
  why: string,
  crls: readonly CrlInput[],
  [code, check]: readonly [code: string, check: string],
  policy: Json = policyOf(),
  at?: string,
): TestSketch => ({ ...accept(comment, why, crls, policy, at), flags: ['missingStep'], code, verdict: 'unverifiable', failed: [check] })

const missing = ['REVOCATION_MISSING', 'revocation.crl'] as const
const stale = ['REVOCATION_STALE', 'revocation.graceDays'] as const
const low = ['REVOCATION_NUMBER', 'revocation.minNumbers'] as const
const old = ['REVOCATION_FETCH_AGE', 'revocation.maxFetchAgeDays'] as const

const ageWhy = 'a host can keep an old CRL back; number and fetch time bound its age'
const windowWhy = 'a CRL counts up to its nextUpdate, to the millisecond, and the grace of the policy'

const policy: readonly TestSketch[] = [
  accept('a CRL that satisfies all', 'the base case', [crlOf()]),
  unverifiable('none', 'required means required', [], missing),
  unverifiable('one of another line only', 'it says nothing about this chain', [{ crl: base64(labCrl('Milan')), fetchedAt }], missing),
  accept('one of another line beside the right one', 'others are ignored', [{ crl: base64(labCrl('Milan')), fetchedAt }, crlOf()]),
  accept('at nextUpdate', windowWhy, [crlOf()], policyOf({ maxFetchAgeDays: 365 }), '2026-07-01T00:00:00Z'),
  unverifiable('1 s after nextUpdate', windowWhy, [crlOf()], stale, policyOf({ maxFetchAgeDays: 365 }), '2026-07-01T00:00:01Z'),
  accept('at the end of 3 days of grace', windowWhy, [crlOf()], policyOf({ graceDays: 3, maxFetchAgeDays: 365 }), '2026-07-04T00:00:00Z'),
  unverifiable('1 s after 3 days of grace', windowWhy, [crlOf()], stale, policyOf({ graceDays: 3, maxFetchAgeDays: 365 }), '2026-07-04T00:00:01Z'),
  accept('years stale with graceDays unchecked', 'the policy says so', [crlOf()], policyOf({ graceDays: stated, maxFetchAgeDays: stated }), '2031-01-01T00:00:00Z'),
  accept('a CRL from after the time of verification', 'a newer CRL knows more', [crlOf({ thisUpdate: new Date('2026-06-20T00:00:00Z') })]),
  unverifiable('number 6 with a floor of 7', ageWhy, [crlOf({ number: 6 })], low),
  accept('number 7 with a floor of 7', ageWhy, [crlOf({ number: 7 })]),
  accept('number 2^64 with a floor of 7', 'CRL numbers may have 20 bytes', [crlOf({ number: 2n ** 64n })]),
  accept('a floor for another line only', 'a floor counts for its line', [crlOf({ number: 1 })], policyOf({ minNumbers: { Milan: 9 } })),
  accept('fetched 30 days ago with a maximum of 30', ageWhy, [crlOf({}, { fetchedAt: '2026-05-02T00:00:00Z' })]),
  unverifiable('fetched 30 days and 1 s ago', ageWhy, [crlOf({}, { fetchedAt: '2026-05-01T23:59:59Z' })], old),
  accept('fetched after the time of verification', 'a negative age counts as 0', [crlOf({}, { fetchedAt: '2026-06-20T00:00:00Z' })]),
  accept('without a fetch time, with a floor', ageWhy, [crlOf({}, {})]),
  unverifiable('without a fetch time, with a floor that it misses', ageWhy, [crlOf({ number: 6 }, {})], low),
  unverifiable('without a fetch time and without a floor', ageWhy, [crlOf({}, {})], old, policyOf({ minNumbers: stated })),
  unverifiable('the same with maxFetchAgeDays unchecked', ageWhy, [crlOf({}, {})], missing, policyOf({ minNumbers: stated, maxFetchAgeDays: stated })),
  accept('an old one beside the newest', 'the newest that satisfies the policy counts', [crlOf({ number: 6 }), crlOf()]),
  accept('none, with revocation unchecked', 'the policy says so', [], policyWith('revocation', stated)),
  accept('none, with crl unchecked', 'the other demands mean something only with a CRL', [], policyOf({ crl: stated })),
]

const leafWhy = 'a genuine CRL that lists a certificate of the path refuses, whatever the policy says'
const listing = (comment: string, serial: bigint | number, line: Line, signer: VekKind, changes: Json): TestSketch => ({
  comment,
  why: leafWhy,
  source: rfc,
  flags: ['bypass'],
  input: {
    ...evidenceOf({ line, signer, version: 3 }),
    crls: [{ crl: base64(labCrl(line, { entries: [{ serial }] })), fetchedAt }],
    policy: changes,
  },
  code: 'REVOCATION_REVOKED',
  failed: ['revocation.revoked'],
})
const unchecked = policyWith('revocation', stated)

const revoked: readonly TestSketch[] = [
  ...LINES.flatMap((line, index) => {
    const base = BigInt(index + 1) << 16n
    return [
      listing(`${line}: the ASK is listed, revocation unchecked`, base + (line === 'Genoa' ? 2n : 1n), line, 'vcek', unchecked),
      listing(`${line}: the ASVK is listed, revocation unchecked`, base + 0x101n, line, 'vlek', unchecked),
      listing(`${line}: the leaf (serial 0) is listed`, 0, line, 'vcek', unchecked),
    ]
  }),
  listing('the ASK is listed, revocation required', 0x20002n, 'Genoa', 'vcek', policyOf()),
  {
    comment: 'a revoked ASK in one of two CRLs',
    why: leafWhy,
    source: rfc,
    flags: ['bypass'],
    input: { crls: [crlOf(), crlOf({ number: 8, entries: [{ serial: 0x20002n }] })], policy: policyOf() },
    code: 'REVOCATION_REVOKED',
    failed: ['revocation.revoked'],
  },
  {
    comment: 'a revocation date after the time of verification',
    why: 'AMD knows now what it did not know then',
    source: rfc,
    flags: ['bypass', 'edge'],
    input: { crls: [crlOf({ entries: [{ serial: 0x20002n, date: new Date('2026-06-15T00:00:00Z') }] })], policy: policyOf() },
    code: 'REVOCATION_REVOKED',
    failed: ['revocation.revoked'],
  },
  accept('only other serials are listed', 'others are not ours', [crlOf({ entries: [{ serial: 0x20001n }, { serial: 0x20003n }] })]),
  accept('an entry of the ASVK, for a VCEK', 'the ASVK is not on its path', [crlOf({ entries: [{ serial: 0x20101n }] })]),
]

/** Makes another entry of serial 0x20001 in a signed list. */
function changeSerial(tbs: Uint8Array): Uint8Array {
  const at = Buffer.from(tbs).indexOf(Buffer.from([0x02, 0x03, 0x02, 0x00, 0x01]))
  if (at < 0) throw new Error('the entry is not in the list')
  return tbs.map((byte, index) => (index === at + 4 ? 9 : byte))
}

const forged = (comment: string, why: string, options: Partial<CrlOptions>): TestSketch => ({
  comment,
  why,
  source: rfc,
  flags: ['bypass'],
  input: { crls: [crlOf(options)], policy: policyOf() },
  code: 'REVOCATION_SIGNATURE',
  failed: ['revocation.signature'],
})
const ext = (id: string, value: Uint8Array, critical: boolean) => ({ oid: id, value, ...(critical ? { critical } : {}) })
const shape = (comment: string, why: string, options: Partial<CrlOptions>, code: string, verdict: 'malformed' | 'unverifiable' | 'rejected'): TestSketch => ({
  comment,
  why,
  source: 'RFC 5280 §5.1, §5.2',
  flags: code.startsWith('DER') ? ['encoding'] : ['missingStep'],
  input: { crls: [crlOf(options)], policy: policyOf() },
  code,
  verdict,
  failed: ['revocation.structure'],
})
const criticalWhy = 'a critical extension changes what the CRL covers'

const genuine: readonly TestSketch[] = [
  forged('signed by an attacker in the name of the ARK', 'anybody can write a CRL', { sign: (tbs) => signPss(tbs, rsaKey('attacker-ark')) }),
  forged('signed by the ASK in the name of the ARK', 'the ARK signs CRLs', { sign: (tbs) => signPss(tbs, labPki().lines.Genoa.ask.key) }),
  forged('a byte of the list changed after signing', 'the signature covers the list', { entries: [{ serial: 0x20001n }], tamperTbs: (tbs) => changeSerial(tbs) }),
  {
    ...forged('a forged CRL with revocation unchecked', 'a CRL in the name of the ARK that it did not sign is an attack', { sign: (tbs) => signPss(tbs, rsaKey('attacker-ark')) }),
    input: { crls: [crlOf({ sign: (tbs) => signPss(tbs, rsaKey('attacker-ark')) })], policy: unchecked },
  },
  unverifiable('issued by the ASK, in its own name', 'only the ARK issues CRLs', [{ crl: base64(labCrl('Genoa', { issuer: amdName('SEV-Genoa'), sign: (tbs) => signPss(tbs, labPki().lines.Genoa.ask.key) })), fetchedAt }], missing),
  shape('no nextUpdate', 'without it a CRL never ends', { nextUpdate: null }, 'REVOCATION_MALFORMED', 'malformed'),
  shape('no CRL number', 'without it nothing bounds its age', { number: null }, 'REVOCATION_MALFORMED', 'malformed'),
  shape('version 1', 'version 1 has no extensions', { version: null }, 'DER_UNEXPECTED', 'malformed'),
  shape('version 3', 'there is no such version', { version: 3 }, 'REVOCATION_MALFORMED', 'malformed'),
  shape('an empty list of entries', 'RFC 5280 leaves the list out', { rawEntries: sequence() }, 'REVOCATION_MALFORMED', 'malformed'),
  shape('a serial number listed twice', 'two readers could take different entries', { entries: [{ serial: 5 }, { serial: 5 }] }, 'REVOCATION_MALFORMED', 'malformed'),
  shape('a delta CRL (critical indicator)', criticalWhy, { edit: (list) => [...list, ext('2.5.29.27', integer(1), true)] }, 'REVOCATION_UNSUPPORTED', 'unverifiable'),
  shape('an indirect CRL (critical distribution point)', criticalWhy, { edit: (list) => [...list, ext('2.5.29.28', sequence(), true)] }, 'REVOCATION_UNSUPPORTED', 'unverifiable'),
  shape('an unknown critical extension', criticalWhy, { edit: (list) => [...list, ext('1.2.3.4', integer(1), true)] }, 'REVOCATION_UNSUPPORTED', 'unverifiable'),
  shape('an entry with a critical certificate issuer', criticalWhy, { entries: [{ serial: 5, extensions: [ext('2.5.29.29', sequence(), true)] }] }, 'REVOCATION_UNSUPPORTED', 'unverifiable'),
  accept('an unknown extension that is not critical', 'that is what not critical means', [crlOf({ edit: (list) => [...list, ext('1.2.3.4', integer(1), false)] })]),
  accept('an entry with a reason', 'reasons do not matter', [crlOf({ entries: [{ serial: 5, extensions: [ext('2.5.29.21', concat(Uint8Array.of(0x0a, 1, 1)), false)] }] })]),
  accept('with the trailerField written out', 'both encodings of the algorithm are genuine', [crlOf({ algorithm: pssAlgorithm({ explicitTrailer: true }) })]),
  shape('PSS with SHA-256', 'the algorithm is pinned', { algorithm: pssAlgorithm({ hash: 'sha256', mgfHash: 'sha256', saltLength: 32 }) }, 'CERTIFICATE_ALGORITHM', 'rejected'),
  shape('signed and unsigned algorithm differ in encoding', 'they must be equal', { outerAlgorithm: pssAlgorithm({ explicitTrailer: true }) }, 'CERTIFICATE_ALGORITHM_MISMATCH', 'rejected'),
  shape('bytes after the CRL', 'two documents in one', { trailing: Uint8Array.of(0) }, 'DER_TRAILING_DATA', 'malformed'),
  shape('an extension twice', 'two readers could take different ones', { edit: (list) => [...list, ...list] }, 'CERTIFICATE_MALFORMED', 'malformed'),
  shape('a default written out', 'DER leaves defaults out', { edit: (list) => list.map((one) => ({ ...one, critical: false })) }, 'DER_NOT_CANONICAL', 'malformed'),
  shape('a negative CRL number', 'numbers are from 0 up', { number: -1 }, 'REVOCATION_MALFORMED', 'malformed'),
]

export function revocationVectors(): VectorFile {
  const input = accepted({ line: 'Genoa', version: 3 })
  return vectorFile('revocation', [
    group('revocation/policy', 'What a policy demands of a CRL', input, policy),
    group('revocation/revoked', 'Certificates of the path that a CRL lists', input, revoked),
    group('revocation/genuine', 'CRLs that are none', input, genuine),
  ])
}
