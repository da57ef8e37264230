// Vectors that one check refuses, and behind it another would too: an attacker's report differs in more than one way.
// Every other vector of a check is accepted once the check alone is knocked out.

export interface Exception {
  readonly check: string
  /** A part of the group and comment of the vectors. */
  readonly has: string
  readonly behind: readonly string[]
}

const forged = ['check:chain.signature']
const ties = ['check:endorsement.chipId', 'check:endorsement.reportedTcb']

/** The first that fits counts. */
export const exceptions: readonly Exception[] = [
  // The signature is zero, and what it is worth is judged later.
  {
    check: 'check:report.signed',
    has: 'the signature zero as firmware writes it',
    behind: ['check:signature'],
  },
  // The policies of these accept VMPL 0 alone; policy checks cannot be the only guard here.
  ...['VMPL 4294967295', 'VMPL 4', 'VMPL 2147483648'].map((vmpl) => ({
    check: 'check:report.vmpl',
    has: `report/signer: ${vmpl}`,
    behind: ['check:vmpl'],
  })),
  { check: 'check:endorsement.signer', has: 'a VLEK in the VCEK entry', behind: ['check:signature'] },
  // Two product lines differ in chips and TCBs too.
  ...[
    'report of Milan, certificate and signature of Genoa',
    'report of Genoa, certificate and signature of Milan',
  ].map((has) => ({ check: 'check:endorsement.product', has, behind: ties })),
  // TCBs of two layouts have no order, so no floor can be held against them.
  ...['signature of Turin', 'report of Turin', 'version 2, which names no silicon'].map((has) => ({
    check: 'check:endorsement.product',
    has,
    behind: [...ties, ...['reported', 'committed', 'current', 'launch'].map((tcb) => `check:tcb.${tcb}`)],
  })),
  { check: 'check:chain.anchors', has: 'with its ARK', behind: forged },
  { check: 'check:chain.anchors', has: 'with both, as PEM', behind: ['check:intermediates', ...forged] },
  {
    check: 'check:chain.revokedIntermediates',
    has: 'the revoked ASK beside a leaf of its own',
    behind: ['check:intermediates', ...forged],
  },
  // Knocked out, the pinned intermediate is used, and did not sign the leaf.
  ...['with its intermediate', 'with that ASK, intermediates pinned', 'arkSigned: '].map((has) => ({
    check: 'check:intermediates',
    has,
    behind: forged,
  })),
  ...['REPORT_DATA', 'MEASUREMENT', 'ID_KEY_DIGEST', 'AUTHOR_KEY_DIGEST', 'REPORT_ID_MA'].map((field) => ({
    check: 'check:signature',
    has: `a byte of ${field} changed`,
    behind: [
      {
        REPORT_DATA: 'check:binding',
        MEASUREMENT: 'check:measurements',
        REPORT_ID_MA: 'check:reportIdMa',
      }[field] ?? 'check:idBlock',
    ],
  })),
  {
    check: 'check:binding.empty',
    has: 'profile/2cvm-agent/commitment: zeros in REPORT_DATA',
    behind: ['check:binding.challenge', 'check:binding'],
  },
  ...['zeros where something is expected', 'zeros in REPORT_DATA', 'zeros in HOST_DATA'].map((has) => ({
    check: 'check:binding.empty',
    has,
    behind: ['check:binding'],
  })),
  // Nor are these a challenge and a key in the other half.
  { check: 'check:binding.challenge', has: 'the halves exchanged', behind: ['check:binding'] },
  {
    check: 'check:binding',
    has: 'profile/2cvm-agent/commitment: a character of the key changed',
    behind: ['binding/run-profile.signature'],
  },
]
