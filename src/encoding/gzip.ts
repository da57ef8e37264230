/**
 * Gzip (RFC 1952): one member and nothing around it, decompressed by the platform up to a limit.
 *
 * Platforms differ in what they read past: some join several members, some ignore what stands behind. So the frame
 * is read here, and only the deflate data inside is the platform's. That those end where the frame says is asked by
 * a second try without their last byte, which must fail.
 */
import { type ErrorCode, VerificationError } from '../errors/error.js'
import { concatBytes, copyBytes, u32le } from './bytes.js'

export interface GzipLimits {
  /** The code to refuse with: the document decides it. */
  readonly code: ErrorCode
  readonly what: string
  /** The most bytes that may come out. */
  readonly maxLength: number
}

const headerBytes = 10
const trailerBytes = 8

/**
 * Decompresses.
 *
 * Time, compression level and operating system in the header may be anything; a name, a comment and further fields
 * may not be there.
 *
 * @throws VerificationError with the given code; `CRYPTO_UNSUPPORTED` where the platform cannot decompress.
 */
export async function gunzip(bytes: Uint8Array, limits: GzipLimits): Promise<Uint8Array> {
  const refuse = (problem: string): VerificationError =>
    new VerificationError(limits.code, `${limits.what} is not strict gzip: ${problem}`, { problem })
  const [first, second, method, flags] = bytes
  if (bytes.length < headerBytes + trailerBytes || first !== 0x1f || second !== 0x8b || method !== 8)
    throw refuse('no header')
  if (flags !== 0) throw refuse('more than the plain header')
  const trailer = bytes.length - trailerBytes
  const body = copyBytes(bytes.subarray(headerBytes, trailer))
  const content = await inflate(body, limits.maxLength)
  if (content === 'too long') throw refuse(`more than ${String(limits.maxLength)} bytes come out`)
  if (content === null) throw refuse('the data cannot be decompressed')
  if ((await inflate(body.slice(0, -1), limits.maxLength)) !== null)
    throw refuse('something stands behind the data')
  if (u32le(bytes, trailer + 4) !== content.length) throw refuse('another length comes out')
  if (u32le(bytes, trailer) !== crc32(content)) throw refuse('another checksum comes out')
  return content
}

/** What deflate data hold; `null` for what is none, or is cut short. */
async function inflate(
  data: Uint8Array<ArrayBuffer>,
  maxLength: number,
): Promise<Uint8Array | 'too long' | null> {
  if (typeof DecompressionStream === 'undefined')
    throw new VerificationError('CRYPTO_UNSUPPORTED', 'this platform has no DecompressionStream', {})
  const { readable, writable } = new DecompressionStream('deflate-raw')
  const writer = writable.getWriter()
  // Both fail where reading does, which is where it is seen. Nobody waits: a platform may never take what stands
  // behind the data.
  void Promise.allSettled([writer.write(data), writer.close()])
  const reader = readable.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.length
      if (length > maxLength) {
        await Promise.allSettled([reader.cancel()])
        return 'too long'
      }
      chunks.push(value)
    }
  } catch {
    return null
  }
  return concatBytes(...chunks)
}

/** The checksum of gzip, bit by bit: what comes out here is short. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 0 ? 0 : 0xedb88320)
  }
  return ~crc >>> 0
}
