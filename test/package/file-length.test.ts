// A file that outgrows one sitting has stopped being about one thing. Aim for 60 to 250 lines.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { sourcePaths } from './source-graph.js'

const ceiling = 400

/** Generated modules of data, such as base64 of certificates, where lines mean nothing. */
const exempt: readonly string[] = []

test('no source or test file is longer than 400 lines', () => {
  const root = repositoryRoot()
  const tooLong: string[] = []
  for (const path of [...sourcePaths(root, 'src'), ...sourcePaths(root, 'test')]) {
    const lines = readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length
    if (lines > ceiling && !exempt.includes(path)) tooLong.push(`${path}: ${lines} lines`)
  }
  expect(tooLong).toEqual([])
})
