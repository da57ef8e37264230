// Stage revocation: what a CRL must be, and what a policy can demand of it.
import { LINES, type Line, type VekKind } from '../names.js'
import { labCrl } from '../pki.js'
import { genuine } from './crl-vectors.js'
import { type Json, type TestSketch, type VectorFile, group, vectorFile } from './format.js'
import { accepted, base64, evidenceOf, policyWith } from './inputs.js'
import {
  accept,
  crlOf,
  fetchedAt,
  low,
  missing,
  old,
  policyOf,
  rfc,
  stale,
  stated,
  unchecked,
  unverifiable,
} from './revocation-sketch.js'

const ageWhy = 'a host can keep an old CRL back; number and fetch time bound its age'
const windowWhy = 'a CRL counts up to its nextUpdate, to the millisecond, and the grace of the policy'

const policy: readonly TestSketch[] = [
  accept('a CRL that satisfies all', 'the base case', [crlOf()]),
  unverifiable('none', 'required means required', [], missing),
  unverifiable(
    'one of another line only',
    'it says nothing about this chain',
    [{ crl: base64(labCrl('Milan')), fetchedAt }],
    missing,
  ),
  accept('one of another line beside the right one', 'others are ignored', [
    { crl: base64(labCrl('Milan')), fetchedAt },
    crlOf(),
  ]),
  accept('at nextUpdate', windowWhy, [crlOf()], policyOf({ maxFetchAgeDays: 365 }), '2026-07-01T00:00:00Z'),
  unverifiable(
    '1 s after nextUpdate',
    windowWhy,
    [crlOf()],
    stale,
    policyOf({ maxFetchAgeDays: 365 }),
    '2026-07-01T00:00:01Z',
  ),
  accept(
    'at the end of 3 days of grace',
    windowWhy,
    [crlOf()],
    policyOf({ graceDays: 3, maxFetchAgeDays: 365 }),
    '2026-07-04T00:00:00Z',
  ),
  unverifiable(
    '1 s after 3 days of grace',
    windowWhy,
    [crlOf()],
    stale,
    policyOf({ graceDays: 3, maxFetchAgeDays: 365 }),
    '2026-07-04T00:00:01Z',
  ),
  accept(
    'years stale with graceDays unchecked',
    'the policy says so',
    [crlOf()],
    policyOf({ graceDays: stated, maxFetchAgeDays: stated }),
    '2031-01-01T00:00:00Z',
  ),
  accept('a CRL from after the time of verification', 'a newer CRL knows more', [
    crlOf({ thisUpdate: new Date('2026-06-20T00:00:00Z') }),
  ]),
  unverifiable('number 6 with a floor of 7', ageWhy, [crlOf({ number: 6 })], low),
  accept('number 7 with a floor of 7', ageWhy, [crlOf({ number: 7 })]),
  accept('number 2^64 with a floor of 7', 'CRL numbers may have 20 bytes', [crlOf({ number: 2n ** 64n })]),
  accept(
    'a floor for another line only',
    'a floor counts for its line',
    [crlOf({ number: 1 })],
    policyOf({ minNumbers: { Milan: 9 } }),
  ),
  accept('fetched 30 days ago with a maximum of 30', ageWhy, [
    crlOf({}, { fetchedAt: '2026-05-02T00:00:00Z' }),
  ]),
  unverifiable(
    'fetched 30 days and 1 s ago',
    ageWhy,
    [crlOf({}, { fetchedAt: '2026-05-01T23:59:59Z' })],
    old,
  ),
  accept('fetched after the time of verification', 'a negative age counts as 0', [
    crlOf({}, { fetchedAt: '2026-06-20T00:00:00Z' }),
  ]),
  accept('without a fetch time, with a floor', ageWhy, [crlOf({}, {})]),
  unverifiable('without a fetch time, with a floor that it misses', ageWhy, [crlOf({ number: 6 }, {})], low),
  unverifiable(
    'without a fetch time and without a floor',
    ageWhy,
    [crlOf({}, {})],
    old,
    policyOf({ minNumbers: stated }),
  ),
  unverifiable(
    'the same with maxFetchAgeDays unchecked',
    ageWhy,
    [crlOf({}, {})],
    missing,
    policyOf({ minNumbers: stated, maxFetchAgeDays: stated }),
  ),
  accept('an old one beside the newest', 'the newest that satisfies the policy counts', [
    crlOf({ number: 6 }),
    crlOf(),
  ]),
  accept('none, with revocation unchecked', 'the policy says so', [], policyWith('revocation', stated)),
  accept(
    'none, with crl unchecked',
    'the other demands mean something only with a CRL',
    [],
    policyOf({ crl: stated }),
  ),
  accept(
    'a good one, with crl unchecked',
    'it meets the other demands',
    [crlOf()],
    policyOf({ crl: stated }),
  ),
  unverifiable(
    'a stale one, with crl unchecked',
    'what the policy states is demanded of a CRL that is there',
    [crlOf()],
    stale,
    policyOf({ crl: stated, maxFetchAgeDays: 365 }),
    '2026-07-01T00:00:01Z',
  ),
  accept(
    'without a fetch time and floor, with crl unchecked',
    'none is needed, so its age does not matter',
    [crlOf({}, {})],
    policyOf({ crl: stated, minNumbers: stated }),
  ),
  accept(
    'one of another line that is not even well formed, beside the right one',
    'others are left aside, whatever they are',
    [{ crl: base64(labCrl('Milan', { nextUpdate: null, number: null })), fetchedAt }, crlOf()],
  ),
]

const leafWhy = 'a genuine CRL that lists a certificate of the path refuses, whatever the policy says'
const listing = (
  comment: string,
  serial: bigint | number,
  line: Line,
  signer: VekKind,
  changes: Json,
): TestSketch => ({
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

const revoked: readonly TestSketch[] = [
  ...LINES.flatMap((line, index) => {
    const base = BigInt(index + 1) << 16n
    return [
      listing(
        `${line}: the ASK is listed, revocation unchecked`,
        base + (line === 'Genoa' ? 2n : 1n),
        line,
        'vcek',
        unchecked,
      ),
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
    input: {
      crls: [crlOf({ entries: [{ serial: 0x20002n, date: new Date('2026-06-15T00:00:00Z') }] })],
      policy: policyOf(),
    },
    code: 'REVOCATION_REVOKED',
    failed: ['revocation.revoked'],
  },
  accept('only other serials are listed', 'others are not ours', [
    crlOf({ entries: [{ serial: 0x20001n }, { serial: 0x20003n }] }),
  ]),
  accept('an entry of the ASVK, for a VCEK', 'the ASVK is not on its path', [
    crlOf({ entries: [{ serial: 0x20101n }] }),
  ]),
]

export function revocationVectors(): VectorFile {
  const input = accepted({ line: 'Genoa', version: 3 })
  return vectorFile('revocation', [
    group('revocation/policy', 'What a policy demands of a CRL', input, policy),
    group('revocation/revoked', 'Certificates of the path that a CRL lists', input, revoked),
    group('revocation/genuine', 'CRLs that are none', input, genuine),
  ])
}
