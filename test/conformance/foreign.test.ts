// Vector files as a product: they are what the schema says, and one family comes from other code than ours.
import { describe, expect, it } from 'vitest'
import { type Schema, violations } from '../cli/json-schema.js'
import { checkForeign } from '../support/vectors/foreign.js'
import { readTrustFiles, readVectorFiles, readVectorSchema } from '../support/vectors/read.js'

const files = readVectorFiles()
// The checker stops at keywords that it does not know; a schema's own name says nothing about documents.
const { $id: _id, ...schema } = readVectorSchema() as Schema
const foreign = files.filter(({ stage }) => stage === 'foreign')

describe('vector files', () => {
  it.each(files.map((file) => ({ ...file, name: `${file.stage}: ${file.source.name}` })))(
    'are of the schema: $name',
    ({ name: _, ...file }) => {
      expect(violations(schema, file)).toEqual([])
    },
  )

  it('name trust files that are there', () => {
    const known = new Set(readTrustFiles().keys())
    const named = files.flatMap(({ groups }) => groups.map(({ input }) => input.trust))
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})

describe('foreign vectors', () => {
  it('are whole', () => {
    expect(checkForeign()).toBeGreaterThanOrEqual(100)
  })

  it('are of OpenSSL, node:crypto and Python, by name and version', () => {
    const names = foreign.map(({ source }) => source.name).sort()
    expect(names).toEqual([
      expect.stringMatching(/^OpenSSL 3\.\d+\.\d+: /),
      expect.stringMatching(/^Python 3\.\d+\.\d+, hashlib and json, and OpenSSL 3\.\d+\.\d+: /),
      expect.stringMatching(/^Python 3\.\d+\.\d+, struct and hashlib: /),
      expect.stringMatching(/^node:crypto of Node \d+\.\d+\.\d+: /),
    ])
  })

  it.each(foreign.flatMap(({ groups }) => groups))('$id accepts some and refuses others', ({ tests }) => {
    const accepted = tests.filter(({ result }) => result === 'accepted').length
    expect(tests.length).toBeGreaterThanOrEqual(10)
    expect(accepted).toBeGreaterThanOrEqual(2)
    expect(tests.length - accepted).toBeGreaterThanOrEqual(5)
  })
})
