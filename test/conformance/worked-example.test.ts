// A genuine report decoded by hand, field by field: the debug guest of google/go-sev-guest. The bytes are put together
// here from the decoded values and compared by digest, so that reading and writing check each other.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { policyFromReport } from '../../src/appraisal/from-report.js'
import { parsePolicy } from '../../src/appraisal/policy.js'
import { bindings } from '../../src/binding/forms.js'
import { VerificationError } from '../../src/errors/error.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { parseReport } from '../../src/report/report.js'
import { reportToJson } from '../../src/report/to-json.js'
import { appraiseEvidence, verifyDebugEvidence, verifyEvidence } from '../../src/verify/amd.js'
import { hex } from '../support/der.js'
import { makeReport, setSignature } from '../support/report.js'
import { realItems } from '../support/real-folder.js'

const measurement =
  'b07af9620f3b839b47996422ddec6058338951d984e312115131ea82705eaf5b6bdf8a9ece31a5a608eb0cf2e4872b01'
const reportId = '8edc638e1857c555d21f6b11bda3c8b1b5a09dba4852b4c8ee7aa2f16f22cc0a'
const chipId =
  '3ac3fe21e13fb0990eb28a802e3fb6a29483a6b0753590c951bdd3b8e5378618' +
  '4ca39e359669a2b76a1936776b564ea464cdce40c05f63c9b610c5068b006b5d'
const reportData = '0102030405' + '00'.repeat(59)
const tcb = { bootloader: 2, tee: 0, snp: 5, microcode: 0x44 }
const firmware = { major: 1, minor: 49, build: 3 }
// As stored: little-endian, 48 bytes each.
const storedR =
  '4f8e8b5ab8f8f969ca4f27b6bba65faa5313ae72f66b893874bce5d62d3b08babb321ac2c990a5d24b50a232999cc821'
const storedS =
  'e689246ba09566b6b6f91c3004a15f8f34bd65020b7e16f447f876428bd7e90adb2c157fc9311becf6119498555d10e0'
const reversed = (text: string): string => (text.match(/../g) ?? []).reverse().join('')

const report = setSignature(
  makeReport({
    line: 'Milan',
    version: 2,
    policy: 0xb0000n,
    platformInfo: 0x1n,
    tcb,
    reportData: hex(reportData),
    measurement: hex(measurement),
    reportId: hex(reportId),
    chipId: hex(chipId),
    currentVersion: firmware,
    committedVersion: firmware,
  }),
  { r: BigInt('0x' + reversed(storedR)), s: BigInt('0x' + reversed(storedS)) },
)

describe('the worked example', () => {
  it('is the genuine report, byte for byte', () => {
    const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex')
    expect(digest('sha256', report)).toBe('377e6241d3b373ab1df80c0f96978594e7e21f4797dd6ea95e2957e1c1e26060')
    expect(digest('sha384', report.subarray(0, 0x2a0))).toBe(
      '2241aba7c08be142e1b66585376539b6d16fa8dafd185f7b9ccdaf4e9d8551e51bcef29cf32ad0b913fb2af3f49196ae',
    )
  })

  it('decodes field by field', () => {
    const tcbJson = { raw: '0x4405000000000002', ...tcb }
    expect(reportToJson(parseReport(report))).toStrictEqual({
      version: 2,
      guestSvn: 0,
      policy: '0x00000000000b0000',
      familyId: '00'.repeat(16),
      imageId: '00'.repeat(16),
      vmpl: 0,
      signatureAlgo: 1,
      currentTcb: tcbJson,
      platformInfo: '0x0000000000000001',
      keyInfo: { raw: '0x00000000', authorKeyEn: false, maskChipKey: false, signingKey: 'vcek' },
      reportData,
      measurement,
      hostData: '00'.repeat(32),
      idKeyDigest: '00'.repeat(48),
      authorKeyDigest: '00'.repeat(48),
      reportId,
      reportIdMa: 'ff'.repeat(32),
      reportedTcb: tcbJson,
      cpuid: null,
      chipId,
      committedTcb: tcbJson,
      currentVersion: firmware,
      committedVersion: firmware,
      launchTcb: tcbJson,
      launchMitVector: null,
      currentMitVector: null,
      signature: { r: reversed(storedR), s: reversed(storedS) },
    })
  })

  it('decodes the bits of its words', () => {
    const { policy, platformInfo, keyInfo, productLine } = parseReport(report)
    expect(policy).toStrictEqual({
      raw: 0xb0000n,
      abiMajor: 0,
      abiMinor: 0,
      smt: true,
      migrateMa: false,
      debug: true,
      singleSocket: false,
      cxl: false,
      memAes256Xts: false,
      raplDisabled: false,
      ciphertextHidingDram: false,
      pageSwapDisabled: false,
    })
    expect(platformInfo).toStrictEqual({
      raw: 1n,
      smtEnabled: true,
      tsmeEnabled: false,
      eccEnabled: false,
      raplDisabled: false,
      ciphertextHidingDramEnabled: false,
      aliasCheckComplete: false,
      iommuWriteSafe: false,
      tioEnabled: false,
      unknownBits: 0n,
    })
    expect(keyInfo.signingKey).toBe('vcek')
    expect(productLine).toBeNull()
  })
})

describe('the worked example with its genuine VCEK', () => {
  const item = realItems().find(({ slug }) => slug === 'go-sev-guest-milan-v2-debug')

  async function makeInput() {
    const leaf = new Uint8Array(readFileSync(join(item?.folder ?? '', 'vek.der')))
    const parsed = parseReport(report)
    const { policy, findings } = policyFromReport(parsed, { endorsementKey: leaf })
    expect(findings.join('\n')).toContain('DEBUG')
    return {
      evidence: await decodeEvidence(report, 'snp-report', { endorsementKey: leaf }),
      policy: await parsePolicy(JSON.stringify(policy)),
      binding: bindings.reportData(parsed.reportData, { freshness: { unchecked: 'a stored sample' } }),
      at: new Date('2022-10-24T00:00:00Z'),
    }
  }

  it.skipIf(item === undefined)('is refused for DEBUG alone', async () => {
    const outcome = await appraiseEvidence(await makeInput())
    if (outcome.verdict === 'accepted') throw new Error('a debug guest was accepted')
    expect([outcome.verdict, outcome.code]).toEqual(['rejected', 'APPRAISAL_DEBUG'])
    const failed = outcome.checks.filter((check) => check.outcome === 'failed')
    expect(failed.map(({ id }) => id)).toEqual(['debug'])
    const error: unknown = await verifyEvidence(await makeInput()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(VerificationError)
    expect(error).toMatchObject({ code: 'APPRAISAL_DEBUG', verdict: 'rejected', stage: 'APPRAISAL' })
  })

  it.skipIf(item === undefined)('is accepted by verifyDebugEvidence, as another type', async () => {
    const result = await verifyDebugEvidence(await makeInput())
    expect(result.kind).toBe('debug')
    expect(result.verdict).toBe('accepted')
    expect(result.report.policy.debug).toBe(true)
    expect(result.binding?.verified).toEqual({ reportData })
    expect(result.checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'notReached')).toEqual(
      [],
    )
    expect(result.checks.find(({ id }) => id === 'debug')?.reason).toContain('verifyDebugEvidence')
  })
})
