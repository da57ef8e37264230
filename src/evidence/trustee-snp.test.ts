import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pem } from '../../test/support/cert-table.js'
import { oldSerdeReport, serdeEntry, serdeReport, trusteeEvidence } from '../../test/support/containers.js'
import { labEvidence } from '../../test/support/pki.js'
import { realItems } from '../../test/support/real-folder.js'
import { isVerificationError } from '../errors/error.js'
import { decodeEvidence, partsOfEvidence } from './evidence.js'

const lab = labEvidence({ line: 'Genoa', version: 5 })
const old = labEvidence({ line: 'Milan', version: 2 })
const report = serdeReport(lab.report)
const oldReport = oldSerdeReport(old.report)
const filled = <T>(length: number, value: T): readonly T[] => Array.from({ length }, () => value)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

async function refusalOf(bytes: Uint8Array): Promise<unknown> {
  try {
    await decodeEvidence(bytes, 'trustee-snp')
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
  return 'accepted'
}
const refused = (rest: string): string => `EVIDENCE_MALFORMED trustee-snp${rest}`
const inReport = (rest: string): string => refused(`: attestation_report: ${rest}`)

describe.each(['trustee-snp', 'auto'] as const)('evidence, as %s', (format) => {
  it.each([
    ['Milan', 2],
    ['Milan', 3],
    ['Genoa', 4],
    ['Genoa', 5],
    ['Turin', 5],
  ] as const)('of %s, version %i, is the very report', async (line, version) => {
    const one = labEvidence({ line, version })
    const chain = [serdeEntry('VCEK', one.vek)]
    const evidence = await decodeEvidence(trusteeEvidence(serdeReport(one.report), chain), format)
    expect(evidence).toMatchObject({
      format: 'trustee-snp',
      reconstructed: true,
      endorsementKeys: 1,
      crls: 0,
      attachments: [],
    })
    expect(evidence.report).toEqual(one.report)
    expect(partsOfEvidence(evidence).leaves).toEqual([{ kind: 'vcek', der: one.vek }])
  })

  it('of the older structure', async () => {
    const evidence = await decodeEvidence(trusteeEvidence(oldReport, null), format)
    expect(evidence).toMatchObject({ format: 'trustee-snp', reconstructed: true, endorsementKeys: 0 })
    expect(evidence.report).toEqual(old.report)
  })

  it('of either structure, of bytes that are all different', async () => {
    const bytes = Uint8Array.from({ length: 1184 }, (_, at) => (at * 7 + (at >> 8)) % 256)
    expect((await decodeEvidence(trusteeEvidence(oldSerdeReport(bytes)), format)).report).toEqual(bytes)
    const modern = bytes.slice()
    modern.set([5, 0, 0, 0], 0)
    for (const family of [0x19, 0x1a]) {
      modern[0x188] = family
      const gap = family === 0x1a ? ([4, 7] as const) : ([2, 6] as const)
      for (const tcb of [0x38, 0x180, 0x1e0, 0x1f0]) modern.fill(0, tcb + gap[0], tcb + gap[1])
      for (const [from, to] of [
        [0x4c, 0x50],
        [0x18b, 0x1a0],
        [0x1eb, 0x1ec],
        [0x1ef, 0x1f0],
        [0x208, 0x2a0],
        [0x330, 0x4a0],
      ] as const)
        modern.fill(0, from, to)
      expect((await decodeEvidence(trusteeEvidence(serdeReport(modern)), format)).report).toEqual(modern)
    }
  })
})

describe('the members', () => {
  const decode = async (value: unknown, chain?: unknown) =>
    (await decodeEvidence(trusteeEvidence(value, chain), 'trustee-snp')).report

  it('may be absent where they are optional', async () => {
    const { launch_mit_vector, current_mit_vector, ...rest } = report
    expect([launch_mit_vector, current_mit_vector]).toEqual([0x0bn, 0x0bn])
    const expected = lab.report.slice()
    expected.fill(0, 0x1f8, 0x208)
    expect(await decode(rest)).toEqual(expected)
    const { fmc, ...tcb } = report.current_tcb
    expect(fmc).toBeNull()
    expect(await decode({ ...report, current_tcb: tcb })).toEqual(lab.report)
  })

  it('are exact beyond 2^53', async () => {
    for (const value of [2n ** 53n + 1n, 2n ** 64n - 1n]) {
      const bytes = await decode({ ...report, policy: value, launch_mit_vector: value })
      const view = new DataView(bytes.buffer)
      expect([view.getBigUint64(0x08, true), view.getBigUint64(0x1f8, true)]).toEqual([value, value])
    }
  })

  it.each<[string, unknown, string]>([
    ['an unknown one', { ...report, extra: 1 }, inReport('unknown key "extra"')],
    ['one of the older structure', { ...report, _reserved_0: 0 }, inReport('unknown key "_reserved_0"')],
    ['one of the newer structure', { ...oldReport, key_info: 0 }, inReport('unknown key "key_info"')],
    ['no version', { ...report, version: undefined }, inReport('version is not an integer of 32 bits')],
    ['a version as text', { ...report, version: '5' }, inReport('version is not an integer of 32 bits')],
    ['2^32', { ...report, guest_svn: 2n ** 32n }, inReport('guest_svn is not an integer of 32 bits')],
    ['a policy of 2^64', { ...report, policy: 2n ** 64n }, inReport('policy is not an integer of 64 bits')],
    ['a policy of -1', { ...report, policy: -1 }, inReport('policy is not an integer of 64 bits')],
    ['a half', { ...report, vmpl: 0.5 }, inReport('vmpl is not an integer of 32 bits')],
    ['no key_info', { ...report, key_info: null }, inReport('key_info is not an integer of 32 bits')],
    [
      '2^64 for mitigations',
      { ...report, launch_mit_vector: 2n ** 64n },
      inReport('launch_mit_vector is not an integer of 64 bits'),
    ],
    [
      'a family of 256',
      { ...report, cpuid_fam_id: 256 },
      inReport('cpuid_fam_id is not an integer of 8 bits'),
    ],
    ['a chip in hex', { ...report, chip_id: '00' }, inReport('chip_id is not a list of bytes')],
    ['31 bytes', { ...report, report_id: filled(31, 0) }, inReport('report_id has 31 bytes, not 32')],
    ['33 bytes', { ...report, host_data: filled(33, 0) }, inReport('host_data has 33 bytes, not 32')],
    ['a byte of 256', { ...report, host_data: filled(32, 256) }, inReport('host_data holds what is no byte')],
    ['no TCB', { ...report, launch_tcb: null }, inReport('launch_tcb: not a JSON object')],
    ['a TCB as a number', { ...report, launch_tcb: 7 }, inReport('launch_tcb: not a JSON object')],
    [
      'an unknown part of a TCB',
      { ...report, launch_tcb: { ...report.launch_tcb, x: 1 } },
      inReport('launch_tcb: unknown key "x"'),
    ],
    [
      'reserved bytes in a newer TCB',
      { ...report, launch_tcb: { ...report.launch_tcb, _reserved: [0, 0, 0, 0] } },
      inReport('launch_tcb: unknown key "_reserved"'),
    ],
    [
      'an FMC in an older TCB',
      { ...oldReport, launch_tcb: { ...oldReport.launch_tcb, fmc: 1 } },
      inReport('launch_tcb: unknown key "fmc"'),
    ],
    [
      'three reserved bytes in a TCB',
      { ...oldReport, launch_tcb: { ...oldReport.launch_tcb, _reserved: [0, 0, 0] } },
      inReport('launch_tcb: _reserved has 3 bytes, not 4'),
    ],
    [
      'a TCB without microcode',
      { ...report, launch_tcb: { ...report.launch_tcb, microcode: null } },
      inReport('launch_tcb: microcode is not an integer of 8 bits'),
    ],
    [
      'an FMC of 256',
      { ...report, launch_tcb: { ...report.launch_tcb, fmc: 256 } },
      inReport('launch_tcb: fmc is not an integer of 8 bits'),
    ],
    ['no current version', { ...report, current: null }, inReport('current: not a JSON object')],
    [
      'an unknown part of a version',
      { ...report, current: { ...report.current, x: 1 } },
      inReport('current: unknown key "x"'),
    ],
    [
      'a build of 256',
      { ...report, committed: { ...report.committed, build: 256 } },
      inReport('committed: build is not an integer of 8 bits'),
    ],
    ['no signature', { ...report, signature: null }, inReport('signature: not a JSON object')],
    [
      'an unknown part of the signature',
      { ...report, signature: { ...report.signature, t: 1 } },
      inReport('signature: unknown key "t"'),
    ],
    [
      'reserved bytes in a newer signature',
      { ...report, signature: { ...report.signature, _reserved: [] } },
      inReport('signature: unknown key "_reserved"'),
    ],
    [
      'an R of 71 bytes',
      { ...report, signature: { ...report.signature, r: filled(71, 0) } },
      inReport('signature: r has 71 bytes, not 72'),
    ],
    [
      'an S of 73 bytes',
      { ...report, signature: { ...report.signature, s: filled(73, 0) } },
      inReport('signature: s has 73 bytes, not 72'),
    ],
    [
      'no bytes behind an older signature',
      { ...oldReport, signature: { ...oldReport.signature, _reserved: [] } },
      inReport('signature: _reserved has 0 bytes, not 368'),
    ],
    [
      'reserved bytes that are missing',
      { ...oldReport, _reserved_1: [] },
      inReport('_reserved_1 has 0 bytes, not 24'),
    ],
    [
      'a reserved word that is missing',
      { ...oldReport, _reserved_0: null },
      inReport('_reserved_0 is not an integer of 32 bits'),
    ],
    [
      'a reserved byte of 256',
      { ...oldReport, _reserved_3: 256 },
      inReport('_reserved_3 is not an integer of 8 bits'),
    ],
    [
      'the flags of 33 bits',
      { ...oldReport, _author_key_en: 2n ** 32n },
      inReport('_author_key_en is not an integer of 32 bits'),
    ],
    ['a report as text', 'AAAA', inReport('not a JSON object')],
  ])('not with %s', async (_, value, refusal) => {
    expect(await refusalOf(trusteeEvidence(value))).toBe(refusal)
  })
})

describe('the chain', () => {
  const vcek = serdeEntry('VCEK', lab.vek)
  const decode = async (chain: unknown) =>
    partsOfEvidence(await decodeEvidence(trusteeEvidence(report, chain), 'trustee-snp'))

  it('holds certificates, CRLs and what hosts add', async () => {
    const vlek = labEvidence({ line: 'Genoa', signer: 'vlek' }).vek
    const parts = await decode([
      serdeEntry('ARK', lab.ark),
      serdeEntry('ASK', utf8(pem(lab.ask))),
      serdeEntry('VLEK', vlek),
      vcek,
      serdeEntry('CRL', lab.crl),
      serdeEntry({ OTHER: 'ecae0c0f-9502-43b1-afa2-0ae2e0d565b6' }, utf8('?')),
      serdeEntry({ OTHER: 'ecae0c0f-9502-43b1-afa2-0ae2e0d565b6' }, utf8('?')),
    ])
    expect(parts.leaves).toEqual([
      { kind: 'vlek', der: vlek },
      { kind: 'vcek', der: lab.vek },
    ])
    expect([parts.intermediates, parts.roots]).toEqual([[lab.ask], [lab.ark]])
    expect(parts.crls.map(({ der }) => der)).toEqual([lab.crl])
  })

  it('may hold nothing', async () => {
    expect((await decode([])).leaves).toEqual([])
  })

  const where = ': cert_chain'
  it.each<[string, unknown, string]>([
    ['an object', {}, refused(`${where}: not a list`)],
    ['text', 'x', refused(`${where}: not a list`)],
    ['an entry that is text', ['x'], refused(`${where}: not a JSON object`)],
    ['an unknown member', [{ ...vcek, x: 1 }], refused(`${where}: unknown key "x"`)],
    ['no type', [{ data: [1] }], refused(`${where}: cert_type is not known`)],
    ['another type', [serdeEntry('vcek', lab.vek)], refused(`${where}: cert_type is not known`)],
    ['an empty entry', [serdeEntry('Empty', lab.vek)], refused(`${where}: cert_type is not known`)],
    ['another kind of type', [serdeEntry({ NEW: 1 }, lab.vek)], refused(`${where}: cert_type is not known`)],
    [
      'two kinds of type',
      [serdeEntry({ OTHER: 1, VCEK: 1 }, lab.vek)],
      refused(`${where}: cert_type is not known`),
    ],
    ['data as text', [{ cert_type: 'VCEK', data: 'x' }], refused(`${where}: data is not a list of bytes`)],
    [
      'no data of another kind',
      [{ cert_type: { OTHER: 'x' } }],
      refused(`${where}: data is not a list of bytes`),
    ],
    ['two VCEKs', [vcek, vcek], `EVIDENCE_DUPLICATE trustee-snp${where}: VCEK twice`],
    [
      'two CRLs',
      [serdeEntry('CRL', lab.crl), serdeEntry('CRL', lab.crl)],
      `EVIDENCE_DUPLICATE trustee-snp${where}: CRL twice`,
    ],
    [
      'two certificates in one',
      [serdeEntry('VCEK', utf8(pem(lab.vek).repeat(2)))],
      refused(`${where}: VCEK: more than one certificate`),
    ],
    [
      '17 entries',
      filled(17, { cert_type: { OTHER: 'x' }, data: [] }),
      `EVIDENCE_SIZE more than 16 entries of trustee-snp${where}`,
    ],
    ['16 entries', filled(16, { cert_type: { OTHER: 'x' }, data: [] }), 'accepted'],
  ])('not %s', async (_, chain, refusal) => {
    expect(await refusalOf(trusteeEvidence(report, chain))).toBe(refusal)
  })
})

describe('the document', () => {
  it.each<[string, string, string]>([
    ['a list', '[]', refused(': not a JSON object')],
    ['nothing', '{}', inReport('not a JSON object')],
    ['an unknown member', '{"x":1}', refused(': unknown key "x"')],
    [
      'a member twice',
      '{"cert_chain":null,"cert_chain":null}',
      refused(' is not strict JSON: duplicate key "cert_chain"'),
    ],
    [
      'what is nested deeper',
      '{"attestation_report":{"a":{"b":{"c":[1]}}}}',
      refused(' is not strict JSON: nested deeper than 4'),
    ],
  ])('not %s', async (_, text, refusal) => {
    expect(await refusalOf(utf8(text))).toBe(refusal)
  })
})

describe.each(realItems().map(({ slug, folder, meta }) => [slug, folder, meta] as const))(
  'the report of %s',
  (_, folder, meta) => {
    it('comes back', async () => {
      const bytes = new Uint8Array(readFileSync(`${folder}/${meta.files['report'] ?? ''}`))
      expect((await decodeEvidence(trusteeEvidence(serdeReport(bytes)), 'auto')).report).toEqual(bytes)
      expect((await decodeEvidence(trusteeEvidence(oldSerdeReport(bytes)), 'auto')).report).toEqual(bytes)
    })
  },
)
