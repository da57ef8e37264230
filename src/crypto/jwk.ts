/**
 * Public keys as JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037): strict JSON, base64url without padding, every number
 * in its one length.
 *
 * Members that say nothing about which key it is are let through, as RFC 7517 §4 demands. What they say about its use is
 * not checked, on purpose: the caller names the algorithm, never the evidence (`alg`), and Azure has labelled its
 * attestation keys, which sign, `"key_ops": ["encrypt"]`.
 */
import { fromBase64 } from '../encoding/base64.js'
import { concatBytes } from '../encoding/bytes.js'
import { parseStrictJson } from '../encoding/json.js'
import { type JsonValue, VerificationError } from '../errors/error.js'
import type { BareKey } from './spki.js'

type Jwk = Readonly<Record<string, JsonValue>>

/** Members of private and of symmetric keys: a key that was published with them has no owner. */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const

const coordinateBytes = { p256: 32, p384: 48 } as const

/**
 * Reads a public key. Points and moduli are not checked yet.
 *
 * @throws VerificationError `BINDING_KEY_MALFORMED`.
 */
export function readJwk(bytes: Uint8Array): BareKey {
  const json = parseStrictJson(bytes, {
    code: 'BINDING_KEY_MALFORMED',
    what: 'JWK',
    maxLength: 16384,
    maxDepth: 4,
  })
  if (!isObject(json)) throw malformed('not an object')
  const secret = secretMembers.find((name) => Object.hasOwn(json, name))
  if (secret !== undefined) throw malformed(`a private or symmetric key: it has "${secret}"`)
  const kty = memberOf(json, 'kty')
  const crv = memberOf(json, 'crv')
  if (kty === 'RSA') return { kind: 'rsa', value: modulusOf(json) }
  if (kty === 'EC' && crv === 'P-256') return pointOf(json, 'p256')
  if (kty === 'EC' && crv === 'P-384') return pointOf(json, 'p384')
  if (kty === 'OKP' && crv === 'Ed25519') return { kind: 'ed25519', value: numberOf(json, 'x', 32) }
  throw malformed('"kty" and "crv" are none of RSA, EC with P-256 or P-384, OKP with Ed25519')
}

function modulusOf(jwk: Jwk): Uint8Array {
  if (memberOf(jwk, 'e') !== 'AQAB') throw malformed('"e" is not "AQAB" (65537)')
  return numberOf(jwk, 'n')
}

function pointOf(jwk: Jwk, kind: keyof typeof coordinateBytes): BareKey {
  const size = coordinateBytes[kind]
  return {
    kind,
    value: concatBytes(Uint8Array.of(0x04), numberOf(jwk, 'x', size), numberOf(jwk, 'y', size)),
  }
}

function numberOf(jwk: Jwk, name: string, size?: number): Uint8Array {
  const text = memberOf(jwk, name)
  const bytes =
    typeof text === 'string' && /^[A-Za-z0-9_-]+$/.test(text) ? fromBase64(text, 'optional') : null
  if (bytes === null) throw malformed(`"${name}" is not base64url without padding`)
  if (size !== undefined && bytes.length !== size) {
    throw malformed(`"${name}" has ${String(bytes.length)} bytes, not ${String(size)}`)
  }
  return bytes
}

/** A member that the document has itself: an object inherits others. */
const memberOf = (jwk: Jwk, name: string): JsonValue | undefined =>
  Object.hasOwn(jwk, name) ? jwk[name] : undefined

const isObject = (json: JsonValue): json is Jwk =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

const malformed = (problem: string): VerificationError =>
  new VerificationError('BINDING_KEY_MALFORMED', `JWK: ${problem}`, { problem })
