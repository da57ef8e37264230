// Genuine parts that do not belong together, and leaves that claim what their issuer did not give them.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { amdRoots } from '../../src/product/roots.js'
import { appraiseEvidence } from '../../src/verify/amd.js'
import type { Verifier } from '../../src/verify/pipeline.js'
import { makeCertTable } from '../support/cert-table.js'
import { makeVek } from '../support/certificates.js'
import type { VekOptions } from '../support/certificates.js'
import { concat, toHex } from '../support/der.js'
import { GENUINE_AT, genuineGenoa } from '../support/genuine-genoa.js'
import { ecKey } from '../support/keys.js'
import { codeOf, evidenceOf, inputOf, labVerifier, policyOf } from '../support/lab-verifier.js'
import { authorityName } from '../support/names.js'
import { labChipId, makeReport, patchReport, signReport } from '../support/report.js'
import { labEvidence, labPki } from '../support/pki.js'
import { realItems } from '../support/real-folder.js'

const amd: Pick<Verifier, 'appraiseEvidence'> = { appraiseEvidence }

const codeFor = async (
  verifier: Pick<Verifier, 'appraiseEvidence'>,
  report: Uint8Array,
  vek: Uint8Array,
  certificates: readonly Uint8Array[] = [],
  at: Date = GENUINE_AT,
): Promise<string | null> =>
  codeOf(verifier, await inputOf(evidenceOf({ report, vek }, { certificates }), { at }))

describe('genuine parts with made ones', () => {
  const { report, leaf } = genuineGenoa()
  const chipId = report.slice(0x1a0, 0x1e0)
  const reportedTcb = Buffer.from(report).readBigUInt64LE(0x180)
  const mine = ecKey('attacker report key')

  it('is accepted while all of it is genuine', async () => {
    expect(await codeFor(amd, report, leaf)).toBe(null)
  })

  it('a genuine leaf does not vouch for a report of another chip', async () => {
    expect(await codeFor(amd, labEvidence({ line: 'Genoa' }).report, leaf)).toBe(
      'ENDORSEMENT_CHIP_ID_MISMATCH',
    )
  })

  it('nor for a report that only says it is of its chip and TCB', async () => {
    const made = makeReport({
      line: 'Genoa',
      chipId,
      reportedTcb,
      committedTcb: reportedTcb,
      currentTcb: reportedTcb,
    })
    expect(await codeFor(amd, signReport(made, mine.scalar), leaf)).toBe('SIGNATURE_INVALID')
  })

  it('nor for the genuine report with an edited field, signed again by somebody else', async () => {
    const edited = patchReport(report, 0x090, new Uint8Array(48).fill(7))
    expect(await codeFor(amd, signReport(edited, mine.scalar), leaf)).toBe('SIGNATURE_INVALID')
  })

  it('nor for the genuine report with its chip masked afterwards', async () => {
    // The tie to a masked CHIP_ID holds by design, so that the signature alone stands here.
    expect(await codeFor(amd, patchReport(report, 0x1a0, new Uint8Array(64)), leaf)).toBe('SIGNATURE_INVALID')
  })

  it('a genuine leaf with another key in it is no longer AMD’s', async () => {
    const found = toHex(leaf).indexOf('2b81040022036200') / 2 + 8
    const swapped = patchReport(leaf, found, mine.point)
    expect(found).toBeGreaterThan(8)
    expect(await codeFor(amd, signReport(report, mine.scalar), swapped)).toBe('CHAIN_SIGNATURE')
  })

  it.each<readonly [string, Uint8Array | undefined, string, string]>([
    ['by the lab, for AMD', undefined, 'amd', 'CHAIN_SIGNATURE'],
    ['by the lab, for the lab', undefined, 'lab', 'SIGNATURE_INVALID'],
    ['by the lab, for another chip', labChipId('Genoa'), 'lab', 'ENDORSEMENT_CHIP_ID_MISMATCH'],
  ])('a genuine report does not verify under a leaf made for it: %s', async (_name, other, roots, code) => {
    const hwId = other ?? chipId
    const { der } = makeVek({
      line: 'Genoa',
      kind: 'vcek',
      authority: labPki().lines.Genoa.ask,
      hwId,
      tcb: reportedTcb,
    })
    expect(await codeFor(roots === 'amd' ? amd : labVerifier, report, der)).toBe(code)
  })

  it('genuine evidence does not verify under the lab’s roots', async () => {
    expect(await codeFor(labVerifier, report, leaf)).toBe('CHAIN_SIGNATURE')
    const { ask, ark } = amdRoots('Genoa')
    expect(await codeFor(labVerifier, report, leaf, [ask, ark])).toBe('CHAIN_ANCHOR_UNKNOWN')
  })

  it('a genuine report does not verify under the leaf of another product line', async () => {
    expect(await codeFor(amd, report, labEvidence({ line: 'Milan' }).vek)).toBe('ENDORSEMENT_PRODUCT')
    expect(await codeFor(amd, report, labEvidence({ line: 'Turin' }).vek)).toBe('ENDORSEMENT_PRODUCT')
  })

  it('intermediates and roots of another line are unknown', async () => {
    const milan = amdRoots('Milan')
    expect(await codeFor(amd, report, leaf, [milan.ask])).toBe('CHAIN_INTERMEDIATE_UNKNOWN')
    expect(await codeFor(amd, report, leaf, [milan.ark])).toBe('CHAIN_ANCHOR_UNKNOWN')
  })

  it('a container with a second leaf is refused, whichever is genuine', async () => {
    const other = labEvidence({ line: 'Genoa' }).vek
    const whole = concat(report, makeCertTable([{ guid: 'vcek', data: leaf }]))
    await expect(
      decodeEvidence(whole, 'snp-report+cert-table', { endorsementKey: other }),
    ).rejects.toMatchObject({
      code: 'EVIDENCE_DUPLICATE',
    })
  })
})

describe('real evidence of another chip', () => {
  const item = realItems().find(({ slug }) => slug === 'azcvm-milan-v2-other-chip-vcek')
  it.skipIf(item === undefined)('is refused for the chip', async () => {
    const file = (name: string) => new Uint8Array(readFileSync(join(item?.folder ?? '', name)))
    const at = new Date(item?.meta.expect.at ?? '')
    expect(await codeFor(amd, file('report.bin'), file('vek.der'), [], at)).toBe(
      'ENDORSEMENT_CHIP_ID_MISMATCH',
    )
  })
})

describe('the kind of key', () => {
  const vcek = labEvidence()
  const vlek = labEvidence({ signer: 'vlek' })

  it.each([
    ['a VLEK beside a report of the VCEK', vcek.report, vlek.vek],
    ['a VCEK beside a report of the VLEK', vlek.report, vcek.vek],
  ])('must be the one that the report names: %s', async (_name, report, leaf) => {
    expect(await codeFor(labVerifier, report, leaf)).toBe('ENDORSEMENT_KIND')
    for (const guid of ['vcek', 'vlek']) {
      const whole = concat(report, makeCertTable([{ guid, data: leaf }]))
      const evidence = await decodeEvidence(whole, 'snp-report+cert-table')
      expect(await codeOf(labVerifier, await inputOf(evidence))).toBe('ENDORSEMENT_KIND')
    }
  })

  it('is chosen by the report where a table holds both', async () => {
    const table = makeCertTable([
      { guid: 'vcek', data: vcek.vek },
      { guid: 'vlek', data: vlek.vek },
    ])
    for (const { report, signer } of [vcek, vlek]) {
      const evidence = await decodeEvidence(concat(report, table), 'snp-report+cert-table')
      const outcome = await labVerifier.appraiseEvidence(await inputOf(evidence))
      expect(outcome).toMatchObject({ verdict: 'accepted', verified: { signer } })
    }
  })

  it('cannot be claimed by SIGNING_KEY under the right signature', async () => {
    // The VCEK itself signs a report that names the VLEK, and the reverse.
    const [asVlek, asVcek] = [makeReport({ signingKey: 1 }), makeReport({ signer: 'vlek', signingKey: 0 })]
    expect(await codeFor(labVerifier, signReport(asVlek, vcek.scalar), vcek.vek)).toBe('ENDORSEMENT_KIND')
    expect(await codeFor(labVerifier, signReport(asVcek, vlek.scalar), vlek.vek)).toBe('ENDORSEMENT_KIND')
  })
})

describe('the issuer of a leaf', () => {
  const { ark, ask, asvk } = labPki().lines.Milan
  const asks = labPki().lines
  const leafOf = (options: Partial<VekOptions>) =>
    makeVek({ line: 'Milan', kind: 'vcek', authority: ask, key: ecKey('leaf of a wrong issuer'), ...options })

  it.each<readonly [string, Partial<VekOptions>, string]>([
    ['a VLEK in the name of the ASK, by the ASK', { kind: 'vlek' }, 'CERTIFICATE_PROFILE'],
    ['a VCEK in the name of the ASVK, by the ASVK', { authority: asvk }, 'CERTIFICATE_PROFILE'],
    ['a VCEK in the name of the ARK, by the ARK', { authority: ark }, 'CERTIFICATE_PROFILE'],
    [
      'a VLEK in the name of the ASVK, by the ASK',
      { kind: 'vlek', issuer: authorityName('asvk', 'Milan') },
      'CHAIN_SIGNATURE',
    ],
    [
      'a VCEK in the name of the ASK, by the ASVK',
      { authority: asvk, issuer: authorityName('ask', 'Milan') },
      'CHAIN_SIGNATURE',
    ],
    [
      'a VCEK in the name of the ASK, by the ARK',
      { authority: ark, issuer: authorityName('ask', 'Milan') },
      'CHAIN_SIGNATURE',
    ],
    [
      'a VCEK in the name of the ASK, by the ASK of Genoa',
      { authority: asks.Genoa.ask, issuer: authorityName('ask', 'Milan') },
      'CHAIN_SIGNATURE',
    ],
    [
      'a VCEK of Milan in the name of the ASK of Genoa, by it',
      { authority: asks.Genoa.ask, productName: 'Genoa' },
      'ENDORSEMENT_PRODUCT',
    ],
    [
      'a VCEK with an issuer whose attributes stand in another order',
      { issuer: [...authorityName('ask', 'Milan')].reverse() },
      'CHAIN_ISSUER',
    ],
  ])('%s', async (_name, options, code) => {
    const { der, key, kind } = leafOf(options)
    const report = signReport(makeReport({ signer: kind }), key.scalar)
    expect(await codeFor(labVerifier, report, der)).toBe(code)
  })

  it('is not taken from the intermediates that come along: they are hints', async () => {
    const lab = labEvidence()
    const vlek = labEvidence({ signer: 'vlek' })
    // Both are pinned, so either may lie beside either leaf.
    expect(await codeFor(labVerifier, lab.report, lab.vek, [asvk.der])).toBe(null)
    expect(await codeFor(labVerifier, vlek.report, vlek.vek, [ask.der])).toBe(null)
    // A leaf of the ASK does not become one of the ASVK by its company.
    const { der, key } = leafOf({ kind: 'vlek', issuer: authorityName('asvk', 'Milan') })
    const report = signReport(makeReport({ signer: 'vlek' }), key.scalar)
    expect(await codeFor(labVerifier, report, der, [ask.der])).toBe('CHAIN_SIGNATURE')
  })

  it('is not an authority presented as a leaf', async () => {
    const { report } = labEvidence()
    for (const { der } of [ask, asvk, ark])
      expect(await codeFor(labVerifier, report, der)).toBe('CERTIFICATE_PROFILE')
  })
})

describe('a report of version 2', () => {
  it('never belongs to a Turin key', async () => {
    for (const signer of ['vcek', 'vlek'] as const) {
      const lab = labEvidence({ line: 'Turin', signer, version: 2, report: { tcb: 0n, reportedTcb: 0n } })
      const policy = await policyOf()
      const input = await inputOf(evidenceOf(lab), { policy })
      expect(await codeOf(labVerifier, input)).toBe('ENDORSEMENT_PRODUCT')
    }
  })
})
