/** UTF-8 text, strict. */

/** Decodes UTF-8 without replacement, or `null`. A byte order mark is kept, so that it is refused later. */
export function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

export function toUtf8(text: string): Uint8Array<ArrayBuffer> {
  return copyOf(new TextEncoder().encode(text))
}

// TextEncoder's result may sit on a larger, shared buffer in some runtimes.
const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

/** True if every byte is printable ASCII or ASCII white space: the bytes can be a text form. */
export function isAsciiText(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    const printable = byte >= 0x20 && byte < 0x7f
    if (!printable && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false
  }
  return true
}
