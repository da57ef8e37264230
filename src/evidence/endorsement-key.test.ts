// The endorsement key that the caller gives beside evidence: alone, or with the certificates over it.
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { pem } from '../../test/support/cert-table.js'
import { ascii } from '../../test/support/der.js'
import { codeOf, inputOf, labVerifier } from '../../test/support/lab-verifier.js'
import { labCrl, labEvidence, labPki } from '../../test/support/pki.js'
import { decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa' })
const { report, vek } = lab
const { ask, ark } = labPki().lines.Genoa
const beside = (endorsementKey: Uint8Array) => decodeEvidence(report, 'snp-report', { endorsementKey })
const chain = (...ders: readonly Uint8Array[]): Uint8Array => ascii(ders.map((der) => pem(der)).join(''))
const verdictOn = async (key: Uint8Array) => codeOf(labVerifier, await inputOf(beside(key)))

describe('an endorsement key beside evidence', () => {
  it.each([
    ['DER', vek],
    ['PEM', chain(vek)],
  ])('is %s, alone', async (_, key) => {
    expect(partsOfEvidence(await beside(key))).toMatchObject({
      leaves: [{ kind: null, der: vek }],
      intermediates: [],
      roots: [],
    })
  })

  it('may have the certificates over it behind it, as hints', async () => {
    const evidence = await beside(chain(vek, ask.der, ark.der))
    expect(partsOfEvidence(evidence)).toMatchObject({
      leaves: [{ kind: null, der: vek }],
      intermediates: [ask.der],
      roots: [ark.der],
    })
    expect(await codeOf(labVerifier, await inputOf(evidence))).toBeNull()
  })

  it('is the first, and the only one', async () => {
    const vlek = labEvidence({ line: 'Genoa', signer: 'vlek' })
    for (const ders of [
      [ask.der, vek],
      [vek, vek],
      [vek, ask.der, vlek.vek],
      [vlek.vek, vek],
    ])
      await expect(beside(chain(...ders))).rejects.toThrow(
        expect.objectContaining({
          code: 'EVIDENCE_MALFORMED',
          message: 'endorsement key: it is not the first of the certificates, or not the only one',
        }),
      )
    // Without one it is a certificate of another role.
    expect(await verdictOn(chain(ask.der, ark.der))).toBe('CERTIFICATE_PROFILE')
  })

  it('of no bytes is a key that cannot be read, and not none', async () => {
    expect(await verdictOn(new Uint8Array())).toBe('DER_TRUNCATED')
  })

  it('makes nothing trusted of what is behind it', async () => {
    const { lines, attacker } = labPki()
    expect(await verdictOn(chain(vek, lines.Milan.ask.der))).toBe('CHAIN_INTERMEDIATE_UNKNOWN')
    expect(await verdictOn(chain(vek, attacker('Genoa').ark.der))).toBe('CHAIN_ANCHOR_UNKNOWN')
    const forged = labEvidence({ line: 'Genoa', chain: 'attacker' })
    const evidence = decodeEvidence(forged.report, 'snp-report', {
      endorsementKey: chain(forged.vek, ask.der, ark.der),
    })
    expect(await codeOf(labVerifier, await inputOf(evidence))).toBe('CHAIN_SIGNATURE')
  })

  it.each<[string, Uint8Array, string]>([
    ['a CRL', ascii(pem(labCrl('Genoa'), 'X509 CRL')), 'EVIDENCE_MALFORMED'],
    ['a CRL behind the key', ascii(pem(vek) + pem(labCrl('Genoa'), 'X509 CRL')), 'EVIDENCE_MALFORMED'],
    ['text before the key', ascii(`hello\n${pem(vek)}`), 'EVIDENCE_MALFORMED'],
    ['more than 16 KiB', new Uint8Array(16 * 1024 + 1).fill(0x30), 'EVIDENCE_SIZE'],
  ])('is not %s', async (_, key, code) => {
    expect(await asyncOutcomeOf(() => beside(key))).toBe(code)
  })
})
