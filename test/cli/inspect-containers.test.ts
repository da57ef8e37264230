// What `inspect` shows of containers beside report and certificates, and certificates that are containers themselves.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { agentBody, agentKeyPem, agentManifest } from '../support/agent-2cvm.js'
import { thimDocument, jsonBytes } from '../support/azure.js'
import { pem } from '../support/cert-table.js'
import { goEvidence } from '../support/containers.js'
import { octetString, toHex } from '../support/der.js'
import {
  c8sValue,
  challengePassword,
  documentKey,
  enarx,
  enarxValue,
  evidenceOids,
  makeKeyCertificate,
  makeRequest,
} from '../support/key-documents.js'
import { labCrl, labEvidence } from '../support/pki.js'
import { patchReport } from '../support/report.js'
import { attested, jsonOf, temporaryFolder } from './harness.js'

const { file } = temporaryFolder()
const lab = labEvidence({ line: 'Genoa' })
const { report, vek } = lab
const server = makeKeyCertificate(enarx(enarxValue(lab)))
const request = makeRequest(enarx(enarxValue(lab)))
const bare = makeKeyCertificate([])
const bareRequest = makeRequest([], { attributes: [challengePassword] })

const part = (name: string, bytes: Uint8Array) => ({
  name,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

async function inspected(content: Uint8Array | string, ...more: string[]) {
  const path = file('input', content)
  const json = await attested(['inspect', path, ...more, '--json'])
  const text = await attested(['inspect', path, ...more])
  const inspection = jsonOf(json)
  // Of what nothing recognises it says what to do next.
  const err = inspection.error?.code === 'EVIDENCE_FORMAT' ? expect.stringContaining('--format NAME') : ''
  expect([json.err, text.err, text.status]).toEqual([err, err, json.status])
  return { status: json.status, inspection, text: text.out }
}

describe.each([
  ['ra-tls', server, 'CERTIFICATE', 'certificate'],
  ['pkcs10-csr', request, 'CERTIFICATE REQUEST', 'csr'],
] as const)('evidence in a document: %s', (format, der, label, name) => {
  test.each([
    ['DER', der],
    ['PEM', pem(der, label)],
  ])('is recognised in %s, and inspected', async (_, content) => {
    const { status, inspection, text } = await inspected(content)
    expect(status).toBe(0)
    expect(inspection).toMatchObject({
      format,
      claimed: { reportData: toHex(report.slice(0x50, 0x90)) },
      reconstructed: false,
      certificates: [{ role: 'vcek' }, { kind: 'crl' }],
      error: null,
    })
    expect(inspection.attachments).toEqual([part('spki', documentKey), part(name, der)])
    expect(text).toContain(`\nformat: ${format}\n`)
    expect(text).toContain('\nreport, as claimed:\n')
    const [key, whole] = inspection.attachments
    const width = Math.max(4, name.length)
    expect(text).toContain(
      '\n\nattachments, as they came; only a binding ties them to the report:\n' +
        `  ${'spki'.padEnd(width)}  ${String(documentKey.length)} bytes, sha256:${key.sha256}\n` +
        `  ${name.padEnd(width)}  ${String(der.length)} bytes, sha256:${whole.sha256}\n`,
    )
    expect((await inspected(content, '--format', format)).inspection).toEqual(inspection)
  })
})

describe('certificates that are no evidence', () => {
  const plain = { format: 'certificates', claimed: null, reconstructed: null, attachments: [], error: null }

  test.each([
    ['a certificate of a server', bare],
    ['the same in PEM', pem(bare)],
    ['two certificates, the first with evidence', pem(server) + pem(vek)],
    ['a VCEK', vek],
  ])('%s', async (_, content) => {
    const { status, inspection, text } = await inspected(content)
    expect(status).toBe(0)
    expect(inspection).toMatchObject(plain)
    expect(inspection.certificates[0].kind).toBe('certificate')
    expect(text).not.toContain('attachments')
  })

  test('a certificate with evidence, where the format says certificates', async () => {
    const { status, inspection } = await inspected(server, '--format', 'certificates')
    expect(status).toBe(0)
    expect(inspection).toMatchObject({
      ...plain,
      certificates: [{ role: 'other', subject: 'lab', serial: '0x1' }],
    })
    expect(inspection.certificates).toHaveLength(1)
  })

  test('a certificate of version 1 is no CRL', async () => {
    const old = makeKeyCertificate([], { version: null, extensions: null })
    expect((await inspected(old)).inspection.certificates).toMatchObject([
      { kind: 'certificate', subject: 'lab' },
    ])
  })

  test('a CRL in DER is one, and a request never is', async () => {
    expect((await inspected(labCrl('Genoa'))).inspection.certificates).toMatchObject([
      { kind: 'crl', issuer: 'ARK-Genoa' },
    ])
    for (const content of [bareRequest, pem(bareRequest, 'CERTIFICATE REQUEST')]) {
      const { status, inspection } = await inspected(content)
      expect(status).toBe(30)
      expect(inspection).toMatchObject({
        ...plain,
        certificates: [],
        error: {
          code: 'EVIDENCE_MALFORMED',
          message: 'certificates: a request for a certificate, with no evidence that is known',
        },
      })
    }
  })

  test('the key of evidence is not taken beside them', async () => {
    const ran = await attested(['inspect', file('bare.der', bare), '--vek', file('vek.der', vek)])
    expect(ran).toMatchObject({ status: 2, out: '' })
    expect(ran.err).toContain('the file holds certificates alone')
  })
})

describe('evidence in a certificate that cannot be read', () => {
  test('is of that format, and no plain certificate', async () => {
    const dice = makeKeyCertificate([{ oid: '2.23.133.5.4.9', value: octetString(report) }])
    const { status, inspection } = await inspected(dice)
    expect(status).toBe(30)
    expect(inspection).toMatchObject({
      format: 'ra-tls',
      claimed: null,
      reconstructed: null,
      certificates: [],
      attachments: [],
      error: { code: 'EVIDENCE_MALFORMED' },
    })
    expect(inspection.error.message).toContain('the evidence of extension 2.23.133.5.4.9 is not read')
  })

  test('for its report alone: all else is shown', async () => {
    const later = { ...lab, report: patchReport(report, 0, Uint8Array.of(6)) }
    const { status, inspection, text } = await inspected(
      makeKeyCertificate([{ oid: evidenceOids.c8s, value: c8sValue(later) }]),
    )
    expect(status).toBe(30)
    expect(inspection).toMatchObject({
      format: 'ra-tls',
      claimed: null,
      reconstructed: false,
      certificates: [{ role: 'vcek' }, { role: 'ask' }, { role: 'ark' }],
      attachments: [{ name: 'spki' }, { name: 'certificate' }],
      error: { code: 'REPORT_VERSION_UNSUPPORTED' },
    })
    expect(text).toContain('\nattachments, as they came')
  })
})

test('evidence in a certificate without its key takes the key beside it', async () => {
  const content = makeKeyCertificate([{ oid: evidenceOids.c8s, value: c8sValue(lab, new Uint8Array()) }])
  expect((await inspected(content)).inspection.certificates).toEqual([])
  const { inspection } = await inspected(content, '--vek', file('vek.der', vek))
  expect(inspection).toMatchObject({ format: 'ra-tls', certificates: [{ role: 'vcek', refusal: null }] })
})

describe('other containers', () => {
  test('a report that was written from fields says so', async () => {
    const { status, inspection, text } = await inspected(goEvidence(lab))
    expect(status).toBe(0)
    expect(inspection).toMatchObject({ format: 'go-sev-guest', reconstructed: true, attachments: [] })
    expect(text).toContain(
      '\nreport, as claimed; its bytes were written from the fields that came, so the signature must tell:\n',
    )
    expect(text).not.toContain('attachments')
  })

  test('what an agent sends beside the report', async () => {
    const { inspection } = await inspected(agentBody(report))
    expect(inspection).toMatchObject({ format: '2cvm-agent', reconstructed: false })
    const named = new Map(inspection.attachments.map(({ name, ...rest }: { name: string }) => [name, rest]))
    for (const [name, content] of [
      ['teeKeyPem', agentKeyPem],
      ['manifest', agentManifest],
    ] as const) {
      const { bytes, sha256 } = part(name, new TextEncoder().encode(content))
      expect([name, named.get(name)]).toEqual([name, { bytes, sha256 }])
    }
  })

  test('a report alone has neither, and certificates of Azure have no report', async () => {
    expect((await inspected(report)).inspection).toMatchObject({ reconstructed: false, attachments: [] })
    expect((await inspected(jsonBytes(thimDocument(lab)))).inspection).toMatchObject({
      format: 'thim',
      claimed: null,
      reconstructed: null,
      attachments: [],
    })
    expect((await inspected('x')).inspection).toMatchObject({ reconstructed: null, attachments: [] })
  })
})
