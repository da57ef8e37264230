import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { concat, hex, toHex } from './der.js'
import { P384_ORDER, compressedSpki, ecKey, p256Spki } from './keys.js'
import type { EcKey } from './keys.js'
import { LINES } from './names.js'
import {
  REPORT_SIZE,
  SIGNED_SIZE,
  defaultTcb,
  labChipId,
  makeReport,
  patchReport,
  setSignature,
  signReport,
  signatureOf,
  tcbParts,
  tcbValue,
  twinSignature,
} from './report.js'

const key = ecKey('report test')

function publicKeyOf(spki: Uint8Array) {
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
}

function verifies(report: Uint8Array, { spki }: EcKey = key): boolean {
  const { r, s } = signatureOf(report)
  const p1363 = concat(hex(r.toString(16).padStart(96, '0')), hex(s.toString(16).padStart(96, '0')))
  const publicKey = { key: publicKeyOf(spki), dsaEncoding: 'ieee-p1363' } as const
  return verify('sha384', report.subarray(0, SIGNED_SIZE), publicKey, p1363)
}

describe('signatures', () => {
  const report = signReport(makeReport(), key.scalar)

  it('verify, and are the same every time', () => {
    expect(report.length).toBe(REPORT_SIZE)
    expect(verifies(report)).toBe(true)
    expect(verifies(report, ecKey('another'))).toBe(false)
    expect(signReport(makeReport(), key.scalar)).toEqual(report)
  })

  it('come in a low and a high half, both valid', () => {
    const low = signReport(report, key.scalar, { half: 'low' })
    const high = signReport(report, key.scalar, { half: 'high' })
    expect(signatureOf(low).s < P384_ORDER / 2n).toBe(true)
    expect(signatureOf(high).s > P384_ORDER / 2n).toBe(true)
    expect([verifies(low), verifies(high)]).toEqual([true, true])
    expect(twinSignature(low)).toEqual(high)
    expect([low, high]).toContainEqual(report)
  })

  it('can be overridden, and renewed after an edit', () => {
    expect(signatureOf(signReport(report, key.scalar, { r: 0n, s: P384_ORDER }))).toEqual({
      r: 0n,
      s: P384_ORDER,
    })
    const edited = patchReport(report, 0x30, Uint8Array.of(3))
    expect(verifies(edited)).toBe(false)
    expect(verifies(signReport(edited, key.scalar))).toBe(true)
    const wide = { r: 1n << 575n, s: (1n << 576n) - 1n }
    expect(signatureOf(setSignature(report, wide))).toEqual(wide)
  })
})

describe('layout', () => {
  it.each(LINES)('%s levels go to their bytes and back', (line) => {
    const levels = { fmc: line === 'Turin' ? 1 : 0, bootloader: 2, tee: 3, snp: 4, microcode: 0xfe }
    expect(tcbParts(line, levels)).toEqual(levels)
    expect(tcbParts(line, tcbValue(line, levels))).toEqual(levels)
    expect(toHex(makeReport({ line }).slice(0x180, 0x188))).toBe(
      { Milan: '04000000000018db', Genoa: '0a00000000001754', Turin: '0101010400000051' }[line],
    )
    expect(tcbParts(line, defaultTcb(line)).microcode).toBeGreaterThan(0)
  })

  it('has only the fields its version defines', () => {
    const at = (version: number, from: number, to: number): string =>
      toHex(makeReport({ version }).slice(from, to))
    expect(at(2, 0x188, 0x1a0)).toBe('00'.repeat(24))
    expect(at(3, 0x188, 0x1a0)).toBe(`190101${'00'.repeat(21)}`)
    expect([2, 3, 4].map((version) => at(version, 0x1f8, 0x208))).toEqual(Array(3).fill('00'.repeat(16)))
    expect(at(5, 0x1f8, 0x208)).toBe('0b000000000000000b00000000000000')
    expect([at(2, 0x40, 0x41), at(3, 0x40, 0x41)]).toEqual(['01', '25'])
  })

  it('packs FLAGS', () => {
    const flags = (fields: Parameters<typeof makeReport>[0]): number => makeReport(fields)[0x48] ?? -1
    expect(flags({})).toBe(0)
    expect(flags({ signer: 'vlek' })).toBe(4)
    expect(flags({ authorKeyEn: true, maskChipKey: true, signingKey: 7 })).toBe(0x1f)
    expect(flags({ authorKeyEn: true, flags: 0x20 })).toBe(0x20)
  })

  it('masks the chip under a VLEK and keeps eight bytes on Turin', () => {
    expect(makeReport({ signer: 'vlek' }).slice(0x1a0, 0x1e0)).toEqual(new Uint8Array(64))
    expect(labChipId('Turin').slice(8)).toEqual(new Uint8Array(56))
    expect(labChipId('Turin').slice(0, 8)).not.toEqual(new Uint8Array(8))
  })

  it('refuses a field of the wrong size, but patches anything', () => {
    expect(() => makeReport({ reportData: new Uint8Array(63) })).toThrow('0x50')
    expect(makeReport({ patches: [{ offset: 0x4c, bytes: Uint8Array.of(9) }] })[0x4c]).toBe(9)
  })
})

it('writes other forms of EC keys', () => {
  expect(publicKeyOf(p256Spki('x')).asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
  const compressed = publicKeyOf(compressedSpki(key))
  expect(compressed.export({ format: 'jwk' })).toEqual(publicKeyOf(key.spki).export({ format: 'jwk' }))
})
