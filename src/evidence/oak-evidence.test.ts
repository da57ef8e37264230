import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { bytesField, goEvidence, wordField } from '../../test/support/containers.js'
import { concat } from '../../test/support/der.js'
import { oakDocument, oakKey, oakLayer } from '../../test/support/key-documents.js'
import { labEvidence } from '../../test/support/pki.js'
import { realFolder } from '../../test/support/real-folder.js'
import { isVerificationError } from '../errors/error.js'
import { attachmentsOf, decodeEvidence } from './evidence.js'
import { formatNamed } from './registry.js'
import { sniffOf } from './sniff.js'

const lab = labEvidence({ line: 'Milan', version: 3 })
const { report, vek } = lab
const document = oakDocument(lab)
const none = new Uint8Array()
const filled = (fill: number): Uint8Array => new Uint8Array(200).fill(fill)
const root = concat(wordField(1, 1n), bytesField(2, report))

async function refusalOf(bytes: Uint8Array): Promise<string> {
  try {
    await decodeEvidence(bytes, 'oak-evidence')
    return 'accepted'
  } catch (error) {
    if (isVerificationError(error)) return `${error.code} ${error.message}`
    throw error
  }
}

describe.each(['oak-evidence', 'auto'] as const)('evidence of Oak, as %s', (format) => {
  it('is the report, its key, the layers, the keys of the application and the event log', async () => {
    const evidence = await decodeEvidence(document, format)
    expect(evidence).toMatchObject({
      format: 'oak-evidence',
      reconstructed: false,
      endorsementKeys: 0,
      crls: 0,
    })
    expect(evidence.report).toEqual(report)
    expect(Object.fromEntries(attachmentsOf(evidence))).toEqual({
      rootEcaKey: oakKey,
      layer1: filled(1),
      layer2: filled(2),
      encryptionKeyCertificate: filled(8),
      signingKeyCertificate: filled(9),
      eventLog: Uint8Array.of(0x0a, 3, 1, 2, 3),
    })
  })

  it('takes an endorsement key beside it', async () => {
    expect(await decodeEvidence(document, format, { endorsementKey: vek })).toMatchObject({
      endorsementKeys: 1,
    })
  })

  it.each<[string, Uint8Array, readonly string[]]>([
    ['a report alone', oakDocument(lab, { root, layers: [], rest: none }), []],
    [
      'one key of the application',
      oakDocument(lab, { layers: [], rest: bytesField(3, bytesField(2, filled(9))) }),
      ['rootEcaKey', 'signingKeyCertificate'],
    ],
    [
      'eight layers',
      oakDocument(lab, { layers: [1, 2, 3, 4, 5, 6, 7, 8].map(oakLayer), rest: none }),
      ['rootEcaKey', ...[1, 2, 3, 4, 5, 6, 7, 8].map((layer) => `layer${String(layer)}`)],
    ],
  ])('is read with %s', async (_, bytes, attachments) => {
    const evidence = await decodeEvidence(bytes, format)
    expect(evidence).toMatchObject({ format: 'oak-evidence', attachments })
    expect(evidence.report).toEqual(report)
  })
})

describe('what is no evidence of Oak', () => {
  it.each<[string, Uint8Array, string]>([
    [
      'another platform',
      oakDocument(lab, { platform: 2 }),
      'MALFORMED oak-evidence: the platform is not AMD_SEV_SNP',
    ],
    [
      'no platform',
      oakDocument(lab, { root: bytesField(2, report) }),
      'MALFORMED oak-evidence: the platform is not AMD_SEV_SNP',
    ],
    [
      'a layer of nothing',
      oakDocument(lab, { layers: [oakLayer(1), bytesField(2, none)] }),
      'MALFORMED oak-evidence: a layer has no certificate',
    ],
    [
      'nine layers',
      oakDocument(lab, { layers: [1, 2, 3, 4, 5, 6, 7, 8, 9].map(oakLayer) }),
      'SIZE more than 8 layers',
    ],
    [
      'two reports',
      oakDocument(lab, { root: concat(root, bytesField(2, report)) }),
      'DUPLICATE oak-evidence: root_layer: remote_attestation_report twice',
    ],
    ['two root layers', concat(document, bytesField(1, root)), 'DUPLICATE oak-evidence: root_layer twice'],
    [
      'two certificates of a layer',
      oakDocument(lab, { layers: [bytesField(2, concat(bytesField(1, vek), bytesField(1, vek)))] }),
      'DUPLICATE oak-evidence: layers: eca_certificate twice',
    ],
    ['an unknown field', concat(document, bytesField(5, none)), 'MALFORMED oak-evidence: unknown field 5'],
    [
      'an unknown field of the root layer',
      oakDocument(lab, { root: concat(root, bytesField(4, none)) }),
      'MALFORMED oak-evidence: root_layer: unknown field 4',
    ],
    [
      'an unknown field of a layer',
      oakDocument(lab, { layers: [bytesField(2, bytesField(2, vek))] }),
      'MALFORMED oak-evidence: layers: unknown field 2',
    ],
    [
      'an unknown key',
      oakDocument(lab, { rest: bytesField(3, bytesField(3, vek)) }),
      'MALFORMED oak-evidence: application_keys: unknown field 3',
    ],
    [
      'a platform in bytes',
      oakDocument(lab, { root: concat(bytesField(1, Uint8Array.of(1)), bytesField(2, report)) }),
      'MALFORMED oak-evidence: root_layer: platform is a bytes',
    ],
    [
      'a byte cut off',
      document.subarray(0, -1),
      'MALFORMED oak-evidence is not strict protobuf: it ends inside a field',
    ],
    ['a short report', oakDocument({ report: report.subarray(1) }), 'LENGTH'],
    ['no report', oakDocument(lab, { root: wordField(1, 1n) }), 'LENGTH'],
    ['evidence of go-sev-guest', goEvidence(lab), 'MALFORMED oak-evidence: '],
    ['a report', report, 'MALFORMED oak-evidence'],
    ['nothing', none, 'MALFORMED oak-evidence: the platform is not AMD_SEV_SNP'],
  ])('%s', async (_, bytes, expected) => {
    const code = expected.startsWith('LENGTH') ? 'REPORT_' : 'EVIDENCE_'
    expect((await refusalOf(bytes)).startsWith(code + expected), await refusalOf(bytes)).toBe(true)
  })

  it('is not recognised', async () => {
    const outcome = (bytes: Uint8Array): Promise<string> =>
      asyncOutcomeOf(() => decodeEvidence(bytes, 'auto'))
    for (const bytes of [oakDocument({ report: report.subarray(1) }), document.subarray(0, -1)])
      expect(await outcome(bytes)).toBe('EVIDENCE_FORMAT')
    expect(await outcome(oakDocument(lab, { platform: 2 }))).toBe('EVIDENCE_MALFORMED')
    expect(await outcome(goEvidence(lab))).toBe('accepted')
  })

  it('is bounded', async () => {
    const of = (size: number): Uint8Array =>
      oakDocument(lab, { layers: [], rest: bytesField(4, new Uint8Array(size)) })
    const most = 256 * 1024 - (of(200_000).length - 200_000)
    expect(await asyncOutcomeOf(() => decodeEvidence(of(most), 'oak-evidence'))).toBe('accepted')
    expect(await asyncOutcomeOf(() => decodeEvidence(of(most + 1), 'oak-evidence'))).toBe('EVIDENCE_SIZE')
  })
})

it('a changed byte is refused with a code, or read as one report', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(document.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = document.map((byte, index) => (index === at ? byte ^ change : byte))
      expect(await asyncOutcomeOf(() => decodeEvidence(bytes, 'oak-evidence'))).toMatch(
        /^(accepted|EVIDENCE_(MALFORMED|DUPLICATE)|REPORT_LENGTH)$/,
      )
    }),
    { numRuns: 200 },
  )
})

it('a changed byte never makes it evidence of go-sev-guest, nor the other way', async () => {
  const formats = await Promise.all((['oak-evidence', 'go-sev-guest'] as const).map(formatNamed))
  const seeds = [document, goEvidence(lab)]
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.nat(), fc.integer({ min: 1, max: 255 }), (seed, at, change) => {
      const bytes = seed.map((byte, index) => (index === at % seed.length ? byte ^ change : byte))
      const sniff = sniffOf(bytes)
      const claims = formats.filter((one) => one.takes === 'bytes' && one.recognises(sniff))
      expect(claims.length).toBeLessThan(2)
    }),
    { numRuns: 200 },
  )
})

describe.skipIf(realFolder() === null)('the real evidence', () => {
  it('holds the report, four layers and a key that the report commits to', async () => {
    const folder = join(realFolder() ?? '', 'oak-milan-v3-cb')
    const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)))
    const evidence = await decodeEvidence(file('evidence.binarypb'), 'auto')
    expect(evidence).toMatchObject({
      format: 'oak-evidence',
      attachments: [
        'rootEcaKey',
        ...['layer1', 'layer2', 'layer3', 'layer4'],
        ...['encryptionKeyCertificate', 'signingKeyCertificate', 'eventLog'],
      ],
    })
    expect(evidence.report).toEqual(file('report.bin'))
    const key = attachmentsOf(evidence).get('rootEcaKey') ?? none
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(key)))
    expect(evidence.report.subarray(0x50, 0x90)).toEqual(concat(digest, new Uint8Array(32)))
  })
})
