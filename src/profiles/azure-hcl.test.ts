import { describe, expect, it } from 'vitest'
import {
  type AzureEvidence,
  type AzureOptions,
  akKey,
  akSignature,
  allPcrs,
  azureEvidence,
  hclBlob,
  jsonBytes,
  jwkOf,
  labNonce,
  labPcrs,
  otherAkKey,
  quoteOf,
  runtimeClaims,
  vtpmDocument,
} from '../../test/support/azure.js'
import { concat } from '../../test/support/der.js'
import { inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import type { Binding } from '../binding/binding.js'
import { ownChallenge } from '../binding/challenge.js'
import { committedBytes } from '../binding/claims.js'
import type { ProfileInputs } from '../binding/profile.js'
import { sha256Hex } from '../crypto/digests.js'
import { toHex } from '../encoding/hex.js'
import type { Evidence } from '../evidence/evidence.js'
import { decodeEvidence } from '../evidence/evidence.js'
import type { RefusedEvidence, UnidentifiedEvidence } from '../verify/result.js'
import { azureHcl, azureHclReport } from './azure-hcl.js'

type Inputs = ProfileInputs<{
  readonly nonce: 'verifier'
  readonly pcrSelection: 'expected'
  readonly pcrs: 'reference'
  readonly runtimeData: 'evidence'
  readonly tpmQuote: 'evidence'
  readonly tpmSignature: 'evidence'
}>

const azure = azureEvidence()
const nonce = ownChallenge(labNonce)
const unchecked = { unchecked: 'nobody knows the values yet' }
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(Buffer.from(sha256Hex(bytes), 'hex'))

const asBlob = ({ lab, blob }: AzureEvidence): Promise<Evidence> =>
  decodeEvidence(blob, 'azure-hcl', { endorsementKey: lab.vek })

async function judge(
  evidence: Evidence | Promise<Evidence>,
  binding: Binding,
  change: object = {},
): Promise<RefusedEvidence | UnidentifiedEvidence> {
  const policy = await policyOf({ freshness: 'challenge', ...change })
  const outcome = await labVerifier.appraiseEvidence(await inputOf(evidence, { policy, binding }))
  return outcome.verdict === 'accepted' ? (outcome.verified as UnidentifiedEvidence) : outcome
}

async function accepted(...args: Parameters<typeof judge>): Promise<UnidentifiedEvidence> {
  const outcome = await judge(...args)
  if (outcome.verdict !== 'accepted') throw new Error(`refused: ${outcome.code} ${outcome.error.message}`)
  return outcome
}

/** With the quote of some evidence beside its blob. */
function bound({ quote, signature }: AzureEvidence = azure, change: Partial<Inputs> = {}): Binding {
  return azureHcl.with({
    nonce,
    pcrSelection: allPcrs,
    pcrs: labPcrs,
    tpmQuote: quote,
    tpmSignature: signature,
    ...change,
  })
}

describe('a confidential VM of Azure', () => {
  it('is bound to the challenge through the report, the runtime claims and the quote', async () => {
    const { binding, freshness, freshnessBasis, channel } = await accepted(asBlob(azure), bound())
    expect({ freshness, freshnessBasis, channel }).toEqual({
      freshness: 'challenge',
      freshnessBasis: 'asserted',
      channel: 'unbound',
    })
    expect(binding.verified).toEqual({
      nonce: toHex(labNonce),
      pcrSelection: 'ffffff',
      pcrs: toHex(labPcrs),
    })
    expect(Object.keys(binding.committed)).toEqual([
      'runtimeData',
      'akPub',
      'tpmQuote',
      'quoteNonce',
      'quotePcrSelection',
      'quotePcrDigest',
      'nonce',
      'pcrSelection',
      'pcrs',
    ])
    expect(committedBytes(binding, 'akPub')).toEqual(akKey.spki)
    expect(committedBytes(binding, 'runtimeData')).toEqual(runtimeClaims())
    expect(binding.keys).toEqual([
      { claim: 'akPub', possession: 'signedChallenge', sha256: sha256Hex(akKey.spki) },
    ])
    expect(binding.provenance).toBe(
      'pcrs ← SHA-256 ← quotePcrDigest ← TPM quote ← tpmQuote ← RSA-PKCS1-SHA256 ← akPub ← HCL runtime claims ← ' +
        'runtimeData ← SHA-256 ← REPORT_DATA ← VCEK ← SEV-Genoa ← ARK-Genoa',
    )
    expect(binding.claims.map(({ name, freshness: fresh }) => [name, fresh])).toEqual([
      ['runtimeData', 'none'],
      ['akPub', 'none'],
      ...[
        'tpmQuote',
        'quoteNonce',
        'quotePcrSelection',
        'quotePcrDigest',
        'nonce',
        'pcrSelection',
        'pcrs',
      ].map((name) => [name, 'challenge']),
    ])
  })

  it('is told whose code MEASUREMENT is', async () => {
    const { binding } = await accepted(asBlob(azure), bound())
    expect(binding.assumptions).toHaveLength(5)
    expect(binding.assumptions[0]).toBe(
      'MEASUREMENT is that of the paravisor, which Microsoft builds, and says nothing of what the VM booted',
    )
    expect(binding.assumptions[1]).toBe('only the paravisor runs at VMPL 0, where the report was asked for')
  })

  it('is of VMPL 0, even where the policy takes any', async () => {
    const own = azureEvidence({ evidence: { line: 'Genoa', version: 3, report: { vmpl: 1 } } })
    for (const binding of [bound(own), azureHclReport.with({})])
      expect(await judge(asBlob(own), binding, { vmpl: { unchecked: 'any' } })).toMatchObject({
        verdict: 'rejected',
        code: 'BINDING_VMPL',
      })
  })

  it('may come with its quote in one document', async () => {
    const { binding } = await accepted(
      decodeEvidence(jsonBytes(vtpmDocument(azure)), 'az-snp-vtpm'),
      azureHcl.with({ nonce, pcrSelection: allPcrs, pcrs: labPcrs }),
    )
    expect(binding.verified['pcrs']).toBe(toHex(labPcrs))
  })

  it('may quote some PCRs', async () => {
    const selected = Uint8Array.of(0x11, 0, 0)
    const values = concat(labPcrs.slice(0, 32), labPcrs.slice(4 * 32, 5 * 32))
    const some = azureEvidence({ quote: { banks: [[0x0b, selected]], digest: sha256(values) } })
    const { binding } = await accepted(asBlob(some), bound(some, { pcrSelection: selected, pcrs: values }))
    expect(binding.verified['pcrSelection']).toBe('110000')
  })
})

describe('values of PCRs that are not expected', () => {
  it('are said to be unchecked, and only their digest is bound', async () => {
    const { binding, unchecked: open } = await accepted(asBlob(azure), bound(azure, { pcrs: unchecked }))
    expect(open).toContainEqual({ id: 'binding.accept', reason: unchecked.unchecked })
    expect(Object.keys(binding.verified)).toEqual(['nonce', 'pcrSelection'])
    expect(binding.committed['pcrs']).toBeUndefined()
    expect(binding.committed['quotePcrDigest']).toBe(sha256Hex(labPcrs))
    expect(binding.freshness).toBe('challenge')
  })

  it('are bound and not accepted where they came with the quote', async () => {
    const evidence = decodeEvidence(jsonBytes(vtpmDocument(azure)), 'az-snp-vtpm')
    const inputs = { nonce, pcrSelection: allPcrs, pcrs: unchecked }
    const { binding, unchecked: open } = await accepted(evidence, azureHcl.with(inputs))
    expect(binding.committed['pcrs']).toBe(toHex(labPcrs))
    expect(binding.verified['pcrs']).toBeUndefined()
    expect(open).toContainEqual({ id: 'binding.accept', reason: unchecked.unchecked })
  })

  it('are refused where they came with another quote', async () => {
    const document = vtpmDocument(azure)
    const pcrs = [...document.tpm_quote.pcrs].reverse()
    const evidence = decodeEvidence(
      jsonBytes({ ...document, tpm_quote: { ...document.tpm_quote, pcrs } }),
      'az-snp-vtpm',
    )
    const inputs = { nonce, pcrSelection: allPcrs, pcrs: unchecked }
    expect(await judge(evidence, azureHcl.with(inputs))).toMatchObject({ code: 'BINDING_MISMATCH' })
    // What the caller expects stands over what came.
    expect((await judge(evidence, azureHcl.with({ ...inputs, pcrs: labPcrs }))).verdict).toBe('accepted')
  })
})

const flipped = runtimeClaims().map((byte, at) => (at === 900 ? byte ^ 1 : byte))
const reportDataOf = (claims: Uint8Array, tail: Uint8Array): Uint8Array => concat(sha256(claims), tail)
const tailed = new Uint8Array(32).fill(1, 31)

describe('a confidential VM of Azure is refused', () => {
  it.each<[string, AzureOptions, Partial<Inputs>, string, object]>([
    [
      'with a quote by an unrelated key',
      { key: otherAkKey },
      {},
      'BINDING_SIGNATURE_INVALID',
      { key: 'akPub' },
    ],
    [
      'with a quote that was changed',
      {},
      { tpmQuote: quoteOf({ digest: sha256(labPcrs.slice(32)) }) },
      'BINDING_SIGNATURE_INVALID',
      { key: 'akPub' },
    ],
    [
      'with another challenge',
      {},
      { nonce: ownChallenge(labNonce.map((byte) => byte ^ 1)) },
      'FRESHNESS_MISMATCH',
      { range: 'quoteNonce' },
    ],
    [
      'with a longer challenge',
      {},
      { nonce: ownChallenge(concat(labNonce, Uint8Array.of(0))) },
      'FRESHNESS_MISMATCH',
      { range: 'quoteNonce', expected: '49 bytes', actual: '48 bytes' },
    ],
    [
      'without a challenge',
      { quote: { extraData: new Uint8Array() } },
      {},
      'FRESHNESS_MISMATCH',
      { range: 'quoteNonce', expected: '48 bytes', actual: '0 bytes' },
    ],
    [
      'with other PCRs selected',
      { quote: { banks: [[0x0b, Uint8Array.of(0xff, 0xff, 0x7f)]] } },
      {},
      'BINDING_MISMATCH',
      { range: 'quotePcrSelection', expected: 'ffffff', actual: 'ffff7f' },
    ],
    [
      'with another value of the last PCR',
      {},
      { pcrs: labPcrs.map((byte, at) => (at === labPcrs.length - 1 ? byte ^ 1 : byte)) },
      'BINDING_MISMATCH',
      { range: 'quotePcrDigest', actual: sha256Hex(labPcrs) },
    ],
    ['with fewer PCRs', {}, { pcrs: labPcrs.slice(0, -32) }, 'BINDING_MISMATCH', { range: 'quotePcrDigest' }],
    ['with what is no quote', { quote: { type: 0x8017 } }, {}, 'BINDING_DOCUMENT_MALFORMED', {}],
    ['with what no TPM made', { quote: { magic: 0 } }, {}, 'BINDING_DOCUMENT_MALFORMED', {}],
    [
      'with bytes behind the quote',
      { quote: { tail: new Uint8Array(1) } },
      {},
      'BINDING_DOCUMENT_MALFORMED',
      {},
    ],
    [
      'with two attestation keys',
      { claims: runtimeClaims(`[${jwkOf(akKey)},${jwkOf(otherAkKey)}]`) },
      {},
      'BINDING_DOCUMENT_MALFORMED',
      {},
    ],
    [
      'with a key that no RSA is',
      {
        claims: runtimeClaims(
          '[{"kid":"HCLAkPub","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]',
        ),
      },
      {},
      'BINDING_KEY_MALFORMED',
      { expected: 'rsa', actual: 'ed25519' },
    ],
    [
      'with a tail of REPORT_DATA',
      { reportData: reportDataOf(runtimeClaims(), tailed) },
      {},
      'BINDING_MISMATCH',
      { range: 'REPORT_DATA' },
    ],
    ['with REPORT_DATA of zeros', { reportData: new Uint8Array(64) }, {}, 'BINDING_EMPTY', {}],
    [
      'with a digest of other claims',
      { reportData: reportDataOf(flipped, new Uint8Array(32)) },
      {},
      'BINDING_MISMATCH',
      { range: 'REPORT_DATA' },
    ],
    ['with a short signature', {}, { tpmSignature: new Uint8Array(256) }, 'BINDING_SIGNATURE_INVALID', {}],
  ])('%s', async (_, options, inputs, code, details) => {
    const evidence = azureEvidence(options)
    const outcome = await judge(asBlob(evidence), bound(evidence, inputs))
    expect(outcome).toMatchObject({ code, error: { details } })
  })

  it('with one byte of the claims changed', async () => {
    const evidence = decodeEvidence(hclBlob(azure.lab.report, flipped), 'azure-hcl', {
      endorsementKey: azure.lab.vek,
    })
    expect(await judge(evidence, bound())).toMatchObject({
      code: 'BINDING_MISMATCH',
      error: { details: { range: 'REPORT_DATA' } },
    })
  })

  it('without a quote', async () => {
    const without = azureHcl.with({ nonce, pcrSelection: allPcrs, pcrs: labPcrs })
    expect(await judge(asBlob(azure), without)).toMatchObject({
      code: 'BINDING_INPUT_MISSING',
      verdict: 'unverifiable',
      error: { details: { input: 'tpmQuote' } },
    })
  })

  it('without runtime claims', async () => {
    const evidence = decodeEvidence(azure.lab.report, 'snp-report', { endorsementKey: azure.lab.vek })
    expect(await judge(evidence, bound())).toMatchObject({
      code: 'BINDING_INPUT_MISSING',
      error: { details: { input: 'runtimeData' } },
    })
    const empty = azureEvidence({ claims: new Uint8Array() })
    expect(await judge(asBlob(empty), bound(empty))).toMatchObject({ code: 'BINDING_INPUT_LENGTH' })
  })

  it('by a signature of another scheme', async () => {
    const digest = Uint8Array.from(akSignature(azure.quote)).reverse()
    expect(await judge(asBlob(azure), bound(azure, { tpmSignature: digest }))).toMatchObject({
      code: 'BINDING_SIGNATURE_INVALID',
    })
  })
})

describe('what the caller must say', () => {
  it.each<[string, object, string]>([
    ['no challenge', { nonce: undefined }, 'input nonce is required'],
    ['a challenge of plain bytes', { nonce: labNonce }, 'challenge'],
    [
      'a short challenge',
      { nonce: ownChallenge(labNonce.slice(0, 15 + 1)), pcrs: undefined },
      'input pcrs is required',
    ],
    ['no selection', { pcrSelection: undefined }, 'input pcrSelection is required'],
    ['a selection that is unchecked', { pcrSelection: unchecked }, 'input pcrSelection must be a Uint8Array'],
    ['a selection of 4 bytes', { pcrSelection: new Uint8Array(4) }, 'input pcrSelection has 3 bytes, not 4'],
    ['no values', { pcrs: undefined }, 'input pcrs is required'],
    ['values for no reason', { pcrs: { unchecked: ' ' } }, 'input pcrs { unchecked } needs a reason'],
    ['more than 24 values', { pcrs: new Uint8Array(25 * 32) }, 'input pcrs has 32 to 768 bytes'],
    [
      'a long challenge',
      { nonce: ownChallenge(new Uint8Array(65).fill(1)) },
      'input nonce has 16 to 64 bytes',
    ],
  ])('%s is wrong usage', (_, change, message) => {
    expect(() => bound(azure, change as Partial<Inputs>)).toThrow(TypeError)
    expect(() => bound(azure, change as Partial<Inputs>)).toThrow(message)
  })
})

describe('the report without a quote', () => {
  it('commits to the attestation key, and nothing is fresh', async () => {
    const binding = azureHclReport.with({})
    const outcome = await labVerifier.appraiseEvidence(await inputOf(asBlob(azure), { binding }))
    if (outcome.verdict !== 'accepted') throw new Error(outcome.code)
    expect(outcome.verified.binding).toMatchObject({
      profile: 'azure-hcl-report/1',
      verified: {},
      keys: [{ claim: 'akPub', possession: 'none', sha256: sha256Hex(akKey.spki) }],
      freshness: 'none',
      provenance:
        'akPub ← HCL runtime claims ← runtimeData ← SHA-256 ← REPORT_DATA ← VCEK ← SEV-Genoa ← ARK-Genoa',
    })
    const { assumptions = [] } = outcome.verified.binding ?? {}
    expect(assumptions.map((text) => text.split(' ', 4).join(' '))).toEqual([
      'MEASUREMENT is that of',
      'only the paravisor runs',
    ])
    expect(await judge(asBlob(azure), binding)).toMatchObject({ code: 'APPRAISAL_FRESHNESS' })
  })
})
