import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../test/support/der.js'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { attestedDocument, changed, expectationsOf } from '../../test/support/manifest-documents.js'
import { LAB_NOW, labEvidence } from '../../test/support/pki.js'
import { repositoryRoot } from '../../test/support/real-folder.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../../test/support/report.js'
import type { PolicyDocument } from '../appraisal/document.js'
import { policyDigest } from '../appraisal/policy.js'
import { bindings } from '../binding/forms.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import type { RevocationRule } from '../endorsement/revocation.js'
import type { JsonValue } from '../errors/error.js'
import { appraisedOf } from './accepted.js'
import type { VerificationInput } from './input.js'
import { checkRegistry } from './registry.js'

const lab = labEvidence()
const open = { unchecked: 'not part of this test' } as const
const stored = bindings.reportData(LAB_REPORT_DATA, { freshness: { unchecked: 'a stored sample' } })
const identified: Partial<PolicyDocument> = {
  identity: 'required',
  measurements: [{ label: 'lab image', value: toHex(LAB_MEASUREMENT) }],
}

async function accept(
  stated: Partial<PolicyDocument> = {},
  input: Partial<VerificationInput> = {},
  evidence = evidenceOf(lab, { crls: [{ crl: lab.crl, fetchedAt: LAB_NOW }] }),
) {
  return labVerifier.verifyEvidence(await inputOf(evidence, { policy: await policyOf(stated), ...input }))
}

describe('an accepted result', () => {
  it('says what was verified, with what and when', async () => {
    const policy = await policyOf(identified)
    const result = await labVerifier.verifyEvidence(
      await inputOf(evidenceOf(lab), { policy, binding: stored }),
    )
    const manifest = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as {
      version: string
    }
    expect(result).toMatchObject({
      schema: 'attested/verdict@1',
      verdict: 'accepted',
      kind: 'verified',
      libraryVersion: manifest.version,
      policyDigest: policyDigest(policy),
      evidenceDigest: createHash('sha256').update(lab.report.subarray(0, 0x2a0)).digest('hex'),
      at: '2026-06-01T00:00:00.000Z',
      validUntil: '2033-01-01T00:00:00.000Z',
      product: 'Milan',
      signer: 'vcek',
      cspId: null,
      endorsementKey: createHash('sha256').update(lab.vekCertificate.key.spki).digest('hex'),
      softwareIdentity: 'measurement',
      measurementLabel: 'lab image',
      freshness: 'none',
      freshnessBasis: null,
      channel: 'unbound',
      crl: null,
    })
    expect(result.checks.map(({ id }) => id)).toEqual(checkRegistry.map(({ id }) => id))
    expect(result.checks.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'unchecked')).toEqual([])
  })

  it('lists everything that was left unchecked, with its reason', async () => {
    const { checks, unchecked } = await accept()
    const left = checks
      .filter(({ outcome }) => outcome === 'unchecked')
      .map(({ id, reason }) => ({ id, reason }))
    // What the policy says of itself is no check, but it is left open all the same.
    expect(unchecked).toEqual([...left, { id: 'identity', reason: 'this test is about something else' }])
    expect(unchecked.filter(({ reason }) => reason === '')).toEqual([])
  })

  it('says who a VLEK belongs to', async () => {
    const vlek = labEvidence({ signer: 'vlek' })
    expect(await accept({}, {}, evidenceOf(vlek))).toMatchObject({
      signer: 'vlek',
      chipId: null,
      cspId: 'CN=cc-lab-1.csp.example',
    })
  })

  it('is frozen, and so is what is in it', async () => {
    const result = await accept({ ...identified, revocation: required({}) }, { binding: stored })
    const thawed: string[] = []
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
      if (!Object.isFrozen(value)) thawed.push(path)
      for (const [name, member] of Object.entries(value)) visit(member, `${path}.${name}`)
    }
    visit(result, 'result')
    // What a check expected and found is for people.
    expect(thawed.filter((path) => !/^result\.checks\.\d+\.(expected|actual)/.test(path))).toEqual([])
  })

  it('gives copies of bytes', async () => {
    const { report } = await accept()
    report.measurement.fill(0)
    expect(report.measurement).toEqual(LAB_MEASUREMENT)
  })

  it('comes from a verification alone', async () => {
    const result = await accept()
    expect(appraisedOf(result).authentic.report.measurement).toEqual(LAB_MEASUREMENT)
    for (const fake of [{ ...result }, Object.create(result) as never, new Proxy(result, {}), {} as never])
      expect(() => appraisedOf(fake)).toThrow(TypeError)
  })
})

describe('the kind of a result', () => {
  const unbound = { unchecked: 'nobody asks' }
  it.each<readonly [string, Partial<PolicyDocument>, VerificationInput['binding'], string, string]>([
    ['software and commitment', identified, stored, 'verified', 'measurement'],
    ['no software', {}, stored, 'unidentified', 'none'],
    ['no commitment', identified, unbound, 'unbound', 'measurement'],
    ['neither', {}, unbound, 'unbound', 'none'],
  ])('says what was left open: %s', async (_name, stated, binding, kind, softwareIdentity) => {
    expect(await accept(stated, { binding })).toMatchObject({ kind, softwareIdentity })
  })

  it('is debug for whatever verifyDebugEvidence accepts', async () => {
    const debug = labEvidence({ report: { policy: 0xb0000n } })
    for (const evidence of [evidenceOf(debug), evidenceOf(lab)]) {
      const input = await inputOf(evidence, { policy: await policyOf(identified), binding: stored })
      expect(await labVerifier.verifyDebugEvidence(input)).toMatchObject({
        kind: 'debug',
        verdict: 'accepted',
      })
    }
  })

  it('names the ID key or the author key where that is what the policy states', async () => {
    const digest = (byte: number) => new Uint8Array(48).fill(byte)
    const signed = labEvidence({
      report: { idKeyDigest: digest(1), authorKeyDigest: digest(2), authorKeyEn: true },
    })
    const idBlock = {
      idKeyDigests: open,
      authorKeyDigests: open,
      minGuestSvn: open,
      familyIds: open,
      imageIds: open,
    }
    const byKey = (stated: object) =>
      accept(
        { identity: 'required', idBlock: { ...idBlock, ...stated } },
        { binding: stored },
        evidenceOf(signed),
      )
    expect((await byKey({ idKeyDigests: [toHex(digest(1))] })).softwareIdentity).toBe('idKey')
    expect((await byKey({ authorKeyDigests: [toHex(digest(2))] })).softwareIdentity).toBe('authorKey')
    const both = { idKeyDigests: [toHex(digest(1))], authorKeyDigests: [toHex(digest(2))] }
    expect((await byKey(both)).softwareIdentity).toBe('idKey')
  })
})

function required(stated: Partial<RevocationRule>): RevocationRule {
  return { crl: 'required', graceDays: open, minNumbers: open, maxFetchAgeDays: open, ...stated }
}

describe('the end of a result’s validity', () => {
  const until = (notAfter: string): Partial<PolicyDocument> => ({
    ...identified,
    measurements: [{ label: 'lab image', value: toHex(LAB_MEASUREMENT), notAfter }],
  })

  it.each<readonly [string, Partial<PolicyDocument>, Partial<VerificationInput>, string]>([
    ['the leaf', {}, {}, '2033-01-01T00:00:00.000Z'],
    ['the leaf, where nothing bounds the CRL', { revocation: required({}) }, {}, '2033-01-01T00:00:00.000Z'],
    ['the CRL', { revocation: required({ graceDays: 0 }) }, {}, '2026-07-01T00:00:00.000Z'],
    ['the CRL with its grace', { revocation: required({ graceDays: 3 }) }, {}, '2026-07-04T00:00:00.000Z'],
    [
      'the fetch',
      { revocation: required({ graceDays: 0, maxFetchAgeDays: 5 }) },
      {},
      '2026-06-06T00:00:00.000Z',
    ],
    ['the measurement, to the end of its day', until('2026-06-15'), {}, '2026-06-15T23:59:59.999Z'],
    ['the measurement, at its time', until('2026-06-15T12:00:00Z'), {}, '2026-06-15T12:00:00.000Z'],
    ['the caller', {}, { maxValidityMs: 60_000 }, '2026-06-01T00:01:00.000Z'],
    ['the leaf, where the caller allows more', {}, { maxValidityMs: 1e15 }, '2033-01-01T00:00:00.000Z'],
    [
      'the least of all',
      { ...until('2026-06-02'), revocation: required({ graceDays: 0, maxFetchAgeDays: 5 }) },
      { maxValidityMs: 40 * 86_400_000 },
      '2026-06-02T23:59:59.999Z',
    ],
  ])('is that of %s', async (_name, stated, input, end) => {
    expect((await accept(stated, input)).validUntil).toBe(end)
  })

  it('is that of the VLEK', async () => {
    const vlek = labEvidence({ signer: 'vlek' })
    expect((await accept({}, {}, evidenceOf(vlek))).validUntil).toBe('2027-01-01T00:00:00.000Z')
  })

  it('is never before the time of verification, even in the last second of the leaf', async () => {
    const result = await accept({}, { at: new Date('2033-01-01T00:00:00.500Z') })
    expect([result.at, result.validUntil]).toEqual(['2033-01-01T00:00:00.500Z', '2033-01-01T00:00:00.500Z'])
  })

  it('is judged: a measurement past its time is refused', async () => {
    const input = { at: new Date('2026-06-15T12:00:00.001Z') }
    await expect(accept(until('2026-06-15T12:00:00Z'), input)).rejects.toMatchObject({
      code: 'APPRAISAL_MEASUREMENTS',
    })
    expect(
      (await accept(until('2026-06-15T12:00:00Z'), { at: new Date('2026-06-15T12:00:00Z') })).verdict,
    ).toBe('accepted')
  })
})

describe('rules on a manifest that were not applied', () => {
  it('are listed once each, with the first reason and the number of the others', async () => {
    const schema = 'attested/manifest@1'
    const records = { name: 'records', participant: 'hospital', digest: null }
    const document = changed(attestedDocument, {
      data: [records, { ...records, name: 'scans' }],
      'permissions.0.reads': ['records', 'scans'],
      'permissions.0.capabilities': ['network'],
      'permissions.1.reads': [],
    })
    const manifest = canonicalJson(document as JsonValue)
    const reportData = new Uint8Array(64)
    reportData.set(createHash('sha256').update(manifest).digest())
    const receiversOf = { records: ['pharma'], scans: ['pharma'] }
    const expected = expectationsOf(schema, { capabilities: ['network'], receiversOf })
    const binding = bindings.manifest({ manifest, nonce: open, accept: { expect: expected } })
    const { unchecked } = await accept({}, { binding }, evidenceOf(labEvidence({ report: { reportData } })))
    const found = unchecked.filter(({ id }) => id.startsWith('manifest.'))
    const noMeaning = `has no meaning for ${schema}`
    expect(found).toEqual([
      { id: 'manifest.M9', reason: noMeaning },
      {
        id: 'manifest.M11',
        reason: 'what "cohort" may send over the network of "records" is not followed, and 1 more',
      },
      { id: 'manifest.M12', reason: noMeaning },
      { id: 'manifest.M16', reason: noMeaning },
    ])
    expect(found.every((item) => Object.isFrozen(item))).toBe(true)
  })
})
