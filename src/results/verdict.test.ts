// Verdicts as JSON and text, over accepted results of each kind and over refusals of each stage.
import { beforeAll, describe, expect, it } from 'vitest'
import { makeCertTable } from '../../test/support/cert-table.js'
import { concat, toHex } from '../../test/support/der.js'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { LAB_NOW, labCrl, labEvidence } from '../../test/support/pki.js'
import type { EvidenceOptions } from '../../test/support/pki.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../../test/support/report.js'
import { ownChallenge } from '../binding/challenge.js'
import { bindings } from '../binding/forms.js'
import { VerificationError } from '../errors/error.js'
import { decodeEvidence } from '../evidence/evidence.js'
import type { EvidenceExtras } from '../evidence/evidence.js'
import type { VerificationInput } from '../verify/input.js'
import { verdictToText } from './text.js'
import { type VerdictJson, acceptedToJson, errorToJson, refusedToJson } from './verdict.js'

const keys = [
  ...['at', 'binding', 'channel', 'checks', 'chipId', 'claimed', 'code', 'crl', 'crlScope', 'cspId'],
  ...['endorsementKey', 'evidenceDigest', 'freshness', 'freshnessBasis', 'kind', 'libraryVersion'],
  ...['measurementLabel', 'message', 'policyDigest', 'product', 'report', 'schema', 'signer'],
  ...['softwareIdentity', 'unchecked', 'validUntil', 'verdict'],
]

interface Case {
  readonly name: string
  readonly lab?: EvidenceOptions
  readonly extras?: EvidenceExtras
  readonly input?: () => Promise<Partial<VerificationInput>>
  /** The kind of an accepted result, or the code of a refusal. */
  readonly expected: string
}

const open = { unchecked: 'nobody asked' }
const crls = [{ crl: labCrl('Milan'), fetchedAt: LAB_NOW }]
const data = bindings.reportData(LAB_REPORT_DATA, { freshness: ownChallenge(LAB_REPORT_DATA) })
const measured = (): Promise<Partial<VerificationInput>> =>
  policyOf({
    identity: 'required',
    measurements: [{ label: 'the lab', value: toHex(LAB_MEASUREMENT) }],
    revocation: { crl: 'required', graceDays: 0, minNumbers: { Milan: 7 }, maxFetchAgeDays: 30 },
    freshness: 'challenge',
  }).then((policy) => ({ policy, binding: data }))
const milan = labEvidence()
const genoa = labEvidence({ line: 'Genoa' })

const cases: readonly Case[] = [
  { name: 'verified', extras: { crls }, input: measured, expected: 'verified' },
  { name: 'unidentified', input: async () => ({ binding: data }), expected: 'unidentified' },
  { name: 'unbound', expected: 'unbound' },
  { name: 'a VLEK', lab: { signer: 'vlek', line: 'Turin', version: 5 }, expected: 'unbound' },
  { name: 'a version 2 report', lab: { version: 2 }, expected: 'unbound' },
  { name: 'no CRL', input: measured, expected: 'REVOCATION_MISSING' },
  {
    name: 'a stale CRL',
    lab: {},
    extras: {
      crls: [{ crl: labCrl('Milan', { nextUpdate: new Date('2026-05-25T00:00:00Z') }), fetchedAt: LAB_NOW }],
    },
    input: measured,
    expected: 'REVOCATION_STALE',
  },
  {
    name: 'an old CRL',
    extras: { crls: [{ crl: labCrl('Milan', { number: 6 }), fetchedAt: LAB_NOW }] },
    input: measured,
    expected: 'REVOCATION_NUMBER',
  },
  {
    name: 'a CRL fetched long ago',
    extras: { crls: [{ crl: labCrl('Milan'), fetchedAt: new Date(0) }] },
    input: measured,
    expected: 'REVOCATION_FETCH_AGE',
  },
  {
    name: 'a reserved byte',
    lab: { report: { patches: [{ offset: 0x4c, bytes: Uint8Array.of(1) }] } },
    expected: 'REPORT_RESERVED_NONZERO',
  },
  { name: 'an unknown version', lab: { version: 9 }, expected: 'REPORT_VERSION_UNSUPPORTED' },
  { name: 'a host’s request', lab: { report: { vmpl: 0xffffffff } }, expected: 'REPORT_VMPL' },
  {
    name: 'unknown silicon',
    lab: { report: { cpuid: { family: 0x50, model: 0, stepping: 0 } } },
    expected: 'REPORT_PRODUCT_UNKNOWN',
  },
  { name: 'an attacker’s chain', lab: { chain: 'attacker' }, expected: 'CHAIN_SIGNATURE' },
  { name: 'a broken signature', lab: { sign: { r: 5n } }, expected: 'SIGNATURE_INVALID' },
  { name: 'another certificate', extras: { endorsementKey: genoa.vek }, expected: 'ENDORSEMENT_PRODUCT' },
  {
    name: 'another intermediate',
    extras: { certificates: [genoa.ask] },
    expected: 'CHAIN_INTERMEDIATE_UNKNOWN',
  },
  { name: 'another root', extras: { certificates: [genoa.ark] }, expected: 'CHAIN_ANCHOR_UNKNOWN' },
  {
    name: 'garbage as certificate',
    extras: { endorsementKey: new Uint8Array(9000).fill(0xff) },
    expected: 'DER_UNEXPECTED',
  },
  {
    name: 'a certificate with a long text',
    lab: { vek: { productName: 'Milan'.repeat(500) } },
    expected: 'CERTIFICATE_PROFILE',
  },
  {
    name: 'a certificate with a long algorithm',
    lab: { vek: { outerAlgorithm: new Uint8Array([0x30, 0x82, 0x10, 0, ...new Uint8Array(0x1000)]) } },
    expected: 'CERTIFICATE_ALGORITHM_MISMATCH',
  },
  {
    name: 'garbage as CRL',
    extras: { crls: [{ crl: new Uint8Array(9000).fill(0xff) }] },
    expected: 'DER_UNEXPECTED',
  },
  { name: 'a debug guest', lab: { report: { policy: 0xb0000n } }, expected: 'APPRAISAL_DEBUG' },
  {
    name: 'another measurement',
    lab: { report: { measurement: new Uint8Array(48).fill(5) } },
    extras: { crls },
    input: measured,
    expected: 'APPRAISAL_MEASUREMENTS',
  },
  {
    name: 'other data',
    lab: { report: { reportData: new Uint8Array(64).fill(5) } },
    input: async () => ({ binding: data }),
    expected: 'BINDING_MISMATCH',
  },
  {
    name: 'no data',
    lab: { report: { reportData: new Uint8Array(64) } },
    input: async () => ({ binding: data }),
    expected: 'BINDING_EMPTY',
  },
  {
    name: 'too late',
    input: async () => ({ at: new Date('2044-01-01T00:00:00Z') }),
    expected: 'CERTIFICATE_EXPIRED',
  },
  {
    name: 'too early',
    input: async () => ({ at: new Date('2024-01-01T00:00:00Z') }),
    expected: 'CERTIFICATE_NOT_YET_VALID',
  },
]

/** Every run of hex digits or base64 in a text, as bytes. */
function longestRun(text: string): number {
  const hexRuns = (text.match(/[0-9a-fA-F]+/g) ?? []).map((run) => run.length / 2)
  const textRuns = (text.match(/[A-Za-z0-9+/=_-]+/g) ?? []).map((run) => (run.length * 3) / 4)
  return Math.max(...hexRuns, ...textRuns)
}

async function verdictOf({ lab, extras, input }: Case): Promise<VerdictJson> {
  const evidence = lab === undefined ? milan : labEvidence(lab)
  const stated = (await input?.()) ?? {}
  const outcome = await labVerifier.appraiseEvidence(
    await inputOf(evidenceOf(evidence, extras), { binding: open, ...stated }),
  )
  return outcome.verdict === 'accepted' ? acceptedToJson(outcome.verified) : refusedToJson(outcome)
}

describe.each(cases)('$name', (one) => {
  let verdict: VerdictJson
  beforeAll(async () => {
    verdict = await verdictOf(one)
  })

  it(`is ${one.expected}`, () => {
    expect(verdict.verdict === 'accepted' ? verdict.kind : verdict.code).toBe(one.expected)
    expect(verdict.code === null).toBe(verdict.verdict === 'accepted')
    expect(verdict.kind === null).toBe(verdict.verdict !== 'accepted')
  })

  it('has every key, and survives JSON', () => {
    expect(Object.keys(verdict).sort()).toEqual(keys)
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict)
  })

  it('says of every check how it ended, and nothing else', () => {
    const allowed = ['actual', 'expected', 'id', 'outcome', 'reason', 'source']
    for (const check of verdict.checks) {
      expect(
        Object.keys(check).filter((key) => !allowed.includes(key)),
        check.id,
      ).toEqual([])
      expect(['passed', 'failed', 'unchecked', 'notReached']).toContain(check.outcome)
    }
    const failed = verdict.checks.filter(({ outcome }) => outcome === 'failed')
    expect(failed.length > 0).toBe(verdict.verdict !== 'accepted')
    const unchecked = verdict.checks.filter(({ outcome }) => outcome === 'unchecked').map(({ id }) => id)
    expect(verdict.unchecked.map(({ id }) => id)).toEqual(expect.arrayContaining(unchecked))
    expect(verdict.unchecked.every(({ reason }) => reason !== '')).toBe(true)
  })

  it('keeps what is verified apart from what is claimed', () => {
    const accepted = verdict.verdict === 'accepted'
    expect(verdict.report !== null).toBe(accepted)
    expect(verdict.claimed !== null).toBe(
      !accepted && verdict.verdict !== 'malformed' && verdict.code !== 'REPORT_VERSION_UNSUPPORTED',
    )
    expect(verdict.policyDigest).toMatch(/^[0-9a-f]{64}$/)
    for (const key of ['validUntil', 'evidenceDigest', 'product', 'signer', 'endorsementKey'] as const)
      expect(verdict[key] !== null, key).toBe(accepted)
    if (!accepted) {
      const { binding, softwareIdentity, freshness, channel, crl, chipId } = verdict
      expect([binding, softwareIdentity, freshness, channel, crl, chipId]).toEqual([
        null,
        'none',
        'none',
        'unbound',
        null,
        null,
      ])
    }
  })

  it('as text names every check, and the reason of the refusal', () => {
    const text = verdictToText(verdict)
    for (const { id } of verdict.checks)
      expect(text).toMatch(new RegExp(`^ {2}(ok {2}|FAIL|open|- {3}) ${id}(:|$)`, 'm'))
    for (const { id, reason } of verdict.unchecked) expect(text).toContain(`open ${id}: ${reason}`)
    const headline = text.split('\n')[0] ?? ''
    if (verdict.verdict === 'accepted') expect(headline).toMatch(/^accepted/)
    else expect(headline).toBe(`${verdict.verdict}: ${verdict.code ?? ''}`)
    expect(text).not.toMatch(/undefined|\[object|NaN/)
    expect(text.endsWith('\n')).toBe(true)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(700)
  })

  it('holds no certificate, CRL or report as a whole', () => {
    expect(longestRun(JSON.stringify(verdict))).toBeLessThanOrEqual(160)
    expect(longestRun(verdictToText(verdict))).toBeLessThanOrEqual(160)
    expect(JSON.stringify(verdict).length).toBeLessThan(20_000)
    expect(verdict.message?.length ?? 0).toBeLessThan(300)
  })
})

describe('an error from before a verification', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['no format', () => decodeEvidence(new Uint8Array(5000), 'auto')],
    [
      'no table',
      () => decodeEvidence(concat(milan.report, new Uint8Array(5000).fill(1)), 'snp-report+cert-table'),
    ],
    [
      'two keys',
      () =>
        decodeEvidence(concat(milan.report, makeCertTable([{ guid: 'vcek', data: milan.vek }])), 'auto', {
          endorsementKey: genoa.vek,
        }),
    ],
    [
      'a long key in JSON',
      () => decodeEvidence(new TextEncoder().encode(`{"${'k'.repeat(9000)}":1}`), 'tsm'),
    ],
    [
      'a long provider',
      () => decodeEvidence(new TextEncoder().encode(`{"provider":"${'p'.repeat(9000)}"}`), 'tsm'),
    ],
    ['a policy', () => policyOf({ version: 'v'.repeat(9000) as unknown as 1 })],
  ])('%s is a verdict of the same shape', async (_, run) => {
    const error: unknown = await run().then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!(error instanceof VerificationError)) throw new Error('expected a refusal')
    const verdict = errorToJson(error, '2026-06-01T00:00:00.000Z')
    expect(Object.keys(verdict).sort()).toEqual(keys)
    expect(verdict).toMatchObject({
      verdict: 'malformed',
      code: error.code,
      checks: [],
      claimed: null,
      at: '2026-06-01T00:00:00.000Z',
    })
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict)
    expect(verdictToText(verdict)).toMatch(new RegExp(`^malformed: ${error.code}\\n`))
    expect(`${JSON.stringify(verdict)}${JSON.stringify(error.details)}`.length).toBeLessThan(2500)
  })
})
