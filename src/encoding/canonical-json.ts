/** Canonical JSON (RFC 8785, JCS) of values that {@link parseStrictJson} can produce. */
import type { JsonValue } from '../errors/error.js'

/** Keys sorted by UTF-16 units, no white space, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const object = value as Readonly<Record<string, JsonValue>>
    const members = Object.keys(object)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}
