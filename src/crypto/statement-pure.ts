/** Signatures of statements in plain TypeScript: for runtimes without WebCrypto, or without one of the algorithms. */
import { p256, p384 } from '@noble/curves/nist.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { PKCS1_SHA256, PSS, mgf1 } from 'micro-rsa-dsa-dh/rsa.js'
import { bigEndianInteger } from '../encoding/bytes.js'
import { verifyEd25519 } from './ed25519-point.js'
import type { SignatureQuestion } from './statement-question.js'

const exponent = 65537n
// The library refuses a high s unless told otherwise, and hashes the message itself.
const options = { lowS: false, prehash: true } as const

/** True if the signature verifies. Its form was checked before; every runtime can do this. */
export function verifyInPureCode(question: SignatureQuestion): boolean {
  const { scheme, key, message, signature, saltLength } = question
  switch (scheme) {
    case 'rsa-pss':
      return PSS(sha256, mgf1(sha256), saltLength).verify(rsaKeyOf(question), message, signature)
    case 'rsa-pkcs1':
      return PKCS1_SHA256.verify(rsaKeyOf(question), message, signature)
    case 'p256':
      return p256.verify(signature, message, key.value, options)
    case 'p384':
      return p384.verify(signature, message, key.value, options)
    case 'ed25519':
      return verifyEd25519(key.value, signature, message)
  }
}

const rsaKeyOf = ({ key }: SignatureQuestion): { readonly n: bigint; readonly e: bigint } => ({
  n: bigEndianInteger(key.value),
  e: exponent,
})
