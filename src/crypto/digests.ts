/** Digests of small inputs: synchronous, in plain TypeScript. */
import { sha256 as nobleSha256, sha384 as nobleSha384, sha512 as nobleSha512 } from '@noble/hashes/sha2.js'
import { toHex } from '../encoding/hex.js'

/** Digest algorithms by the names that policies, manifests and bindings use. */
export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512'

const algorithms: Readonly<Record<DigestAlgorithm, (bytes: Uint8Array) => Uint8Array>> = {
  sha256: nobleSha256,
  sha384: nobleSha384,
  sha512: nobleSha512,
}

export function isDigestAlgorithm(value: unknown): value is DigestAlgorithm {
  return typeof value === 'string' && Object.hasOwn(algorithms, value)
}

export function digest(algorithm: DigestAlgorithm, bytes: Uint8Array): Uint8Array {
  return algorithms[algorithm](bytes)
}

/** SHA-256 as lower-case hex, for fingerprints in results. */
export function sha256Hex(bytes: Uint8Array): string {
  return toHex(nobleSha256(bytes))
}
