/**
 * Codecs: strict readers of proven bytes. A profile names one; the evidence never does.
 *
 * A codec is code of this library, so that "strict" means the same everywhere: one reading of the bytes, or an error.
 */
import type { JsonValue } from '../errors/error.js'
import type { Manifest } from '../manifest/manifest.js'

/** What a codec found in the bytes of a claim. */
export interface Decoded {
  /** Claims inside it, as bytes. */
  readonly claims: Readonly<Record<string, Uint8Array>>
  /** What it says, for results. */
  readonly summary?: Readonly<Record<string, JsonValue>>
  readonly manifest?: Manifest
}

/** A reader of one kind of document. Made by {@link makeCodec} alone. */
export interface Codec {
  readonly name: string
  /** The names of the claims that it finds, all of them every time. */
  readonly gives: readonly string[]
  /** True for documents of which the caller must say which one, or that any will do. */
  readonly mustAccept: boolean
  /** True for documents that are the manifest of a result. */
  readonly manifest?: boolean
}

type Read = (bytes: Uint8Array) => Decoded | Promise<Decoded>
const readers = new WeakMap<Codec, Read>()

/**
 * @param read - Throws a VerificationError for what it does not accept.
 */
export function makeCodec(codec: Codec, read: Read): Codec {
  const made = Object.freeze({ ...codec, gives: Object.freeze([...codec.gives]) })
  readers.set(made, read)
  return made
}

/** The reader behind a codec. @throws TypeError for anything else. */
export function readerOf(codec: Codec): Read {
  const read = typeof codec === 'object' ? readers.get(codec) : undefined
  if (read === undefined) throw new TypeError('a codec must be one of this library')
  return read
}
