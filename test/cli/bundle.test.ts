import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/command.js'
import { readBundleDocument, writeBundle } from '../../src/evidence/bundle-document.js'
import { labSettings } from '../support/lab-command.js'
import { toHex } from '../support/der.js'
import { agentDocument } from '../support/manifest-documents.js'
import { repositoryRoot } from '../support/real-folder.js'
import { LAB_REPORT_DATA } from '../support/report.js'
import { type Ran, attested, jsonOf, lab, temporaryFolder } from './harness.js'
import { type Schema, violations } from './json-schema.js'

const folder = temporaryFolder()
const { file } = folder
const reportData = toHex(LAB_REPORT_DATA)
const other = 'ab'.repeat(64)
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(file(name)))
const textOf = (name: string): string => readFileSync(file(name), 'utf8')
const agent = temporaryFolder()

beforeAll(async () => {
  expect((await lab(['make', '--out', folder.path])).status).toBe(0)
  const made = await lab(creating('--out', file('bundle.json')))
  expect([made.status, made.err]).toEqual([0, 'attested: evidence recognised as snp-report\n'])
  expect(made.out).toMatch(
    /^LAB: .*\nwrote .*bundle\.json: \d+ bytes, sha256:[0-9a-f]{64}\nit records the verdict accepted/,
  )
})

const evidence = (): readonly string[] => [
  file('report.bin'),
  '--vek',
  file('vek.der'),
  '--crl',
  `${file('crl.der')},fetched=2026-06-01T00:00:00Z,scope=vcek`,
]
const policy = (): readonly string[] => ['--policy', file('policy.json')]
const challenge = (hex = reportData): readonly string[] => ['--report-data', hex, '--challenge']
const creating = (...more: readonly string[]): readonly string[] => [
  'bundle',
  'create',
  ...evidence(),
  ...policy(),
  ...challenge(),
  ...more,
]

/** `lab ARGS` when the lab's certificates and CRLs are long over. */
async function labInYear(year: number, argv: readonly string[]): Promise<Ran> {
  let [out, err] = ['', '']
  const status = await runCommand(
    argv,
    {
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
      readStdin: async () => new Uint8Array(),
    },
    { ...labSettings(), now: () => new Date(Date.UTC(year, 0)) },
  )
  return { status, out, err }
}

describe('bundle create', () => {
  test('makes the same bytes each time, in a file or on standard output', async () => {
    const again = await lab(creating('--out', file('again.json'), '--json'))
    expect(jsonOf(again)).toMatchObject({
      schema: 'attested/bundle-created@1',
      lab: true,
      out: file('again.json'),
      bytes: bytesOf('bundle.json').length,
      verdict: 'accepted',
      code: null,
      at: '2026-06-01T00:00:00.000Z',
    })
    expect(bytesOf('again.json')).toEqual(bytesOf('bundle.json'))
    const printed = await lab(creating())
    expect([printed.status, printed.out]).toEqual([0, textOf('bundle.json')])
    expect(printed.err).toContain('LAB: ')
    expect(printed.err).toContain('the bundle records the verdict accepted')
  })

  test('writes a refusal too, and its status is that of the verdict', async () => {
    const wrong = ['bundle', 'create', ...evidence(), ...policy(), ...challenge(other)]
    const ran = await lab([...wrong, '--out', file('refused.json'), '--json'])
    expect([ran.status, jsonOf(ran).code]).toEqual([10, 'BINDING_MISMATCH'])
    const replayed = await lab(['bundle', 'replay', file('refused.json'), '--json'])
    expect([replayed.status, jsonOf(replayed).outcome]).toEqual([0, 'reproduced'])
    const bare = await lab(['bundle', 'create', file('report.bin'), ...policy(), ...challenge()])
    expect(bare.status).toBe(20)
    expect(bare.err).toContain('the bundle records the verdict unverifiable: ENDORSEMENT_MISSING')
  })

  test.each<[string, () => readonly string[], number, string]>([
    ['a policy that is none', () => ['--policy', file('vek.der'), ...challenge()], 30, 'POLICY_INVALID'],
    ['no policy', () => challenge(), 2, '--policy is required'],
    ['no binding', () => policy(), 2, '--report-data, --binding or --unchecked-report-data is required'],
    ['JSON without a file', () => [...policy(), ...challenge(), '--json'], 2, '--json needs --out'],
    ['no time', () => [...policy(), ...challenge(), '--at', 'now'], 2, '--at must be a time'],
    [
      'a folder in the place of a file',
      () => [...policy(), ...challenge(), '--out', folder.path],
      2,
      'cannot write bundle',
    ],
    [
      'an input of another profile',
      () => [...policy(), '--binding', 'manifest/1', '--input', 'nonce=text:x'],
      2,
      'manifest/1 has no input nonce',
    ],
  ])('with %s', async (_, rest, status, message) => {
    const ran = await lab(['bundle', 'create', ...evidence(), ...rest()])
    expect([ran.status, ran.out]).toEqual([status, ''])
    expect(ran.err).toContain(message)
  })
})

describe('bundle replay', () => {
  const schema = JSON.parse(
    readFileSync(join(repositoryRoot(), 'docs/schema/replay.schema.json'), 'utf8'),
  ) as Schema

  test('says reproduced, years after the CRL and the certificates ended', async () => {
    const json = await labInYear(2070, ['bundle', 'replay', file('bundle.json'), '--json'])
    expect([json.status, json.err, jsonOf(json).outcome, jsonOf(json).lab]).toEqual([
      0,
      '',
      'reproduced',
      true,
    ])
    expect(violations(schema, jsonOf(json))).toEqual([])
    const text = await labInYear(2070, ['bundle', 'replay', file('bundle.json')])
    expect(text.status).toBe(0)
    expect(text.out).toMatch(/^LAB: .*\nreproduced\n {2}policy and time are those of whoever made the bundle/)
    for (const { out } of [json, text]) expect(out).not.toContain('accepted')
    const late = ['verify', file('bundle.json'), ...policy(), ...challenge(), '--json']
    expect((await labInYear(2070, late)).status).not.toBe(0)
  })

  test('says not reproduced, and where, over other roots', async () => {
    const json = await attested(['bundle', 'replay', file('bundle.json'), '--json'])
    expect([json.status, jsonOf(json).outcome]).toEqual([10, 'not reproduced'])
    expect(violations(schema, jsonOf(json))).toEqual([])
    expect(jsonOf(json).differences[0]).toMatchObject({ path: '$.code', recorded: 'null' })
    const text = await attested(['bundle', 'replay', file('bundle.json')])
    expect(text.out).toMatch(/^not reproduced\n/)
    expect(text.out).toMatch(
      /\ndifferences, the first 64:\n {2}\$\.code: recorded null, recomputed "[A-Z_]+"\n {2}\$\.verdict: another one, and a replay gives none\n {2}\$\.message: recorded null/,
    )
  })

  test('says not reproduced, and the one place, of a record with another message', async () => {
    const bundle = readBundleDocument(bytesOf('bundle.json'))
    const said = new TextDecoder().decode(bundle.record.verdict)
    const verdict = new TextEncoder().encode(said.replace('"message":null', '"message":"x"'))
    const changed = writeBundle({ ...bundle, record: { ...bundle.record, verdict } })
    const { status, out } = await lab(['bundle', 'replay', file('changed.json', changed)])
    expect(status).toBe(10)
    expect(out.endsWith('\n\ndifferences:\n  $.message: recorded "x", recomputed null\n')).toBe(true)
  })

  test.each<[string, () => Uint8Array | string]>([
    ['evidence that is no bundle', () => bytesOf('report.bin')],
    ['a bundle with a byte behind it', () => `${textOf('bundle.json')}\n`],
    ['nothing', () => ''],
  ])('refuses %s', async (_, content) => {
    const ran = await lab(['bundle', 'replay', '-'], content())
    expect([ran.status, ran.out]).toEqual([30, ''])
    expect(ran.err).toContain('EVIDENCE_MALFORMED: attested-bundle')
  })
})

describe('verify of a bundle', () => {
  const verifying = (...more: readonly string[]): readonly string[] => [
    'verify',
    file('bundle.json'),
    ...more,
    '--json',
  ]

  test('needs the caller’s own policy and binding, like any evidence', async () => {
    const good = await lab(verifying(...policy(), ...challenge()))
    expect([good.status, good.err]).toEqual([0, 'attested: evidence recognised as attested-bundle\n'])
    // When it was fetched, and for which keys, is the word of the bundle's maker.
    expect(jsonOf(good).crl).toMatchObject({ fetchedAt: null, scope: 'unknown' })
    expect((await lab(verifying(...challenge()))).err).toContain('--policy is required')
    expect((await lab(verifying(...policy()))).err).toContain('--report-data, --binding or')
    const wrong = await lab(verifying(...policy(), ...challenge(other)))
    expect([wrong.status, jsonOf(wrong).code]).toEqual([10, 'BINDING_MISMATCH'])
  })

  test('says the same of an attacker’s bundle with a policy, a time and a verdict of its own', async () => {
    const document = JSON.parse(textOf('policy.json')) as Record<string, unknown>
    file(
      'lax.json',
      JSON.stringify({ ...document, measurements: { unchecked: 'x' }, identity: { unchecked: 'x' } }),
    )
    file(
      'strict.json',
      JSON.stringify({ ...document, measurements: [{ label: 'other', value: 'ab'.repeat(48) }] }),
    )
    const lax = ['--policy', file('lax.json'), '--unchecked-report-data', 'mine']
    const made = await lab(['bundle', 'create', ...evidence(), ...lax, '--out', file('attack.json')])
    expect(made.status).toBe(10)
    const strict = ['--policy', file('strict.json'), ...challenge()]
    const [bundled, plain] = [
      await lab(['verify', file('attack.json'), ...strict, '--json']),
      await lab([
        'verify',
        file('report.bin'),
        '--vek',
        file('vek.der'),
        '--crl',
        file('crl.der'),
        ...strict,
        '--json',
      ]),
    ]
    expect([bundled.status, jsonOf(bundled).code]).toEqual([10, 'APPRAISAL_MEASUREMENTS'])
    expect(jsonOf(bundled)).toEqual(jsonOf(plain))
    // In another year the record's time does not help.
    const late = await labInYear(2070, ['verify', file('bundle.json'), ...policy(), ...challenge(), '--json'])
    expect(late.status).not.toBe(0)
  })
})

describe('bundle inspect', () => {
  test('shows what it holds, and that nothing is verified', async () => {
    const ran = await lab(['bundle', 'inspect', file('bundle.json'), '--json'])
    expect([ran.status, ran.err]).toEqual([0, ''])
    const { claimed, certificates, record, ...rest } = jsonOf(ran)
    expect(rest).toEqual({
      schema: 'attested/bundle-inspection@1',
      lab: true,
      notVerified: true,
      bytes: bytesOf('bundle.json').length,
      bundleDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      attachments: [],
      error: null,
    })
    expect(claimed.reportData).toBe(reportData)
    expect(certificates.map(({ kind }: { kind: string }) => kind)).toEqual(['certificate', 'crl'])
    expect(record).toMatchObject({
      at: '2026-06-01T00:00:00.000Z',
      format: 'snp-report',
      verdict: 'accepted',
      code: null,
      binding: { challenge: true, reportData },
      policy: { name: 'policy', bytes: bytesOf('policy.json').length },
      documents: [],
      crls: [{ fetchedAt: '2026-06-01T00:00:00.000Z', scope: 'vcek' }],
    })
    const text = await lab(['bundle', 'inspect', file('bundle.json')])
    expect(text.out).toMatch(/^LAB: .*\nNOT VERIFIED/)
    expect(text.out).toContain('record: the word of whoever made the bundle')
    expect(text.out).toContain('  CRL       fetched 2026-06-01T00:00:00.000Z, scope vcek')
  })

  test('shows a bundle to inspect as evidence as well', async () => {
    const ran = await lab(['inspect', file('bundle.json'), '--json'])
    expect([ran.status, jsonOf(ran).format, jsonOf(ran).notVerified]).toEqual([0, 'attested-bundle', true])
  })

  test('refuses what is no bundle', async () => {
    const ran = await lab(['bundle', 'inspect', file('report.bin'), '--json'])
    expect([ran.status, ran.out]).toEqual([30, ''])
    expect(ran.err).toContain('EVIDENCE_MALFORMED')
  })
})

describe('a bundle of an agent', () => {
  const nonce = '07'.repeat(32)
  const binding = (): readonly string[] => [
    '--binding',
    '2cvm-agent/1',
    '--input',
    `nonce=hex:${nonce}`,
    '--manifest',
    agent.file('manifest.json'),
  ]

  test('holds its manifest and key, and is verified and replayed', async () => {
    const path = agent.file('manifest.json', JSON.stringify(agentDocument))
    const made = await lab(['make', '--out', agent.path, '--agent-manifest', path, '--nonce', nonce])
    expect(made.status).toBe(0)
    const its = [
      agent.file('agent.json'),
      '--vek',
      agent.file('vek.der'),
      '--crl',
      agent.file('crl.der'),
      '--policy',
      agent.file('policy.json'),
    ]
    const out = agent.file('bundle.json')
    const created = await lab(['bundle', 'create', ...its, ...binding(), '--out', out])
    expect([created.status, created.err]).toEqual([0, 'attested: evidence recognised as 2cvm-agent\n'])
    const shown = jsonOf(await lab(['bundle', 'inspect', out, '--json']))
    expect(shown.attachments.map(({ name }: { name: string }) => name)).toEqual([
      'manifest',
      'manifestSignature',
      'teeKeyPem',
    ])
    const { attachments } = readBundleDocument(new Uint8Array(readFileSync(out)))
    for (const { name, bytes } of shown.attachments)
      expect([name, bytes]).toEqual([name, attachments.get(name)?.length])
    const [first] = shown.attachments
    const text = (await lab(['bundle', 'inspect', out])).out
    expect(text).toContain(
      '\n\nattachments, as they came; only a binding ties them to the report:\n' +
        `  manifest           ${String(first.bytes)} bytes, sha256:${String(first.sha256)}\n`,
    )
    expect(text.split('attachments')).toHaveLength(2)
    expect(shown.record.documents.map(({ name }: { name: string }) => name)).toEqual(['manifest'])
    expect(shown.record.binding).toEqual({ profile: '2cvm-agent/1', inputs: { nonce } })
    expect((await lab(['bundle', 'replay', out])).status).toBe(0)
    const verified = await lab(['verify', out, '--policy', agent.file('policy.json'), ...binding(), '--json'])
    expect([verified.status, jsonOf(verified).binding.profile]).toEqual([0, '2cvm-agent/1'])
  })

  test('whose evidence cannot be read still shows what else it holds', async () => {
    const bundle = readBundleDocument(new Uint8Array(readFileSync(agent.file('bundle.json'))))
    const cut = agent.file('cut.json', writeBundle({ ...bundle, report: bundle.report.slice(1) }))
    const ran = await lab(['bundle', 'inspect', cut, '--json'])
    expect(ran.status).toBe(30)
    expect(jsonOf(ran)).toMatchObject({
      claimed: null,
      attachments: [{ name: 'manifest' }, { name: 'manifestSignature' }, { name: 'teeKeyPem' }],
      record: { verdict: 'accepted' },
      error: { code: 'REPORT_LENGTH' },
    })
    expect((await lab(['bundle', 'inspect', cut])).out).toContain('\n  teeKeyPem  ')
  })
})

describe('usage', () => {
  test.each<[readonly string[], string]>([
    [['bundle'], 'bundle needs create, inspect or replay'],
    [['bundle', '--json'], "Unknown option '--json'"],
    [['bundle', 'verify'], 'no such command: bundle verify'],
    [['bundle', 'create'], 'EVIDENCE is missing'],
    [['bundle', 'inspect'], 'BUNDLE is missing'],
    [['bundle', 'replay'], 'BUNDLE is missing'],
    [['bundle', 'replay', 'a', 'b'], 'unexpected argument "b"'],
    [['bundle', 'replay', 'a', '--policy', 'b'], "Unknown option '--policy'"],
    [['bundle', 'replay', '/nowhere/at/all'], 'cannot read bundle /nowhere/at/all: no such file'],
    [['bundle', 'replay', 'a', '--help'], '--help stands alone'],
  ])('%j', async (argv, message) => {
    const ran = await attested(argv)
    expect([ran.status, ran.out]).toEqual([2, ''])
    expect(ran.err).toContain(message)
  })

  test.each([['bundle'], ['bundle', 'create'], ['bundle', 'inspect'], ['bundle', 'replay']])(
    '%s %s has help',
    async (...argv) => {
      const ran = await attested([...argv, '--help'])
      expect([ran.status, ran.err]).toEqual([0, ''])
      expect(ran.out).toMatch(/^usage: attested bundle create/)
    },
  )
})
