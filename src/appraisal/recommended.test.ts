import { describe, expect, it } from 'vitest'
import { newestFloorEdition } from '../product/floors.js'
import type { ProductLine } from '../product/line.js'
import { parsePolicy } from './policy.js'
import {
  type Environment,
  type RecommendedPolicyOptions,
  environmentNames,
  isEnvironment,
  recommendedPolicy,
} from './recommended.js'

const measurements = [{ label: 'image', value: 'ab'.repeat(48) }]
const make = (stated: Partial<RecommendedPolicyOptions> = {}) =>
  recommendedPolicy({ environment: 'gcp', products: ['Milan'], measurements, ...stated })

const notGiven = { unchecked: 'not given' }
const providersKey = { unchecked: "the provider's key" }

/** What is the same everywhere. */
const common = {
  version: 1,
  products: ['Milan', 'Turin'],
  reportVersions: [2, 3, 4, 5],
  measurements,
  identity: 'required',
  hostData: notGiven,
  chips: 'any',
  cspIds: notGiven,
  endorsementKeys: notGiven,
  reportIds: notGiven,
  denied: { chips: [], endorsementKeys: [], measurements: [], cspIds: [] },
  guestPolicy: {
    minAbi: '0.0',
    smt: 'allow',
    singleSocket: 'allow',
    cxl: 'forbid',
    memAes256Xts: 'allow',
    raplDisabled: 'allow',
    ciphertextHidingDram: 'allow',
    pageSwapDisabled: 'allow',
  },
  platform: {
    smtEnabled: 'allow',
    tsmeEnabled: 'allow',
    eccEnabled: 'allow',
    raplDisabled: 'allow',
    ciphertextHidingDramEnabled: 'allow',
    aliasCheckComplete: 'require',
    iommuWriteSafe: 'allow',
    tioEnabled: 'allow',
    unknownBits: 'allow',
  },
  tcb: { recommended: { asOf: '2026-11-01' } },
  firmware: notGiven,
  provisionalFirmware: 'microcodeOnly',
  revocation: { crl: 'required', graceDays: 0, minNumbers: { Genoa: 9 }, maxFetchAgeDays: 30 },
  intermediates: 'pinned',
  freshness: 'challenge',
}

describe('a recommended policy', () => {
  it.each<
    readonly [environment: Environment, signers: readonly string[], vmpl: readonly number[], idBlock: unknown]
  >([
    ['aws', ['vlek'], [0, 1], 'none'],
    ['azure-cvm', ['vcek'], [0], providersKey],
    ['azure-aci', ['vcek'], [0], providersKey],
    ['gcp', ['vcek'], [0, 1], 'none'],
    ['bare-metal', ['vcek'], [0], 'none'],
  ])('of %s', async (environment, signers, vmpl, idBlock) => {
    const document = make({ environment, products: ['Milan', 'Turin'], asOf: '2026-11-01' })
    expect(document).toStrictEqual({ ...common, signers, vmpl, idBlock })
    expect(await parsePolicy(JSON.stringify(document))).toEqual(document)
  })

  it('is of the newest edition unless told', () => {
    expect(make().tcb).toEqual({ recommended: { asOf: newestFloorEdition } })
    expect(make({ asOf: '2028-02-29' }).tcb).toEqual({ recommended: { asOf: '2028-02-29' } })
  })

  it('belongs to the caller, all of it', () => {
    const options = { environment: 'azure-cvm', products: ['Milan'] as ProductLine[] } as const
    const [one, two] = [make(options), make(options)]
    expect(one).toEqual(two)
    const objectsOf = (value: unknown): readonly object[] =>
      value instanceof Object ? [value, ...Object.values(value).flatMap(objectsOf)] : []
    const [ours, theirs] = [objectsOf(one), objectsOf(two)]
    expect(ours.length).toBeGreaterThan(20)
    for (const [index, object] of ours.entries()) {
      expect(object).not.toBe(theirs[index])
      expect(Object.isFrozen(object)).toBe(false)
    }
    expect(one.products).not.toBe(options.products)
    expect(one.measurements).not.toContain(measurements[0])
  })
})

describe('misuse', () => {
  const dayProblem = `asOf must be a day (YYYY-MM-DD) with recommended floors; the newest edition is ${newestFloorEdition}`
  const measurementProblem = 'a measurement is a label and 96 hex digits'
  const named = (label: string, value: string) => ({ measurements: [...measurements, { label, value }] })
  it.each<readonly [problem: string, stated: object]>([
    ['environment must be one of aws, azure-cvm, azure-aci, gcp, bare-metal', { environment: 'azure' }],
    ['environment must be one of aws, azure-cvm, azure-aci, gcp, bare-metal', { environment: ['gcp'] }],
    ['environment must be one of aws, azure-cvm, azure-aci, gcp, bare-metal', { environment: 'toString' }],
    ['products must name product lines', { products: [] }],
    ['products must name product lines', { products: ['Milan', 'Rome'] }],
    ['products must name product lines', { products: ['Rome', 'Milan'] }],
    [measurementProblem, named('', 'ab'.repeat(48))],
    [measurementProblem, named('image', 'ab'.repeat(47))],
    [measurementProblem, named('image', `x${'ab'.repeat(48)}`)],
    [measurementProblem, named('image', `${'ab'.repeat(48)}x`)],
    [measurementProblem, named('image', `g${'a'.repeat(95)}`)],
    ['measurements must not be empty: nothing would be accepted', { measurements: [] }],
    ...[
      '2026-10-31',
      'today',
      '',
      '2027-02-29',
      '2027-13-01',
      '2027-01',
      '2027',
      '2027-1-1',
      '2027-01-01x',
      '2027-01-01 ',
      '+002027-01-01',
      '2027-01-01T00:00:00Z',
    ].map((asOf) => [dayProblem, { asOf }] as const),
  ])('%s: %j', (problem, stated) => {
    expect(() => make(stated)).toThrow(new TypeError(problem))
  })

  it('but case of hex does not matter', () => {
    expect(make(named('second', 'AB'.repeat(48))).measurements).toHaveLength(2)
  })
})

it('an environment is one of the names', () => {
  expect(environmentNames).toEqual(['aws', 'azure-cvm', 'azure-aci', 'gcp', 'bare-metal'])
  for (const name of environmentNames) expect(isEnvironment(name)).toBe(true)
  for (const value of ['azure', '', 'toString', ['gcp'], null, undefined, 1, {}])
    expect(isEnvironment(value)).toBe(false)
})
