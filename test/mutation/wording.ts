// The vectors by group, each with what it must come to and the words that it may say (wording.txt). A module of its own,
// because mutation testing also runs it without vitest: many mutants in one process (.ci/tools/mutation/runner.mjs).
import { deepStrictEqual } from 'node:assert'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
// Policies load it on first use. Here it is read with everything else: Stryker would take what runs while it is read for
// a part of the first test that needs it, and try mutants of it with that test alone.
import '../../src/appraisal/schema.js'
import { isVerificationError } from '../../src/errors/error.js'
import type { VerificationError } from '../../src/errors/error.js'
import type { Appraisal } from '../../src/index.js'
import { type TrustFile, forgetPolicies, runVector, verifierOver } from '../conformance/vector-runner.js'
import { repositoryRoot } from '../support/real-folder.js'
import type { VectorGroup } from '../support/vectors/format.js'
import { readTrustFiles, readVectorFiles } from '../support/vectors/read.js'

export const wordingPath: string = join(repositoryRoot(), 'test/mutation/wording.txt')

/** The vector files of all stages. */
export const files = readVectorFiles()

export const readWording = (): ReadonlySet<string> =>
  new Set(readFileSync(wordingPath, 'utf8').trimEnd().split('\n'))

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

/**
 * Runs the vectors of a group, one after the other, with verifiers and policies of its own.
 *
 * @param known - The lines that may be said; `null` for any.
 * @returns All lines that were said.
 * @throws AssertionError for the first result that is not that of the vector, and for the first unknown line.
 */
export async function runGroup(
  { input, tests }: VectorGroup,
  known: ReadonlySet<string> | null,
): Promise<readonly string[]> {
  const said: string[] = []
  forgetPolicies()
  const verifiers = new Map<string, ReturnType<typeof verifierOver>>()
  for (const { comment, result, code, failed, ...test } of tests) {
    const merged = { ...input, ...test.input }
    const verifier = verifiers.get(merged.trust) ?? verifierOver(trust(merged.trust))
    verifiers.set(merged.trust, verifier)
    const lines: string[] = []
    const answer = await runVector(merged, verifier, (whole) => lines.push(...linesOf(whole)))
    deepStrictEqual({ comment, ...answer }, { comment, result, code, failed })
    const unknown = lines.filter((line) => known?.has(line) === false)
    deepStrictEqual([comment, unknown], [comment, []])
    said.push(...lines)
  }
  return said
}

const trustFiles = readTrustFiles()

function trust(name: string): TrustFile {
  const file = trustFiles.get(name)
  if (file === undefined) throw new Error(`no trust file ${name}`)
  return file as TrustFile
}
