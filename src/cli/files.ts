/** Reading what arguments name. `-` is standard input; nothing is read beyond a limit. */
import { type Stats, createReadStream, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
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

/** No format has more files. One more is read, so that the library refuses it. */
const maxFiles = 64

/**
 * The regular files of a directory by name, `null` for what is no directory. Directories inside it and names that
 * begin with a dot are passed over, and so is what nobody may read, such as `inblob` in the kernel's own directory.
 *
 * @param omit - Names that are passed over as well.
 */
export async function readDirectory(
  path: string,
  what: string,
  omit: ReadonlySet<string> = new Set(),
): Promise<ReadonlyMap<string, Uint8Array> | null> {
  if (statOf(path)?.isDirectory() !== true) return null
  const files = new Map<string, Uint8Array>()
  let left = maxInputBytes
  for (const name of namesIn(path, what)) {
    if (omit.has(name)) continue
    if (files.size > maxFiles || left < 0) break
    const bytes = await readFile(join(path, name), what)
    left -= bytes.length
    files.set(name, bytes)
  }
  if (files.size === 0) throw new UsageError(`cannot read ${what} ${path}: the directory holds no file`)
  return files
}

/** `null` for what cannot be looked at: the attempt to read it will say why. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function namesIn(path: string, what: string): readonly string[] {
  try {
    return readdirSync(path)
      .filter((name) => !name.startsWith('.') && isReadable(join(path, name)))
      .sort()
  } catch (error) {
    throw unreadable(error, path, what)
  }
}

function isReadable(path: string): boolean {
  const stat = statOf(path)
  return stat?.isFile() === true && (stat.mode & 0o444) !== 0
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
    throw unreadable(error, path, what)
  }
}

function unreadable(error: unknown, path: string, what: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  return code === null ? error : new UsageError(`cannot read ${what} ${path}: ${reasons[code] ?? code}`)
}
