// Whole verifications to start from: evidence of the lab and a policy that accepts it. A vector changes one
// thing, so that exactly one check stands between it and acceptance.
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../report.js'
import { type EvidenceOptions, LAB_NOW, type LabEvidence, labEvidence } from '../pki.js'
import { toHex } from '../der.js'
import type { Json, VectorInput } from './format.js'

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

const notHere = { unchecked: 'not part of this vector' }
const zeroLevels = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
const anySilicon = { family: 'any', model: 'any', stepping: 'any' }
const zeroFloor = (product: string) => {
  const levels = product === 'Turin' ? { ...zeroLevels, fmc: 0 } : zeroLevels
  return {
    product,
    ...anySilicon,
    reported: levels,
    committed: levels,
    current: levels,
    launch: levels,
    mitigations: notHere,
  }
}

/** A policy that every piece of lab evidence satisfies, with as little unchecked as possible. */
export const basePolicy: Readonly<Record<string, Json>> = {
  version: 1,
  products: ['Milan', 'Genoa', 'Turin'],
  signers: ['vcek', 'vlek'],
  reportVersions: [2, 3, 4, 5],
  measurements: [{ label: 'lab', value: toHex(LAB_MEASUREMENT) }],
  idBlock: 'none',
  identity: 'required',
  hostData: notHere,
  vmpl: [0],
  chips: 'any',
  cspIds: notHere,
  endorsementKeys: notHere,
  reportIds: notHere,
  denied: { chips: [], endorsementKeys: [], measurements: [], cspIds: [] },
  guestPolicy: {
    minAbi: '0.0',
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
  tcb: { floors: [zeroFloor('Milan'), zeroFloor('Genoa'), zeroFloor('Turin')] },
  firmware: notHere,
  provisionalFirmware: 'allow',
  revocation: notHere,
  intermediates: 'pinned',
  freshness: notHere,
}

/** The base policy with the value at a dotted path replaced. */
export function policyWith(path: string, value: Json, policy: Json = basePolicy): Json {
  const [key = '', ...rest] = path.split('.')
  const object = policy as Readonly<Record<string, Json>>
  return {
    ...object,
    [key]: rest.length === 0 ? value : policyWith(rest.join('.'), value, object[key] ?? {}),
  }
}

/** Without the member at a dotted path. */
export function policyWithout(path: string, policy: Json = basePolicy): Json {
  const [key = '', ...rest] = path.split('.')
  const { [key]: member, ...others } = policy as Readonly<Record<string, Json>>
  return rest.length === 0 ? others : { ...others, [key]: policyWithout(rest.join('.'), member ?? {}) }
}

export const labTime: string = LAB_NOW.toISOString()
export const unboundReason = 'this vector is about another stage'

/** The input of one verification of lab evidence that is accepted. */
export function inputOf(evidence: LabEvidence): VectorInput {
  return {
    trust: 'lab',
    at: labTime,
    format: 'snp-report',
    evidence: base64(evidence.report),
    endorsementKey: base64(evidence.vek),
    policy: basePolicy,
    binding: { form: 'reportData', expected: toHex(LAB_REPORT_DATA) },
  }
}

export const accepted = (options: EvidenceOptions = {}): VectorInput => inputOf(labEvidence(options))

/** The members that other evidence changes in a group's input. */
export function evidenceOf(options: EvidenceOptions): Partial<VectorInput> {
  const { report, vek } = labEvidence(options)
  return { evidence: base64(report), endorsementKey: base64(vek) }
}
