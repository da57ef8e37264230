// `--help` is for a person who types it alone. Among other arguments, where a file name or a pattern of the shell may
// have put it, it must not turn a verification into exit status 0.
import { describe, expect, test } from 'vitest'
import { toHex } from '../support/der.js'
import { labEvidence } from '../support/pki.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../support/report.js'
import { attested, temporaryFolder } from './harness.js'

const { file, path } = temporaryFolder()
const report = file('report.bin', labEvidence().report)
const policy = file('policy.json', '{}')

/** Every command with arguments that are right as far as usage goes. */
const commands: readonly (readonly [command: string, ...rest: readonly string[]])[] = [
  ['verify', report, '--policy', policy, '--report-data', toHex(LAB_REPORT_DATA)],
  ['inspect', report],
  ['policy from-report', report],
  [
    'policy recommended',
    '--environment',
    'gcp',
    '--product',
    'Milan',
    '--measurement',
    `image=${toHex(LAB_MEASUREMENT)}`,
  ],
  ['policy explain', policy],
  ['policy diff', policy, policy],
  ['policy test', policy, path],
  ['manifest check', policy],
  ['manifest digest', policy],
  ['manifest explain', policy],
  ['manifest diff', policy, policy],
  ['manifest expect', policy, '--participant', 'x'],
  ['explain', 'DER_LIMIT'],
]

const firstLine = (text: string): string | undefined => text.split('\n')[0]

describe.each(commands)('%s', (command, ...rest) => {
  const name = command.split(' ')

  test.each(['--help', '-h'])('%s alone is help', async (flag) => {
    const { status, out, err } = await attested([...name, flag])
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^usage: attested /)
  })

  test.each(['--help', '-h'])('%s among other arguments is wrong usage, wherever it is', async (flag) => {
    const places = [
      [flag, ...rest],
      [...rest, flag],
      [rest[0] ?? '', flag, ...rest.slice(1)],
      [flag, '--json'],
      ['--json', flag],
    ]
    for (const argv of places) {
      const ran = await attested([...name, ...argv])
      // An option that stands before it may want a value, or the command has no such option: wrong usage all the same.
      expect([argv, ran.status, ran.out]).toEqual([argv, 2, ''])
    }
    for (const argv of [
      [flag, ...rest],
      [...rest, flag],
    ])
      expect(firstLine((await attested([...name, ...argv])).err)).toBe('attested: --help stands alone')
  })

  test('help that is given twice is wrong usage', async () => {
    for (const [one, two] of [
      ['--help', '--help'],
      ['--help', '-h'],
      ['-h', '-h'],
    ] as const)
      expect(await attested([...name, one, two])).toMatchObject({ status: 2, out: '' })
    expect(await attested([...name, '-hh'])).toMatchObject({ status: 2, out: '' })
  })

  test('after -- it is the name of a file, and no help', async () => {
    const { status, out } = await attested([...name, '--', '--help'])
    expect([status, out]).toEqual([2, ''])
  })
})

describe('where no command is named', () => {
  test.each([
    [['--help', 'verify']],
    [['-h', 'explain', 'DER_LIMIT']],
    [['--help', '--json']],
    [['--help', '--help']],
    [['--version', '--help']],
    [['policy', '--help', 'explain', policy]],
    [['policy', '-h', '--json']],
    [['policy', '--help', '--help']],
  ])('%j is wrong usage', async (argv) => {
    expect(await attested(argv)).toMatchObject({ status: 2, out: '' })
  })

  test('policy --help among other arguments says so', async () => {
    expect(firstLine((await attested(['policy', '--help', 'explain'])).err)).toBe(
      'attested: --help stands alone',
    )
  })
})
