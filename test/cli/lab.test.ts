import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { signedWith } from './signed-with.js'
import { toHex } from '../support/der.js'
import { labPki } from '../support/pki.js'
import { LAB_REPORT_DATA, patchReport } from '../support/report.js'
import { jsonOf, lab, temporaryFolder } from './harness.js'

const folder = temporaryFolder()
const { file } = folder
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(file(name)))

const verify = (name: string, ...more: string[]) =>
  lab([
    ...[
      'verify',
      file(`${name}/report.bin`),
      '--vek',
      file(`${name}/vek.der`),
      '--crl',
      file(`${name}/crl.der`),
    ],
    ...['--policy', file(`${name}/policy.json`), ...more],
  ])
const challenge = ['--report-data', toHex(LAB_REPORT_DATA), '--challenge']

describe('make', () => {
  test.each([
    [[]],
    [['--product', 'Genoa', '--report-version', '2']],
    [['--product', 'Genoa', '--signer', 'vlek', '--report-version', '4']],
    [['--product', 'Turin', '--report-version', '5']],
    [['--product', 'Turin', '--signer', 'vlek']],
  ])('%j: what it makes is accepted by its policy', async (argv) => {
    const made = await lab(['make', '--out', file('made'), ...argv])
    expect([made.status, made.err]).toEqual([0, ''])
    expect((await verify('made', ...challenge)).status).toBe(0)
    expect((await verify('made', '--unchecked-report-data', 'x')).status).toBe(10)
    const command = /^lab (verify .*)$/m.exec(made.out)?.[1] ?? ''
    expect((await lab(command.split(' '))).status).toBe(0)
    const extended = ['verify', file('made/extended.bin'), '--crl', file('made/crl.der')]
    expect((await lab([...extended, '--policy', file('made/policy.json'), ...challenge])).status).toBe(0)
  })

  test('fields are as told', async () => {
    const [data, measurement, host] = ['11'.repeat(64), '22'.repeat(48), '33'.repeat(32)]
    await lab([
      'make',
      '--out',
      file('told'),
      '--report-data',
      data,
      '--measurement',
      measurement,
      '--host-data',
      host,
    ])
    const { claimed } = jsonOf(await lab(['inspect', file('told/report.bin'), '--json']))
    expect(claimed).toMatchObject({ reportData: data, measurement, hostData: host })
    expect((await verify('told', '--report-data', data, '--challenge')).status).toBe(0)
  })

  test.each([
    [[]],
    [['--out', file('x'), '--product', 'Rome']],
    [['--out', file('x'), '--signer', 'ark']],
    [['--out', file('x'), '--report-version', '6']],
    [['--out', file('x'), '--report-version', '2', '--product', 'Turin']],
    [['--out', file('x'), '--measurement', 'abc']],
    [['--out', file('x'), 'more']],
    [['--out', file('x'), '--at', '2026-06-01T00:00:00Z']],
  ])('wrong usage: %j', async (argv) => {
    const ran = await lab(['make', ...argv])
    expect(ran).toMatchObject({ status: 2, out: '' })
    expect(ran.err).toContain('lab make --out DIR')
  })
})

describe('sign', () => {
  const resign = async (edit: (report: Uint8Array) => Uint8Array, ...more: string[]) => {
    const edited = file('edited.bin', edit(bytes('base/report.bin')))
    expect((await verify('base', ...challenge)).status).toBe(0)
    const ran = await lab(['sign', edited, '--out', file('signed/report.bin'), ...more])
    expect([ran.status, ran.err]).toEqual([0, ''])
    return lab([
      ...[
        'verify',
        file('signed/report.bin'),
        '--vek',
        file('signed/vek.der'),
        '--crl',
        file('base/crl.der'),
      ],
      ...['--policy', file('base/policy.json'), ...challenge, '--json'],
    ])
  }
  const made = (...argv: string[]) => lab(['make', '--out', file('base'), ...argv])

  test('an edited report is signed again, by the key that it had', async () => {
    await made()
    const ran = await resign((report) => patchReport(report, 0xc0, Uint8Array.of(9)))
    expect(jsonOf(ran)).toMatchObject({ code: 'APPRAISAL_HOST_DATA' })
    expect(bytes('signed/vek.der')).toEqual(bytes('base/vek.der'))
    expect(signedWith(bytes('signed/report.bin'), bytes('signed/vek.der'))).toBe(true)
    expect(signedWith(bytes('edited.bin'), bytes('signed/vek.der'))).toBe(false)
  })

  test('another TCB has another key', async () => {
    await made('--product', 'Turin', '--report-version', '5')
    const ran = await resign((report) => patchReport(report, 0x180, Uint8Array.of(0)))
    expect(bytes('signed/vek.der')).not.toEqual(bytes('base/vek.der'))
    expect(jsonOf(ran)).toMatchObject({ code: 'APPRAISAL_ENDORSEMENT_KEYS' })
  })

  test('so has another chip', async () => {
    await made()
    const ran = await resign((report) => patchReport(report, 0x1a0, Uint8Array.of(1, 2, 3)))
    expect(jsonOf(ran)).toMatchObject({ code: 'APPRAISAL_CHIPS' })
  })

  test('so has another signer', async () => {
    await made('--product', 'Genoa')
    const ran = await resign((report) => patchReport(report, 0x48, Uint8Array.of(4)))
    expect(jsonOf(ran)).toMatchObject({ code: 'APPRAISAL_SIGNERS' })
  })

  test('a report of version 2 does not say its product', async () => {
    await made('--product', 'Genoa', '--report-version', '2')
    const argv = ['sign', file('base/report.bin'), '--out', file('signed/report.bin')]
    expect(await lab(argv)).toMatchObject({ status: 2, out: '' })
    expect((await lab([...argv, '--product', 'Genoa'])).status).toBe(0)
    expect(bytes('signed/report.bin')).toEqual(bytes('base/report.bin'))
  })

  test.each([
    [[]],
    [['x']],
    [[file('none'), '--out', file('y')]],
    [[file('short', 'x'), '--out', file('y')]],
  ])('wrong usage: %j', async (argv) => {
    expect(await lab(['sign', ...argv])).toMatchObject({ status: 2, out: '' })
  })
})

describe('everything says that it is synthetic', () => {
  const line = 'LAB: synthetic keys. This says nothing about any real machine.\n'

  test('JSON has lab: true after its schema', async () => {
    await lab(['make', '--out', file('said')])
    for (const ran of [
      await verify('said', ...challenge, '--json'),
      await verify('said', '--unchecked-report-data', 'x', '--json'),
      await lab([
        'verify',
        file('said/ark.der'),
        '--policy',
        file('said/policy.json'),
        ...challenge,
        '--json',
      ]),
      await lab(['inspect', file('said/report.bin'), '--json']),
      await lab(['inspect', file('said/ark.der'), '--json']),
      await lab(['explain', 'DER_LIMIT', '--json']),
    ]) {
      expect(Object.entries(jsonOf(ran)).slice(0, 2)).toEqual([
        ['schema', expect.stringMatching(/^attested\/\w+@1$/)],
        ['lab', true],
      ])
    }
  })

  test('text begins with it', async () => {
    for (const ran of [
      await lab(['make', '--out', file('said')]),
      await lab(['sign', file('said/report.bin'), '--out', file('said/again.bin')]),
      await verify('said', ...challenge),
      await lab(['inspect', file('said/report.bin')]),
      await lab(['explain', 'DER_LIMIT']),
      await lab(['--help']),
      await lab(['verify', '--help']),
      await lab(['make', '--help']),
      await lab(['--version']),
    ]) {
      expect(ran.status).toBe(0)
      expect(ran.out.startsWith(line)).toBe(true)
    }
  })

  test('a policy stays a policy: it is said on standard error', async () => {
    const ran = await lab(['policy', 'from-report', file('said/report.bin')])
    expect(ran.err).toContain(line)
    expect(Object.keys(jsonOf(ran))).not.toContain('lab')
  })

  test('help names what the lab adds, and its time', async () => {
    const { out } = await lab(['--help'])
    for (const part of ['lab make', 'lab sign', '2026-06-01T00:00:00.000Z']) expect(out).toContain(part)
    expect((await lab(['verify', '--help'])).out).toContain('--at defaults to 2026-06-01T00:00:00.000Z')
  })
})

test('the revoked intermediate of Genoa is known to the lab without a CRL', async () => {
  await lab(['make', '--out', file('revoked'), '--product', 'Genoa'])
  const { der } = labPki().revoked.Genoa
  const ran = await verify('revoked', ...challenge, '--certificate', file('revoked.der', der), '--json')
  expect(jsonOf(ran)).toMatchObject({ verdict: 'rejected', code: 'REVOCATION_REVOKED' })
})
