import { beforeAll, describe, expect, it } from 'vitest'
import { agentEvidence } from '../../test/support/committed-evidence.js'
import { agentDocument, agentExpectations } from '../../test/support/manifest-documents.js'
import { labVerifier } from '../../test/support/lab-verifier.js'
import { LAB_NOW, labCrl } from '../../test/support/pki.js'
import {
  type Loose,
  bundleCrls as crls,
  bundleInput as inputOf,
  bundlePolicy as policy,
  jsonIn,
  labBundle as make,
  recording,
  withVerdict,
} from '../../test/support/recorded-bundle.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../../test/support/report.js'
import { type BundleDocument, readBundleDocument, writeBundle } from '../evidence/bundle-document.js'
import { decodeEvidence } from '../evidence/evidence.js'
import { createBundle, replayBundle } from './bundle.js'
import { type BundleInput, createBundleWith } from './bundle-create.js'
import type { RecordedBinding } from './recorded-binding.js'
import { replayBundleWith } from './replay.js'

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

let bundle: Uint8Array
beforeAll(async () => {
  bundle = await make()
})

describe('a bundle that is made', () => {
  it('records the verdict, and is the same each time', async () => {
    const { bytes, verdict } = await createBundleWith(await inputOf(), labVerifier)
    expect(verdict).toMatchObject({ verdict: 'accepted', freshness: 'challenge', crl: { scope: 'vcek' } })
    expect(bytes).toEqual(bundle)
    const { record } = readBundleDocument(bytes)
    expect(textOf(record.policy)).toBe(policy)
    expect(jsonIn(record.verdict)).toEqual(JSON.parse(JSON.stringify(verdict)))
    expect(jsonIn(record.run)).toEqual({
      at: LAB_NOW.toISOString(),
      binding: { challenge: true, reportData: Buffer.from(LAB_REPORT_DATA).toString('hex') },
      crls: [{ fetchedAt: LAB_NOW.toISOString(), scope: 'vcek' }],
      format: 'snp-report',
    })
  })

  it('records a refusal as well', async () => {
    const other = await createBundleWith(
      await inputOf({ binding: { reportData: new Uint8Array(64).fill(1), challenge: false } }),
      labVerifier,
    )
    expect(other.verdict.code).toBe('BINDING_MISMATCH')
    expect(await replayBundleWith(other.bytes, labVerifier)).toMatchObject({ outcome: 'reproduced' })
  })

  it('of a bundle holds the same evidence, without the times of its CRLs', async () => {
    const evidence = await decodeEvidence(bundle, 'auto')
    const { verdict, bytes } = await createBundleWith(await inputOf({ evidence }), labVerifier)
    expect(verdict.crl).toMatchObject({ fetchedAt: null, scope: 'unknown' })
    const partsOf = ({ record: _, ...parts }: BundleDocument): Omit<BundleDocument, 'record'> => parts
    expect(partsOf(readBundleDocument(bytes))).toEqual(partsOf(readBundleDocument(bundle)))
  })

  it('is of what was given, not of what it became', async () => {
    const text = utf8(policy)
    const reportData = LAB_REPORT_DATA.slice()
    const at = new Date(LAB_NOW)
    const input = await inputOf({ policy: text, binding: { reportData, challenge: true }, at })
    const making = createBundleWith(input, labVerifier)
    text.fill(0)
    reportData.fill(0)
    at.setTime(0)
    expect((await making).bytes).toEqual(bundle)
  })

  it('over AMD’s roots refuses the lab’s', async () => {
    const { verdict, bytes } = await createBundle(await inputOf())
    expect(verdict.verdict).toBe('rejected')
    expect(await replayBundle(bytes)).toMatchObject({ outcome: 'reproduced' })
    expect(await replayBundle(bundle)).toMatchObject({ outcome: 'not reproduced' })
  })

  it.each<[string, Partial<Record<keyof BundleInput, unknown>>, string]>([
    ['evidence', { evidence: {} }, 'evidence must come from decodeEvidence'],
    ['policy', { policy: 1 }, 'policy must be a Uint8Array'],
    ['time', { at: new Date(NaN) }, 'at must be a valid Date'],
    ['time', { at: 'now' }, 'at must be a valid Date'],
    ['binding', { binding: null }, 'binding must be an object'],
    ['binding', { binding: 'x' }, 'binding must be an object'],
    ['reason', { binding: { unchecked: ' ' } }, 'binding { unchecked } needs a reason'],
    ['text', { binding: { unchecked: 'a\ud800' } }, 'a reason must not hold a lone surrogate'],
    ['challenge', { binding: { reportData: LAB_REPORT_DATA } }, 'challenge must be true or false'],
    ['bytes', { binding: { reportData: 'ab', challenge: true } }, 'reportData must be a Uint8Array'],
    ['profile', { binding: { profile: 1 } }, 'profile must be the id of a profile'],
    [
      'unknown profile',
      { binding: { profile: 'none/1', inputs: new Map(), manifest: null, expectations: null } },
      'there is no profile none/1',
    ],
    [
      'missing manifest',
      { binding: { profile: 'manifest/1', inputs: new Map(), expectations: null } },
      'manifest must be a Uint8Array',
    ],
    [
      'missing expectations',
      { binding: { profile: 'manifest/1', inputs: new Map(), manifest: null } },
      'expectations must be a Uint8Array',
    ],
    [
      'input',
      {
        binding: {
          profile: 'manifest/1',
          inputs: new Map([['manifest', 1]]),
          manifest: null,
          expectations: null,
        },
      },
      'input manifest must be a Uint8Array',
    ],
    [
      'input of Object’s own',
      {
        binding: {
          profile: 'manifest/1',
          inputs: new Map([['constructor', utf8('x')]]),
          manifest: null,
          expectations: null,
        },
      },
      'manifest/1 has no input constructor',
    ],
    [
      'input called accept',
      {
        binding: {
          profile: 'manifest/1',
          inputs: new Map([['accept', utf8('x')]]),
          manifest: null,
          expectations: null,
        },
      },
      'manifest/1 has no input accept',
    ],
  ])('needs the right %s', async (_, stated, message) => {
    const making = inputOf(stated as Partial<BundleInput>).then((input) =>
      createBundleWith(input, labVerifier),
    )
    await expect(making).rejects.toThrow(new TypeError(message))
  })

  it('needs a policy that can be read', async () => {
    await expect(make({ policy: '{}' })).rejects.toMatchObject({ code: 'POLICY_INVALID' })
  })
})

describe('a replay', () => {
  it('says reproduced, with whose word it took, and nothing about the evidence', async () => {
    const replayed = await replayBundleWith(bundle, labVerifier)
    expect(replayed).toMatchObject({
      schema: 'attested/replay@1',
      outcome: 'reproduced',
      at: LAB_NOW.toISOString(),
      differences: [],
      remark: expect.stringContaining('whoever made the bundle') as string,
    })
    expect(replayed.policyDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(replayed)).not.toContain('accepted')
  })

  it.each(['0.0.9', '99999.10.0-rc.1'])(
    'does not compare the version of the library: %s',
    async (version) => {
      const older = withVerdict(bundle, (verdict) => (verdict['libraryVersion'] = version))
      expect(await replayBundleWith(older, labVerifier)).toMatchObject({
        outcome: 'reproduced',
        recordedVersion: version,
      })
    },
  )

  it('keeps the order and the facts of CRLs, those that came with the evidence too', async () => {
    const others = [{ crl: labCrl('Genoa') }, ...crls, { crl: labCrl('Milan', { number: 99 }) }]
    const replayed = await replayBundleWith(await make({}, { crls: others }), labVerifier)
    expect(replayed).toMatchObject({ outcome: 'reproduced', differences: [] })
  })

  it.each<[string, (verdict: Loose) => void, unknown]>([
    [
      'the code',
      (verdict) => (verdict['code'] = 'X'),
      { path: '$.code', recorded: '"X"', recomputed: 'null' },
    ],
    [
      'the verdict, whose value no replay tells',
      (verdict) => (verdict['verdict'] = 'rejected'),
      { path: '$.verdict', recorded: null, recomputed: null },
    ],
    [
      'a check',
      (verdict) => (((verdict['checks'] as Loose[])[0] ?? {})['outcome'] = 'failed'),
      { path: '$.checks[0].outcome', recorded: '"failed"', recomputed: '"passed"' },
    ],
    [
      'a member too many',
      (verdict) => (verdict['extra'] = { a: 'b'.repeat(300) }),
      { path: '$.extra', recorded: `{"a":"${'b'.repeat(194)}...`, recomputed: null },
    ],
    [
      'a member of an odd name',
      (verdict) => (verdict[`a b${'c'.repeat(70)}`] = 1),
      { path: `$["a b${'c'.repeat(61)}"]`, recorded: '1', recomputed: null },
    ],
    [
      'a list in the place of an object',
      (verdict) => (verdict['crl'] = []),
      { path: '$.crl', recorded: '[]', recomputed: expect.stringContaining('"number"') as string },
    ],
  ])('tells %s', async (_, edit, difference) => {
    const replayed = await replayBundleWith(withVerdict(bundle, edit), labVerifier)
    expect(replayed.outcome).toBe('not reproduced')
    expect(replayed.differences).toEqual([difference])
  })

  it('tells a missing member', async () => {
    const less = withVerdict(bundle, (verdict) => Reflect.deleteProperty(verdict, 'channel'))
    expect((await replayBundleWith(less, labVerifier)).differences).toEqual([
      { path: '$.channel', recorded: null, recomputed: '"unbound"' },
    ])
  })

  it('tells 64 differences and no more', async () => {
    const many = (count: number): Uint8Array =>
      withVerdict(bundle, (verdict) => {
        for (let index = 0; index < count; index += 1) verdict[`x${String(index)}`] = index
      })
    for (const [count, told] of [
      [63, 63],
      [64, 64],
      [65, 64],
    ] as const)
      expect((await replayBundleWith(many(count), labVerifier)).differences.length).toBe(told)
  })

  it('is of evidence that somebody changed: not reproduced', async () => {
    const document = readBundleDocument(bundle)
    const report = document.report.map((byte, index) => (index === 0x90 ? byte ^ 1 : byte))
    const replayed = await replayBundleWith(writeBundle({ ...document, report }), labVerifier)
    expect(replayed.outcome).toBe('not reproduced')
    expect(replayed.differences.map(({ path }) => path).slice(0, 3)).toEqual([
      '$.code',
      '$.verdict',
      '$.message',
    ])
  })

  it('needs bytes, at most 1 MiB of them', async () => {
    await expect(replayBundleWith('x' as never, labVerifier)).rejects.toThrow(TypeError)
    const large = new Uint8Array((1 << 20) + 1)
    await expect(replayBundleWith(large, labVerifier)).rejects.toMatchObject({ code: 'EVIDENCE_SIZE' })
  })
})

describe('a bundle of an agent', () => {
  const manifest = utf8(JSON.stringify(agentDocument))
  const nonce = new Uint8Array(32).fill(7)
  const agent = agentEvidence(manifest, nonce, {})
  const measurements = [{ label: 'lab', value: Buffer.from(LAB_MEASUREMENT).toString('hex') }]
  const identifying = utf8(JSON.stringify({ ...jsonIn(utf8(policy)), identity: 'required', measurements }))
  const of = async (
    binding: Partial<Extract<RecordedBinding, { readonly profile: string }>>,
  ): Promise<Uint8Array> =>
    make({
      evidence: await decodeEvidence(agent.body, '2cvm-agent', { endorsementKey: agent.vek, crls }),
      // What its key signs is fresh only from a program that the policy names.
      policy: identifying,
      binding: {
        profile: '2cvm-agent/1',
        inputs: new Map([['nonce', nonce]]),
        manifest: null,
        expectations: null,
        ...binding,
      },
    })

  it.each([
    ['a pinned manifest', { manifest }],
    ['expectations', { expectations: utf8(JSON.stringify(agentExpectations)) }],
    ['neither', {}],
  ])('with %s is replayed', async (_, binding) => {
    const made = await of(binding)
    const { attachments, record } = readBundleDocument(made)
    expect([...attachments.keys()].sort()).toEqual(['manifest', 'manifestSignature', 'teeKeyPem'])
    expect(record).toMatchObject({ manifest: null, expectations: null, ...binding })
    expect(jsonIn(record.verdict)['code']).toBe(null)
    expect(await replayBundleWith(made, labVerifier)).toMatchObject({ outcome: 'reproduced' })
  })

  it('with another manifest in the record is not reproduced', async () => {
    const other = recording(await of({ manifest }), { manifest: utf8('{}') })
    const { outcome, differences } = await replayBundleWith(other, labVerifier)
    expect(outcome).toBe('not reproduced')
    expect(differences).toContainEqual({
      path: '$.code',
      recorded: 'null',
      recomputed: '"MANIFEST_DIGEST_MISMATCH"',
    })
  })

  it('takes one document', async () => {
    await expect(of({ manifest, expectations: manifest })).rejects.toThrow(
      new TypeError('manifest and expectations exclude each other'),
    )
    await expect(of({ profile: '2cvm-direct/1', inputs: new Map(), expectations: manifest })).rejects.toThrow(
      TypeError,
    )
  })
})
