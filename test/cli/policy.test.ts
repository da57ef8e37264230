import { describe, expect, test } from 'vitest'
import { parsePolicy, recommendedPolicy } from '../../src/index.js'
import { makeVek } from '../support/certificates.js'
import { toHex } from '../support/der.js'
import { labEvidence, labPki } from '../support/pki.js'
import { realFolder, realItems } from '../support/real-folder.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA, labChipId, makeReport, patchReport } from '../support/report.js'
import { attested, jsonOf, lab, temporaryFolder } from './harness.js'

const { file } = temporaryFolder()

/** The drafted policy, which must be one that the library takes. */
async function drafted(report: Uint8Array, ...more: string[]) {
  const ran = await attested(['policy', 'from-report', file('report.bin', report), ...more])
  expect(ran.status).toBe(0)
  const document = jsonOf(ran)
  await parsePolicy(JSON.stringify(document))
  return { document, err: ran.err }
}

describe('from-report', () => {
  const genoa = labEvidence({ line: 'Genoa' })

  test('with and without --json it is the document itself', async () => {
    const path = file('report.bin', genoa.report)
    const [plain, json] = [
      await attested(['policy', 'from-report', path]),
      await attested(['policy', 'from-report', path, '--json']),
    ]
    expect(plain.out).toBe(json.out)
    expect(Object.keys(jsonOf(plain))[0]).toBe('version')
  })

  test('pins the key, the chip and the silicon', async () => {
    const { document, err } = await drafted(genoa.report, '--vek', file('vek.der', genoa.vek))
    expect(document).toMatchObject({
      products: ['Genoa'],
      signers: ['vcek'],
      measurements: [{ label: 'from report', value: toHex(LAB_MEASUREMENT) }],
      chips: [toHex(labChipId('Genoa'))],
      endorsementKeys: [expect.stringMatching(/^[0-9a-f]{64}$/)],
      tcb: { floors: [{ product: 'Genoa', family: 25, model: 17, stepping: 1 }] },
      freshness: { unchecked: 'not in the report' },
    })
    expect(err).not.toContain('finding')
  })

  test('takes the key out of the evidence', async () => {
    const whole = Buffer.concat([genoa.report, genoa.table])
    const [inside, beside] = [
      await drafted(whole),
      await drafted(genoa.report, '--vek', file('vek.der', genoa.vek)),
    ]
    expect(inside.document).toEqual(beside.document)
  })

  test('without a key it says so and pins less', async () => {
    const { document, err } = await drafted(genoa.report)
    expect(document).toMatchObject({
      chips: [toHex(labChipId('Genoa'))],
      endorsementKeys: { unchecked: 'not in the report' },
    })
    expect(err).toContain('no endorsement key was given')
  })

  test.each([
    [
      'one that is not of the profile',
      makeVek({ line: 'Genoa', kind: 'vcek', authority: labPki().lines.Genoa.ask, structVersion: 9 }).der,
      'CERTIFICATE_UNSUPPORTED',
    ],
    ['one that is no certificate', Uint8Array.of(0x30, 0x82, 1), 'DER_TRUNCATED'],
  ])('a key that cannot be read is left out, and said: %s', async (_, vek, code) => {
    const { document, err } = await drafted(genoa.report, '--vek', file('odd.der', vek))
    expect(document.endorsementKeys).toEqual({ unchecked: 'not in the report' })
    expect(err).toContain(`finding: the endorsement key cannot be used, the policy does without: ${code}`)
  })

  test('a key of something else is said', async () => {
    const other = labEvidence({
      line: 'Genoa',
      report: { tcb: { bootloader: 9, tee: 0, snp: 23, microcode: 84 } },
    })
    const { err } = await drafted(genoa.report, '--vek', file('other.der', other.vek))
    expect(err).toContain('does not belong to this report: ENDORSEMENT_TCB_MISMATCH')
  })

  test('version 2 names no silicon: both products, floors without microcode, whatever the key says', async () => {
    const two = labEvidence({ line: 'Genoa', version: 2 })
    const { document, err } = await drafted(two.report)
    const floor = { family: 'any', model: 'any', stepping: 'any' }
    const levels = { bootloader: 10, tee: 0, snp: 23, microcode: 0 }
    expect(document).toMatchObject({
      products: ['Milan', 'Genoa'],
      reportVersions: [2],
      tcb: {
        floors: [
          { product: 'Milan', ...floor, reported: levels, mitigations: { unchecked: 'not in the report' } },
          { product: 'Genoa', ...floor, reported: levels, launch: levels },
        ],
      },
    })
    expect(err).toContain('finding: version 2 does not name its silicon')
    expect((await drafted(two.report, '--vek', file('two.der', two.vek))).document).toMatchObject({
      products: ['Milan', 'Genoa'],
      tcb: { floors: [{ product: 'Milan' }, { product: 'Genoa', ...floor }] },
    })
  })

  test('Turin has an fmc level and eight bytes of chip', async () => {
    const turin = labEvidence({ line: 'Turin', version: 5 })
    const { document } = await drafted(turin.report)
    expect(document).toMatchObject({
      products: ['Turin'],
      chips: [toHex(labChipId('Turin').slice(0, 8))],
      tcb: { floors: [{ product: 'Turin', reported: { fmc: 1 }, mitigations: '000000000000003f' }] },
    })
  })

  test('a masked CHIP_ID is any chip, whatever the key says', async () => {
    const masked = labEvidence({ report: { chipId: new Uint8Array(64) } })
    expect((await drafted(masked.report)).document.chips).toBe('any')
    expect((await drafted(masked.report, '--vek', file('masked.der', masked.vek))).document.chips).toBe('any')
  })

  test('a VLEK pins its provider', async () => {
    const vlek = labEvidence({ signer: 'vlek' })
    expect((await drafted(vlek.report, '--vek', file('vlek.der', vlek.vek))).document).toMatchObject({
      signers: ['vlek'],
      cspIds: ['CN=cc-lab-1.csp.example'],
      chips: 'any',
    })
  })

  test.each([
    ['debug', labEvidence({ report: { policy: 0xb0000n } }).report, 'DEBUG'],
    ['requested by the host', labEvidence({ report: { vmpl: 0xffffffff } }).report, 'REPORT_VMPL'],
    ['unsigned', makeReport({ maskChipKey: true, signingKey: 7 }), 'REPORT_UNSIGNED'],
  ])('a report that no policy accepts is drafted, and said: %s', async (_, report, says) => {
    expect((await drafted(report)).err).toMatch(
      new RegExp(`finding: .*no policy can accept|finding: no policy.*${says}`),
    )
    expect((await drafted(report)).err).toContain(says)
  })

  test.each([
    ['not a report', new Uint8Array(10), 30, 'EVIDENCE_FORMAT'],
    ['a reserved byte', patchReport(genoa.report, 0x4c, Uint8Array.of(1)), 30, 'REPORT_RESERVED_NONZERO'],
    ['a later version', patchReport(genoa.report, 0, Uint8Array.of(6)), 30, 'REPORT_VERSION_UNSUPPORTED'],
    [
      'unknown silicon',
      labEvidence({ report: { cpuid: { family: 0x1b, model: 0, stepping: 0 } } }).report,
      30,
      'REPORT_PRODUCT_UNKNOWN',
    ],
    [
      'unsigned, of unknown silicon',
      makeReport({ maskChipKey: true, cpuid: { family: 0x1b, model: 0, stepping: 0 } }),
      30,
      'REPORT_PRODUCT_UNKNOWN',
    ],
    ['an unknown signer', labEvidence({ report: { signingKey: 3 } }).report, 30, 'REPORT_SIGNER_UNSUPPORTED'],
  ] as const)('%s gives no document', async (_, report, status, code) => {
    const ran = await attested(['policy', 'from-report', file('bad.bin', report), '--json'])
    expect(ran).toMatchObject({ status, out: '' })
    expect(ran.err).toContain(`attested: ${code}: `)
  })
})

describe('recommended', () => {
  const measurement = toHex(LAB_MEASUREMENT)
  const argv = ['policy', 'recommended', '--environment', 'aws', '--product', 'Milan', '--product', 'Genoa']

  test('is the policy of the library', async () => {
    const ran = await attested([
      ...argv,
      '--measurement',
      `a=b=${measurement.toUpperCase()}`,
      '--measurement',
      `c=${'00'.repeat(48)}`,
    ])
    expect(ran).toMatchObject({ status: 0, err: '' })
    expect(jsonOf(ran)).toEqual(
      recommendedPolicy({
        environment: 'aws',
        products: ['Milan', 'Genoa'],
        measurements: [
          { label: 'a=b', value: measurement },
          { label: 'c', value: '00'.repeat(48) },
        ],
      }),
    )
  })

  test('--as-of is the day of its floors', async () => {
    const ran = await attested([
      ...argv,
      '--measurement',
      `a=${measurement}`,
      '--as-of',
      '2026-12-24',
      '--json',
    ])
    expect(jsonOf(ran).tcb).toEqual({ recommended: { asOf: '2026-12-24' } })
  })
})

test('a drafted policy accepts the evidence that it came from, for every product, signer and version', async () => {
  for (const line of ['Milan', 'Genoa', 'Turin'] as const)
    for (const signer of ['vcek', 'vlek'] as const)
      for (const version of line === 'Turin' ? [3, 4, 5] : [2, 3, 4, 5]) {
        const made = labEvidence({ line, signer, version })
        const input = [file('report.bin', made.report), '--vek', file('vek.der', made.vek)]
        const draft = await lab(['policy', 'from-report', ...input])
        const ran = await lab([
          ...['verify', ...input, '--policy', file('policy.json', draft.out)],
          ...['--report-data', toHex(LAB_REPORT_DATA), '--json'],
        ])
        expect([line, signer, version, ran.status, jsonOf(ran).code]).toEqual([
          line,
          signer,
          version,
          0,
          null,
        ])
      }
})

describe.skipIf(realFolder() === null)('real evidence', () => {
  test.each(realItems())('$slug: the drafted policy gives the expected verdict', async ({ folder, meta }) => {
    const { expect: wanted, files, facts, claimed } = meta
    const vek = files['vek'] === undefined ? [] : ['--vek', `${folder}/${files['vek']}`]
    const input = [`${folder}/${files['report'] ?? ''}`, ...vek]
    const draft = await attested(['policy', 'from-report', ...input])
    expect(draft.status).toBe(0)
    const ran = await attested([
      ...['verify', ...input, '--policy', file('policy.json', draft.out), '--at', wanted.at],
      ...(facts['reportDataZero'] === true
        ? ['--unchecked-report-data', 'zero']
        : ['--report-data', String(claimed['reportData'])]),
      '--json',
    ])
    const verdict = jsonOf(ran)
    expect(verdict.verdict).toBe(wanted.core)
    expect(ran.status).toBe({ accepted: 0, rejected: 10, unverifiable: 20 }[wanted.core])
    // The claims are another reader's; in an accepted verdict they are verified.
    expect(verdict[wanted.core === 'accepted' ? 'report' : 'claimed']).toMatchObject(claimed)
  })
})
