/**
 * Public keys that evidence commits to, for checking what they signed. Loaded on first use: AMD's own keys are read by
 * `x509/`.
 *
 * A key is read strictly, from the one encoding that the caller names: the digest of these bytes is often what a report
 * commits to, and two spellings of one key would be two commitments.
 *
 * Not checked, because nobody can: that a modulus has two large prime factors, and that somebody holds the private key.
 */
import { toBase64 } from '../encoding/base64.js'
import { copyBytes, lengthOf, requireBytes } from '../encoding/bytes.js'
import { fromPem } from '../encoding/pem.js'
import { fromUtf8 } from '../encoding/text.js'
import { VerificationError } from '../errors/error.js'
import { sha256Hex } from './digests.js'
import { isEd25519Key } from './ed25519-point.js'
import { readJwk } from './jwk.js'
import { isP256Point } from './p256-point.js'
import { isP384Point } from './p384-point.js'
import { type BareKey, type KeyKind, fromSpki, hasKeySize, toSpki } from './spki.js'

/** The encodings of a key. */
export type StatementKeyForm = 'spki-der' | 'spki-pem' | 'jwk'

declare const statementKeyBrand: unique symbol

/**
 * A public key of a kind and size that signs statements, made by {@link readStatementKey} alone. Structure only: that
 * evidence commits to it is for the caller to show.
 */
export interface StatementKey {
  readonly [statementKeyBrand]: true
  readonly kind: KeyKind
  /** Bits of the modulus, or of a coordinate: 256 for P-256 and Ed25519, 384 for P-384. */
  readonly bits: number
  /** The SubjectPublicKeyInfo in DER, whatever form the key was read from. A copy. */
  readonly spki: Uint8Array
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string
}

/** What engines need of a key. */
export interface KeyMaterial extends BareKey {
  readonly spki: Uint8Array<ArrayBuffer>
}

const materialOf = new WeakMap<StatementKey, KeyMaterial>()

/** The bytes behind a key, for this folder only. @throws TypeError for what {@link readStatementKey} did not make. */
export function materialOfKey(key: StatementKey): KeyMaterial {
  const material = materialOf.get(key)
  if (material === undefined) throw new TypeError('key must come from readStatementKey')
  return material
}

/**
 * Reads a public key: RSA of 2048 to 4096 bits (a multiple of eight) with e = 65537, P-256, P-384 or Ed25519.
 *
 * - `spki-der`: SubjectPublicKeyInfo with nothing around it; rsaEncryption with NULL, named curves, uncompressed points.
 * - `spki-pem`: one `PUBLIC KEY` block as OpenSSL and Python's cryptography write it: lines of 64 characters, line
 *   feeds, one or none at the end, nothing before or after.
 * - `jwk`: a JSON object of RFC 7517; unknown members are let through, private ones are not.
 *
 * Points are on their curve, and an Ed25519 key has no part of small order.
 *
 * @param bytes - The key as it was carried, copied.
 * @throws VerificationError `BINDING_KEY_MALFORMED`.
 * @throws TypeError if `bytes` are no bytes, or `form` is none of the three.
 */
export function readStatementKey(bytes: Uint8Array, form: StatementKeyForm): StatementKey {
  requireBytes(bytes, 'key')
  if (!Object.hasOwn(readers, form)) throw new TypeError("form must be 'spki-der', 'spki-pem' or 'jwk'")
  const { longest, read } = readers[form]
  if (lengthOf(bytes) > longest) throw malformed(`longer than ${String(longest)} bytes`)
  const bare = read(copyBytes(bytes))
  requireSound(bare)
  const spki = toSpki(bare)
  const key = Object.freeze({
    kind: bare.kind,
    bits: bitsOf(bare),
    get spki() {
      return copyBytes(spki)
    },
    spkiSha256: sha256Hex(spki),
  }) as StatementKey
  materialOf.set(key, { ...bare, spki })
  return key
}

interface Reader {
  readonly longest: number
  readonly read: (bytes: Uint8Array) => BareKey
}

/** RSA-4096 is the longest: 550 bytes of DER, and 800 of PEM with its last line feed. */
const readers: Readonly<Record<StatementKeyForm, Reader>> = {
  'spki-der': { longest: 550, read: readDer },
  'spki-pem': { longest: 800, read: readPem },
  jwk: { longest: 16384, read: readJwk },
}

function readDer(der: Uint8Array): BareKey {
  const key = fromSpki(der)
  if (key === null) {
    throw malformed(
      'not the SubjectPublicKeyInfo of RSA (2048 to 4096 bits, e = 65537), P-256, P-384 or Ed25519 in its one form',
    )
  }
  return key
}

function readPem(bytes: Uint8Array): BareKey {
  const text = fromUtf8(bytes)
  const [block, another] = (text === null ? null : fromPem(text)) ?? []
  if (block === undefined || another !== undefined) throw malformed('not one block of PEM')
  // What the reader of blocks allows and these tools do not write: other lines, white space around the block.
  const written = toPem(block.bytes)
  if (text !== written && text !== `${written}\n`) {
    throw malformed('not a PUBLIC KEY block in lines of 64 characters with nothing around it')
  }
  return readDer(block.bytes)
}

function toPem(der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? []
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----'].join('\n')
}

/** The checks that hold for a key whatever form it came in. */
function requireSound(key: BareKey): void {
  const problem = problemOf(key)
  if (problem !== null) throw malformed(problem)
}

function problemOf(key: BareKey): string | null {
  const { kind, value } = key
  switch (kind) {
    case 'rsa':
      if (!hasKeySize(key)) return 'an RSA modulus that has not 2048 to 4096 bits, a multiple of eight'
      return (value.at(-1) ?? 0) % 2 === 0 ? 'an RSA modulus that is even' : null
    case 'p256':
      return isP256Point(value) ? null : 'a point that is not on the curve P-256'
    case 'p384':
      return isP384Point(value) ? null : 'a point that is not on the curve P-384'
    case 'ed25519':
      return isEd25519Key(value) ? null : 'an Ed25519 key that is not a point of the prime order'
  }
}

function bitsOf({ kind, value }: BareKey): number {
  if (kind === 'rsa') return value.length * 8
  return kind === 'p384' ? 384 : 256
}

const malformed = (problem: string): VerificationError =>
  new VerificationError('BINDING_KEY_MALFORMED', `public key: ${problem}`, { problem })
