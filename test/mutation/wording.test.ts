// What people read is part of the product: each message, detail and note of a check that the vectors bring about stands
// in wording.txt, one line each. Mutation testing rests on it for everything that is text.
//
// After a change of wording, or of vectors: WORDING=write npx vitest run --config .ci/vitest.config.ts --root . test/mutation
// and read the difference.
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { files, readWording, runGroup, wordingPath } from './wording.js'

const writing = process.env['WORDING'] === 'write'
const known = writing ? null : readWording()
const said = new Set<string>()
let ran = 0

describe.each(files)('vectors of stage $stage', ({ groups }) => {
  it.each(groups)('$id', async (group) => {
    for (const line of await runGroup(group, known)) said.add(line)
    ran += 1
  })
})

describe('wording.txt', () => {
  it('has nothing that nobody says', (context) => {
    // A run of some of the groups cannot know.
    if (ran < files.reduce((sum, { groups }) => sum + groups.length, 0)) context.skip()
    else if (known === null)
      writeFileSync(
        wordingPath,
        [...said]
          .sort()
          .map((line) => `${line}\n`)
          .join(''),
      )
    else expect([...known].filter((line) => !said.has(line))).toEqual([])
  })
})
