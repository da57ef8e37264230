// An attacker's own ARK, ASK, ASVK, VCEK and VLEK under AMD's names: consistent in itself, signed by its own keys. Only
// the pins tell it from AMD's, so it is refused however it arrives, and lab evidence is no better for the AMD verifier.
import { describe, expect, it } from 'vitest'
import { anchorsFrom } from '../../src/endorsement/anchors.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import type { Evidence } from '../../src/evidence/evidence.js'
import { amdRoots } from '../../src/product/roots.js'
import { appraiseEvidence } from '../../src/verify/amd.js'
import type { Verifier } from '../../src/verify/pipeline.js'
import { makeVerifier } from '../../src/verify/pipeline.js'
import { makeCertTable, pem } from '../support/cert-table.js'
import { ascii, concat } from '../support/der.js'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../support/lab-verifier.js'
import { LINES } from '../support/names.js'
import type { Line, VekKind } from '../support/names.js'
import { labCrl, labEvidence, labPki } from '../support/pki.js'
import type { LabChain, LabEvidence } from '../support/pki.js'

interface Case {
  readonly line: Line
  readonly signer: VekKind
  readonly version: number
}

/** Version 2 is older than Turin: such a report is refused before its chain is looked at. */
const cases: readonly Case[] = LINES.flatMap((line) =>
  (['vcek', 'vlek'] as const).flatMap((signer) =>
    [2, 3, 4, 5]
      .filter((version) => version > 2 || line !== 'Turin')
      .map((version) => ({ line, signer, version })),
  ),
)

type Delivery = readonly [
  name: string,
  code: string,
  make: (lab: LabEvidence, pinned: Pinned) => Promise<Evidence>,
]
interface Pinned {
  readonly ark: Uint8Array
  readonly ask: Uint8Array
  readonly asvk: Uint8Array
}

const inTable = (lab: LabEvidence, ...entries: readonly (readonly [guid: string, data: Uint8Array])[]) =>
  decodeEvidence(
    concat(lab.report, makeCertTable(entries.map(([guid, data]) => ({ guid, data })))),
    'snp-report+cert-table',
  )

const deliveries: readonly Delivery[] = [
  ['the leaf alone', 'CHAIN_SIGNATURE', (lab) => evidenceOf(lab)],
  ['the leaf as PEM', 'CHAIN_SIGNATURE', ({ report, vek }) => evidenceOf({ report, vek: ascii(pem(vek)) })],
  [
    'the whole chain as files',
    'CHAIN_ANCHOR_UNKNOWN',
    (lab) => evidenceOf(lab, { certificates: [lab.ask, lab.ark] }),
  ],
  [
    'leaf and intermediate',
    'CHAIN_INTERMEDIATE_UNKNOWN',
    (lab) => evidenceOf(lab, { certificates: [lab.ask] }),
  ],
  [
    'leaf and intermediate under the true root',
    'CHAIN_INTERMEDIATE_UNKNOWN',
    (lab, { ark }) => evidenceOf(lab, { certificates: [lab.ask, ark] }),
  ],
  [
    'the leaf among true certificates',
    'CHAIN_SIGNATURE',
    (lab, { ark, ask, asvk }) => evidenceOf(lab, { certificates: [ask, asvk, ark] }),
  ],
  [
    'the whole chain in a table',
    'CHAIN_ANCHOR_UNKNOWN',
    (lab) => decodeEvidence(concat(lab.report, lab.table), 'snp-report+cert-table'),
  ],
  [
    'leaf and intermediate in a table',
    'CHAIN_INTERMEDIATE_UNKNOWN',
    (lab) => inTable(lab, [lab.signer, lab.vek], ['ask', lab.ask]),
  ],
  ['the leaf in a table', 'CHAIN_SIGNATURE', (lab) => inTable(lab, [lab.signer, lab.vek])],
  [
    'the leaf in a table of true certificates',
    'CHAIN_SIGNATURE',
    (lab, { ark, ask }) => inTable(lab, ['ark', ark], ['ask', ask], [lab.signer, lab.vek]),
  ],
  [
    'the root in the place of the intermediate',
    'CHAIN_ANCHOR_UNKNOWN',
    (lab, { ark }) => inTable(lab, ['ark', ark], ['ask', lab.ark], [lab.signer, lab.vek]),
  ],
]

const verifiers: readonly (readonly [
  name: string,
  verifier: Pick<Verifier, 'appraiseEvidence'>,
  pinned: (line: Line) => Pinned,
  chain: LabChain,
])[] = [
  ['AMD’s roots', { appraiseEvidence }, amdRoots, 'attacker'],
  ['AMD’s roots, by the lab', { appraiseEvidence }, amdRoots, 'lab'],
  [
    'the lab’s roots',
    labVerifier,
    (line) => {
      const { ark, ask, asvk } = labPki().lines[line]
      return { ark: ark.der, ask: ask.der, asvk: asvk.der }
    },
    'attacker',
  ],
]

const open = policyOf()

/** Making evidence costs more than verifying it, and all of it is used twice. */
const made = new Map<string, LabEvidence>()
function evidenceFor(options: Case, chain: LabChain): LabEvidence {
  const name = JSON.stringify([options, chain])
  const lab = made.get(name) ?? labEvidence({ ...options, chain })
  made.set(name, lab)
  return lab
}

const checkOf: Readonly<Record<string, string>> = {
  CHAIN_ANCHOR_UNKNOWN: 'chain.anchors',
  CHAIN_INTERMEDIATE_UNKNOWN: 'intermediates',
  CHAIN_SIGNATURE: 'chain.signature',
}

describe.each(verifiers)('evidence forged against %s', (_name, verifier, pinnedOf, chain) => {
  it.each(cases)('is refused however it arrives: $line, $signer, version $version', async (options) => {
    const forged = evidenceFor(options, chain)
    const policy = await open
    for (const [name, code, make] of deliveries) {
      const evidence = await make(forged, pinnedOf(options.line))
      const outcome = await verifier.appraiseEvidence(await inputOf(evidence, { policy }))
      expect([name, outcome.verdict, 'code' in outcome ? outcome.code : null]).toEqual([
        name,
        'rejected',
        code,
      ])
      const checks = 'checks' in outcome ? outcome.checks : []
      expect(checks.filter(({ outcome: how }) => how === 'failed').map(({ id }) => id)).toEqual([
        checkOf[code],
      ])
      // Nothing is judged on bytes that nobody vouches for.
      expect(checks.find(({ id }) => id === 'signature')?.outcome).toBe('notReached')
      expect(checks.find(({ id }) => id === 'debug')?.outcome).toBe('notReached')
    }
  })
})

describe('the tests above', () => {
  it.each(cases)('would see an acceptance: $line, $signer, version $version', async (options) => {
    const lab = evidenceFor(options, 'lab')
    const pinned = verifiers[2]?.[2](options.line)
    if (pinned === undefined) throw new Error('no lab')
    const policy = await open
    for (const [, , make] of deliveries) {
      const outcome = await labVerifier.appraiseEvidence(await inputOf(make(lab, pinned), { policy }))
      expect(outcome.verdict).toBe('accepted')
    }
  })

  it('would accept the attacker if it were the anchor: only the pins stand against it', async () => {
    const { ark, ask, asvk } = labPki().attacker('Genoa')
    const verifier = makeVerifier(
      anchorsFrom(() => ({ ark: ark.der, ask: ask.der, asvk: asvk.der, revoked: [] })),
    )
    const forged = labEvidence({ line: 'Genoa', chain: 'attacker' })
    const outcome = await verifier.appraiseEvidence(await inputOf(evidenceOf(forged)))
    expect(outcome.verdict).toBe('accepted')
  })
})

describe('a policy that takes intermediates which the ARK signed', () => {
  const revocation = { crl: 'required', graceDays: 0, minNumbers: { Milan: 7 }, maxFetchAgeDays: 1 } as const

  it.each<readonly [string, boolean, string]>([
    ['its intermediate', false, 'CHAIN_INTERMEDIATE_UNKNOWN'],
    ['its intermediate and its root', true, 'CHAIN_ANCHOR_UNKNOWN'],
  ])('does not take the attacker’s: %s', async (_name, withRoot, code) => {
    const forged = labEvidence({ chain: 'attacker' })
    const policy = await policyOf({ intermediates: 'arkSigned', revocation })
    const certificates = withRoot ? [forged.ask, forged.ark] : [forged.ask]
    const crls = [{ crl: labCrl('Milan') }]
    const evidence = await evidenceOf(forged, { certificates, crls })
    const outcome = await labVerifier.appraiseEvidence(await inputOf(evidence, { policy }))
    expect(outcome).toMatchObject({ verdict: 'rejected', code })
  })

  it('does not take the attacker’s CRL either', async () => {
    const lab = labEvidence()
    const { ark } = labPki().attacker('Milan')
    const policy = await policyOf({ intermediates: 'arkSigned', revocation })
    const evidence = await evidenceOf(lab, { crls: [{ crl: labCrl('Milan', { authority: ark }) }] })
    const outcome = await labVerifier.appraiseEvidence(await inputOf(evidence, { policy }))
    expect(outcome).toMatchObject({ verdict: 'rejected', code: 'REVOCATION_SIGNATURE' })
  })
})
