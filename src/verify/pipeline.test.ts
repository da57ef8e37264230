// Which code wins: the same evidence with ever less wrong about it. Each row adds one fault; with that fault and all
// later ones present, its code must be the one that is reported.
import { describe, expect, it } from 'vitest'
import { makeVek } from '../../test/support/certificates.js'
import { concat } from '../../test/support/der.js'
import { ecKey } from '../../test/support/keys.js'
import { evidenceOf, labVerifier, policyOf } from '../../test/support/lab-verifier.js'
import { authorityName } from '../../test/support/names.js'
import { LAB_NOW, labCrl, labPki } from '../../test/support/pki.js'
import { makeReport, patchReport, signReport } from '../../test/support/report.js'
import { ownChallenge } from '../binding/challenge.js'
import { bindings } from '../binding/forms.js'
import type { CheckResult } from '../errors/error.js'
import { VerificationError, isVerificationError } from '../errors/error.js'
import { decodeEvidence } from '../evidence/evidence.js'
import { checkRegistry } from './registry.js'

const rows = [
  ['version', 'REPORT_VERSION_UNSUPPORTED', 'unverifiable'],
  ['reserved', 'REPORT_RESERVED_NONZERO', 'malformed'],
  ['algorithm', 'REPORT_ALGORITHM_UNSUPPORTED', 'unverifiable'],
  ['encoding', 'REPORT_SIGNATURE_ENCODING', 'malformed'],
  ['unsigned', 'REPORT_UNSIGNED', 'rejected'],
  ['signer', 'REPORT_SIGNER_UNSUPPORTED', 'unverifiable'],
  ['hostRequested', 'REPORT_VMPL', 'rejected'],
  ['noLeaf', 'ENDORSEMENT_MISSING', 'unverifiable'],
  ['trailing', 'DER_TRAILING_DATA', 'malformed'],
  ['crlStructure', 'DER_TRAILING_DATA', 'malformed'],
  ['kind', 'ENDORSEMENT_KIND', 'rejected'],
  ['product', 'ENDORSEMENT_PRODUCT', 'rejected'],
  ['chipId', 'ENDORSEMENT_CHIP_ID_MISMATCH', 'rejected'],
  ['tcb', 'ENDORSEMENT_TCB_MISMATCH', 'rejected'],
  ['root', 'CHAIN_ANCHOR_UNKNOWN', 'rejected'],
  ['intermediate', 'CHAIN_INTERMEDIATE_UNKNOWN', 'rejected'],
  ['issuer', 'CHAIN_ISSUER', 'rejected'],
  ['leafSignature', 'CHAIN_SIGNATURE', 'rejected'],
  ['expired', 'CERTIFICATE_EXPIRED', 'rejected'],
  ['crlSignature', 'REVOCATION_SIGNATURE', 'rejected'],
  ['revoked', 'REVOCATION_REVOKED', 'rejected'],
  ['stale', 'REVOCATION_STALE', 'unverifiable'],
  ['crlNumber', 'REVOCATION_NUMBER', 'unverifiable'],
  ['signature', 'SIGNATURE_INVALID', 'rejected'],
  ['debug', 'APPRAISAL_DEBUG', 'rejected'],
  ['policy', 'APPRAISAL_VMPL', 'rejected'],
  ['empty', 'BINDING_EMPTY', 'rejected'],
  ['commitment', 'BINDING_MISMATCH', 'rejected'],
  ['challenge', 'BINDING_CHALLENGE_ABSENT', 'rejected'],
] as const

type Fault = (typeof rows)[number][0]

/** Keys of RSA sign slowly, so what is made for some faults is made once. */
function remember<Made>(about: readonly Fault[], make: (has: (fault: Fault) => boolean) => Made) {
  const made = new Map<string, Made>()
  return (faults: readonly Fault[]): Made => {
    const present = about.filter((fault) => faults.includes(fault))
    const value = made.get(present.join()) ?? make((fault) => present.includes(fault))
    made.set(present.join(), value)
    return value
  }
}

const data = Uint8Array.from({ length: 64 }, (_, index) => index + 1)
const key = ecKey('pipeline test')
const { lines, attacker } = labPki()

const leafFaults = [
  'product',
  'kind',
  'leafSignature',
  'issuer',
  'expired',
  'chipId',
  'tcb',
  'trailing',
] as const
const makeLeaf = remember(leafFaults, (has) => {
  const [line, kind] = [has('product') ? 'Genoa' : 'Milan', has('kind') ? 'vlek' : 'vcek'] as const
  const name = authorityName(kind === 'vlek' ? 'asvk' : 'ask', line)
  return makeVek({
    line,
    kind,
    authority: has('leafSignature') ? attacker(line).ask : lines[line].ask,
    key,
    issuer: has('issuer') ? [...name].reverse() : name,
    notAfter: new Date(has('expired') ? '2026-05-01T00:00:00Z' : '2030-01-01T00:00:00Z'),
    ...(kind === 'vcek' ? { hwId: new Uint8Array(64).fill(has('chipId') ? 9 : 8) } : {}),
    ...(has('tcb') ? { tcb: 0n } : {}),
    trailing: new Uint8Array(has('trailing') ? 1 : 0),
  }).der
})

const reportFaults = [
  'version',
  'algorithm',
  'unsigned',
  'signer',
  'hostRequested',
  'debug',
  'empty',
  'reserved',
  'encoding',
  'signature',
] as const
const makeFaultyReport = remember(reportFaults, (has) => {
  const report = signReport(
    makeReport({
      version: has('version') ? 6 : 3,
      signatureAlgo: has('algorithm') ? 2 : 1,
      maskChipKey: has('unsigned'),
      signingKey: has('signer') ? 7 : 0,
      vmpl: has('hostRequested') ? 0xffffffff : 1,
      chipId: new Uint8Array(64).fill(8),
      policy: has('debug') ? 0xb0000n : 0x30000n,
      reportData: has('empty') ? new Uint8Array(64) : data,
    }),
    key.scalar,
  )
  const edits: readonly (readonly [Fault, number])[] = [
    ['reserved', 0x04c],
    ['encoding', 0x49f],
    ['signature', 0x0c0],
  ]
  return edits.reduce(
    (bytes, [fault, at]) => (has(fault) ? patchReport(bytes, at, Uint8Array.of(1)) : bytes),
    report,
  )
})

const crlFaults = ['revoked', 'stale', 'crlNumber', 'crlStructure', 'crlSignature'] as const
const makeCrls = remember(crlFaults, (has): readonly Uint8Array[] => {
  const entries = has('revoked') ? [{ serial: 0x10001n }] : []
  const nextUpdate = new Date(has('stale') ? '2026-05-25T00:00:00Z' : '2026-07-01T00:00:00Z')
  const crl = labCrl('Milan', { entries, nextUpdate, number: has('crlNumber') ? 6 : 7 })
  const forged = labCrl('Milan', { authority: attacker('Milan').ark })
  return [
    // Of both lines: a CRL of another line than the leaf's is not read.
    ...(has('crlStructure') ? [crl, labCrl('Genoa')].map((der) => concat(der, Uint8Array.of(0))) : []),
    ...(has('crlSignature') ? [forged] : []),
    crl,
  ]
})

async function judge(faults: readonly Fault[]) {
  const has = (fault: Fault): boolean => faults.includes(fault)
  const report = makeFaultyReport(faults)
  const { ark, ask } = attacker('Milan')
  const extras = {
    certificates: [...(has('root') ? [ark.der] : []), ...(has('intermediate') ? [ask.der] : [])],
    crls: makeCrls(faults).map((crl) => ({ crl, fetchedAt: LAB_NOW })),
  }
  const evidence = has('noLeaf')
    ? await decodeEvidence(report, 'snp-report', extras)
    : await evidenceOf({ report, vek: makeLeaf(faults) }, extras)
  const policy = await policyOf({
    vmpl: has('policy') ? [0] : [1],
    revocation: { crl: 'required', graceDays: 0, minNumbers: { Milan: 7 }, maxFetchAgeDays: 1 },
    freshness: 'challenge',
  })
  const expected = has('commitment') ? data.map((byte) => byte ^ 1) : data
  const challenge = has('challenge') ? new Uint8Array(32).fill(0xee) : expected.subarray(0, 32)
  const binding = bindings.reportData(expected, { freshness: ownChallenge(challenge) })
  return { evidence, policy, binding, at: LAB_NOW }
}

/** The checks after the first failed one that ran all the same. */
const ranAfterFailure = (checks: readonly CheckResult[]): readonly string[] => {
  const failed = checks.findIndex(({ outcome }) => outcome === 'failed')
  return checks.slice(failed + 1).flatMap(({ id, outcome }) => (outcome === 'notReached' ? [] : [id]))
}

/** Where all rules of a stage are judged at once: every finding is in the result. */
const together: Readonly<Record<string, readonly string[]>> = {
  REVOCATION_STALE: ['revocation.minNumbers', 'revocation.maxFetchAgeDays'],
  REVOCATION_NUMBER: ['revocation.maxFetchAgeDays'],
}

describe('the first failure in the order of verification', () => {
  const all = rows.map(([fault]) => fault)

  it('is none when nothing is wrong', async () => {
    expect((await labVerifier.appraiseEvidence(await judge([]))).verdict).toBe('accepted')
  })

  it.each(rows.map(([fault, code, verdict], index) => [fault, code, verdict, index] as const))(
    '%s: %s',
    async (_fault, code, verdict, index) => {
      const outcome = await labVerifier.appraiseEvidence(await judge(all.slice(index)))
      if (outcome.verdict === 'accepted') throw new Error('accepted')
      expect([outcome.code, outcome.verdict]).toEqual([code, verdict])
      expect(outcome.checks.map(({ id }) => id)).toEqual(checkRegistry.map(({ id }) => id))
      // Appraisal collects its failures, and so do the rules for a CRL; else the first failure ends it.
      const ran = ranAfterFailure(outcome.checks)
      if (!code.startsWith('APPRAISAL')) expect(ran).toEqual(together[code] ?? [])
      else expect(ran.filter((id) => id.startsWith('binding'))).toEqual([])
      const claimed =
        verdict === 'malformed' ||
        code === 'REPORT_VERSION_UNSUPPORTED' ||
        code === 'REPORT_ALGORITHM_UNSUPPORTED'
      expect(outcome.claimed === null).toBe(claimed)
    },
  )

  it.each(rows)('%s alone: %s', async (fault, code, verdict) => {
    const input = await judge([fault])
    const error: unknown = await labVerifier.verifyEvidence(input).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code, verdict, stage: code.slice(0, code.indexOf('_')) })
    expect(isVerificationError(error) && error.checks.length).toBe(checkRegistry.length)
    const outcome = await labVerifier.appraiseEvidence(input)
    if (outcome.verdict === 'accepted') throw new Error('accepted')
    expect(outcome.checks.filter((check) => check.outcome === 'failed')).toHaveLength(1)
  })
})

describe('appraisal', () => {
  it('collects every failure, and the first in the order of the registry gives the code', async () => {
    const outcome = await labVerifier.appraiseEvidence(await judge(['debug', 'policy']))
    if (outcome.verdict === 'accepted') throw new Error('accepted')
    expect(outcome.code).toBe('APPRAISAL_DEBUG')
    expect(outcome.checks.filter((check) => check.outcome === 'failed').map(({ id }) => id)).toEqual([
      'debug',
      'vmpl',
    ])
  })
})

describe('verifyDebugEvidence', () => {
  it('leaves out nothing but DEBUG', async () => {
    const result = await labVerifier.verifyDebugEvidence(await judge(['debug']))
    expect([result.kind, result.verdict]).toEqual(['debug', 'accepted'])
    for (const [fault, code] of rows.filter(([name]) => name !== 'debug'))
      await expect(labVerifier.verifyDebugEvidence(await judge(['debug', fault]))).rejects.toMatchObject({
        code,
      })
  })
})

describe('a refusal', () => {
  it('is thrown by verifyEvidence and returned by appraiseEvidence, the same', async () => {
    const input = await judge(['policy'])
    const outcome = await labVerifier.appraiseEvidence(input)
    if (outcome.verdict === 'accepted') throw new Error('accepted')
    const error = await labVerifier.verifyEvidence(input).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(VerificationError)
    expect(error).toEqual(outcome.error)
    expect(outcome.error.checks).toEqual(outcome.checks)
  })

  it('holds no verified data, only what the report claims', async () => {
    const input = await judge(['policy'])
    const outcome = await labVerifier.appraiseEvidence(input)
    expect(Object.keys(outcome).sort().join(' ')).toBe(
      'at checks claimed code error policyDigest unchecked verdict',
    )
    expect(Object.isFrozen(outcome)).toBe(true)
    const { error } = outcome as { readonly error: VerificationError }
    expect(Object.keys(error).sort()).toEqual(['checks', 'code', 'details', 'name', 'stage', 'verdict'])
    expect(error.details).toEqual({ check: 'vmpl', expected: [0], actual: 1 })
    expect(error.cause).toBeUndefined()
  })
})
