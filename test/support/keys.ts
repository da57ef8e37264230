// The lab's key pairs: committed RSA keys for the authorities, and EC keys derived from a label for the leaves.
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { p256, p384 } from '@noble/curves/nist.js'
import { bitString, hex, oid, sequence, toHex } from './der.js'
import { rsaKeysData } from './keys-data.js'

export type RsaKeyName = Exclude<keyof typeof rsaKeysData, 'WARNING'>

export interface RsaKey {
  readonly label: string
  readonly privateKey: KeyObject
  readonly modulusBits: number
  readonly spki: Uint8Array
  /** SHA-1 of the public key bits: AMD's subject key identifiers are made this way. */
  readonly keyId: Uint8Array
}

export interface EcKey {
  readonly label: string
  /** 48 bytes, big-endian. */
  readonly scalar: Uint8Array
  /** Uncompressed point, 97 bytes. */
  readonly point: Uint8Array
  readonly spki: Uint8Array
}

export const P384_ORDER: bigint = p384.Point.Fn.ORDER

export const RSA_KEY_NAMES: readonly RsaKeyName[] = Object.keys(rsaKeysData).filter(
  (name): name is RsaKeyName => name !== 'WARNING',
)

export function rsaKeyFromPrivate(label: string, privateKey: KeyObject): RsaKey {
  const publicKey = createPublicKey(privateKey)
  const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
  const bits = new Uint8Array(publicKey.export({ format: 'der', type: 'pkcs1' }))
  const keyId = new Uint8Array(createHash('sha1').update(bits).digest())
  const modulusBits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0
  return { label, privateKey, modulusBits, spki, keyId }
}

const loaded = new Map<RsaKeyName, RsaKey>()

export function rsaKey(name: RsaKeyName): RsaKey {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const der = Buffer.from(rsaKeysData[name], 'base64')
  const key = rsaKeyFromPrivate(name, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
  loaded.set(name, key)
  return key
}

/** SubjectPublicKeyInfo of an elliptic-curve key; the curve decides nothing but the parameters' OID. */
export function ecSpki(point: Uint8Array, curve: 'P-384' | 'P-256' = 'P-384'): Uint8Array {
  const curveOid = curve === 'P-384' ? '1.3.132.0.34' : '1.2.840.10045.3.1.7'
  return sequence(sequence(oid('1.2.840.10045.2.1'), oid(curveOid)), bitString(point))
}

export function ecKeyFromScalar(label: string, scalar: Uint8Array): EcKey {
  const point = p384.getPublicKey(scalar, false)
  return { label, scalar, point, spki: ecSpki(point) }
}

function derivedScalar(label: string, order: bigint, length: number): Uint8Array {
  const digest = createHash('sha384').update(`attested lab ${label}`).digest('hex')
  const value = BigInt(`0x${digest}`) % order
  // Zero is no private key; a label that hashed to it would simply have to be renamed.
  if (value === 0n) throw new Error(`no key can be derived from the label ${label}`)
  return hex(value.toString(16).padStart(length * 2, '0'))
}

const derived = new Map<string, EcKey>()

/** The P-384 key of a label: scalar = SHA-384("attested lab " + label) mod n. */
export function ecKey(label: string): EcKey {
  const known = derived.get(label)
  if (known !== undefined) return known
  const key = ecKeyFromScalar(label, derivedScalar(label, P384_ORDER, 48))
  derived.set(label, key)
  return key
}

/** SubjectPublicKeyInfo of a P-256 key: the wrong curve, for certificates that must be refused. */
export function p256Spki(label: string): Uint8Array {
  return ecSpki(p256.getPublicKey(derivedScalar(label, p256.Point.Fn.ORDER, 32), false), 'P-256')
}

/** SubjectPublicKeyInfo with the compressed form of the point: same key, an encoding AMD does not use. */
export function compressedSpki(key: EcKey): Uint8Array {
  return ecSpki(p384.Point.fromHex(toHex(key.point)).toBytes(true))
}

/** RFC 6979 signature over SHA-384 of the message, r ‖ s big-endian. Not normalised: high s stays high s. */
export function signEcdsa(message: Uint8Array, scalar: Uint8Array): Uint8Array {
  return p384.sign(message, scalar, { lowS: false })
}
