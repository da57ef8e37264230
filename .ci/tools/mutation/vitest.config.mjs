// The quick part of the tests, for mutation testing: unit tests beside the sources, vectors on one engine. What takes
// seconds (fuzzing, properties, bit flips, knock-outs, the command, the package, real evidence) says nothing more about
// a mutant, and each of a thousand mutants would pay for it.

/** The unit tests of the mutated file first, then the vectors: the first failure ends the run of a mutant. */
class LikelyFirst {
  sort(specifications) {
    const name = /([^/]+)\.ts$/.exec(globalThis.mutatedFile ?? '')?.[1]
    const places = [`/${name}.`, '/test/mutation/', `/src/${process.env.MUTATION_FOLDER}/`, '/']
    const rank = ({ moduleId }) => places.findIndex((place) => moduleId.includes(place))
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
      'test/conformance/{misuse,revocation}.test.ts',
      'test/mutation/wording.test.ts',
    ],
    exclude: [],
    sequence: { sequencer: LikelyFirst },
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    testTimeout: 10_000,
    hookTimeout: 10_000,
    watch: false,
  },
}
