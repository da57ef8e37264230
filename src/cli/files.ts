/** Reading what arguments name. `-` is standard input; nothing is read beyond a limit. */
import { createReadStream } from 'node:fs'
import { concatBytes } from '../encoding/bytes.js'
import type { Io } from './context.js'
import { UsageError } from './usage-error.js'

/** No document that the library reads is larger. One byte more is read, so that the library refuses it. */
export const maxInputBytes: number = 1024 * 1024

/** At most `max` bytes of a stream, and one more where there are more. */
export async function collect(stream: AsyncIterable<unknown>, max: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('the stream must be binary')
    chunks.push(chunk)
    length += chunk.length
    if (length > max) break
  }
  return concatBytes(...chunks).slice(0, max + 1)
}

/** Reads one input of a command. */
export type ReadInput = (path: string, what: string) => Promise<Uint8Array>

/** A reader for one run of a command: standard input can be given once only. */
export function inputReader(io: Io): ReadInput {
  let stdinIs: string | null = null
  return async (path, what) => {
    if (path !== '-') return readFile(path, what)
    if (stdinIs !== null) throw new UsageError(`${stdinIs} and ${what} cannot both be standard input`)
    stdinIs = what
    return io.readStdin(maxInputBytes)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
}

async function readFile(path: string, what: string): Promise<Uint8Array> {
  try {
    // `end` counts from zero and is included.
    return await collect(createReadStream(path, { end: maxInputBytes }), maxInputBytes)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    if (code === null) throw error
    throw new UsageError(`cannot read ${what} ${path}: ${reasons[code] ?? code}`)
  }
}
