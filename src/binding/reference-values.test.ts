// Inputs of source `reference`, assumptions of a profile, and keys that sign a document with the challenge inside.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { labEvidence } from '../../test/support/pki.js'
import type { Binding } from './binding.js'
import { ownChallenge } from './challenge.js'
import { makeCodec } from './codec.js'
import type { Edge, ProfileDefinition } from './definition.js'
import { concat, hash, input, literal } from './expression.js'
import { defineProfile } from './profile.js'

const sha = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest())
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const nonce = Uint8Array.from({ length: 16 }, (_, at) => at + 1)
const values = Uint8Array.of(5, 6, 7)
const message = new Uint8Array([...nonce, ...sha(values)])
const pair = generateKeyPairSync('ed25519')
const key = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }))
const signature = new Uint8Array(sign(null, message, pair.privateKey))
const reportData = new Uint8Array([...sha(key), ...new Uint8Array(32)])

/** The message is 16 bytes of challenge and a digest. */
const codec = makeCodec({ name: 'statement', gives: ['front', 'back'], mustAccept: false }, (bytes) => ({
  claims: { front: bytes.slice(0, 16), back: bytes.slice(16) },
}))
const front: Edge = { kind: 'commit', carrier: { claim: 'front' }, layout: [input('nonce')] }
const back: Edge = { kind: 'commit', carrier: { claim: 'back' }, layout: [hash('sha256', input('values'))] }
const decode: Edge = { kind: 'decode', of: 'message', codec }
const signed: readonly Edge[] = [
  {
    kind: 'commit',
    carrier: 'REPORT_DATA',
    layout: [hash('sha256', input('key')), literal(new Uint8Array(32))],
  },
  {
    kind: 'sign',
    algorithm: 'ED25519',
    key: 'key',
    keyForm: 'spki-der',
    message: input('message'),
    signature: 'seal',
  },
]
const definition = {
  id: 'test/1',
  title: 'a test',
  source: 'nowhere',
  inputs: {
    nonce: { source: 'verifier', length: 16 },
    key: { source: 'evidence', length: { min: 32, max: 100 } },
    message: { source: 'evidence', length: { min: 1, max: 100 } },
    seal: { source: 'evidence', length: 64 },
    values: { source: 'reference', length: { min: 1, max: 8 } },
  },
  edges: [...signed, decode, front, back],
  keys: { key: { possession: 'signedChallenge' } },
  freshness: { challenge: 'nonce' },
  assumptions: ['the sun rises'],
} as const satisfies ProfileDefinition

const profile = defineProfile(definition)
const inputs = { nonce: ownChallenge(nonce), key, message, seal: signature }

async function judge(binding: Binding) {
  const lab = labEvidence({ report: { reportData } })
  return labVerifier.appraiseEvidence(
    await inputOf(evidenceOf(lab), { policy: await policyOf({ freshness: 'challenge' }), binding }),
  )
}

async function accepted(binding: Binding) {
  const outcome = await judge(binding)
  if (outcome.verdict !== 'accepted') throw new Error(`refused: ${outcome.code}`)
  return outcome.verified
}

function errorOf(change: object): string | null {
  try {
    defineProfile({ ...definition, ...change })
    return null
  } catch (error) {
    return error instanceof TypeError ? error.message : 'another error'
  }
}

describe('a reference value', () => {
  it('that holds is verified', async () => {
    const { binding, unchecked } = await accepted(profile.with({ ...inputs, values }))
    expect(binding?.verified).toEqual({ nonce: hex(nonce), values: hex(values) })
    expect(unchecked.map(({ id }) => id)).not.toContain('binding.accept')
  })

  it('that does not hold is refused', async () => {
    const outcome = await judge(profile.with({ ...inputs, values: Uint8Array.of(5, 6, 8) }))
    expect(outcome).toMatchObject({
      code: 'BINDING_MISMATCH',
      error: { details: { range: 'back', actual: hex(sha(values)) } },
    })
  })

  it('may be left open for a reason, which is in the result', async () => {
    const { binding, unchecked, checks } = await accepted(
      profile.with({ ...inputs, values: { unchecked: 'not known' } }),
    )
    expect(binding?.committed['values']).toBeUndefined()
    expect(binding?.committed['back']).toBe(hex(sha(values)))
    expect(unchecked).toContainEqual({ id: 'binding.accept', reason: 'not known' })
    expect(checks.find(({ id }) => id === 'binding')?.outcome).toBe('passed')
  })

  it('is copied, and its reason is read once', async () => {
    const own = values.slice()
    const binding = profile.with({ ...inputs, values: own })
    own.fill(0)
    expect((await accepted(binding)).binding?.verified['values']).toBe(hex(values))
    let reads = 0
    const open = {
      get unchecked() {
        reads += 1
        return `read ${String(reads)}`
      },
    }
    const left = profile.with({ ...inputs, values: open })
    expect((await accepted(left)).unchecked).toContainEqual({ id: 'binding.accept', reason: 'read 1' })
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'input values is required'],
    ['null', null, 'input values must be a Uint8Array'],
    ['text', '05', 'input values must be a Uint8Array'],
    ['no reason', { unchecked: undefined }, 'input values { unchecked } needs a reason'],
    ['an empty reason', { unchecked: ' ' }, 'input values { unchecked } needs a reason'],
    ['a reason that is none', { unchecked: 1 }, 'input values { unchecked } needs a reason'],
    ['too many bytes', new Uint8Array(9), 'input values has 1 to 8 bytes, not 9'],
  ])('is wrong usage as %s', (_, value, problem) => {
    expect(() => profile.with({ ...inputs, values: value as Uint8Array })).toThrow(new TypeError(problem))
  })

  it('alone may be left open', () => {
    const open = { unchecked: 'not known' } as unknown as Uint8Array
    expect(() => profile.with({ ...inputs, values, key: open })).toThrow('input key must be a Uint8Array')
    expect(() => profile.with({ ...inputs, values, nonce: open as never })).toThrow(TypeError)
  })

  const alone = 'a reference value is for a claim, and alone in its layout'
  const commit = (claim: string, ...layout: readonly ReturnType<typeof input>[]): Edge => ({
    kind: 'commit',
    carrier: { claim },
    layout,
  })
  it.each<[string, object, string]>([
    [
      'in a field of the report',
      {
        edges: [
          {
            kind: 'commit',
            carrier: 'REPORT_DATA',
            layout: [hash('sha256', input('key')), hash('sha256', input('values'))],
          },
          ...signed.slice(1),
          decode,
          front,
        ],
      },
      alone,
    ],
    [
      'beside the challenge',
      { edges: [...signed, decode, commit('front', input('nonce'), input('values')), back] },
      alone,
    ],
    [
      'beside the challenge in one digest',
      {
        edges: [
          ...signed,
          decode,
          front,
          commit('back', hash('sha256', concat(input('nonce'), input('values')))),
        ],
      },
      alone,
    ],
    [
      'in a signed message',
      {
        edges: [signed[0], { ...signed[1], message: concat(input('nonce'), input('values')) }],
        inputs: { ...definition.inputs, message: undefined },
      },
      alone,
    ],
    [
      'as a document',
      { edges: [...signed, decode, front, back, { ...decode, of: 'values' }] },
      'values is used before',
    ],
    ['as a key', { keys: { values: { possession: 'none' } } }, 'key values is not proven'],
    [
      'that evidence can lack',
      {
        inputs: {
          ...definition.inputs,
          values: { source: 'reference', length: 3, missing: 'BINDING_MISMATCH' },
        },
      },
      'only evidence can lack an input',
    ],
  ])('is refused %s', (_, change, problem) => {
    const { inputs: all = definition.inputs, ...rest } = change as { readonly inputs?: object }
    const declared = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    expect(errorOf({ ...rest, inputs: declared })).toContain(problem)
  })

  it('may stand with literals', () => {
    expect(
      errorOf({ edges: [...signed, decode, front, commit('back', literal('x'), input('values'))] }),
    ).toBeNull()
  })
})

describe('what a profile takes for granted', () => {
  it('is in every result', async () => {
    expect((await accepted(profile.with({ ...inputs, values }))).binding?.assumptions).toEqual([
      'the sun rises',
    ])
  })

  it('says something, and cannot be changed afterwards', async () => {
    expect(errorOf({ assumptions: ['so', ' '] })).toBe('an assumption must say something')
    const assumptions = ['mine']
    const own = defineProfile({ ...definition, assumptions })
    assumptions.push('yours')
    expect((await accepted(own.with({ ...inputs, values }))).binding?.assumptions).toEqual(['mine'])
  })
})

describe('the level of the software that commits', () => {
  const judgedAt = async (level: number, vmpl: readonly number[] | undefined) => {
    const own = defineProfile({ ...definition, ...(vmpl === undefined ? {} : { vmpl }) })
    const lab = labEvidence({ report: { reportData, vmpl: level } })
    const policy = await policyOf({ freshness: 'challenge', vmpl: { unchecked: 'any' } })
    const binding = own.with({ ...inputs, values })
    return labVerifier.appraiseEvidence(await inputOf(evidenceOf(lab), { policy, binding }))
  }
  const checksOf = (outcome: Awaited<ReturnType<typeof judgedAt>>) =>
    outcome.verdict === 'accepted' ? outcome.verified.checks : outcome.checks
  const checkOf = (outcome: Awaited<ReturnType<typeof judgedAt>>) =>
    checksOf(outcome).find(({ id }) => id === 'binding.vmpl')

  it('is one that the profile takes', async () => {
    for (const [level, vmpl] of [
      [0, [0]],
      [3, [1, 3]],
    ] as const) {
      const outcome = await judgedAt(level, vmpl)
      expect(outcome.verdict).toBe('accepted')
      expect(checkOf(outcome)).toMatchObject({ outcome: 'passed', expected: vmpl, actual: level })
    }
  })

  it('is refused otherwise, before anything that it says is looked at', async () => {
    const outcome = await judgedAt(2, [1, 3])
    expect(outcome).toMatchObject({
      verdict: 'rejected',
      code: 'BINDING_VMPL',
      error: {
        message: 'test/1: the report was asked for at VMPL 2',
        details: { profile: 'test/1', expected: [1, 3], actual: 2 },
      },
    })
    expect(checkOf(outcome)).toMatchObject({ outcome: 'failed', expected: [1, 3], actual: 2 })
    expect(checksOf(outcome).find(({ id }) => id === 'binding')?.outcome).toBe('notReached')
  })

  it('is any where the profile names none', async () => {
    const outcome = await judgedAt(2, undefined)
    expect([outcome.verdict, checkOf(outcome)?.reason]).toEqual(['accepted', 'any in this profile'])
  })

  it('is named by numbers from 0 to 3, which cannot be changed afterwards', async () => {
    for (const vmpl of [[], [4], [-1], [0, '1'], [0.5], 0, null])
      expect(errorOf({ vmpl })).toBe('vmpl is a list of levels, 0 to 3')
    const vmpl = [1]
    const own = defineProfile({ ...definition, vmpl })
    vmpl.push(0)
    expect((await judge(own.with({ ...inputs, values }))).verdict).toBe('rejected')
  })
})

describe('a key signs the challenge', () => {
  it('that a codec finds in the message', async () => {
    const { binding, freshness } = await accepted(profile.with({ ...inputs, values }))
    expect(freshness).toBe('challenge')
    expect(binding?.keys[0]?.possession).toBe('signedChallenge')
  })

  it('only if the message is what it is found in', () => {
    const other: Edge = {
      kind: 'commit',
      carrier: 'REPORT_DATA',
      layout: [hash('sha256', input('key')), hash('sha256', input('text'))],
    }
    const found: Edge = { kind: 'decode', of: 'text', codec }
    const text = { source: 'evidence', length: { min: 1, max: 99 } }
    expect(
      errorOf({
        inputs: { ...definition.inputs, text },
        edges: [other, ...signed.slice(1), found, front, back],
      }),
    ).toBe('key key signs no challenge')
    expect(errorOf({ edges: [...signed, decode, back], freshness: { challenge: 'nonce' } })).not.toBeNull()
  })

  it('not if the challenge stands in another field', () => {
    const host: Edge = { kind: 'commit', carrier: 'HOST_DATA', layout: [hash('sha256', input('nonce'))] }
    expect(errorOf({ edges: [...signed, host, decode, back] })).not.toBeNull()
    const first: Edge = {
      kind: 'commit',
      carrier: 'REPORT_DATA',
      layout: [hash('sha256', input('key')), hash('sha256', input('nonce'))],
    }
    expect(errorOf({ edges: [first, ...signed.slice(1), decode, back] })).toBe('key key signs no challenge')
  })
})
