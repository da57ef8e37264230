import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import {
  azureEvidence,
  hclBlob,
  jsonBytes,
  labPcrs,
  runtimeClaims,
  vtpmDocument,
  vtpmDocumentV0,
} from '../../test/support/azure.js'
import { pem } from '../../test/support/cert-table.js'
import { labEvidence } from '../../test/support/pki.js'
import { realItems } from '../../test/support/real-folder.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence } from './evidence.js'

const azure = azureEvidence()
const { lab, quote, signature } = azure
const v0 = vtpmDocumentV0(azure)
const v1 = vtpmDocument(azure)
const reportHex = Buffer.from(hclBlob(lab.report, runtimeClaims(), { 0x10: 1 })).toString('base64url')

describe.each(['az-snp-vtpm', 'auto'] as const)('evidence for Trustee, as %s', (format) => {
  it.each<[string, object]>([
    ['without a version', v0],
    ['version 1', v1],
    ['version 2', vtpmDocument(azure, 2)],
    [
      'base64url with padding',
      { ...v1, hcl_report: `${v1.hcl_report}${'='.repeat(-v1.hcl_report.length & 3)}` },
    ],
  ])('%s', async (_, document) => {
    const evidence = await decodeEvidence(jsonBytes(document), format)
    expect(evidence).toMatchObject({
      format: 'az-snp-vtpm',
      reconstructed: false,
      endorsementKeys: 1,
      attachments: ['runtimeData', 'tpmQuote', 'tpmSignature', 'pcrs'],
    })
    expect(evidence.report).toEqual(lab.report)
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({
      runtimeData: runtimeClaims(),
      tpmQuote: quote,
      tpmSignature: signature,
      pcrs: labPcrs,
    })
  })

  it('holds the VCEK', async () => {
    const same = await decodeEvidence(jsonBytes(v1), format, { endorsementKey: lab.vek })
    expect(same.endorsementKeys).toBe(1)
    const other = labEvidence({ line: 'Genoa', report: { chipId: new Uint8Array(64).fill(7) } })
    expect(
      await asyncOutcomeOf(() => decodeEvidence(jsonBytes(v0), format, { endorsementKey: other.vek })),
    ).toBe('EVIDENCE_DUPLICATE')
  })
})

const quoted = (change: object): object => ({ ...v1, tpm_quote: { ...v1.tpm_quote, ...change } })
const quotedV0 = (change: object): object => ({ ...v0, quote: { ...v0.quote, ...change } })
const [first = ''] = v1.tpm_quote.pcrs

describe('what is no such evidence', () => {
  it.each<[string, object, string]>([
    ['version 0', { ...v1, version: 0 }, 'az-snp-vtpm: version is neither 1 nor 2'],
    ['version 3', { ...v1, version: 3 }, 'az-snp-vtpm: version is neither 1 nor 2'],
    ['version "1"', { ...v1, version: '1' }, 'az-snp-vtpm: version is neither 1 nor 2'],
    ['no version of its own', { ...v0, version: 1 }, 'az-snp-vtpm: unknown key "quote"'],
    ['an unknown key', { ...v1, extra: 1 }, 'az-snp-vtpm: unknown key "extra"'],
    ['an unknown key without a version', { ...v0, extra: 1 }, 'az-snp-vtpm: unknown key "extra"'],
    ['an unknown key in the quote', quoted({ extra: 1 }), 'az-snp-vtpm: quote: unknown key "extra"'],
    ['no quote', { ...v1, tpm_quote: null }, 'az-snp-vtpm: quote: not a JSON object'],
    ['a quote in a list', { ...v0, quote: [] }, 'az-snp-vtpm: quote: not a JSON object'],
    ['no PCRs', quoted({ pcrs: [] }), 'az-snp-vtpm: quote: pcrs is not a list of 1 to 24 values'],
    [
      'PCRs that are null',
      quoted({ pcrs: null }),
      'az-snp-vtpm: quote: pcrs is not a list of 1 to 24 values',
    ],
    [
      '25 PCRs',
      quoted({ pcrs: [...v1.tpm_quote.pcrs, first] }),
      'az-snp-vtpm: quote: pcrs is not a list of 1 to 24 values',
    ],
    ['a PCR of 31 bytes', quoted({ pcrs: [first.slice(2)] }), 'az-snp-vtpm: quote: a PCR has not 32 bytes'],
    ['a PCR of 33 bytes', quoted({ pcrs: [`${first}00`] }), 'az-snp-vtpm: quote: a PCR has not 32 bytes'],
    [
      'two PCRs of 64 bytes in all',
      quoted({ pcrs: [first.slice(2), `${first}00`] }),
      'az-snp-vtpm: quote: a PCR has not 32 bytes',
    ],
    ['a PCR that is no hex', quoted({ pcrs: ['x'] }), 'az-snp-vtpm: quote: pcr is not hex'],
    ['a PCR that is a number', quotedV0({ pcrs: [1] }), 'az-snp-vtpm: quote: pcr is not a list of bytes'],
    ['a message that is base64', quoted({ message: 'AAA=' }), 'az-snp-vtpm: quote: message is not hex'],
    ['a signature that is a list', quoted({ signature: [1] }), 'az-snp-vtpm: quote: signature is not text'],
    ['a byte of 256', quotedV0({ message: [256] }), 'az-snp-vtpm: quote: message holds what is no byte'],
    ['a blob in hex', { ...v0, report: '00' }, 'az-snp-vtpm: report is not a list of bytes'],
    [
      'a blob in base64',
      { ...v1, hcl_report: `${v1.hcl_report.slice(0, -4)}+/AA` },
      'az-snp-vtpm: hcl_report is not base64url',
    ],
    [
      'a blob that is none',
      { ...v1, hcl_report: reportHex },
      'az-snp-vtpm: the status 0x00000001 is not known',
    ],
    ['a VCEK as a list', { ...v0, vcek: [48] }, 'az-snp-vtpm: vcek is not text'],
    [
      'two certificates',
      { ...v0, vcek: pem(lab.vek) + pem(lab.ask) },
      'az-snp-vtpm: vcek: more than one certificate',
    ],
    ['a document in a list', [v1], 'az-snp-vtpm: not a JSON object'],
  ])('%s', async (_, document, message) => {
    const refusal = await decodeEvidence(jsonBytes(document), 'az-snp-vtpm').then(
      () => null,
      (error: unknown) => (isVerificationError(error) ? [error.code, error.message] : error),
    )
    expect(refusal).toEqual(['EVIDENCE_MALFORMED', message])
  })

  it('nests no deeper', async () => {
    const deep = JSON.stringify(quoted({ pcrs: [[[[]]]] }))
    expect(await asyncOutcomeOf(() => decodeEvidence(new TextEncoder().encode(deep), 'az-snp-vtpm'))).toBe(
      'EVIDENCE_MALFORMED',
    )
  })

  it('is bounded', async () => {
    const padded = (size: number): Uint8Array => new TextEncoder().encode(JSON.stringify(v1).padEnd(size))
    expect(await asyncOutcomeOf(() => decodeEvidence(padded(256 * 1024), 'az-snp-vtpm'))).toBe('accepted')
    expect(await asyncOutcomeOf(() => decodeEvidence(padded(256 * 1024 + 1), 'auto'))).toBe('EVIDENCE_SIZE')
  })

  it.each(['quote', 'report', 'vcek'] as const)('is not recognised without %s', async (key) => {
    const { [key]: _, ...rest } = v0
    expect(await asyncOutcomeOf(() => decodeEvidence(jsonBytes(rest), 'auto'))).toBe('EVIDENCE_FORMAT')
  })

  it.each(['version', 'tpm_quote', 'hcl_report', 'vcek'] as const)(
    'is not recognised without %s',
    async (key) => {
      const { [key]: _, ...rest } = v1
      expect(await asyncOutcomeOf(() => decodeEvidence(jsonBytes(rest), 'auto'))).toBe('EVIDENCE_FORMAT')
    },
  )
})

const real = realItems().filter(({ meta }) => meta.files['tpmQuoteMessage'] !== undefined)
describe.skipIf(real.length === 0)('real evidence', () => {
  it.each(
    real.flatMap((item) => (item.meta.files['container'] === undefined ? [] : [[item.slug, item] as const])),
  )('%s', async (_, { folder, meta }) => {
    const file = (role: string): Uint8Array =>
      new Uint8Array(readFileSync(join(folder, meta.files[role] ?? '')))
    const text = new TextDecoder().decode(file('container'))
    // One of them stands in an envelope of another format.
    const document = JSON.parse(text) as { readonly evidence?: object }
    const evidence = await decodeEvidence(jsonBytes(document.evidence ?? document), 'auto')
    expect([evidence.format, evidence.endorsementKeys]).toEqual(['az-snp-vtpm', 1])
    expect(evidence.report).toEqual(file('report'))
    const attachments = attachmentsOf(evidence)
    expect(attachments.get('tpmQuote')).toEqual(file('tpmQuoteMessage'))
    expect(attachments.get('tpmSignature')).toEqual(file('tpmQuoteSignature'))
    const pcrs = JSON.parse(new TextDecoder().decode(file('tpmPcrs'))) as readonly string[]
    expect(Buffer.from(attachments.get('pcrs') ?? []).toString('hex')).toBe(pcrs.join(''))
    if (document.evidence === undefined)
      expect(await decodeEvidence(file('container'), 'auto')).toMatchObject({ format: 'az-snp-vtpm' })
  })
})
