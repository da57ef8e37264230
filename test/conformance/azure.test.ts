// Evidence of real VMs of Azure with quotes by their virtual TPMs, over AMD's own roots. Skipped, loudly, without it.
import { describe, expect, it } from 'vitest'
import type { Binding } from '../../src/binding/binding.js'
import type { BoundClaims } from '../../src/binding/claims.js'
import { ownChallenge } from '../../src/binding/challenge.js'
import { fromHex } from '../../src/encoding/hex.js'
import { type Evidence, decodeEvidence } from '../../src/evidence/evidence.js'
import { azureHcl, azureHclReport } from '../../src/profiles/azure-hcl.js'
import type { Unchecked } from '../../src/errors/ledger.js'
import type { AcceptedEvidence, RefusedEvidence, VerifiedEvidence } from '../../src/verify/result.js'
import { inputOf, outcomeOf, policyOf } from '../support/lab-verifier.js'
import { type RealItem, realItems } from '../support/real-folder.js'
import { amdVerifier, fileOf } from './real-evidence.js'

const hex = (text: string): Uint8Array => fromHex(text) ?? new Uint8Array()

function need(item: RealItem, role: string): Uint8Array {
  const bytes = fileOf(item, role)
  if (bytes === null) throw new Error(`${item.slug} has no ${role}`)
  return bytes
}

interface AzureFacts {
  readonly azure: { readonly tpmQuote: { readonly extraData: string; readonly pcrDigest: string } }
}
const factsOf = ({ meta }: RealItem): AzureFacts['azure']['tpmQuote'] =>
  (meta as unknown as AzureFacts).azure.tpmQuote

const blobOf = (item: RealItem): Promise<Evidence> =>
  decodeEvidence(need(item, 'hcl'), 'auto', { endorsementKey: need(item, 'vek') })

const pcrsOf = (item: RealItem): Uint8Array =>
  hex((JSON.parse(new TextDecoder().decode(need(item, 'tpmPcrs'))) as readonly string[]).join(''))

/** The quote of an item as a binding; roles name other files. */
function bound(
  item: RealItem,
  nonce: Uint8Array,
  {
    quote = 'tpmQuote',
    pcrs = pcrsOf(item),
  }: { readonly quote?: string; readonly pcrs?: Uint8Array | Unchecked } = {},
): Binding {
  return azureHcl.with({
    nonce: ownChallenge(nonce),
    pcrSelection: hex('ffffff'),
    pcrs,
    tpmQuote: need(item, `${quote}Message`),
    tpmSignature: need(item, `${quote}Signature`),
  })
}

async function judge(
  item: RealItem,
  binding: Binding,
  evidence: Evidence | Promise<Evidence> = blobOf(item),
): Promise<AcceptedEvidence | RefusedEvidence> {
  const input = await inputOf(evidence, {
    binding,
    policy: await policyOf({
      freshness: binding.profile === 'azure-hcl/1' ? 'challenge' : { unchecked: 'old' },
    }),
    at: new Date(item.meta.expect.at),
  })
  return outcomeOf(amdVerifier, input)
}

const bindingOf = (outcome: AcceptedEvidence | RefusedEvidence): BoundClaims | null =>
  outcome.verdict === 'accepted' ? (outcome as VerifiedEvidence).binding : null

const items = realItems().filter(({ meta }) => meta.files['hcl'] !== undefined)
const quoted = items.filter(({ meta }) => meta.files['tpmQuoteMessage'] !== undefined)
if (items.length === 0) console.warn('SKIPPED: no real evidence of Azure here')
/** Challenges of 16 bytes or more: of the third quote somebody asked "challenge". */
const fresh = quoted.filter((item) => factsOf(item).extraData.length >= 32)
const named = (list: readonly RealItem[]) => list.map((item) => [item.slug, item] as const)

describe.skipIf(items.length === 0)('real VMs of Azure', () => {
  it('are four, three of them with a quote, two of these with a challenge that is long enough', () => {
    expect([items, quoted, fresh].map(({ length }) => length)).toEqual([4, 3, 2])
  })

  it.each(named(fresh))('%s is bound to its challenge', async (_, item) => {
    const nonce = hex(factsOf(item).extraData)
    const outcome = await judge(item, bound(item, nonce))
    expect(outcome).toMatchObject({ verdict: 'accepted', freshness: 'challenge' })
    expect(bindingOf(outcome)?.committed['quotePcrDigest']).toBe(factsOf(item).pcrDigest)
    const open = await judge(item, bound(item, nonce, { pcrs: { unchecked: 'nobody knows them' } }))
    expect(open).toMatchObject({ verdict: 'accepted', freshness: 'challenge' })
  })

  it.each(named(fresh))('%s is bound through the document that holds it all', async (_, item) => {
    const text = new TextDecoder().decode(need(item, 'container'))
    // One of them stands in an envelope of another format.
    const whole = JSON.parse(text) as { readonly evidence?: object }
    const evidence = decodeEvidence(
      new TextEncoder().encode(JSON.stringify(whole.evidence ?? whole)),
      'az-snp-vtpm',
    )
    const binding = azureHcl.with({
      nonce: ownChallenge(hex(factsOf(item).extraData)),
      pcrSelection: hex('ffffff'),
      pcrs: pcrsOf(item),
    })
    expect(await judge(item, binding, evidence)).toMatchObject({
      verdict: 'accepted',
      freshness: 'challenge',
    })
  })

  it.each(named(fresh))('%s is refused in every part that is changed', async (_, item) => {
    const nonce = hex(factsOf(item).extraData)
    const flip = (bytes: Uint8Array, at: number): Uint8Array =>
      bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))
    const blob = need(item, 'hcl')
    const changed = (at: number): Promise<Evidence> =>
      decodeEvidence(flip(blob, at), 'azure-hcl', { endorsementKey: need(item, 'vek') })
    const code = async (binding: Binding, evidence?: Promise<Evidence>): Promise<string | null> => {
      const outcome = await judge(item, binding, evidence)
      return outcome.verdict === 'accepted' ? null : outcome.code
    }
    expect(await code(bound(item, flip(nonce, 0)))).toBe('FRESHNESS_MISMATCH')
    expect(await code(bound(item, nonce, { pcrs: flip(pcrsOf(item), 767) }))).toBe('BINDING_MISMATCH')
    expect(await code(bound(item, nonce), changed(0x600))).toBe('BINDING_MISMATCH')
    expect(await code(bound(item, nonce), changed(0x20 + 0x50))).toBe('SIGNATURE_INVALID')
    const quote = need(item, 'tpmQuoteMessage')
    const other = azureHcl.with({
      nonce: ownChallenge(nonce),
      pcrSelection: hex('ffffff'),
      pcrs: pcrsOf(item),
      tpmQuote: flip(quote, quote.length - 1),
      tpmSignature: need(item, 'tpmQuoteSignature'),
    })
    expect(await code(other)).toBe('BINDING_SIGNATURE_INVALID')
  })

  it.each(named(quoted.filter(({ meta }) => meta.files['otherQuoteMessage'] !== undefined)))(
    '%s is not bound by the quote of an unrelated key that lies beside it',
    async (_, item) => {
      const nonce = new TextEncoder().encode('sixteen bytes or')
      // Its own quote is signed by its key, over a challenge of nine bytes.
      expect(await judge(item, bound(item, nonce))).toMatchObject({
        code: 'FRESHNESS_MISMATCH',
        error: {
          message: 'quoteNonce has 9 bytes, and azure-hcl/1 expects 16 bytes',
          details: { range: 'quoteNonce', expected: '16 bytes', actual: '9 bytes' },
        },
      })
      expect(await judge(item, bound(item, nonce, { quote: 'otherQuote' }))).toMatchObject({
        code: 'BINDING_SIGNATURE_INVALID',
      })
    },
  )

  it.each(named(items))('%s commits to its attestation key', async (_, item) => {
    const outcome = await judge(item, azureHclReport.with({}))
    if (item.meta.expect.core === 'accepted') {
      expect(outcome).toMatchObject({ verdict: 'accepted', freshness: 'none' })
      expect(bindingOf(outcome)?.keys[0]?.claim).toBe('akPub')
    } else expect(outcome).toMatchObject({ code: 'ENDORSEMENT_CHIP_ID_MISMATCH' })
  })
})
