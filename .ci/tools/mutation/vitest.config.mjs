// The quick part of the tests, for mutation testing: unit tests beside the sources, vectors on one engine. What takes
// seconds (fuzzing, properties, bit flips, knock-outs, the command, the package, real evidence) says nothing more about
// a mutant, and each of a thousand mutants would pay for it.

/** The folder's own unit tests first, vectors last: the first failure ends the run of a mutant. */
class OwnTestsFirst {
  sort(specifications) {
    const rank = ({ moduleId }) =>
      [`/src/${process.env.MUTATION_FOLDER}/`, '/src/', '/test/mutation/'].findIndex((part) => moduleId.includes(part))
    return [...specifications].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1))
  }

  shard(specifications) {
    return specifications
  }
}

export default {
  test: {
    include: [
      'src/{asn1,x509,product,report,endorsement,appraisal,verify,results}/**/*.test.ts',
      'test/mutation/wording.test.ts',
    ],
    exclude: [],
    sequence: { sequencer: OwnTestsFirst },
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    testTimeout: 10_000,
    hookTimeout: 10_000,
    watch: false,
  },
}
