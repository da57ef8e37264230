/**
 * PEM (RFC 7468), strict: blocks of base64 lines, ASCII white space between blocks and nothing else.
 *
 * Explanatory text between blocks is refused on purpose: it has carried certificates past reviewers.
 */
import { fromBase64 } from './base64.js'

export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

const begin = /^-----BEGIN ([A-Z0-9]+(?: [A-Z0-9]+)*)-----$/

/** True if the text starts like PEM, after white space. */
export function looksLikePem(text: string): boolean {
  return text.trimStart().startsWith('-----BEGIN ')
}

/** Decodes all blocks of a PEM text, or `null` if anything in it is not PEM. */
export function fromPem(text: string, maxBlocks = 16): readonly PemBlock[] | null {
  const blocks: PemBlock[] = []
  let label: string | null = null
  let body: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const opened = begin.exec(line)
    if (opened !== null) {
      if (label !== null || blocks.length === maxBlocks) return null
      label = opened[1] ?? ''
      body = []
    } else if (label === null) {
      if (!/^[ \t]*$/.test(line)) return null
    } else if (line === `-----END ${label}-----`) {
      const bytes = fromBase64(body.join(''))
      if (bytes === null || bytes.length === 0) return null
      blocks.push({ label, bytes })
      label = null
    } else {
      if (line.length === 0 || line.length > 76) return null
      body.push(line)
    }
  }
  return label === null && blocks.length > 0 ? blocks : null
}
