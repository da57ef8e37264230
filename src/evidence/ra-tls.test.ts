import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { pem } from '../../test/support/cert-table.js'
import type { Extensions } from '../../test/support/certificates.js'
import { goEvidence } from '../../test/support/containers.js'
import { ascii, concat, integer, octetString, sequence } from '../../test/support/der.js'
import {
  c8sValue,
  documentKey,
  enarx,
  enarxValue,
  evidenceOids,
  makeKeyCertificate,
} from '../../test/support/key-documents.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa', version: 3 })
const { report, vek, ask, ark, crl } = lab
const c8s = (value: Uint8Array): Extensions => [{ oid: evidenceOids.c8s, value }]
const contrast = (value: Uint8Array): Extensions => [{ oid: evidenceOids.contrast, value }]
const server = makeKeyCertificate(enarx(enarxValue(lab)))

async function refusalOf(bytes: Uint8Array): Promise<string> {
  try {
    await decodeEvidence(bytes, 'ra-tls')
    return 'accepted'
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

describe.each(['ra-tls', 'auto'] as const)('a certificate with evidence, as %s', (format) => {
  it.each<[string, Extensions, boolean, unknown]>([
    ['of Enarx', enarx(enarxValue(lab)), false, { crls: [{ der: crl }], intermediates: [], roots: [] }],
    ['of c8s', c8s(c8sValue(lab)), false, { crls: [], intermediates: [ask], roots: [ark] }],
    ['of c8s with a VCEK alone', c8s(c8sValue(lab, vek)), false, { crls: [], intermediates: [], roots: [] }],
    ['of Contrast', contrast(goEvidence(lab)), true, { crls: [], intermediates: [ask], roots: [ark] }],
  ])('%s', async (_, extensions, reconstructed, parts) => {
    const certificate = makeKeyCertificate(extensions)
    for (const bytes of [certificate, ascii(pem(certificate))]) {
      const evidence = await decodeEvidence(bytes, format)
      expect(evidence).toMatchObject({
        format: 'ra-tls',
        reconstructed,
        attachments: ['spki', 'certificate'],
      })
      expect(evidence.report).toEqual(report)
      expect(partsOfEvidence(evidence)).toMatchObject({
        leaves: [{ kind: 'vcek', der: vek }],
        ...(parts as object),
      })
      expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({ spki: documentKey, certificate })
    }
  })

  it('of c8s without a chain takes the key beside it', async () => {
    const bytes = makeKeyCertificate(c8s(c8sValue(lab, new Uint8Array())))
    expect(await decodeEvidence(bytes, format)).toMatchObject({ endorsementKeys: 0 })
    expect(await decodeEvidence(bytes, format, { endorsementKey: vek })).toMatchObject({ endorsementKeys: 1 })
  })

  it('of c8s has a VLEK as what it is', async () => {
    const other = labEvidence({ line: 'Genoa', signer: 'vlek' })
    const evidence = await decodeEvidence(makeKeyCertificate(c8s(c8sValue(other))), format)
    expect(partsOfEvidence(evidence).leaves).toEqual([{ kind: 'vlek', der: other.vek }])
  })
})

describe('what is no such certificate', () => {
  const inC8s = `ra-tls: extension ${evidenceOids.c8s}: `
  it.each<[string, Uint8Array, string]>([
    [
      'version 2',
      makeKeyCertificate(enarx(enarxValue(lab)), { version: 2 }),
      'MALFORMED ra-tls: not of version 3',
    ],
    [
      'version 1',
      makeKeyCertificate(enarx(enarxValue(lab)), { version: null }),
      'MALFORMED ra-tls: version: expected',
    ],
    ['no extensions', makeKeyCertificate([], { extensions: null }), 'MALFORMED ra-tls: an element runs past'],
    ['no evidence', makeKeyCertificate([]), 'MALFORMED ra-tls: no extension holds evidence'],
    [
      'evidence twice',
      makeKeyCertificate([...enarx(enarxValue(lab)), ...enarx(enarxValue(lab))]),
      'DUPLICATE ra-tls: an extension occurs twice',
    ],
    [
      'evidence of two kinds',
      makeKeyCertificate([...enarx(enarxValue(lab)), ...c8s(c8sValue(lab))]),
      'DUPLICATE ra-tls: more than one extension holds evidence',
    ],
    [
      'evidence that is read beside other',
      makeKeyCertificate([...enarx(enarxValue(lab)), { oid: evidenceOids.cmw, value: report }]),
      'DUPLICATE ra-tls: more than one extension holds evidence',
    ],
    [
      'tagged evidence of DICE',
      makeKeyCertificate([{ oid: '2.23.133.5.4.9', value: octetString(report) }]),
      'MALFORMED ra-tls: the evidence of extension 2.23.133.5.4.9 is not read',
    ],
    [
      'a conceptual message that is none',
      makeKeyCertificate([{ oid: evidenceOids.cmw, value: octetString(report) }]),
      'MALFORMED cmw is not strict CBOR: ',
    ],
    [
      'a default that is written',
      makeKeyCertificate([{ oid: evidenceOids.c8s, critical: false, value: c8sValue(lab) }]),
      'MALFORMED ra-tls: certificate: a default written out',
    ],
    [
      'a unique identifier',
      makeKeyCertificate(enarx(enarxValue(lab)), { extraTbs: integer(1) }),
      'MALFORMED ra-tls: TBSCertificate: bytes after',
    ],
    [
      'a part behind the signature',
      makeKeyCertificate(enarx(enarxValue(lab)), { extraOuter: integer(1) }),
      'MALFORMED ra-tls: document: bytes after',
    ],
    ['a byte behind it', concat(server, Uint8Array.of(0)), 'MALFORMED ra-tls: document: bytes after'],
    [
      'a serial number of 22 bytes',
      makeKeyCertificate(enarx(enarxValue(lab)), { serial: new Uint8Array(22).fill(1) }),
      'MALFORMED ra-tls: serial number: larger than allowed',
    ],
    [
      'TDX',
      makeKeyCertificate(c8s(c8sValue(lab, undefined, 2))),
      `MALFORMED ${inC8s}the evidence is not of SEV-SNP`,
    ],
    [
      'a chain of other things',
      makeKeyCertificate(c8s(c8sValue(lab, concat(vek, integer(1))))),
      `MALFORMED ${inC8s}chain: expected tag 0x30, got 0x02`,
    ],
    [
      'a chain that is cut short',
      makeKeyCertificate(c8s(c8sValue(lab, vek.subarray(1)))),
      `MALFORMED ${inC8s}`,
    ],
    [
      'a certificate of 16 KiB in the chain',
      makeKeyCertificate(c8s(c8sValue(lab, sequence(octetString(new Uint8Array(16384)))))),
      `SIZE ${inC8s}chain: more than 16384 bytes`,
    ],
    [
      '18 certificates in the chain',
      makeKeyCertificate(c8s(c8sValue(lab, concat(vek, ...Array.from({ length: 17 }, () => ask))))),
      'SIZE more than 16 certificates',
    ],
    [
      'a part behind the chain',
      makeKeyCertificate(c8s(sequence(integer(1), octetString(report), octetString(vek), octetString(vek)))),
      `MALFORMED ${inC8s}document: bytes after`,
    ],
    [
      'JSON in the place of the report',
      makeKeyCertificate(c8s(c8sValue({ ...lab, report: ascii('{}') }))),
      'LENGTH',
    ],
    ['Contrast without a report', makeKeyCertificate(contrast(new Uint8Array())), 'MALFORMED go-sev-guest: '],
    ['a chain as PEM', ascii(pem(server) + pem(ask)), 'MALFORMED ra-tls: more than one CERTIFICATE'],
    [
      'a request',
      ascii(pem(server, 'CERTIFICATE REQUEST')),
      'MALFORMED ra-tls: not PEM of CERTIFICATE alone',
    ],
    ['a VCEK', vek, 'MALFORMED ra-tls: no extension holds evidence'],
    ['nothing', new Uint8Array(), 'MALFORMED ra-tls: an element runs past the end'],
  ])('%s', async (_, bytes, expected) => {
    const code = expected.startsWith('LENGTH') ? 'REPORT_' : 'EVIDENCE_'
    expect((await refusalOf(bytes)).startsWith(code + expected), await refusalOf(bytes)).toBe(true)
  })

  it.each([vek, ask, ark, crl])('AMD’s certificates and CRLs are not recognised', async (bytes) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'auto'))).toBe('EVIDENCE_FORMAT')
    expect(await asyncOutcomeOf(() => decodeEvidence(ascii(pem(bytes)), 'auto'))).toBe('EVIDENCE_FORMAT')
  })

  it('a serial number of 21 bytes is read', async () => {
    const bytes = makeKeyCertificate(enarx(enarxValue(lab)), { serial: new Uint8Array(21).fill(1) })
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'ra-tls'))).toBe('accepted')
  })

  it('16 certificates in the chain beside the VCEK are read', async () => {
    const bytes = makeKeyCertificate(
      c8s(c8sValue(lab, concat(vek, ...Array.from({ length: 16 }, () => ask)))),
    )
    expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'ra-tls'))).toBe('accepted')
  })
})

it('a changed byte is refused with a code, or read as one report', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(server.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = server.map((byte, index) => (index === at ? byte ^ change : byte))
      expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'ra-tls'))).toMatch(
        /^(accepted|EVIDENCE_(MALFORMED|DUPLICATE)|REPORT_LENGTH)$/,
      )
    }),
    { numRuns: 200 },
  )
})
