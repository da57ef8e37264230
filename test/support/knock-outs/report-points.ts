// Guards of src/report: the structure of a report. The checks after it are in check-points.ts.
import { type Edit, type Point, becomes, of, pointsOf, refuses } from './point.js'

const rangeCases: Readonly<Record<string, readonly string[]>> = {
  '4c': ['0x4c', '0x4f'],
  '1eb': ['0x1eb'],
  '1ef': ['0x1ef'],
  '188': ['0x188', '0x18a', '0x18b', '0x19f'],
  '18b': ['0x18b', '0x19f'],
  '1f8': ['0x1f8', '0x207', '0x208', '0x29f'],
  '208': ['0x208', '0x25f', '0x29f'],
}
/** Where the reserved ranges of each version begin. */
const ranges: readonly (readonly [version: number, from: readonly string[]])[] = [
  [2, ['4c', '1eb', '1ef', '188', '1f8']],
  [3, ['4c', '1eb', '1ef', '18b', '1f8']],
  [4, ['4c', '1eb', '1ef', '18b', '1f8']],
  [5, ['4c', '1eb', '1ef', '18b', '208']],
]
const reservedPoints: readonly Point[] = ranges.flatMap(([version, starts]) =>
  starts.map((from) => ({
    id: `reserved.v${String(version)}.${from}`,
    cases: (rangeCases[from] ?? []).map(
      (byte) => `report/reserved: version ${String(version)}: reserved byte ${byte} is 1`,
    ),
  })),
)

const tcbs = {
  currentTcb: 'CURRENT',
  reportedTcb: 'REPORTED',
  committedTcb: 'COMMITTED',
  launchTcb: 'LAUNCH',
}
const tcbPoints: readonly Point[] = Object.entries(tcbs).flatMap(([field, name]) =>
  (
    [
      ['family19h', 'family 19h', [2, 3, 4, 5]],
      ['family1Ah', 'Turin', [4, 5, 6]],
    ] as const
  ).map(([layout, silicon, bytes]) => ({
    id: `tcb.${field}.${layout}`,
    cases: bytes.map(
      (byte) =>
        `report/${name !== 'CURRENT' && layout === 'family1Ah' ? 'guards' : 'bits'}: ${name}_TCB byte ${String(byte)} of ${silicon} is 1`,
    ),
    // The certificate's TCB has zeros there, and the whole words are compared.
    ...(field === 'reportedTcb' ? { behind: ['check:endorsement.reportedTcb'] } : {}),
  })),
)

export const reportEdits: readonly Edit[] = [
  ...pointsOf('report/report.ts', [
    // The report of a container was measured before; this is for callers who hand it in as it is.
    refuses('length', 'if (length !== reportBytes)', of('container/guards', 'tsm: outblob of 1185 bytes'), {
      behind: ['evidence/assemble.length'],
    }),
    {
      find: 'bytes.length !== reportBytes',
      replace: "on('.length') && bytes.length !== reportBytes",
      points: [],
    },
    // Another version is read as version 5, and no policy can name it.
    becomes(
      'version',
      'const layout = layoutOf(version)',
      "const layout = layoutOf(version) ?? (on('.version') ? null : layoutOf(5))",
      of('report/version', 'version 6', 'version 7', 'version 256', 'version 4294967295'),
      { behind: ['check:reportVersions'], covers: ['if (layout === null)'] },
    ),
    {
      find: '!isFilledWith(bytes, 0, from, to)',
      replace: 'on(`.reserved.v${version}.${from.toString(16)}`) && !isFilledWith(bytes, 0, from, to)',
      points: reservedPoints,
    },
    refuses(
      'keyInfo',
      'hasReservedKeyInfoBits(keyInfo)',
      [5, 6, 16, 31].map((bit) => `report/bits: KEY_INFO bit ${String(bit)} is set`),
    ),
    {
      find: 'hasReservedTcbBytes(raw, tcbLayout)',
      replace: 'on(`.tcb.${name}.${tcbLayout}`) && hasReservedTcbBytes(raw, tcbLayout)',
      points: tcbPoints,
    },
    refuses(
      'policy',
      'badReservedPolicyBits(policy) !== 0n',
      of('report/bits', 'POLICY bit 26 is set', 'POLICY bit 63 is set', 'POLICY bit 17 is clear'),
    ),
    refuses(
      'algorithm',
      'signatureAlgo !== 1',
      of('report/signer', 'SIGNATURE_ALGO 0', 'SIGNATURE_ALGO 2', 'SIGNATURE_ALGO 4294967295'),
    ),
  ]),
  ...pointsOf('report/guest-policy.ts', [
    becomes(
      'zeros',
      '((raw >> 26n) << 26n)',
      "(on('.zeros') ? (raw >> 26n) << 26n : 0n)",
      of('report/bits', 'POLICY bit 26 is set', 'POLICY bit 63 is set'),
    ),
    becomes(
      'one',
      '(~raw & mustBeOne)',
      "(on('.one') ? ~raw & mustBeOne : 0n)",
      of('report/bits', 'POLICY bit 17 is clear'),
    ),
  ]),
  ...pointsOf('report/signature.ts', [
    {
      find: '!isFilledWith(report, 0, offset + 48, offset + length)',
      replace: 'on(`.upper.${field}`) && !isFilledWith(report, 0, offset + 48, offset + length)',
      points: (
        [
          ['R', ['0x2d0', '0x2e7']],
          ['S', ['0x318', '0x32f']],
        ] as const
      ).map(([field, bytes]) => ({ id: `upper.${field}`, cases: bytes.map(after) })),
    },
    refuses('tail', '!isFilledWith(report, 0, ...signatureTail)', ['0x330', '0x400', '0x49f'].map(after)),
    ...(
      [
        ['zero', 'value === 0n', ['0']],
        ['order', 'value >= p384Order', ['n', 'n + 1', '2^384 - 1']],
      ] as const
    ).map(([id, find, values]) => ({
      find,
      replace: `on(\`.${id}.\${field}\`) && ${find}`,
      // An engine refuses such numbers as well: the guard is there because not every engine did.
      points: ['r', 's'].map((part) => ({
        id: `${id}.${part.toUpperCase()}`,
        cases: values.map((value) => `report/signature-encoding: ${part} = ${value}`),
        behind: ['check:signature'],
      })),
    })),
  ]),
]

function after(byte: string): string {
  return `report/signature-encoding: byte ${byte} after the signature's value is 1`
}
