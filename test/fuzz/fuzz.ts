// `npm run fuzz -- [--seconds N | --inputs N] [--seed S] [--target TEXT]… [--write-corpus] | --replay FILE`
//
// New inputs for every decoder and for the whole verifier, for N seconds in all (60 if not said), or N for each. Prints what each
// target got. A finding is saved as a file in a temporary folder, to be replayed and, once understood, made a vector;
// nothing in the repository is touched but by --write-corpus. Exit status: 0 nothing found, 1 findings, 2 wrong usage.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Enough, Finding, Tally } from './campaign.js'
import type { Target } from './targets.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    inputs: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string', multiple: true, default: [''] },
    replay: { type: 'string' },
    'write-corpus': { type: 'boolean', default: false },
  },
})

function numberOf(text: string, name: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value < 2 ** 31) return value
  console.error(`--${name} takes a whole number`)
  process.exit(2)
}

const seconds = numberOf(values.seconds, 'seconds')
const perTarget = values.inputs === undefined ? null : numberOf(values.inputs, 'inputs')
const seed = numberOf(values.seed ?? String(Math.floor(Math.random() * 2 ** 31)), 'seed')
// Read by the seeds, so before they are loaded.
if (values['write-corpus']) process.env['ATTESTED_FUZZ_SEEDS'] = 'committed'

const { feed } = await import('./campaign.js')
const { targets } = await import('./targets.js')
const { evidenceTargets } = await import('./ways.js')
const { judge } = await import('./judge.js')
const { startWatchdog } = await import('./watchdog.js')
const { startCorpus } = await import('./corpus.js')

const all: readonly Target[] = [...targets, ...(await evidenceTargets())]
const pad = (text: string, width: number): string => text.padEnd(width)
const padNumber = (value: number, width: number): string => value.toLocaleString('en').padStart(width)

async function replay(file: string): Promise<number> {
  const { target: name, input } = JSON.parse(readFileSync(file, 'utf8')) as { target: string; input: string }
  const target = all.find((one) => one.name === name)
  if (target === undefined) throw new Error(`no target ${name}`)
  const start = performance.now()
  const judgement = await judge(target, new Uint8Array(Buffer.from(input, 'base64')))
  console.log(name, judgement, `${(performance.now() - start).toFixed(1)} ms`)
  return judgement.bug === null ? 0 : 1
}

let folder: string | null = null
const findingsFolder = (): string => (folder ??= mkdtempSync(join(tmpdir(), 'attested-fuzz-')))

function save(finding: Finding, index: number): void {
  const { target, run, input } = finding
  mkdirSync(findingsFolder(), { recursive: true })
  const path = join(findingsFolder(), `${target.replace(/\W+/g, '-')}-${seed}-${index}.json`)
  writeFileSync(path, JSON.stringify({ ...finding, input: Buffer.from(input).toString('base64') }, null, 1))
  console.log(`FINDING: ${target}, input ${run}: ${finding.problem}\n  npm run fuzz -- --replay ${path}`)
}

function print({ name, inputs, seconds: spent, slowestMs, growth, outcomes, findings }: Tally): void {
  const accepted = outcomes.get('accepted') ?? 0
  const rate = Math.round(inputs / spent)
  console.log(
    `${pad(name, 52)} ${padNumber(inputs, 11)} ${padNumber(rate, 9)} ${padNumber(accepted, 10)} ` +
      `${padNumber(outcomes.size, 5)} ${slowestMs.toFixed(1).padStart(8)} ` +
      `${(growth / 2 ** 20).toFixed(1).padStart(6)} ${padNumber(findings.length, 5)}`,
  )
  findings.forEach(save)
}

async function run(): Promise<number> {
  const chosen = all.filter(({ name }) => values.target.some((text) => name.includes(text)))
  if (chosen.length === 0) {
    console.error(`no target has ${JSON.stringify(values.target)} in its name`)
    return 2
  }
  const enough: Enough = perTarget === null ? { seconds: seconds / chosen.length } : { inputs: perTarget }
  const amount = perTarget === null ? `${seconds} s` : `${perTarget.toLocaleString('en')} inputs each`
  console.log(`seed ${seed}, ${amount}, ${chosen.length} targets`)
  console.log(
    `${pad('target', 52)} ${'inputs'.padStart(11)} ${'per s'.padStart(9)} ${'accepted'.padStart(10)} ` +
      `${'kinds'.padStart(5)} ${'max ms'.padStart(8)} ${'+MB'.padStart(6)} ${'found'.padStart(5)}`,
  )
  const dog = startWatchdog(join(tmpdir(), `attested-fuzz-hang-${process.pid}`), seed)
  const corpus = values['write-corpus'] ? startCorpus() : null
  // Where an error was made is of no use here, and finding it out costs more than the parsing.
  Error.stackTraceLimit = 0
  let [inputs, findings] = [0, 0]
  for (const target of chosen) {
    const tally = await feed(target, seed, enough, dog.watch, corpus?.keep)
    print(tally)
    inputs += tally.inputs
    findings += tally.findings.length
  }
  await dog.stop()
  if (corpus !== null) console.log(`corpus: ${corpus.write()} inputs`)
  console.log(`${inputs.toLocaleString('en')} inputs, ${findings} findings`)
  return findings === 0 ? 0 : 1
}

process.exitCode = values.replay === undefined ? await run() : await replay(values.replay)
