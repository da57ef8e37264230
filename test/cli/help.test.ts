// `--help` is for a person who types it alone. Among other arguments, where a file name or a pattern of the shell may
// have put it, it must not turn a verification into exit status 0.
import { existsSync } from 'node:fs'
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
  ['kds url', report],
  ['kds fetch', report, '--out', file('collateral')],
  [
    'bundle create',
    report,
    '--policy',
    policy,
    '--report-data',
    toHex(LAB_REPORT_DATA),
    '--out',
    file('bundle.json'),
  ],
  ['bundle inspect', report],
  ['bundle replay', report],
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
    [['manifest', '--help', 'check', policy]],
    [['kds', '--help', 'url', report]],
    [['bundle', '-h', 'inspect', report]],
  ])('%j is wrong usage', async (argv) => {
    expect(await attested(argv)).toMatchObject({ status: 2, out: '' })
  })

  test.each(['policy', 'manifest', 'kds', 'bundle'])(
    '%s --help among other arguments says so',
    async (name) => {
      expect(firstLine((await attested([name, '--help', 'explain'])).err)).toBe(
        'attested: --help stands alone',
      )
    },
  )

  test('nothing was written', () => {
    expect(existsSync(file('collateral')) || existsSync(file('bundle.json'))).toBe(false)
  })
})

const helpOf = async (...argv: readonly string[]): Promise<string> =>
  (await attested([...argv, '--help'])).out
const optionsIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/--[a-z]+(?:-[a-z]+)*/g)].map(([option]) => option)),
]

/** The usage of each command, lines that go on with one joined to it. */
async function usages(): Promise<ReadonlyMap<string, string>> {
  const lines = (await helpOf()).replaceAll(/\n {16,}/g, ' ').split('\n')
  return new Map(
    lines.flatMap((line) => {
      const [, name = ''] = /^ {2}attested ([a-z]+(?: [a-z-]+)?) [A-Z-]/.exec(line) ?? []
      return name === '' ? [] : [[name, line] as const]
    }),
  )
}

describe('the help', () => {
  test('has a usage line for every command, and every command is tried above', async () => {
    expect([...(await usages()).keys()]).toEqual(commands.map(([name]) => name))
  })

  test('names every option that a command takes, and no other', async () => {
    const all = optionsIn(await helpOf()).filter((option) => option !== '--help' && option !== '--version')
    expect(all.length).toBeGreaterThan(25)
    for (const [name, usage] of await usages()) {
      const taken: string[] = []
      for (const option of all)
        if (!(await attested([...name.split(' '), option])).err.startsWith('attested: Unknown option'))
          taken.push(option)
      expect([name, [...optionsIn(usage)].sort()]).toEqual([name, taken.sort()])
    }
  })

  test('says of every option and argument what it is, and what the exit status means', async () => {
    for (const [name, usage] of await usages()) {
      const [command = ''] = name.split(' ')
      const [, ...text] = (await helpOf(command)).split('\n\n')
      const described = text.join('\n\n').split('\nExamples')[0] ?? ''
      for (const option of optionsIn(usage))
        expect([name, described]).toEqual([
          name,
          expect.stringMatching(new RegExp(`^ {2}(.*, )?${option}( |$)`, 'm')),
        ])
      const [, positional = ''] = new RegExp(`attested ${name} ((?:[A-Z]+ )*)`).exec(`${usage} `) ?? []
      for (const argument of positional
        .trim()
        .split(' ')
        .filter((one) => one !== ''))
        expect([name, described]).toEqual([
          name,
          expect.stringMatching(new RegExp(`^ {2}(.*, )?${argument}[, ]`, 'm')),
        ])
      expect(described).toMatch(/\nExit status: .*\b0 .*(\n {13}.*)*\b2 wrong usage.*\b1 internal error/)
    }
  })

  test('has no line wider than a terminal of 132 columns, but for lists of names', async () => {
    for (const name of ['verify', 'inspect', 'policy', 'manifest', 'kds', 'bundle', 'explain'])
      for (const line of (await helpOf(name)).split('\n'))
        if (!/^ {2}--(format|binding) NAME|^ {2}--binding PROFILE/.test(line))
          expect(line.length).toBeLessThanOrEqual(132)
  })
})
