// Keys that sign statements, and what node:crypto says about a signature: the oracle for both of our ways to verify.
import { type KeyObject, constants, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import type { StatementAlgorithm } from '../../src/crypto/statement-algorithm.js'
import { type StatementKey, readStatementKey } from '../../src/crypto/statement-key.js'
import { type Statement, verifyStatement } from '../../src/crypto/statement.js'

export interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export type PairName = 'rsa2048' | 'p256' | 'p384' | 'ed25519'

const makers: Readonly<Record<PairName, () => Pair>> = {
  rsa2048: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  p256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ed25519: () => generateKeyPairSync('ed25519'),
}
const made = new Map<PairName, Pair>()

/** The key pair of a name: a new one in every process, the same one within it. */
export function pair(name: PairName): Pair {
  const known = made.get(name)
  if (known !== undefined) return known
  const fresh = makers[name]()
  made.set(name, fresh)
  return fresh
}

export function derOf(key: KeyObject): Uint8Array {
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }))
}

const read = new WeakMap<KeyObject, StatementKey>()

export function keyOf(key: KeyObject): StatementKey {
  const known = read.get(key) ?? readStatementKey(derOf(key), 'spki-der')
  read.set(key, known)
  return known
}

/** What the parameters of a signature are to node:crypto. */
const oracles: Readonly<Record<StatementAlgorithm, readonly [hash: string | null, options: object]>> = {
  'RSA-PSS-SHA256': ['sha256', { padding: constants.RSA_PKCS1_PSS_PADDING }],
  'RSA-PKCS1-SHA256': ['sha256', { padding: constants.RSA_PKCS1_PADDING }],
  'ECDSA-P256-SHA256': ['sha256', { dsaEncoding: 'ieee-p1363' }],
  'ECDSA-P256-SHA256-DER': ['sha256', { dsaEncoding: 'der' }],
  'ECDSA-P384-SHA384': ['sha384', { dsaEncoding: 'ieee-p1363' }],
  'ECDSA-P384-SHA384-DER': ['sha384', { dsaEncoding: 'der' }],
  ED25519: [null, {}],
}

export interface Answers {
  readonly node: boolean
  readonly webcrypto: boolean
  readonly pure: boolean
}

/** All three say the same. */
export const all = (answer: boolean): Answers => ({ node: answer, webcrypto: answer, pure: answer })

/** What node:crypto, WebCrypto and the pure code say about one signature. */
export async function answers(statement: Omit<Statement, 'engine'>): Promise<Answers> {
  const { algorithm, saltLength, key, message, signature } = statement
  const [hash, options] = oracles[algorithm]
  // The constant for the longest salt means "any" to OpenSSL when it verifies, so it is spelled out.
  const salt =
    saltLength === undefined ? {} : { saltLength: saltLength === 'max' ? key.bits / 8 - 34 : saltLength }
  const publicKey = createPublicKey({ key: Buffer.from(key.spki), format: 'der', type: 'spki' })
  return {
    node: nodeSays(hash, message, { key: publicKey, ...options, ...salt }, signature),
    webcrypto: await verifyStatement({ ...statement, engine: 'webcrypto' }),
    pure: await verifyStatement({ ...statement, engine: 'pure' }),
  }
}

type NodeKey = Parameters<typeof verify>[2]

function nodeSays(hash: string | null, message: Uint8Array, key: NodeKey, signature: Uint8Array): boolean {
  try {
    return verify(hash, message, key, signature)
  } catch {
    // It refuses some forms by an error; to us they are signatures that do not verify.
    return false
  }
}
