// Manifests that the 2cVM agent itself signed, with what each rule says about them. They are other people's and stand
// beside the real evidence; without them these tests skip. Cases of our own like them are in agent-rules.test.ts.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { realFolder } from '../../test/support/real-folder.js'
import { checkManifest } from './check.js'
import { parseExpectations } from './expectations.js'
import { type ManifestOptions, parseManifest } from './parse.js'

interface Case {
  readonly id: string
  /** Hex. */
  readonly signedBytes: string
  readonly manifestSha256: string
  readonly context: unknown
  readonly expectSemantic: 'accept' | readonly string[]
  readonly expectFindings: readonly string[]
}

function readCases(): readonly Case[] {
  const folder = realFolder()
  const file = folder === null ? null : join(folder, '../reference/2cvm-vectors.json')
  if (file === null || !existsSync(file)) {
    console.warn('SKIPPED: no vectors of the 2cVM agent beside the real evidence')
    return []
  }
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }).cases
}

const cases = readCases()
const exact: ManifestOptions = { schema: '2cvm-agent/1', bytes: 'raw', requireExact: true }

describe.skipIf(cases.length === 0)('what the agent signed', () => {
  test('there are 8 cases', () => {
    expect(cases).toHaveLength(8)
  })

  test.each(cases)('$id: exact bytes, the same digest and the expected findings', (item) => {
    const bytes = Buffer.from(item.signedBytes, 'hex')
    const manifest = parseManifest(bytes, exact)
    expect(Buffer.from(manifest.digest('sha256')).toString('hex')).toBe(item.manifestSha256)
    expect(createHash('sha256').update(manifest.bytes).digest('hex')).toBe(item.manifestSha256)

    const expectations = parseExpectations(JSON.stringify(item.context), '2cvm-agent/1')
    const { findings, unchecked, digest } = checkManifest(manifest, expectations)
    const rules = (wanted: 'error' | 'warning'): readonly string[] => [
      ...new Set(findings.filter(({ severity }) => severity === wanted).map(({ rule }) => rule)),
    ]
    expect(digest).toBe(item.manifestSha256)
    expect(rules('error')).toEqual(item.expectSemantic === 'accept' ? [] : item.expectSemantic)
    expect(rules('warning')).toEqual(item.expectFindings)
    expect(unchecked).toEqual([])
  })

  test.each(cases)('$id: one byte less or more is not what it signed', ({ signedBytes }) => {
    const bytes = Buffer.from(signedBytes, 'hex')
    const spaced = Buffer.concat([bytes.subarray(0, 1), Buffer.from(' '), bytes.subarray(1)])
    expect(() => parseManifest(spaced, exact)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_NOT_CANONICAL' }),
    )
    expect(() => parseManifest(bytes.subarray(1), exact)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_MALFORMED' }),
    )
  })
})
