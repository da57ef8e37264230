// A guest that runs the 2cVM agent, with everything choosable: which key it commits to and which one it hands out, who
// signs what, and how. The manifest's text is written here by hand, as pydantic's `model_dump_json` writes it, and not
// by the writer that the verifier compares it with.
import { createHash } from 'node:crypto'
import type { AgentAnswer } from './agent-2cvm.js'
import { agentSignature, pemOf } from './committed-evidence.js'
import { concat } from './der.js'
import { type RsaKey, rsaKey } from './keys.js'

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
}

/** Escapes what JSON demands and nothing else; two digits are enough for what is left of the control characters. */
const textOf = (value: string): string => {
  const escaped = Array.from(value, (char) => {
    const code = char.codePointAt(0) ?? 0
    return short[char] ?? (code < 0x20 ? `\\u00${code.toString(16).padStart(2, '0')}` : char)
  })
  return `"${escaped.join('')}"`
}

/** No white space, members in the order in which they are, non-ASCII kept. */
export function compactJson(value: unknown): string {
  if (typeof value === 'string') return textOf(value)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(compactJson).join(',')}]`
  const members = Object.entries(value as object).map(
    ([key, member]) => `${textOf(key)}:${compactJson(member)}`,
  )
  return `{${members.join(',')}}`
}

export interface AgentGuest {
  /** JSON text of the manifest in the answer; `null` for a guest that nobody locked. */
  readonly manifest: string | null
  /** What the key signed; the manifest unless told. */
  readonly signed?: string
  readonly key?: RsaKey
  readonly saltLength?: number
  /** In the place of a signature; `null` for none. */
  readonly signature?: Uint8Array | null
  /** The key as the answer holds it, and as REPORT_DATA commits to it. */
  readonly pem?: Uint8Array
  readonly committedPem?: Uint8Array
  /** What REPORT_DATA commits to. */
  readonly nonce: Uint8Array
}

export interface AgentParts {
  /** What the report has to say. */
  readonly reportData: Uint8Array
  /** The parts of its answer, but for the report. */
  readonly answer: Omit<AgentAnswer, 'report'>
}

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())
const base64 = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes).toString('base64'))

export function agentGuest(guest: AgentGuest): AgentParts {
  const { manifest, nonce, key = rsaKey('tee'), pem = pemOf(key), committedPem = pem } = guest
  const signed = new TextEncoder().encode(guest.signed ?? manifest ?? '')
  const longest = key.modulusBits / 8 - 34
  const { signature = manifest === null ? null : agentSignature(signed, key, guest.saltLength ?? longest) } =
    guest
  return {
    reportData: concat(sha256(nonce), sha256(committedPem)),
    answer: {
      manifest: manifest ?? 'null',
      signature: signature === null ? 'null' : base64(signature),
      key: base64(pem),
    },
  }
}
