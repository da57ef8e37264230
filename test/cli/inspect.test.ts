import { describe, expect, test } from 'vitest'
import { pem } from '../support/cert-table.js'
import { makeCertificate, makeVek } from '../support/certificates.js'
import { toHex } from '../support/der.js'
import { p256Spki, rsaKey } from '../support/keys.js'
import { amdName } from '../support/names.js'
import { labCrl, labEvidence, labPki } from '../support/pki.js'
import { signPss } from '../support/pss.js'
import type { ReportFields } from '../support/report.js'
import { labChipId, makeReport, patchReport } from '../support/report.js'
import { realFolder, realItems } from '../support/real-folder.js'
import { attested, jsonOf, temporaryFolder } from './harness.js'

const { file } = temporaryFolder()
const evidence = labEvidence()

async function inspected(content: Uint8Array | string, ...more: string[]) {
  const path = file('input', content)
  const [json, text] = [
    await attested(['inspect', path, ...more, '--json']),
    await attested(['inspect', path, ...more]),
  ]
  const inspection = jsonOf(json)
  expect(Object.keys(inspection)).toEqual([
    'schema',
    'format',
    'notVerified',
    'claimed',
    'reconstructed',
    'certificates',
    'attachments',
    'error',
  ])
  expect(inspection).toMatchObject({ schema: 'attested/inspect@1', notVerified: true })
  // Of what nothing recognises it says what to do next.
  const err = inspection.error?.code === 'EVIDENCE_FORMAT' ? expect.stringContaining('--format NAME') : ''
  expect([json.err, text.err]).toEqual([err, err])
  expect(text.status).toBe(json.status)
  expect(text.out).toMatch(/^NOT VERIFIED/)
  return { status: json.status, inspection, text: text.out }
}

const claimedOf = async (fields: ReportFields) => {
  const { status, inspection, text } = await inspected(makeReport(fields))
  expect(status).toBe(0)
  return { claimed: inspection.claimed, text }
}

// Unsigned reports have zeros where R and S are, which only MASK_CHIP_KEY allows; these have some signature.
const signable: ReportFields = {
  patches: [
    { offset: 0x2a0, bytes: Uint8Array.of(1) },
    { offset: 0x2e8, bytes: Uint8Array.of(1) },
  ],
}

describe('reports that no policy accepts are shown', () => {
  test('debug', async () => {
    const { claimed, text } = await claimedOf({ ...signable, policy: 0xb0000n })
    expect(claimed.policy).toBe('0x00000000000b0000')
    expect(text).toMatch(/policy .*debug/)
  })

  test('unsigned', async () => {
    const { claimed, text } = await claimedOf({ maskChipKey: true, signingKey: 7 })
    expect(claimed.keyInfo).toEqual({
      raw: '0x0000001e',
      authorKeyEn: false,
      maskChipKey: true,
      signingKey: 'none',
    })
    expect(text).toContain('maskChipKey true')
  })

  test('requested by the host', async () => {
    const { claimed, text } = await claimedOf({ ...signable, vmpl: 0xffffffff })
    expect(claimed.vmpl).toBe(4294967295)
    expect(text).toMatch(/vmpl .*requested by the host/)
  })

  test('silicon that nobody knows has a TCB of its word alone', async () => {
    const { claimed, text } = await claimedOf({ ...signable, cpuid: { family: 0x1b, model: 0, stepping: 0 } })
    expect(claimed.reportedTcb).toEqual({ raw: '0xdb18000000000004' })
    expect(claimed.cpuid).toEqual({ family: 27, model: 0, stepping: 0 })
    expect(text).toMatch(/reportedTcb +0xdb18000000000004\n/)
  })
})

test('version 2 is shown in the layout of Milan and Genoa', async () => {
  const { claimed } = await claimedOf({ ...signable, version: 2, line: 'Genoa' })
  expect(claimed.cpuid).toBeNull()
  expect(claimed.launchMitVector).toBeNull()
  expect(claimed.currentTcb).toEqual({
    raw: '0x541700000000000a',
    bootloader: 10,
    tee: 0,
    snp: 23,
    microcode: 84,
  })
})

test('Turin has fmc, and version 5 the mitigation vectors', async () => {
  const { claimed, text } = await claimedOf({ ...signable, version: 5, line: 'Turin' })
  expect(claimed.launchTcb).toEqual({
    raw: '0x5100000004010101',
    fmc: 1,
    bootloader: 1,
    tee: 1,
    snp: 4,
    microcode: 81,
  })
  expect(claimed.currentMitVector).toBe('0x000000000000003f')
  expect(text).toContain('(Turin)')
})

describe('what cannot be read', () => {
  test.each([
    [
      'a later version',
      patchReport(evidence.report, 0, Uint8Array.of(6)),
      30,
      'REPORT_VERSION_UNSUPPORTED',
      'snp-report',
    ],
    [
      'a reserved byte',
      patchReport(evidence.report, 0x4c, Uint8Array.of(6)),
      30,
      'REPORT_RESERVED_NONZERO',
      'snp-report',
    ],
    ['a short report', evidence.report.slice(1), 30, 'EVIDENCE_FORMAT', null],
    ['nothing', '', 30, 'EVIDENCE_FORMAT', null],
    [
      'PEM that is none',
      '-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n',
      30,
      'EVIDENCE_MALFORMED',
      'certificates',
    ],
    ['PEM of something else', pem(evidence.vek, 'PRIVATE KEY'), 30, 'EVIDENCE_MALFORMED', 'certificates'],
    ['no certificate in PEM', pem(Uint8Array.of(5, 0)), 30, 'DER_UNEXPECTED', 'certificates'],
  ] as const)('%s', async (_, content, status, code, format) => {
    const found = await inspected(content)
    expect(found.status).toBe(status)
    expect(found.inspection).toMatchObject({ format, claimed: null, error: { code } })
    expect(found.text).toContain(`cannot be read: ${code}`)
  })

  test('a named format is not replaced by another', async () => {
    const found = await inspected(evidence.report, '--format', 'tsm')
    expect(found).toMatchObject({
      status: 30,
      inspection: { format: 'tsm', error: { code: 'EVIDENCE_MALFORMED' } },
    })
  })

  test('certificates of a report that cannot be read are shown all the same', async () => {
    const later = patchReport(evidence.report, 0, Uint8Array.of(6))
    const { inspection } = await inspected(later, '--vek', file('vek.der', evidence.vek))
    expect(inspection.certificates).toMatchObject([{ role: 'vcek', refusal: null }])
  })
})

describe('certificates', () => {
  const vcek = {
    kind: 'certificate',
    role: 'vcek',
    subject: 'SEV-VCEK',
    issuer: 'SEV-Milan',
    serial: '0x0',
    notBefore: '2026-01-01T00:00:00.000Z',
    notAfter: '2033-01-01T00:00:00.000Z',
    product: 'Milan',
    productName: 'Milan-B0',
    tcb: { raw: '0xdb18000000000004', bootloader: 4, tee: 0, snp: 24, microcode: 219 },
    hwId: toHex(labChipId('Milan')),
    cspId: null,
    refusal: null,
  }
  const crl = {
    kind: 'crl',
    issuer: 'ARK-Genoa',
    number: '7',
    thisUpdate: '2026-05-20T00:00:00.000Z',
    nextUpdate: '2026-07-01T00:00:00.000Z',
    revoked: ['0x20001'],
    refusal: null,
  }

  test('of a certificate table, and those given beside it', async () => {
    const table = Buffer.concat([evidence.report, evidence.table])
    const genoa = file('genoa.crl', labCrl('Genoa'))
    const { status, inspection, text } = await inspected(table, '--crl', genoa)
    expect(status).toBe(0)
    expect(inspection.format).toBe('snp-report+cert-table')
    expect(inspection.certificates).toMatchObject([
      vcek,
      {
        role: 'ask',
        subject: 'SEV-Milan',
        issuer: 'ARK-Milan',
        serial: '0x10001',
        product: null,
        hwId: null,
      },
      { role: 'ark', subject: 'ARK-Milan', issuer: 'ARK-Milan', serial: '0x10000' },
      crl,
    ])
    for (const part of ['vcek certificate', 'ask certificate', 'ark certificate', 'CRL', '0x20001'])
      expect(text).toContain(part)
  })

  test('of a VLEK', async () => {
    const lab = labEvidence({ line: 'Turin', signer: 'vlek' })
    const { inspection } = await inspected(
      lab.report,
      '--vek',
      file('vlek.der', lab.vek),
      '--certificate',
      file('asvk.der', lab.ask),
    )
    expect(inspection.certificates).toMatchObject([
      { role: 'vlek', product: 'Turin', hwId: null, cspId: 'CN=cc-lab-1.csp.example', tcb: { fmc: 1 } },
      { role: 'asvk', subject: 'SEV-VLEK-Turin' },
    ])
  })

  test.each([
    ['DER', evidence.vek, [vcek]],
    ['PEM', pem(evidence.vek), [vcek]],
    ['a CRL in DER', labCrl('Genoa'), [crl]],
    ['a bundle', pem(evidence.vek) + '\n' + pem(labCrl('Genoa'), 'X509 CRL'), [vcek, crl]],
  ])('alone, as %s', async (_, content, certificates) => {
    const { status, inspection } = await inspected(content)
    expect(status).toBe(0)
    expect(inspection).toMatchObject({ format: 'certificates', claimed: null, certificates, error: null })
    expect((await inspected(content, '--format', 'certificates')).inspection).toEqual(inspection)
  })

  test('that are not of AMD are shown, with the code that refuses them', async () => {
    const key = rsaKey('ark-Milan')
    const { der } = makeCertificate({
      serial: 0x1234n,
      issuer: [{ oid: 'CN', value: 'Example CA' }],
      subject: [{ oid: 'O', value: 'Example' }],
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2027-01-01T00:00:00Z'),
      spki: p256Spki('web'),
      extensions: [],
      sign: (tbs) => signPss(tbs, key),
    })
    const { status, inspection } = await inspected(der)
    expect(status).toBe(0)
    expect(inspection.certificates).toMatchObject([
      {
        role: 'other',
        subject: 'O=Example',
        issuer: 'Example CA',
        serial: '0x1234',
        notBefore: '2026-01-01T00:00:00.000Z',
        product: null,
        refusal: { code: 'CERTIFICATE_MALFORMED' },
      },
    ])
  })

  test('a VEK that verification refuses is shown, with the code', async () => {
    const { ask } = labPki().lines.Milan
    const { der } = makeVek({ line: 'Milan', kind: 'vcek', authority: ask, structVersion: 9 })
    const { status, inspection, text } = await inspected(evidence.report, '--vek', file('odd.der', der))
    expect(status).toBe(0)
    expect(inspection.certificates).toMatchObject([
      {
        role: 'vcek',
        subject: 'SEV-VCEK',
        product: null,
        tcb: null,
        refusal: { code: 'CERTIFICATE_UNSUPPORTED' },
      },
    ])
    expect(text).toContain('refused')
  })

  test('an authority that is given as the key is judged as one', async () => {
    const { inspection } = await inspected(evidence.report, '--vek', file('ask.der', evidence.ask))
    expect(inspection.certificates).toMatchObject([{ role: 'ask', refusal: { code: 'CERTIFICATE_PROFILE' } }])
  })

  test('a name can neither forge lines nor move the cursor', async () => {
    const { ask } = labPki().lines.Milan
    const subject = amdName('SEV-VCEK\n  refused      no\u001b[2J')
    const { der } = makeVek({ line: 'Milan', kind: 'vcek', authority: ask, subject })
    const { text, inspection } = await inspected(der)
    expect(text).toContain('SEV-VCEK\\u{a}  refused      no\\u{1b}[2J')
    expect(inspection.certificates[0].subject).toBe('SEV-VCEK\n  refused      no\u001b[2J')
  })
})

test('standard input', async () => {
  const ran = await attested(['inspect', '-', '--json'], { stdin: evidence.report })
  expect(ran.status).toBe(0)
  expect(jsonOf(ran).claimed.version).toBe(3)
})

describe.skipIf(realFolder() === null)('real evidence', () => {
  test.each(realItems())('$slug: as two other readers read it', async ({ folder, meta }) => {
    const vek = meta.files['vek']
    const ran = await attested([
      'inspect',
      `${folder}/${meta.files['report'] ?? ''}`,
      ...(vek === undefined ? [] : ['--vek', `${folder}/${vek}`]),
      '--json',
    ])
    expect(ran.status).toBe(0)
    const { claimed, certificates } = jsonOf(ran)
    expect(claimed).toMatchObject(meta.claimed)
    expect(certificates).toHaveLength(vek === undefined ? 0 : 1)
    if (vek !== undefined) expect(certificates[0].sha256).toBe(meta.sha256[vek])
  })

  test('the genuine but revoked certificate of SEV-Genoa', async () => {
    const ran = await attested(['inspect', `${realFolder() ?? ''}/revoked-ask-genoa/ask.der`, '--json'])
    expect(jsonOf(ran).certificates).toMatchObject([
      { role: 'ask', subject: 'SEV-Genoa', serial: '0x20001', refusal: null },
    ])
  })
})
