import { describe, expect, it } from 'vitest'
import { makeReport, setSignature } from '../../test/support/report.js'
import type { ReportFields } from '../../test/support/report.js'
import { parseReport } from './report.js'
import { chipIdOrNull, reportToJson } from './to-json.js'

const read = (fields: ReportFields) => parseReport(setSignature(makeReport(fields), { r: 1n, s: 2n }))
const names =
  'version guestSvn policy familyId imageId vmpl signatureAlgo currentTcb platformInfo keyInfo reportData ' +
  'measurement hostData idKeyDigest authorKeyDigest reportId reportIdMa reportedTcb cpuid chipId committedTcb ' +
  'currentVersion committedVersion launchTcb launchMitVector currentMitVector signature'

describe('a report as JSON', () => {
  it.each([2, 3, 4, 5])(
    'has every name, with null where the version has no such field: version %i',
    (version) => {
      const json = reportToJson(read({ version }))
      expect(Object.keys(json)).toEqual(names.split(' '))
      expect(json.cpuid === null).toBe(version === 2)
      expect(
        [json.launchMitVector, json.currentMitVector].every((value) => (value === null) === version < 5),
      ).toBe(true)
      expect(JSON.parse(JSON.stringify(json))).toEqual(json)
    },
  )

  it('writes 64-bit words in full, and bytes in lower-case hex', () => {
    const json = reportToJson(read({ version: 5, policy: 0x3001fn, launchMitVector: 0xabn }))
    expect(json.policy).toBe('0x000000000003001f')
    expect(json.launchMitVector).toBe('0x00000000000000ab')
    expect(json.measurement).toMatch(/^[0-9a-f]{96}$/)
    expect(json.signature).toEqual({ r: '0'.repeat(95) + '1', s: '0'.repeat(95) + '2' })
  })

  it('shows fmc on Turin alone, and of unknown silicon the word alone', () => {
    expect(reportToJson(read({ line: 'Turin', version: 5 })).reportedTcb).toStrictEqual({
      raw: '0x5100000004010101',
      bootloader: 1,
      tee: 1,
      snp: 4,
      microcode: 0x51,
      fmc: 1,
    })
    expect(Object.keys(reportToJson(read({})).reportedTcb)).toEqual([
      'raw',
      'bootloader',
      'tee',
      'snp',
      'microcode',
    ])
    const unknown = read({ cpuid: { family: 0x1a, model: 0x90, stepping: 0 }, tcb: 0xffn })
    expect(reportToJson(unknown).reportedTcb).toStrictEqual({ raw: '0x00000000000000ff' })
  })

  it('has no chip where CHIP_ID is masked', () => {
    expect(chipIdOrNull(read({ chipId: new Uint8Array(64) }))).toBeNull()
    expect(chipIdOrNull(read({}))).toMatch(/^[0-9a-f]{128}$/)
  })
})
