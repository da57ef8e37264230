// A test runner for Stryker: its own for vitest, with two differences.
//
// 1. Stryker takes a mutant for static if any of its code ran while a test file was read, and then runs all tests. Our
//    test files make keys and certificates while they are read, so that is three mutants of four. Here such a mutant is
//    tried with the tests of that file besides those that reach it by themselves, and it is on from the first moment.
//    Only a mutant of code that runs while a module is read, and never in a test, has all tests.
// 2. A test file that cannot be read any more has no tests and so no failed one. Here that is a killed mutant.
import { PluginKind, declareFactoryPlugin, tokens, commonTokens } from '@stryker-mutator/api/plugin'
import { DryRunStatus, TestStatus } from '@stryker-mutator/api/test-runner'
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core'
import { VitestTestRunner } from './node_modules/@stryker-mutator/vitest-runner/dist/src/vitest-test-runner.js'
import { normalizeCoverage } from './node_modules/@stryker-mutator/vitest-runner/dist/src/vitest-helpers.js'

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0)

class Runner extends VitestTestRunner {
  mutantRun(options) {
    return super.mutantRun({ ...options, mutantActivation: 'static' })
  }

  async run(options) {
    const result = await super.run(options)
    if (result.status !== DryRunStatus.Complete) return result
    const broken = this.ctx.state.getFiles().filter((file) => file.result?.state === 'fail' && file.tasks.length === 0)
    const tests = broken.map(({ filepath, result: { errors } }) => ({
      id: `${filepath}#`,
      name: `reading ${filepath}`,
      timeSpentMs: 0,
      status: TestStatus.Failed,
      failureMessage: errors?.[0]?.message ?? 'the file cannot be read',
    }))
    return { ...result, tests: [...result.tests, ...tests] }
  }

  // The files run one after the other in one process, and each leaves the counts so far.
  readMutantCoverage() {
    const files = this.ctx.state
      .getFiles()
      .filter((file) => file.meta.mutantCoverage !== undefined)
      .map((file) => normalizeCoverage(file.meta.mutantCoverage))
      .sort((a, b) => sum(a.static) - sum(b.static) || sum(Object.values(a.perTest).map(sum)) - sum(Object.values(b.perTest).map(sum)))
    const perTest = {}
    const reading = {}
    let before = { static: {}, perTest: {} }
    for (const now of files) {
      const own = Object.keys(now.perTest).filter((test) => !(test in before.perTest))
      for (const test of own) perTest[test] = { ...now.perTest[test] }
      for (const [mutant, count] of Object.entries(now.static)) {
        const hits = count - (before.static[mutant] ?? 0)
        if (hits > 0) (reading[mutant] ??= []).push({ tests: own, hits })
      }
      before = now
    }
    const reached = new Set(Object.values(perTest).flatMap((counts) => Object.keys(counts)))
    const fixed = {}
    for (const [mutant, places] of Object.entries(reading)) {
      if (!reached.has(mutant)) fixed[mutant] = sum(places.map(({ hits }) => hits))
      else {
        for (const { tests, hits } of places)
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
