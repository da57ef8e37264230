import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { pem } from '../../test/support/cert-table.js'
import { ascii, concat } from '../../test/support/der.js'
import { labCrl, labEvidence } from '../../test/support/pki.js'
import { decodeEvidence, partsOfEvidence } from './evidence.js'

const { report, vek, ask, ark } = labEvidence({ line: 'Genoa' })
const vlek = labEvidence({ line: 'Genoa', signer: 'vlek' })
const crl = labCrl('Genoa')
type Sketch = Readonly<Record<string, Uint8Array>>
const files = (sketch: Sketch): ReadonlyMap<string, Uint8Array> => new Map(Object.entries(sketch))
const held = { 'attestation-report.bin': report }

describe.each(['snpguest-dir', 'auto'] as const)('a directory of snpguest, as %s', (format) => {
  it('is read with all that the tool writes', async () => {
    const request = new Uint8Array(64)
    const sketch = {
      ...held,
      'request-file.txt': request,
      'ark.pem': ascii(pem(ark)),
      'ask.pem': ascii(pem(ask)),
      'vcek.der': vek,
      'crl.der': crl,
    }
    const evidence = await decodeEvidence(files(sketch), format)
    expect(evidence).toMatchObject({ format: 'snpguest-dir', endorsementKeys: 1, crls: 1, attachments: [] })
    expect(partsOfEvidence(evidence)).toMatchObject({
      report,
      leaves: [{ kind: 'vcek', der: vek }],
      intermediates: [ask],
      roots: [ark],
      crls: [{ der: crl, fetchedAt: null, scope: null }],
    })
  })

  it('may hold a VLEK and its authority, and each as PEM or DER', async () => {
    const evidence = await decodeEvidence(
      files({
        'report.bin': vlek.report,
        'vlek.pem': ascii(pem(vlek.vek)),
        'asvk.der': vlek.ask,
        'crl.pem': ascii(pem(crl, 'X509 CRL')),
      }),
      format,
    )
    expect(partsOfEvidence(evidence)).toMatchObject({
      leaves: [{ kind: 'vlek', der: vlek.vek }],
      intermediates: [vlek.ask],
      crls: [{ der: crl }],
    })
  })

  it.each(['attestation-report.bin', 'report.bin'])('may hold the report alone, as %s', async (name) => {
    const evidence = await decodeEvidence(files({ [name]: report }), format)
    expect(evidence).toMatchObject({ format: 'snpguest-dir', endorsementKeys: 0, crls: 0 })
    expect(evidence.report).toEqual(report)
  })

  it.each(['pem', 'der'])('takes what the content is, not what .%s says', async (ending) => {
    for (const content of [vek, ascii(pem(vek))]) {
      const evidence = await decodeEvidence(files({ ...held, [`vcek.${ending}`]: content }), format)
      expect(partsOfEvidence(evidence).leaves).toEqual([{ kind: 'vcek', der: vek }])
    }
  })

  it('may hold what kds fetch wrote into it: its record is not looked at', async () => {
    const fetched = {
      'vcek.der': vek,
      'ask.der': ask,
      'ark.der': ark,
      'crl.der': crl,
      'kds.json': ascii('no JSON'),
    }
    const evidence = await decodeEvidence(files({ ...held, ...fetched }), format)
    expect(partsOfEvidence(evidence)).toMatchObject({
      leaves: [{ kind: 'vcek', der: vek }],
      crls: [{ der: crl, fetchedAt: null, scope: null }],
      attachments: new Map(),
    })
  })

  it('may hold keys of both kinds: the report says which of them signed it', async () => {
    const evidence = await decodeEvidence(files({ ...held, 'vlek.der': vlek.vek, 'vcek.der': vek }), format)
    expect(partsOfEvidence(evidence).leaves.map(({ kind }) => kind)).toEqual(['vcek', 'vlek'])
  })
})

describe('what is no such directory', () => {
  it.each<[string, Sketch, string]>([
    ['nothing', {}, 'EVIDENCE_MALFORMED'],
    ['no report', { 'vcek.der': vek }, 'EVIDENCE_MALFORMED'],
    ['two reports', { ...held, 'report.bin': report }, 'EVIDENCE_DUPLICATE'],
    ['a key as PEM and as DER', { ...held, 'vcek.der': vek, 'vcek.pem': vek }, 'EVIDENCE_DUPLICATE'],
    ['a CRL as PEM and as DER', { ...held, 'crl.der': crl, 'crl.pem': crl }, 'EVIDENCE_DUPLICATE'],
    ['a short report', { 'report.bin': report.subarray(1) }, 'REPORT_LENGTH'],
    ['a long report', { 'report.bin': concat(report, Uint8Array.of(0)) }, 'REPORT_LENGTH'],
    ['a report as hex', { 'report.bin': ascii(Buffer.from(report).toString('hex')) }, 'REPORT_LENGTH'],
    ['an unknown file', { ...held, 'vek.der': vek }, 'EVIDENCE_MALFORMED'],
    ['another ending', { ...held, 'vcek.crt': vek }, 'EVIDENCE_MALFORMED'],
    ['a folder in a name', { ...held, 'certs/vcek.der': vek }, 'EVIDENCE_MALFORMED'],
    ['a name of every object', { ...held, constructor: vek }, 'EVIDENCE_MALFORMED'],
    ['two keys in one file', { ...held, 'vcek.pem': ascii(pem(vek) + pem(vek)) }, 'EVIDENCE_MALFORMED'],
    [
      'a CRL in the place of a key',
      { ...held, 'vcek.pem': ascii(pem(crl, 'X509 CRL')) },
      'EVIDENCE_MALFORMED',
    ],
    ['a key in the place of a CRL', { ...held, 'crl.pem': ascii(pem(vek)) }, 'EVIDENCE_MALFORMED'],
    ['a key of 16 KiB and a byte', { ...held, 'vcek.der': new Uint8Array(16 * 1024 + 1) }, 'EVIDENCE_SIZE'],
  ])('%s', async (_, sketch, expected) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(files(sketch), 'snpguest-dir'))).toBe(expected)
  })

  it.each<[string, Sketch]>([
    ['an unknown file', { ...held, 'notes.txt': vek }],
    ['no report', { 'vcek.der': vek }],
    ['nothing', {}],
    ['the report under another name', { 'guest.bin': report }],
  ])('is not recognised: %s', async (_, sketch) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(files(sketch), 'auto'))).toBe('EVIDENCE_FORMAT')
  })
})
