// A policy document in which every key and sub-key states something, for tests of what `parsePolicy` refuses.
import type { PolicyDocument } from '../../src/appraisal/document.js'

const levels = { bootloader: 1, tee: 0, snp: 4, microcode: 81 } as const

/** Every key and sub-key stated. No report satisfies it; it is a policy all the same. */
export const fullDocument: PolicyDocument = {
  version: 1,
  products: ['Milan', 'Genoa', 'Turin'],
  signers: ['vcek', 'vlek'],
  reportVersions: [2, 3, 4, 5],
  measurements: [{ label: 'kernel 1', value: 'ab'.repeat(48), notAfter: '2026-12-31' }],
  idBlock: {
    idKeyDigests: ['1d'.repeat(48)],
    authorKeyDigests: ['a0'.repeat(48)],
    minGuestSvn: 3,
    familyIds: ['fa'.repeat(16)],
    imageIds: ['1a'.repeat(16)],
  },
  identity: 'required',
  hostData: ['0d'.repeat(32)],
  vmpl: [0, 1, 2, 3],
  chips: ['c1'.repeat(64), 'c2'.repeat(8)],
  cspIds: ['CN=cc-us-east-2.amazonaws.com'],
  endorsementKeys: ['ee'.repeat(32)],
  reportIds: ['1f'.repeat(32)],
  denied: {
    chips: ['d1'.repeat(64)],
    endorsementKeys: ['d2'.repeat(32)],
    measurements: ['d3'.repeat(48)],
    cspIds: ['CN=nobody.example'],
  },
  guestPolicy: {
    minAbi: '1.55',
    smt: 'allow',
    singleSocket: 'require',
    cxl: 'forbid',
    memAes256Xts: 'require',
    raplDisabled: 'require',
    ciphertextHidingDram: 'require',
    pageSwapDisabled: 'require',
  },
  platform: {
    smtEnabled: 'forbid',
    tsmeEnabled: 'require',
    eccEnabled: 'require',
    raplDisabled: 'require',
    ciphertextHidingDramEnabled: 'require',
    aliasCheckComplete: 'require',
    iommuWriteSafe: 'require',
    tioEnabled: 'forbid',
    unknownBits: 'forbid',
  },
  tcb: {
    floors: [
      {
        product: 'Turin',
        family: 26,
        model: 2,
        stepping: 1,
        reported: { ...levels, fmc: 1 },
        committed: { ...levels, fmc: 1 },
        current: { ...levels, fmc: 1 },
        launch: { ...levels, fmc: 1 },
        mitigations: '000000000000003f',
      },
    ],
  },
  firmware: { minCommitted: '1.55.40' },
  provisionalFirmware: 'microcodeOnly',
  revocation: { crl: 'required', graceDays: 0, minNumbers: { Milan: 6, Genoa: 9 }, maxFetchAgeDays: 30 },
  intermediates: 'arkSigned',
  freshness: 'challenge',
}
