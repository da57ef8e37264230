import { describe, expect, it } from 'vitest'
import { type LabSubjectOptions, labParts } from '../../test/support/policy-subject.js'
import { toHex } from '../../test/support/der.js'
import { LAB_MEASUREMENT, labChipId } from '../../test/support/report.js'
import { type RealItem, realFolder, realItems } from '../../test/support/real-folder.js'
import { fileOf, reportOf } from '../../test/conformance/real-evidence.js'
import { isVerificationError } from '../errors/error.js'
import { parseEndorsementKey } from '../endorsement/endorsement-key.js'
import { parseReport } from '../report/report.js'
import type { PolicyDocument } from './document.js'
import { type PolicyDraft, policyFromReport } from './from-report.js'
import { parsePolicy } from './policy.js'

const absent = { unchecked: 'not in the report' }
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value)

function draft(options: LabSubjectOptions = {}, withKey = true): PolicyDraft {
  const { report, vek } = labParts(options)
  return policyFromReport(parseReport(report), withKey ? { endorsementKey: vek } : {})
}

describe('the draft of a lab report', () => {
  it('pins what it says', () => {
    const { policy, findings } = draft()
    const levels = { bootloader: 4, tee: 0, snp: 0x18, microcode: 0xdb }
    expect(findings).toEqual([])
    expect(policy).toMatchObject({
      products: ['Milan'],
      signers: ['vcek'],
      reportVersions: [3],
      measurements: [{ label: 'from report', value: toHex(LAB_MEASUREMENT) }],
      idBlock: 'none',
      identity: 'required',
      hostData: ['00'.repeat(32)],
      vmpl: [0],
      chips: [toHex(labChipId('Milan'))],
      cspIds: absent,
      denied: { chips: [], endorsementKeys: [], measurements: [], cspIds: [] },
      tcb: {
        floors: [
          {
            product: 'Milan',
            family: 25,
            model: 1,
            stepping: 1,
            reported: levels,
            committed: levels,
            current: levels,
            launch: levels,
            mitigations: absent,
          },
        ],
      },
      firmware: { minCommitted: '1.55.40' },
      provisionalFirmware: 'forbid',
      revocation: absent,
      intermediates: 'pinned',
      freshness: absent,
    })
  })

  it('has a level of fmc on Turin, and no such key elsewhere', () => {
    const levelsOf = (options: LabSubjectOptions) => {
      const { tcb } = draft(options).policy
      if (!('floors' in tcb)) throw new Error('no floors')
      return tcb.floors[0]?.launch
    }
    const milan = { bootloader: 4, tee: 0, snp: 0x18, microcode: 0xdb }
    expect(levelsOf({})).toStrictEqual(milan)
    expect(levelsOf({ version: 2 })).toStrictEqual({ ...milan, microcode: 0 })
    expect(levelsOf({ line: 'Turin' })).toStrictEqual({
      fmc: 1,
      bootloader: 1,
      tee: 1,
      snp: 4,
      microcode: 0x51,
    })
  })

  it.each<readonly [what: string, options: LabSubjectOptions]>([
    ['Milan', {}],
    ['Genoa VLEK v5', { line: 'Genoa', signer: 'vlek', version: 5 }],
    ['Turin v5', { line: 'Turin', version: 5 }],
    ['Turin VLEK v4', { line: 'Turin', signer: 'vlek', version: 4 }],
    ['version 2', { version: 2 }],
    [
      'with keys of both kinds',
      {
        report: {
          idKeyDigest: filled(48, 1),
          authorKeyEn: true,
          authorKeyDigest: filled(48, 2),
          guestSvn: 9,
        },
      },
    ],
    ['with every platform bit', { report: { policy: 0xb0000n, platformInfo: 0xffff_ffff_ffff_ffffn } }],
  ])('is a policy: %s', async (_, options) => {
    for (const withKey of [true, false]) {
      const { policy } = draft(options, withKey)
      await expect(parsePolicy(JSON.stringify(policy))).resolves.toEqual(policy)
    }
  })

  it('says of version 2 Milan and Genoa, one floor each, without microcode and for any silicon', () => {
    const { policy, findings } = draft({ version: 2 }, false)
    expect(policy.products).toEqual(['Milan', 'Genoa'])
    const floors = 'floors' in policy.tcb ? policy.tcb.floors : []
    expect(floors.map(({ product, family, model, stepping }) => [product, family, model, stepping])).toEqual([
      ['Milan', 'any', 'any', 'any'],
      ['Genoa', 'any', 'any', 'any'],
    ])
    for (const { reported, launch } of floors) {
      expect(reported).toEqual({ bootloader: 4, tee: 0, snp: 0x18, microcode: 0 })
      expect(launch).toEqual(reported)
    }
    expect(findings).toEqual([expect.stringMatching(/version 2 does not name its silicon/)])
  })

  it('gives of version 2 both lines that it may be of, whatever the key says', () => {
    expect(draft({ version: 2 }).policy.products).toEqual(['Milan', 'Genoa'])
    expect(draft({ version: 2, line: 'Genoa' }, false).policy.products).toEqual(['Milan', 'Genoa'])
  })

  it('lists any chip where CHIP_ID is masked, whatever the key says', () => {
    const report = { chipId: filled(64, 0) }
    expect(draft({ report }).policy.chips).toBe('any')
    expect(draft({ report }, false).policy.chips).toBe('any')
  })

  it('lists the eight bytes of a Turin chip, with and without the key', () => {
    const chip = [toHex(labChipId('Turin').subarray(0, 8))]
    expect(draft({ line: 'Turin' }).policy.chips).toEqual(chip)
    expect(draft({ line: 'Turin' }, false).policy.chips).toEqual(chip)
  })

  it('lists no chip for a VLEK, which would pass no list, whatever CHIP_ID says', () => {
    const options = { signer: 'vlek', report: { chipId: labChipId('Milan') } } as const
    expect(draft(options).policy.chips).toBe('any')
    expect(draft(options, false).policy.chips).toBe('any')
  })

  it('names the provider and the key if it has the key', () => {
    const { vek } = labParts({ signer: 'vlek' })
    const { policy } = draft({ signer: 'vlek' })
    expect(policy.signers).toEqual(['vlek'])
    expect(policy.cspIds).toEqual(['CN=cc-lab-1.csp.example'])
    expect(policy.endorsementKeys).toEqual([parseEndorsementKey(vek).spkiSha256])
    const without = draft({ signer: 'vlek' }, false).policy
    expect([without.cspIds, without.endorsementKeys]).toEqual([absent, absent])
  })

  it('states the ID block, and the author key only where AUTHOR_KEY_EN says that there is one', () => {
    const report = {
      idKeyDigest: filled(48, 1),
      familyId: filled(16, 3),
      imageId: filled(16, 4),
      guestSvn: 9,
    }
    const rule = {
      idKeyDigests: ['01'.repeat(48)],
      authorKeyDigests: absent,
      minGuestSvn: 9,
      familyIds: ['03'.repeat(16)],
      imageIds: ['04'.repeat(16)],
    }
    expect(draft({ report }).policy.idBlock).toEqual(rule)
    const authorKeyDigest = filled(48, 2)
    expect(draft({ report: { ...report, authorKeyDigest } }).policy.idBlock).toEqual(rule)
    expect(draft({ report: { ...report, authorKeyDigest, authorKeyEn: true } }).policy.idBlock).toEqual({
      ...rule,
      authorKeyDigests: ['02'.repeat(48)],
    })
  })

  it('allows a bit that weakens where it is set and forbids it where not; the reverse for one that protects', () => {
    const set = draft({ report: { policy: 0x3f3_0137n, platformInfo: 0xffn } }).policy
    const clear = draft({ report: { policy: 0x2_0000n, platformInfo: 0n } }).policy
    const weak = ['guestPolicy.smt', 'guestPolicy.cxl', 'platform.smtEnabled', 'platform.tioEnabled']
    for (const group of ['guestPolicy', 'platform'] as const) {
      const [a, b] = [Object.entries(set[group]), new Map(Object.entries(clear[group]))]
      for (const [name, value] of a) {
        if (name === 'minAbi' || name === 'unknownBits') continue
        const expected = weak.includes(`${group}.${name}`) ? ['allow', 'forbid'] : ['require', 'allow']
        expect([name, value, b.get(name)]).toEqual([name, ...expected])
      }
    }
    expect(set.guestPolicy).toHaveProperty('minAbi', '1.55')
    expect(clear.guestPolicy).toHaveProperty('minAbi', '0.0')
    expect(set.platform).toHaveProperty('unknownBits', 'forbid')
  })

  it('allows unknown platform bits that it sees, and says so', () => {
    const { policy, findings } = draft({ report: { platformInfo: 0x125n } })
    expect(policy.platform).toHaveProperty('unknownBits', 'allow')
    expect(findings).toEqual([expect.stringMatching(/bits that this version does not know/)])
  })

  it('says that no policy can accept a DEBUG guest', () => {
    expect(draft({ report: { policy: 0xb0000n } }).findings).toEqual([expect.stringMatching(/DEBUG/)])
  })

  it('demands the mitigations that both vectors have', () => {
    const report = { launchMitVector: 0x0dn, currentMitVector: 0x8000_0000_0000_000bn }
    const { tcb } = draft({ version: 5, report }).policy
    expect('floors' in tcb && tcb.floors[0]?.mitigations).toBe('0000000000000009')
  })

  it.each<readonly [what: string, report: NonNullable<LabSubjectOptions['report']>, rule: string]>([
    ['nothing', {}, 'forbid'],
    ['microcode', { currentTcb: { bootloader: 4, snp: 0x18, microcode: 0xdc } }, 'microcodeOnly'],
    ['snp', { currentTcb: { bootloader: 4, snp: 0x19, microcode: 0xdb } }, 'allow'],
    ['microcode and snp', { currentTcb: { bootloader: 4, snp: 0x19, microcode: 0xdc } }, 'allow'],
    ['the version', { currentVersion: { major: 1, minor: 55, build: 41 } }, 'allow'],
  ])('takes provisional firmware as it is: %s', (_, report, rule) => {
    expect(draft({ report }).policy.provisionalFirmware).toBe(rule)
  })

  it('states no firmware that no policy can state', () => {
    const { policy, findings } = draft({ report: { committedVersion: { major: 1, minor: 48, build: 9 } } })
    expect(policy.firmware).toEqual({ minCommitted: { unchecked: 'the report has no plausible version' } })
    expect(findings).toEqual([expect.stringMatching(/older than any SNP firmware/)])
    const first = draft({ report: { committedVersion: { major: 1, minor: 49, build: 0 } } })
    expect(first.policy.firmware).toEqual({ minCommitted: '1.49.0' })
  })

  it('is not made of silicon that is not known, nor with a key that cannot be read', () => {
    const report = { cpuid: { family: 0x1b, model: 0, stepping: 0 } }
    expect(() => draft({ report })).toThrow(new TypeError('the silicon of the report is unknown'))
    const plain = parseReport(labParts().report)
    const error = (() => {
      try {
        return policyFromReport(plain, { endorsementKey: Uint8Array.of(0x30, 0) })
      } catch (thrown) {
        return thrown
      }
    })()
    expect(isVerificationError(error)).toBe(true)
    expect(() => policyFromReport(plain, { endorsementKey: 'vcek' as never })).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining('endorsementKey') }),
    )
  })

  it('takes the level of a report that the host requested for 0: it is never verified anyway', () => {
    expect(draft({ report: { vmpl: 0xffffffff } }).policy.vmpl).toEqual([0])
    expect(draft({ report: { vmpl: 3 } }).policy.vmpl).toEqual([3])
  })
})

interface Claimed {
  readonly [field: string]: string | number | null | Readonly<Record<string, string | number>>
}

/** The policy that the claims of meta.json make, which two other decoders read. */
function fromClaims({ meta }: RealItem): Partial<PolicyDocument> {
  const claimed = meta.claimed as Claimed
  const levels = (name: string): object => {
    const { raw: _, ...rest } = claimed[name] as Record<string, number>
    return meta.reportVersion === 2 ? { ...rest, microcode: 0 } : rest
  }
  const cpuid = claimed['cpuid'] as Record<string, number> | null
  const { major, minor, build } = meta.also['committedVersion'] as Record<string, number>
  const [launch, current] = [claimed['launchMitVector'], claimed['currentMitVector']]
  if (launch !== current) throw new Error('no item is known whose vectors differ')
  const lines = meta.reportVersion === 2 ? ['Milan', 'Genoa'] : [meta.productLine]
  const policy = {
    products: lines,
    signers: [meta.signer],
    reportVersions: [claimed['version']],
    measurements: [{ label: 'from report', value: claimed['measurement'] }],
    hostData: [claimed['hostData']],
    vmpl: [claimed['vmpl']],
    chips: meta.vek === null || meta.signer === 'vlek' ? 'any' : [meta.vek['hwId']],
    cspIds: meta.signer === 'vlek' ? [meta.vek?.['cspId']] : absent,
    reportIds: [claimed['reportId']],
    tcb: {
      floors: lines.map((product) => ({
        product,
        ...(cpuid ?? { family: 'any', model: 'any', stepping: 'any' }),
        reported: levels('reportedTcb'),
        committed: levels('committedTcb'),
        current: levels('currentTcb'),
        launch: levels('launchTcb'),
        mitigations: typeof launch === 'string' ? launch.slice(2) : absent,
      })),
    },
    firmware: { minCommitted: [major, minor, build].join('.') },
  }
  return policy as unknown as Partial<PolicyDocument>
}

describe.skipIf(realFolder() === null)('the draft of a real report', () => {
  const items = realItems().filter(({ meta }) => meta.vek !== null && meta.expect.core === 'accepted')

  it.each(items.map((item) => [item.slug, item] as const))('%s says what its claims say', (_, item) => {
    const leaf = fileOf(item, 'vek')
    if (leaf === null) throw new Error('no key')
    const { policy } = policyFromReport(parseReport(reportOf(item)), { endorsementKey: leaf })
    expect(policy).toMatchObject(fromClaims(item))
  })
})
