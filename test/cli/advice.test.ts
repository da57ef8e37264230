// What the command says to do next, on standard error: where another option or another file may turn a refusal round.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { vcekUrl } from '../../src/kds/url.js'
import { parseReport } from '../../src/report/report.js'
import { type FakeKds, startFakeKds, status } from '../support/kds.js'
import { labSettings } from '../support/lab-command.js'
import { labCrl, labEvidence } from '../support/pki.js'
import { type Ran, attested, jsonOf, lab, temporaryFolder } from './harness.js'

const folder = temporaryFolder()
const { file } = folder
const milan = labEvidence()
const address = vcekUrl(parseReport(milan.report)).slice('https://kdsintf.amd.com'.length)
const recognised = 'attested: evidence recognised as snp-report\n'
const format =
  'attested: --format NAME says what keeps the input from being of that format; the --help of the command has the names\n'
const key =
  'attested: give the certificate by --vek FILE: "attested kds fetch" gets a VCEK, and so does verify --fetch; ' +
  'a VLEK comes from the provider, with the report\n'
const crl =
  'attested: give AMD’s newest CRL with the time at which you fetched it, --crl FILE,fetched=TIME: ' +
  '"attested kds fetch" gets it, and so does verify --fetch\n'

let kds: FakeKds
beforeAll(async () => {
  kds = await startFakeKds(new Map([[address, milan]]))
  expect((await lab(['make', '--out', folder.path])).status).toBe(0)
  const policy = JSON.parse(readFileSync(file('policy.json'), 'utf8')) as Record<string, unknown>
  const revocation = { crl: 'required', graceDays: 0, minNumbers: { Milan: 2 }, maxFetchAgeDays: 1 }
  file('strict.json', JSON.stringify({ ...policy, freshness: { unchecked: 'x' }, revocation }))
  file('fresh.json', JSON.stringify({ ...policy, freshness: 'challenge' }))
  file('other.bin', 'hello')
})
afterAll(() => kds.close())
beforeEach(() => {
  kds.next.length = 0
  kds.always = null
})

const verify = (evidence: string, policy: string, ...more: readonly string[]): Promise<Ran> =>
  lab(['verify', file(evidence), '--policy', file(policy), '--unchecked-report-data', 'x', ...more])
const vek = (): readonly string[] => ['--vek', file('vek.der')]

describe('after a verdict', () => {
  test.each<[string, () => readonly string[], string, string]>([
    ['a key that is missing', () => [], 'ENDORSEMENT_MISSING', key],
    ['a CRL that is missing', () => vek(), 'REVOCATION_MISSING', crl],
    [
      'a CRL that is old',
      () => [
        ...vek(),
        '--crl',
        file('old.crl', labCrl('Milan', { nextUpdate: new Date('2026-05-31T00:00:00Z') })),
      ],
      'REVOCATION_STALE',
      crl,
    ],
    [
      'a CRL of a low number',
      () => [
        ...vek(),
        '--crl',
        `${file('low.crl', labCrl('Milan', { number: 1 }))},fetched=2026-06-01T00:00:00Z`,
      ],
      'REVOCATION_NUMBER',
      crl,
    ],
    [
      'a CRL that was fetched long ago',
      () => [...vek(), '--crl', `${file('crl.der')},fetched=2026-01-01T00:00:00Z`],
      'REVOCATION_FETCH_AGE',
      crl,
    ],
  ])('%s', async (_, more, code, says) => {
    for (const form of [[], ['--json']]) {
      const ran = await verify('report.bin', 'strict.json', ...more(), ...form)
      expect([ran.err, ran.status]).toEqual([recognised + says, 20])
      expect(ran.out).toContain(code)
    }
  })

  test('evidence that is less fresh than the policy demands', async () => {
    const ran = await verify('report.bin', 'fresh.json', ...vek(), '--crl', file('crl.der'))
    expect(ran.out).toContain('rejected: APPRAISAL_FRESHNESS\n')
    expect(ran.err).toBe(
      `${recognised}attested: a challenge of yours that the guest committed to makes evidence fresh: ` +
        '--report-data HEX --challenge, or --binding; for a stored sample the policy has to leave freshness unchecked\n',
    )
  })

  test('nothing where it is a yes, or a no that no option turns round', async () => {
    const given = [...vek(), '--crl', `${file('crl.der')},fetched=2026-06-01T00:00:00Z`]
    const wrong = ['--vek', file('attacker.der', labEvidence({ chain: 'attacker' }).vek)]
    expect(await verify('report.bin', 'strict.json', ...wrong)).toMatchObject({ status: 10, err: recognised })
    expect(await verify('report.bin', 'strict.json', ...given)).toMatchObject({ status: 0, err: recognised })
  })
})

describe('of what no format recognises', () => {
  test.each([
    ['inspect', ['inspect']],
    ['policy from-report', ['policy', 'from-report']],
    ['kds url', ['kds', 'url']],
  ])('%s', async (_, words) => {
    const ran = await attested([...words, file('other.bin')])
    expect(ran.status).toBe(30)
    expect(ran.err.endsWith(format)).toBe(true)
  })

  test('verify and bundle create', async () => {
    expect(await verify('other.bin', 'strict.json')).toMatchObject({ status: 30, err: format })
    const create = ['bundle', 'create', file('other.bin'), '--policy', file('strict.json')]
    const ran = await lab([...create, '--unchecked-report-data', 'x'])
    expect(ran).toMatchObject({
      status: 30,
      err: `attested: EVIDENCE_FORMAT: not recognised as any evidence format\n${format}`,
    })
  })

  test('bundle create says what its verdict lacks, wherever the bundle goes', async () => {
    const create = ['bundle', 'create', file('report.bin'), '--policy', file('strict.json')]
    for (const out of [[], ['--out', file('made.json')]]) {
      const ran = await lab([...create, '--unchecked-report-data', 'x', ...out])
      expect(ran.status).toBe(20)
      expect(ran.err.endsWith(key)).toBe(true)
    }
  })

  test('kds url of a key that nobody has asks for no option', async () => {
    const ran = await attested([
      'kds',
      'url',
      file('vlek.bin', labEvidence({ signer: 'vlek' }).report),
      '--kind',
      'vcek',
    ])
    expect([ran.status, ran.err]).toEqual([
      20,
      `${recognised}attested: ENDORSEMENT_MISSING: not signed by a VCEK: a VLEK comes from the provider, with the evidence\n`,
    ])
  })
})

describe('where the key service cannot be had', () => {
  const settings = {
    ...labSettings(),
    network: {
      fetch: (url: string, init: RequestInit) => fetch(url, init),
      random: () => 0,
      sleep: (ms: number) => (ms === 10_000 ? new Promise<void>(() => undefined) : Promise.resolve()),
    },
  }
  const fetching = (base: string): Promise<Ran> =>
    attested(['kds', 'fetch', file('report.bin'), '--out', file('none'), '--kds-base', base], { settings })

  /** A port of this machine at which nobody listens. */
  async function closedPort(): Promise<number> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise<void>((resolve) => server.close(() => resolve()))
    return port
  }

  test('who was asked, and what the network said', async () => {
    const base = `http://127.0.0.1:${String(await closedPort())}`
    const ran = await fetching(base)
    expect([ran.status, ran.err]).toEqual([
      20,
      `${recognised}attested: ${base} was asked: ECONNREFUSED\n` +
        'attested: KDS_UNAVAILABLE: the VCEK of a Milan chip: no answer\n',
    ])
  })

  test('how long it wants to be left alone', async () => {
    kds.always = status(429, { 'retry-after': '86400' })
    const ran = await fetching(kds.baseUrl)
    expect(ran.err).toContain(`attested: ${kds.baseUrl} was asked, and wants to be left alone for 86400 s\n`)
  })

  test('in verify --fetch too, and beside a verdict as JSON', async () => {
    kds.always = status(404)
    const argv = [
      'verify',
      file('report.bin'),
      '--policy',
      file('strict.json'),
      '--unchecked-report-data',
      'x',
    ]
    const ran = await attested([...argv, '--fetch', '--kds-base', kds.baseUrl, '--json'], { settings })
    expect(jsonOf(ran)).toMatchObject({ verdict: 'unverifiable', code: 'KDS_NOT_FOUND' })
    expect(ran.err).toBe(`${recognised}attested: ${kds.baseUrl} was asked\n`)
  })

  test('not where a reason of the network has no plain form', async () => {
    const odd = {
      ...settings,
      network: {
        ...settings.network,
        fetch: () => Promise.reject(new Error('x', { cause: Object.assign(new Error(), { code: 'a\nb' }) })),
      },
    }
    const ran = await attested(['kds', 'fetch', file('report.bin'), '--out', file('none')], { settings: odd })
    expect(ran.err).toContain('attested: https://kdsintf.amd.com was asked\n')
  })

  test('of a version 2 report, the option that names its line', async () => {
    const ran = await attested(['kds', 'url', file('old.bin', labEvidence({ version: 2 }).report)])
    expect([ran.status, ran.err]).toEqual([
      20,
      `${recognised}attested: REPORT_PRODUCT_UNKNOWN: a report of version 2 does not say its product line: ` +
        'give it by --product\n',
    ])
  })
})
