// Runs every vector file of the repository on both engines. The files decide; an unexpected success fails like any
// other answer.
import { describe, expect, it } from 'vitest'
import { pureEngine } from '../../src/crypto/pure.js'
import { webCryptoEngine } from '../../src/crypto/webcrypto.js'
import { rememberingEngine } from '../support/remembering-engine.js'
import { inCi } from '../support/sampling.js'
import { readTrustFiles, readVectorFiles } from '../support/vectors/read.js'
import { type TrustFile, runVector, verifierOver } from './vector-runner.js'

const files = readVectorFiles()
const platform = webCryptoEngine()
if (platform === null) throw new Error('no WebCrypto')
// Most vectors share their signatures. In CI each engine computes each of them every time.
const engines = [platform, pureEngine].map((engine) =>
  inCi
    ? { name: engine.name, engine }
    : { name: `${engine.name}, which computes each signature once`, engine: rememberingEngine(engine) },
)

describe.each(engines)('with the engine $name', ({ engine }) => {
  const verifiers = new Map(
    [...readTrustFiles()].map(([name, file]) => [name, verifierOver(file as TrustFile, engine)]),
  )

  describe.each(files)('vectors of stage $stage', ({ groups }) => {
    it.each(groups)('$id', async ({ input, tests }) => {
      const answers = await Promise.all(
        tests.map(async (test) => {
          const merged = { ...input, ...test.input }
          const verifier = verifiers.get(merged.trust)
          if (verifier === undefined) throw new Error(`no trust file ${merged.trust}`)
          return { id: test.id, comment: test.comment, ...(await runVector(merged, verifier)) }
        }),
      )
      expect(answers).toEqual(
        tests.map(({ id, comment, result, code, failed }) => ({ id, comment, result, code, failed })),
      )
    })
  })
})

describe('vector files', () => {
  it('have unique ids and their number of tests', () => {
    const ids = files.flatMap(({ groups }) => groups.flatMap(({ tests }) => tests.map(({ id }) => id)))
    expect(new Set(ids).size).toBe(ids.length)
    for (const { numberOfTests, groups } of files) {
      expect(groups.reduce((sum, { tests }) => sum + tests.length, 0)).toBe(numberOfTests)
    }
  })
})
