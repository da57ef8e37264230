// RSASSA-PSS with a chosen salt, and the AlgorithmIdentifiers that go with it. node:crypto draws the salt at
// random; encoding the message by hand (RFC 8017, 9.1.1) is what makes a certificate the same on every run.
import { constants, createHash, privateEncrypt, sign } from 'node:crypto'
import { concat, explicit, integer, nullValue, oid, sequence } from './der.js'
import type { RsaKey } from './keys.js'

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

const hashOids: Readonly<Record<Hash, string>> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}

const pkcs1Oids: Readonly<Record<Hash, string>> = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
}

export interface PssOptions {
  readonly hash?: Hash
  readonly mgfHash?: Hash
  readonly saltLength?: number
}

export interface PssAlgorithmOptions extends PssOptions {
  /** Writes trailerField although 1 is its default: not DER, yet in every AMD authority certificate. */
  readonly explicitTrailer?: boolean
}

function digest(hash: Hash, ...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHash(hash)
  for (const part of parts) state.update(part)
  return new Uint8Array(state.digest())
}

function counter(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff)
}

function mgf1(hash: Hash, seed: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = []
  for (let done = 0, index = 0; done < length; index += 1) {
    const block = digest(hash, seed, counter(index))
    blocks.push(block)
    done += block.length
  }
  return concat(...blocks).slice(0, length)
}

/** The salt is a function of the message, so equal certificates get equal signatures. */
function saltFor(message: Uint8Array, length: number): Uint8Array {
  return mgf1('sha384', digest('sha384', message), length)
}

/** EMSA-PSS-ENCODE for a key of `modulusBits`, with the salt derived from the message. */
export function emsaPss(message: Uint8Array, modulusBits: number, options: PssOptions = {}): Uint8Array {
  const { hash = 'sha384', mgfHash = hash, saltLength = 48 } = options
  const emBits = modulusBits - 1
  const emLength = Math.ceil(emBits / 8)
  const salt = saltFor(message, saltLength)
  const h = digest(hash, new Uint8Array(8), digest(hash, message), salt)
  const dataBlock = new Uint8Array(emLength - h.length - 1)
  dataBlock[dataBlock.length - saltLength - 1] = 0x01
  dataBlock.set(salt, dataBlock.length - saltLength)
  const mask = mgf1(mgfHash, h, dataBlock.length)
  const masked = dataBlock.map((byte, index) => byte ^ (mask[index] ?? 0))
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * emLength - emBits))
  return concat(masked, h, Uint8Array.of(0xbc))
}

export function signPss(message: Uint8Array, key: RsaKey, options: PssOptions = {}): Uint8Array {
  const encoded = emsaPss(message, key.modulusBits, options)
  const padded = concat(new Uint8Array(Math.ceil(key.modulusBits / 8) - encoded.length), encoded)
  return new Uint8Array(privateEncrypt({ key: key.privateKey, padding: constants.RSA_NO_PADDING }, padded))
}

/** RSASSA-PKCS1-v1_5, which AMD never uses: for signatures that must be refused. */
export function signPkcs1(message: Uint8Array, key: RsaKey, hash: Hash = 'sha384'): Uint8Array {
  return new Uint8Array(sign(hash, message, { key: key.privateKey, padding: constants.RSA_PKCS1_PADDING }))
}

export function pssAlgorithm(options: PssAlgorithmOptions = {}): Uint8Array {
  const { hash = 'sha384', mgfHash = hash, saltLength = 48, explicitTrailer = false } = options
  const parameters = sequence(
    explicit(0, sequence(oid(hashOids[hash]), nullValue())),
    explicit(1, sequence(oid('1.2.840.113549.1.1.8'), sequence(oid(hashOids[mgfHash]), nullValue()))),
    explicit(2, integer(saltLength)),
    ...(explicitTrailer ? [explicit(3, integer(1))] : []),
  )
  return sequence(oid('1.2.840.113549.1.1.10'), parameters)
}

export function pkcs1Algorithm(hash: Hash = 'sha384'): Uint8Array {
  return sequence(oid(pkcs1Oids[hash]), nullValue())
}

/** ecdsa-with-SHA384: the algorithm of a certificate signed by a leaf key, which must be refused too. */
export function ecdsaAlgorithm(): Uint8Array {
  return sequence(oid('1.2.840.10045.4.3.3'))
}
