// The committed corpus ends as it did when it was made: the same outcome for each input, and nothing else thrown.
import { expect, test } from 'vitest'
import { type CorpusFile, readCorpus } from './corpus.js'
import { judge } from './judge.js'
import { targets } from './targets.js'
import { evidenceTargets } from './ways.js'

const all = [...targets, ...(await evidenceTargets())]
const corpus: readonly CorpusFile[] = readCorpus()

test('the corpus has a file for each target', () => {
  expect(corpus.map(({ target }) => target).sort()).toEqual(all.map(({ name }) => name).sort())
})

test.each(corpus)('$target', async ({ target: name, entries }) => {
  const target = all.find((one) => one.name === name)
  if (target === undefined) throw new Error(`no target ${name}`)
  const ended = await Promise.all(
    entries.map(async ({ input }) => {
      const { outcome, bug } = await judge(target, new Uint8Array(Buffer.from(input, 'base64')))
      return { input, outcome: bug === null ? outcome : `BUG ${bug}` }
    }),
  )
  expect(ended).toEqual(entries.map(({ input, outcome }) => ({ input, outcome })))
  expect(entries.length).toBeGreaterThanOrEqual(2)
})
