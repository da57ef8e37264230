import { defineConfig } from 'vitest/config'

// Tests of the test tools themselves: the fuzzer, the benchmark, the Python runner, the lab's authorities against OpenSSL.
// They cost a quarter of the time and say nothing about the library, so that a person's `npm test` leaves them to CI.
const ofTools = [
  'test/fuzz/campaign.test.ts',
  'test/bench/bench.test.ts',
  'test/conformance/vector-verb.test.ts',
  'test/support/pki.test.ts',
]
const inCi = (process.env['CI'] ?? '') !== ''
if (!inCi) process.stderr.write(`left to CI (CI=true npm test runs them too): ${ofTools.join(', ')}\n`)

// Run from the top of the repository: vitest run --config .ci/vitest.config.ts --root .
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(inCi ? [] : ofTools)],
    // CI machines and the slowest laptops we care for have two cores. More workers only fight for memory.
    maxWorkers: 2,
    // The library holds no state between calls, so files may share a process: eight times faster than a fresh one for
    // each. What a test stubs is put back; a test that needs a fresh module calls `vi.resetModules`.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // ATTESTED_REAL needs no word here: workers have the whole environment. See test/support/real-folder.ts.
    watch: false,
  },
})
