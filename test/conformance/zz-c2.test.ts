import { expect, it } from 'vitest'
import { containerVectors } from '../support/vectors/container-vectors.js'
import { readTrustFiles } from '../support/vectors/read.js'
import { type TrustFile, runVector, verifierOver } from './vector-runner.js'
it('container vectors', async () => {
  const verifiers = new Map([...readTrustFiles()].map(([name, file]) => [name, verifierOver(file as TrustFile)]))
  const bad: unknown[] = []
  let n = 0
  for (const { input, tests } of containerVectors().groups)
    for (const test of tests) {
      n += 1
      const merged = { ...input, ...test.input }
      const got = await runVector(merged, verifiers.get(merged.trust)!)
      if (got.result !== test.result || got.code !== test.code) bad.push([test.id, test.comment, test.code, got])
    }
  console.log(n, 'container vectors')
  expect(bad).toEqual([])
}, 300_000)
