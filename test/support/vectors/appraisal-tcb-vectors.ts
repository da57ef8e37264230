// Policy checks on TCBs and firmware.
import { type EvidenceOptions } from '../pki.js'
import { on, open, report, sides } from './appraisal-sketch.js'
import { type Json, type TestSketch } from './format.js'
import { basePolicy } from './inputs.js'

type Levels = Readonly<Record<string, number>>
const zero: Levels = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
const floorRule = (changes: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> => ({
  product: 'Genoa',
  family: 25,
  model: 17,
  stepping: 1,
  reported: zero,
  committed: zero,
  current: zero,
  launch: zero,
  mitigations: open,
  ...changes,
})
const floors = (...rules: readonly Json[]): Json => on('tcb', { floors: rules })
const at: Levels = { bootloader: 10, tee: 0, snp: 0x17, microcode: 0x54 }
const turinAt: Levels = { fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 0x51 }
const turinFloor = (changes: Readonly<Record<string, Json>>): Json =>
  floorRule({
    product: 'Turin',
    family: 26,
    model: 2,
    reported: { ...zero, fmc: 0 },
    committed: { ...zero, fmc: 0 },
    current: { ...zero, fmc: 0 },
    launch: { ...zero, fmc: 0 },
    ...changes,
  })
const turin: EvidenceOptions = { line: 'Turin', version: 5 }
const anySilicon = { family: 'any', model: 'any', stepping: 'any' }
const v2: EvidenceOptions = { line: 'Genoa', version: 2 }

export const tcb: readonly TestSketch[] = [
  ...(['reported', 'committed', 'current', 'launch'] as const).flatMap((name) =>
    sides({
      id: `tcb.${name}`,
      why: 'each component is compared on its own; a TCB is not a number',
      bad: [
        ...Object.keys(at).map(
          (component) =>
            [
              `${component} one below the floor`,
              floors(floorRule({ [name]: { ...at, [component]: (at[component] ?? 0) + 1 } })),
            ] as const,
        ),
        ...Object.keys(turinAt).map(
          (component) =>
            [
              `Turin: ${component} one below the floor`,
              floors(turinFloor({ [name]: { ...turinAt, [component]: (turinAt[component] ?? 0) + 1 } })),
              turin,
            ] as const,
        ),
      ],
      good: [
        ['at the floor', floors(floorRule({ [name]: at }))],
        ['Turin: at the floor', floors(turinFloor({ [name]: turinAt })), turin],
      ],
    }),
  ),
  ...sides({
    id: 'tcb.reported',
    why: 'the floor of this very silicon decides, and without one nothing is known',
    bad: [
      ['no floor for the product', floors(turinFloor({}))],
      ['no floor for the model', floors(floorRule({ model: 160 }))],
      ['no floor for the stepping', floors(floorRule({ stepping: 2 }))],
      [
        'the more specific of two floors is missed',
        floors(floorRule({ ...anySilicon }), floorRule({ reported: { ...at, microcode: 0x55 } })),
      ],
      [
        'version 2 misses one of the floors of its product',
        floors(floorRule({}), floorRule({ model: 160, stepping: 2, reported: { ...zero, microcode: 0x55 } })),
        v2,
      ],
      ['version 2 has no floor of its product', floors(turinFloor({})), v2],
      [
        'recommended floors: SNP 16',
        on('tcb', { recommended: { asOf: '2026-11-01' } }),
        report({ reportedTcb: { ...at, snp: 0x16 } }),
      ],
      [
        'recommended floors: microcode 53',
        on('tcb', { recommended: { asOf: '2026-11-01' } }),
        report({ reportedTcb: { ...at, microcode: 0x53 } }),
      ],
      [
        'recommended floors: a stepping that they do not name',
        on('tcb', { recommended: { asOf: '2026-12-31' } }),
        report({ cpuid: { family: 25, model: 17, stepping: 0 } }),
      ],
    ],
    good: [
      [
        'the less specific of two floors is missed',
        floors(floorRule({ ...anySilicon, reported: { ...zero, snp: 0xff } }), floorRule({})),
      ],
      [
        'version 2 meets all floors of its product',
        floors(floorRule({}), floorRule({ model: 160, stepping: 2, reported: at })),
        v2,
      ],
      ['recommended floors are met', on('tcb', { recommended: { asOf: '2026-11-01' } })],
      ['recommended floors of Turin are met', on('tcb', { recommended: { asOf: '2026-11-01' } }), turin],
      [
        'recommended floors of Milan are met',
        on('tcb', { recommended: { asOf: '2026-11-01' } }),
        { line: 'Milan', version: 5 },
      ],
      ['unchecked', on('tcb', open)],
    ],
  }),
  ...sides({
    id: 'tcb.mitigations',
    why: 'a mitigation must have been there at launch and be there now',
    bad: [
      [
        'missing at launch',
        floors(floorRule({ mitigations: '0000000000000002' })),
        report({ launchMitVector: 0x9n, currentMitVector: 0xbn }),
      ],
      [
        'missing now',
        floors(floorRule({ mitigations: '0000000000000002' })),
        report({ launchMitVector: 0xbn, currentMitVector: 0x9n }),
      ],
      [
        'a larger number without the bit',
        floors(floorRule({ mitigations: '0000000000000002' })),
        report({ launchMitVector: 0xf0n, currentMitVector: 0xf0n }),
      ],
      [
        'version 3 has no vectors',
        floors(floorRule({ mitigations: '0000000000000001' })),
        { line: 'Genoa', version: 3 },
      ],
      [
        'version 3 has no vectors, and zero is demanded',
        floors(floorRule({ mitigations: '0000000000000000' })),
        { line: 'Genoa', version: 3 },
      ],
    ],
    good: [
      [
        'both have the bit',
        floors(floorRule({ mitigations: '8000000000000002' })),
        report({ launchMitVector: (1n << 63n) | 2n, currentMitVector: (1n << 63n) | 6n }),
      ],
    ],
  }),
  ...sides({
    id: 'firmware.minCommitted',
    why: 'firmware versions are compared part by part',
    bad: ['1.55.41', '1.56.0', '2.49.0'].map(
      (floor) => [`1.55.40 with a floor of ${floor}`, on('firmware', { minCommitted: floor })] as const,
    ),
    good: ['1.55.40', '1.54.255', '0.99.99'].map(
      (floor) => [`1.55.40 with a floor of ${floor}`, on('firmware', { minCommitted: floor })] as const,
    ),
  }),
  ...sides({
    id: 'provisionalFirmware',
    why: 'firmware that is not committed can be rolled back',
    bad: [
      [
        'SNP ahead, forbidden',
        on('provisionalFirmware', 'forbid'),
        report({ currentTcb: { ...at, snp: 0x18 } }),
      ],
      [
        'microcode ahead, forbidden',
        on('provisionalFirmware', 'forbid'),
        report({ currentTcb: { ...at, microcode: 0x55 } }),
      ],
      [
        'build ahead, forbidden',
        on('provisionalFirmware', 'forbid'),
        report({ currentVersion: { major: 1, minor: 55, build: 41 } }),
      ],
      [
        'SNP ahead, microcode alone allowed',
        on('provisionalFirmware', 'microcodeOnly'),
        report({ currentTcb: { ...at, snp: 0x18, microcode: 0x55 } }),
      ],
      [
        'build ahead, microcode alone allowed',
        on('provisionalFirmware', 'microcodeOnly'),
        report({ currentVersion: { major: 1, minor: 55, build: 41 } }),
      ],
    ],
    good: [
      ['all committed, forbidden', on('provisionalFirmware', 'forbid')],
      [
        'microcode ahead, allowed alone',
        on('provisionalFirmware', 'microcodeOnly'),
        report({ currentTcb: { ...at, microcode: 0x55 } }),
      ],
      ['SNP ahead, allowed', basePolicy, report({ currentTcb: { ...at, snp: 0x18 } })],
    ],
  }),
]
