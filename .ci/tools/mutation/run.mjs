// npm run mutation [-- FOLDER...]: mutation testing of folders of src, one after the other; all six unless told.
//
// Incremental: what neither the source nor its tests changed since the last run is not tried again. Remove
// coverage/mutation/incremental-FOLDER.json to try everything.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../../..')
const all = ['endorsement', 'appraisal', 'report', 'verify', 'x509', 'asn1']
const folders = process.argv.length > 2 ? process.argv.slice(2) : all
const unknown = folders.find((folder) => !all.includes(folder))
if (unknown !== undefined) {
  process.stderr.write(`no folder ${unknown}; known: ${all.join(' ')}\n`)
  process.exit(2)
}

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1
if (modified(join(here, 'node_modules/.package-lock.json')) < modified(join(here, 'package-lock.json'))) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status } = spawnSync('npm', args, {
    cwd: here,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(1)
}

/** Counts of a report of Stryker's, and every mutant that lived. */
function readReport(folder) {
  const { files } = JSON.parse(readFileSync(join(root, `coverage/mutation/${folder}.json`), 'utf8'))
  const mutants = Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map((one) => ({ ...one, file })),
  )
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length
  const [killed, timeouts, errors] = [
    count('Killed'),
    count('Timeout'),
    count('CompileError', 'RuntimeError'),
  ]
  const lived = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
  const others = mutants.length - killed - timeouts - errors - lived.length
  return { killed, timeouts, errors, lived, others, total: mutants.length }
}

let failed = false
for (const folder of folders) {
  const report = join(root, `coverage/mutation/${folder}.json`)
  const before = modified(report)
  const started = new Date()
  const stryker = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js')
  const { status } = spawnSync(process.execPath, [stryker, 'run', '.ci/stryker.config.mjs'], {
    cwd: root,
    env: { ...process.env, MUTATION_FOLDER: folder },
    stdio: ['ignore', 2, 2],
  })
  if (!existsSync(report) || modified(report) === before) {
    process.stdout.write(`${folder}: Stryker left no report (exit ${status})\n`)
    failed = true
    continue
  }
  const { killed, timeouts, errors, lived, others, total } = readReport(folder)
  const score = (100 * (killed + timeouts)) / (total - errors)
  for (const { file, location, mutatorName, replacement, status: how } of lived) {
    const text = (replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 100)
    process.stdout.write(
      `  ${file}:${location.start.line}:${location.start.column} ${how} ${mutatorName} ${text}\n`,
    )
  }
  const day = started.toISOString().slice(0, 10)
  process.stdout.write(
    `| ${day} | ${folder} | ${score.toFixed(1)} | ${total} | ${killed} | ${timeouts} | ${lived.length} | ${errors} |\n`,
  )
  // Nothing may be left out of the count: a mutant that was ignored or never tried is a failure of the run.
  if (status !== 0 || others !== 0) failed = true
}
process.exit(failed ? 1 : 0)
