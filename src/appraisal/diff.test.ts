import { describe, expect, it } from 'vitest'
import { LAB_MEASUREMENT } from '../../test/support/report.js'
import { openPolicy } from '../../test/support/lab-verifier.js'
import { fullDocument } from '../../test/support/policy-document.js'
import { type PolicyChanges, editPolicy, unchecked } from '../../test/support/policy-edit.js'
import { toHex } from '../../test/support/der.js'
import type { JsonValue } from '../errors/error.js'
import { diffPolicies } from './diff.js'
import type { ChangeEffect } from './diff-effect.js'
import type { PolicyDocument, TcbFloor } from './document.js'
import { parsePolicy } from './policy.js'

const diffOf = async (before: PolicyDocument, after: PolicyDocument) =>
  diffPolicies(await parsePolicy(JSON.stringify(before)), await parsePolicy(JSON.stringify(after)))

const reversed = { wider: 'narrower', narrower: 'wider', same: 'same', other: 'other' } as const

/** One change to the full policy, and its effect; the way back has the reverse. */
async function expectEffect(effect: ChangeEffect, from: PolicyChanges, to: PolicyChanges): Promise<void> {
  const [before, after] = [editPolicy(fullDocument, from), editPolicy(fullDocument, to)]
  const [path = ''] = Object.keys(to)
  const [there, back] = [await diffOf(before, after), await diffOf(after, before)]
  const at = (changes: PolicyChanges): JsonValue => changes[path] ?? null
  const change = { path, silicon: null, before: at(from), after: at(to) }
  expect(there).toEqual([{ ...change, effect }])
  expect(back).toEqual([{ ...change, effect: reversed[effect], before: at(to), after: at(from) }])
}

const a = 'aa'.repeat(48)
const b = 'bb'.repeat(48)
const rule = (value: string, notAfter?: string, label = 'x'): JsonValue => ({
  label,
  value,
  ...(notAfter === undefined ? {} : { notAfter }),
})

const cases: readonly (readonly [effect: ChangeEffect, path: string, before: JsonValue, after: JsonValue])[] =
  [
    // lists
    ['wider', 'products', ['Turin'], ['Milan', 'Turin']],
    ['other', 'products', ['Turin'], ['Milan']],
    ['same', 'products', ['Turin', 'Milan'], ['Milan', 'Turin']],
    ['wider', 'reportVersions', [5], [4, 5]],
    ['wider', 'vmpl', [0], [1, 0]],
    ['same', 'vmpl', [0], [0, 0]],
    ['wider', 'hostData', ['0d'.repeat(32)], unchecked()],
    ['same', 'hostData', unchecked('a'), unchecked('b')],
    ['narrower', 'denied.measurements', [], [a]],
    ['other', 'denied.measurements', [a], [b]],
    ['narrower', 'denied.chips', [], ['c2'.repeat(8)]],
    ['same', 'denied.chips', ['c2'.repeat(8)], ['c2'.repeat(8) + '00'.repeat(56)]],
    // measurements: until when counts, the label does not
    ['same', 'measurements', [rule(a)], [rule(a, undefined, 'y')]],
    ['wider', 'measurements', [rule(a)], [rule(a), rule(b, '2020-01-01')]],
    ['wider', 'measurements', [rule(a, '2026-12-31')], [rule(a)]],
    ['wider', 'measurements', [rule(a, '2026-12-30')], [rule(a, '2026-12-31')]],
    ['same', 'measurements', [rule(a, '2026-12-31')], [rule(a, '2026-12-31T23:59:59.999Z')]],
    ['same', 'measurements', [rule(a, '2026-12-31'), rule(a)], [rule(a)]],
    ['same', 'measurements', [rule(a), rule(a, '2026-12-31')], [rule(a)]],
    ['other', 'measurements', [rule(a), rule(b, '2026-12-31')], [rule(a, '2026-12-31'), rule(b)]],
    // chips
    ['wider', 'chips', ['c1'.repeat(64)], 'any'],
    ['same', 'chips', 'any', unchecked()],
    ['same', 'chips', ['c2'.repeat(8)], ['c2'.repeat(8) + '00'.repeat(56)]],
    ['other', 'chips', ['c2'.repeat(8)], ['c1'.repeat(8)]],
    // bits
    ['wider', 'guestPolicy.smt', 'forbid', 'allow'],
    ['wider', 'guestPolicy.smt', 'require', 'allow'],
    ['wider', 'guestPolicy.smt', 'require', unchecked()],
    ['same', 'guestPolicy.smt', 'allow', unchecked()],
    ['other', 'guestPolicy.smt', 'require', 'forbid'],
    ['wider', 'platform', fullDocument.platform as unknown as JsonValue, unchecked()],
    // Only its `smt` demands nothing.
    ['wider', 'guestPolicy', fullDocument.guestPolicy as unknown as JsonValue, unchecked()],
    ['wider', 'platform.unknownBits', 'forbid', 'allow'],
    // words
    ['wider', 'provisionalFirmware', 'forbid', 'microcodeOnly'],
    ['wider', 'provisionalFirmware', 'microcodeOnly', 'allow'],
    ['same', 'provisionalFirmware', unchecked(), 'allow'],
    ['wider', 'freshness', 'challenge', 'session'],
    ['wider', 'freshness', 'session', 'monotonic'],
    ['wider', 'freshness', 'monotonic', 'ledger'],
    ['wider', 'freshness', 'ledger', unchecked()],
    ['wider', 'intermediates', 'pinned', 'arkSigned'],
    ['other', 'identity', 'required', unchecked()],
    ['same', 'identity', unchecked('a'), unchecked('b')],
    // versions and numbers
    ['narrower', 'guestPolicy.minAbi', '1.9', '1.10'],
    ['narrower', 'guestPolicy.minAbi', '1.55', '2.0'],
    ['same', 'guestPolicy.minAbi', '0.0', unchecked()],
    ['narrower', 'guestPolicy.minAbi', '0.0', '0.1'],
    ['narrower', 'firmware.minCommitted', '1.55.9', '1.55.10'],
    ['wider', 'firmware.minCommitted', '1.100.0', '1.99.255'],
    ['narrower', 'firmware', unchecked(), { minCommitted: '1.55.9' }],
    ['same', 'firmware', unchecked(), { minCommitted: unchecked() }],
    ['narrower', 'idBlock.minGuestSvn', 2, 10],
    ['same', 'idBlock.minGuestSvn', 0, unchecked()],
    ['other', 'idBlock', 'none', fullDocument.idBlock as unknown as JsonValue],
    ['narrower', 'idBlock', unchecked(), 'none'],
    ['wider', 'idBlock.familyIds', ['fa'.repeat(16)], unchecked()],
    // revocation
    ['wider', 'revocation.graceDays', 0, 1],
    ['wider', 'revocation.graceDays', 0, unchecked()],
    ['wider', 'revocation.maxFetchAgeDays', 9, 10],
    ['wider', 'revocation.maxFetchAgeDays', 0, unchecked()],
    ['narrower', 'revocation.minNumbers', { Milan: 6, Genoa: 9 }, { Milan: 6, Genoa: 10 }],
    ['other', 'revocation.minNumbers', { Milan: 6, Genoa: 9 }, { Milan: 7, Genoa: 8 }],
    // A floor also lets a CRL in of which nobody says when it was fetched.
    ['other', 'revocation.minNumbers', { Milan: 6 }, { Milan: 6, Genoa: 9 }],
    ['other', 'revocation.minNumbers', unchecked(), { Genoa: 9 }],
    ['same', 'revocation.minNumbers', unchecked('a'), unchecked('b')],
  ]

describe('one key', () => {
  it.each(cases)('%s: %s from %j to %j', async (effect, path, before, after) => {
    await expectEffect(effect, { [path]: before }, { [path]: after })
  })

  it('a CRL that is not required: a number only keeps out', async () => {
    const open = { 'revocation.crl': unchecked(), intermediates: 'pinned' }
    const numbers = 'revocation.minNumbers'
    const edit = (value: JsonValue) => editPolicy(fullDocument, { ...open, [numbers]: value })
    const effect = async (from: JsonValue, to: JsonValue) =>
      (await diffOf(edit(from), edit(to))).map((change) => [change.path, change.effect])
    expect(await effect({ Milan: 6 }, { Milan: 6, Genoa: 9 })).toEqual([[numbers, 'narrower']])
    expect(await effect({ Milan: 6 }, unchecked())).toEqual([[numbers, 'wider']])
    expect(await effect({ Milan: 6 }, { Genoa: 6 })).toEqual([[numbers, 'other']])
  })

  it('zero days of grace demand something, and a zero elsewhere does not', async () => {
    const closed = editPolicy(fullDocument, { revocation: unchecked(), intermediates: 'pinned' })
    const rule = {
      crl: unchecked(),
      graceDays: unchecked(),
      minNumbers: unchecked(),
      maxFetchAgeDays: unchecked(),
    }
    const effect = async (changes: object) => {
      const revocation = { ...rule, ...changes } as unknown as JsonValue
      return (await diffOf(closed, editPolicy(closed, { revocation }))).map((change) => change.effect)
    }
    expect(await effect({})).toEqual(['same'])
    expect(await effect({ graceDays: 0 })).toEqual(['narrower'])
    expect(await effect({ maxFetchAgeDays: 0 })).toEqual(['narrower'])
  })

  it('a number beside a CRL that is required on one side alone', async () => {
    const before = editPolicy(fullDocument, { revocation: unchecked(), intermediates: 'pinned' })
    const after = editPolicy(fullDocument, { intermediates: 'pinned' })
    expect(await diffOf(before, after)).toMatchObject([{ path: 'revocation', effect: 'narrower' }])
    const loose = editPolicy(after, { 'revocation.crl': unchecked(), 'revocation.minNumbers': unchecked() })
    for (const changes of [await diffOf(loose, after), await diffOf(after, loose)])
      expect(changes.find(({ path }) => path === 'revocation.minNumbers')?.effect).toBe('other')
  })
})

it('equal policies have no difference, whatever the order of keys and the case of hex', async () => {
  const other = { ...Object.fromEntries(Object.entries(fullDocument).reverse()), hostData: ['0D'.repeat(32)] }
  expect(await diffOf(fullDocument, other as unknown as PolicyDocument)).toEqual([])
})

it('several changes are told one by one, in the order of the document', async () => {
  const after = editPolicy(fullDocument, {
    freshness: 'ledger',
    products: ['Turin'],
    'guestPolicy.smt': 'forbid',
  })
  expect((await diffOf(fullDocument, after)).map(({ path, effect }) => [path, effect])).toEqual([
    ['products', 'narrower'],
    ['guestPolicy.smt', 'narrower'],
    ['freshness', 'wider'],
  ])
})

it('only policies are compared', async () => {
  const policy = await parsePolicy(JSON.stringify(openPolicy))
  expect(() => diffPolicies(policy, { ...policy })).toThrow(TypeError)
  expect(() => diffPolicies({ ...policy }, policy)).toThrow(TypeError)
  expect(toHex(LAB_MEASUREMENT)).toHaveLength(96)
})

describe('floors', () => {
  const levels = { bootloader: 4, tee: 0, snp: 24, microcode: 0 }
  const floor = (changes: Partial<TcbFloor> = {}): TcbFloor => ({
    product: 'Milan',
    family: 25,
    model: 1,
    stepping: 1,
    reported: levels,
    committed: levels,
    current: levels,
    launch: levels,
    mitigations: '0000000000000003',
    ...changes,
  })
  const b2 = floor({ stepping: 2 })
  const any = floor({ family: 'any', model: 'any', stepping: 'any' })
  const genoa = floor({ product: 'Genoa', model: 17 })
  const turin = floor({ product: 'Turin', family: 26, model: 2, ...turinLevels() })
  function turinLevels(): Partial<TcbFloor> {
    const tcb = { ...levels, fmc: 1 }
    return { reported: tcb, committed: tcb, current: tcb, launch: tcb }
  }
  const withFloors = (floors: readonly TcbFloor[], reportVersions: number[] = [3, 4, 5]): PolicyDocument => ({
    ...openPolicy,
    reportVersions,
    tcb: { floors },
  })
  const effects = async (
    before: readonly TcbFloor[],
    after: readonly TcbFloor[],
    versions?: number[],
  ): Promise<readonly string[]> =>
    (await diffOf(withFloors(before, versions), withFloors(after, versions))).map(
      ({ path, silicon, effect }) => `${path} ${silicon ?? '-'} ${effect}`,
    )

  it.each(['reported', 'committed', 'current', 'launch'] as const)('%s, in every direction', async (name) => {
    const higher = { [name]: { ...levels, snp: 25 } }
    const mixed = { [name]: { ...levels, snp: 25, bootloader: 3 } }
    const at = `tcb.${name} Milan, family 19h model 01h stepping 1`
    expect(await effects([floor(), b2], [floor(higher), b2])).toEqual([`${at} narrower`])
    expect(await effects([floor(higher), b2], [floor(), b2])).toEqual([`${at} wider`])
    expect(await effects([floor(), b2], [floor(mixed), b2])).toEqual([`${at} other`])
    expect(await diffOf(withFloors([floor()]), withFloors([floor(higher)]))).toMatchObject([
      { before: levels, after: { ...levels, snp: 25 } },
    ])
  })

  it('parts that are left open', async () => {
    const zero = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
    const at = 'tcb.launch Milan, family 19h model 01h stepping 1'
    expect(await effects([floor()], [floor({ launch: unchecked('x') })])).toEqual([`${at} wider`])
    expect(await effects([floor({ launch: unchecked('x') })], [floor()])).toEqual([`${at} narrower`])
    expect(await effects([floor({ launch: unchecked('x') })], [floor({ launch: zero })])).toEqual([
      `${at} same`,
    ])
    expect(await effects([floor({ launch: unchecked('x') })], [floor({ launch: unchecked('y') })])).toEqual([
      `${at} same`,
    ])
  })

  it('mitigations are bits', async () => {
    const at = 'tcb.mitigations Milan, family 19h model 01h stepping 1'
    const mit = (mitigations: TcbFloor['mitigations']) => [floor({ mitigations })]
    expect(await effects(mit('0000000000000003'), mit('0000000000000001'))).toEqual([`${at} wider`])
    expect(await effects(mit('0000000000000001'), mit('0000000000000003'))).toEqual([`${at} narrower`])
    expect(await effects(mit('0000000000000001'), mit('0000000000000002'))).toEqual([`${at} other`])
    // No bit at all still demands a report that has the vectors.
    expect(await effects(mit(unchecked()), mit('0000000000000000'))).toEqual([`${at} narrower`])
    expect(await effects(mit('0000000000000000'), mit(unchecked()))).toEqual([`${at} wider`])
    expect(await effects(mit(unchecked('a')), mit(unchecked('b')))).toEqual([`${at} same`])
  })

  it('a floor for silicon that had none lets it in, and the reverse', async () => {
    expect(await effects([floor()], [floor(), b2])).toEqual([
      'tcb Milan, family 19h model 01h stepping 2 wider',
    ])
    expect(await effects([floor(), b2], [b2])).toEqual([
      'tcb Milan, family 19h model 01h stepping 1 narrower',
    ])
    expect(await effects([floor()], [floor(), genoa])).toEqual([
      'tcb Genoa, family 19h model 11h stepping 1 wider',
    ])
    const [change] = await diffOf(withFloors([floor()]), withFloors([floor(), b2]))
    const json = { reported: levels, committed: levels, current: levels, launch: levels }
    expect(change).toMatchObject({ before: null, after: { ...json, mitigations: '0000000000000003' } })
    const [back] = await diffOf(withFloors([floor(), b2]), withFloors([floor()]))
    expect(back).toMatchObject({ before: { ...json, mitigations: '0000000000000003' }, after: null })
  })

  it('where another floor matches some of the same silicon, nothing is certain', async () => {
    expect(await effects([any], [any, floor()])).toEqual(['tcb Milan, family 19h model 01h stepping 1 other'])
    expect(await effects([any, floor()], [floor()])).toEqual(['tcb Milan, any silicon other'])
    expect(await effects([any], [any, genoa])).toEqual(['tcb Genoa, family 19h model 11h stepping 1 wider'])
    // One such floor is enough, whatever others there are.
    expect(await effects([any, genoa], [any, genoa, floor()])).toEqual([
      'tcb Milan, family 19h model 01h stepping 1 other',
    ])
  })

  it('version 2 must meet all floors of its product', async () => {
    expect(await effects([floor()], [floor(), b2], [2, 3])).toEqual([
      'tcb Milan, family 19h model 01h stepping 2 other',
    ])
    expect(await effects([floor()], [floor(), genoa], [2])).toEqual([
      'tcb Genoa, family 19h model 11h stepping 1 wider',
    ])
    // Not on Turin, where no such report exists.
    const dense = { ...turin, model: 17 }
    expect(await effects([turin], [turin, dense], [2, 3])).toEqual([
      'tcb Turin, family 1ah model 11h stepping 1 wider',
    ])
    for (const versions of [
      [[2, 3], [3]],
      [[3], [2, 3]],
    ] as const) {
      const changes = await diffOf(
        withFloors([floor()], [...versions[0]]),
        withFloors([floor(), b2], [...versions[1]]),
      )
      expect(changes.find(({ path }) => path === 'tcb')?.effect).toBe('other')
    }
  })

  it('recommended floors by another name are the same', async () => {
    const on = (asOf: string): PolicyDocument => ({ ...openPolicy, tcb: { recommended: { asOf } } })
    expect(await diffOf(on('2026-11-01'), on('2026-11-02'))).toEqual([
      {
        path: 'tcb',
        silicon: null,
        effect: 'same',
        before: { recommended: { asOf: '2026-11-01' } },
        after: { recommended: { asOf: '2026-11-02' } },
      },
    ])
    expect(await diffOf(on('2026-11-01'), openPolicy)).toMatchObject([
      { path: 'tcb', silicon: null, effect: 'wider' },
    ])
    expect(await diffOf(openPolicy, on('2026-11-01'))).toMatchObject([{ path: 'tcb', effect: 'narrower' }])
  })
})
