// The oracle is OpenSSL, once inside node:crypto and once as a program: neither shares code with the builders.
import { spawnSync } from 'node:child_process'
import { X509Certificate, createHash, createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { concat, hex } from './der.js'
import { rsaKey } from './keys.js'
import { LINES } from './names.js'
import {
  AMD_OIDS,
  dropExtension,
  makeArk,
  makeAsk,
  makeAsvk,
  makeVek,
  repeatExtension,
  setExtension,
} from './certificates.js'
import { makeCrl } from './crl.js'
import { pem } from './cert-table.js'
import { LAB_NOW, labCrl, labEvidence, labPki } from './pki.js'
import type { EvidenceOptions, LabEvidence } from './pki.js'
import { SIGNED_SIZE, signatureOf } from './report.js'

const certificate = (der: Uint8Array): X509Certificate => new X509Certificate(Buffer.from(der))

function reportVerifies({ report, vek }: LabEvidence): boolean {
  const { r, s } = signatureOf(report)
  const p1363 = concat(hex(r.toString(16).padStart(96, '0')), hex(s.toString(16).padStart(96, '0')))
  const key = certificate(vek).publicKey
  return verify('sha384', report.subarray(0, SIGNED_SIZE), { key, dsaEncoding: 'ieee-p1363' }, p1363)
}

function chainVerifies({ vek, ask, ark }: LabEvidence): boolean {
  const [leaf, intermediate, root] = [certificate(vek), certificate(ask), certificate(ark)]
  return (
    leaf.checkIssued(intermediate) &&
    intermediate.checkIssued(root) &&
    root.checkIssued(root) &&
    leaf.verify(intermediate.publicKey) &&
    intermediate.verify(root.publicKey) &&
    root.verify(root.publicKey)
  )
}

const all: readonly EvidenceOptions[] = LINES.flatMap((line) =>
  (['vcek', 'vlek'] as const).flatMap((signer) => [2, 3, 4, 5].map((version) => ({ line, signer, version }))),
)

describe('evidence', () => {
  it.each(all)('of $line, $signer, version $version, verifies', (options) => {
    const evidence = labEvidence(options)
    expect(chainVerifies(evidence)).toBe(true)
    expect(reportVerifies(evidence)).toBe(true)
    expect(labEvidence(options)).toEqual(evidence)
  })

  it.each<EvidenceOptions>([
    { line: 'Turin', chain: 'attacker' },
    { line: 'Genoa', signer: 'vlek', chain: 'attacker' },
    { line: 'Milan', chain: 'rotated' },
    { line: 'Genoa', chain: 'rotated' },
    { line: 'Genoa', chain: 'revoked' },
  ])('verifies within its own chain: %o', (options) => {
    const evidence = labEvidence(options)
    expect([chainVerifies(evidence), reportVerifies(evidence)]).toEqual([true, true])
    const usual = certificate(labEvidence({ ...options, chain: 'lab' }).ask)
    expect(certificate(evidence.vek).verify(usual.publicKey)).toBe(false)
    expect(certificate(evidence.ask).subject).toBe(usual.subject)
  })

  it('refuses chains that the lab does not have', () => {
    expect(() => labEvidence({ line: 'Turin', chain: 'rotated' })).toThrow('no rotated')
    expect(() => labEvidence({ line: 'Genoa', signer: 'vlek', chain: 'revoked' })).toThrow('no revoked')
  })

  it('gives one key per line, kind, owner and TCB', () => {
    const base = labEvidence()
    expect(labEvidence({ vek: { notBefore: new Date('2026-02-01T00:00:00Z') } }).scalar).toEqual(base.scalar)
    const others: readonly EvidenceOptions[] = [
      { line: 'Genoa' },
      { signer: 'vlek' },
      { report: { chipId: new Uint8Array(64).fill(1) } },
      { report: { tcb: { bootloader: 4, snp: 0x18, microcode: 0xdc } } },
    ]
    for (const options of others) {
      const evidence = labEvidence(options)
      expect(evidence.scalar).not.toEqual(base.scalar)
      expect(reportVerifies(evidence)).toBe(true)
    }
  })

  it('has the same bytes in every process', () => {
    const state = createHash('sha256')
    for (const options of all) {
      const { report, vek, ask, ark, crl } = labEvidence(options)
      for (const part of [report, vek, ask, ark, crl]) state.update(part)
    }
    expect(state.digest('hex')).toBe('92fcb66abe6801d6eab80bdafddbfca04ce619e68c7c236e4b1867bc689f401c')
  })
})

describe('authorities', () => {
  it('carry AMD’s names, their own serials and purposes', () => {
    const { lines, rotated, revoked } = labPki()
    const summary = [
      ...LINES.flatMap((line) => Object.values(lines[line])),
      ...Object.values(rotated),
      revoked.Genoa,
    ]
      .map(({ der }) => certificate(der))
      .map(({ subject, serialNumber, ca }) => `${/CN=(.*)/.exec(subject)?.[1]} ${serialNumber} ${ca}`)
    expect(summary).toEqual([
      'ARK-Milan 010000 true',
      'SEV-Milan 010001 true',
      'SEV-VLEK-Milan 010101 true',
      'ARK-Genoa 020000 true',
      'SEV-Genoa 020002 true',
      'SEV-VLEK-Genoa 020101 true',
      'ARK-Turin 030000 true',
      'SEV-Turin 030001 true',
      'SEV-VLEK-Turin 030101 true',
      'SEV-Milan 010002 true',
      'SEV-Genoa 020003 true',
      'SEV-Genoa 020001 true',
    ])
  })

  it('are the same when made again', () => {
    const ark = makeArk('Genoa')
    const { lines } = labPki()
    expect(ark.der).toEqual(lines.Genoa.ark.der)
    expect(makeAsk('Genoa', ark).der).toEqual(lines.Genoa.ask.der)
    expect(makeAsvk('Genoa', ark).der).toEqual(lines.Genoa.asvk.der)
  })

  it('can be weak', () => {
    const { ark } = labPki().lines.Milan
    const weak = makeAsk('Milan', ark, { key: rsaKey('weak-ask') })
    expect(certificate(weak.der).publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
    const { vek } = labEvidence({ vek: { authority: weak } })
    expect(certificate(vek).verify(certificate(weak.der).publicKey)).toBe(true)
  })
})

describe('edits', () => {
  const authority = labPki().lines.Milan.ask
  const verifies = (der: Uint8Array): boolean => certificate(der).verify(createPublicKey(pem(authority.der)))
  const make = (options: Omit<Parameters<typeof makeVek>[0], 'line' | 'kind' | 'authority'>): Uint8Array =>
    makeVek({ line: 'Milan', kind: 'vcek', authority, ...options }).der

  it('of extensions and fields stay signed', () => {
    expect(verifies(make({ edit: (list) => dropExtension(list, AMD_OIDS.hwId) }))).toBe(true)
    expect(verifies(make({ edit: (list) => repeatExtension(list, AMD_OIDS.blSpl) }))).toBe(true)
    expect(verifies(make({ edit: (list) => setExtension(list, AMD_OIDS.blSpl, { critical: true }) }))).toBe(
      true,
    )
    expect(verifies(make({ wrappedHwId: true, serial: Uint8Array.of(0x7f), cspId: 'CN=both' }))).toBe(true)
  })

  it('after signing break the signature', () => {
    const flip = (bytes: Uint8Array): Uint8Array =>
      bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte))
    expect(verifies(make({}))).toBe(true)
    expect(verifies(make({ tamperTbs: flip }))).toBe(false)
    expect(verifies(make({ tamperSignature: flip }))).toBe(false)
  })
})

const openssl = (...args: readonly string[]) => spawnSync('openssl', args, { encoding: 'utf8' })

describe.skipIf(openssl('version').status !== 0)('the openssl program', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'attested-lab-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  const file = (name: string, content: Uint8Array | string): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }

  it.each(all.filter(({ version }) => version === 3))('accepts the chain of $line, $signer', (options) => {
    const { ark, ask, vek } = labEvidence(options)
    const run = (...flags: readonly string[]) =>
      openssl(
        'verify',
        ...flags,
        '-attime',
        String(LAB_NOW.getTime() / 1000),
        '-CAfile',
        file('ark.pem', pem(ark)),
        '-untrusted',
        file('ask.pem', pem(ask)),
        file('vek.pem', pem(vek)),
      )
    expect(run().status).toBe(0)
    // The one strict check that AMD's leaves fail as well: they have no authority key identifier.
    expect(run('-x509_strict').stderr.match(/error \d+ at \d/g)).toEqual(['error 85 at 0'])
  })

  it.each(LINES)('reads and verifies the CRL of %s', (line) => {
    const crl = file('crl.der', labCrl(line))
    const ark = file('ark.pem', pem(labPki().lines[line].ark.der))
    const result = openssl('crl', '-inform', 'der', '-in', crl, '-noout', '-text', '-CAfile', ark)
    expect(result.stderr).toContain('verify OK')
    expect(result.stdout).toMatch(/Version 2 \(0x1\)[\s\S]*X509v3 CRL Number: \n\s+7\n/)
    expect(result.stdout).toContain(line === 'Genoa' ? 'Serial Number: 020001' : 'No Revoked Certificates')
  })

  it('refuses the chain once the CRL lists its ASK', () => {
    const { ark, ask, crl } = labEvidence({ line: 'Genoa', chain: 'revoked' })
    const run = (intermediate: Uint8Array) =>
      openssl(
        'verify',
        '-attime',
        String(LAB_NOW.getTime() / 1000),
        '-crl_check',
        '-CAfile',
        file('ark.pem', pem(ark)),
        '-CRLfile',
        file('crl.pem', pem(crl, 'X509 CRL')),
        file('ask.pem', pem(intermediate)),
      )
    expect(run(ask).stderr).toContain('certificate revoked')
    expect(run(labPki().lines.Genoa.ask.der).status).toBe(0)
  })

  it('notices that another authority signed a CRL', () => {
    const { lines, attacker } = labPki()
    const crl = file('forged.der', makeCrl({ authority: attacker('Milan').ark }).der)
    const ark = file('ark.pem', pem(lines.Milan.ark.der))
    const result = openssl('crl', '-inform', 'der', '-in', crl, '-noout', '-CAfile', ark)
    expect(result.stderr).not.toContain('verify OK')
  })
})
