// The generated documentation is that of this code.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generatedDocs } from '../support/docs.js'
import { repositoryRoot } from '../support/real-folder.js'

describe('generated documentation', () => {
  it.each(generatedDocs())('%s is up to date (npm run docs)', (path, text) => {
    expect(readFileSync(join(repositoryRoot(), path), 'utf8')).toBe(text)
  })
})
