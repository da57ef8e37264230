// `npm run bench -- GROUP [--rounds N] [--processes N]`: prints measurements beside their limits. Judges nothing: a
// machine that does other work as well can't be a gate.
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { benchCore } from './core.js'
import { benchManifest } from './manifest.js'

const groups = {
  core: {
    about:
      'same chip again, new chip, reading, start of a process and import, beside what the platform costs',
    run: benchCore,
  },
  manifest: {
    about:
      'how reading, rules, data flow, composition, explanation and comparison of manifests grow with their size',
    run: benchManifest,
  },
} as const

const usage = `npm run bench -- GROUP [--rounds N] [--processes N]

  --rounds N     single calls of each case, 2000 unless told; 300 more warm up
  --processes N  fresh processes of each kind, 15 unless told

Groups:
${Object.entries(groups)
  .map(([name, { about }]) => `  ${name}  ${about}`)
  .join('\n')}
`

function wrongUsage(problem: string): never {
  process.stderr.write(`${problem}\n\n${usage}`)
  process.exit(2)
}

function read(): { readonly group: string | undefined; readonly rounds: number; readonly processes: number } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { rounds: { type: 'string', default: '2000' }, processes: { type: 'string', default: '15' } },
    })
    const [rounds, processes] = [Number(values.rounds), Number(values.processes)]
    if (![rounds, processes].every((count) => Number.isSafeInteger(count) && count > 0))
      wrongUsage('the number must be a positive integer')
    if (positionals.length > 1) wrongUsage('one group at a time')
    return { group: positionals[0], rounds, processes }
  } catch (error) {
    return wrongUsage(error instanceof Error ? error.message : 'wrong options')
  }
}

const { group, rounds, processes } = read()
if (group === undefined) process.stdout.write(usage)
else if (!Object.hasOwn(groups, group)) wrongUsage(`no group ${JSON.stringify(group)}`)
else {
  const [cpu] = cpus()
  process.stdout.write(
    `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}\n`,
  )
  await groups[group as keyof typeof groups].run({ rounds, processes })
}
