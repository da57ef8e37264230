/** The body of an answer, no more of it than allowed. */
import { concatBytes, copyBytes, isBytes, lengthOf } from '../encoding/bytes.js'

/** What came of reading a body; `cut`: the connection ended before the length that was announced. */
export type Body =
  { readonly kind: 'whole'; readonly bytes: Uint8Array } | { readonly kind: 'tooLarge' | 'cut' | 'noBytes' }

/**
 * Reads a body chunk by chunk and stops at the first byte too many, whatever length was announced.
 *
 * Rejects where the stream fails.
 *
 * @param signal - Of the request. Not every fetch heeds it, and a body may never end: nobody may be reading it still.
 */
export async function readBody(response: Response, maxBytes: number, signal: AbortSignal): Promise<Body> {
  const announced = announcedBytes(response.headers)
  if (announced !== null && announced > maxBytes) return { kind: 'tooLarge' }
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = response.body?.getReader()
  for (;;) {
    const part = await reader?.read()
    if (part === undefined || part.done) break
    if (signal.aborted) {
      reader?.cancel().catch(() => undefined)
      return { kind: 'cut' }
    }
    const chunk: unknown = part.value
    if (!isBytes(chunk)) return { kind: 'noBytes' }
    length += lengthOf(chunk)
    // The connection is closed by whoever started the request.
    if (length > maxBytes) return { kind: 'tooLarge' }
    chunks.push(copyBytes(chunk))
  }
  if (announced !== null && announced !== length) return { kind: 'cut' }
  return { kind: 'whole', bytes: concatBytes(...chunks) }
}

/** Content-Length, where it counts the bytes that we get: not those of a compressed body. */
function announcedBytes(headers: Headers): number | null {
  const text = headers.get('content-length')
  if (headers.has('content-encoding') || text === null || !/^\d{1,15}$/.test(text)) return null
  return Number(text)
}
