// Evidence of a VM of Azure on the command line, over the lab's authorities.
import { beforeAll, describe, expect, test } from 'vitest'
import { azureEvidence, jsonBytes, labNonce, labPcrs, thimDocument, vtpmDocument } from '../support/azure.js'
import { openPolicy } from '../support/lab-verifier.js'
import { toHex } from '../support/der.js'
import { jsonOf, lab, temporaryFolder } from './harness.js'

const { file } = temporaryFolder()
const azure = azureEvidence()

beforeAll(() => {
  file('hcl.bin', azure.blob)
  file('quote', azure.quote)
  file('signature', azure.signature)
  file('pcrs', labPcrs)
  file('thim.json', jsonBytes(thimDocument(azure.lab)))
  file('vtpm.json', jsonBytes(vtpmDocument(azure)))
  file('policy.json', JSON.stringify({ ...openPolicy, freshness: 'challenge' }))
  file('open.json', JSON.stringify(openPolicy))
})

const policy = (): readonly string[] => ['--policy', file('policy.json'), '--json']
const quote = (): readonly string[] => [
  '--input',
  `tpmQuote=@${file('quote')}`,
  '--input',
  `tpmSignature=@${file('signature')}`,
]
const expected = (pcrs = `@${file('pcrs')}`): readonly string[] => [
  '--binding',
  'azure-hcl/1',
  '--input',
  `nonce=hex:${toHex(labNonce)}`,
  '--input',
  'pcrSelection=hex:ffffff',
  '--input',
  `pcrs=${pcrs}`,
]
const blob = (): readonly string[] => [
  'verify',
  file('hcl.bin'),
  '--format',
  'azure-hcl',
  '--vek',
  file('thim.json'),
]

describe('a VM of Azure', () => {
  test('is verified with its quote and the certificates of its metadata service', async () => {
    const ran = await lab([...blob(), ...policy(), ...expected(), ...quote()])
    expect([ran.status, jsonOf(ran).verdict, jsonOf(ran).freshness]).toEqual([0, 'accepted', 'challenge'])
    expect(jsonOf(ran).binding.verified).toEqual({
      nonce: toHex(labNonce),
      pcrSelection: 'ffffff',
      pcrs: toHex(labPcrs),
    })
  })

  test('says in words whose code MEASUREMENT is', async () => {
    const ran = await lab([...blob(), '--policy', file('policy.json'), ...expected(), ...quote()])
    expect(ran.out).toMatch(/assumed +MEASUREMENT is that of the paravisor/)
  })

  test('may come as one document, recognised', async () => {
    const ran = await lab(['verify', file('vtpm.json'), ...policy(), ...expected()])
    expect([ran.status, ran.err]).toEqual([0, expect.stringContaining('evidence recognised as az-snp-vtpm')])
  })

  test('may have PCRs that nobody expects, for a reason', async () => {
    const ran = await lab([...blob(), ...policy(), ...expected('unchecked:not known yet'), ...quote()])
    expect(ran.status).toBe(0)
    expect(jsonOf(ran).unchecked).toContainEqual({ id: 'binding.accept', reason: 'not known yet' })
  })

  test('is refused with the quote of another', async () => {
    const other = azureEvidence({ quote: { extraData: labNonce.map((byte) => byte ^ 1) } })
    const more = [
      '--input',
      `tpmQuote=hex:${toHex(other.quote)}`,
      '--input',
      `tpmSignature=hex:${toHex(other.signature)}`,
    ]
    const ran = await lab([...blob(), ...policy(), ...expected(), ...more])
    expect([ran.status, jsonOf(ran).code]).toEqual([10, 'FRESHNESS_MISMATCH'])
  })

  test('without a quote commits to the attestation key', async () => {
    const ran = await lab([
      ...blob(),
      '--policy',
      file('open.json'),
      '--json',
      '--binding',
      'azure-hcl-report/1',
    ])
    expect([ran.status, jsonOf(ran).binding.keys[0].claim]).toEqual([0, 'akPub'])
  })
})

describe('wrong usage', () => {
  test.each<[string, string, string]>([
    [
      'a challenge that is unchecked',
      'nonce=unchecked:why',
      '--input nonce: only a reference value can be unchecked',
    ],
    [
      'an unknown input',
      'constructor=unchecked:why',
      '--input constructor: only a reference value can be unchecked',
    ],
  ])('%s', async (_, input, message) => {
    const ran = await lab([...blob(), ...policy(), '--binding', 'azure-hcl/1', '--input', input])
    expect([ran.status, ran.out]).toEqual([2, ''])
    expect(ran.err).toContain(message)
  })

  test('PCRs for no reason', async () => {
    const ran = await lab([...blob(), ...policy(), ...expected('unchecked: '), ...quote()])
    expect(ran.status).toBe(2)
    expect(ran.err).toContain('input pcrs { unchecked } needs a reason')
  })
})

describe('certificates of the metadata service', () => {
  test.each([[], ['--format', 'thim']])('are shown %s', async (...format: readonly string[]) => {
    const ran = await lab(['inspect', file('thim.json'), ...format, '--json'])
    const { format: found, notVerified, claimed, certificates, error } = jsonOf(ran)
    expect({ status: ran.status, found, notVerified, claimed, error, count: certificates.length }).toEqual({
      status: 0,
      found: 'thim',
      notVerified: true,
      claimed: null,
      error: null,
      count: 3,
    })
  })

  test('are no evidence', async () => {
    const verified = await lab(['verify', file('thim.json'), ...policy(), ...expected()])
    expect([verified.status, jsonOf(verified).code]).toEqual([30, 'EVIDENCE_MALFORMED'])
    const beside = await lab(['inspect', file('thim.json'), '--vek', file('thim.json'), '--json'])
    expect([beside.status, jsonOf(beside).error.code]).toEqual([30, 'EVIDENCE_MALFORMED'])
  })

  test('stand beside a report that is inspected', async () => {
    const ran = await lab(['inspect', file('hcl.bin'), '--vek', file('thim.json'), '--json'])
    expect([ran.status, jsonOf(ran).format, jsonOf(ran).certificates.length]).toEqual([0, 'azure-hcl', 3])
  })
})
