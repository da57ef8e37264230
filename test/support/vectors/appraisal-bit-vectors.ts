// Policy checks on the bits of POLICY and PLATFORM_INFO.
import { on, report, sides } from './appraisal-sketch.js'
import { type TestSketch } from './format.js'

const guestBits = {
  smt: 16,
  singleSocket: 20,
  cxl: 21,
  memAes256Xts: 22,
  raplDisabled: 23,
  ciphertextHidingDram: 24,
  pageSwapDisabled: 25,
} as const
const platformBits = {
  smtEnabled: 0,
  tsmeEnabled: 1,
  eccEnabled: 2,
  raplDisabled: 3,
  ciphertextHidingDramEnabled: 4,
  aliasCheckComplete: 5,
  iommuWriteSafe: 6,
  tioEnabled: 7,
} as const

export const bits: readonly TestSketch[] = [
  ...Object.entries(guestBits).flatMap(([name, bit]) => {
    const [set, clear] = [report({ policy: 0x20000n | (1n << BigInt(bit)) }), report({ policy: 0x20000n })]
    const id = `guestPolicy.${name}`
    return sides({
      id,
      why: 'the guest policy binds the firmware',
      bad: [
        ['set where it is forbidden', on(id, 'forbid'), set],
        ['clear where it is required', on(id, 'require'), clear],
      ],
      good: [
        ['set where it is required', on(id, 'require'), set],
        ['clear where it is forbidden', on(id, 'forbid'), clear],
        ['set where it is allowed', on(id, 'allow'), set],
      ],
    })
  }),
  ...Object.entries(platformBits).flatMap(([name, bit]) => {
    const [set, clear] = [report({ platformInfo: 1n << BigInt(bit) }), report({ platformInfo: 0n })]
    const id = `platform.${name}`
    return sides({
      id,
      why: 'the platform information says how the machine runs',
      bad: [
        ['set where it is forbidden', on(id, 'forbid'), set],
        ['clear where it is required', on(id, 'require'), clear],
      ],
      good: [
        ['set where it is required', on(id, 'require'), set],
        ['clear where it is forbidden', on(id, 'forbid'), clear],
      ],
    })
  }),
  ...sides({
    id: 'platform.unknownBits',
    why: 'new firmware sets new bits; the policy says whether that matters',
    bad: [8, 32, 63].map(
      (bit) =>
        [
          `bit ${String(bit)} where it is forbidden`,
          on('platform.unknownBits', 'forbid'),
          report({ platformInfo: 1n << BigInt(bit) }),
        ] as const,
    ),
    good: [
      ['bit 8 where it is allowed', on('platform.unknownBits', 'allow'), report({ platformInfo: 0x100n })],
      [
        'none where they are forbidden',
        on('platform.unknownBits', 'forbid'),
        report({ platformInfo: 0xffn }),
      ],
    ],
  }),
  ...sides({
    id: 'guestPolicy.minAbi',
    why: 'the guest demands the firmware ABI, and firmware holds to it',
    bad: [
      ['0.0 with a floor of 0.1', on('guestPolicy.minAbi', '0.1')],
      ['1.54 with a floor of 1.55', on('guestPolicy.minAbi', '1.55'), report({ policy: 0x30136n })],
      ['1.55 with a floor of 2.0', on('guestPolicy.minAbi', '2.0'), report({ policy: 0x30137n })],
    ],
    good: [
      ['1.55 with a floor of 1.55', on('guestPolicy.minAbi', '1.55'), report({ policy: 0x30137n })],
      ['2.0 with a floor of 1.55', on('guestPolicy.minAbi', '1.55'), report({ policy: 0x30200n })],
    ],
  }),
]
