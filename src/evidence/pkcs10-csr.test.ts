import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { pem } from '../../test/support/cert-table.js'
import { ascii, concat, integer, octetString, oid, sequence, set, tlv } from '../../test/support/der.js'
import {
  attribute,
  challengePassword,
  crlEntry,
  documentKey,
  enarx,
  enarxValue,
  evidenceOids,
  makeRequest,
  oldEnarxValue,
  requestFor,
} from '../../test/support/key-documents.js'
import { labEvidence } from '../../test/support/pki.js'
import { realFolder } from '../../test/support/real-folder.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Milan', version: 2 })
const { report, vek, crl } = lab
const extensions = enarx(enarxValue(lab))
const csr = makeRequest(extensions)
const label = 'CERTIFICATE REQUEST'
const extensionRequest = '1.2.840.113549.1.9.14'

async function refusalOf(bytes: Uint8Array): Promise<string> {
  try {
    await decodeEvidence(bytes, 'pkcs10-csr')
    return 'accepted'
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

describe.each(['pkcs10-csr', 'auto'] as const)('a certificate request, as %s', (format) => {
  it.each<[string, Uint8Array]>([
    ['DER', csr],
    ['PEM', ascii(pem(csr, label))],
    ['PEM after white space', ascii(`\n\n${pem(csr, label)}`)],
  ])('is report, VCEK, CRLs, key and itself: %s', async (_, bytes) => {
    const evidence = await decodeEvidence(bytes, format)
    expect(evidence).toMatchObject({
      format: 'pkcs10-csr',
      reconstructed: false,
      attachments: ['spki', 'csr'],
    })
    expect(evidence.report).toEqual(report)
    const { leaves, crls, intermediates, roots } = partsOfEvidence(evidence)
    expect(leaves).toEqual([{ kind: 'vcek', der: vek }])
    expect(crls).toEqual([{ der: crl, fetchedAt: null, scope: null }])
    expect([intermediates, roots]).toEqual([[], []])
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({ spki: documentKey, csr })
  })

  it.each<[string, Uint8Array, number]>([
    ['of an older shim', makeRequest(enarx(oldEnarxValue(lab))), 0],
    ['without a CRL', makeRequest(enarx(enarxValue(lab, []))), 0],
    ['with two CRLs', makeRequest(enarx(enarxValue(lab, [crlEntry(crl), crlEntry(vek)]))), 2],
    [
      'with other attributes and extensions',
      makeRequest([], {
        attributes: [
          challengePassword,
          requestFor([{ oid: '2.5.29.15', value: octetString(report) }, ...extensions]),
        ],
      }),
      1,
    ],
  ])('is read %s', async (_, bytes, crls) => {
    const evidence = await decodeEvidence(bytes, format)
    expect(evidence).toMatchObject({ format: 'pkcs10-csr', endorsementKeys: 1, crls })
    expect(evidence.report).toEqual(report)
  })
})

describe('what is no such request', () => {
  const ofValue = (value: Uint8Array): Uint8Array => makeRequest(enarx(value))
  const list = (...parts: readonly Uint8Array[]): Uint8Array =>
    ofValue(sequence(sequence(vek, ...parts), octetString(report)))
  const crls = sequence(sequence(crlEntry(crl)))
  const inExtension = `pkcs10-csr: extension ${evidenceOids.enarx}: `

  it.each<[string, Uint8Array, string]>([
    ['version 2', makeRequest(extensions, { version: 1 }), 'MALFORMED pkcs10-csr: not of version 1'],
    [
      'no extensions',
      makeRequest([], { attributes: [challengePassword] }),
      'MALFORMED pkcs10-csr: it asks for no extensions',
    ],
    ['no attributes', makeRequest([], { attributes: [] }), 'MALFORMED pkcs10-csr: it asks for no extensions'],
    [
      'extensions asked for twice',
      makeRequest([], { attributes: [requestFor(extensions), requestFor(extensions)] }),
      'DUPLICATE pkcs10-csr: it asks for extensions twice',
    ],
    [
      'two lists of extensions',
      makeRequest([], { attributes: [attribute(extensionRequest, sequence(), sequence())] }),
      'MALFORMED pkcs10-csr: request: no extensions',
    ],
    [
      'a list behind the list',
      makeRequest([], {
        attributes: [
          sequence(oid(extensionRequest), set(...[0, 1].map(() => sequence(ext(enarxValue(lab)))))),
        ],
      }),
      'MALFORMED pkcs10-csr: values: bytes after the last element',
    ],
    [
      'an attribute of three parts',
      makeRequest([], { attributes: [concat(sequence(oid('1.2.3'), set(), set()))] }),
      'MALFORMED pkcs10-csr: attribute: bytes after the last element',
    ],
    [
      'another extension alone',
      makeRequest([{ oid: '1.3.6.1.4.1.58270.1.4', value: enarxValue(lab) }]),
      'MALFORMED pkcs10-csr: no extension holds evidence',
    ],
    [
      'evidence twice',
      makeRequest([...extensions, ...extensions]),
      'DUPLICATE pkcs10-csr: an extension occurs twice',
    ],
    [
      'evidence of two kinds',
      makeRequest([...extensions, { oid: '1.3.6.1.4.1.58270.1.2', value: report }]),
      'DUPLICATE pkcs10-csr: more than one extension holds evidence',
    ],
    [
      'evidence of SGX',
      makeRequest([{ oid: '1.3.6.1.4.1.58270.1.2', value: report }]),
      'MALFORMED pkcs10-csr: the evidence of extension 1.3.6.1.4.1.58270.1.2 is not read',
    ],
    [
      'a part behind the attributes',
      makeRequest(extensions, { afterInfo: integer(0) }),
      'MALFORMED pkcs10-csr: request: bytes after the last element',
    ],
    [
      'a part behind the signature',
      makeRequest(extensions, { behind: integer(0) }),
      'MALFORMED pkcs10-csr: document: bytes after the last element',
    ],
    ['a byte behind it', concat(csr, Uint8Array.of(0)), 'MALFORMED pkcs10-csr: document: bytes after'],
    ['a part behind the report', ofValue(concatIn(enarxValue(lab))), `MALFORMED ${inExtension}`],
    ['a part behind the CRLs', list(crls, integer(0)), `MALFORMED ${inExtension}endorsements: bytes after`],
    ['no CRL list', list(), `MALFORMED ${inExtension}an element runs past the end`],
    [
      'a list behind the list of CRLs',
      list(sequence(sequence(), sequence())),
      `MALFORMED ${inExtension}CRLs: bytes after`,
    ],
    [
      'a CRL behind a CRL',
      list(sequence(sequence(concatIn(crlEntry(crl))))),
      `MALFORMED ${inExtension}CRL entry: bytes after`,
    ],
    [
      'a CRL without its URL',
      list(sequence(sequence(sequence(crl)))),
      `MALFORMED ${inExtension}URL of a CRL: expected tag 0x0c, got 0x30`,
    ],
    [
      'a byte behind the evidence',
      ofValue(concat(enarxValue(lab), Uint8Array.of(0))),
      `MALFORMED ${inExtension}document`,
    ],
    ['a report in a SEQUENCE', ofValue(sequence(vek, sequence())), `MALFORMED ${inExtension}`],
    ['a short report', ofValue(sequence(vek, octetString(report.subarray(1)))), 'LENGTH'],
    [
      'a VCEK of 16 KiB',
      ofValue(
        sequence(sequence(sequence(tlv(0xa0)), octetString(new Uint8Array(16384))), octetString(report)),
      ),
      `SIZE ${inExtension}VCEK: more than 16384 bytes`,
    ],
    [
      'nine CRLs',
      ofValue(
        enarxValue(
          lab,
          Array.from({ length: 9 }, () => crlEntry(crl)),
        ),
      ),
      'SIZE more than 8 CRLs',
    ],
    [
      'an INTEGER that is not minimal',
      ofValue(tlv(0x30, tlv(2, Uint8Array.of(0, 1)))),
      `MALFORMED ${inExtension}a value of tag 0x02`,
    ],
    ['a certificate of PEM', ascii(pem(csr)), 'MALFORMED pkcs10-csr: not PEM of CERTIFICATE REQUEST alone'],
    [
      'two requests',
      ascii(pem(csr, label) + pem(csr, label)),
      'MALFORMED pkcs10-csr: more than one CERTIFICATE REQUEST',
    ],
    [
      'as many elements as are read',
      ofValue(sequence(new Uint8Array(2 * 49_999).map((_, at) => (at % 2 === 0 ? 5 : 0)))),
      `MALFORMED ${inExtension}endorsements: expected tag 0x30, got 0x05`,
    ],
    [
      'more elements than are read',
      ofValue(sequence(new Uint8Array(2 * 50_000).map((_, at) => (at % 2 === 0 ? 5 : 0)))),
      `MALFORMED ${inExtension}too many elements`,
    ],
    ['as deep as is read', ofValue(nested(24)), `MALFORMED ${inExtension}an element runs past the end`],
    ['deeper than is read', ofValue(nested(25)), `MALFORMED ${inExtension}nested too deeply`],
    ['nothing', new Uint8Array(), 'MALFORMED pkcs10-csr: an element runs past the end'],
    ['a report', report, 'MALFORMED pkcs10-csr: '],
  ])('%s', async (_, bytes, expected) => {
    const code = expected.startsWith('LENGTH') ? 'REPORT_' : 'EVIDENCE_'
    expect((await refusalOf(bytes)).startsWith(code + expected), await refusalOf(bytes)).toBe(true)
  })

  it('is not recognised, unless it holds evidence of some kind', async () => {
    const outcome = (bytes: Uint8Array): Promise<string> =>
      asyncOutcomeOf(() => decodeEvidence(bytes, 'auto'))
    expect(await outcome(makeRequest([{ oid: '1.2.3', value: report }]))).toBe('EVIDENCE_FORMAT')
    expect(await outcome(concat(csr, Uint8Array.of(0)))).toBe('EVIDENCE_FORMAT')
    expect(await outcome(makeRequest([{ oid: evidenceOids.cmw, value: report }]))).toBe('EVIDENCE_MALFORMED')
    expect(await outcome(ascii(pem(csr, 'NEW CERTIFICATE REQUEST')))).toBe('EVIDENCE_FORMAT')
  })

  it('is bounded', async () => {
    const padded = (size: number): Uint8Array => ascii(pem(csr, label).padEnd(size))
    expect(await asyncOutcomeOf(() => decodeEvidence(padded(512 * 1024), 'pkcs10-csr'))).toBe('accepted')
    expect(await asyncOutcomeOf(() => decodeEvidence(padded(512 * 1024 + 1), 'pkcs10-csr'))).toBe(
      'EVIDENCE_SIZE',
    )
  })
})

/** SEQUENCEs in one another. */
const nested = (depth: number): Uint8Array => (depth === 1 ? sequence() : sequence(nested(depth - 1)))
const ext = (value: Uint8Array): Uint8Array => sequence(oid(evidenceOids.enarx), octetString(value))
/** A NULL as the last part of a SEQUENCE. */
function concatIn(der: Uint8Array): Uint8Array {
  const header = (der[1] ?? 0) < 0x80 ? 2 : 2 + ((der[1] ?? 0) & 0x7f)
  return sequence(der.subarray(header), tlv(5))
}

it('a changed byte is refused with a code, or read as one report', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(csr.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = csr.map((byte, index) => (index === at ? byte ^ change : byte))
      expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'pkcs10-csr'))).toMatch(
        /^(accepted|EVIDENCE_(MALFORMED|DUPLICATE)|REPORT_LENGTH)$/,
      )
    }),
    { numRuns: 200 },
  )
})

describe.skipIf(realFolder() === null)('the real request', () => {
  it('holds the report, its VCEK and two CRLs, and a key that the report commits to', async () => {
    const folder = join(realFolder() ?? '', 'steward-milan-v2-authorkey')
    const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)))
    const evidence = await decodeEvidence(file('request.csr'), 'auto')
    expect(evidence).toMatchObject({ format: 'pkcs10-csr', endorsementKeys: 1, crls: 2 })
    expect(evidence.report).toEqual(file('report.bin'))
    expect(partsOfEvidence(evidence).leaves).toEqual([{ kind: 'vcek', der: file('vek.der') }])
    const spki = attachmentsOf(evidence).get('spki') ?? new Uint8Array()
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-384', new Uint8Array(spki)))
    expect(evidence.report.subarray(0x50, 0x90)).toEqual(concat(digest, new Uint8Array(16)))
  })
})
