// Signatures on curves that honest signers never make, where implementations are known to differ.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { p256, p384 } from '@noble/curves/nist.js'
import { describe, expect, it } from 'vitest'
import { concat, hex, integer, sequence } from '../../test/support/der.js'
import { ecSpki } from '../../test/support/keys.js'
import { all, answers, keyOf } from '../../test/support/statements.js'
import { bigEndianInteger } from '../encoding/bytes.js'
import { toUtf8 } from '../encoding/text.js'
import { type StatementKey, readStatementKey } from './statement-key.js'

const message = toUtf8('a statement')
const bigEndian = (value: bigint, size: number): Uint8Array => hex(value.toString(16).padStart(2 * size, '0'))
const digestOf = (hash: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(
    createHash(hash)
      .update(concat(...parts))
      .digest(),
  )

const curves = [
  {
    name: 'P-256',
    curve: p256,
    hash: 'sha256',
    size: 32,
    raw: 'ECDSA-P256-SHA256',
    der: 'ECDSA-P256-SHA256-DER',
  },
  {
    name: 'P-384',
    curve: p384,
    hash: 'sha384',
    size: 48,
    raw: 'ECDSA-P384-SHA384',
    der: 'ECDSA-P384-SHA384-DER',
  },
] as const

describe.each(curves)('ECDSA on $name', ({ name, curve, hash, size, raw, der }) => {
  const { Fn } = curve.Point
  const order = Fn.ORDER
  const pair = generateKeyPairSync('ec', { namedCurve: name })
  const key = keyOf(pair.publicKey)
  const signature = new Uint8Array(sign(hash, message, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }))
  const r = bigEndianInteger(signature.subarray(0, size))
  const s = bigEndianInteger(signature.subarray(size))
  const judge = async (first: bigint, second: bigint, by: StatementKey = key): Promise<boolean> => {
    const bytes = concat(bigEndian(first, size), bigEndian(second, size))
    const said = await answers({ algorithm: raw, key: by, message, signature: bytes })
    expect(said).toEqual(all(said.node))
    const asDer = sequence(integer(first), integer(second))
    expect(await answers({ algorithm: der, key: by, message, signature: asDer })).toEqual(said)
    return said.node
  }
  const h = Fn.create(bigEndianInteger(digestOf(hash, message)))
  const keyFor = (point: Uint8Array): StatementKey => readStatementKey(ecSpki(point, name), 'spki-der')

  it('verifies with s in either half, in both encodings', async () => {
    expect(await judge(r, s)).toBe(true)
    expect(await judge(r, order - s)).toBe(true)
  })

  it('does not with other numbers', async () => {
    for (const [first, second] of [
      [0n, 0n],
      [0n, s],
      [r, 0n],
      [1n, 1n],
      [s, r],
      [order - r, s],
      [r, order],
      [order, s],
      [order, order],
      [order - 1n, order - 1n],
      [r ^ 1n, s],
      [r, s ^ 1n],
      [2n ** BigInt(8 * size) - 1n, s],
      [r, 2n ** BigInt(8 * size) - 1n],
    ] as const)
      expect(await judge(first, second)).toBe(false)
  })

  it('does not if the sum is the point at infinity', async () => {
    // Q = −(h/r) G, so that u1 G + u2 Q = s⁻¹ (h + r (−h/r)) G for every s.
    const scalar = Fn.create(-h * Fn.inv(r))
    expect(await judge(r, s, keyFor(curve.Point.BASE.multiply(scalar).toBytes(false)))).toBe(false)
  })

  it('verifies where the coordinate of R is beyond the order: r is its remainder', async () => {
    // A point whose x is n + t; with r = t and any s, the key is Q = r⁻¹ (s R − h G).
    let t = 0n
    let point = curve.Point.ZERO
    while (point.is0()) {
      t += 1n
      try {
        point = curve.Point.fromBytes(concat(hex('02'), bigEndian(order + t, size)))
      } catch {
        // No point has this x.
      }
    }
    const q = point.multiply(7n).subtract(curve.Point.BASE.multiply(h)).multiply(Fn.inv(t))
    const by = keyFor(q.toBytes(false))
    expect(await judge(t, 7n, by)).toBe(true)
    expect(await judge(t + 1n, 7n, by)).toBe(false)
    expect(await judge(order + t, 7n, by)).toBe(false)
  })

  it('verifies over a message of any length, and no other hash', async () => {
    for (const length of [0, 1, 64, 127, 128, 5000]) {
      const text = new Uint8Array(length).fill(length)
      for (const other of ['sha256', 'sha384', 'sha512']) {
        const bytes = new Uint8Array(sign(other, text, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }))
        expect(await answers({ algorithm: raw, key, message: text, signature: bytes })).toEqual(
          all(other === hash),
        )
      }
    }
  })
})

describe('Ed25519', () => {
  const { Point } = ed25519
  const order = Point.Fn.ORDER
  const littleEndian = (value: bigint): Uint8Array => bigEndian(value, 32).reverse()
  const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(digestOf('sha256', message))
  const key = readStatementKey(concat(hex('302a300506032b6570032100'), pointBytes), 'spki-der')
  const judge = async (signature: Uint8Array): Promise<boolean> => {
    const said = await answers({ algorithm: 'ED25519', key, message, signature })
    expect(said).toEqual(all(said.node))
    return said.node
  }
  /** The S that solves the equation without small order for these bytes of R, whose multiple of the base is `r`. */
  const solve = (bytes: Uint8Array, r: bigint): Uint8Array => {
    const k = bigEndianInteger(digestOf('sha512', bytes, pointBytes, message).reverse())
    return concat(bytes, littleEndian(Point.Fn.create(r + k * scalar)))
  }
  const nonce = 123456789n
  const signature = solve(Point.BASE.multiply(nonce).toBytes(), nonce)
  const s = bigEndianInteger(signature.slice(32).reverse())
  const withS = (value: bigint): Uint8Array => concat(signature.subarray(0, 32), littleEndian(value))

  it('verifies', async () => {
    expect(await judge(signature)).toBe(true)
    expect(await answers({ algorithm: 'ED25519', key, message: hex(''), signature })).toEqual(all(false))
  })

  it('has one S', async () => {
    for (const other of [s + order, s + 2n * order, order - s, order, 0n, s ^ 1n, 2n ** 256n - 1n])
      expect(await judge(withS(other))).toBe(false)
  })

  it('does not verify where R has a part of small order, as an equation times eight would', async () => {
    let cofactored = 0
    for (const point of ED25519_TORSION_SUBGROUP.slice(1)) {
      const bytes = Point.BASE.multiply(nonce).add(Point.fromHex(point)).toBytes()
      const mixed = solve(bytes, nonce)
      expect(await judge(mixed)).toBe(false)
      if (ed25519.verify(mixed, message, pointBytes, { zip215: false })) cofactored += 1
    }
    expect(cofactored).toBe(7)
  })

  it('verifies with R the identity in its one encoding', async () => {
    expect(await judge(solve(Point.ZERO.toBytes(), 0n))).toBe(true)
    const p = 2n ** 255n - 19n
    for (const second of [p + 1n, 2n ** 255n + 1n, 2n ** 255n + p + 1n])
      expect(await judge(solve(littleEndian(second), 0n))).toBe(false)
  })

  it('does not verify other bytes', async () => {
    for (const bytes of [hex(''), new Uint8Array(64), signature.subarray(1), concat(signature, hex('00'))])
      expect(await judge(bytes)).toBe(false)
    for (let at = 0; at < 64; at += 7) {
      const changed = signature.map((byte, index) => (index === at ? byte ^ 4 : byte))
      expect(await judge(changed)).toBe(false)
    }
  })
})
