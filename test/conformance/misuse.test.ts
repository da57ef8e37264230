// Wrong use of the API is a TypeError, before anything is judged; and what a caller changes afterwards changes nothing.
// Everything here goes through the public entry and AMD's roots, with the genuine report that is committed.
import { beforeAll, describe, expect, it } from 'vitest'
import {
  appraiseEvidence,
  bindings,
  createEndorsementCache,
  decodeEvidence,
  isVerificationError,
  ownChallenge,
  parsePolicy,
  parseReport,
  policyFromReport,
  recommendedPolicy,
  verifyDebugEvidence,
  verifyEvidence,
} from '../../src/index.js'
import type { Evidence, Policy, VerificationInput } from '../../src/index.js'
import { GENUINE_AT, genuineGenoa } from '../support/genuine-genoa.js'

const { report, leaf } = genuineGenoa()
const stored = { freshness: { unchecked: 'a stored sample' } } as const
const reportData = report.slice(0x50, 0x90)
const policyText = JSON.stringify(policyFromReport(parseReport(report), { endorsementKey: leaf }).policy)

let input: VerificationInput
let evidence: Evidence
let policy: Policy
beforeAll(async () => {
  evidence = await decodeEvidence(report, 'snp-report', { endorsementKey: leaf })
  policy = await parsePolicy(policyText)
  input = { evidence, policy, binding: bindings.reportData(reportData, stored), at: GENUINE_AT }
})

/** What an object can be mistaken for: copies, heirs, clones, wrappers and things of another kind. */
const fakesOf = (real: object): readonly unknown[] => [
  undefined,
  null,
  {},
  [],
  'text',
  7,
  true,
  { ...real },
  Object.create(real),
  new Proxy(real, {}),
  Object.freeze(Object.assign(Object.create(Object.getPrototypeOf(real)), real)),
  JSON.parse(JSON.stringify(real)),
]

const calls = [
  ['verifyEvidence', verifyEvidence],
  ['appraiseEvidence', appraiseEvidence],
  ['verifyDebugEvidence', verifyDebugEvidence],
] as const

describe.each(calls)('%s', (_name, call) => {
  const expectTypeError = (wrong: unknown) =>
    expect(call(wrong as VerificationInput)).rejects.toThrow(TypeError)

  it('takes the right input, so that what follows is about what is wrong', async () => {
    const result = await call(input)
    expect(result.verdict).toBe('accepted')
  })

  it('takes one object', async () => {
    for (const wrong of [undefined, null, 'input', 7, true, []]) await expectTypeError(wrong)
  })

  it.each(['evidence', 'policy', 'binding', 'at'] as const)('needs %s', async (key) => {
    const { [key]: _, ...others } = input
    await expectTypeError(others)
    await expectTypeError({ ...input, [key]: undefined })
    await expectTypeError({ ...input, [key]: null })
  })

  it('takes evidence, policy and binding from their makers alone', async () => {
    for (const fake of fakesOf(input.evidence)) await expectTypeError({ ...input, evidence: fake })
    for (const fake of fakesOf(input.policy)) await expectTypeError({ ...input, policy: fake })
    for (const fake of fakesOf(input.binding)) await expectTypeError({ ...input, binding: fake })
    await expectTypeError({ ...input, evidence: report })
    await expectTypeError({ ...input, policy: policyText })
    await expectTypeError({ ...input, policy: JSON.parse(policyText) })
    await expectTypeError({ ...input, binding: reportData })
    for (const key of ['evidence', 'policy', 'binding'] as const)
      await expectTypeError({ ...input, [key]: structuredClone(input[key]) })
    // One thing is not another.
    await expectTypeError({ ...input, evidence: policy, policy: evidence })
    await expectTypeError({ ...input, binding: policy })
  })

  it('looks at its arguments before it looks at the evidence', async () => {
    const broken = { ...input, evidence: await decodeEvidence(new Uint8Array(1184), 'snp-report') }
    const outcome = await appraiseEvidence(broken)
    expect(outcome).toMatchObject({ verdict: 'unverifiable', code: 'REPORT_VERSION_UNSUPPORTED' })
    for (const key of ['policy', 'binding', 'at', 'cache'] as const)
      await expectTypeError({ ...broken, [key]: {} })
    await expectTypeError({ ...broken, maxValidityMs: 0 })
    await expectTypeError({ ...broken, binding: { unchecked: '' } })
  })

  it('takes a reason for an unchecked binding', async () => {
    for (const unchecked of ['', ' \n', undefined, null, true, 1, {}, ['why']])
      await expectTypeError({ ...input, binding: { unchecked } })
    expect((await call({ ...input, binding: { unchecked: 'nobody asks' } })).verdict).toBe('accepted')
  })

  it('takes a time that is one', async () => {
    const wrong = [
      new Date(NaN),
      new Date(8.65e15),
      GENUINE_AT.getTime(),
      GENUINE_AT.toISOString(),
      {},
      'now',
    ]
    for (const at of [...wrong, Object.create(GENUINE_AT), new Proxy(GENUINE_AT, {}), { getTime: () => 0 }])
      await expectTypeError({ ...input, at })
  })

  it('takes a validity above zero', async () => {
    for (const maxValidityMs of [0, -1, NaN, -Infinity, '60000', null, {}, 1n])
      await expectTypeError({ ...input, maxValidityMs })
    expect((await call({ ...input, maxValidityMs: Infinity })).verdict).toBe('accepted')
  })

  it('takes a cache from its maker alone', async () => {
    for (const fake of fakesOf(createEndorsementCache()).filter((one) => one !== undefined))
      await expectTypeError({ ...input, cache: fake })
    expect((await call({ ...input, cache: createEndorsementCache() })).verdict).toBe('accepted')
  })
})

describe('a time that changes its mind', () => {
  it('is read once', async () => {
    let reads = 0
    class Fickle extends Date {
      override getTime(): number {
        reads += 1
        return reads === 1 ? GENUINE_AT.getTime() : NaN
      }
      override valueOf(): number {
        return NaN
      }
    }
    // The certificate had ended by then, whatever the methods of the object say.
    const at = new Fickle('2040-01-01T00:00:00Z')
    await expect(verifyEvidence({ ...input, at })).rejects.toMatchObject({ code: 'CERTIFICATE_EXPIRED' })
    expect(reads).toBe(0)
  })
})

describe('the makers', () => {
  it.each<readonly [string, () => unknown]>([
    ['evidence of text', () => decodeEvidence('report' as never, 'snp-report')],
    ['evidence of an ArrayBuffer', () => decodeEvidence(report.buffer as never, 'snp-report')],
    ['evidence of a proxy', () => decodeEvidence(new Proxy(report, {}), 'snp-report')],
    ['evidence without a format', () => decodeEvidence(report, undefined as never)],
    ['evidence of an unknown format', () => decodeEvidence(report, 'toString' as never)],
    ['a leaf that is text', () => decodeEvidence(report, 'snp-report', { endorsementKey: 'pem' as never })],
    [
      'a certificate that is text',
      () => decodeEvidence(report, 'snp-report', { certificates: ['pem' as never] }),
    ],
    [
      'certificates that are no list',
      () => decodeEvidence(report, 'snp-report', { certificates: leaf as never }),
    ],
    ['a bare CRL', () => decodeEvidence(report, 'snp-report', { crls: [leaf as never] })],
    ['a CRL that is text', () => decodeEvidence(report, 'snp-report', { crls: [{ crl: 'pem' as never }] })],
    [
      'a fetch at no time',
      () => decodeEvidence(report, 'snp-report', { crls: [{ crl: leaf, fetchedAt: new Date(NaN) }] }),
    ],
    [
      'a fetch at a number',
      () =>
        decodeEvidence(report, 'snp-report', {
          crls: [{ crl: leaf, fetchedAt: GENUINE_AT.getTime() as never }],
        }),
    ],
    [
      'a scope of nothing',
      () => decodeEvidence(report, 'snp-report', { crls: [{ crl: leaf, scope: 'ark' as never }] }),
    ],
    ['extras that are null', () => decodeEvidence(report, 'snp-report', null as never)],
    ['a policy as an object', () => parsePolicy(JSON.parse(policyText))],
    ['a policy as a buffer', () => parsePolicy(new ArrayBuffer(8) as never)],
    ['no policy', () => parsePolicy(undefined as never)],
    ['a short challenge', () => ownChallenge(new Uint8Array(15).fill(1))],
    ['a challenge of text', () => ownChallenge('0123456789abcdef0123' as never)],
    ['plain bytes as a challenge', () => bindings.reportData(reportData, { freshness: reportData as never })],
    ['no freshness', () => bindings.reportData(reportData, {} as never)],
    ['no options', () => bindings.digest('sha256', reportData, undefined as never)],
    ['an unknown digest', () => bindings.digest('md5' as never, reportData, stored)],
    ['half of REPORT_DATA', () => bindings.reportData(reportData.subarray(0, 32), stored)],
    [
      'a policy from a leaf of text',
      () => policyFromReport(parseReport(report), { endorsementKey: 'x' as never }),
    ],
    [
      'a recommended policy of nowhere',
      () =>
        recommendedPolicy({
          environment: 'home' as never,
          products: ['Milan'],
          measurements: [{ label: 'x', value: 'y' }],
        }),
    ],
    [
      'a recommended policy for nothing',
      () => recommendedPolicy({ environment: 'gcp', products: ['Milan'], measurements: [] }),
    ],
    ['a cache without room', () => createEndorsementCache({ max: 0 })],
  ])('refuse %s', async (_name, make) => {
    await expect((async () => make())()).rejects.toThrow(TypeError)
  })

  it('tell wrong use from bad content', async () => {
    const errors = [
      await decodeEvidence(new Uint8Array(3), 'snp-report').catch((error: unknown) => error),
      await decodeEvidence(report, 'snp-report', { endorsementKey: new Uint8Array(20_000) }).catch(
        (error: unknown) => error,
      ),
      await parsePolicy('{}').catch((error: unknown) => error),
    ]
    expect(errors.map(isVerificationError)).toEqual([true, true, true])
    expect(errors.some((error) => error instanceof TypeError)).toBe(false)
  })
})

describe('a property that somebody adds to all objects', () => {
  it('leaves nothing unchecked', async () => {
    const other = bindings.reportData(new Uint8Array(64).fill(1), stored)
    const strict = await parsePolicy(JSON.stringify({ ...(JSON.parse(policyText) as object), vmpl: [3] }))
    Object.defineProperty(Object.prototype, 'unchecked', { value: 'polluted', configurable: true })
    try {
      await expect(verifyEvidence({ ...input, binding: other })).rejects.toMatchObject({
        code: 'BINDING_MISMATCH',
      })
      await expect(verifyEvidence({ ...input, policy: strict })).rejects.toMatchObject({
        code: 'APPRAISAL_VMPL',
      })
      await expect(verifyEvidence({ ...input, binding: {} as never })).rejects.toThrow(TypeError)
      expect(() => bindings.reportData(reportData, { freshness: {} as never })).toThrow(TypeError)
    } finally {
      Reflect.deleteProperty(Object.prototype, 'unchecked')
    }
  })
})

describe('what a caller changes afterwards', () => {
  const copies = () => ({ bytes: report.slice(), key: leaf.slice(), at: new Date(GENUINE_AT) })

  it('does not change what is being decoded', async () => {
    const { bytes, key } = copies()
    const extras = { endorsementKey: key, certificates: [] as Uint8Array[], crls: [] }
    for (const format of ['snp-report', 'auto'] as const) {
      const pending = decodeEvidence(bytes, format, extras)
      bytes.fill(0)
      key.fill(0)
      extras.certificates.push(leaf)
      const decoded = await pending
      expect(decoded.report).toEqual(report)
      expect((await verifyEvidence({ ...input, evidence: decoded })).verdict).toBe('accepted')
      bytes.set(report)
      key.set(leaf)
      extras.certificates.length = 0
    }
  })

  it('does not change what is being verified', async () => {
    const { at } = copies()
    const mine: { -readonly [Key in keyof VerificationInput]: VerificationInput[Key] } = { ...input, at }
    const pending = verifyEvidence(mine)
    at.setTime(0)
    mine.policy = {} as never
    mine.evidence = {} as never
    const result = await pending
    expect(result.at).toBe(GENUINE_AT.toISOString())
  })

  it('does not change a policy, neither its text nor itself', async () => {
    const bytes = new TextEncoder().encode(policyText)
    const pending = parsePolicy(bytes)
    bytes.fill(0x20)
    const read = await pending
    expect(JSON.stringify(read)).toBe(policyText)
    const mine = read as unknown as { vmpl: number[]; denied: { chips: string[] }; identity: unknown }
    expect(() => mine.vmpl.push(3)).toThrow(TypeError)
    expect(() => mine.denied.chips.push('00')).toThrow(TypeError)
    expect(() => {
      mine.identity = { unchecked: 'changed' }
    }).toThrow(TypeError)
  })

  it('does not change a reason', async () => {
    const binding = { unchecked: 'first' }
    const pending = verifyEvidence({ ...input, binding })
    binding.unchecked = 'second'
    expect((await pending).unchecked).toContainEqual({ id: 'binding', reason: 'first' })
  })

  it('does not change a binding or a challenge', async () => {
    const expected = reportData.slice()
    const challenge = reportData.slice(0, 16)
    const binding = bindings.reportData(expected, { freshness: ownChallenge(challenge) })
    expected.fill(0)
    challenge.fill(0)
    const result = await verifyEvidence({ ...input, binding })
    expect(result.freshness).toBe('challenge')
  })

  it('does not change the evidence, whose bytes are copies', async () => {
    evidence.report.fill(0)
    expect(evidence.report).toEqual(report)
    expect(Object.isFrozen(evidence)).toBe(true)
  })
})

describe('bytes of other kinds', () => {
  class Liar extends Uint8Array {
    override get length(): number {
      return 1184
    }
    override get byteLength(): number {
      return 1184
    }
    override slice(): never {
      throw new Error('not for you')
    }
    override subarray(): never {
      throw new Error('not for you')
    }
    override [Symbol.iterator](): never {
      throw new Error('not for you')
    }
  }
  const shared = new Uint8Array(new SharedArrayBuffer(report.length))
  shared.set(report)
  const wide = new Uint8Array(5000)
  wide.set(report, 77)

  it.each<readonly [string, Uint8Array]>([
    ['a Buffer', Buffer.from(report)],
    ['shared memory', shared],
    ['a view with an offset', wide.subarray(77, 77 + report.length)],
    ['a subclass with its own members', Liar.from(report)],
  ])('are read as what they hold: %s', async (_name, bytes) => {
    const decoded = await decodeEvidence(bytes, 'snp-report', { endorsementKey: Buffer.from(leaf) })
    expect((await verifyEvidence({ ...input, evidence: decoded })).verdict).toBe('accepted')
    expect(parseReport(bytes).measurement).toEqual(report.slice(0x90, 0xc0))
  })

  it('do not become longer by what they say of themselves', async () => {
    await expect(decodeEvidence(new Liar(10), 'snp-report')).rejects.toMatchObject({ code: 'REPORT_LENGTH' })
    expect(() => parseReport(new Liar(10))).toThrow(expect.objectContaining({ code: 'REPORT_LENGTH' }))
  })

  it('are nothing once they were transferred', async () => {
    const gone = report.slice()
    structuredClone(gone.buffer, { transfer: [gone.buffer] })
    await expect(decodeEvidence(gone, 'snp-report')).rejects.toThrow(TypeError)
  })
})
