// npm run real [-- --all | --containers]: real evidence against the policies drafted from it, and each policy key
// wrong alone.
//
// Prints the items, the CRLs, how often each check alone refused, and every run that did not end as expected; with
// --all every run. With --containers instead each container of an item against its raw report. Exit status 0 only if
// all ended as expected.
import { realFolder } from '../support/real-folder.js'
import { containerRows } from './real-containers.js'
import { type RealRun, runReal } from './real-run.js'

type Line = readonly string[]

function table(title: string, head: Line, lines: readonly Line[]): string {
  const widths = head.map((name, column) =>
    Math.max(name.length, ...lines.map((line) => line[column]?.length ?? 0)),
  )
  const draw = (line: Line): string =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '-'.repeat(width))
  return ['', title, '', ...[head, rule, ...lines].map(draw), ''].join('\n')
}

const verdict = (ok: boolean): string => (ok ? 'yes' : 'NO')

function report(run: RealRun, all: boolean): string {
  const parts: string[] = []
  for (const [title, rows] of [
    ['items', run.items],
    ['CRLs, the revoked ASK, lone keys', run.crls],
  ] as const) {
    parts.push(
      table(
        title,
        ['item', 'run', 'expected', 'got', 'code', 'as expected'],
        rows.map(({ item, note, expected, got, code, ok }) => [
          item,
          note,
          short(expected),
          short(ok ? expected : got),
          code,
          verdict(ok),
        ]),
      ),
    )
  }
  parts.push(
    table(
      'runs in which one check alone must fail',
      ['check', 'real', 'lab', 'not as expected'],
      run.counts.map(({ check, real, lab, wrong }) => [check, String(real), String(lab), String(wrong)]),
    ),
  )
  const shown = all ? run.rows : run.rows.filter(({ ok }) => !ok)
  if (shown.length > 0) {
    parts.push(
      table(
        all ? 'policy runs' : 'policy runs that did not end as expected',
        ['evidence', 'subject', 'policy key', 'run', 'expected', 'got'],
        shown.map(({ source, subject, key, note, expected, got, ok }) => [
          source,
          subject,
          key,
          note,
          expected,
          ok ? 'the same' : got,
        ]),
      ),
    )
  }
  return parts.join('')
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text)

async function containers(): Promise<number> {
  const rows = await containerRows()
  console.log(
    table(
      'containers against the raw report',
      ['item', 'container', 'recognised as', 'report', 'verdict', 'as expected'],
      rows.map((row) => [row.item, row.container, row.recognised, row.report, row.verdict, verdict(row.ok)]),
    ),
  )
  const wrong = rows.filter(({ ok }) => !ok).length
  console.log(`${rows.length} containers, ${rows.length - wrong} as expected, ${wrong} not`)
  if (rows.length === 0) console.error('no real evidence here: set ATTESTED_REAL to its folder')
  return rows.length > 0 && wrong === 0 ? 0 : 1
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--all' && arg !== '--containers')
  if (unknown !== undefined) {
    console.error(`unknown option ${unknown}; there are --all and --containers`)
    return 2
  }
  if (args.includes('--containers')) return containers()
  const run = await runReal({ everyItem: true })
  console.log(report(run, args.includes('--all')))
  for (const gap of run.gaps) console.log(gap)
  const runs = [...run.items, ...run.crls, ...run.rows]
  const expected = runs.filter(({ ok }) => ok).length
  const real = runs.length - run.rows.filter(({ source }) => source === 'lab').length
  console.log(`${real} runs on real evidence, ${runs.length - real} on the lab's`)
  console.log(`${runs.length} runs, ${expected} as expected, ${runs.length - expected} not`)
  if (realFolder() === null) {
    console.error('no real evidence here: set ATTESTED_REAL to its folder')
    return 1
  }
  return expected === runs.length && run.gaps.length === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
