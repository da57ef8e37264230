// Stage end-to-end: what REPORT_DATA commits to, freshness, and whole verifications.
import { createHash } from 'node:crypto'
import { toHex } from '../der.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../report.js'
import { type EvidenceOptions, labCrl } from '../pki.js'
import { LINES } from '../names.js'
import {
  type BindingInput,
  type Json,
  type TestSketch,
  type VectorFile,
  group,
  vectorFile,
} from './format.js'
import { accepted, base64, basePolicy, evidenceOf, policyWith } from './inputs.js'

const source = 'AMD 56860, REPORT_DATA'
const base: EvidenceOptions = { line: 'Genoa', version: 5 }
const own = toHex(LAB_REPORT_DATA)
const withData = (reportData: Uint8Array): EvidenceOptions => ({ ...base, report: { reportData } })
const flip = (index: number): string =>
  toHex(LAB_REPORT_DATA.map((byte, at) => (at === index ? byte ^ 1 : byte)))
const refused = (
  comment: string,
  why: string,
  binding: BindingInput,
  [code, check]: readonly [string, string],
  evidence: EvidenceOptions = base,
  policy: Json = basePolicy,
): TestSketch => ({
  comment,
  why,
  source,
  flags: ['bypass'],
  input: { ...evidenceOf(evidence), binding, policy },
  code,
  failed: [check],
})
const fine = (
  comment: string,
  why: string,
  binding: BindingInput,
  evidence: EvidenceOptions = base,
  policy: Json = basePolicy,
): TestSketch => ({
  comment,
  why,
  source,
  flags: ['valid'],
  input: { ...evidenceOf(evidence), binding, policy },
})

const mismatch = ['BINDING_MISMATCH', 'binding'] as const
const empty = ['BINDING_EMPTY', 'binding.empty'] as const
const absent = ['BINDING_CHALLENGE_ABSENT', 'binding.challenge'] as const
const stale = ['APPRAISAL_FRESHNESS', 'freshness'] as const
const equal = (expected: string, challenge?: string): BindingInput => ({
  form: 'reportData',
  expected,
  ...(challenge === undefined ? {} : { challenge }),
})

const reportData: readonly TestSketch[] = [
  fine('the expected 64 bytes', 'all are compared', equal(own)),
  ...[0, 31, 32, 63].map((index) =>
    refused(
      `byte ${String(index)} differs`,
      'a verifier that compares a prefix lets somebody choose the rest',
      equal(flip(index)),
      mismatch,
    ),
  ),
  refused(
    'zeros where zeros are expected',
    'reports that a host requests have zeros: they commit to nothing',
    equal('00'.repeat(64)),
    empty,
    withData(new Uint8Array(64)),
  ),
  refused(
    'zeros where something is expected',
    'reports that a host requests have zeros',
    equal(own),
    empty,
    withData(new Uint8Array(64)),
  ),
  fine(
    'zeros, with the binding unchecked',
    'the caller says so',
    { form: 'unchecked', reason: 'the guest commits to nothing' },
    withData(new Uint8Array(64)),
  ),
  fine(
    '63 zeros and a one',
    'not all zero',
    equal('00'.repeat(63) + '01'),
    withData(Uint8Array.from({ length: 64 }, (_, index) => (index === 63 ? 1 : 0))),
  ),
]

const preimage = new TextEncoder().encode('{"manifest":"of the lab"}')
const committed = (algorithm: string): EvidenceOptions => {
  const value = createHash(algorithm).update(preimage).digest()
  return withData(Uint8Array.from({ length: 64 }, (_, index) => value[index] ?? 0))
}
const digest = (algorithm: string, bytes: Uint8Array = preimage, challenge?: string): BindingInput => ({
  form: 'digest',
  algorithm,
  bytes: base64(bytes),
  ...(challenge === undefined ? {} : { challenge }),
})
const tailSet = (algorithm: string, at: number): EvidenceOptions => {
  const { report } = committed(algorithm)
  return withData((report?.reportData ?? new Uint8Array(64)).map((byte, index) => (index === at ? 1 : byte)))
}

const digests: readonly TestSketch[] = [
  ...['sha256', 'sha384', 'sha512'].map((algorithm) =>
    fine(
      `${algorithm} of the bytes, zeros behind it`,
      'a digest commits to a document',
      digest(algorithm),
      committed(algorithm),
    ),
  ),
  ...['sha256', 'sha384', 'sha512'].map((algorithm) =>
    refused(
      `${algorithm} of other bytes`,
      'a digest commits to one document',
      digest(algorithm, Uint8Array.of(1, 2, 3)),
      mismatch,
      committed(algorithm),
    ),
  ),
  refused(
    'sha256 with a byte in the zeros right behind it',
    'the zeros are part of the commitment',
    digest('sha256'),
    mismatch,
    tailSet('sha256', 32),
  ),
  refused(
    'sha256 with a byte in the last of the zeros',
    'the zeros are part of the commitment',
    digest('sha256'),
    mismatch,
    tailSet('sha256', 63),
  ),
  refused(
    'sha384 with a byte in the zeros',
    'the zeros are part of the commitment',
    digest('sha384'),
    mismatch,
    tailSet('sha384', 48),
  ),
  refused(
    'sha384 where sha256 is expected',
    'the caller names the algorithm',
    digest('sha256'),
    mismatch,
    committed('sha384'),
  ),
]

const challenged = (level: string): Json => policyWith('freshness', level)
const slice = (from: number, to: number): string => own.slice(2 * from, 2 * to)
const text = toHex(preimage)

const freshness: readonly TestSketch[] = [
  ...['challenge', 'session', 'monotonic', 'ledger'].map((level) =>
    refused(
      `no challenge where ${level} is demanded`,
      'a stored report would pass',
      equal(own),
      stale,
      base,
      challenged(level),
    ),
  ),
  ...['challenge', 'session', 'monotonic', 'ledger'].map((level) =>
    fine(
      `a challenge where ${level} is demanded`,
      'a challenge is the freshest',
      equal(own, own),
      base,
      challenged(level),
    ),
  ),
  refused(
    'the binding unchecked where a challenge is demanded',
    'nothing is fresh',
    { form: 'unchecked', reason: 'left open' },
    stale,
    base,
    challenged('challenge'),
  ),
  fine(
    'a challenge in the first half',
    'it is part of the commitment',
    equal(own, slice(0, 32)),
    base,
    challenged('challenge'),
  ),
  fine(
    'a challenge of 16 bytes in the middle',
    'it is part of the commitment',
    equal(own, slice(21, 37)),
    base,
    challenged('challenge'),
  ),
  refused(
    'a challenge that REPORT_DATA does not hold',
    'it is no answer to this challenge',
    equal(own, 'ab'.repeat(16)),
    absent,
    base,
    challenged('challenge'),
  ),
  refused(
    'a challenge in two pieces',
    'the pieces were chosen by somebody else',
    equal(own, slice(0, 16) + slice(32, 48)),
    absent,
    base,
    challenged('challenge'),
  ),
  fine(
    'a challenge inside the hashed bytes',
    'the digest commits to it',
    digest('sha256', preimage, text.slice(4, 40)),
    committed('sha256'),
    challenged('challenge'),
  ),
  refused(
    'a challenge that is the digest itself',
    'the digest is no challenge',
    digest('sha256', preimage, createHash('sha256').update(preimage).digest('hex')),
    absent,
    committed('sha256'),
    challenged('challenge'),
  ),
]

const recommended: Json = {
  ...basePolicy,
  measurements: [{ label: 'lab', value: toHex(LAB_MEASUREMENT) }],
  guestPolicy: { ...(basePolicy['guestPolicy'] as object), cxl: 'forbid' },
  platform: { ...(basePolicy['platform'] as object), aliasCheckComplete: 'require' },
  tcb: { recommended: { asOf: '2026-11-01' } },
  provisionalFirmware: 'microcodeOnly',
  freshness: 'challenge',
}

const whole: readonly TestSketch[] = LINES.flatMap((line) =>
  (['vcek', 'vlek'] as const).map((signer): TestSketch => ({
    comment: `${line}, ${signer}, version 5, everything demanded`,
    why: 'a genuine guest under a strict policy is accepted',
    source: 'attested policy, version 1',
    flags: ['valid'],
    input: {
      ...evidenceOf({ line, signer, version: 5 }),
      policy: {
        ...(recommended as object),
        revocation: { crl: 'required', graceDays: 0, minNumbers: { [line]: 7 }, maxFetchAgeDays: 30 },
      },
      crls: [{ crl: base64(labCrl(line)), fetchedAt: '2026-05-30T00:00:00Z', scope: signer }],
      binding: equal(own, own),
    },
  })),
)

export function endToEndVectors(): VectorFile {
  const input = accepted(base)
  return vectorFile('end-to-end', [
    group('end-to-end/report-data', 'The 64 bytes of REPORT_DATA', input, reportData),
    group('end-to-end/digest', 'A digest and zeros', input, digests),
    group('end-to-end/freshness', 'Freshness', input, freshness),
    group('end-to-end/whole', 'Whole verifications', input, whole),
  ])
}
