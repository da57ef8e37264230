/**
 * All digest algorithms that a binding may name: SHA-2, SHA-3 and Keccak-256. Synchronous, in plain TypeScript, and
 * loaded on first use: what AMD signs needs SHA-2 alone, which `digests.ts` has.
 *
 * Keccak-256 is the function that Ethereum uses, with the padding from before FIPS 202; it is not SHA3-256.
 */
import { keccak_256, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js'
import { type DigestAlgorithm, digest } from './digests.js'

/** Digest algorithms by the names that bindings use. */
export type HashAlgorithm = DigestAlgorithm | 'sha3-256' | 'sha3-384' | 'sha3-512' | 'keccak256'

type Hash = (bytes: Uint8Array) => Uint8Array

const algorithms: Readonly<Record<HashAlgorithm, readonly [size: number, hash: Hash]>> = {
  sha256: [32, (bytes) => digest('sha256', bytes)],
  sha384: [48, (bytes) => digest('sha384', bytes)],
  sha512: [64, (bytes) => digest('sha512', bytes)],
  'sha3-256': [32, sha3_256],
  'sha3-384': [48, sha3_384],
  'sha3-512': [64, sha3_512],
  keccak256: [32, keccak_256],
}

export function isHashAlgorithm(value: unknown): value is HashAlgorithm {
  return typeof value === 'string' && Object.hasOwn(algorithms, value)
}

/**
 * The size of a digest in bytes.
 *
 * @throws TypeError for a name that is not one of {@link HashAlgorithm}.
 */
export function hashSize(algorithm: HashAlgorithm): number {
  return entryOf(algorithm)[0]
}

/**
 * The digest of bytes, {@link hashSize} bytes long.
 *
 * @throws TypeError for a name that is not one of {@link HashAlgorithm}.
 */
export function hashBytes(algorithm: HashAlgorithm, bytes: Uint8Array): Uint8Array {
  return entryOf(algorithm)[1](bytes)
}

function entryOf(algorithm: HashAlgorithm): readonly [size: number, hash: Hash] {
  // A name may come out of a document: one that an object inherits must not find anything here.
  if (!isHashAlgorithm(algorithm)) throw new TypeError('not the name of a digest algorithm')
  return algorithms[algorithm]
}
