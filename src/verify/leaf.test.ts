import { describe, expect, it } from 'vitest'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import type { LeafCandidate } from '../evidence/container.js'
import { parseReport } from '../report/report.js'
import { readEndorsementKey } from './leaf.js'

const vcek = labEvidence()
const vlek = labEvidence({ signer: 'vlek' })
const other = labEvidence({ line: 'Genoa' })

/** The kind of the key that is read for a report of the VCEK, or the code. */
function read(leaves: readonly LeafCandidate[], report = vcek.report): string {
  try {
    const { kind, productLine } = readEndorsementKey(leaves, parseReport(report), () => null)
    return `${kind} ${productLine}`
  } catch (error) {
    if (isVerificationError(error)) return error.code
    throw error
  }
}

const leaf = (kind: LeafCandidate['kind'], { vek }: { readonly vek: Uint8Array }): LeafCandidate => ({
  kind,
  der: vek,
})

describe('the endorsement key', () => {
  it('is the one of the kind that SIGNING_KEY names', () => {
    const both = [leaf('vlek', vlek), leaf('vcek', vcek)]
    expect(read(both)).toBe('vcek Milan')
    expect(read([...both].reverse())).toBe('vcek Milan')
    expect(read(both, vlek.report)).toBe('vlek Milan')
  })

  it('may come without a kind, or under a wrong one if there is no better', () => {
    expect(read([leaf(null, vcek)])).toBe('vcek Milan')
    expect(read([leaf('vlek', vcek)])).toBe('vcek Milan')
    // What the certificate says is judged by the ties.
    expect(read([leaf(null, vlek)])).toBe('vlek Milan')
    expect(read([leaf('vcek', vlek)])).toBe('vlek Milan')
  })

  it('is one: nobody chooses among several', () => {
    expect(read([leaf('vcek', vcek), leaf('vcek', other)])).toBe('EVIDENCE_DUPLICATE')
    expect(read([leaf(null, vcek), leaf('vcek', other)])).toBe('EVIDENCE_DUPLICATE')
    expect(read([leaf(null, vcek), leaf(null, vlek)])).toBe('EVIDENCE_DUPLICATE')
    // Nor among several under a wrong kind.
    expect(read([leaf('vlek', vcek), leaf('vlek', other)])).toBe('EVIDENCE_DUPLICATE')
  })

  it('is missing where there is none', () => {
    expect(read([])).toBe('ENDORSEMENT_MISSING')
  })

  it('is read strictly', () => {
    expect(read([{ kind: 'vcek', der: vcek.vek.subarray(0, 100) }])).toBe('DER_TRUNCATED')
    expect(read([{ kind: 'vcek', der: vcek.ask }])).toBe('CERTIFICATE_PROFILE')
  })
})
