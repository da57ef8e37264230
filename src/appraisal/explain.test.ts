import { describe, expect, it } from 'vitest'
import { openPolicy } from '../../test/support/lab-verifier.js'
import { fullDocument } from '../../test/support/policy-document.js'
import { editPolicy, keysOf, unchecked } from '../../test/support/policy-edit.js'
import type { PolicyDocument, TcbFloor } from './document.js'
import { explainPolicy } from './explain.js'
import { parsePolicy, policyDigest } from './policy.js'
import { recommendedPolicy } from './recommended.js'

const explain = async (document: PolicyDocument) => explainPolicy(await parsePolicy(JSON.stringify(document)))
const textsOf = async (document: PolicyDocument) =>
  new Map((await explain(document)).statements.map(({ path, text }) => [path, text]))
const reasonsOf = async (document: PolicyDocument) =>
  new Map((await explain(document)).open.map(({ path, reason }) => [path, reason]))

const recommended = recommendedPolicy({
  environment: 'gcp',
  products: ['Milan', 'Genoa', 'Turin'],
  measurements: [{ label: 'build 7', value: 'ab'.repeat(48) }],
})

describe('statements and open items', () => {
  it.each([
    ['full', fullDocument],
    ['open', openPolicy],
    ['recommended', recommended],
  ])('every key of a policy is in exactly one of them: %s', async (_, document) => {
    const { statements, open } = await explain(document)
    const told = [...statements, ...open].map(({ path }) => path)
    expect(new Set(told).size).toBe(told.length)
    const keys = keysOf(document)
      .filter((key) => key !== 'version')
      .map((key) => (key.startsWith('tcb') ? 'tcb' : key.startsWith('measurements') ? 'measurements' : key))
    const more = told.filter((path) => !keys.includes(path))
    expect([...new Set(keys)].filter((key) => !told.includes(key))).toEqual([])
    expect(more.filter((path) => !/^(tcb\.|revocation\.minNumbers\.)/.test(path))).toEqual([])
  })

  it('the words', async () => {
    const texts = await textsOf(fullDocument)
    expect(Object.fromEntries(texts)).toMatchObject({
      products: 'is one of Milan, Genoa, Turin',
      signers: 'is one of vcek, vlek',
      measurements: `is "kernel 1" ${'ab'.repeat(48)} until 2026-12-31`,
      'idBlock.idKeyDigests': `is ${'1d'.repeat(48)}`,
      'idBlock.minGuestSvn': 'at least 3',
      identity: 'the policy says which software runs',
      vmpl: 'is one of 0, 1, 2, 3',
      'denied.chips': `none of ${'d1'.repeat(64)}`,
      'guestPolicy.minAbi': 'at least 1.55',
      'guestPolicy.cxl': 'is not set',
      'guestPolicy.singleSocket': 'is set',
      'platform.unknownBits': 'bits that this version does not know are not set',
      tcb: 'at least the floor that names the silicon; silicon without a floor is refused',
      'firmware.minCommitted': 'at least 1.55.40',
      provisionalFirmware: 'the firmware that runs is committed, but for microcode',
      'revocation.crl': 'required',
      'revocation.graceDays': 'at most 0 days',
      'revocation.minNumbers.Genoa': 'at least 9',
      'revocation.maxFetchAgeDays': 'at most 30 days',
      intermediates: 'the pinned ASK and ASVK, and any of their profile that the pinned ARK signed',
      freshness: 'at least challenge',
    })
    expect(texts.get('version')).toBeUndefined()
    const denied = { chips: ['d1'.repeat(8), 'd2'.repeat(8)] }
    const some = await textsOf(
      editPolicy(fullDocument, { 'denied.chips': denied.chips, hostData: ['0d'.repeat(32)] }),
    )
    expect(some.get('denied.chips')).toBe(`none of ${denied.chips.join(', ')}`)
    expect(some.get('hostData')).toBe(`is ${'0d'.repeat(32)}`)
    const other = await textsOf({ ...recommended, provisionalFirmware: 'forbid' })
    expect(Object.fromEntries(other)).toMatchObject({
      measurements: `is "build 7" ${'ab'.repeat(48)}`,
      idBlock: 'no ID block was used',
      tcb: 'at least the floors recommended on 2026-11-01',
      provisionalFirmware: 'the firmware that runs is committed',
      intermediates: 'only the pinned ASK and ASVK',
      'platform.aliasCheckComplete': 'is set',
    })
  })

  it('what is open, and why', async () => {
    expect(Object.fromEntries(await reasonsOf(fullDocument))).toStrictEqual({
      'guestPolicy.smt': 'either is accepted',
      'revocation.minNumbers.Turin': 'no floor for Turin',
    })
    expect(
      Object.fromEntries(await reasonsOf({ ...recommended, provisionalFirmware: 'allow' })),
    ).toMatchObject({
      chips: 'any is accepted',
      hostData: 'not given',
      provisionalFirmware: 'either is accepted',
      'denied.chips': 'nothing is denied',
      'guestPolicy.smt': 'either is accepted',
      'revocation.minNumbers.Milan': 'no floor for Milan',
      'revocation.minNumbers.Turin': 'no floor for Turin',
      'tcb.recommended.current': 'not part of the recommended floors',
      'tcb.recommended.mitigations': 'not part of the recommended floors',
    })
    const open = editPolicy(fullDocument, {
      'tcb.floors.0.launch': unchecked('old guests'),
      'tcb.floors.0.mitigations': unchecked('none known'),
      'revocation.minNumbers': unchecked('numbers'),
    })
    const reasons = await reasonsOf(open)
    expect(reasons.get('tcb.floors.0.launch')).toBe('old guests')
    expect(reasons.get('tcb.floors.0.mitigations')).toBe('none known')
    expect(reasons.get('revocation.minNumbers')).toBe('numbers')
    expect(reasons.has('revocation.minNumbers.Turin')).toBe(false)
    expect((await reasonsOf(openPolicy)).get('tcb')).toBe('this test is about something else')
  })
})

it('is about one policy, by its digest', async () => {
  const policy = await parsePolicy(JSON.stringify(fullDocument))
  expect(explainPolicy(policy)).toMatchObject({ digest: policyDigest(policy), edition: '2026-11-01' })
  expect(() => explainPolicy({ ...policy })).toThrow(TypeError)
})

describe('floors', () => {
  it('are in both bases', async () => {
    const { floors } = await explain(fullDocument)
    const levels = [
      { component: 'fmc', decimal: 1, hex: '01h' },
      { component: 'bootloader', decimal: 1, hex: '01h' },
      { component: 'tee', decimal: 0, hex: '00h' },
      { component: 'snp', decimal: 4, hex: '04h' },
      { component: 'microcode', decimal: 81, hex: '51h' },
    ]
    expect(floors).toEqual([
      {
        product: 'Turin',
        silicon: 'family 1ah model 02h stepping 1',
        tcbs: { reported: levels, committed: levels, current: levels, launch: levels },
        mitigations: '0x000000000000003f',
      },
    ])
  })

  it('say which silicon, and what is open', async () => {
    const { floors } = await explain(recommended)
    expect(floors).toHaveLength(7)
    expect(floors[0]).toMatchObject({
      silicon: 'family 19h model 01h stepping 1',
      tcbs: { current: unchecked('not part of the recommended floors') },
      mitigations: unchecked('not part of the recommended floors'),
    })
    const levels = { bootloader: 0, tee: 0, snp: 1, microcode: 0 }
    const floor = { product: 'Milan', reported: levels, committed: levels, current: levels, launch: levels }
    const any = { family: 'any', model: 'any', stepping: 'any', mitigations: unchecked() } as const
    const one: TcbFloor = { ...floor, ...any, product: 'Milan' }
    const two: TcbFloor = { ...one, product: 'Genoa', stepping: 1 }
    expect(
      (await explain({ ...openPolicy, tcb: { floors: [one, two] } })).floors.map(({ silicon }) => silicon),
    ).toEqual(['any silicon', 'stepping 1'])
    expect((await explain(openPolicy)).floors).toEqual([])
  })
})

describe('bulletins', () => {
  const b1 = { product: 'Milan', family: 25, model: 1, stepping: 1 } as const
  const b2 = { ...b1, stepping: 2 }
  const tcb = (snp: number, microcode: number) => ({ bootloader: 0, tee: 0, snp, microcode })
  const floor = (
    silicon: typeof b1 | typeof b2,
    reported: TcbFloor['reported'],
    launch = reported,
  ): TcbFloor => ({
    ...silicon,
    reported,
    committed: reported,
    current: unchecked(),
    launch,
    mitigations: unchecked(),
  })
  const standings = async (floors: readonly TcbFloor[], reportVersions = [3, 4, 5]) => {
    const policy = { ...openPolicy, products: ['Milan'] as const, reportVersions, tcb: { floors } }
    return (await explain(policy)).bulletins.map(({ silicon, standing, below, belowAtLaunch }) =>
      [silicon.split(' (')[0], standing, below.join(), belowAtLaunch?.join() ?? null].join(' | '),
    )
  }

  it('are met by the recommended floors, on every silicon of the products', async () => {
    const { bulletins } = await explain(recommended)
    expect(bulletins).toHaveLength(7)
    expect(new Set(bulletins.map(({ standing }) => standing))).toEqual(new Set(['met']))
    expect(bulletins[0]).toEqual({
      bulletin: 'AMD-SB-3019',
      product: 'Milan',
      silicon: 'Milan B1 (family 19h model 01h stepping 1)',
      standing: 'met',
      below: [],
      belowAtLaunch: [],
      confidence: 'secondary source',
    })
    const turin = await explain({ ...recommended, products: ['Turin'] })
    expect(turin.bulletins.map(({ bulletin }) => bulletin)).toEqual(['AMD-SB-7033', 'AMD-SB-7033'])
  })

  it('met, missed, and where nothing is accepted', async () => {
    expect(await standings([floor(b1, tcb(0x18, 0xdb)), floor(b2, tcb(0x18, 0x43))])).toEqual([
      'Milan B1 | met |  | ',
      'Milan-X B2 | missed | microcode | microcode',
    ])
    expect(await standings([floor(b1, tcb(0x17, 0xda), tcb(0x18, 0xff))])).toEqual([
      'Milan B1 | missed | snp,microcode | ',
      'Milan-X B2 | notAccepted |  | ',
    ])
    expect(await standings([floor(b1, tcb(0x18, 0xdb), tcb(0x18, 0))])).toEqual([
      'Milan B1 | met |  | microcode',
      'Milan-X B2 | notAccepted |  | ',
    ])
    const launchOpen = { ...floor(b1, tcb(0x18, 0xdb)), launch: unchecked() }
    expect((await standings([launchOpen]))[0]).toBe('Milan B1 | met |  | snp,microcode')
  })

  it('a report of version 2 does not name its silicon: the floors of all of its product decide', async () => {
    const floors = [floor(b1, tcb(0x18, 0x44))]
    // B2's report of version 2 passes the floor of B1, which meets the fix of B2.
    expect(await standings(floors, [2, 3])).toEqual([
      'Milan B1 | missed | microcode | microcode',
      'Milan-X B2 | met |  | ',
    ])
    // Together they demand the higher of both, but a report of version 3 meets its own alone.
    const both = [floor(b1, tcb(0x18, 0x44)), floor(b2, tcb(0x18, 0xdb))]
    expect((await standings(both, [2]))[0]).toBe('Milan B1 | met |  | ')
    expect((await standings(both, [2, 3]))[0]).toBe('Milan B1 | missed | microcode | microcode')
    expect((await standings(both, [3]))[0]).toBe('Milan B1 | missed | microcode | microcode')
  })

  it('no report of version 2 is Turin', async () => {
    const policy = { ...recommended, products: ['Turin'] as const, reportVersions: [2] }
    expect((await explain(policy)).bulletins.map(({ standing }) => standing)).toEqual([
      'notAccepted',
      'notAccepted',
    ])
  })

  it('are open where tcb is', async () => {
    const { bulletins } = await explain(openPolicy)
    expect(bulletins).toHaveLength(7)
    for (const one of bulletins)
      expect(one).toMatchObject({ standing: 'unchecked', below: [], belowAtLaunch: null })
  })
})
