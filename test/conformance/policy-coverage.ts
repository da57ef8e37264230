// What the runs must cover: every check that a policy drives, and every key of a policy. A new check or key without a
// run that it alone refuses is a failure.
import type { PolicyDocument } from '../../src/appraisal/document.js'
import { checkRegistry } from '../../src/verify/registry.js'
import type { PolicyCase } from '../support/policy-case.js'
import { keysOf } from '../support/policy-edit.js'

/** Judged before any policy is: other tests have a vector for each of their codes. */
const beforePolicy: readonly string[] = [
  'report.structure',
  'report.signed',
  'report.signer',
  'report.vmpl',
  'report.product',
  'endorsement.certificate',
  'revocation.structure',
  'endorsement.signer',
  'endorsement.product',
  'endorsement.chipId',
  'endorsement.reportedTcb',
  'chain.revokedIntermediates',
  'chain.issuer',
  'chain.validity',
  'signature',
]

export interface CheckCount {
  readonly check: string
  readonly real: number
  readonly lab: number
  readonly wrong: number
}

/** What a run was meant to refuse, and on whose evidence. */
export interface Refusal {
  readonly source: 'real' | 'lab'
  readonly failing: readonly string[]
  readonly ok: boolean
}

/** Checks of a profile or a challenge store, which no policy drives: their vectors and tests are elsewhere. */
const ofProfiles: readonly string[] = [
  'binding.vmpl',
  'binding.inputs',
  'binding.decode',
  'binding.signature',
  'binding.accept',
  'freshness.purpose',
]

/** For each check of the registry that needs them: in how many runs it alone failed, on real and on lab evidence. */
export function checkCounts(rows: readonly Refusal[]): readonly CheckCount[] {
  const stray = beforePolicy.filter((id) => !checkRegistry.some((entry) => entry.id === id))
  if (stray.length > 0) throw new Error(`not in the registry: ${stray.join(', ')}`)
  return checkRegistry
    .map(({ id }) => id)
    .filter((id) => !beforePolicy.includes(id) && !ofProfiles.includes(id))
    .map((check) => {
      const alone = rows.filter(({ failing }) => failing.length === 1 && failing[0] === check)
      const real = alone.filter(({ source }) => source === 'real').length
      return { check, real, lab: alone.length - real, wrong: alone.filter(({ ok }) => !ok).length }
    })
}

const floor = {
  product: 'Turin',
  family: 26,
  model: 2,
  stepping: 1,
  reported: { bootloader: 0, tee: 0, snp: 0, microcode: 0, fmc: 0 },
  committed: { bootloader: 0, tee: 0, snp: 0, microcode: 0, fmc: 0 },
  current: { bootloader: 0, tee: 0, snp: 0, microcode: 0, fmc: 0 },
  launch: { bootloader: 0, tee: 0, snp: 0, microcode: 0, fmc: 0 },
  mitigations: '',
} as const

/** A policy with every key and sub-key stated; only its shape counts. A key that it lacks is a type error. */
const everyKey = {
  version: 1,
  products: [],
  signers: [],
  reportVersions: [],
  measurements: [{ label: '', value: '', notAfter: '' }],
  idBlock: { idKeyDigests: [], authorKeyDigests: [], minGuestSvn: 0, familyIds: [], imageIds: [] },
  identity: 'required',
  hostData: [],
  vmpl: [],
  chips: [],
  cspIds: [],
  endorsementKeys: [],
  reportIds: [],
  denied: { chips: [], endorsementKeys: [], measurements: [], cspIds: [] },
  guestPolicy: {
    minAbi: '',
    smt: 'allow',
    singleSocket: 'allow',
    cxl: 'allow',
    memAes256Xts: 'allow',
    raplDisabled: 'allow',
    ciphertextHidingDram: 'allow',
    pageSwapDisabled: 'allow',
  },
  platform: {
    smtEnabled: 'allow',
    tsmeEnabled: 'allow',
    eccEnabled: 'allow',
    raplDisabled: 'allow',
    ciphertextHidingDramEnabled: 'allow',
    aliasCheckComplete: 'allow',
    iommuWriteSafe: 'allow',
    tioEnabled: 'allow',
    unknownBits: 'allow',
  },
  tcb: { floors: [floor] },
  firmware: { minCommitted: '' },
  provisionalFirmware: 'allow',
  revocation: { crl: 'required', graceDays: 0, minNumbers: {}, maxFetchAgeDays: 0 },
  intermediates: 'pinned',
  freshness: 'challenge',
} as const satisfies PolicyDocument

/** Keys that no evidence can contradict alone, and why. Tests of `parsePolicy` hold them. */
const neverWrong: Readonly<Record<string, string>> = {
  version: 'any other is a parse error',
  identity: 'a statement about the policy itself: a parse error where nothing identifies the software',
  'measurements.label': 'a name',
  'tcb.floors.family': 'each line has one family: any other is a parse error',
}

/** The keys of a policy that no refusing run is about. */
export function uncoveredKeys(cases: readonly PolicyCase[]): readonly string[] {
  const covered = new Set(cases.filter(({ expected }) => 'code' in expected).map(({ key }) => key))
  const keys = [...keysOf(everyKey), 'tcb.recommended.asOf']
  const stray = Object.keys(neverWrong).filter((key) => !keys.includes(key) || covered.has(key))
  if (stray.length > 0) throw new Error(`no key, or one that was wrong after all: ${stray.join(', ')}`)
  return keys.filter((key) => !covered.has(key) && neverWrong[key] === undefined)
}
