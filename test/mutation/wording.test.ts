// What people read is part of the product: each message, detail and note of a check that the vectors bring about stands
// in wording.txt, one line each. Mutation testing rests on it for everything that is text, so it looks at the results as
// well, group by group. After a change of wording: WORDING=write npx vitest run … test/mutation, and read the diff.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isVerificationError } from '../../src/index.js'
import type { Appraisal, VerificationError } from '../../src/index.js'
import { type TrustFile, runVector, verifierOver } from '../conformance/vector-runner.js'
import { repositoryRoot } from '../support/real-folder.js'
import { readTrustFiles, readVectorFiles } from '../support/vectors/read.js'

const path = join(repositoryRoot(), 'test/mutation/wording.txt')
const writing = process.env['WORDING'] === 'write'
const known: ReadonlySet<string> = new Set(writing ? [] : readFileSync(path, 'utf8').trimEnd().split('\n'))
const seen = new Set<string>()
let ran = 0

const verifiers = new Map([...readTrustFiles()].map(([name, file]) => [name, verifierOver(file as TrustFile)]))
const files = readVectorFiles()

function errorLines({ code, message, details, checks }: VerificationError): readonly string[] {
  return [`${code}: ${message} ${JSON.stringify(details)}`, ...checks.map((check) => JSON.stringify(check))]
}

function linesOf(answer: Appraisal | VerificationError): readonly string[] {
  if (isVerificationError(answer)) return errorLines(answer)
  if (answer.verdict !== 'accepted') {
    const { error, checks, unchecked } = answer
    return [...errorLines(error), ...[...checks, ...unchecked].map((one) => JSON.stringify(one))]
  }
  // Digests of policies and reports say nothing about words, and would make a line of each vector.
  const { checks, unchecked, policyDigest: _, evidenceDigest: _digest, report, ...others } = answer.verified
  const claims = { ...others, binding: others.binding?.profile ?? null, reportVersion: report.version }
  return [claims, ...checks, ...unchecked].map((one) => JSON.stringify(one))
}

describe.each(files)('vectors of stage $stage', ({ groups }) => {
  it.each(groups)('$id', async ({ input, tests }) => {
    // One after the other, so that the first wrong answer ends the run of a mutant.
    for (const test of tests) {
      const merged = { ...input, ...test.input }
      const verifier = verifiers.get(merged.trust)
      if (verifier === undefined) throw new Error(`no trust file ${merged.trust}`)
      const lines: string[] = []
      const { comment, result, code, failed } = test
      const answer = await runVector(merged, verifier, (whole) => lines.push(...linesOf(whole)))
      expect({ comment, ...answer }).toEqual({ comment, result, code, failed })
      for (const line of lines) seen.add(line)
      if (!writing) expect([comment, lines.filter((line) => !known.has(line))]).toEqual([comment, []])
    }
    ran += 1
  })
})

describe('wording.txt', () => {
  it('has nothing that nobody says', (context) => {
    if (writing) writeFileSync(path, [...seen].sort().map((line) => `${line}\n`).join(''))
    // A run of some of the groups cannot know.
    else if (ran < files.reduce((sum, { groups }) => sum + groups.length, 0)) context.skip()
    else expect([...known].filter((line) => !seen.has(line))).toEqual([])
  })
})
