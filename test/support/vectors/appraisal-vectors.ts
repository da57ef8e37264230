// Stage appraisal: authentic reports that one check of the policy refuses, and the edge on the other side of it.
import { bits } from './appraisal-bit-vectors.js'
import { identity } from './appraisal-identity-vectors.js'
import { base, on, report, sides, source } from './appraisal-sketch.js'
import { tcb } from './appraisal-tcb-vectors.js'
import { type TestSketch, type VectorFile, group, vectorFile } from './format.js'
import { accepted, basePolicy, evidenceOf } from './inputs.js'

const fixed: readonly TestSketch[] = [
  ...sides({
    id: 'debug',
    why: 'the host reads and changes the memory of a debug guest',
    bad: [['POLICY allows DEBUG', basePolicy, report({ policy: 0xb0000n })]],
    good: [['POLICY does not allow DEBUG', basePolicy]],
  }),
  ...sides({
    id: 'migrateMa',
    why: 'a migration agent can move and observe the guest',
    bad: [['POLICY allows a migration agent', basePolicy, report({ policy: 0x70000n })]],
    good: [],
  }),
  ...sides({
    id: 'reportIdMa',
    why: 'a migration agent is there',
    bad: [
      ['REPORT_ID_MA is zero', basePolicy, report({ reportIdMa: new Uint8Array(32) })],
      [
        'the last byte of REPORT_ID_MA is FE',
        basePolicy,
        report({ reportIdMa: Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? 0xfe : 0xff)) }),
      ],
    ],
    good: [],
  }),
  ...sides({
    id: 'tcbOrder',
    why: 'firmware cannot report more than it committed, nor commit more than it runs',
    bad: [
      [
        'REPORTED above COMMITTED in SNP',
        basePolicy,
        report({ committedTcb: { bootloader: 10, tee: 0, snp: 0x16, microcode: 0x54 } }),
      ],
      [
        'COMMITTED above CURRENT in microcode',
        basePolicy,
        report({
          currentTcb: { bootloader: 10, tee: 0, snp: 0x17, microcode: 0x53 },
          reportedTcb: { bootloader: 10, tee: 0, snp: 0x17, microcode: 0x53 },
        }),
      ],
      [
        'higher as a number, lower in the boot loader',
        basePolicy,
        report({
          committedTcb: { bootloader: 9, tee: 0, snp: 0x18, microcode: 0x55 },
          currentTcb: { bootloader: 10, tee: 0, snp: 0x18, microcode: 0x55 },
        }),
      ],
    ],
    good: [
      [
        'REPORTED below COMMITTED below CURRENT',
        basePolicy,
        report({
          reportedTcb: { bootloader: 9, tee: 0, snp: 0x16, microcode: 0x50 },
          currentTcb: { bootloader: 10, tee: 0, snp: 0x18, microcode: 0x55 },
        }),
      ],
    ],
  }),
]

const several: readonly TestSketch[] = [
  {
    comment: 'three checks fail: the first in order gives the code, and all are listed',
    why: 'a relying party repairs all at once',
    source,
    flags: ['missingStep'],
    input: { ...evidenceOf(report({ policy: 0xb0000n, vmpl: 2 })), policy: on('products', ['Milan']) },
    code: 'APPRAISAL_DEBUG',
    failed: ['debug', 'products', 'vmpl'],
  },
]

export function appraisalVectors(): VectorFile {
  const input = accepted(base)
  return vectorFile('appraisal', [
    group('appraisal/fixed', 'Checks that no policy can switch off', input, fixed),
    group('appraisal/identity', 'Who and what', input, identity),
    group('appraisal/bits', 'Bits of POLICY and PLATFORM_INFO', input, bits),
    group('appraisal/tcb', 'TCBs and firmware', input, tcb),
    group('appraisal/order', 'Several failures', input, several),
  ])
}
