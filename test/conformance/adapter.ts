// `npm run --silent conformance -- VERB`: the adapter for the outside suite of verifiers, as a process; and the verbs
// by which a runner in another language runs the vectors of this repository.
import { maxInputLength } from './adapter-input.js'
import { runAdapter } from './adapter-run.js'
import { answerVectors } from './adapter-vector.js'

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    // Too long already, as the answer will say: the rest need not be read.
    if (size > maxInputLength) break
  }
  return new Uint8Array(Buffer.concat(chunks))
}

const [verb = ''] = process.argv.slice(2)
if (verb === 'vector' || verb === 'vectors') {
  process.exitCode = await answerVectors(verb, process.stdin)
} else {
  const stdin = verb === 'verify-attestation-sev' ? await readStdin() : ''
  const { exitCode, stdout, stderr } = await runAdapter(verb, stdin)
  if (stderr !== '') process.stderr.write(`${stderr}\n`)
  process.stdout.write(`${stdout}\n`)
  process.exitCode = exitCode
}
