// A test runner for Stryker: its own for vitest, with three differences.
//
// 1. Stryker takes a mutant for static if any of its code ran while a test file was read, and then runs all tests. Our
//    test files make keys and certificates while they are read, so that is three mutants of four. Here such a mutant is
//    tried with the tests of that file besides those that reach it by themselves, and it is on from the first moment.
//    Only a mutant of code that runs while a module is read has all tests: one that every file reaches equally often, or
//    not at all, since a module that is loaded on first use is read in the midst of a test. Test files that read modules
//    anew (`vi.resetModules`) do not count here.
// 2. Starting vitest takes a second of processor time, and running a group of vectors some milliseconds. So a mutant that
//    vectors reach meets them first, in this process. If they do not kill it, it goes the long way with all of its tests.
// 3. A test file that cannot be read any more has no tests and so no failed one, and an error outside of every test fails
//    none. Here both are killed mutants.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PluginKind, declareFactoryPlugin, tokens, commonTokens } from '@stryker-mutator/api/plugin'
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner'
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core'
import { VitestTestRunner } from './node_modules/@stryker-mutator/vitest-runner/dist/src/vitest-test-runner.js'
import { normalizeCoverage } from './node_modules/@stryker-mutator/vitest-runner/dist/src/vitest-helpers.js'

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0)

/** The vectors by group, without vitest, in this process. */
class Vectors {
  #bundle = null
  #known = null
  #kills = new Map()
  #loads = 0

  async #load() {
    this.#loads += 1
    // Beside the test's source, from where it finds the vectors.
    const outfile = join(process.cwd(), `test/mutation/bundle-${process.pid}-${this.#loads}.mjs`)
    const { build } = createRequire(join(process.cwd(), 'package.json'))('esbuild')
    const require =
      "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
    await build({
      entryPoints: [join(process.cwd(), 'test/mutation/wording.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      banner: { js: require },
    })
    const { files, readWording, runGroup } = await import(pathToFileURL(outfile).href)
    const groups = new Map(files.flatMap(({ groups }) => groups.map((group) => [group.id, group])))
    this.#bundle = { groups, runGroup }
    this.#known ??= readWording()
  }

  async #problem(group, mutant, hitLimit) {
    const ns = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {})
    Object.assign(ns, { activeMutant: mutant, hitCount: 0, hitLimit })
    try {
      await this.#bundle.runGroup(group, this.#known)
      return null
    } catch (error) {
      return String(error?.message ?? error)
    } finally {
      ns.activeMutant = 'none'
    }
  }

  /** The result of a mutant that one of its groups of vectors kills, else `null`. */
  async run({ activeMutant: { id, fileName }, testFilter = [], hitLimit }) {
    if (this.#bundle === null) await this.#load()
    const kills = this.#kills.get(fileName) ?? new Map()
    this.#kills.set(fileName, kills)
    const covering = testFilter.flatMap((test) => {
      const group = this.#bundle.groups.get(/ '([^']+)'$/.exec(test)?.[1])
      return test.startsWith('test/mutation/') && group !== undefined ? [{ test, group }] : []
    })
    // What killed most of its neighbours comes first.
    covering.sort((a, b) => (kills.get(b.test) ?? 0) - (kills.get(a.test) ?? 0))
    for (const [index, { test, group }] of covering.entries()) {
      const problem = await this.#problem(group, id, hitLimit)
      if (problem === null) continue
      // Is it the mutant, or something that an earlier one left behind?
      if ((await this.#problem(group, undefined, undefined)) !== null) {
        await this.#load()
        return null
      }
      if (problem.includes('Hit count limit reached'))
        return { status: MutantRunStatus.Timeout, reason: problem }
      kills.set(test, (kills.get(test) ?? 0) + 1)
      return {
        status: MutantRunStatus.Killed,
        failureMessage: problem,
        killedBy: [test],
        nrOfTests: index + 1,
      }
    }
    return null
  }
}

class Runner extends VitestTestRunner {
  #vectors = new Vectors()

  async mutantRun(options) {
    const killed = await this.#vectors.run(options)
    if (killed !== null) return killed
    // The order of test files, see vitest.config.mjs.
    globalThis.mutatedFile = options.activeMutant.fileName
    return super.mutantRun({ ...options, mutantActivation: 'static' })
  }

  async run(options) {
    const result = await this.#runOrError(options)
    if (result.status !== DryRunStatus.Complete) return result
    const broken = this.ctx.state
      .getFiles()
      .filter((file) => file.result?.state === 'fail' && file.tasks.length === 0)
    const tests = broken.map(({ filepath, result: { errors } }) => ({
      id: `${filepath}#`,
      name: `reading ${filepath}`,
      timeSpentMs: 0,
      status: TestStatus.Failed,
      failureMessage: errors?.[0]?.message ?? 'the file cannot be read',
    }))
    return { ...result, tests: [...result.tests, ...tests] }
  }

  async #runOrError(options) {
    const outside = (failureMessage) => {
      const test = { id: '#', name: 'outside of every test', timeSpentMs: 0, status: TestStatus.Failed }
      return { status: DryRunStatus.Complete, tests: [{ ...test, failureMessage }] }
    }
    let result
    try {
      result = await super.run(options)
    } catch (error) {
      // Stryker fails over errors that have no text.
      if (this.ctx.state.errorsSet.size === 0) throw error
      return outside(`errors without a text: ${this.ctx.state.errorsSet.size}`)
    }
    return result.status === DryRunStatus.Error ? outside(result.errorMessage) : result
  }

  // The files run one after the other in one process, and each leaves the counts so far.
  readMutantCoverage() {
    const files = this.ctx.state
      .getFiles()
      .filter((file) => file.meta.mutantCoverage !== undefined)
      .map((file) => ({ ...normalizeCoverage(file.meta.mutantCoverage), path: file.filepath }))
      .sort(
        (a, b) =>
          sum(a.static) - sum(b.static) ||
          sum(Object.values(a.perTest).map(sum)) - sum(Object.values(b.perTest).map(sum)),
      )
    const perTest = {}
    const reading = {}
    // Per mutant and file, how often it was reached, and by how many tests.
    const reached = {}
    let before = { static: {}, perTest: {} }
    for (const now of files) {
      const own = Object.keys(now.perTest).filter((test) => !(test in before.perTest))
      const here = {}
      const add = (mutant, hits, tests) => {
        const known = here[mutant] ?? { hits: 0, tests: 0 }
        here[mutant] = { hits: known.hits + hits, tests: known.tests + tests }
      }
      for (const test of own) {
        perTest[test] = { ...now.perTest[test] }
        for (const [mutant, hits] of Object.entries(perTest[test])) add(mutant, hits, 1)
      }
      for (const [mutant, count] of Object.entries(now.static)) {
        const hits = count - (before.static[mutant] ?? 0)
        if (hits > 0) (reading[mutant] ??= []).push({ tests: own, hits })
        if (hits > 0) add(mutant, hits, 0)
      }
      if (!readFileSync(now.path, 'utf8').includes('vi.resetModules'))
        for (const [mutant, counts] of Object.entries(here)) (reached[mutant] ??= []).push(counts)
      before = now
    }
    const ofModule = (mutant) => {
      const places = reached[mutant] ?? []
      const once =
        places.length > 0 && places.every(({ hits, tests }) => hits === places[0].hits && tests <= 1)
      return once && (mutant in reading || places.length > 1)
    }
    const fixed = {}
    for (const mutant of new Set([...Object.keys(reading), ...Object.keys(reached)])) {
      if (ofModule(mutant)) fixed[mutant] = sum(reached[mutant].map(({ hits }) => hits))
      else {
        for (const { tests, hits } of reading[mutant] ?? [])
          for (const test of tests) perTest[test][mutant] = Math.max(perTest[test][mutant] ?? 0, hits)
      }
    }
    return { static: fixed, perTest }
  }
}

function createRunner(injector) {
  return injector.provideValue('globalNamespace', INSTRUMENTER_CONSTANTS.NAMESPACE).injectClass(Runner)
}
createRunner.inject = tokens(commonTokens.injector)

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'vitest-by-file', createRunner)]
