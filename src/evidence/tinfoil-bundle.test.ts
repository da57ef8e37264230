import { describe, expect, it } from 'vitest'
import { pem } from '../../test/support/cert-table.js'
import { tinfoilBundleText, tinfoilDocument, tinfoilSignatures } from '../../test/support/containers.js'
import { labEvidence } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa', version: 3 })
const { report } = lab
const [tls, hpke] = [report.slice(0x50, 0x70), report.slice(0x70, 0x90)]
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const document = tinfoilDocument(report)

async function refusalOf(bytes: Uint8Array): Promise<unknown> {
  try {
    await decodeEvidence(bytes, 'tinfoil-bundle')
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}

const bundled = (changed: Readonly<Record<string, unknown>> = {}): Uint8Array =>
  utf8(tinfoilBundleText(lab, changed))

describe.each(['tinfoil-bundle', 'auto'] as const)('a bundle, as %s', (format) => {
  it('is evidence, and what else came', async () => {
    const evidence = await decodeEvidence(bundled(), format)
    expect(evidence).toMatchObject({ format: 'tinfoil-bundle', reconstructed: false, crls: 0 })
    expect(evidence.report).toEqual(report)
    const { leaves, intermediates, roots } = partsOfEvidence(evidence)
    expect([leaves, intermediates, roots]).toEqual([[{ kind: 'vcek', der: lab.vek }], [], []])
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({
      tlsKeyDigest: tls,
      hpkeKey: hpke,
      domain: utf8('router.example'),
      releaseDigest: new Uint8Array(32).fill(0xab),
      releaseTag: utf8('v1.2.3'),
      sigstoreBundle: utf8(tinfoilSignatures),
      enclaveCertificate: utf8(pem(lab.vek)),
    })
  })

  it('may have no tag', async () => {
    for (const releaseTag of [undefined, null])
      expect((await decodeEvidence(bundled({ releaseTag }), format)).attachments).not.toContain('releaseTag')
  })
})

const bundle = 'EVIDENCE_MALFORMED tinfoil-bundle: '
const inner = `${bundle}enclaveAttestationReport: `

describe('what is no bundle', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['an unknown member', { crl: '' }, `${bundle}unknown key "crl"`],
    ['no report', { enclaveAttestationReport: null }, `${inner}not a JSON object`],
    [
      'an unknown member beside the report',
      { enclaveAttestationReport: { ...document, x: 1 } },
      `${inner}unknown key "x"`,
    ],
    [
      'a report of TDX',
      { enclaveAttestationReport: { ...document, format: 'x' } },
      `${inner}format is not that of SEV-SNP guests, version 1 or 2`,
    ],
    [
      'a report that is not compressed',
      { enclaveAttestationReport: { ...document, body: base64(report) } },
      `${inner}body is not strict gzip: no header`,
    ],
    ['no domain', { domain: null }, `${bundle}domain is not text`],
    ['no digest', { digest: null }, `${bundle}digest is not text`],
    ['a digest in base64', { digest: base64(new Uint8Array(32)) }, `${bundle}digest is not hex`],
    ['a digest of 31 bytes', { digest: 'ab'.repeat(31) }, `${bundle}digest has not 32 bytes`],
    ['a digest of 33 bytes', { digest: 'ab'.repeat(33) }, `${bundle}digest has not 32 bytes`],
    ['a tag that is a number', { releaseTag: 1 }, `${bundle}releaseTag is not text`],
    ['no signatures', { sigstoreBundle: null }, `${bundle}sigstoreBundle: not a JSON object`],
    ['signatures as text', { sigstoreBundle: 'x' }, `${bundle}sigstoreBundle: not a JSON object`],
    ['no VCEK', { vcek: null }, `${bundle}vcek is not text`],
    ['a VCEK as PEM', { vcek: pem(lab.vek) }, `${bundle}vcek is not base64`],
    ['two VCEKs', { vcek: base64(utf8(pem(lab.vek).repeat(2))) }, `${bundle}vcek: more than one certificate`],
    ['no certificate of the enclave', { enclaveCert: null }, `${bundle}enclaveCert is not text`],
  ])('%s', async (_, changed, refusal) => {
    expect(await refusalOf(bundled(changed))).toBe(refusal)
  })

  it('a list', async () => {
    expect(await refusalOf(utf8('[]'))).toBe(`${bundle}not a JSON object`)
  })
})
