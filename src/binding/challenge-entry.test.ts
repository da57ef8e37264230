import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decodeEntry, encodeEntry } from './challenge-entry.js'

const challenge = Uint8Array.from({ length: 32 }, (_, index) => 7 * index + 1)
const purposeDigest = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)
const expiresAt = 1_790_000_123_456
const entry = encodeEntry(challenge, { purposeDigest, expiresAt })

/** An entry with a right seal, whatever is in it. */
function sealed(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.concat(parts)
  const seal = createHash('sha256').update(challenge).update(bytes).digest()
  return new Uint8Array(Buffer.concat([bytes, seal]))
}

const time = (milliseconds: bigint): Uint8Array => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(milliseconds)
  return bytes
}

describe('what a store keeps of a challenge', () => {
  it('is format, purpose, time and a digest over these and the challenge', () => {
    expect(entry).toEqual(sealed(Uint8Array.of(1), purposeDigest, time(BigInt(expiresAt))))
    expect(entry).toHaveLength(73)
  })

  it('comes back as it was', () => {
    expect(decodeEntry(challenge, entry)).toEqual({ purposeDigest, expiresAt })
    for (const at of [0, 1, 8.64e15]) {
      const written = encodeEntry(challenge, { purposeDigest, expiresAt: at })
      expect(decodeEntry(challenge, written)).toEqual({ purposeDigest, expiresAt: at })
    }
  })

  it('is refused with any bit changed', () => {
    for (let bit = 0; bit < 8 * entry.length; bit += 1) {
      const changed = entry.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(decodeEntry(challenge, changed)).toBeNull()
    }
  })

  it('is refused with any other length', () => {
    for (let length = 0; length < entry.length; length += 1)
      expect(decodeEntry(challenge, entry.subarray(0, length))).toBeNull()
    expect(decodeEntry(challenge, Uint8Array.from([...entry, 0]))).toBeNull()
    expect(decodeEntry(challenge, sealed(Uint8Array.of(1), purposeDigest))).toBeNull()
    expect(decodeEntry(challenge, sealed(Uint8Array.of(1), purposeDigest, time(1n), time(1n)))).toBeNull()
    expect(decodeEntry(challenge, new Uint8Array(10_000_000))).toBeNull()
  })

  it('is refused in another format, with a right seal', () => {
    for (const format of [0, 2, 255])
      expect(decodeEntry(challenge, sealed(Uint8Array.of(format), purposeDigest, time(1n)))).toBeNull()
  })

  it('is refused under another challenge', () => {
    for (let index = 0; index < 32; index += 1) {
      const other = challenge.slice()
      other[index] = (other[index] ?? 0) ^ 1
      expect(decodeEntry(other, entry)).toBeNull()
    }
  })

  it('is read from the bytes themselves, and once', () => {
    class Short extends Uint8Array {
      override get length(): number {
        return 0
      }
    }
    expect(decodeEntry(challenge, new Short(entry))).toEqual({ purposeDigest, expiresAt })
    const shared = entry.slice()
    const read = decodeEntry(challenge, shared)
    shared.fill(0)
    expect(read?.purposeDigest).toEqual(purposeDigest)
  })
})
