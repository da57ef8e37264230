/** Recommended policies per environment: what we would demand of a guest there, as a document to keep and edit. */
import type { SignerKind } from '../endorsement/endorsement-key.js'
import type { Unchecked } from '../errors/ledger.js'
import { floorEditionAt, newestFloorEdition } from '../product/floors.js'
import { type ProductLine, isProductLine } from '../product/line.js'
import { reportVersions } from '../report/layout.js'
import type { MeasurementRule, OrUnchecked, PolicyDocument } from './document.js'

/** Where the guest runs. It decides who signs, at which VMPL the report is made, and whose ID block there is. */
export type Environment = 'aws' | 'azure-cvm' | 'azure-aci' | 'gcp' | 'bare-metal'

interface EnvironmentFacts {
  readonly signers: readonly SignerKind[]
  readonly vmpl: readonly number[]
  readonly idBlock: OrUnchecked<'none'>
}

const providersKey: Unchecked = Object.freeze({ unchecked: "the provider's key" })

const environments: Readonly<Record<Environment, EnvironmentFacts>> = {
  aws: { signers: ['vlek'], vmpl: [0, 1], idBlock: 'none' },
  'azure-cvm': { signers: ['vcek'], vmpl: [0], idBlock: providersKey },
  'azure-aci': { signers: ['vcek'], vmpl: [0], idBlock: providersKey },
  gcp: { signers: ['vcek'], vmpl: [0, 1], idBlock: 'none' },
  'bare-metal': { signers: ['vcek'], vmpl: [0], idBlock: 'none' },
}

/** The names of all environments. */
export const environmentNames: readonly Environment[] = Object.keys(environments) as Environment[]

export function isEnvironment(value: unknown): value is Environment {
  return typeof value === 'string' && Object.hasOwn(environments, value)
}

export interface RecommendedPolicyOptions {
  readonly environment: Environment
  readonly products: readonly ProductLine[]
  /** The launch digests that are accepted; at least one. */
  readonly measurements: readonly MeasurementRule[]
  /** The day whose edition of recommended TCB floors counts; the newest of this release unless told. */
  readonly asOf?: string
}

// Made anew each time: the document belongs to the caller, who edits it.
const notGiven = (): Unchecked => ({ unchecked: 'not given' })

/**
 * The recommended policy of an environment, as a document for `parsePolicy(JSON.stringify(document))`.
 *
 * It demands a challenge, a required CRL, microcode that checks patch signatures, and the memory alias check.
 *
 * @throws TypeError for an unknown environment or product, no measurements, or a day without floors.
 */
export function recommendedPolicy(options: RecommendedPolicyOptions): PolicyDocument {
  const { environment, products, measurements, asOf = newestFloorEdition } = options
  if (!isEnvironment(environment))
    throw new TypeError('environment must be one of ' + environmentNames.join(', '))
  if (products.length === 0 || !products.every(isProductLine))
    throw new TypeError('products must name product lines')
  for (const { label, value } of measurements) {
    if (label === '' || !/^[0-9a-fA-F]{96}$/.test(value))
      throw new TypeError('a measurement is a label and 96 hex digits')
  }
  if (measurements.length === 0)
    throw new TypeError('measurements must not be empty: nothing would be accepted')
  if (!isDay(asOf) || floorEditionAt(asOf) === null) {
    throw new TypeError(
      `asOf must be a day (YYYY-MM-DD) with recommended floors; the newest edition is ${newestFloorEdition}`,
    )
  }
  const facts = environments[environment]
  return {
    version: 1,
    products: [...products],
    signers: [...facts.signers],
    reportVersions: [...reportVersions],
    measurements: measurements.map((rule) => ({ ...rule })),
    idBlock: facts.idBlock === 'none' ? 'none' : { ...facts.idBlock },
    identity: 'required',
    hostData: notGiven(),
    vmpl: [...facts.vmpl],
    chips: 'any',
    cspIds: notGiven(),
    endorsementKeys: notGiven(),
    reportIds: notGiven(),
    denied: { chips: [], endorsementKeys: [], measurements: [], cspIds: [] },
    guestPolicy: {
      minAbi: '0.0',
      smt: 'allow',
      singleSocket: 'allow',
      cxl: 'forbid',
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
      // BadRAM (AMD-SB-3015): without it the host may have aliased memory.
      aliasCheckComplete: 'require',
      iommuWriteSafe: 'allow',
      tioEnabled: 'allow',
      unknownBits: 'allow',
    },
    tcb: { recommended: { asOf } },
    firmware: notGiven(),
    provisionalFirmware: 'microcodeOnly',
    revocation: { crl: 'required', graceDays: 0, minNumbers: { Genoa: 9 }, maxFetchAgeDays: 30 },
    intermediates: 'pinned',
    freshness: 'challenge',
  }
}

/** A day that exists, `YYYY-MM-DD`. */
function isDay(text: string): boolean {
  const midnight = `${text}T00:00:00.000Z`
  const time = new Date(midnight)
  return !Number.isNaN(time.getTime()) && time.toISOString() === midnight
}
