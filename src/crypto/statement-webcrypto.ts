/** Signatures of statements on the platform's WebCrypto. */
import type { SignatureScheme } from './statement-algorithm.js'
import type { SignatureQuestion } from './statement-question.js'

type KeyParams = Algorithm | RsaHashedImportParams | EcKeyImportParams
type VerifyParams = Algorithm | EcdsaParams

/** Parameters of importing a key and of verifying, per scheme, but for the length of salt. */
const parameters: Readonly<Record<SignatureScheme, readonly [KeyParams, VerifyParams]>> = {
  'rsa-pss': [{ name: 'RSA-PSS', hash: 'SHA-256' }, { name: 'RSA-PSS' }],
  'rsa-pkcs1': [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, { name: 'RSASSA-PKCS1-v1_5' }],
  p256: [
    { name: 'ECDSA', namedCurve: 'P-256' },
    { name: 'ECDSA', hash: 'SHA-256' },
  ],
  p384: [
    { name: 'ECDSA', namedCurve: 'P-384' },
    { name: 'ECDSA', hash: 'SHA-384' },
  ],
  ed25519: [{ name: 'Ed25519' }, { name: 'Ed25519' }],
}

/**
 * True if the signature verifies, `null` where the platform cannot say: without `crypto.subtle` (plain http pages, React
 * Native), and whatever it throws. Key and signature were checked before, so that is something that it cannot do, never
 * a signature that does not verify. Ed25519 came to browsers between 2023 and 2025.
 */
export async function verifyInWebCrypto(question: SignatureQuestion): Promise<boolean | null> {
  const { scheme, key, signature, message, saltLength } = question
  const [keyParams, verifyParams] = parameters[scheme]
  const { subtle } = (globalThis as { readonly crypto?: { readonly subtle?: SubtleCrypto } }).crypto ?? {}
  if (subtle === undefined) return null
  try {
    const imported = await subtle.importKey('spki', key.spki, keyParams, false, ['verify'])
    // The other schemes have no salt, and the platform passes over members that a scheme does not have.
    return await subtle.verify({ ...verifyParams, saltLength }, imported, signature, message)
  } catch {
    return null
  }
}
