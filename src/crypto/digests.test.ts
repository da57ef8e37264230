import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { digest, isDigestAlgorithm, sha256Hex } from './digests.js'

describe('digests', () => {
  it('are those of node:crypto, at every length around a block', () => {
    const bytes = Uint8Array.from({ length: 260 }, (_, index) => (index * 7) & 0xff)
    for (const algorithm of ['sha256', 'sha384', 'sha512'] as const) {
      for (let length = 0; length <= bytes.length; length += 1) {
        const part = bytes.subarray(0, length)
        const expected = createHash(algorithm).update(part).digest()
        expect(expected.equals(digest(algorithm, part)), `${algorithm} of ${length}`).toBe(true)
      }
    }
    expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
  })

  it('have three names', () => {
    expect(['sha256', 'sha384', 'sha512'].every(isDigestAlgorithm)).toBe(true)
    for (const other of [
      'sha1',
      'SHA256',
      'sha-256',
      'md5',
      '',
      'constructor',
      'toString',
      null,
      undefined,
      256,
      ['sha256'],
    ])
      expect(isDigestAlgorithm(other)).toBe(false)
  })
})
