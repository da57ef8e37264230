// Runs every vector file of the repository. The files decide; an unexpected success fails like any other answer.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { VectorFile } from '../support/vectors/format.js'
import { repositoryRoot } from '../support/real-folder.js'
import { type TrustFile, runVector, verifierOver } from './vector-runner.js'

const folder = join(repositoryRoot(), 'vectors')
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

const stages = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['trust', 'schema', 'real'].includes(entry.name))
  .map(({ name }) => name)
const files = stages.flatMap((stage) =>
  readdirSync(join(folder, stage)).map((name) => readJson(join(folder, stage, name)) as VectorFile),
)
const verifiers = new Map(
  readdirSync(join(folder, 'trust')).map((name) => [
    name.replace('.json', ''),
    verifierOver(readJson(join(folder, 'trust', name)) as TrustFile),
  ]),
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

describe('vector files', () => {
  it('have unique ids and their number of tests', () => {
    const ids = files.flatMap(({ groups }) => groups.flatMap(({ tests }) => tests.map(({ id }) => id)))
    expect(new Set(ids).size).toBe(ids.length)
    for (const { numberOfTests, groups } of files) {
      expect(groups.reduce((sum, { tests }) => sum + tests.length, 0)).toBe(numberOfTests)
    }
  })
})
