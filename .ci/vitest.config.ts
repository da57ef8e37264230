import { defineConfig } from 'vitest/config'

// Run from the top of the repository: vitest run --config .ci/vitest.config.ts --root .
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // CI machines and the slowest laptops we care for have two cores. More workers only fight for memory.
    maxWorkers: 2,
    // The library holds no state between calls, so files may share a process: eight times faster than a fresh one for
    // each. What a test stubs is put back; a test that needs a fresh module calls `vi.resetModules`.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // ATTESTED_REAL needs no word here: workers have the whole environment. See test/support/real-folder.ts.
    watch: false,
  },
})
