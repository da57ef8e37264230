// The contract of an outside suite of verifiers, as one function: a verb and its JSON in, exit status and JSON out.
// It takes roots from its input, which the product never does, and is therefore not part of it.
import { gunzipSync } from 'node:zlib'
import { parsePolicy } from '../../src/appraisal/policy.js'
import { bindings } from '../../src/binding/forms.js'
import { isFilledWith } from '../../src/encoding/bytes.js'
import { fromHex, toHex } from '../../src/encoding/hex.js'
import { type LineAnchors, type TrustAnchors, amdAnchors } from '../../src/endorsement/anchors.js'
import { type EndorsementKey, parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { isVerificationError } from '../../src/errors/error.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { reportBytes } from '../../src/report/layout.js'
import { type Report, parseReport } from '../../src/report/report.js'
import { makeVerifier } from '../../src/verify/pipeline.js'
import type { AcceptedEvidence } from '../../src/verify/result.js'
import { libraryVersion } from '../../src/verify/version.js'
import { anchorsOfCase } from './adapter-anchors.js'
import { Rejection, type RejectionCode, rejectionFor } from './adapter-codes.js'
import { requireEqualities } from './adapter-equality.js'
import { bodyFields } from './adapter-fields.js'
import { type CaseInput, MalformedInput, UnsupportedInput, readCaseInput } from './adapter-input.js'
import { notInCase, policyOfCase } from './adapter-policy.js'

export interface AdapterOutcome {
  readonly exitCode: 0 | 1 | 10 | 20 | 30
  /** One JSON object. */
  readonly stdout: string
  /** For people. */
  readonly stderr: string
}

const stage = 'verify-attestation-sev'

const capabilities = {
  schema_version: '1',
  sdk: 'attested',
  sdk_version: libraryVersion,
  stages_supported: [stage],
  platforms_supported: ['sev-snp'],
  attestation_sev: {
    supported: true,
    injected_collateral_supported: true,
    extended_checks_supported: true,
    amd_root_ca_injection_supported: true,
    verification_time_override: 'supported',
    public_api_hooks_supported: false,
  },
}

/** Runs one verb. */
export async function runAdapter(verb: string, stdin: string | Uint8Array): Promise<AdapterOutcome> {
  if (verb === 'capabilities') return { exitCode: 0, stdout: JSON.stringify(capabilities), stderr: '' }
  try {
    if (verb !== stage) throw new UnsupportedInput(`the verb ${JSON.stringify(verb)} is not supported`)
    const accepted = await verifyCase(readCaseInput(stdin))
    const { report } = accepted
    const measurement = {
      type: 'https://tinfoil.sh/predicate/sev-snp-guest/v2',
      registers: [toHex(report.measurement)],
    }
    const outputs = { measurement, body_fields: bodyFields(report) }
    return { exitCode: 0, stdout: JSON.stringify({ stage, accepted: true, outputs }), stderr: '' }
  } catch (error) {
    const unspecified: RejectionCode = 'QV_RESULT_TERMINAL_UNSPECIFIED'
    // A policy of ours that does not parse is a mistake of the adapter's.
    if (isVerificationError(error) && error.code !== 'POLICY_INVALID')
      return refusal(verb, 10, rejectionFor(error), `${error.code}: ${error.message}`)
    if (error instanceof Rejection) return refusal(verb, 10, error.code, error.message)
    if (error instanceof UnsupportedInput) return refusal(verb, 20, unspecified, error.message)
    if (error instanceof MalformedInput) return refusal(verb, 30, unspecified, error.message)
    return refusal(verb, 1, unspecified, error instanceof Error ? (error.stack ?? '') : String(error))
  }
}

function refusal(
  verb: string,
  exitCode: AdapterOutcome['exitCode'],
  code: RejectionCode,
  why: string,
): AdapterOutcome {
  return {
    exitCode,
    stdout: JSON.stringify({ stage: verb, accepted: false, rejection: { code } }),
    stderr: why,
  }
}

async function verifyCase(input: CaseInput): Promise<AcceptedEvidence> {
  const bytes = gunzip(input.document)
  const report = claimedBy(() => parseReport(bytes))
  const key = claimedBy(() => parseEndorsementKey(input.leaf))
  const policy = await parsePolicy(
    JSON.stringify(policyOfCase(input.policy, report, report?.productLine ?? key?.productLine ?? null)),
  )
  const verified = await makeVerifier(await anchorsFor(input, key)).verifyEvidence({
    evidence: await decodeEvidence(bytes, 'snp-report', { endorsementKey: input.leaf }),
    policy,
    binding: bindingOf(input, report),
    at: new Date(input.at ?? Date.now()),
  })
  requireEqualities(input.policy, verified.report)
  return verified
}

const maxDocumentBytes = 64 * 1024

/** @throws Rejection for what is not gzip of one report. */
function gunzip(document: Uint8Array): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(gunzipSync(document, { maxOutputLength: maxDocumentBytes }))
  } catch (error) {
    throw new Rejection('REPORT_FORMAT_UNSUPPORTED', error instanceof Error ? error.message : 'not gzip')
  }
  const problem = `${String(bytes.length)} bytes, not ${String(reportBytes)}`
  if (bytes.length < reportBytes) throw new Rejection('REPORT_TRUNCATED', problem)
  if (bytes.length > reportBytes) throw new Rejection('REPORT_FORMAT_UNSUPPORTED', problem)
  return bytes
}

/** A claim, to choose a policy by; `null` for what the verification will refuse at its own place in the order. */
function claimedBy<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (isVerificationError(error)) return null
    throw error
  }
}

/** The case's anchors. A bad one is reported when the chain is reached, not before: the earliest stage decides. */
async function anchorsFor(input: CaseInput, key: EndorsementKey | null): Promise<TrustAnchors> {
  const { rootPem, askPem } = input
  if (rootPem === null && askPem === null) return amdAnchors
  if (key === null)
    return throwing(new Rejection('VCEK_CHAIN_INVALID', 'the VCEK is not a certificate in DER'))
  let anchors: LineAnchors
  try {
    anchors = await anchorsOfCase(key, rootPem, askPem)
  } catch (error) {
    if (!(error instanceof Rejection)) throw error
    return throwing(error)
  }
  return () => anchors
}

const throwing = (rejection: Rejection) => (): never => {
  throw rejection
}

/** Our binding where it can say what the case expects; an expectation of zeros is compared by the adapter alone. */
function bindingOf({ policy }: CaseInput, report: Report | null) {
  const expected = fromHex(policy.expected_report_data_hex ?? '')
  const isZero = expected === null || isFilledWith(expected, 0)
  return isZero || report === null ? notInCase : bindings.reportData(expected, { freshness: notInCase })
}
