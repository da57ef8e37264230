/**
 * Signatures by keys that evidence commits to: what such a key signed is a statement of whoever holds it. Loaded on
 * first use: AMD's own signatures are checked by the engines of `engine.ts`.
 */
import { copyBytes, requireBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import {
  type AlgorithmRule,
  type StatementAlgorithm,
  isStatementAlgorithm,
  normalSignature,
  ruleOf,
} from './statement-algorithm.js'
import { type KeyMaterial, type StatementKey, materialOfKey } from './statement-key.js'
import type * as pure from './statement-pure.js'
import type { SignatureQuestion } from './statement-question.js'
import { verifyInWebCrypto } from './statement-webcrypto.js'

/** Bytes of salt, or the most that the key has room for, as some signers choose (222 for RSA-2048). */
export type SaltLength = number | 'max'

/** A message, and who is said to have signed it how. */
export interface Statement {
  /** Named by the caller or a profile, never by evidence. */
  readonly algorithm: StatementAlgorithm
  /** Required for `RSA-PSS-SHA256`, forbidden for the others. */
  readonly saltLength?: SaltLength | undefined
  readonly key: StatementKey
  readonly message: Uint8Array
  readonly signature: Uint8Array
  /** The name of the engine that verified the report; the platform's by default. */
  readonly engine?: string | undefined
}

/**
 * Verifies the signature of a statement.
 *
 * The platform's WebCrypto is asked first. Where it does not exist, or cannot do this algorithm, the pure code is loaded
 * and asked instead, so that the answer is the same everywhere; the engine `pure` asks only that. All bytes are copied
 * before anything else happens.
 *
 * @returns `false` if the signature does not verify, which includes every wrong length, range and encoding.
 * @throws VerificationError `BINDING_KEY_MALFORMED` if the key is of another kind than the algorithm;
 *   `CRYPTO_UNSUPPORTED` if the pure code is needed and cannot be loaded.
 * @throws TypeError for an algorithm, salt length, key or engine that is none, or bytes that are none.
 */
export async function verifyStatement(statement: Statement): Promise<boolean> {
  // Each member is read once: it may be a getter of the caller's.
  const { algorithm, saltLength, key, message, signature, engine } = statement
  if (!isStatementAlgorithm(algorithm))
    throw new TypeError('algorithm is not the name of a signature algorithm')
  if (engine !== undefined && engine !== 'webcrypto' && engine !== 'pure') {
    throw new TypeError("engine must be 'webcrypto' or 'pure'")
  }
  const rule = ruleOf(algorithm)
  const material = materialOfKey(key)
  const salt = requireSalt(rule, saltLength)
  const messageCopy = copyBytes(requireBytes(message, 'message'))
  const signatureCopy = copyBytes(requireBytes(signature, 'signature'))
  requireKind(rule, material)
  const normal = normalSignature(rule, material, signatureCopy)
  const saltBytes = salt === 0 ? 0 : saltIn(material, salt)
  if (normal === null || saltBytes === null) return false
  return ask(
    { scheme: rule.scheme, key: material, message: messageCopy, signature: normal, saltLength: saltBytes },
    engine,
  )
}

function requireSalt({ scheme }: AlgorithmRule, saltLength: unknown): SaltLength {
  if (scheme !== 'rsa-pss') {
    if (saltLength !== undefined) throw new TypeError('saltLength is for RSASSA-PSS alone')
    return 0
  }
  if (saltLength === 'max') return saltLength
  if (typeof saltLength !== 'number' || !Number.isSafeInteger(saltLength) || saltLength < 0) {
    throw new TypeError("saltLength must be a number of bytes or 'max'")
  }
  return saltLength
}

function requireKind(rule: AlgorithmRule, { kind }: KeyMaterial): void {
  if (kind === rule.key) return
  throw new VerificationError(
    'BINDING_KEY_MALFORMED',
    `public key: of the kind ${kind}, where the signature needs ${rule.key}`,
    { expected: rule.key, actual: kind },
  )
}

/**
 * The salt length in bytes, or `null` if it is more than a signature by this key can hold (RFC 8017 §9.1.1): the
 * encoded message is as long as the modulus, and holds the hash and two more bytes.
 */
function saltIn({ value }: KeyMaterial, salt: SaltLength): number | null {
  const most = value.length - 32 - 2
  if (salt === 'max') return most
  return salt > most ? null : salt
}

async function ask(question: SignatureQuestion, engine: string | undefined): Promise<boolean> {
  const answer = engine === 'pure' ? null : await verifyInWebCrypto(question)
  if (answer !== null) return answer
  const { verifyInPureCode } = await loadPureCode(question.scheme)
  return verifyInPureCode(question)
}

/** A page that is offline may be unable to load more code. */
async function loadPureCode(scheme: string): Promise<typeof pure> {
  try {
    return await import('./statement-pure.js')
  } catch (cause) {
    throw new VerificationError(
      'CRYPTO_UNSUPPORTED',
      'the pure code for signatures cannot be loaded',
      { engine: 'pure', scheme },
      { cause },
    )
  }
}
