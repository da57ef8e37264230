// `conformance -- vector` and `conformance -- vectors`: vectors of this repository as cases on stdin, for a runner in
// any language. `vector` takes one JSON object; `vectors` takes one on each line and answers line by line, because
// starting a process for each of a thousand costs minutes.
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import * as z from 'zod/mini'
import { fromBase64 } from '../../src/encoding/base64.js'
import { evidenceFormats } from '../../src/evidence/registry.js'
import type { Verifier } from '../../src/verify/pipeline.js'
import type { AdapterOutcome } from './adapter-run.js'
import { type TrustFile, runVector, verifierOver } from './vector-runner.js'

const base64 = z.string().check(z.refine((text) => !/[-_]/.test(text) && fromBase64(text) !== null))
const hex = z.string().check(z.regex(/^(?:[0-9a-f]{2})*$/))
const time = z.string().check(
  z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/),
  z.refine((text) => Number.isFinite(Date.parse(text))),
)
const line = z.strictObject({
  ark: base64,
  ask: base64,
  asvk: base64,
  revoked: z.array(z.strictObject({ certificateSha256: hex, spkiSha256: hex })),
})
const challenge = z.exactOptional(hex)
const algorithm = z.enum(['sha256', 'sha384', 'sha512'])
const accept = z.union([
  z.strictObject({ digest: hex }),
  z.strictObject({ expect: z.json(), schema: z.enum(['attested/manifest@1', '2cvm-agent/1']) }),
  z.strictObject({ unchecked: z.string() }),
])

/** A merged case: the content of the trust file in the place of its name. */
const vectorCase = z.strictObject({
  anchors: z.strictObject({ Milan: line, Genoa: line, Turin: line }),
  at: time,
  format: z.enum(['auto', ...evidenceFormats]),
  evidence: base64,
  files: z.exactOptional(z.record(z.string(), base64)),
  endorsementKey: z.exactOptional(z.nullable(base64)),
  certificates: z.exactOptional(z.array(base64)),
  crls: z.exactOptional(
    z.array(
      z.strictObject({
        crl: base64,
        fetchedAt: z.exactOptional(time),
        scope: z.exactOptional(z.enum(['vcek', 'vlek'])),
      }),
    ),
  ),
  policy: z.exactOptional(z.json()),
  policyText: z.exactOptional(z.string()),
  binding: z.discriminatedUnion('form', [
    z.strictObject({ form: z.literal('reportData'), expected: hex, challenge }),
    z.strictObject({
      form: z.literal('digest'),
      algorithm,
      bytes: base64,
      challenge,
    }),
    z.strictObject({
      form: z.literal('manifest'),
      manifest: z.string(),
      challenge,
      algorithm: z.exactOptional(algorithm),
      carrier: z.exactOptional(z.enum(['REPORT_DATA', 'HOST_DATA'])),
      accept,
    }),
    z.strictObject({
      form: z.literal('profile'),
      profile: z.string(),
      inputs: z.record(z.string(), hex),
      accept: z.exactOptional(z.record(z.string(), accept)),
    }),
    z.strictObject({ form: z.literal('unchecked'), reason: z.string() }),
  ]),
})

/** Cases come with whole trust files, of which there are few. */
const verifiers = new Map<string, Verifier>()

function verifierFor(anchors: TrustFile): Verifier {
  const text = JSON.stringify(anchors)
  const verifier = verifiers.get(text) ?? verifierOver(anchors)
  verifiers.set(text, verifier)
  return verifier
}

/** One case to its answer: exit status 0, or 30 for what is no case. */
export async function runVectorCase(text: string): Promise<AdapterOutcome> {
  const malformed = (why: string): AdapterOutcome => ({
    exitCode: 30,
    stdout: JSON.stringify({ error: why }),
    stderr: why,
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return malformed('not JSON')
  }
  const read = z.safeParse(vectorCase, json)
  if (!read.success) {
    const [issue] = read.error.issues
    return malformed(`input ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
  }
  const { anchors, ...input } = read.data
  // A test's text stands over its group's document, so both may be there.
  if (input.policy === undefined && input.policyText === undefined) return malformed('input: no policy')
  const answer = await runVector({ ...input, trust: '' }, verifierFor(anchors))
  return { exitCode: 0, stdout: JSON.stringify(answer), stderr: '' }
}

/** Answers on stdout, and the exit status: 30 if any case was none. */
export async function answerVectors(verb: 'vector' | 'vectors', stdin: Readable): Promise<number> {
  let worst = 0
  const answer = async (text: string): Promise<void> => {
    const { exitCode, stdout, stderr } = await runVectorCase(text)
    if (stderr !== '') process.stderr.write(`${stderr}\n`)
    process.stdout.write(`${stdout}\n`)
    worst = Math.max(worst, exitCode)
  }
  if (verb === 'vector') {
    const chunks: Buffer[] = []
    for await (const chunk of stdin as AsyncIterable<Buffer>) chunks.push(chunk)
    await answer(Buffer.concat(chunks).toString('utf8'))
  } else {
    for await (const text of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY }))
      if (text !== '') await answer(text)
  }
  return worst
}
