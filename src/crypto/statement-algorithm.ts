/**
 * The signature algorithms of statements, and the form of their signatures.
 *
 * The form is judged here, once, before an engine sees a signature: lengths, ranges, encodings. Platforms differ in
 * what they do with a signature of the wrong form (no, an error, or a reduction); what is left to them is arithmetic.
 */
import { enter, finish, openDer, tags } from '../asn1/der.js'
import { readIntegerBytes } from '../asn1/values.js'
import { bigEndianInteger, concatBytes } from '../encoding/bytes.js'
import { isVerificationError } from '../errors/error.js'
import type { BareKey, KeyKind } from './spki.js'

/**
 * Signature algorithms by name. Profiles name one; evidence never does.
 *
 * ECDSA signatures are r ‖ s, big-endian, in two halves of the size of the curve; the names that end in `-DER` are for
 * the same numbers as a DER SEQUENCE. PSS uses MGF1 with the same hash.
 */
export type StatementAlgorithm =
  | 'RSA-PSS-SHA256'
  | 'RSA-PKCS1-SHA256'
  | 'ECDSA-P256-SHA256'
  | 'ECDSA-P256-SHA256-DER'
  | 'ECDSA-P384-SHA384'
  | 'ECDSA-P384-SHA384-DER'
  | 'ED25519'

/** What an engine is asked for; ECDSA in either encoding is one. */
export type SignatureScheme = 'rsa-pss' | 'rsa-pkcs1' | 'p256' | 'p384' | 'ed25519'

export interface AlgorithmRule {
  readonly scheme: SignatureScheme
  readonly key: KeyKind
  readonly der: boolean
}

const rules: Readonly<Record<StatementAlgorithm, AlgorithmRule>> = {
  'RSA-PSS-SHA256': { scheme: 'rsa-pss', key: 'rsa', der: false },
  'RSA-PKCS1-SHA256': { scheme: 'rsa-pkcs1', key: 'rsa', der: false },
  'ECDSA-P256-SHA256': { scheme: 'p256', key: 'p256', der: false },
  'ECDSA-P256-SHA256-DER': { scheme: 'p256', key: 'p256', der: true },
  'ECDSA-P384-SHA384': { scheme: 'p384', key: 'p384', der: false },
  'ECDSA-P384-SHA384-DER': { scheme: 'p384', key: 'p384', der: true },
  ED25519: { scheme: 'ed25519', key: 'ed25519', der: false },
}

export function isStatementAlgorithm(value: unknown): value is StatementAlgorithm {
  return typeof value === 'string' && Object.hasOwn(rules, value)
}

export function ruleOf(algorithm: StatementAlgorithm): AlgorithmRule {
  return rules[algorithm]
}

/** Orders of the groups: NIST SP 800-186 §3.2.1, RFC 8032 §5.1. */
const orders = {
  p256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  p384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ed25519: 2n ** 252n + 27742317777372353535851937790883648493n,
} as const

const fieldOfEd25519 = 2n ** 255n - 19n

/**
 * The signature in the form that engines take, or `null` for one that verifies under no key: of another length, with
 * numbers out of range, or in another encoding. A high s is accepted in ECDSA, as it is in reports.
 */
export function normalSignature(
  rule: AlgorithmRule,
  key: BareKey,
  signature: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | null {
  switch (key.kind) {
    case 'rsa':
      // RFC 8017 §8.1.2 and §5.2.2: as long as the modulus, and below it.
      return signature.length === key.value.length &&
        bigEndianInteger(signature) < bigEndianInteger(key.value)
        ? signature
        : null
    case 'ed25519':
      return isEd25519Signature(signature) ? signature : null
    case 'p256':
    case 'p384':
      return normalEcdsa(key.kind, rule.der, signature)
  }
}

function normalEcdsa(
  curve: 'p256' | 'p384',
  der: boolean,
  signature: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | null {
  const size = curve === 'p256' ? 32 : 48
  const raw = der ? rawOfDer(signature, size) : signature
  if (raw?.length !== 2 * size) return null
  const inRange = [raw.subarray(0, size), raw.subarray(size)]
    .map(bigEndianInteger)
    .every((value) => value > 0n && value < orders[curve])
  return inRange ? raw : null
}

/** SEQUENCE { INTEGER r, INTEGER s }, strict DER, as r ‖ s; `null` for anything else. */
function rawOfDer(signature: Uint8Array, size: number): Uint8Array<ArrayBuffer> | null {
  try {
    const document = openDer(signature)
    const pair = enter(document, tags.sequence, 'signature')
    const r = unsigned(readIntegerBytes(pair, 'r', size + 1), size)
    const s = unsigned(readIntegerBytes(pair, 's', size + 1), size)
    finish(pair, 'signature')
    finish(document, 'signature')
    return r === null || s === null ? null : concatBytes(r, s)
  } catch (error) {
    if (isVerificationError(error)) return null
    throw error
  }
}

/** The content of a minimal INTEGER as `size` bytes; `null` if it is negative or larger. */
function unsigned(content: Uint8Array, size: number): Uint8Array | null {
  if ((content[0] ?? 0) >= 0x80) return null
  const digits = content[0] === 0 ? content.subarray(1) : content
  return digits.length > size ? null : concatBytes(new Uint8Array(size - digits.length), digits)
}

/** RFC 8032 §5.1.7: 64 bytes, R in the one encoding of a point (§5.1.3), S below the order. */
function isEd25519Signature(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  const littleEndian = signature.slice().reverse()
  if (bigEndianInteger(littleEndian.subarray(0, 32)) >= orders.ed25519) return false
  const r = bigEndianInteger(littleEndian.subarray(32))
  const y = r % 2n ** 255n
  // The two points with x = 0 have no negative.
  const negativeZero = r !== y && (y === 1n || y === fieldOfEd25519 - 1n)
  return y < fieldOfEd25519 && !negativeZero
}
