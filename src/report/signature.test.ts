import { describe, expect, it } from 'vitest'
import { P384_ORDER } from '../../test/support/keys.js'
import { evidenceOf, inputOf, labVerifier } from '../../test/support/lab-verifier.js'
import { labEvidence } from '../../test/support/pki.js'
import {
  makeReport,
  patchReport,
  setSignature,
  signatureOf,
  twinSignature,
} from '../../test/support/report.js'
import { isVerificationError } from '../errors/error.js'
import { parseReport } from './report.js'

const n = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n

function problemOf(bytes: Uint8Array): string | null {
  try {
    parseReport(bytes)
    return null
  } catch (error) {
    if (isVerificationError(error) && error.code === 'REPORT_SIGNATURE_ENCODING') return error.message
    throw error
  }
}

const withSignature = (r: bigint, s: bigint): Uint8Array => setSignature(makeReport(), { r, s })

describe('R and S', () => {
  it('are below the order of the group, which is typed right here', () => {
    expect(P384_ORDER).toBe(n)
  })

  it.each([1n, 2n, n >> 1n, n - 2n, n - 1n])('may be %s', (value) => {
    expect(problemOf(withSignature(value, 1n))).toBeNull()
    expect(problemOf(withSignature(1n, value))).toBeNull()
  })

  it.each([0n, n, n + 1n, (1n << 384n) - 1n])('may not be %s', (value) => {
    expect(problemOf(withSignature(value, 1n))).toContain('signature R')
    expect(problemOf(withSignature(1n, value))).toContain('signature S')
  })

  it('have 24 upper bytes of zero', () => {
    for (let index = 0; index < 24; index += 1) {
      for (const [offset, name] of [
        [0x2d0, 'R'],
        [0x318, 'S'],
      ] as const) {
        const bytes = patchReport(withSignature(1n, 1n), offset + index, Uint8Array.of(1))
        expect(problemOf(bytes)).toContain(`signature ${name}: its upper bytes`)
      }
    }
  })

  it('come out as 48 bytes, big-endian', () => {
    const { signature } = parseReport(withSignature(0x0102n, n - 1n))
    expect(signature.r).toHaveLength(48)
    expect([...signature.r.subarray(46)]).toEqual([1, 2])
    expect(Buffer.from(signature.s).toString('hex')).toBe((n - 1n).toString(16))
  })
})

describe('the tail', () => {
  it('is zero, each byte of it', () => {
    for (let offset = 0x330; offset < 0x4a0; offset += 1)
      expect(problemOf(patchReport(withSignature(1n, 1n), offset, Uint8Array.of(0x80)))).toContain(
        'signature tail',
      )
  })
})

describe('a report that the firmware was told not to sign', () => {
  it('has a signature of zeros, which is not judged', () => {
    const unsigned = makeReport({ maskChipKey: true })
    expect(problemOf(unsigned)).toBeNull()
    expect(problemOf(patchReport(unsigned, 0x330, Uint8Array.of(1)))).toContain('tail')
    expect(problemOf(patchReport(unsigned, 0x2d0, Uint8Array.of(1)))).toContain('upper bytes')
  })

  it('is never verified, signed after all or not', async () => {
    for (const unsigned of [true, false]) {
      const lab = labEvidence({ report: { maskChipKey: true }, unsigned })
      const outcome = await labVerifier.appraiseEvidence(await inputOf(evidenceOf(lab)))
      expect(outcome).toMatchObject({ verdict: 'rejected', code: 'REPORT_UNSIGNED' })
    }
  })
})

describe('both halves of s', () => {
  it.each(['low', 'high'] as const)('verify: %s', async (half) => {
    const lab = labEvidence({ sign: { half } })
    expect(signatureOf(lab.report).s > n / 2n).toBe(half === 'high')
    const outcome = await labVerifier.appraiseEvidence(await inputOf(evidenceOf(lab)))
    expect(outcome.verdict).toBe('accepted')
  })

  it('are the same evidence: the digest leaves the signature out', async () => {
    const lab = labEvidence()
    const digests = []
    for (const report of [lab.report, twinSignature(lab.report)]) {
      const outcome = await labVerifier.appraiseEvidence(await inputOf(evidenceOf({ ...lab, report })))
      if (outcome.verdict !== 'accepted') throw outcome.error
      digests.push(outcome.verified.evidenceDigest)
    }
    expect(digests[0]).toBe(digests[1])
  })
})
