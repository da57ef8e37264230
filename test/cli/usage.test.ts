import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../src/errors/index.js'
import { collect } from '../../src/cli/files.js'
import { parseTime } from '../../src/cli/time.js'
import { libraryVersion } from '../../src/verify/version.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../support/report.js'
import { toHex } from '../support/der.js'
import { labEvidence } from '../support/pki.js'
import { attested, jsonOf, temporaryFolder } from './harness.js'

const { file } = temporaryFolder()
const report = file('report.bin', labEvidence().report)
const policy = file('policy.json', '{}')
mkdirSync(file('folder'))
const data = ['--report-data', toHex(LAB_REPORT_DATA)]
/** Right as far as usage goes: the policy is not, so a verdict follows. */
const good = ['verify', report, '--policy', policy, ...data]
const profile = ['verify', report, '--policy', policy, '--binding']
const digest = ['--input', `manifest=hex:${'11'.repeat(32)}`]
const image = ['--measurement', `image=${toHex(LAB_MEASUREMENT)}`]
const recommended = ['policy', 'recommended', '--environment', 'gcp', '--product', 'Milan', ...image]

/** Each is refused with these words, before anything is judged. */
const mistakes: readonly (readonly [says: string, argv: readonly string[]])[] = [
  ['no command', []],
  ['no such command: cluster', ['cluster']],
  ['no such command: measure', ['measure', report]],
  ['"--json" must follow a command', ['--json', 'verify']],
  ['"--version" must follow', ['--version', 'verify']],
  ['"-x" must follow', ['-x']],
  ['EVIDENCE is missing', ['verify']],
  ['--policy is required', ['verify', report, ...data]],
  ['--report-data, --binding or --unchecked-report-data is required', ['verify', report, '--policy', policy]],
  ['exclude each other', [...good, '--unchecked-report-data', 'x']],
  [
    '--challenge needs --report-data',
    ['verify', report, '--policy', policy, '--unchecked-report-data', 'x', '--challenge'],
  ],
  [
    '--report-data, --binding or --unchecked-report-data is required',
    ['verify', report, '--policy', policy, '--challenge'],
  ],
  ['needs a reason', ['verify', report, '--policy', policy, '--unchecked-report-data', ' ']],
  ...[126, 130].map((digits): readonly [string, readonly string[]] => [
    `--report-data must be 128 hex digits, got ${digits}`,
    ['verify', report, '--policy', policy, '--report-data', 'a'.repeat(digits)],
  ]),
  [
    '--report-data must be 128 hex digits, got 127',
    ['verify', report, '--policy', policy, '--report-data', 'a'.repeat(127)],
  ],
  [
    '--report-data must be 128 hex digits',
    ['verify', report, '--policy', policy, '--report-data', 'g'.repeat(128)],
  ],
  [
    '--report-data must be 128 hex digits, got 130',
    ['verify', report, '--policy', policy, '--report-data', '0x' + 'a'.repeat(128)],
  ],
  [
    'a challenge of zeros',
    ['verify', report, '--policy', policy, '--report-data', '0'.repeat(128), '--challenge'],
  ],
  ['--report-data and --binding exclude each other', [...good, '--binding', 'manifest/1']],
  ['--input needs --binding', [...good, '--input', 'nonce=hex:00']],
  ['--manifest needs --binding', [...good, '--manifest', policy]],
  ['--expect needs --binding', [...good, '--expect', policy]],
  ['--binding must be one of 2cvm-agent/1', [...profile, 'x']],
  ['--binding must be one of', [...profile, 'toString']],
  ['--challenge needs --report-data', [...profile, 'manifest/1', '--challenge']],
  ['--input must be NAME=hex', [...profile, 'manifest/1', '--input', 'manifest']],
  ['--input manifest: not hex:', [...profile, 'manifest/1', '--input', 'manifest=00']],
  ['--input manifest: not hex:', [...profile, 'manifest/1', '--input', 'manifest=hex:0']],
  ['--input manifest: not hex:', [...profile, 'manifest/1', '--input', 'manifest=@']],
  ['--input manifest is given twice', [...profile, 'manifest/1', ...digest, ...digest]],
  ['input manifest is required', [...profile, 'manifest/1']],
  ['input manifest has 32 bytes, not 1', [...profile, 'manifest/1', '--input', 'manifest=hex:00']],
  ['manifest/1 has no input nonce', [...profile, 'manifest/1', ...digest, '--input', 'nonce=text:x']],
  ['input nonce is required', [...profile, 'manifest-nonce/1', ...digest]],
  ['at least 16 bytes', [...profile, 'manifest-nonce/1', ...digest, '--input', 'nonce=text:x']],
  ['input nonce is required', [...profile, '2cvm-agent/1', '--manifest', policy]],
  ['has no manifest', [...profile, 'azure-hcl-report/1', '--manifest', policy]],
  ['--expect is for evidence that holds the manifest', [...profile, 'manifest/1', '--expect', policy]],
  ['exclude each other', [...profile, 'manifest/1', ...digest, '--manifest', policy]],
  ['cannot read manifest', [...profile, 'manifest/1', '--manifest', file('none')]],
  ['cannot read input manifest', [...profile, 'manifest/1', '--input', `manifest=@${file('none')}`]],
  [
    '--manifest and --expect exclude each other',
    [...profile, 'manifest/1', '--manifest', policy, '--expect', policy],
  ],
  ['--fetch needs a network', [...good, '--fetch']],
  ['--kds-base and --product need --fetch', [...good, '--kds-base', 'https://kds.example']],
  ['--kds-base and --product need --fetch', [...good, '--product', 'Milan']],
  ["Unknown option '--markdown'", [...good, '--markdown']],
  ["Unknown option '--junit'", [...good, '--junit']],
  ["Unknown option '-j'", [...good, '-j']],
  ['--policy is given twice', [...good, '--policy', policy]],
  ['--at is given twice', [...good, '--at', '2026-06-01T00:00:00Z', '--at', '2026-06-01T00:00:00Z']],
  ['--json is given twice', [...good, '--json', '--json']],
  ['unexpected argument "more"', [...good, 'more']],
  ['--format must be one of auto, snp-report', [...good, '--format', 'SNP-REPORT']],
  ['--format must be one of', [...good, '--format', 'certificates']],
  ['fetched must be a time', [...good, '--crl', `${policy},fetched=2026-06-01`]],
  [
    'fetched is given twice',
    [...good, '--crl', `${policy},fetched=2026-06-01T00:00:00Z,fetched=2026-06-01T00:00:00Z`],
  ],
  ['scope must be vcek or vlek', [...good, '--crl', `${policy},scope=both`]],
  ['scope is given twice', [...good, '--crl', `${policy},scope=vlek,scope=vlek`]],
  ['no such file', [...good, '--crl', `${policy},issuer=x`]],
  ['--at must be a time', [...good, '--at', 'now']],
  ['cannot read evidence', ['verify', file('none'), '--policy', policy, ...data]],
  ['cannot read evidence', ['verify', join(report, 'x'), '--policy', policy, ...data]],
  ['the directory holds no file', ['verify', file('folder'), '--policy', policy, ...data]],
  ['cannot read policy', ['verify', report, '--policy', file('none'), ...data]],
  ['it is a directory', ['verify', report, '--policy', file('folder'), ...data]],
  ['cannot read endorsement key', [...good, '--vek', file('none')]],
  ['cannot read CRL', [...good, '--crl', file('none')]],
  ['cannot read certificate', [...good, '--certificate', '']],
  ['evidence and policy cannot both be standard input', ['verify', '-', '--policy', '-', ...data]],
  [
    'evidence and CRL cannot both be standard input',
    ['verify', '-', '--policy', policy, '--crl', '-', ...data],
  ],
  ["Option '--json' does not take an argument", [...good, '--json=1']],
  ['argument missing', [...good, '--at']],
  ["Option '--policy' argument is ambiguous", ['verify', report, '--policy', '--json', ...data]],
  ['EVIDENCE is missing', ['inspect']],
  ["Unknown option '--policy'", ['inspect', report, '--policy', policy]],
  ["Unknown option '--at'", ['inspect', report, '--at', '2026-06-01T00:00:00Z']],
  ['--format must be one of', ['inspect', report, '--format', 'pem']],
  ['the file holds certificates alone', ['inspect', report, '--format', 'certificates', '--vek', report]],
  ['cannot read evidence', ['inspect', file('none')]],
  ['policy needs from-report, recommended, explain, diff or test', ['policy']],
  ['policy needs from-report, recommended, explain, diff or test', ['policy', '--']],
  ['no such command: policy check', ['policy', 'check', policy]],
  ['FILE is missing', ['policy', 'explain']],
  ['unexpected argument', ['policy', 'explain', policy, policy]],
  ['A is missing', ['policy', 'diff']],
  ['B is missing', ['policy', 'diff', policy]],
  ['unexpected argument', ['policy', 'diff', policy, policy, 'more']],
  ['policy A and policy B cannot both be standard input', ['policy', 'diff', '-', '-']],
  ['FILE is missing', ['policy', 'test']],
  [
    'policy and live policy cannot both be standard input',
    ['policy', 'test', '-', file('folder'), '--against', '-'],
  ],
  ['CORPUS is missing', ['policy', 'test', policy]],
  ["Unknown option '--crl'", ['policy', 'test', policy, file('folder'), '--crl', report]],
  ['EVIDENCE is missing', ['policy', 'from-report']],
  ["Unknown option '--crl'", ['policy', 'from-report', report, '--crl', report]],
  ['cannot read endorsement key', ['policy', 'from-report', report, '--vek', file('none')]],
  ['--environment is required', ['policy', 'recommended']],
  ['--environment must be one of aws', recommended.map((one) => (one === 'gcp' ? 'azure' : one))],
  ['--product is required', ['policy', 'recommended', '--environment', 'gcp', ...image]],
  ['--product must be one of Milan', [...recommended, '--product', 'Rome']],
  ['--measurement is required', ['policy', 'recommended', '--environment', 'gcp', '--product', 'Milan']],
  ['--measurement must be LABEL=HEX', [...recommended, '--measurement', toHex(LAB_MEASUREMENT)]],
  ['--measurement must be LABEL=HEX', [...recommended, '--measurement', `=${toHex(LAB_MEASUREMENT)}`]],
  ['--measurement must be LABEL=HEX', [...recommended, '--measurement', 'label=abcd']],
  ['at most 256', [...recommended, '--measurement', `${'l'.repeat(257)}=${toHex(LAB_MEASUREMENT)}`]],
  ['with recommended floors', [...recommended, '--as-of', '2026-10-31']],
  ['with recommended floors', [...recommended, '--as-of', 'today']],
  ['with recommended floors', [...recommended, '--as-of', '2027-02-30']],
  ['unexpected argument "x"', [...recommended, 'x']],
  ['CODE is missing', ['explain']],
  ['no such code "NOPE"', ['explain', 'NOPE']],
  ['did you mean REVOCATION_STALE', ['explain', 'revocation-stale']],
  ['did you mean BINDING_MISMATCH', ['explain', 'BINDING_MISSMATCH']],
  ['unexpected argument', ['explain', 'POLICY_INVALID', 'DER_LIMIT']],
]

test.each(mistakes)('wrong usage: %s', async (says, argv) => {
  for (const more of argv.includes('--json') || argv.length < 2 ? [[]] : [[], ['--json']]) {
    const ran = await attested([...argv, ...more])
    expect(ran).toMatchObject({ status: 2, out: '' })
    // With --json too, some mistakes become others; standard output stays empty.
    if (more.length === 0) expect(ran.err.split('\n')[0]).toContain(says)
    expect(ran.err).toMatch(/\nusage: attested .*\n(.*\n)*try: attested .*--help\n$/)
  }
})

test('what is right as far as usage goes gets a verdict', async () => {
  expect((await attested(good)).status).toBe(30)
})

test('a mistake cannot move the cursor', async () => {
  const { err } = await attested(['verify', 'a\u001b[2J\u202eb\u0085', ...good.slice(2)])
  expect(err).toContain('a\\u{1b}[2J\\u{202e}b\\u{85}')
})

test('an endless input is read to its limit and no further', async () => {
  let given = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1
      if (given > 100) throw new Error('read too far')
      yield new Uint8Array(10)
    }
  }
  expect(await collect(endless(), 95)).toHaveLength(96)
  expect(given).toBe(10)
})

describe('times', () => {
  test.each([
    ['2026-06-01T00:00:00Z', '2026-06-01T00:00:00.000Z'],
    ['2026-06-01T00:00:00.25Z', '2026-06-01T00:00:00.250Z'],
    ['2026-06-01T00:00:00+05:30', '2026-05-31T18:30:00.000Z'],
    ['2024-02-29T23:59:59-00:00', '2024-02-29T23:59:59.000Z'],
  ])('%s', (text, time) => {
    expect(parseTime(text)?.toISOString()).toBe(time)
  })

  test.each([
    '2026-06-01',
    '2026-06-01T00:00:00',
    '2026-06-01T00:00Z',
    '2026-06-01 00:00:00Z',
    '2026-06-01T00:00:00z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-06-01T24:00:00Z',
    '2026-06-01T23:60:00Z',
    '2026-06-30T23:59:60Z',
    '2026-06-01T00:00:00+24:00',
    '2026-06-01T00:00:00+01:60',
    '2026-06-01T00:00:00+0100',
    '2026-06-01T00:00:00.Z',
    ' 2026-06-01T00:00:00Z',
    '2026-06-01T00:00:00Z\n',
    '26-06-01T00:00:00Z',
    '1780272000',
    'Mon, 01 Jun 2026 00:00:00 GMT',
    '',
  ])('not %j', (text) => {
    expect(parseTime(text)).toBeNull()
  })
})

describe('help', () => {
  test.each([['--help'], ['-h']])('%s names the commands that there are, and no others', async (flag) => {
    const { status, out, err } = await attested([flag])
    expect([status, err]).toEqual([0, ''])
    for (const name of [
      'verify',
      'inspect',
      'policy from-report',
      'policy recommended',
      'policy explain',
      'policy diff',
      'policy test',
      'manifest check',
      'manifest digest',
      'manifest explain',
      'manifest diff',
      'manifest expect',
      'explain',
    ])
      expect(out).toContain(`attested ${name}`)
    expect(out).not.toMatch(/measure |cluster|receipts|--junit|--markdown/)
  })

  test.each([
    [['verify', '--help']],
    [['verify', '-h']],
    [['inspect', '--help']],
    [['policy', '--help']],
    [['policy', 'from-report', '--help']],
    [['policy', 'recommended', '--help']],
    [['policy', 'explain', '--help']],
    [['policy', 'diff', '--help']],
    [['policy', 'test', '-h']],
    [['manifest', '--help']],
    [['manifest', 'check', '-h']],
    [['explain', '--help']],
  ])('%j has usage and examples', async (argv) => {
    const { status, out, err } = await attested(argv)
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^usage: attested /)
    expect(out).toMatch(/\nExamples?:\n {2}attested /)
    expect(out).toContain('Exit status')
  })

  test('every option in a usage line is one that the command takes', async () => {
    for (const [command, argument] of [
      ['verify', report],
      ['inspect', report],
      ['explain', 'DER_LIMIT'],
    ] as const) {
      const { out } = await attested([command, '--help'])
      const usage = out.slice(0, out.indexOf('\n\n'))
      for (const [, option = ''] of usage.matchAll(/(--[a-z-]+)/g)) {
        const { err } = await attested([command, argument, option])
        expect(err).not.toContain('Unknown option')
      }
    }
  })
})

test('--version is the version of the library', async () => {
  expect(await attested(['--version'])).toEqual({ status: 0, out: `${libraryVersion}\n`, err: '' })
})

describe('explain', () => {
  test('every code, as text and as JSON', async () => {
    for (const code of errorCodes) {
      const [text, json] = [await attested(['explain', code]), await attested(['explain', code, '--json'])]
      expect([text.status, json.status, text.err, json.err]).toEqual([0, 0, '', ''])
      const explained = jsonOf(json)
      expect(Object.keys(explained)).toEqual(['schema', 'code', 'stage', 'verdict', 'meaning', 'source'])
      expect(explained).toMatchObject({ schema: 'attested/explain@1', code })
      for (const part of ['code', 'meaning', 'verdict', 'stage', 'source'])
        expect(text.out).toContain(explained[part])
    }
  })

  test('the exit status that it names is the one of the verdict', async () => {
    expect((await attested(['explain', 'REVOCATION_STALE'])).out).toContain('unverifiable (exit status 20)')
    expect((await attested(['explain', 'SIGNATURE_INVALID'])).out).toContain('rejected (exit status 10)')
    expect((await attested(['explain', 'REPORT_LENGTH'])).out).toContain('malformed (exit status 30)')
  })
})
