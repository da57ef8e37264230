import { describe, expect, it } from 'vitest'
import { toHex } from '../encoding/hex.js'
import { parseReport } from '../report/report.js'
import { labEvidence } from '../../test/support/pki.js'
import { labChipId, patchReport } from '../../test/support/report.js'
import { type VcekId, chainUrl, crlUrl, requireBaseUrl, vcekIdOf, vcekUrl } from './url.js'

const tcb = { bootloader: 3, tee: 0, snp: 23, microcode: 219 }
const chip = Uint8Array.from({ length: 64 }, (_, index) => 255 - index)
const milan: VcekId = { product: 'Milan', chipId: chip, tcb }
const turin: VcekId = { product: 'Turin', chipId: chip.slice(0, 8), tcb: { ...tcb, fmc: 1 } }

describe('the address of a VCEK', () => {
  it('names product, chip and every SPL', () => {
    expect(vcekUrl(milan)).toBe(
      `https://kdsintf.amd.com/vcek/v1/Milan/${toHex(chip)}?blSPL=03&teeSPL=00&snpSPL=23&ucodeSPL=219`,
    )
    expect(vcekUrl({ ...milan, product: 'Genoa' })).toContain('/vcek/v1/Genoa/fffe')
  })

  it('has eight bytes of chip and the SPL of the FMC on Turin', () => {
    expect(vcekUrl(turin)).toBe(
      'https://kdsintf.amd.com/vcek/v1/Turin/fffefdfcfbfaf9f8?blSPL=03&teeSPL=00&snpSPL=23&ucodeSPL=219&fmcSPL=01',
    )
    const padded = new Uint8Array(64)
    padded.set(turin.chipId)
    expect(vcekUrl({ ...turin, chipId: padded })).toBe(vcekUrl(turin))
  })

  it.each(['Milan', 'Genoa', 'Turin'] as const)('is made from a report of %s', (line) => {
    const report = parseReport(labEvidence({ line }).report)
    const id = vcekIdOf(report)
    expect(id.product).toBe(line)
    expect(toHex(id.chipId)).toBe(toHex(labChipId(line).slice(0, line === 'Turin' ? 8 : 64)))
    expect(vcekUrl(report)).toBe(vcekUrl(id))
    expect(vcekUrl(report).includes('fmcSPL')).toBe(line === 'Turin')
    expect(vcekIdOf(report, line)).toEqual(id)
  })

  it.each([
    ['product', { ...milan, product: 'Rome' }, /^product must be one of Milan, Genoa, Turin$/],
    ['product', { ...milan, product: 'constructor' }, /^product must/],
    ['chipId', { ...milan, chipId: chip.slice(0, 63) }, /^chipId must have 64 bytes on Milan$/],
    ['chipId', { ...milan, chipId: 'ff' }, /^chipId must be a Uint8Array$/],
    ['chipId', { ...turin, chipId: chip }, /^chipId must have 8 bytes on Turin$/],
    ['chipId', { ...milan, chipId: new Uint8Array(64) }, /^chipId is all zero: that is no chip$/],
    ['fmc', { ...milan, tcb: { ...tcb, fmc: 0 } }, /^tcb.fmc belongs to Turin/],
    ['fmc', { ...turin, tcb }, /^tcb.fmc belongs to Turin/],
    ['level', { ...milan, tcb: { ...tcb, snp: 256 } }, /^tcb.snp must be an integer from 0 to 255$/],
    ['level', { ...milan, tcb: { ...tcb, bootloader: -1 } }, /^tcb.bootloader must/],
    ['level', { ...milan, tcb: { ...tcb, tee: '1' } }, /^tcb.tee must/],
    ['level', { ...turin, tcb: { ...tcb, fmc: 0.5 } }, /^tcb.fmc must/],
  ])('takes no wrong %s', (_, id, message) => {
    expect(() => vcekUrl(id as VcekId)).toThrow(TypeError)
    expect(() => vcekUrl(id as VcekId)).toThrow(message)
  })

  it('takes SPLs from 0 to 255', () => {
    const levels = { bootloader: 0, tee: 255, snp: 9, microcode: 10 }
    expect(vcekUrl({ ...milan, tcb: levels })).toContain('?blSPL=00&teeSPL=255&snpSPL=09&ucodeSPL=10')
  })
})

describe('a report without an address', () => {
  const code = (report: Uint8Array, product?: 'Milan' | 'Genoa' | 'Turin') => {
    try {
      return vcekIdOf(parseReport(report), product).product
    } catch (error) {
      return (error as { code?: string }).code ?? (error as Error).message
    }
  }

  it('is one that a VLEK signed, or nobody', () => {
    expect(code(labEvidence({ signer: 'vlek' }).report)).toBe('ENDORSEMENT_MISSING')
    // A VLEK with the chip in the report too: it is the signer that counts.
    const named = labEvidence({ signer: 'vlek', report: { chipId: labChipId('Milan') } })
    expect(code(named.report)).toBe('ENDORSEMENT_MISSING')
  })

  it('is one whose chip is masked', () => {
    expect(code(labEvidence({ report: { chipId: new Uint8Array(64) } }).report)).toBe('ENDORSEMENT_MISSING')
  })

  it('is one with more chip than its line has', () => {
    const { report } = labEvidence({ line: 'Turin' })
    expect(code(patchReport(report, 0x1a8, Uint8Array.of(1)))).toBe('ENDORSEMENT_CHIP_ID_MISMATCH')
    expect(code(patchReport(report, 0x1df, Uint8Array.of(1)))).toBe('ENDORSEMENT_CHIP_ID_MISMATCH')
  })

  it('is one of version 2, until its line is named', () => {
    const { report } = labEvidence({ version: 2 })
    expect(code(report)).toBe('REPORT_PRODUCT_UNKNOWN')
    expect(code(report, 'Milan')).toBe('Milan')
    expect(code(report, 'Genoa')).toBe('Genoa')
    expect(code(report, 'Turin')).toBe('product is Turin, and the report is of version 2')
  })

  it('is one of silicon that nobody knows, whatever is named', () => {
    const unknown = patchReport(labEvidence().report, 0x188, Uint8Array.of(0x17))
    expect(code(unknown)).toBe('REPORT_PRODUCT_UNKNOWN')
    expect(code(unknown, 'Milan')).toBe('REPORT_PRODUCT_UNKNOWN')
  })

  it('is never of another line than the report says', () => {
    expect(code(labEvidence().report, 'Genoa')).toBe('product is Genoa, and the report is of Milan')
    expect(code(labEvidence().report, 'Rome' as never)).toBe('product must be one of Milan, Genoa, Turin')
  })
})

describe('the addresses of chains and CRLs', () => {
  it('name product and kind', () => {
    expect(chainUrl('Milan', 'vcek')).toBe('https://kdsintf.amd.com/vcek/v1/Milan/cert_chain')
    expect(chainUrl('Turin', 'vlek')).toBe('https://kdsintf.amd.com/vlek/v1/Turin/cert_chain')
    expect(crlUrl('Genoa', 'vcek')).toBe('https://kdsintf.amd.com/vcek/v1/Genoa/crl')
    expect(crlUrl('Genoa', 'vlek', 'https://proxy.example/kds/')).toBe(
      'https://proxy.example/kds/vlek/v1/Genoa/crl',
    )
  })

  it('take no other product and kind', () => {
    expect(() => crlUrl('../x' as never, 'vcek')).toThrow(/^product must/)
    expect(() => crlUrl('Milan', 'ask' as never)).toThrow(/^kind must be vcek or vlek$/)
    expect(() => chainUrl('Milan', undefined as never)).toThrow(/^kind must/)
  })
})

describe('a base', () => {
  it.each([
    ['https://kds.example', 'https://kds.example'],
    ['https://kds.example/', 'https://kds.example'],
    ['http://127.0.0.1:8080/a/b/', 'http://127.0.0.1:8080/a/b'],
  ])('%s is taken', (given, taken) => {
    expect(requireBaseUrl(given)).toBe(taken)
    expect(vcekUrl(milan, given).startsWith(`${taken}/vcek/v1/`)).toBe(true)
  })

  it.each([
    'kds.example',
    'ftp://kds.example',
    'file:///etc',
    'https://user@kds.example',
    'https://user:secret@kds.example',
    'https://kds.example/?',
    'https://kds.example/?a=b',
    'https://kds.example/#a',
    '',
    null,
    new URL('https://kds.example'),
  ])('%s is refused', (given) => {
    expect(() => requireBaseUrl(given)).toThrow(
      /^baseUrl must be an http or https URL without user, query and fragment$/,
    )
  })
})
