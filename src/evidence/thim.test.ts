import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { jsonBytes, thimDocument } from '../../test/support/azure.js'
import { pem } from '../../test/support/cert-table.js'
import { codeOf, inputOf, labVerifier } from '../../test/support/lab-verifier.js'
import { labEvidence, labPki } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { decodeEvidence, partsOfEvidence } from './evidence.js'
import { readThim } from './thim.js'

const lab = labEvidence({ line: 'Genoa' })
const document = thimDocument(lab)
const { ask, ark } = labPki().lines.Genoa
const beside = (value: unknown) =>
  decodeEvidence(lab.report, 'snp-report', { endorsementKey: jsonBytes(value) })

async function refusalOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    return isVerificationError(error) ? [error.code, error.message] : error
  }
  return 'accepted'
}

describe('certificates of Azure beside a report', () => {
  it('are the endorsement key and two hints', async () => {
    const evidence = await beside(document)
    expect(evidence).toMatchObject({ format: 'snp-report', endorsementKeys: 1 })
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect({ leaves, intermediates, roots }).toEqual({
      leaves: [{ kind: null, der: lab.vek }],
      intermediates: [ask.der],
      roots: [ark.der],
    })
    expect(await codeOf(labVerifier, await inputOf(evidence))).toBeNull()
  })

  it('stand beside other certificates', async () => {
    const evidence = await decodeEvidence(lab.report, 'snp-report', {
      endorsementKey: jsonBytes(document),
      certificates: [ask.der],
    })
    expect(partsOfEvidence(evidence).intermediates).toEqual([ask.der, ask.der])
  })

  it('count as hints that are compared', async () => {
    const other = pem(labPki().lines.Milan.ask.der)
    const evidence = beside({ ...document, certificateChain: other })
    expect(await codeOf(labVerifier, await inputOf(evidence))).toBe('CHAIN_INTERMEDIATE_UNKNOWN')
    const attacker = pem(labPki().attacker('Genoa').ark.der)
    expect(
      await codeOf(labVerifier, await inputOf(beside({ ...document, certificateChain: attacker }))),
    ).toBe('CHAIN_ANCHOR_UNKNOWN')
  })

  it.each([
    ['a null', { ...document, tcbm: null, cacheControl: null }],
    ['nothing', { vcekCert: document.vcekCert, certificateChain: document.certificateChain }],
    ['another TCB', { ...document, tcbm: 'FFFFFFFFFFFFFFFF' }],
  ])('may say %s about TCB and caching: neither is used', async (_, value) => {
    expect(await codeOf(labVerifier, await inputOf(beside(value)))).toBeNull()
  })

  it.each<[string, unknown, string]>([
    ['a key in other letters', { ...document, VcekCert: document.vcekCert }, 'thim: unknown key "VcekCert"'],
    ['a TCB that is a number', { ...document, tcbm: 1 }, 'thim: tcbm is not text'],
    ['caching that is a number', { ...document, cacheControl: 86400 }, 'thim: cacheControl is not text'],
    ['no VCEK', { ...document, vcekCert: undefined }, 'thim: vcekCert is not text'],
    ['no chain', { ...document, certificateChain: undefined }, 'thim: certificateChain is not text'],
    [
      'two VCEKs',
      { ...document, vcekCert: document.vcekCert + document.vcekCert },
      'thim: vcekCert: more than one certificate',
    ],
    [
      'a private key',
      { ...document, vcekCert: pem(lab.vek, 'EC PRIVATE KEY') },
      'thim: vcekCert: not PEM of CERTIFICATE alone',
    ],
    [
      'text in the chain',
      { ...document, certificateChain: `${document.certificateChain}hello\n` },
      'thim: certificateChain: not PEM of CERTIFICATE alone',
    ],
    ['a value in a value', { ...document, tcbm: {} }, 'thim: tcbm is not text'],
  ])('are refused with %s', async (_, value, message) => {
    expect(await refusalOf(() => beside(value))).toEqual(['EVIDENCE_MALFORMED', message])
  })

  it('are strict JSON', async () => {
    const text = `{"vcekCert":"a",${JSON.stringify(document).slice(1)}`
    expect(
      await refusalOf(() =>
        decodeEvidence(lab.report, 'snp-report', { endorsementKey: new TextEncoder().encode(text) }),
      ),
    ).toEqual(['EVIDENCE_MALFORMED', 'thim is not strict JSON: duplicate key "vcekCert"'])
    expect(await refusalOf(() => beside({ ...document, tcbm: [[]] }))).toEqual([
      'EVIDENCE_MALFORMED',
      'thim is not strict JSON: nested deeper than 1',
    ])
  })
})

describe('certificates of Azure alone', () => {
  it.each(['thim', 'auto'] as const)('are no evidence, as %s', async (format) => {
    expect(await refusalOf(() => decodeEvidence(jsonBytes(document), format))).toEqual([
      'EVIDENCE_MALFORMED',
      'thim: certificates without a report: give them beside one, as its endorsement key',
    ])
  })

  it('are read before that is said', async () => {
    expect(await refusalOf(() => decodeEvidence(jsonBytes({ ...document, extra: 1 }), 'thim'))).toEqual([
      'EVIDENCE_MALFORMED',
      'thim: unknown key "extra"',
    ])
  })

  it.each(['vcekCert', 'certificateChain'] as const)('are not recognised without %s', async (key) => {
    const { [key]: _, ...rest } = document
    expect(await asyncOutcomeOf(() => decodeEvidence(jsonBytes(rest), 'auto'))).toBe('EVIDENCE_FORMAT')
  })

  it('are the leaf and the others in their order', () => {
    expect(readThim(jsonBytes(document))).toEqual({ leaf: lab.vek, authorities: [ask.der, ark.der] })
  })
})
