// `kds url`, `kds fetch` and `verify --fetch`, against a service on this machine.
import { existsSync, readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CommandSettings } from '../../src/cli/context.js'
import { vcekIdOf, vcekUrl } from '../../src/kds/url.js'
import { parseReport } from '../../src/report/report.js'
import { toHex } from '../support/der.js'
import { body, close, startFakeKds, status } from '../support/kds.js'
import type { FakeKds } from '../support/kds.js'
import { labSettings } from '../support/lab-command.js'
import { openPolicy } from '../support/lab-verifier.js'
import { LAB_NOW, labCrl, labEvidence, labPki } from '../support/pki.js'
import { LAB_REPORT_DATA, patchReport } from '../support/report.js'
import { attested, jsonOf, temporaryFolder } from './harness.js'

const folder = temporaryFolder()
const { file } = folder
const milan = labEvidence()
const old = labEvidence({ version: 2 })
const vlek = labEvidence({ signer: 'vlek' })
const masked = labEvidence({ report: { chipId: new Uint8Array(64) } })
const amd = 'https://kdsintf.amd.com'
const address = vcekUrl(parseReport(milan.report))
const oldAddress = vcekUrl(vcekIdOf(parseReport(old.report), 'Milan'))

let kds: FakeKds
let network: Partial<CommandSettings>
beforeAll(async () => {
  kds = await startFakeKds(
    new Map([
      [address.slice(amd.length), milan],
      [oldAddress.slice(amd.length), old],
    ]),
  )
  network = {
    ...labSettings(),
    network: {
      fetch: (url, init) => fetch(url, init),
      random: () => 0,
      sleep: (ms) => (ms === 10_000 ? new Promise(() => undefined) : Promise.resolve()),
    },
  }
})
afterAll(() => kds.close())
beforeEach(() => {
  kds.asked.length = 0
  kds.next.length = 0
  kds.always = null
})

const run = (...argv: readonly string[]) => attested(argv, { settings: network })
const reportFile = (name: string, { report }: { readonly report: Uint8Array }) => file(name, report)
const report = reportFile('report.bin', milan)

describe('kds url', () => {
  const authorities = (kind: string) => [`${amd}/${kind}/v1/Milan/cert_chain`, `${amd}/${kind}/v1/Milan/crl`]

  test('prints where all is that belongs to a report, and asks nobody', async () => {
    const { status, out } = await attested(['kds', 'url', report])
    expect([status, out]).toEqual([0, [address, ...authorities('vcek'), ''].join('\n')])
    const json = jsonOf(await attested(['kds', 'url', report, '--json']))
    expect(json).toEqual({
      schema: 'attested/kds-urls@1',
      vcek: address,
      chain: authorities('vcek')[0],
      crl: authorities('vcek')[1],
    })
    expect(kds.asked).toEqual([])
  })

  test('of the kinds that are named, through a proxy if there is one', async () => {
    const { out } = await attested([
      'kds',
      'url',
      report,
      '--kind',
      'vcek',
      '--kds-base',
      'https://kds.example/x/',
    ])
    expect(out).toBe(address.replace(amd, 'https://kds.example/x') + '\n')
    const both = await attested([
      'kds',
      'url',
      report,
      '--kind',
      'crl',
      '--kind',
      'chain',
      '--format',
      'snp-report',
    ])
    expect([both.out, both.err]).toEqual([authorities('vcek').join('\n') + '\n', ''])
  })

  test('of a VLEK there are chain and CRL, of a masked chip too', async () => {
    const ran = await attested(['kds', 'url', reportFile('vlek.bin', vlek)])
    expect([ran.status, ran.out]).toEqual([0, authorities('vlek').join('\n') + '\n'])
    expect(ran.err).toContain('no VCEK to fetch: not signed by a VCEK')
    const hidden = await attested(['kds', 'url', reportFile('masked.bin', masked), '--json'])
    expect(jsonOf(hidden)).toMatchObject({ vcek: null, crl: authorities('vcek')[1] })
    expect(hidden.err).toContain('CHIP_ID is masked')
    const asked = await attested(['kds', 'url', file('masked.bin'), '--kind', 'vcek'])
    expect([asked.status, asked.out]).toEqual([20, ''])
    expect(asked.err).toContain('ENDORSEMENT_MISSING')
  })

  test('a version 2 report needs its line to be named, or a certificate that does', async () => {
    const ran = await attested(['kds', 'url', reportFile('old.bin', old)])
    expect([ran.status, ran.out]).toEqual([20, ''])
    expect(ran.err).toContain('REPORT_PRODUCT_UNKNOWN')
    expect((await attested(['kds', 'url', file('old.bin'), '--product', 'Milan'])).out.split('\n')[0]).toBe(
      oldAddress,
    )
    const whole = file('extended.bin', Buffer.concat([old.report, old.table]))
    expect((await attested(['kds', 'url', whole])).out.split('\n')[0]).toBe(oldAddress)
  })

  test.each([
    ['kds needs url or fetch', ['kds']],
    ['no such command: kds get', ['kds', 'get', report]],
    ['EVIDENCE is missing', ['kds', 'url']],
    ['--kind must be one of vcek, chain, crl', ['kds', 'url', report, '--kind', 'vcek', '--kind', 'vlek']],
    ['--product must be one of', ['kds', 'url', report, '--product', 'Rome']],
    ['--product is Genoa, and the evidence is of Milan', ['kds', 'url', report, '--product', 'Genoa']],
    [
      '--product is Turin, and the report is of version 2',
      ['kds', 'url', file('old2.bin', old.report), '--product', 'Turin'],
    ],
    ['--kds-base must be', ['kds', 'url', report, '--kds-base', 'kds.example']],
    ['--out is required', ['kds', 'fetch', report]],
    ['kds fetch needs a network', ['kds', 'fetch', report, '--out', folder.path]],
    ["Unknown option '--out'", ['kds', 'url', report, '--out', folder.path]],
  ])('wrong usage: %s', async (says, argv) => {
    const { status, out, err } = await attested(argv)
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain(says)
  })

  test('what cannot be read is malformed', async () => {
    expect((await attested(['kds', 'url', file('x.bin', 'x')])).status).toBe(30)
    const reserved = file('reserved.bin', patchReport(milan.report, 0x4c, Uint8Array.of(1)))
    expect((await attested(['kds', 'url', reserved])).status).toBe(30)
  })

  test.each(['kds', 'kds url', 'kds fetch'])('%s --help', async (name) => {
    const { status, out } = await attested([...name.split(' '), '--help'])
    expect(status).toBe(0)
    expect(out).toMatch(/^usage: attested kds url /)
  })
})

describe('kds fetch', () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

  test('writes what belongs to a report, and when the CRL was fetched', async () => {
    const out = file('collateral/new')
    const ran = await run('kds', 'fetch', report, '--out', out, '--kds-base', kds.baseUrl)
    expect([ran.status, ran.out]).toEqual([
      0,
      `LAB: synthetic keys. This says nothing about any real machine.
--vek ${out}/vcek.der
--certificate ${out}/ask.der
--certificate ${out}/ark.der
--crl ${out}/crl.der,fetched=2026-06-01T00:00:00.000Z,scope=vcek
`,
    ])
    const { ark, ask } = labPki().lines.Milan
    const expected = {
      'vcek.der': milan.vek,
      'ask.der': ask.der,
      'ark.der': ark.der,
      'crl.der': labCrl('Milan'),
    }
    for (const [name, bytes] of Object.entries(expected))
      expect([name, toHex(readFileSync(`${out}/${name}`))]).toEqual([name, toHex(bytes)])
    const at = LAB_NOW.toISOString()
    expect(JSON.parse(readFileSync(`${out}/kds.json`, 'utf8'))).toEqual({
      schema: 'attested/kds-fetch@1',
      notVerified: true,
      product: 'Milan',
      signer: 'vcek',
      source: kds.baseUrl,
      files: Object.entries(expected).map(([name, bytes]) => ({
        name,
        sha256: sha256(bytes),
        fetchedAt: name === 'crl.der' ? at : null,
        scope: name === 'crl.der' ? 'vcek' : null,
      })),
    })
    // What it prints is what verify takes.
    const options = ran.out
      .split('\n')
      .slice(1, -1)
      .flatMap((line) => line.split(' '))
    const policy = file('open.json', JSON.stringify(openPolicy))
    const verified = await run(
      'verify',
      report,
      ...options,
      '--policy',
      policy,
      '--unchecked-report-data',
      'x',
    )
    expect(verified.status).toBe(0)
  })

  test('of a VLEK, the chain and CRL of its kind', async () => {
    const out = file('vlek')
    const ran = await run(
      'kds',
      'fetch',
      file('v.bin', vlek.report),
      '--out',
      out,
      '--kds-base',
      kds.baseUrl,
      '--json',
    )
    expect(jsonOf(ran).files.map(({ name }: { name: string }) => name)).toEqual([
      'asvk.der',
      'ark.der',
      'crl.der',
    ])
    expect(jsonOf(ran).signer).toBe('vlek')
    expect(kds.asked).toEqual(['GET /vlek/v1/Milan/cert_chain', 'GET /vlek/v1/Milan/crl'])
  })

  test.each([
    ['KDS_NOT_FOUND', () => status(404)],
    ['KDS_UNAVAILABLE', () => close],
    ['KDS_RATE_LIMITED', () => status(429, { 'retry-after': '1000' })],
    ['KDS_RESPONSE', () => body('<html>')],
  ])('writes nothing where all cannot be had: %s', async (code, misbehaviour) => {
    kds.next.push(
      () => false,
      () => false,
      ...Array.from({ length: 9 }, misbehaviour),
    )
    const out = file(`none-${code}`)
    const ran = await run('kds', 'fetch', report, '--out', out, '--kds-base', kds.baseUrl)
    expect([ran.status, ran.out]).toEqual([20, ''])
    expect(ran.err).toContain(`attested: ${code}: the vcek CRL of Milan: `)
    expect(existsSync(out)).toBe(false)
  })

  test('says where it cannot write', async () => {
    const ran = await run('kds', 'fetch', report, '--kind', 'crl', '--out', report, '--kds-base', kds.baseUrl)
    expect(ran.status).toBe(2)
    expect(ran.err).toContain(`cannot write to ${report}: EEXIST`)
  })
})

describe('verify --fetch', () => {
  const strict = file(
    'strict.json',
    JSON.stringify({
      ...openPolicy,
      revocation: { crl: 'required', graceDays: 0, minNumbers: { unchecked: 'x' }, maxFetchAgeDays: 1 },
    }),
  )
  const verify = (evidence: string, ...more: readonly string[]) =>
    run(
      'verify',
      evidence,
      '--policy',
      strict,
      '--report-data',
      toHex(LAB_REPORT_DATA),
      '--fetch',
      '--kds-base',
      kds.baseUrl,
      '--json',
      ...more,
    )
  const paths = () => kds.asked.map((line) => line.split('/').at(-1)?.split('?')[0])

  test('accepts a bare report by what it fetches', async () => {
    const ran = await verify(report)
    expect(jsonOf(ran)).toMatchObject({
      verdict: 'accepted',
      code: null,
      crl: { fetchedAt: LAB_NOW.toISOString(), scope: 'vcek' },
    })
    expect(ran.err).toContain('fetched the VCEK')
    expect(ran.err).toContain('fetched the CRL')
    expect(ran.status).toBe(0)
    expect(kds.asked).toHaveLength(2)
  })

  test('fetches only what is missing', async () => {
    expect((await verify(report, '--vek', file('vek.der', milan.vek))).status).toBe(0)
    expect(paths()).toEqual(['crl'])
    kds.asked.length = 0
    const crl = `${file('crl.der', labCrl('Milan'))},fetched=2026-06-01T00:00:00Z`
    expect((await verify(report, '--vek', file('vek.der'), '--crl', crl)).status).toBe(0)
    expect(paths()).toEqual([])
    expect((await verify(file('vlek.bin', vlek.report), '--vek', file('vlek.der', vlek.vek))).status).toBe(0)
    expect(kds.asked).toEqual(['GET /vlek/v1/Milan/crl'])
  })

  test('verifies what it fetches: a forged key and a stale CRL are refused', async () => {
    kds.next.push(body(labEvidence({ chain: 'attacker' }).vek))
    expect(jsonOf(await verify(report))).toMatchObject({ verdict: 'rejected', code: 'CHAIN_SIGNATURE' })
    kds.next.push(() => false, body(labCrl('Milan', { nextUpdate: new Date('2026-05-31T00:00:00Z') })))
    expect(jsonOf(await verify(report))).toMatchObject({ verdict: 'unverifiable', code: 'REVOCATION_STALE' })
  })

  test.each([
    ['KDS_NOT_FOUND', () => status(404)],
    ['KDS_UNAVAILABLE', () => status(500)],
    ['KDS_RATE_LIMITED', () => status(429)],
    ['KDS_RESPONSE', () => body(labEvidence({ line: 'Genoa' }).vek)],
    ['KDS_RESPONSE', () => status(301, { location: '/' })],
  ])('is unverifiable where it cannot be had: %s', async (code, misbehaviour) => {
    kds.always = misbehaviour()
    const ran = await verify(report)
    expect(ran.status).toBe(20)
    expect(jsonOf(ran)).toMatchObject({ verdict: 'unverifiable', code, report: null, checks: [] })
  })

  test('asks nothing for what no document can help, nor before all arguments are right', async () => {
    const cases = [
      [file('host.bin', patchReport(milan.report, 0x30, new Uint8Array(4).fill(255))), 'REPORT_VMPL'],
      [file('short.bin', milan.report.slice(1)), 'EVIDENCE_FORMAT'],
      [file('silicon.bin', patchReport(milan.report, 0x188, Uint8Array.of(0x17))), 'REPORT_PRODUCT_UNKNOWN'],
    ] as const
    for (const [path, code] of cases) expect(jsonOf(await verify(path)).code).toBe(code)
    const bad = file('bad.json', '{}')
    const ran = await run(
      'verify',
      report,
      '--policy',
      bad,
      '--unchecked-report-data',
      'x',
      '--fetch',
      '--kds-base',
      kds.baseUrl,
    )
    expect(ran.status).toBe(30)
    expect(kds.asked).toEqual([])
  })

  test('without a VCEK to fetch the verdict says that one is missing', async () => {
    for (const [name, { report: bytes }] of Object.entries({ masked, vlek })) {
      const ran = await verify(file(`${name}-alone.bin`, bytes))
      expect(jsonOf(ran)).toMatchObject({ verdict: 'unverifiable', code: 'ENDORSEMENT_MISSING' })
      expect(ran.err).toContain('no VCEK to fetch: ')
    }
    expect(kds.asked).toEqual([])
  })

  test('of a version 2 report, once its line is named', async () => {
    expect(jsonOf(await verify(file('old3.bin', old.report))).code).toBe('REPORT_PRODUCT_UNKNOWN')
    expect((await verify(file('old3.bin'), '--product', 'Milan')).status).toBe(0)
    expect((await verify(report, '--product', 'Genoa')).status).toBe(2)
  })
})
