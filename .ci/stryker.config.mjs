// Mutation testing of one folder of src; .ci/tools/mutation/run.mjs chooses it. Nothing is excluded: every mutator, every
// file, static mutants too.
const folder = process.env.MUTATION_FOLDER

export default {
  packageManager: 'npm',
  testRunner: 'vitest-by-file',
  plugins: ['@stryker-mutator/vitest-runner', './.ci/tools/mutation/runner.mjs'],
  vitest: { configFile: '.ci/tools/mutation/vitest.config.mjs', related: false },
  coverageAnalysis: 'perTest',
  mutate: [`src/${folder}/**/*.ts`, '!src/**/*.test.ts'],
  ignorePatterns: ['dist', '.build', 'docs', 'coverage', '/.git'],
  // Not .build, which the set-up empties whenever a source file is gone.
  tempDirName: `coverage/mutation/sandbox-${folder}`,
  incremental: true,
  incrementalFile: `coverage/mutation/incremental-${folder}.json`,
  reporters: ['progress-append-only', 'clear-text', 'json'],
  jsonReporter: { fileName: `coverage/mutation/${folder}.json` },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportMutants: false },
  thresholds: { high: 95, low: 90, break: 90 },
  concurrency: 2,
  // A mutant that loops is seen by its hits; time is for the rest, and this machine may be busy with other things.
  timeoutMS: 5000,
  timeoutFactor: 2,
  tsconfigFile: 'none.json',
  allowEmpty: false,
}
