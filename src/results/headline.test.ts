// The first line of a verdict: whatever an accepted result leaves open is in it.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { akSignature, allPcrs, labNonce, labPcrs, quoteOf, runtimeClaims } from '../../test/support/azure.js'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { attestedDocument, changed, expectationsOf } from '../../test/support/manifest-documents.js'
import { labEvidence } from '../../test/support/pki.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA, type ReportFields } from '../../test/support/report.js'
import { ownChallenge } from '../binding/challenge.js'
import { type ManifestBindingOptions, bindings } from '../binding/forms.js'
import { frameBytes } from '../binding/frame.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import type { JsonValue } from '../errors/error.js'
import { azureHcl } from '../profiles/azure-hcl.js'
import type { VerificationInput } from '../verify/input.js'
import { verdictToText } from './text.js'
import { acceptedToJson } from './verdict.js'

const schema = 'attested/manifest@1'
const replayed = 'it may be old: a replayed report gives the same answer'
const stored = { unchecked: 'a stored sample' }
const sha256 = (...parts: readonly (Uint8Array | string)[]): Uint8Array => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

async function textOf(
  report: Partial<ReportFields>,
  binding: VerificationInput['binding'],
  identified = true,
): Promise<string> {
  const measured = {
    identity: 'required' as const,
    measurements: [{ label: 'lab', value: Buffer.from(LAB_MEASUREMENT).toString('hex') }],
  }
  const policy = await policyOf(identified ? measured : {})
  const input = await inputOf(evidenceOf(labEvidence({ report })), { policy, binding })
  const outcome = await labVerifier.appraiseEvidence(input)
  if (outcome.verdict !== 'accepted') throw new Error(outcome.error.message)
  return verdictToText(acceptedToJson(outcome.verified))
}

const first = (text: string): string => text.split('\n')[0] ?? ''

/** What `manifest/1` says of a document with changes, accepted by its rules. */
function ruled(changes: Readonly<Record<string, unknown>>): Promise<string> {
  const manifest = canonicalJson(changed(attestedDocument, changes) as JsonValue)
  const reportData = new Uint8Array(64)
  reportData.set(sha256(manifest))
  const accept = { expect: expectationsOf(schema) }
  return textOf({ reportData }, bindings.manifest({ manifest, nonce: stored, accept }))
}

describe('the headline of an accepted result', () => {
  it('is short where nothing is left open', async () => {
    const freshness = ownChallenge(LAB_REPORT_DATA)
    expect(first(await textOf({}, bindings.reportData(LAB_REPORT_DATA, { freshness })))).toBe('accepted')
  })

  it('says that it is not fresh', async () => {
    const binding = bindings.reportData(LAB_REPORT_DATA, { freshness: stored })
    expect(first(await textOf({}, binding))).toBe(`accepted, but: ${replayed}`)
  })

  it('says all that is open', async () => {
    expect(first(await textOf({}, stored, false))).toBe(
      `accepted, but: the policy does not say which software runs; nobody checked what the report commits to; ${replayed}`,
    )
  })

  it('says that nobody accepted a manifest, or compared what else is committed to', async () => {
    const manifest = canonicalJson(attestedDocument as JsonValue)
    const reportData = new Uint8Array(64)
    reportData.set(sha256(manifest))
    const binding = bindings.manifest({ manifest, nonce: stored, accept: stored })
    expect(first(await textOf({ reportData }, binding))).toBe(
      `accepted, but: nobody accepted the manifest that the report commits to; ${replayed}`,
    )
    const claims = runtimeClaims()
    const azure = new Uint8Array(64)
    azure.set(sha256(claims))
    const quote = quoteOf()
    const pcrs = (values: Uint8Array | typeof stored) =>
      azureHcl.with({
        nonce: ownChallenge(labNonce),
        pcrSelection: allPcrs,
        pcrs: values,
        runtimeData: claims,
        tpmQuote: quote,
        tpmSignature: akSignature(quote),
      })
    expect(first(await textOf({ reportData: azure }, pcrs(labPcrs)))).toBe('accepted')
    expect(first(await textOf({ reportData: azure }, pcrs(stored)))).toBe(
      'accepted, but: nobody compared part of what the report commits to',
    )
    const rows = await textOf({ reportData: azure }, pcrs(labPcrs))
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
    expect(rows).toContain(
      `  commits to              nonce ${hex(labNonce)}, pcrSelection ffffff, ` +
        `pcrs ${hex(labPcrs).slice(0, 64)}... (${String(labPcrs.length)} bytes)\n`,
    )
  })

  it('is followed by values of up to 64 bytes as they are', async () => {
    const text = await textOf({}, bindings.reportData(LAB_REPORT_DATA, { freshness: stored }))
    expect(text).toContain(`reportData ${Buffer.from(LAB_REPORT_DATA).toString('hex')}\n`)
  })

  it('says that nothing constrains REPORT_DATA where the commitment is in HOST_DATA', async () => {
    const manifest = canonicalJson(attestedDocument as JsonValue)
    const digest = sha256(manifest)
    const hostData = sha256(frameBytes('HOST_DATA', 'manifest-host/1', [['manifest', digest]]))
    const options: ManifestBindingOptions = {
      manifest,
      nonce: stored,
      accept: { digest },
      carrier: 'HOST_DATA',
    }
    expect(first(await textOf({ hostData }, bindings.manifest(options)))).toBe(
      `accepted, but: nothing constrains REPORT_DATA; ${replayed}`,
    )
  })

  it('says that rules warn of the manifest, and the text says what they warn of', async () => {
    expect(first(await ruled({}))).toBe(`accepted, but: ${replayed}`)
    const one = await ruled({ 'data.1.digest': null })
    expect(first(one)).toBe(`accepted, but: a rule warns of the manifest; ${replayed}`)
    expect(one).toMatch(/^ {2}warning +M15 \/data\/1: no digest says which data "weights" is$/m)
    const both = await ruled({ 'data.0.digest': null, 'data.1.digest': null })
    expect(first(both)).toBe(`accepted, but: rules warn of the manifest 2 times; ${replayed}`)
    expect(both).toContain('M15 /data/0: no digest says which data "records" is')
  })

  it('is followed by the first of many warnings, and how many there are', async () => {
    const data = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ name: `d${at}`, participant: 'pharma', digest: null }))
    const withData = async (count: number): Promise<readonly string[]> => {
      const text = await ruled({
        data: data(count),
        'permissions.0.reads': ['d0'],
        'permissions.1.reads': [],
      })
      return text.split('\n').filter((line) => line.startsWith('  warning'))
    }
    expect(await withData(16)).toHaveLength(16)
    const many = await withData(18)
    expect(many).toHaveLength(17)
    expect(many[15]).toContain('/data/15')
    expect(many[16]).toMatch(/^ {2}warning +and 2 more, all of them in the JSON$/)
  })
})

it('rules that were not applied stand among what is open', async () => {
  const text = await ruled({})
  for (const rule of ['M9', 'M12', 'M16'])
    expect(text).toContain(`\n  open manifest.${rule}: has no meaning for ${schema}\n`)
})
