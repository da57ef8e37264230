// Evidence of the 2cVM agent, as the agent's own code wrote it: the bodies are read from a file beside the real
// evidence, and the reports in them are signed anew by the lab. Skipped, loudly, where the file is absent.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownChallenge } from '../../src/binding/challenge.js'
import { isVerificationError } from '../../src/errors/error.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { checkManifest } from '../../src/manifest/check.js'
import { parseExpectations } from '../../src/manifest/expectations.js'
import { parseManifest } from '../../src/manifest/parse.js'
import { twoCvmAgent } from '../../src/profiles/2cvm-agent.js'
import type { VerifiedEvidence } from '../../src/verify/result.js'
import { inputOf, labVerifier, policyOf } from '../support/lab-verifier.js'
import { labEvidence } from '../support/pki.js'
import { realFolder } from '../support/real-folder.js'

interface Case {
  readonly id: string
  readonly signedBytes: string
  readonly manifestSha256: string
  readonly nonce: string
  readonly reportData: string
  readonly responseBody: string
  readonly context: object
  readonly expectSignatureLevel: string
  readonly expectSemantic: 'accept' | readonly string[]
  readonly expectFindings: readonly string[]
}

const file = join(realFolder() ?? '/nowhere', '../reference/2cvm-vectors.json')
const present = existsSync(file)
if (!present) console.warn(`SKIPPED: no vectors of the 2cVM agent beside the real evidence`)
const cases: readonly Case[] = present
  ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: readonly Case[] }).cases
  : []

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
const schema = '2cvm-agent/1' as const

/** The body with a report that the lab signed in the place of the agent's unsigned one. */
function signedBody(
  { responseBody, reportData }: Case,
  edit: (reportData: Uint8Array) => Uint8Array = (same) => same,
): {
  readonly body: Uint8Array
  readonly vek: Uint8Array
  readonly measurement: string
} {
  const lab = labEvidence({ report: { reportData: edit(hex(reportData)) } })
  const unsigned = new Uint8Array(1184)
  unsigned.set(hex(reportData), 0x50)
  const text = Buffer.from(responseBody, 'base64').toString('latin1')
  const parts = text.split(Buffer.from(unsigned).toString('base64'))
  expect(parts).toHaveLength(2)
  return {
    body: new Uint8Array(Buffer.from(parts.join(Buffer.from(lab.report).toString('base64')), 'latin1')),
    vek: lab.vek,
    measurement: Buffer.from(lab.report.subarray(0x90, 0xc0)).toString('hex'),
  }
}

async function verify(
  one: Case,
  accept: object,
  edit: (body: Uint8Array) => Uint8Array = (body) => body,
  nonce = hex(one.nonce),
  reportData?: (usual: Uint8Array) => Uint8Array,
): Promise<VerifiedEvidence | string> {
  const { body, vek, measurement } = signedBody(one, reportData)
  const evidence = await decodeEvidence(edit(body), '2cvm-agent', { endorsementKey: vek })
  const input = await inputOf(evidence, {
    policy: await policyOf({
      freshness: 'challenge',
      identity: 'required',
      measurements: [{ label: 'any', value: measurement }],
    }),
    binding: twoCvmAgent.with({ nonce: ownChallenge(nonce), accept: { manifest: accept as never } }),
  })
  const appraisal = await labVerifier.appraiseEvidence(input)
  return appraisal.verdict === 'accepted' ? (appraisal.verified as VerifiedEvidence) : appraisal.code
}

describe.skipIf(!present)('a case that the 2cVM agent wrote', () => {
  it.each(cases.map((one) => [one.id, one] as const))('%s: at the level of signatures', async (_, one) => {
    const pinned = await verify(one, { digest: one.manifestSha256 })
    if (typeof pinned === 'string') throw new Error(`refused: ${pinned}`)
    const { binding, manifest, freshness, channel } = pinned
    expect({ freshness, channel, assumptions: binding.assumptions.length }).toEqual({
      freshness: 'challenge',
      channel: 'unbound',
      assumptions: 1,
    })
    expect(binding.verified['manifest']).toBeDefined()
    expect(binding.verified['teeKeyPem']).toBeUndefined()
    expect(binding.provenance).toBe(
      'manifest ← RSA-PSS-SHA256 ← teeKeyPem ← SHA-256 ← REPORT_DATA[32..64] ← VCEK ← SEV-Milan ← ARK-Milan',
    )
    expect(manifest).not.toBeNull()
    expect(await verify(one, { unchecked: 'an open question' })).toMatchObject({ manifest: null })
    const expected = { expect: parseExpectations(JSON.stringify(one.context), schema) }
    const judged = await verify(one, expected)
    expect(typeof judged === 'string').toBe(one.expectSemantic !== 'accept')
  })

  it.each(cases.map((one) => [one.id, one] as const))('%s: by its rules', (_, one) => {
    const manifest = parseManifest(hex(one.signedBytes), { schema, bytes: 'raw', requireExact: true })
    const { findings } = checkManifest(manifest, parseExpectations(JSON.stringify(one.context), schema))
    const rules = (severity: string): readonly string[] => [
      ...new Set(findings.filter((item) => item.severity === severity).map(({ rule }) => rule)),
    ]
    expect(rules('error')).toEqual(one.expectSemantic === 'accept' ? [] : one.expectSemantic)
    expect(rules('warning')).toEqual(one.expectFindings)
  })
})

const flip = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** Of the body as bytes, one character each. */
const edited =
  (change: (body: string) => string) =>
  (body: Uint8Array): Uint8Array => {
    const before = Buffer.from(body).toString('latin1')
    const after = change(before)
    expect(after).not.toBe(before)
    return new Uint8Array(Buffer.from(after, 'latin1'))
  }

/** The value of a member that is base64, with one byte of it changed. */
const byteOf = (member: string, at: number): ((body: Uint8Array) => Uint8Array) =>
  edited((body) =>
    body.replace(new RegExp(`("${member}":")([^"]+)`), (_, key: string, text: string) => {
      const bytes = Buffer.from(text, 'base64')
      return key + Buffer.from(flip(bytes, at)).toString('base64')
    }),
  )

const manifestOf = /"commitment_manifest":(\{.*\}),"commitment_manifest_signature"/s
const inManifest = (change: (manifest: string) => string): ((body: Uint8Array) => Uint8Array) =>
  edited((body) =>
    body.replace(manifestOf, (all, manifest: string) => all.replace(manifest, () => change(manifest))),
  )

interface Mutant {
  readonly body?: (body: Uint8Array) => Uint8Array
  readonly nonce?: (nonce: Uint8Array) => Uint8Array
  readonly reportData?: (reportData: Uint8Array) => Uint8Array
}

/** One thing changed, and the one code that says so. */
const mutants: readonly (readonly [name: string, code: string, mutant: Mutant])[] = [
  ['a byte of the challenge', 'FRESHNESS_MISMATCH', { nonce: (nonce) => flip(nonce, 0) }],
  ['the first half of REPORT_DATA', 'FRESHNESS_MISMATCH', { reportData: (data) => flip(data, 31) }],
  ['the second half of REPORT_DATA', 'BINDING_KEY_NOT_COMMITTED', { reportData: (data) => flip(data, 32) }],
  ['REPORT_DATA zero', 'BINDING_EMPTY', { reportData: () => new Uint8Array(64) }],
  ['a byte of the report', 'SIGNATURE_INVALID', { body: byteOf('platform_attestation', 0x50) }],
  ['a character of the key', 'BINDING_KEY_NOT_COMMITTED', { body: byteOf('tee_pub_key', 100) }],
  [
    'a character of the manifest',
    'MANIFEST_SIGNATURE_INVALID',
    { body: inManifest((text) => text.replace('"imec"', '"imed"')) },
  ],
  [
    'white space in the manifest',
    'MANIFEST_SIGNATURE_INVALID',
    { body: inManifest((text) => text.replace('{', '{ ')) },
  ],
  [
    'two members of the manifest in another order',
    'MANIFEST_SIGNATURE_INVALID',
    {
      body: inManifest((text) =>
        text.replace(/("transferRequestIdIMEC":"[^"]*"),("transferRequestIdFabless":"[^"]*")/, '$2,$1'),
      ),
    },
  ],
  [
    'a key of the manifest twice',
    'EVIDENCE_MALFORMED',
    { body: inManifest((text) => text.replace('{', '{"composition":"",')) },
  ],
  [
    'a byte of the signature',
    'MANIFEST_SIGNATURE_INVALID',
    { body: byteOf('commitment_manifest_signature', 255) },
  ],
  ['no manifest', 'MANIFEST_NOT_LOCKED', { body: inManifest(() => 'null') }],
  [
    'no signature',
    'MANIFEST_NOT_LOCKED',
    { body: edited((body) => body.replace(/("commitment_manifest_signature":)"[^"]*"/, '$1null')) },
  ],
  [
    'the mock of a report',
    'EVIDENCE_MALFORMED',
    { body: edited((body) => body.replace(/("platform_attestation":)"[^"]*"/, '$1"abcdef"')) },
  ],
]

async function codeOf(one: Case, { body, nonce, reportData }: Mutant): Promise<string> {
  try {
    const challenge = nonce?.(hex(one.nonce)) ?? hex(one.nonce)
    const answer = await verify(
      one,
      { unchecked: 'no other check may do the work' },
      body,
      challenge,
      reportData,
    )
    return typeof answer === 'string' ? answer : 'accepted'
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return error.code
  }
}

describe.skipIf(!present)('one thing changed in what the agent wrote', () => {
  it.each(mutants)('%s: %s', async (_, code, mutant) => {
    const codes = await Promise.all(cases.map(async (one) => [one.id, await codeOf(one, mutant)]))
    expect(codes).toEqual(cases.map(({ id }) => [id, code]))
  })

  // Every byte means something: the body has no white space, and all base64 is read strictly.
  it('a bit of every 41st byte: never accepted', async () => {
    const [one] = cases
    if (one === undefined) throw new Error('no case')
    const { body } = signedBody(one)
    const places = Array.from({ length: Math.ceil(body.length / 41) }, (_, at) => 41 * at)
    const accepted: number[] = []
    for (const at of places) {
      if ((await codeOf(one, { body: (bytes) => flip(bytes, at) })) === 'accepted') accepted.push(at)
    }
    expect(accepted).toEqual([])
  })
})
