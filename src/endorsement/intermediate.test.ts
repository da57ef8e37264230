import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Authority, AuthorityOptions, Extensions } from '../../test/support/certificates.js'
import {
  CRL_SIGN,
  KEY_CERT_SIGN,
  X509_OIDS,
  basicConstraints,
  dropExtension,
  keyUsage,
  makeAsk,
  makeAsvk,
  setExtension,
} from '../../test/support/certificates.js'
import { boolean, integer, sequence } from '../../test/support/der.js'
import { GENUINE_AT, genuineGenoa } from '../../test/support/genuine-genoa.js'
import { rsaKey } from '../../test/support/keys.js'
import {
  codeOf,
  evidenceOf,
  inputOf,
  labAnchors,
  labVerifier,
  policyOf,
} from '../../test/support/lab-verifier.js'
import { authorityName } from '../../test/support/names.js'
import { LAB_NOW, labCrl, labEvidence, labPki } from '../../test/support/pki.js'
import type { LabEvidence } from '../../test/support/pki.js'
import { realFolder } from '../../test/support/real-folder.js'
import { sha256Hex } from '../crypto/digests.js'
import { appraiseEvidence } from '../verify/amd.js'
import { makeVerifier } from '../verify/pipeline.js'
import { parseCertificate } from '../x509/certificate.js'

const open = { unchecked: 'not part of this test' } as const
const required = { crl: 'required', graceDays: open, minNumbers: open, maxFetchAgeDays: open } as const
const rotating = policyOf({ intermediates: 'arkSigned', revocation: required })
const pinned = policyOf()
const { lines } = labPki()

async function judge(
  lab: LabEvidence,
  certificates: readonly Uint8Array[],
  { policy = rotating, entries = [] as readonly bigint[], at = LAB_NOW, verifier = labVerifier } = {},
) {
  const list = labCrl(lab.line, { entries: entries.map((serial) => ({ serial })) })
  const evidence = await evidenceOf(lab, { certificates, crls: [{ crl: list, fetchedAt: LAB_NOW }] })
  return codeOf(verifier, await inputOf(evidence, { policy: await policy, at }))
}

describe('a rotated intermediate', () => {
  const rotated = labEvidence({ line: 'Genoa', chain: 'rotated' })

  it('is unknown to a policy that takes the pinned ones', async () => {
    expect(await judge(rotated, [rotated.ask], { policy: pinned })).toBe('CHAIN_INTERMEDIATE_UNKNOWN')
    expect(await judge(rotated, [], { policy: pinned })).toBe('CHAIN_SIGNATURE')
  })

  it('is taken by a policy that says so, with a CRL', async () => {
    expect(await judge(rotated, [rotated.ask])).toBeNull()
    expect(await judge(rotated, [rotated.ask, rotated.ark])).toBeNull()
    const evidence = await evidenceOf(rotated, { certificates: [rotated.ask] })
    expect(await codeOf(labVerifier, await inputOf(evidence, { policy: await rotating }))).toBe(
      'REVOCATION_MISSING',
    )
  })

  it('must come along', async () => {
    expect(await judge(rotated, [])).toBe('CHAIN_SIGNATURE')
    expect(await judge(rotated, [lines.Genoa.ask.der])).toBe('CHAIN_SIGNATURE')
  })

  it('does not stand in the way of the pinned one', async () => {
    const lab = labEvidence({ line: 'Genoa' })
    for (const certificates of [[], [lab.ask], [rotated.ask], [rotated.ask, lab.ask], [lab.ask, rotated.ask]])
      expect(await judge(lab, certificates)).toBeNull()
    for (const certificates of [
      [rotated.ask, lab.ask],
      [lab.ask, rotated.ask],
    ])
      expect(await judge(rotated, certificates)).toBeNull()
  })

  it('counts as the issuer only of what it signed: revocation and dates are those of the one that did', async () => {
    const lab = labEvidence({ line: 'Genoa' })
    const both = [rotated.ask, lab.ask]
    // 0x20003 is the rotated one, 0x20002 the pinned one.
    expect(await judge(lab, both, { entries: [0x20003n] })).toBeNull()
    expect(await judge(lab, both, { entries: [0x20002n] })).toBe('REVOCATION_REVOKED')
    expect(await judge(rotated, both, { entries: [0x20003n] })).toBe('REVOCATION_REVOKED')
  })

  it('is refused once a CRL lists it', async () => {
    expect(await judge(rotated, [rotated.ask], { entries: [0x20003n] })).toBe('REVOCATION_REVOKED')
    // The serial of the pinned one is not that of the one that signed.
    expect(await judge(rotated, [rotated.ask], { entries: [0x20002n] })).toBeNull()
  })

  it('is judged by its own dates', async () => {
    const ask = makeAsk('Genoa', lines.Genoa.ark, {
      key: rsaKey('rotatedAsk-Genoa'),
      serial: 0x20003n,
      notAfter: new Date('2026-05-31T00:00:00Z'),
    })
    expect(await judge(rotated, [ask.der])).toBe('CERTIFICATE_EXPIRED')
  })

  it('exists for VLEKs too', async () => {
    const asvk = makeAsvk('Milan', lines.Milan.ark, { key: rsaKey('rotatedAsk-Milan'), serial: 0x10102n })
    const lab = labEvidence({ signer: 'vlek', vek: { authority: asvk } })
    expect(await judge(lab, [asvk.der])).toBeNull()
    expect(await judge(lab, [asvk.der], { policy: pinned })).toBe('CHAIN_INTERMEDIATE_UNKNOWN')
  })
})

describe('an intermediate that is not of AMD’s profile', () => {
  const rotated = labEvidence({ line: 'Genoa', chain: 'rotated' })
  const { ark } = lines.Genoa
  const make = (options: AuthorityOptions, issuer: Authority = ark): Uint8Array =>
    makeAsk('Genoa', issuer, { key: rsaKey('rotatedAsk-Genoa'), serial: 0x20003n, ...options }).der
  const constraints =
    (...content: readonly Uint8Array[]) =>
    (list: Extensions) =>
      setExtension(list, X509_OIDS.basicConstraints, { value: sequence(...content) })
  const usage =
    (...bits: readonly number[]) =>
    (list: Extensions) =>
      setExtension(list, X509_OIDS.keyUsage, { value: keyUsage(...bits).value })

  it.each<readonly [string, Uint8Array]>([
    ['pathlen 1', make({ edit: constraints(boolean(true), integer(1)) })],
    ['no pathlen', make({ edit: constraints(boolean(true)) })],
    ['CA false', make({ edit: constraints(boolean(false), integer(0)) })],
    ['CA left out', make({ edit: constraints(integer(0)) })],
    ['empty constraints', make({ edit: constraints() })],
    [
      'constraints that are not critical',
      make({
        edit: (list) => [
          ...dropExtension(list, X509_OIDS.basicConstraints),
          { oid: X509_OIDS.basicConstraints, value: basicConstraints(0).value },
        ],
      }),
    ],
    ['no constraints', make({ edit: (list) => dropExtension(list, X509_OIDS.basicConstraints) })],
    ['no key usage', make({ edit: (list) => dropExtension(list, X509_OIDS.keyUsage) })],
    [
      'a key usage that is not critical',
      make({
        edit: (list) => [
          ...dropExtension(list, X509_OIDS.keyUsage),
          { oid: X509_OIDS.keyUsage, value: keyUsage(KEY_CERT_SIGN).value },
        ],
      }),
    ],
    ['a key usage for CRLs as well', make({ edit: usage(KEY_CERT_SIGN, CRL_SIGN) })],
    ['a key usage for signatures alone', make({ edit: usage(0) })],
    ['no usage at all', make({ edit: usage() })],
    ['an extension more', make({ edit: (list) => [...list, { oid: '2.5.29.32', value: sequence() }] })],
    [
      'an extension in the place of another',
      make({
        edit: (list) => [
          ...dropExtension(list, X509_OIDS.crlDistributionPoints),
          { oid: '2.5.29.32', value: sequence() },
        ],
      }),
    ],
    ['an extension less', make({ edit: (list) => dropExtension(list, X509_OIDS.subjectKeyIdentifier) })],
    ['constraints twice', make({ edit: (list) => [...list, basicConstraints(0)] })],
    ['another subject', make({ subject: authorityName('asvk', 'Genoa') })],
    ['another issuer', make({ issuer: authorityName('ark', 'Milan') })],
    ['the signature of another root', make({}, { ...lines.Milan.ark, name: ark.name })],
    ['the signature of the attacker’s root', make({}, labPki().attacker('Genoa').ark)],
    [
      'a damaged signature',
      make({ tamperSignature: (bytes) => bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)) }),
    ],
    ['something after its end', make({ trailing: Uint8Array.of(0) })],
    ['no certificate at all', new Uint8Array(100).fill(0x41)],
    ['an endorsement key', rotated.vek],
    ['an intermediate of another line', lines.Milan.ask.der],
  ])('is unknown: %s', async (_name, der) => {
    expect(await judge(rotated, [der])).toBe('CHAIN_INTERMEDIATE_UNKNOWN')
  })

  it('is unknown beside a good one, too', async () => {
    const bad = make({ edit: constraints(boolean(true), integer(1)) })
    expect(await judge(rotated, [rotated.ask, bad])).toBe('CHAIN_INTERMEDIATE_UNKNOWN')
    expect(await judge(rotated, [bad, rotated.ask])).toBe('CHAIN_INTERMEDIATE_UNKNOWN')
  })
})

describe('an intermediate that is known to be revoked', () => {
  const revoked = labEvidence({ line: 'Genoa', chain: 'revoked' })
  const verifier = makeVerifier(
    labAnchors([
      {
        certificateSha256: sha256Hex(revoked.ask),
        spkiSha256: sha256Hex(parseCertificate(revoked.ask).spki),
      },
    ]),
  )
  const reissued = makeAsk('Genoa', lines.Genoa.ark, {
    key: rsaKey('revokedAsk-Genoa'),
    serial: 0x20009n,
  }).der

  it.each([
    ['itself', revoked.ask],
    ['its key under another certificate', reissued],
  ])('is refused without any CRL: %s', async (_name, ask) => {
    for (const policy of [await pinned, await rotating]) {
      const evidence = await evidenceOf(revoked, { certificates: [ask] })
      expect(await codeOf(verifier, await inputOf(evidence, { policy }))).toBe('REVOCATION_REVOKED')
    }
  })

  it.each([
    ['itself', revoked.ask],
    ['its key under another certificate', reissued],
  ])('is refused with one that does not list it: %s', async (_name, ask) => {
    for (const policy of [pinned, rotating])
      expect(await judge(revoked, [ask], { policy, verifier })).toBe('REVOCATION_REVOKED')
  })

  it('is refused by its fingerprint alone, or by its key alone', async () => {
    const [certificateSha256, spkiSha256] = [
      sha256Hex(revoked.ask),
      sha256Hex(parseCertificate(revoked.ask).spki),
    ]
    for (const known of [
      { certificateSha256, spkiSha256: '' },
      { certificateSha256: '', spkiSha256 },
    ])
      expect(await judge(revoked, [revoked.ask], { verifier: makeVerifier(labAnchors([known])) })).toBe(
        'REVOCATION_REVOKED',
      )
    const other = makeVerifier(labAnchors([{ certificateSha256: '', spkiSha256: '' }]))
    expect(await judge(revoked, [revoked.ask], { verifier: other })).toBeNull()
  })

  it('is refused even where the leaf is of the good one', async () => {
    const lab = labEvidence({ line: 'Genoa' })
    expect(await judge(lab, [revoked.ask], { policy: pinned, verifier })).toBe('REVOCATION_REVOKED')
    expect(await judge(lab, [lab.ask], { policy: pinned, verifier })).toBeNull()
  })

  it('is refused by the CRL alone where only that knows it', async () => {
    expect(await judge(revoked, [revoked.ask], { entries: [0x20001n] })).toBe('REVOCATION_REVOKED')
    // The same without the entry shows that nothing else stood in its way.
    expect(await judge(revoked, [revoked.ask])).toBeNull()
  })

  it('leaves a leaf without an issuer', async () => {
    expect(await judge(revoked, [], { verifier })).toBe('CHAIN_SIGNATURE')
  })
})

describe('the genuine ASK that AMD revoked', () => {
  const folder = realFolder()
  it.skipIf(folder === null)('is refused with genuine evidence, with and without its CRL', async () => {
    const ask = new Uint8Array(readFileSync(join(folder ?? '', 'revoked-ask-genoa/ask.der')))
    const crl = new Uint8Array(readFileSync(join(folder ?? '', 'crls/genoa-4.der')))
    const { report, leaf } = genuineGenoa()
    for (const crls of [[], [{ crl }]]) {
      const evidence = await evidenceOf({ report, vek: leaf }, { certificates: [ask], crls })
      expect(await codeOf({ appraiseEvidence }, await inputOf(evidence, { at: GENUINE_AT }))).toBe(
        'REVOCATION_REVOKED',
      )
      const good = await evidenceOf({ report, vek: leaf }, { crls })
      expect(await codeOf({ appraiseEvidence }, await inputOf(good, { at: GENUINE_AT }))).toBeNull()
    }
  })
})
