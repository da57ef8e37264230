import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toHex } from '../encoding/hex.js'
import { toUtf8 } from '../encoding/text.js'
import { type HashAlgorithm, hashBytes, hashSize, isHashAlgorithm } from './more-digests.js'

const sizes: Readonly<Record<HashAlgorithm, number>> = {
  sha256: 32,
  sha384: 48,
  sha512: 64,
  'sha3-256': 32,
  'sha3-384': 48,
  'sha3-512': 64,
  keccak256: 32,
}
const names = Object.keys(sizes) as HashAlgorithm[]

describe('digests that bindings may name', () => {
  it.each(names.filter((name) => name !== 'keccak256'))(
    '%s is that of node:crypto, around every block',
    (name) => {
      const bytes = Uint8Array.from({ length: 300 }, (_, index) => (index * 11) & 0xff)
      for (let length = 0; length <= bytes.length; length += 1) {
        const part = bytes.subarray(0, length)
        const expected = createHash(name).update(part).digest('hex')
        expect(toHex(hashBytes(name, part)), `${name} of ${String(length)}`).toBe(expected)
      }
    },
  )

  // Published: the code hash of an account without code (Ethereum, yellow paper §4.1), and the hashes of the
  // signatures that the ABI specification and ERC-20 name; the first four bytes of the last are a selector.
  it.each([
    ['', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
    ['abc', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
    ['Transfer(address,address,uint256)', 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'],
    ['transfer(address,uint256)', 'a9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b'],
  ])('keccak256 of %j is the published one', (text, expected) => {
    expect(toHex(hashBytes('keccak256', toUtf8(text)))).toBe(expected)
  })

  it('Keccak-256 is not SHA3-256', () => {
    const empty = new Uint8Array()
    expect(toHex(hashBytes('sha3-256', empty))).toBe(
      'a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a',
    )
    expect(hashBytes('keccak256', empty)).not.toEqual(hashBytes('sha3-256', empty))
  })

  it.each(names)('%s has its size', (name) => {
    expect(hashSize(name)).toBe(sizes[name])
    for (const length of [0, 1, 135, 136, 137, 1000])
      expect(hashBytes(name, new Uint8Array(length))).toHaveLength(sizes[name])
  })

  it('have seven names', () => {
    expect(names.every(isHashAlgorithm)).toBe(true)
    for (const other of [
      'sha1',
      'sha224',
      'SHA256',
      'sha-256',
      'sha3_256',
      'keccak-256',
      'keccak512',
      '',
      '__proto__',
      'constructor',
      'toString',
      null,
      undefined,
      256,
      ['sha256'],
    ]) {
      expect(isHashAlgorithm(other)).toBe(false)
      expect(() => hashSize(other as HashAlgorithm)).toThrow(
        new TypeError('not the name of a digest algorithm'),
      )
      expect(() => hashBytes(other as HashAlgorithm, new Uint8Array())).toThrow(
        new TypeError('not the name of a digest algorithm'),
      )
    }
  })
})
