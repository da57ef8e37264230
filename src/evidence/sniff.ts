/** Unknown bytes as formats look at them: what several of them ask for is read once. */
import type { WideJson } from '../encoding/json-integers.js'
import { fromUtf8, isAsciiText } from '../encoding/text.js'
import { readOr } from './container.js'
import { type Members, isMembers, readJson } from './json-fields.js'

export interface Sniff {
  readonly bytes: Uint8Array
  /** Printable ASCII and white space as a string; `null` for other bytes. */
  readonly text: string | null
  /** The document if it is a strict JSON object or array, else `null`. */
  readonly json: WideJson | null
  /** The members of a strict JSON object, else `null`. */
  readonly members: Members | null
}

export function sniffOf(bytes: Uint8Array): Sniff {
  const text = once(() => (isAsciiText(bytes) ? fromUtf8(bytes) : null))
  const json = once(() =>
    startsLikeJson(bytes) ? readOr<WideJson | null>(null, () => readJson(bytes, 'evidence')) : null,
  )
  return {
    bytes,
    get text() {
      return text()
    },
    get json() {
      return json()
    },
    get members() {
      const value = json()
      return isMembers(value) ? value : null
    },
  }
}

function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | null = null
  return () => (known ??= { value: read() }).value
}

/** An object or array, to a reader who looks at one byte. */
function startsLikeJson(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)
  return first === 0x7b || first === 0x5b
}
