import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { recommendedPolicy } from '../../src/index.js'
import { pem } from '../support/cert-table.js'
import { toHex } from '../support/der.js'
import { labCrl, labEvidence, labPki } from '../support/pki.js'
import { LAB_REPORT_DATA, patchReport } from '../support/report.js'
import { repositoryRoot } from '../support/real-folder.js'
import { type Json, attested, jsonOf, lab, temporaryFolder } from './harness.js'

const folder = temporaryFolder()
const { file } = folder
const expected = toHex(LAB_REPORT_DATA)
const other = 'ab'.repeat(64)
const evidence = labEvidence()

beforeAll(async () => {
  expect((await lab(['make', '--out', folder.path])).status).toBe(0)
  const { freshness: _, ...strict } = JSON.parse(readFileSync(file('policy.json'), 'utf8')) as Record<
    string,
    unknown
  >
  file('loose.json', JSON.stringify({ ...strict, freshness: { unchecked: 'not here' } }))
})

const key = () => ['--vek', file('vek.der'), '--crl', file('crl.der')]
const challenge = ['--report-data', expected, '--challenge']
const policy = () => ['--policy', file('policy.json')]
const loose = () => ['--policy', file('loose.json')]
/** A run that is accepted, unless a test adds something. */
const good = (...more: string[]) => [
  'verify',
  file('report.bin'),
  ...key(),
  ...policy(),
  ...challenge,
  ...more,
]

/** Runs with `--json` and again for text; both must agree. */
async function outcome(argv: readonly string[], stdin: Uint8Array | string = ''): Promise<Json> {
  const [json, text] = [await lab([...argv, '--json'], stdin), await lab(argv, stdin)]
  const verdict = jsonOf(json)
  const statuses: Readonly<Record<string, number>> = {
    accepted: 0,
    rejected: 10,
    unverifiable: 20,
    malformed: 30,
  }
  expect(json.status).toBe(statuses[verdict.verdict])
  expect(text.status).toBe(json.status)
  const headline = text.out.split('\n')[1]
  expect(headline).toMatch(verdict.code === null ? /^accepted/ : `${verdict.verdict}: ${verdict.code}`)
  return verdict
}

const refused = async (argv: readonly string[], stdin: Uint8Array | string = ''): Promise<string | null> =>
  (await outcome(argv, stdin)).code

describe('accepted', () => {
  test('evidence with its key, CRL, policy and challenge', async () => {
    const verdict = await outcome(good())
    expect(verdict).toMatchObject({
      schema: 'attested/verdict@1',
      verdict: 'accepted',
      code: null,
      kind: 'verified',
      at: '2026-06-01T00:00:00.000Z',
      product: 'Milan',
      signer: 'vcek',
      freshness: 'challenge',
      freshnessBasis: 'asserted',
      claimed: null,
      crl: { number: '7', fetchedAt: null, scope: 'unknown' },
      binding: { profile: 'report-data', verified: { reportData: expected } },
    })
    expect(verdict.report.reportData).toBe(expected)
  })

  test('equal REPORT_DATA alone is no challenge', async () => {
    const equal = ['verify', file('report.bin'), ...key(), '--report-data', expected]
    const verdict = await outcome([...equal, ...loose()])
    expect(verdict).toMatchObject({
      verdict: 'accepted',
      kind: 'verified',
      freshness: 'none',
      freshnessBasis: null,
    })
    expect(verdict.unchecked).toContainEqual({
      id: 'binding.challenge',
      reason: 'not claimed to be a challenge',
    })
    expect(await refused([...equal, ...policy()])).toBe('APPRAISAL_FRESHNESS')
  })

  test('unchecked REPORT_DATA is said, with its reason', async () => {
    const verdict = await outcome([
      'verify',
      file('report.bin'),
      ...key(),
      ...loose(),
      '--unchecked-report-data',
      'why so',
    ])
    expect(verdict).toMatchObject({ verdict: 'accepted', kind: 'unbound', binding: null, freshness: 'none' })
    expect(verdict.unchecked).toContainEqual({ id: 'binding', reason: 'why so' })
  })

  test.each([
    [
      'capital digits',
      () => [
        'verify',
        file('report.bin'),
        ...key(),
        ...policy(),
        '--report-data',
        expected.toUpperCase(),
        '--challenge',
      ],
    ],
    ['the report on standard input', () => good().map((one) => (one === file('report.bin') ? '-' : one))],
    [
      'a report with its table',
      () =>
        good()
          .filter((one) => one !== '--vek' && one !== file('vek.der'))
          .map((one) => (one === file('report.bin') ? file('extended.bin') : one)),
    ],
    ['a named format', () => good('--format', 'snp-report')],
    [
      'the authorities beside it',
      () => good('--certificate', file('ark.der'), '--certificate', file('ask.der')),
    ],
    ['an offset in --at', () => good('--at', '2026-06-01T02:00:00.5+02:00')],
    [
      'a CRL fetched before',
      () => [
        'verify',
        file('report.bin'),
        '--vek',
        file('vek.der'),
        '--crl',
        `${file('crl.der')},fetched=2026-05-30T00:00:00Z,scope=vcek`,
        ...policy(),
        ...challenge,
      ],
    ],
    [
      'a file name with commas',
      () => [
        'verify',
        file('report.bin'),
        '--vek',
        file('vek.der'),
        '--crl',
        `${file('a,scope,b=c.der', evidence.crl)},scope=vcek,fetched=2026-05-30T00:00:00Z`,
        ...policy(),
        ...challenge,
      ],
    ],
    [
      'PEM',
      () => [
        'verify',
        file('report.bin'),
        '--vek',
        file('vek.pem', pem(evidence.vek)),
        '--crl',
        file('crl.pem', pem(evidence.crl, 'X509 CRL').replaceAll('\n', '\r\n')),
        ...policy(),
        ...challenge,
      ],
    ],
    [
      'a policy with CRLF',
      () =>
        good().map((one) =>
          one === file('policy.json')
            ? file('crlf.json', readFileSync(file('policy.json'), 'utf8').replaceAll('\n', '\r\n'))
            : one,
        ),
    ],
    [
      'hex',
      () =>
        good().map((one) =>
          one === file('report.bin')
            ? file('report.hex', toHex(evidence.report).replaceAll(/(.{64})/g, '$1\r\n'))
            : one,
        ),
    ],
  ])('%s', async (_, argv) => {
    expect(await outcome(argv(), evidence.report)).toMatchObject({ verdict: 'accepted', kind: 'verified' })
  })

  test('what was recognised is said on standard error, and nothing else', async () => {
    expect((await lab(good())).err).toBe('attested: evidence recognised as snp-report\n')
    expect((await lab(good('--format', 'snp-report'))).err).toBe('')
  })
})

describe('refused', () => {
  const replaced = (from: string, to: string) => good().map((one) => (one === from ? to : one))

  test.each([
    ['BINDING_MISMATCH', () => replaced(expected, other)],
    ['CERTIFICATE_EXPIRED', () => good('--at', '2034-01-01T00:00:00Z')],
    ['REVOCATION_STALE', () => good('--at', '2026-08-01T00:00:00Z')],
    [
      'REVOCATION_FETCH_AGE',
      () => replaced(file('crl.der'), `${file('crl.der')},fetched=2026-04-01T00:00:00Z`),
    ],
    ['REVOCATION_NUMBER', () => replaced(file('crl.der'), file('crl6.der', labCrl('Milan', { number: 6 })))],
    [
      'REVOCATION_MISSING',
      () => ['verify', file('report.bin'), '--vek', file('vek.der'), ...policy(), ...challenge],
    ],
    ['ENDORSEMENT_MISSING', () => ['verify', file('report.bin'), ...policy(), ...challenge]],
    [
      'SIGNATURE_INVALID',
      () => replaced(file('report.bin'), file('flip.bin', patchReport(evidence.report, 4, Uint8Array.of(1)))),
    ],
    [
      'CHAIN_ANCHOR_UNKNOWN',
      () => good('--certificate', file('attacker.der', labPki().attacker('Milan').ark.der)),
    ],
    [
      'REPORT_VERSION_UNSUPPORTED',
      () => replaced(file('report.bin'), file('v6.bin', patchReport(evidence.report, 0, Uint8Array.of(6)))),
    ],
    [
      'REPORT_LENGTH',
      () => [
        ...replaced(file('report.bin'), file('short.bin', evidence.report.slice(1))),
        '--format',
        'snp-report',
      ],
    ],
    ['EVIDENCE_FORMAT', () => replaced(file('report.bin'), file('short.bin', evidence.report.slice(1)))],
    ['EVIDENCE_FORMAT', () => replaced(file('report.bin'), file('empty', ''))],
    ['EVIDENCE_MALFORMED', () => good('--format', 'tsm')],
    ['EVIDENCE_SIZE', () => replaced(file('report.bin'), file('large', new Uint8Array(1024 * 1024 + 1)))],
    ['EVIDENCE_SIZE', () => replaced(file('vek.der'), file('large', new Uint8Array(1024 * 1024 + 1)))],
    ['DER_TRUNCATED', () => replaced(file('vek.der'), file('no.der', Uint8Array.of(0x30, 0x82, 1)))],
    [
      'EVIDENCE_DUPLICATE',
      () =>
        replaced(file('report.bin'), file('extended.bin')).map((one) =>
          one === file('vek.der') ? file('other.der', labEvidence({ line: 'Genoa' }).vek) : one,
        ),
    ],
    ['POLICY_INVALID', () => replaced(file('policy.json'), file('bad.json', '{"version":1,"version":1}'))],
    [
      'POLICY_INVALID',
      () =>
        replaced(file('policy.json'), file('bom.json', `\uFEFF${readFileSync(file('policy.json'), 'utf8')}`)),
    ],
    ['POLICY_INVALID', () => replaced(file('policy.json'), file('large', new Uint8Array(1024 * 1024 + 1)))],
  ])('%s', async (code, argv) => {
    expect(await refused(argv())).toBe(code)
  })

  test('a policy that cannot be read is a malformed verdict, on standard output', async () => {
    const ran = await lab([...replaced(file('policy.json'), file('bad.json', '{}')), '--json'])
    expect(ran.status).toBe(30)
    expect(jsonOf(ran)).toMatchObject({
      verdict: 'malformed',
      code: 'POLICY_INVALID',
      report: null,
      claimed: null,
      checks: [],
      at: '2026-06-01T00:00:00.000Z',
    })
  })

  test('what a rejected report says is a claim', async () => {
    const verdict = await outcome(replaced(expected, other))
    expect(verdict.report).toBeNull()
    expect(verdict.claimed.reportData).toBe(expected)
  })

  test('lab evidence is worth nothing under the real roots', async () => {
    const ran = await attested([...good('--at', '2026-06-01T00:00:00Z'), '--json'])
    expect(ran.status).toBe(10)
    expect(jsonOf(ran)).toMatchObject({ verdict: 'rejected', code: 'CHAIN_SIGNATURE' })
    expect(jsonOf(ran)).not.toHaveProperty('lab')
  })
})

test('a mistake of ours is no verdict', async () => {
  const ran = await attested(good(), {
    settings: { verifier: { appraiseEvidence: () => Promise.reject(new RangeError('a bug')) } },
  })
  expect(ran).toMatchObject({ status: 1, out: '' })
  expect(ran.err).toContain('internal error')
  expect(ran.err).toContain('a bug')
})

test('without --at it is now', async () => {
  const at = '2026-05-25T00:00:00.000Z'
  const ran = await attested([...good(), '--json'], { settings: { now: () => new Date(at) } })
  expect(jsonOf(ran).at).toBe(at)
})

test('genuine evidence, under the recommended policy and under one that is wrong in one thing', async () => {
  const real = join(repositoryRoot(), 'vectors/real')
  const measurement =
    '7699e6ac12ccdfd1dfac70e649ce1f046cb2afbb003438f4cdddfe2ccbe182fa5ffbe8dcdb930454324e10c52c788980'
  const document = recommendedPolicy({
    environment: 'bare-metal',
    products: ['Genoa'],
    measurements: [{ label: 'sample', value: measurement }],
  })
  const run = (name: string, changed: object, ...more: string[]) =>
    attested([
      'verify',
      join(real, 'genoa-v3.tsm.json'),
      '--crl',
      `${join(real, 'genoa-9.crl.pem')},fetched=2026-08-15T00:00:00Z`,
      '--policy',
      file(name, JSON.stringify({ ...document, freshness: { unchecked: 'a stored sample' }, ...changed })),
      '--unchecked-report-data',
      'a stored sample',
      '--json',
      ...more,
    ])
  const ran = await run('genoa.json', {})
  expect(ran.status).toBe(0)
  expect(jsonOf(ran)).toMatchObject({ verdict: 'accepted', kind: 'unbound', product: 'Genoa' })
  expect(jsonOf(ran)).not.toHaveProperty('lab')
  expect(jsonOf(await run('wrong.json', { vmpl: [1] }))).toMatchObject({ code: 'APPRAISAL_VMPL' })
  expect((await run('genoa.json', {}, '--at', '2026-09-10T00:00:00Z')).status).toBe(20)
})
