import { describe, expect, it } from 'vitest'
import { fullDocument } from '../../test/support/policy-document.js'
import { editPolicy } from '../../test/support/policy-edit.js'
import { type JsonValue, VerificationError } from '../errors/error.js'
import type { Cpuid, ProductLine } from '../product/line.js'
import { type FloorRule, floorsFor, floorsOf } from './floors.js'
import { parsePolicy } from './policy.js'

const open = { unchecked: 'none' }
type Levels = Readonly<Record<string, number>>
type Key = number | 'any'

const zero: Levels = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
const families = { Milan: 25, Genoa: 25, Turin: 26 } as const

/** A floor for some silicon; levels are what is above zero. */
function floor(
  product: ProductLine,
  [family, model, stepping]: readonly [Key, Key, Key],
  levels: Levels = {},
  rest: Readonly<Record<string, JsonValue>> = {},
): JsonValue {
  const fmc: Levels = product === 'Turin' ? { fmc: 0 } : {}
  const reported = { ...zero, ...fmc, ...levels }
  const others = { committed: open, current: open, launch: open, mitigations: open }
  return { product, family, model, stepping, reported, ...others, ...rest }
}

const documentWith = (...floors: readonly JsonValue[]) => editPolicy(fullDocument, { tcb: { floors } })
const asOf = (day: string) => editPolicy(fullDocument, { tcb: { recommended: { asOf: day } } })

/** Where `parsePolicy` refuses, and why. */
async function refusalOf(document: object): Promise<readonly [path: unknown, problem: unknown]> {
  const error: unknown = await parsePolicy(JSON.stringify(document)).catch((thrown: unknown) => thrown)
  if (!(error instanceof VerificationError)) throw new Error('accepted')
  expect(error.code).toBe('POLICY_INVALID')
  return [error.details['path'], error.details['problem']]
}

const any = ['any', 'any', 'any'] as const

describe('floors that tie', () => {
  it.each<readonly [what: string, a: readonly [Key, Key, Key], b: readonly [Key, Key, Key]]>([
    ['the same silicon', [25, 1, 1], [25, 1, 1]],
    ['any silicon, twice', any, any],
    ['a model or a stepping', [25, 1, 'any'], [25, 'any', 1]],
    ['a family or a model', [25, 'any', 'any'], ['any', 1, 'any']],
    ['a family or a stepping', [25, 'any', 'any'], ['any', 'any', 2]],
  ])('%s', async (_, a, b) => {
    expect(await refusalOf(documentWith(floor('Milan', a), floor('Milan', b)))).toEqual([
      'tcb.floors.1',
      'is as specific as floor 0 for the same silicon',
    ])
  })

  it('are found behind others', async () => {
    const floors = [
      floor('Milan', any),
      floor('Milan', [25, 1, 1]),
      floor('Milan', [25, 2, 1]),
      floor('Milan', [25, 1, 1]),
    ]
    expect((await refusalOf(documentWith(...floors)))[0]).toBe('tcb.floors.3')
  })

  it.each<readonly [what: string, floors: readonly JsonValue[]]>([
    ['other products', [floor('Milan', any), floor('Genoa', any), floor('Turin', any)]],
    ['other steppings', [floor('Milan', [25, 1, 1]), floor('Milan', [25, 1, 2])]],
    ['other models', [floor('Milan', [25, 1, 'any']), floor('Milan', [25, 2, 'any'])]],
    [
      'less specific ones',
      [
        floor('Milan', any),
        floor('Milan', [25, 'any', 'any']),
        floor('Milan', [25, 1, 'any']),
        floor('Milan', [25, 1, 1]),
      ],
    ],
    [
      'a model and a stepping that exclude each other by family',
      [floor('Milan', [25, 1, 'any']), floor('Turin', [26, 'any', 1])],
    ],
  ])('are not made by %s', async (_, floors) => {
    await expect(parsePolicy(JSON.stringify(documentWith(...floors)))).resolves.toBeDefined()
  })
})

describe('floors of silicon that does not exist', () => {
  it.each<readonly [product: ProductLine, silicon: readonly [Key, Key, Key], key: string]>([
    ['Milan', [26, 1, 1], 'family'],
    ['Genoa', [26, 'any', 'any'], 'family'],
    ['Turin', [25, 2, 1], 'family'],
    ['Milan', [0, 1, 1], 'family'],
    ['Milan', [25, 0x10, 1], 'model'],
    ['Milan', ['any', 0x11, 1], 'model'],
    ['Milan', [25, 0xa0, 1], 'model'],
    ['Genoa', [25, 0x0f, 1], 'model'],
    ['Genoa', [25, 0x20, 1], 'model'],
    ['Genoa', [25, 0x9f, 1], 'model'],
    ['Genoa', [25, 0xb0, 1], 'model'],
    ['Turin', [26, 0x20, 1], 'model'],
  ])('%s %j: %s', async (product, silicon, key) => {
    const [path, problem] = await refusalOf(documentWith(floor(product, silicon)))
    expect([path, problem]).toEqual([`tcb.floors.0.${key}`, `is not of ${product}`])
  })

  it.each<readonly [product: ProductLine, model: number]>([
    ['Milan', 0x00],
    ['Milan', 0x0f],
    ['Genoa', 0x10],
    ['Genoa', 0x1f],
    ['Genoa', 0xa0],
    ['Genoa', 0xaf],
    ['Turin', 0x00],
    ['Turin', 0x1f],
  ])('but %s has model %i', async (product, model) => {
    const document = documentWith(floor(product, [families[product], model, 'any']))
    await expect(parsePolicy(JSON.stringify(document))).resolves.toBeDefined()
  })
})

describe.each(['reported', 'committed', 'current', 'launch'])('%s', (name) => {
  it.each<readonly [Key, Key, Key]>([any, [25, 'any', 'any'], [25, 1, 'any'], ['any', 1, 1], [25, 'any', 1]])(
    'has no microcode for silicon %s %s %s',
    async (...silicon) => {
      const levels = { ...zero, microcode: 1 }
      const [path, problem] = await refusalOf(documentWith(floor('Milan', silicon, {}, { [name]: levels })))
      expect(path).toBe(`tcb.floors.0.${name}.microcode`)
      expect(problem).toMatch(/counts per silicon/)
    },
  )

  it('has fmc on Turin, and there alone', async () => {
    const without = floor('Turin', any, {}, { [name]: zero })
    expect(await refusalOf(documentWith(without))).toEqual([`tcb.floors.0.${name}.fmc`, 'is missing'])
    for (const product of ['Milan', 'Genoa'] as const) {
      const one = floor(product, any, {}, { [name]: { ...zero, fmc: 0 } })
      expect(await refusalOf(documentWith(one))).toEqual([
        `tcb.floors.0.${name}.fmc`,
        `does not exist on ${product}`,
      ])
    }
  })
})

describe('recommended floors', () => {
  it.each(['2026-10-31', '2020-01-01', '0001-01-01'])('has none on %s', async (day) => {
    const [path, problem] = await refusalOf(asOf(day))
    expect([path, problem]).toEqual([
      'tcb.recommended.asOf',
      'no edition at or before that day; the newest is 2026-11-01',
    ])
  })

  it('are those of the edition in force: on its day, and on any after it', () => {
    const rules = floorsOf(asOf('2026-11-01'))
    expect(rules).toHaveLength(7)
    for (const day of ['2026-11-02', '2030-01-01', '9999-12-31']) expect(floorsOf(asOf(day))).toEqual(rules)
  })

  it('hold for REPORTED, COMMITTED and LAUNCH, not for CURRENT, and demand no mitigation', () => {
    for (const { tcbs, mitigations } of floorsOf(asOf('2026-11-01'))) {
      expect(tcbs.committed).toEqual(tcbs.reported)
      expect(tcbs.launch).toEqual(tcbs.reported)
      expect(tcbs.current).toHaveProperty('unchecked')
      expect(mitigations).toHaveProperty('unchecked')
    }
  })
})

describe('floorsFor', () => {
  const rules = floorsOf(
    documentWith(
      floor('Milan', any, { snp: 1 }),
      floor('Milan', [25, 'any', 'any'], { snp: 2 }),
      floor('Milan', [25, 1, 'any'], { snp: 3 }),
      floor('Milan', [25, 1, 2], { snp: 4 }),
      floor('Genoa', ['any', 'any', 1], { snp: 5 }),
      floor('Genoa', [25, 0x11, 'any'], { snp: 6 }),
    ),
  )
  const snpOf = ({ tcbs: { reported } }: FloorRule): number | null =>
    'snp' in reported ? reported.snp : null
  const chosen = (product: ProductLine, cpuid: Cpuid | null) => floorsFor(rules, product, cpuid).map(snpOf)

  it.each<readonly [product: ProductLine, cpuid: readonly [number, number, number], snp: readonly number[]]>([
    ['Milan', [25, 1, 2], [4]],
    ['Milan', [25, 1, 1], [3]],
    ['Milan', [25, 0, 2], [2]],
    ['Genoa', [25, 0xa0, 1], [5]],
    ['Genoa', [25, 0x11, 1], [6]],
    ['Genoa', [25, 0x11, 2], [6]],
    ['Genoa', [25, 0x12, 2], []],
    ['Turin', [26, 2, 1], []],
  ])('takes the most specific of %s for %j', (product, [family, model, stepping], snp) => {
    expect(chosen(product, { family, model, stepping })).toEqual(snp)
  })

  it('does not depend on the order of floors', () => {
    const cpuid = { family: 25, model: 1, stepping: 2 }
    expect(floorsFor([...rules].reverse(), 'Milan', cpuid).map(snpOf)).toEqual([4])
  })

  it('takes all of the product where the silicon is not known', () => {
    expect(chosen('Milan', null)).toEqual([1, 2, 3, 4])
    expect(chosen('Genoa', null)).toEqual([5, 6])
    expect(chosen('Turin', null)).toEqual([])
  })

  it('has nothing to choose from where tcb is unchecked', () => {
    expect(floorsOf(editPolicy(fullDocument, { tcb: open }))).toEqual([])
  })

  it('reads levels, mitigations and reasons', () => {
    const [rule] = floorsOf(fullDocument)
    expect(rule).toMatchObject({
      product: 'Turin',
      family: 26,
      model: 2,
      stepping: 1,
      mitigations: 0x3fn,
      tcbs: { launch: { layout: 'family1Ah', raw: 0x5100_0000_0400_0101n, fmc: 1, microcode: 81 } },
    })
    const [open1] = floorsOf(documentWith(floor('Milan', any)))
    expect([open1?.mitigations, open1?.tcbs.launch]).toEqual([open, open])
  })
})
