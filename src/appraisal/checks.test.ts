// What single checks find, whole: what is open keeps its reason, and a finding has no part that it does not need.
import { describe, expect, it } from 'vitest'
import { openPolicy } from '../../test/support/lab-verifier.js'
import { hex } from '../../test/support/der.js'
import { fullDocument } from '../../test/support/policy-document.js'
import { editPolicy, unchecked } from '../../test/support/policy-edit.js'
import { type ReportFields, makeReport, setSignature } from '../../test/support/report.js'
import type { Cpuid } from '../product/line.js'
import { parseReport } from '../report/report.js'
import type { CheckContext } from './check.js'
import { policyChecks } from './checks.js'
import type { PolicyDocument, TcbFloor } from './document.js'
import { floorsFor, floorsOf } from './floors.js'
import { provisionalFirmwareOf } from './tcb-checks.js'

const reportOf = (fields: ReportFields = {}) =>
  parseReport(setSignature(makeReport(fields), { r: 1n, s: 1n }))
const line = ({ line: name = 'Milan' }: ReportFields) => name

interface Subject {
  readonly fields?: ReportFields
  readonly endorsement?: Partial<CheckContext['endorsement']>
  readonly allowDebug?: boolean
}

function find(
  id: string,
  policy: PolicyDocument,
  { fields = {}, endorsement = {}, allowDebug = false }: Subject = {},
) {
  const check = policyChecks.find((one) => one.id === id)
  if (check === undefined) throw new Error(`no check ${id}`)
  const report = reportOf(fields)
  return check.run({
    report,
    policy,
    floors: floorsFor(floorsOf(policy), line(fields), report.cpuid),
    endorsement: {
      kind: 'vcek',
      productLine: line(fields),
      hwId: 'c1'.repeat(64),
      cspId: null,
      spkiSha256: 'ee'.repeat(32),
      ...endorsement,
    },
    at: Date.parse('2026-06-01T00:00:00Z'),
    allowDebug,
  })
}

const open = unchecked('left open')
const isLeft = { outcome: 'unchecked', reason: 'left open' }

describe('what a policy leaves open', () => {
  it.each([
    'guestPolicy.minAbi',
    'guestPolicy.smt',
    'guestPolicy.pageSwapDisabled',
    'platform.tioEnabled',
    'platform.unknownBits',
    'firmware.minCommitted',
    'idBlock',
    'idBlock.minGuestSvn',
    'hostData',
    'vmpl',
    'chips',
    'cspIds',
    'measurements',
    'provisionalFirmware',
  ])('%s', (id) => {
    for (const subject of [{}, { fields: { platformInfo: 0xffff_ffff_ffff_ffffn } }])
      for (const path of [id, id.split('.')[0] ?? ''])
        expect(find(id, editPolicy(fullDocument, { [path]: open }), subject)).toStrictEqual(isLeft)
  })
})

it('floors: each check keeps the reason why there are none', () => {
  for (const id of ['reported', 'committed', 'current', 'launch', 'mitigations'])
    expect(find(`tcb.${id}`, { ...openPolicy, tcb: open })).toStrictEqual(isLeft)
})

describe('a bit', () => {
  const smt = (rule: string, policy: bigint) =>
    find('guestPolicy.smt', editPolicy(fullDocument, { 'guestPolicy.smt': rule }), { fields: { policy } })
  it('is as the policy says', () => {
    const [on, off] = [0x3_0000n, 0x2_0000n]
    expect(smt('require', on)).toStrictEqual({ outcome: 'passed', expected: 'require', actual: true })
    expect(smt('require', off)).toStrictEqual({ outcome: 'failed', expected: 'require', actual: false })
    expect(smt('forbid', on)).toStrictEqual({ outcome: 'failed', expected: 'forbid', actual: true })
    expect(smt('forbid', off)).toStrictEqual({ outcome: 'passed', expected: 'forbid', actual: false })
    for (const policy of [on, off])
      expect(smt('allow', policy)).toStrictEqual({ outcome: 'passed', reason: 'either is allowed' })
  })

  it('that this version does not know is refused or allowed', () => {
    const unknown = (rule: string, platformInfo: bigint) =>
      find('platform.unknownBits', editPolicy(fullDocument, { 'platform.unknownBits': rule }), {
        fields: { platformInfo },
      })
    const bits = {
      expected: '0x0000000000000000',
      actual: '0x8000000000000000',
      reason: 'bits that this version does not know are set',
    }
    expect(unknown('forbid', 1n << 63n)).toStrictEqual({ outcome: 'failed', ...bits })
    expect(unknown('allow', 1n << 63n)).toStrictEqual({ outcome: 'passed', ...bits })
    expect(unknown('forbid', 0n)).toStrictEqual({ outcome: 'passed' })
  })

  it('DEBUG passes for verifyDebugEvidence alone, and only where it is set', () => {
    const debug = { policy: 0xb0000n }
    const reason = 'debug guest, accepted by verifyDebugEvidence'
    expect(find('debug', openPolicy, { fields: debug, allowDebug: true })).toStrictEqual({
      outcome: 'passed',
      reason,
    })
    expect(find('debug', openPolicy, { fields: debug })).toStrictEqual({
      outcome: 'failed',
      expected: false,
      actual: true,
    })
    for (const allowDebug of [true, false])
      expect(find('debug', openPolicy, { allowDebug })).toStrictEqual({
        outcome: 'passed',
        expected: false,
        actual: false,
      })
  })
})

describe('lists', () => {
  const keys = (count: number) =>
    Array.from({ length: count }, (_, index) => index.toString(16).padStart(64, '0'))
  const expected = (count: number) => {
    const finding = find('endorsementKeys', { ...openPolicy, endorsementKeys: keys(count) })
    if (finding.outcome === 'unchecked') throw new Error('unchecked')
    expect(finding.outcome).toBe('failed')
    return finding.expected
  }

  it('are shown up to sixteen entries', () => {
    expect(expected(15)).toEqual(keys(15))
    expect(expected(16)).toEqual(keys(16))
    expect(expected(17)).toEqual([...keys(16), 'and 1 more'])
    expect(expected(40)).toEqual([...keys(16), 'and 24 more'])
  })

  it('of what is denied have nothing that is not there', () => {
    const denied = { ...openPolicy.denied, cspIds: ['CN=nobody.example', 'null'] }
    const policy = { ...openPolicy, denied }
    expect(find('denied.cspIds', policy)).toStrictEqual({ outcome: 'passed' })
    expect(find('denied.cspIds', policy, { endorsement: { cspId: 'CN=nobody.example' } })).toStrictEqual({
      outcome: 'failed',
      expected: 'not denied',
      actual: 'CN=nobody.example',
    })
    expect(find('cspIds', { ...openPolicy, cspIds: ['x'] })).toStrictEqual({
      outcome: 'passed',
      reason: 'vcek',
    })
  })
})

describe('an ID block', () => {
  const zero = '00'.repeat(48)
  const none = (idKeyDigest: string, authorKeyDigest: string) => {
    const fields = { idKeyDigest: hex(idKeyDigest), authorKeyDigest: hex(authorKeyDigest) }
    const finding = find('idBlock', { ...openPolicy, idBlock: 'none' }, { fields })
    expect(finding).toStrictEqual({
      outcome: finding.outcome,
      expected: 'none',
      actual: [idKeyDigest, authorKeyDigest],
    })
    return finding.outcome
  }

  it('is none only where both digests are zero, in every digit', () => {
    expect(none(zero, zero)).toBe('passed')
    for (const one of [`10${zero.slice(2)}`, `${zero.slice(2)}01`, `${zero.slice(4)}1000`]) {
      expect(none(one, zero)).toBe('failed')
      expect(none(zero, one)).toBe('failed')
    }
  })
})

describe('TCB floors', () => {
  const levels = { bootloader: 4, tee: 0, snp: 0x18, microcode: 0 }
  const any = { family: 'any', model: 'any', stepping: 'any' } as const
  const silicon = (stepping: number) => ({ family: 25, model: 1, stepping })
  const floor = (
    of: Pick<TcbFloor, 'family' | 'model' | 'stepping'>,
    changes: Partial<TcbFloor> = {},
  ): TcbFloor => ({
    product: 'Milan',
    ...of,
    reported: levels,
    committed: levels,
    current: levels,
    launch: levels,
    mitigations: '0000000000000003',
    ...changes,
  })
  const withFloors = (...floors: readonly TcbFloor[]) => ({ ...openPolicy, tcb: { floors } })
  const one = unchecked('first')
  const two = unchecked('second')
  const raw = '0xdb18000000000004'
  const actual = { raw, bootloader: 4, tee: 0, snp: 0x18, microcode: 0xdb }
  const asJson = { raw: '0x0018000000000004', ...levels }

  it('all open: the first says why', () => {
    const policy = withFloors(floor(silicon(1), { launch: one }), floor(silicon(2), { launch: two }))
    expect(find('tcb.launch', policy, { fields: { version: 2 } })).toStrictEqual({
      outcome: 'unchecked',
      reason: 'first',
    })
    const bits = withFloors(floor(silicon(1), { mitigations: one }), floor(silicon(2), { mitigations: two }))
    expect(find('tcb.mitigations', bits, { fields: { version: 2 } })).toStrictEqual({
      outcome: 'unchecked',
      reason: 'first',
    })
  })

  it('some open: the others decide, wherever they are', () => {
    const [open1, stated] = [floor(silicon(1), { launch: one }), floor(silicon(2))]
    for (const policy of [withFloors(open1, stated), withFloors(stated, open1)]) {
      const fields = { version: 2 }
      expect(find('tcb.launch', policy, { fields })).toStrictEqual({
        outcome: 'passed',
        expected: [asJson],
        actual,
      })
      const low = { ...fields, launchTcb: { bootloader: 3, tee: 0, snp: 0x17, microcode: 0 } }
      expect(find('tcb.launch', policy, { fields: low })).toMatchObject({
        outcome: 'failed',
        reason: 'below the floor in bootloader, snp',
      })
    }
  })

  it('several: the first that is missed is shown, and all that are met', () => {
    const higher = { ...levels, snp: 0x19 }
    const policy = withFloors(floor(silicon(1)), floor(silicon(2), { launch: higher }))
    expect(find('tcb.launch', policy, { fields: { version: 2 } })).toStrictEqual({
      outcome: 'failed',
      expected: { ...asJson, raw: '0x0019000000000004', snp: 0x19 },
      actual,
      reason: 'below the floor in snp',
    })
    expect(find('tcb.committed', policy, { fields: { version: 2 } })).toStrictEqual({
      outcome: 'passed',
      expected: [asJson, asJson],
      actual,
    })
  })

  it('none for this silicon: one check fails, and says which silicon it is', () => {
    const policy = withFloors(floor(silicon(7)))
    const reason = 'no floor names this silicon'
    expect(find('tcb.reported', policy)).toStrictEqual({
      outcome: 'failed',
      expected: 'a floor for this silicon',
      actual: { family: 25, model: 1, stepping: 1 } satisfies Cpuid,
      reason,
    })
    for (const id of ['tcb.committed', 'tcb.current', 'tcb.launch', 'tcb.mitigations'])
      expect(find(id, policy)).toStrictEqual({ outcome: 'unchecked', reason })
    const genoa = { version: 2, line: 'Genoa' } as const
    expect(find('tcb.reported', policy, { fields: genoa })).toMatchObject({
      outcome: 'failed',
      actual: 'Genoa',
    })
  })

  it('mitigations: both vectors have every bit that some floor demands', () => {
    const policy = withFloors(floor(any))
    const bits = (launchMitVector: bigint, currentMitVector: bigint) =>
      find('tcb.mitigations', policy, { fields: { version: 5, launchMitVector, currentMitVector } }).outcome
    expect([bits(3n, 3n), bits(7n, 0xffn), bits(3n, 1n), bits(1n, 3n), bits(0n, 0n)]).toEqual([
      'passed',
      'passed',
      'failed',
      'failed',
      'failed',
    ])
    expect(find('tcb.mitigations', policy, { fields: { version: 4 } })).toStrictEqual({
      outcome: 'failed',
      expected: '0x0000000000000003',
      actual: null,
      reason: 'reports below version 5 have no mitigation vectors',
    })
    const fields = { version: 5, launchMitVector: 3n, currentMitVector: 7n }
    expect(find('tcb.mitigations', policy, { fields })).toStrictEqual({
      outcome: 'passed',
      expected: '0x0000000000000003',
      actual: { launch: '0x0000000000000003', current: '0x0000000000000007' },
    })
    // Version 2 has none, and each of its floors adds its bits.
    const both = withFloors(floor(silicon(1)), floor(silicon(2), { mitigations: '0000000000000010' }))
    expect(find('tcb.mitigations', both, { fields: { version: 2 } })).toMatchObject({
      outcome: 'failed',
      expected: '0x0000000000000013',
    })
    const half = withFloors(floor(silicon(1), { mitigations: one }), floor(silicon(2)))
    expect(find('tcb.mitigations', half, { fields: { version: 2 } })).toMatchObject({
      outcome: 'failed',
      expected: '0x0000000000000003',
    })
  })
})

it('provisional firmware is not judged on silicon that nobody knows', () => {
  const report = reportOf({ cpuid: { family: 0x1b, model: 1, stepping: 1 } })
  expect(() => provisionalFirmwareOf(report)).toThrow(new TypeError('an authentic report of unknown silicon'))
})
